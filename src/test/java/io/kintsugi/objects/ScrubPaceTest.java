package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.objects.UpkeepSnapshot.Count;
import java.time.Duration;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** A pass goes evenly; one that is late goes faster, but never in a burst. */
class ScrubPaceTest {
    private static final Duration PERIOD = Duration.ofHours(100);

    /** Of 100 units in 100 hours. */
    private static Duration time(int elapsedHours, int done, int piece) {
        return ScrubPace.time(PERIOD, Duration.ofHours(elapsedHours), 100, done, piece);
    }

    @Example
    void table() {
        assertEquals(Duration.ofHours(1), time(0, 0, 1), "at the beginning");
        assertEquals(Duration.ofHours(1), time(50, 50, 1), "in time");
        assertEquals(Duration.ofHours(7), time(50, 50, 7), "a large piece");
        assertEquals(Duration.ofMinutes(45), time(40, 20, 1), "a little late");
        assertEquals(Duration.ofMinutes(30), time(90, 10, 1), "very late");
        assertEquals(Duration.ofMinutes(30), time(500, 10, 1), "the period is over");
        assertEquals(Duration.ofMinutes(90), time(25, 50, 1), "early");
        assertEquals(Duration.ofHours(2), time(1, 99, 1), "very early");
        assertEquals(Duration.ofHours(1), time(50, 100, 1), "there is more than was counted");
        assertEquals(Duration.ZERO, ScrubPace.time(PERIOD, Duration.ZERO, 0, 0, 1), "nothing was counted");
        assertEquals(PERIOD, time(0, 0, 1000), "never longer than a period");
        assertEquals(2 * ScrubPace.SEEK_BYTES + 5, ScrubPace.weight(new Count(2, 5)));
    }

    @Property
    void aPassThatBeginsInTimeEndsInTime(@ForAll @Size(min = 1, max = 200) int[] weights) {
        assertEquals(PERIOD.toMillis(), walk(weights, 0).toMillis(), 1000.0);
    }

    @Property
    void aPassThatWasHeldUpIsInTimeWhenItCanAndTakesHalfOfItsPeriodAtLeast(
            @ForAll @Size(min = 1, max = 200) int[] weights, @ForAll @IntRange(max = 1000) int lateHours) {
        Duration end = walk(weights, lateHours);
        Duration half = Duration.ofHours(lateHours).plus(PERIOD.dividedBy(2));
        long expected = Math.max(half.toMillis(), PERIOD.toMillis());
        assertEquals(expected, end.toMillis(), 1000.0);
    }

    /** When the pass ends that begins to work so late. */
    private static Duration walk(int[] weights, int lateHours) {
        long total = 0;
        for (int weight : weights) {
            total += piece(weight);
        }
        Duration now = Duration.ofHours(lateHours);
        long done = 0;
        for (int weight : weights) {
            now = now.plus(ScrubPace.time(PERIOD, now, total, done, piece(weight)));
            done += piece(weight);
        }
        return now;
    }

    private static long piece(int weight) {
        return 1 + Math.abs((long) weight);
    }

    @Property
    void noPieceIsMoreThanTwiceAsFastOrSlowAsEven(
            @ForAll @LongRange(min = 1, max = 1L << 50) long total,
            @ForAll @LongRange(max = 1L << 51) long done,
            @ForAll @LongRange(min = 1, max = 1L << 40) long piece,
            @ForAll @IntRange(max = 10_000) int elapsedHours) {
        double even = Math.min((double) PERIOD.toNanos(), (double) PERIOD.toNanos() / total * piece);
        double time = ScrubPace.time(PERIOD, Duration.ofHours(elapsedHours), total, done, piece)
                .toNanos();
        assertTrue(time >= even / 2 - 2 && time <= even * 2 + 2, () -> time + " when even is " + even);
    }
}
