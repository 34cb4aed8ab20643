package io.kintsugi.rescue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Bucket;
import io.kintsugi.cluster.DrainRequest;
import io.kintsugi.cluster.TopologyException;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.ScratchStore;
import io.kintsugi.rescue.CatalogRebuild.Outcome;
import io.kintsugi.rescue.RescueStore.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rebuilds that are cut off and begun again, and those that are refused, since nothing is to be rebuilt. */
class RebuildCutOffTest extends RebuildCase {
    @Test
    void aRebuildThatWasCutOffWhileCopyingGoesOnFromItsWorkSpace() {
        Map<Bucket, List<Line>> before = fill(true);
        CatalogRows.makeStale(root);
        Path home = cutOffWhileCopying();
        assertNoStart();
        rebuild(true, false);
        assertTrue(ScratchStore.isThere(home), "a dry run takes the only rows that there are away");
        assertEquals(Outcome.DONE, rebuild(false, false), () -> String.join("\n", lines));
        assertTrue(lines.stream().anyMatch(line -> line.contains("goes on")), () -> String.join("\n", lines));
        assertSame(before, namespace());
        assertFalse(ScratchStore.isThere(home));
    }

    /** What was lost was listed by the run that gathered; the one that ends it has no list, and must not say "done". */
    @Test
    void aRebuildWithLossesThatGoesOnAfterACutEndsWithLosses() {
        fill(true);
        CatalogRows.each(root, drive -> damage(drive, KvSpace.INLINE));
        CatalogRows.makeStale(root);
        cutOffWhileCopying();
        assertEquals(Outcome.DONE_WITH_LOSSES, rebuild(true, false), () -> String.join("\n", lines));
        assertEquals(Outcome.DONE_WITH_LOSSES, rebuild(false, false), () -> String.join("\n", lines));
        assertTrue(lines.stream().anyMatch(line -> line.contains("goes on")), () -> String.join("\n", lines));
        assertTrue(lines.stream().anyMatch(line -> line.contains("listed by the run")), () -> String.join("\n", lines));
        assertEquals(Outcome.NOT_NEEDED, rebuild(false, false));
    }

    @Test
    void whatIsLeftOfAWorkSpaceWhoseRemovalWasCutOffIsRemoved() throws IOException {
        Map<Bucket, List<Line>> before = fill(true);
        CatalogRows.makeStale(root);
        cutOffWhileCopying();
        List<Path> left = new ArrayList<>();
        for (Path folder : RescueStore.folders(root).getFirst()) {
            Path removed = Files.createDirectory(folder.resolve("kv/rebuild.removed"));
            Files.createFile(removed.resolve("000004.sst"));
            left.add(removed);
        }
        assertEquals(Outcome.DONE, rebuild(false, false), () -> String.join("\n", lines));
        left.forEach(removed -> assertFalse(Files.exists(removed), removed::toString));
        assertSame(before, namespace());
    }

    @Test
    void foldersThatAreNoStoreAreNotMadeOne() {
        assertThrows(TopologyException.class, () -> rebuild(false, false));
        assertFalse(Files.exists(root.resolve("drive1")));
    }

    @Test
    void whatAPowerCutHasTornIsMendedByAStartAndNotRebuilt() throws IOException {
        Map<Bucket, List<Line>> before = fill(true);
        CatalogRows.tear(root);
        TopologyException refusal = assertThrows(TopologyException.class, () -> rebuild(false, false));
        assertTrue(refusal.getMessage().contains("torn end"), refusal::getMessage);
        assertTrue(refusal.getMessage().contains("start the store once"), refusal::getMessage);
        assertSame(before, namespace());
        assertEquals(Outcome.NOT_NEEDED, rebuild(false, false));
    }

    @Test
    void replicasThatAreGoodWhenTheirDrivesAreOpenedAreNotReplaced() throws IOException {
        Map<Bucket, List<Line>> before = fill(true);
        List<Path> there = RescueStore.folders(root).getFirst().stream()
                .map(CatalogRows::current)
                .toList();
        for (Path current : there) {
            Files.move(current, current.resolveSibling("away"));
        }
        try (DriveResources resources = new DriveResources(8 << 20, 8 << 20)) {
            CatalogRebuild rebuild = new CatalogRebuild(
                    new CatalogRebuild.Order(RescueStore.folders(root), DrainRequest.NOTHING, false, false, line -> {
                        if (line.startsWith("versions: ")) {
                            there.forEach(current ->
                                    current.resolveSibling("away").toFile().renameTo(current.toFile()));
                        }
                    }),
                    resources);
            TopologyException refusal = assertThrows(TopologyException.class, rebuild::run);
            assertTrue(refusal.getMessage().contains("nothing was replaced"), refusal::getMessage);
        }
        assertSame(before, namespace());
        assertTrue(RescueStore.folders(root).getFirst().stream().noneMatch(ScratchStore::isThere));
    }
}
