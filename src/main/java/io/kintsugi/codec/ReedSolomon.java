package io.kintsugi.codec;

import com.backblaze.erasure.Galois;
import com.backblaze.erasure.Matrix;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * A Reed–Solomon code of {@code k} data and {@code m} parity shards: any {@code k} of them give all others back.
 * Byte-identical to Backblaze's JavaReedSolomon: GF(2^8) modulo x^8+x^4+x^3+x^2+1, a Vandermonde matrix made
 * systematic.
 *
 * <p>It works in place on the shards of a {@link Stripe}, data 0 to k-1, then parity.
 *
 * <p>Thread-safe. Decoding matrices of the last {@value #CACHED_PLANS} sorts of loss are kept.
 */
public final class ReedSolomon {
    private static final int CACHED_PLANS = 64;
    private static final int MAX_SHARDS = 256;
    private static final Map<Integer, ReedSolomon> INSTANCES = new ConcurrentHashMap<>();

    private final int k;
    private final int m;
    private final ShardSet all;
    private final CodecPath path;
    private final Matrix matrix;
    private final CodingPlan encoder;
    private final Map<Loss, CodingPlan> decoders = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Loss, CodingPlan> eldest) {
            return size() > CACHED_PLANS;
        }
    };

    ReedSolomon(int k, int m, CodecPath path) {
        if (k < 1 || m < 0 || k + m > MAX_SHARDS) {
            throw new IllegalArgumentException("Reed-Solomon code " + k + "+" + m + ": one data shard or more, and "
                    + MAX_SHARDS + " in all at most");
        }
        this.k = k;
        this.m = m;
        this.all = ShardSet.first(k + m);
        this.path = path;
        this.matrix = codingMatrix(k, k + m);
        this.encoder = new CodingPlan(
                path,
                rowsFrom(k, m),
                IntStream.range(0, k).toArray(),
                IntStream.range(k, k + m).toArray());
    }

    /**
     * The code with {@code k} data and {@code m} parity shards, on the fastest path that this machine has.
     *
     * @throws IllegalArgumentException unless 1 ≤ k, 0 ≤ m and k + m ≤ 256
     */
    public static ReedSolomon of(int k, int m) {
        ReedSolomon known = k > 0 && k <= MAX_SHARDS && m >= 0 && m < MAX_SHARDS ? INSTANCES.get(k << 8 | m) : null;
        if (known != null) {
            return known;
        }
        ReedSolomon fresh = new ReedSolomon(k, m, Kernel.REED_SOLOMON.best());
        ReedSolomon earlier = INSTANCES.putIfAbsent(k << 8 | m, fresh);
        return earlier == null ? fresh : earlier;
    }

    public int dataShards() {
        return k;
    }

    public int parityShards() {
        return m;
    }

    /** {@code k + m}. */
    public int totalShards() {
        return k + m;
    }

    /**
     * Computes the parity shards from the data shards.
     *
     * @throws IllegalArgumentException when the stripe does not fit into its slab
     */
    public void encode(Stripe stripe) {
        stripe.check(k + m);
        encoder.run(stripe);
    }

    /**
     * Computes missing shards, data or parity, from those that are present. Bytes of shards that are neither present
     * nor wanted are not touched; wanted shards that are present stay as they are.
     *
     * @param present shards whose bytes in the slab are right, {@code k} or more
     * @param wanted shards to compute
     * @throws IllegalArgumentException when fewer than {@code k} are present, or the stripe does not fit into its slab
     */
    public void reconstruct(Stripe stripe, ShardSet present, ShardSet wanted) {
        stripe.check(k + m);
        ShardSet missing = wanted.minus(present);
        if (missing.isEmpty()) {
            return;
        }
        checkSets(present, missing);
        decoder(new Loss(present.lowest(k), missing)).run(stripe);
    }

    private void checkSets(ShardSet present, ShardSet missing) {
        if (!present.minus(all).isEmpty() || !missing.minus(all).isEmpty()) {
            throw new IllegalArgumentException("shards " + present + " and " + missing + " of a " + k + "+" + m
                    + " code, which has 0 to " + (k + m - 1));
        }
        if (present.size() < k) {
            throw new IllegalArgumentException("only " + present.size() + " shards " + present + " of a " + k + "+" + m
                    + " code are present; " + k + " are needed to compute " + missing);
        }
    }

    private CodingPlan decoder(Loss loss) {
        synchronized (decoders) {
            CodingPlan known = decoders.get(loss);
            if (known != null) {
                return known;
            }
        }
        CodingPlan fresh = newDecoder(loss.sources.toArray(), loss.missing.toArray());
        synchronized (decoders) {
            decoders.put(loss, fresh);
        }
        return fresh;
    }

    private CodingPlan newDecoder(int[] sources, int[] missing) {
        Matrix square = new Matrix(k, k);
        for (int r = 0; r < k; r++) {
            for (int c = 0; c < k; c++) {
                square.set(r, c, matrix.get(sources[r], c));
            }
        }
        Matrix inverse = square.invert();
        Matrix wantedRows = new Matrix(missing.length, k);
        for (int r = 0; r < missing.length; r++) {
            for (int c = 0; c < k; c++) {
                wantedRows.set(r, c, matrix.get(missing[r], c));
            }
        }
        Matrix product = wantedRows.times(inverse);
        byte[][] rows = new byte[missing.length][];
        for (int r = 0; r < rows.length; r++) {
            rows[r] = product.getRow(r);
        }
        return new CodingPlan(path, rows, sources, missing);
    }

    private byte[][] rowsFrom(int first, int count) {
        byte[][] rows = new byte[count][];
        for (int r = 0; r < count; r++) {
            rows[r] = matrix.getRow(first + r);
        }
        return rows;
    }

    private static Matrix codingMatrix(int k, int total) {
        Matrix vandermonde = new Matrix(total, k);
        for (int r = 0; r < total; r++) {
            for (int c = 0; c < k; c++) {
                vandermonde.set(r, c, Galois.exp((byte) r, c));
            }
        }
        return vandermonde.times(vandermonde.submatrix(0, 0, k, k).invert());
    }

    /** Exactly {@code k} shards to compute from, and what to compute. */
    private record Loss(ShardSet sources, ShardSet missing) {
        /** By hand, for the reason that is given in {@link ShardSet}. */
        @Override
        public boolean equals(Object other) {
            return other instanceof Loss o && sources.equals(o.sources) && missing.equals(o.missing);
        }

        @Override
        public int hashCode() {
            return sources.hashCode() * 31 + missing.hashCode();
        }
    }
}
