package io.kintsugi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.Id128;
import io.kintsugi.base.Warnings;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.DriveStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Drives that go and come back again and again. */
class ReturnsTest {
    private static final DriveId DRIVE = new DriveId(new Id128(1, 2));
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final long LOOKS_MILLIS = 5_000;

    @TempDir
    Path folder;

    private final Returns returns = new Returns();
    private Duration now = Duration.ZERO;

    private Duration restAfterAStayOf(Duration stay) {
        returns.came(DRIVE, now.toNanos());
        now = now.plus(stay);
        returns.went(DRIVE, now.toNanos());
        return returns.rest(DRIVE, now.toNanos());
    }

    @Test
    void oneThatGoesAgainAndAgainIsLeftAloneForLongerEachTime() {
        for (int i = 0; i < 3; i++) {
            assertEquals(Duration.ZERO, restAfterAStayOf(MINUTE));
        }
        assertEquals(MINUTE, restAfterAStayOf(MINUTE));
        now = now.plus(MINUTE);
        assertFalse(returns.rest(DRIVE, now.toNanos()).isPositive());
        assertEquals(MINUTE.multipliedBy(2), restAfterAStayOf(MINUTE));
        assertEquals(MINUTE.multipliedBy(4), restAfterAStayOf(MINUTE));
        for (int i = 0; i < 100; i++) {
            restAfterAStayOf(MINUTE);
        }
        assertEquals(MINUTE.multipliedBy(64), restAfterAStayOf(MINUTE), "longer than until a drive is given up");
        assertEquals(Duration.ZERO, restAfterAStayOf(Duration.ofMinutes(10)));
        assertEquals(Duration.ZERO, restAfterAStayOf(MINUTE));
        restAfterAStayOf(MINUTE);
        restAfterAStayOf(MINUTE);
        restAfterAStayOf(MINUTE);
        returns.forget(DRIVE);
        assertEquals(Duration.ZERO, restAfterAStayOf(MINUTE), "another one is in its place");
    }

    /** Four drives, of which two suffice: while it is left alone one more may go. */
    @Test
    @Timeout(120)
    void itIsTakenBackAtOnceWhenItIsNeeded() throws IOException, InterruptedException {
        List<Path> paths = DriveFolders.in(folder, 4);
        try (Warnings logged = new Warnings(DriveKeeper.class);
                DriveResources resources = new DriveResources(8 << 20, 8 << 20);
                LocalTopology topology = DriveFolders.open(paths, resources)) {
            for (int i = 0; i < 3; i++) {
                take(1);
                await(topology, DriveStatus.State.OFFLINE::equals);
                putBack(1);
                await(topology, DriveStatus.State.ONLINE::equals);
            }
            take(1);
            await(topology, DriveStatus.State.OFFLINE::equals);
            putBack(1);
            while (!status(topology).reason().contains("left alone")) {
                assertTrue(
                        status(topology).state() == DriveStatus.State.OFFLINE,
                        () -> status(topology).toString());
                Thread.sleep(20);
            }
            // it is looked at several times meanwhile
            Thread.sleep(LOOKS_MILLIS);
            assertEquals(
                    1,
                    logged.lines().stream()
                            .filter(line -> line.contains("left alone"))
                            .count(),
                    () -> logged.lines().toString());
            take(2);
            await(topology, DriveStatus.State.ONLINE::equals);
        }
    }

    private static DriveStatus status(Topology topology) {
        return topology.statuses().get(1);
    }

    private static void await(Topology topology, Predicate<DriveStatus.State> wanted) throws InterruptedException {
        while (!wanted.test(status(topology).state())) {
            Thread.sleep(20);
        }
    }

    private void take(int drive) throws IOException {
        Files.move(folder.resolve("drive" + (drive + 1)), folder.resolve("away" + drive));
    }

    private void putBack(int drive) throws IOException {
        Files.move(folder.resolve("away" + drive), folder.resolve("drive" + (drive + 1)));
    }
}
