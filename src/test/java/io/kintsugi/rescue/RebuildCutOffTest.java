package io.kintsugi.rescue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Bucket;
import io.kintsugi.cluster.DrainRequest;
import io.kintsugi.cluster.TopologyException;
import io.kintsugi.drives.DriveDirectory;
import io.kintsugi.drives.DriveInspection;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.KvBatch;
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
import java.util.Optional;
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

    private String refusal(boolean dryRun, boolean force) {
        return assertThrows(TopologyException.class, () -> rebuild(dryRun, force))
                .getMessage();
    }

    @Test
    void aWorkSpaceWhosePlanIsDamagedIsKept() {
        Map<Bucket, List<Line>> before = fill(true);
        CatalogRows.makeStale(root);
        Path home = cutOffWhileCopying();
        byte[] plan = changePlan(home, Optional.empty());
        for (String message : List.of(refusal(false, false), refusal(true, false), refusal(true, true))) {
            assertTrue(message.contains(ScratchStore.of(home).toString()) && message.contains("--force"), message);
        }
        changePlan(home, Optional.of(plan));
        assertEquals(Outcome.DONE, rebuild(false, false), () -> String.join("\n", lines));
        assertSame(before, namespace());
    }

    /** Puts this in the place of the plan, or a damaged one; returns the one that was there. */
    private static byte[] changePlan(Path home, Optional<byte[]> plan) {
        byte[] key = {9};
        try (DriveResources resources = new DriveResources(8 << 20, 8 << 20);
                ScratchStore work = ScratchStore.open(home, resources)) {
            byte[] before = work.keyValue().get(KvSpace.META, key).join().orElseThrow();
            byte[] damaged = before.clone();
            damaged[3] ^= 1;
            work.keyValue()
                    .commit(new KvBatch().put(KvSpace.META, key, plan.orElse(damaged)))
                    .join();
            work.sync();
            return before;
        }
    }

    @Test
    void aWorkSpaceThatCannotBeOpenedIsKeptUnlessItIsGivenUp() throws IOException {
        Map<Bucket, List<Line>> before = fill(true);
        CatalogRows.makeStale(root);
        Path home = cutOffWhileCopying();
        Path manifest = CatalogRows.manifest(ScratchStore.of(home).resolve("CURRENT"));
        byte[] whole = Files.readAllBytes(manifest);
        Files.write(manifest, new byte[1000]);
        String message = refusal(false, false);
        assertTrue(message.contains(ScratchStore.of(home).toString()), message);
        Files.write(manifest, whole);
        assertEquals(Outcome.DONE, rebuild(false, false), () -> String.join("\n", lines));
        assertSame(before, namespace());

        CatalogRows.makeStale(root);
        home = cutOffWhileCopying();
        Files.write(CatalogRows.manifest(ScratchStore.of(home).resolve("CURRENT")), new byte[1000]);
        rebuild(false, true);
        assertTrue(lines.stream().anyMatch(line -> line.contains("it is given up")), () -> String.join("\n", lines));
        assertFalse(ScratchStore.isThere(home));
        assertEquals(Outcome.NOT_NEEDED, rebuild(false, false));
    }

    @Test
    void theEndOfAWorkSpaceThatAPowerCutHasTornIsCutOff() throws IOException {
        Map<Bucket, List<Line>> before = fill(true);
        CatalogRows.makeStale(root);
        CatalogRows.tearAt(ScratchStore.of(cutOffWhileCopying()).resolve("CURRENT"));
        assertEquals(Outcome.DONE, rebuild(false, false), () -> String.join("\n", lines));
        assertSame(before, namespace());
    }

    /** The replicas that it has wiped would be gathered from, and what they no longer have would be lost unsaid. */
    @Test
    void aRebuildWhoseWorkSpaceIsOnADriveThatIsAwayWaitsForIt() throws IOException {
        Map<Bucket, List<Line>> before = fill(true);
        CatalogRows.makeStale(root);
        Path home = cutOffWhileCopying();
        String drive = ((DriveInspection.Ours) DriveDirectory.inspect(home))
                .identity()
                .drive()
                .toString();
        Path away = home.resolveSibling("away");
        Files.move(home, away);
        String message = refusal(false, false);
        assertTrue(message.contains(drive) && message.contains("--force"), message);
        Files.move(away, home);
        assertEquals(Outcome.DONE, rebuild(false, false), () -> String.join("\n", lines));
        assertSame(before, namespace());

        CatalogRows.makeStale(root);
        home = cutOffWhileCopying();
        Files.move(home, away);
        rebuild(false, true);
        assertTrue(lines.stream().anyMatch(line -> line.contains("it is given up")), () -> String.join("\n", lines));
        assertEquals(Outcome.NOT_NEEDED, rebuild(false, false));
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
