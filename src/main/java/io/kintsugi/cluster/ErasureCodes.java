package io.kintsugi.cluster;

import io.kintsugi.base.ErasureCode;

/**
 * Which code a pool uses. The parity that a number of drives gets by default is what MinIO and RustFS users know (<a
 * href="https://min.io/docs/minio/linux/operations/concepts/erasure-coding.html">erasure coding</a>); a
 * {@link CodeWish} overrides it.
 *
 * <p>A pool of up to {@value #MAX_WIDTH} drives spreads each blob over all of them; a larger one over
 * {@value #MAX_WIDTH} that are chosen for each blob. Wider stripes would save little space and make each read and
 * repair touch more drives.
 */
public final class ErasureCodes {
    /** Drives that one blob is spread over, at most. */
    public static final int MAX_WIDTH = 16;

    private static final int[] DEFAULT_PARITY = {0, 0, 1, 1, 2, 2, 3, 3};
    private static final int LARGE_POOL_PARITY = 4;

    private ErasureCodes() {}

    /** Drives of a pool that each blob is spread over. */
    static int width(int drives) {
        if (drives < 1) {
            throw new IllegalArgumentException("a pool has at least one drive, not " + drives);
        }
        return Math.min(drives, MAX_WIDTH);
    }

    /** 1 drive → 0, 2–3 → 1, 4–5 → 2, 6–7 → 3, 8 or more → 4. */
    public static int defaultParity(int drives) {
        int width = width(drives);
        return width < DEFAULT_PARITY.length ? DEFAULT_PARITY[width] : LARGE_POOL_PARITY;
    }

    /** The code of a pool of so many drives by default. */
    public static ErasureCode standard(int drives) {
        return withParity(drives, defaultParity(drives));
    }

    /**
     * The code of a pool of so many drives with a parity of the operator's choice.
     *
     * @throws IllegalArgumentException when more than half of the drives would be parity
     */
    public static ErasureCode withParity(int drives, int parity) {
        int width = width(drives);
        if (parity < 0 || parity > width / 2) {
            throw new IllegalArgumentException("EC:" + parity + " does not fit a pool of " + drives
                    + (drives == 1 ? " drive" : " drives") + ": choose EC:0 to EC:" + width / 2
                    + ", or leave it out for EC:"
                    + defaultParity(drives));
        }
        return new ErasureCode(width - parity, parity);
    }

    /**
     * The code that the operator chose altogether.
     *
     * @throws IllegalArgumentException when the pool has too few drives for it, or more than half would be parity
     */
    static ErasureCode withShards(int drives, int data, int parity) {
        int width = width(drives);
        if (data < 1 || parity > data || data + parity > width) {
            throw new IllegalArgumentException("EC:" + data + "+" + parity + " does not fit a pool of " + drives
                    + (drives == 1 ? " drive" : " drives") + ": choose at most " + width
                    + " shards, and no more of parity than of data");
        }
        return new ErasureCode(data, parity);
    }

    /**
     * The code for a new blob while only {@code live} drives take writes: it keeps its parity and gives up data shards,
     * so that what is written now survives the loss of one more drive wherever there are two.
     *
     * @param live drives that take writes; at least {@code code.dataShards()}
     */
    static ErasureCode degraded(ErasureCode code, int live) {
        if (code.parityShards() == 0 || live > code.dataShards()) {
            return code;
        }
        return new ErasureCode(Math.max(1, live - 1), code.parityShards());
    }

    /**
     * Shards that must be durable before a write of this code is acknowledged, with {@code live} drives to take them.
     */
    static int writeQuorum(ErasureCode code, int live) {
        return code.parityShards() == 0 ? code.dataShards() : Math.min(code.dataShards() + 1, live);
    }
}
