package io.kintsugi.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Any code up to 16+4, any length, any place in the slab, any loss: on every path as JavaReedSolomon has it. */
class ReedSolomonPropertyTest {
    @Property(tries = 300)
    void stripesAreCodedAndMended(
            @ForAll @IntRange(min = 1, max = 16) int k,
            @ForAll @IntRange(min = 0, max = 4) int m,
            @ForAll @IntRange(min = 0, max = 4200) int length,
            @ForAll long seed) {
        Random random = new Random(seed);
        ShardSet lost = StripeFixture.sample(random, k + m, random.nextInt(m + 1));
        for (CodecPath path : Kernel.REED_SOLOMON.paths()) {
            try (StripeFixture f = new StripeFixture(k, m, length, random)) {
                ReedSolomon code = new ReedSolomon(k, m, path);
                code.encode(f.stripe());
                assertEquals(-1, f.firstWrongShard(), () -> path + " encodes");
                f.spoil(lost);
                code.reconstruct(f.stripe(), ShardSet.first(k + m).minus(lost), lost);
                assertEquals(-1, f.firstWrongShard(), () -> path + " mends " + lost);
            }
        }
    }
}
