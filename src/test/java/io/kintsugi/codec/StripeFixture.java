package io.kintsugi.codec;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

/** A stripe with random data at an odd place of a slab, and what its shards must be by JavaReedSolomon. */
final class StripeFixture implements AutoCloseable {
    private static final SlabPool POOL = new SlabPool(64 << 20);

    private final byte[][] right;
    private final Slab slab;
    private final Stripe stripe;

    StripeFixture(int k, int m, int length) {
        this(k, m, length, new Random(k * 1_000_003L + m * 1009L + length));
    }

    StripeFixture(int k, int m, int length, Random random) {
        int offset = random.nextInt(200);
        int stride = length + random.nextInt(100);
        right = new byte[k + m][length];
        slab = POOL.take(offset + stride * (k + m), Duration.ZERO);
        stripe = new Stripe(slab, offset, stride, length);
        byte[] noise = new byte[slab.capacity()];
        random.nextBytes(noise);
        slab.buffer().put(noise);
        for (int i = 0; i < k; i++) {
            slab.buffer().get(stripe.begin(i), right[i]);
        }
        if (m > 0 && length > 0) {
            com.backblaze.erasure.ReedSolomon.create(k, m).encodeParity(right, 0, length);
        }
    }

    Stripe stripe() {
        return stripe;
    }

    /** Puts the right bytes into all shards. */
    void fillAll() {
        for (int i = 0; i < right.length; i++) {
            slab.buffer().put(stripe.begin(i), right[i]);
        }
    }

    /** Puts wrong bytes into the shards of the set. */
    void spoil(ShardSet lost) {
        for (int i : lost.toArray()) {
            byte[] wrong = right[i].clone();
            for (int at = 0; at < wrong.length; at++) {
                wrong[at] ^= (byte) 0xa5;
            }
            slab.buffer().put(stripe.begin(i), wrong);
        }
    }

    /** The first shard whose bytes are not right, or -1. */
    int firstWrongShard() {
        for (int i = 0; i < right.length; i++) {
            byte[] is = new byte[stripe.length()];
            slab.buffer().get(stripe.begin(i), is);
            if (!Arrays.equals(is, right[i])) {
                return i;
            }
        }
        return -1;
    }

    /** All bytes of the slab that belong to no shard. */
    byte[] gaps() {
        ByteBuffer all = slab.buffer();
        for (int i = 0; i < right.length; i++) {
            all.put(stripe.begin(i), new byte[stripe.length()]);
        }
        byte[] out = new byte[all.capacity()];
        all.get(0, out);
        for (int i = 0; i < right.length; i++) {
            all.put(stripe.begin(i), right[i]);
        }
        return out;
    }

    static ShardSet sample(Random random, int of, int count) {
        ShardSet out = ShardSet.empty();
        while (out.size() < count) {
            out = out.with(random.nextInt(of));
        }
        return out;
    }

    @Override
    public void close() {
        slab.close();
    }
}
