package io.kintsugi.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every path against Backblaze's own encoder, and every loss that a small code must survive. */
class ReedSolomonTest {
    static List<CodecPath> paths() {
        return Kernel.REED_SOLOMON.paths();
    }

    @ParameterizedTest
    @MethodSource("paths")
    void parityIsThatOfJavaReedSolomon(CodecPath path) {
        int[][] codes = {
            {1, 0}, {1, 1}, {2, 1}, {3, 2}, {4, 2}, {8, 3}, {8, 4}, {12, 4}, {16, 4}, {10, 7}, {5, 13}, {17, 3},
            {100, 28}, {1, 255}, {255, 1}, {200, 56}
        };
        for (int[] code : codes) {
            for (int length : new int[] {1, 15, 64, 65, 127, 200}) {
                try (StripeFixture f = new StripeFixture(code[0], code[1], length)) {
                    new ReedSolomon(code[0], code[1], path).encode(f.stripe());
                    assertEquals(-1, f.firstWrongShard(), () -> code[0] + "+" + code[1] + " length " + length);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("paths")
    void everyLossOfASmallCodeIsMended(CodecPath path) {
        for (int k = 1; k <= 8; k++) {
            for (int m = 0; k + m <= 8; m++) {
                try (StripeFixture f = new StripeFixture(k, m, 70)) {
                    ReedSolomon code = new ReedSolomon(k, m, path);
                    f.fillAll();
                    for (long lost = 0; lost < 1L << (k + m); lost++) {
                        if (Long.bitCount(lost) <= m) {
                            mend(code, f, ShardSet.ofMask(lost));
                        }
                    }
                }
            }
        }
    }

    /** Up to 12 shards: every choice of as many as there is parity. */
    @ParameterizedTest
    @MethodSource("paths")
    void everyGreatestLossOfACodeForTwelveDrivesIsMended(CodecPath path) {
        for (int shards = 9; shards <= 12; shards++) {
            for (int m = 1; m < shards; m++) {
                try (StripeFixture f = new StripeFixture(shards - m, m, 70)) {
                    ReedSolomon code = new ReedSolomon(shards - m, m, path);
                    f.fillAll();
                    for (long lost = 0; lost < 1L << shards; lost++) {
                        if (Long.bitCount(lost) == m) {
                            mend(code, f, ShardSet.ofMask(lost));
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("paths")
    void sampledLossesOfLargeCodesAreMended(CodecPath path) {
        Random random = new Random(16_04);
        int[][] codes = {{8, 4}, {10, 6}, {12, 4}, {16, 4}, {64, 64}, {150, 20}};
        for (int[] c : codes) {
            try (StripeFixture f = new StripeFixture(c[0], c[1], 333)) {
                ReedSolomon code = new ReedSolomon(c[0], c[1], path);
                f.fillAll();
                for (int i = 0; i < 40; i++) {
                    mend(code, f, StripeFixture.sample(random, c[0] + c[1], random.nextInt(c[1] + 1)));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("paths")
    void onlyWantedShardsAreComputed(CodecPath path) {
        try (StripeFixture f = new StripeFixture(4, 3, 100)) {
            f.fillAll();
            ShardSet lost = ShardSet.of(1, 3, 5);
            f.spoil(lost);
            ShardSet present = ShardSet.first(7).minus(lost);
            new ReedSolomon(4, 3, path).reconstruct(f.stripe(), present, ShardSet.of(0, 3));
            assertEquals(1, f.firstWrongShard());
            f.spoil(ShardSet.of(0));
            new ReedSolomon(4, 3, path).reconstruct(f.stripe(), ShardSet.of(2, 3, 4, 6), ShardSet.of(0, 1, 5));
            assertEquals(-1, f.firstWrongShard());
        }
    }

    @Test
    void tooFewShardsAreRefusedWithTheNumbers() {
        try (StripeFixture f = new StripeFixture(4, 2, 10)) {
            var e = assertThrows(
                    IllegalArgumentException.class,
                    () -> ReedSolomon.of(4, 2).reconstruct(f.stripe(), ShardSet.of(0, 2, 5), ShardSet.of(1)));
            assertTrue(e.getMessage().contains("only 3 shards [0, 2, 5] of a 4+2 code"), e.getMessage());
        }
    }

    @Test
    void shardsThatTheCodeDoesNotHaveAreRefused() {
        try (StripeFixture f = new StripeFixture(4, 2, 10)) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> ReedSolomon.of(4, 2).reconstruct(f.stripe(), ShardSet.first(5), ShardSet.of(6)));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> ReedSolomon.of(4, 2).reconstruct(f.stripe(), ShardSet.of(0, 1, 2, 7), ShardSet.of(3)));
        }
    }

    @Test
    void stripesThatDoNotFitAreRefused() {
        SlabPool pool = new SlabPool(1 << 20);
        try (Slab slab = pool.take(4096, java.time.Duration.ZERO)) {
            ReedSolomon code = ReedSolomon.of(2, 1);
            code.encode(new Stripe(slab, 1096, 1000, 1000));
            assertThrows(IllegalArgumentException.class, () -> code.encode(new Stripe(slab, 1097, 1000, 1000)));
            Stripe huge = new Stripe(slab, 0, Integer.MAX_VALUE, 1000);
            assertThrows(IllegalArgumentException.class, () -> code.encode(huge));
            assertThrows(IllegalArgumentException.class, () -> new Stripe(slab, 0, 999, 1000));
            assertThrows(IllegalArgumentException.class, () -> new Stripe(slab, -1, 1000, 1000));
        }
    }

    @Test
    void codesHaveBoundsAndAreShared() {
        assertThrows(IllegalArgumentException.class, () -> ReedSolomon.of(0, 2));
        assertThrows(IllegalArgumentException.class, () -> ReedSolomon.of(2, -1));
        assertThrows(IllegalArgumentException.class, () -> ReedSolomon.of(200, 57));
        assertSame(ReedSolomon.of(4, 2), ReedSolomon.of(4, 2));
        assertEquals(6, ReedSolomon.of(4, 2).totalShards());
    }

    @Test
    void goodStridesHoldTheirShards() {
        for (int length = 0; length < 20_000; length++) {
            int stride = Stripe.strideFor(length);
            assertTrue(stride >= length && stride <= length + 191 && stride % 64 == 0 && stride % 4096 != 0);
        }
    }

    @Test
    void gapsBetweenShardsAreNotTouched() {
        try (StripeFixture f = new StripeFixture(3, 2, 61)) {
            byte[] before = f.gaps();
            ReedSolomon.of(3, 2).encode(f.stripe());
            assertArrayEquals(before, f.gaps());
        }
    }

    private static void mend(ReedSolomon code, StripeFixture f, ShardSet lost) {
        f.spoil(lost);
        code.reconstruct(f.stripe(), ShardSet.first(code.totalShards()).minus(lost), lost);
        assertEquals(-1, f.firstWrongShard(), () -> "after the loss of " + lost);
    }
}
