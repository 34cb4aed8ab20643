package io.kintsugi.drives;

import static io.kintsugi.drives.DriveContract.name;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Entropy;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which files are worth their place in the page cache. */
class ReadLatelyTest {
    private static final long HORIZON = 100L << 20;

    private final ReadLately lately = new ReadLately(HORIZON);

    @Test
    void theSecondReadIsAgain() {
        assertFalse(lately.again(name(1, 0)));
        assertTrue(lately.again(name(1, 0)));
        assertTrue(lately.again(name(1, 0)));
        assertFalse(lately.again(name(1, 1)), "another shard of the same blob");
        assertFalse(lately.again(name(2, 0)), "another blob");
    }

    @Test
    void whatTheCacheCanNotHaveKeptIsNew() {
        lately.again(name(1, 0));
        lately.served(HORIZON);
        assertTrue(lately.again(name(1, 0)));
        lately.served(HORIZON + (1 << 20));
        assertFalse(lately.again(name(1, 0)));
        assertTrue(lately.again(name(1, 0)), "counted from the last read on");
    }

    /** A backup that reads everything, over and over, finds nothing of what it read last time: it stays out. */
    @Test
    void readingInCirclesThroughMoreThanTheCacheHoldsIsNeverAgain() {
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 200; i++) {
                assertFalse(lately.again(name(i, 0)), "file " + i + " in round " + round);
                lately.served(1 << 20);
            }
        }
    }

    @Test
    void theTableIsBoundedAndForgetsTheOldest() {
        List<ShardName> many = IntStream.range(0, 100_000)
                .mapToObj(i -> new ShardName(BlobId.next(Clock.SYSTEM, Entropy.FAST), 0))
                .toList();
        many.forEach(lately::again);
        long kept = many.stream().filter(lately::again).count();
        assertTrue(kept <= 16_384, kept + " of 100,000 are known");
        List<ShardName> few = many.subList(0, 100);
        few.forEach(lately::again);
        assertTrue(few.stream().filter(lately::again).count() > 95, "names of real blobs spread over the table");
    }

    @Test
    void ofThisMachineSomethingIsAgain() {
        ReadLately here = ReadLately.ofThisMachine();
        assertTrue(Stream.of(1, 2).map(i -> here.again(name(1, 0))).toList().get(1));
    }
}
