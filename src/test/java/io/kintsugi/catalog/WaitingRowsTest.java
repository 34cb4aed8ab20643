package io.kintsugi.catalog;

import static io.kintsugi.catalog.Samples.BUCKET;
import static io.kintsugi.catalog.Samples.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Deletion;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.sim.SimDrive;
import io.kintsugi.sim.SimOp;
import io.kintsugi.sim.SimTopology;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever waits for a commit that hangs keeps no long row: there may be as many of them as there are requests. */
class WaitingRowsTest {
    private static final int WAITERS = 30;
    private static final int PARTS = 5000;
    /** A part takes more than that of a row. */
    private static final long LEAST_PART_OF_ROW = 128;

    private final SimTopology drives = new SimTopology(new ErasureCode(2, 1));
    private final EmbeddedCatalog catalog = EmbeddedCatalog.open(drives, Clock.SYSTEM, SimCatalogs.PATIENT);
    private final List<Thread> waiters = new ArrayList<>();
    private final List<UploadedPart> parts = IntStream.rangeClosed(1, PARTS)
            .mapToObj(number -> Samples.uploaded(number, Form.FILES))
            .toList();

    @BeforeEach
    void create() {
        catalog.createBucket(Samples.bucket(Versioning.OFF));
    }

    @AfterEach
    void close() {
        drives.sims().forEach(SimDrive::release);
        waiters.forEach(SimCatalogs::join);
        catalog.close();
        drives.close();
    }

    private ObjectVersion put(String name) {
        ObjectVersion version = Samples.multipart(Samples.upload(name), VersionId.NULL, parts);
        catalog.put(version, Optional.empty(), WriteCondition.NONE);
        return version;
    }

    /** The commit of what this does reaches a drive, and is not answered. */
    private void hang(Runnable change) {
        drives.sim(2).holdAnswers(SimOp.COMMIT);
        waiters.add(Thread.ofPlatform().daemon().start(change));
        SimCatalogs.until(() -> drives.sim(2).waiting() > 0);
    }

    private void start(Runnable task) {
        waiters.add(Thread.ofPlatform().daemon().start(task));
    }

    private void untilAllWait() {
        SimCatalogs.until(() -> waiters.stream().allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING));
    }

    private static long used() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(
                    least,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return least;
    }

    private static void assertHeld(long bytes) {
        long oneRow = PARTS * LEAST_PART_OF_ROW;
        assertTrue(bytes < 2 * oneRow, () -> bytes + " bytes are held by " + WAITERS + " that wait");
    }

    @Test
    void deletionsThatWaitForTheirTurn() {
        IntStream.range(0, WAITERS).forEach(i -> put("k" + i));
        hang(() -> put("other"));
        long before = used();
        for (int i = 0; i < WAITERS; i++) {
            String name = "k" + i;
            start(() -> catalog.delete(
                    BUCKET, List.of(new Deletion.Remove(key(name), VersionId.NULL, WriteCondition.NONE))));
        }
        untilAllWait();
        assertHeld(used() - before);
        drives.sims().forEach(SimDrive::release);
        waiters.forEach(SimCatalogs::join);
        assertEquals(Optional.empty(), catalog.find(BUCKET, key("k0"), Optional.empty()));
    }

    @Test
    void readsThatMeetACommitOfTheirKey() {
        ObjectVersion version = put("k").with(List.of());
        List<Optional<ObjectVersion>> found = new ArrayList<>();
        hang(() -> put("k"));
        long before = used();
        for (int i = 0; i < WAITERS; i++) {
            start(() -> {
                Optional<ObjectVersion> read = catalog.find(BUCKET, key("k"), Optional.empty());
                synchronized (found) {
                    found.add(read.map(row -> row.with(List.of())));
                }
            });
        }
        untilAllWait();
        assertHeld(used() - before);
        drives.sims().forEach(SimDrive::release);
        waiters.forEach(SimCatalogs::join);
        assertEquals(WAITERS, found.size());
        found.forEach(read -> assertEquals(Optional.of(version), read));
    }
}
