package io.kintsugi.shards;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ByteRange;
import io.kintsugi.codec.Slab;
import io.kintsugi.sim.SimTopology;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Whatever is written is read back, in whole and in parts, with drives away. */
class BlobRoundtripPropertyTest {
    /** Sizes beside the limits of frames, chunks, stripes and the packed form, for codes of up to four data shards. */
    @Provide
    Arbitrary<Integer> sizes() {
        Arbitrary<Integer> limits = Arbitraries.of(
                0,
                64,
                65_536,
                131_072,
                196_608,
                StripeFiller.PACKED_BYTES,
                BlobLayout.stripeBytes(3),
                1 << 20,
                2 << 20);
        return Arbitraries.oneOf(
                Arbitraries.integers().between(0, 3_000_000),
                limits.flatMap(limit -> Arbitraries.integers().between(Math.max(0, limit - 2), limit + 2)));
    }

    @Property(tries = 120)
    void whatIsWrittenIsRead(
            @ForAll("sizes") int size,
            @ForAll @IntRange(min = 1, max = 4) int dataShards,
            @ForAll @IntRange(min = 0, max = 3) int parityShards,
            @ForAll boolean lengthKnown,
            @ForAll long seed) {
        Random random = new Random(seed);
        boolean memoryScarce = random.nextBoolean();
        try (BlobHarness<SimTopology> harness = BlobHarness.simulated(dataShards, parityShards)) {
            byte[] content = BlobHarness.bytes(size);
            Slab others = harness.slabs.take(memoryScarce ? 32 << 20 : 1, Duration.ZERO);
            BlobRef blob = harness.write(content, lengthKnown ? OptionalLong.of(size) : OptionalLong.empty());
            others.close();
            int stripe = memoryScarce ? BlobLayout.smallStripeBytes(dataShards) : BlobLayout.stripeBytes(dataShards);
            assertEquals(stripe, blob.stripeSize());
            for (int i = 0; i < parityShards; i++) {
                harness.topology
                        .sims()
                        .get(random.nextInt(dataShards + parityShards))
                        .goOffline("away");
            }
            // nearly all is lent: then reads are of a frame at a time
            Slab most = harness.slabs.take(memoryScarce ? 48 << 20 : 1, Duration.ZERO);
            harness.assertReads(content, blob);
            int offset = random.nextInt(size + 1);
            int length = random.nextInt(size - offset + 1);
            byte[] expected = Arrays.copyOfRange(content, offset, offset + length);
            BlobHarness.assertSame(expected, harness.read(blob, new ByteRange(offset, length)), "a range");
            most.close();
            harness.assertNoMemoryLent();
        }
    }
}
