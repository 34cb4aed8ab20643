package io.kintsugi.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.catalog.CommitPace.Wait;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Whoever is waited for comes; whoever does not is not waited for long. */
class CommitPaceTest {
    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000 * MICRO;
    private static final int MOST = 1024;

    private final CommitPace pace = new CommitPace(MOST);

    private static PacedClients clients(long commitNanos) {
        return new PacedClients(new CommitPace(MOST), commitNanos);
    }

    @Example
    void atFirstNobodyIsWaitedFor() {
        assertEquals(Wait.NONE, pace.next(0));
        assertEquals(Wait.NONE, pace.next(5));
    }

    @Example
    void thoseThatWereAnsweredAreExpectedBesideThoseThatWait() {
        pace.committed(4, MILLI);
        assertEquals(new Wait(8, MILLI / 2), pace.next(4));
    }

    @Example
    void oneIsNotWaitedFor() {
        pace.committed(1, MILLI);
        assertEquals(Wait.NONE, pace.next(0));
    }

    @Example
    void nobodyIsWaitedForAfterAPause() {
        pace.committed(8, MILLI);
        pace.idle();
        assertEquals(Wait.NONE, pace.next(0));
    }

    @Example
    void noMoreAreExpectedThanACommitTakes() {
        pace.committed(MOST, MILLI);
        assertEquals(MOST, pace.next(10).changes());
        assertEquals(Wait.NONE, pace.next(MOST));
        assertEquals(Wait.NONE, pace.next(2 * MOST));
    }

    @Example
    void fewAreWaitedForShorterThanManyAre() {
        pace.committed(2, MILLI);
        assertEquals(new Wait(10, MILLI / 8), pace.next(8));
    }

    @Example
    void waitsInVainBecomeRarerAndThoseThatPayMoreFrequent() {
        pace.committed(4, MILLI);
        int[] letBy = {0, 1, 3, 7, 15, 31, 63, 127, 255, 255, 255};
        for (int expected : letBy) {
            pace.waited(4, 2);
            assertEquals(expected, letBy());
        }
        for (int expected : new int[] {127, 63, 31, 15, 7, 3, 1, 0, 0, 0}) {
            pace.waited(4, 3);
            assertEquals(expected, letBy());
        }
    }

    private int letBy() {
        int count = 0;
        while (pace.next(4).equals(Wait.NONE)) {
            count++;
        }
        return count;
    }

    @Property(tries = 200)
    void aWaitIsHalfOfWhatCommitsTakeAtMostAndAMillisecond(
            @ForAll @LongRange(min = 0, max = 100 * MILLI) long first,
            @ForAll @LongRange(min = 0, max = 100 * MILLI) long second,
            @ForAll @IntRange(min = 0, max = 100) int present) {
        CommitPace any = new CommitPace(MOST);
        any.committed(50, first);
        any.committed(50, second);
        long nanos = any.next(present).nanos();
        assertTrue(nanos <= MILLI && nanos <= Math.max(first, second) / 2, nanos + " ns");
    }

    @Property(tries = 50)
    void oneClientIsNeverSlowed(
            @ForAll @LongRange(min = 0, max = 10 * MILLI) long think,
            @ForAll @LongRange(min = MICRO, max = 10 * MILLI) long commit) {
        PacedClients alone = clients(commit);
        alone.runClosed(1, () -> think, 1000);
        assertEquals(0, alone.delayNanos());
    }

    @Property(tries = 50)
    void clientsThatWaitForTheirAnswersShareOneCommit(
            @ForAll @IntRange(min = 2, max = 64) int clients,
            @ForAll @LongRange(min = 0, max = 300 * MICRO) long way,
            @ForAll @LongRange(min = 1, max = 150 * MICRO) long scatter,
            @ForAll Random random) {
        PacedClients all = clients(MILLI);
        all.runClosed(clients, () -> way + random.nextLong(scatter), 1000);
        assertTrue(all.perCommit() > 0.9 * clients, all.perCommit() + " changes a commit of " + clients);
    }

    /** Without a pace half of them wait for the other half, and each commit takes only one half. */
    @Example
    void eightClientsAreServedFasterThanInTwoHalves() {
        Random random = new Random(1);
        PacedClients all = clients(MILLI);
        all.runClosed(8, () -> 200 * MICRO + random.nextLong(200 * MICRO), 5000);
        double halves = 4 * 1e9 / MILLI;
        assertTrue(all.perSecond() > 1.3 * halves, all.perSecond() + " a second");
    }

    @Property(tries = 50)
    void clientsThatComeWheneverTheyLikePayNextToNothing(
            @ForAll @LongRange(min = 20 * MICRO, max = 20 * MILLI) long between, @ForAll Random random) {
        PacedClients open = clients(MILLI);
        open.runOpen(between, random, 10_000);
        assertTrue(open.delayNanos() < 0.05 * MILLI, open.delayNanos() + " ns");
    }

    @Example
    void whoStaysAloneIsHeldUpOnce() {
        pace.committed(8, MILLI);
        Wait once = pace.next(1);
        pace.waited(once.changes() - 1, 0);
        pace.committed(1, MILLI);
        assertEquals(Wait.NONE, pace.next(0));
    }
}
