package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HealReportsTest {
    private final TestClock clock = new TestClock();
    private final HealReports reports = new HealReports(clock);

    private static BlobRef blob(int number) {
        return new BlobRef(
                new BlobId(new Id128(1, number)),
                BlobRef.Form.PACKED,
                10,
                new ErasureCode(1, 0),
                1 << 20,
                List.of(new DriveId(new Id128(2, 2))));
    }

    private Optional<BlobRef> next() {
        return reports.poll().map(HealReports.Report::blob);
    }

    @Test
    void theMostEndangeredComesFirst() {
        reports.wantsHealing(blob(1), 2);
        reports.wantsHealing(blob(2), 0);
        reports.wantsHealing(blob(3), 1);
        reports.wantsHealing(blob(4), 0);
        assertEquals(Optional.of(blob(2)), next());
        assertEquals(Optional.of(blob(4)), next());
        assertEquals(Optional.of(blob(3)), next());
        assertEquals(Optional.of(blob(1)), next());
        assertEquals(Optional.empty(), next());
    }

    @Test
    void eachIsThereOnceAtItsWorst() {
        reports.wantsHealing(blob(1), 1);
        reports.wantsHealing(blob(2), 1);
        reports.wantsHealing(blob(2), 2);
        reports.wantsHealing(blob(2), 0);
        reports.wantsHealing(blob(2), 1);
        assertEquals(2, reports.size());
        assertEquals(Optional.of(blob(2)), next());
        assertEquals(Optional.of(blob(1)), next());
        assertEquals(0, reports.size());
    }

    @Test
    void whatIsTriedAgainWaits() {
        reports.wantsHealing(blob(1), 0);
        reports.retry(reports.poll().orElseThrow());
        assertEquals(Optional.empty(), next());
        assertEquals(1, reports.size());
        clock.pass(Duration.ofSeconds(2));
        HealReports.Report again = reports.poll().orElseThrow();
        assertEquals(1, again.attempts());
        reports.retry(again);
        clock.pass(Duration.ofSeconds(3));
        assertEquals(Optional.empty(), next(), "it waits longer each time");
        clock.pass(Duration.ofSeconds(1));
        assertEquals(Optional.of(blob(1)), next());
        assertEquals(0, reports.size());
    }

    /** Else each read of an object that is lost would have all of its shards read, and fill the reports with it. */
    @Test
    void whatWaitsToBeTriedAgainIsNotReportedTwice() {
        reports.wantsHealing(blob(1), 0);
        reports.retry(reports.poll().orElseThrow());
        reports.wantsHealing(blob(1), 0);
        reports.wantsHealing(blob(1), 1);
        assertEquals(1, reports.size());
        assertEquals(Optional.empty(), next(), "it waits as long as it would have");
        clock.pass(Duration.ofSeconds(2));
        HealReports.Report again = reports.poll().orElseThrow();
        assertEquals(1, again.attempts());
        reports.wantsHealing(blob(1), 0);
        reports.retry(again);
        assertEquals(1, reports.size(), "also one that comes while it is tried");
        assertEquals(Optional.empty(), next());
        clock.pass(Duration.ofSeconds(4));
        assertEquals(2, reports.poll().orElseThrow().attempts());
        assertEquals(0, reports.size());
    }

    @Test
    void whatIsMoreEndangeredThanItWasDoesNotWait() {
        reports.wantsHealing(blob(1), 1);
        reports.retry(reports.poll().orElseThrow());
        reports.wantsHealing(blob(1), 0);
        assertEquals(1, reports.size());
        HealReports.Report worse = reports.poll().orElseThrow();
        assertEquals(0, worse.spare());
        assertEquals(1, worse.attempts());
        reports.wantsHealing(blob(1), -1);
        reports.retry(worse);
        clock.pass(Duration.ofSeconds(4));
        assertEquals(-1, reports.poll().orElseThrow().spare(), "what is known of it is not forgotten");
        assertEquals(Optional.empty(), next());
    }

    @Test
    void aClockThatIsSetBackLetsNothingWaitForLonger() {
        reports.wantsHealing(blob(1), 0);
        reports.retry(reports.poll().orElseThrow());
        clock.set(Duration.ofDays(-3));
        clock.pass(Duration.ofSeconds(2));
        assertEquals(Optional.of(blob(1)), next());
    }

    @Test
    void whatFindsNoRoomIsCounted() {
        for (int i = 0; i < HealReports.MAX_BLOBS + 3; i++) {
            reports.wantsHealing(blob(i), 1);
        }
        assertEquals(HealReports.MAX_BLOBS, reports.size());
        assertEquals(3, reports.takeMissed());
        assertEquals(0, reports.takeMissed());
    }
}
