package io.kintsugi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.Warnings;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.DriveStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log says of each drive that is not in use why it is not: once. */
class DriveLogTest {
    private static DriveResources resources;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        resources = new DriveResources(8 << 20, 8 << 20);
    }

    @AfterAll
    static void stop() {
        resources.close();
    }

    private LocalTopology open() {
        List<Path> paths = DriveFolders.in(folder, 4);
        return DriveFolders.open(paths, resources);
    }

    private List<DriveId> ids() {
        try (LocalTopology topology = open()) {
            return topology.drives().stream().map(Drive::id).toList();
        }
    }

    @Test
    void whatIsNotThereAtAStartIsToldWithTheReason() throws Exception {
        List<DriveId> ids = ids();
        Path aside = folder.resolve("aside");
        Files.move(folder.resolve("drive2"), aside);
        Files.writeString(folder.resolve("drive4/kintsugi.json"), "{}");
        try (Warnings logged = new Warnings(DriveKeeper.class);
                LocalTopology topology = open()) {
            List<String> told = logged.lines();
            assertEquals(2, told.size(), told.toString());
            assertEquals(List.of(line(ids.get(1), topology, 1), line(ids.get(3), topology, 3)), told);
            Files.move(aside, folder.resolve("drive2"));
            awaitOnline(topology, 3);
            assertEquals(told, logged.lines(), "nothing is told again");
        }
    }

    private static String line(DriveId drive, Topology topology, int slot) {
        return "Drive " + drive + " is not in use: "
                + topology.statuses().get(slot).reason();
    }

    private static void awaitOnline(Topology topology, int drives) throws InterruptedException {
        while (topology.statuses().stream().filter(DriveStatus::online).count() < drives) {
            Thread.sleep(10);
        }
    }
}
