package io.kintsugi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.cluster.SlotPolicy.Known;
import io.kintsugi.cluster.SlotPolicy.Verdict;
import io.kintsugi.drives.DriveIdentity;
import io.kintsugi.drives.DriveInspection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** I8, case by case: what lies in four folders, and what becomes of each. */
class SlotPolicyTest {
    private static final List<DriveId> ROSTER =
            IntStream.range(1, 5).mapToObj(i -> new DriveId(new Id128(100, i))).toList();
    private static final Deployment.Pool POOL = new Deployment.Pool("pool1", new ErasureCode(2, 2), ROSTER, false);
    private static final Deployment.Pool NARROW = new Deployment.Pool("pool1", new ErasureCode(3, 1), ROSTER, false);
    private static final Deployment.Pool FRESH = new Deployment.Pool("pool1", new ErasureCode(2, 2), ROSTER, true);
    private static final Deployment OURS = new Deployment(new Id128(1, 1), List.of(POOL), 0);
    private static final Deployment OTHER = new Deployment(new Id128(2, 2), List.of(POOL), 0);

    private static Path path(int slot) {
        return Path.of("/d" + slot);
    }

    private static DriveInspection drive(int slot, int drive, int incarnation) {
        return drive(OURS, slot, drive, incarnation);
    }

    private static DriveIdentity identity(int drive, int incarnation, long epoch) {
        return OURS.identity(POOL, ROSTER.get(drive - 1), new Id128(incarnation, 0), epoch);
    }

    private static DriveInspection drive(Deployment deployment, int slot, int drive, int incarnation) {
        return ours(deployment.identity(POOL, ROSTER.get(drive - 1), new Id128(incarnation, 0), 0), slot);
    }

    private static DriveInspection ours(DriveIdentity identity, int slot) {
        return new DriveInspection.Ours(path(slot), identity);
    }

    private static DriveInspection empty(int slot) {
        return new DriveInspection.Empty(path(slot));
    }

    private static DriveInspection missing(int slot) {
        return new DriveInspection.Missing(path(slot));
    }

    /** One word a slot: {@code open3} opens drive 3, {@code format3} makes it drive 3 anew. */
    private static String decide(Deployment.Pool pool, Known known, DriveInspection... slots) {
        return SlotPolicy.decide(OURS, pool, List.of(slots), known).stream()
                .map(verdict -> switch (verdict) {
                    case Verdict.Open open ->
                        "open" + (ROSTER.indexOf(open.identity().drive()) + 1);
                    case Verdict.Format format -> "format" + (ROSTER.indexOf(format.drive()) + 1);
                    case Verdict.Finish finish ->
                        "finish" + (ROSTER.indexOf(finish.identity().drive()) + 1);
                    case Verdict.Refused refused -> "refused";
                })
                .collect(Collectors.joining(" "));
    }

    private static String decide(DriveInspection... slots) {
        return decide(POOL, Known.NOTHING, slots);
    }

    @Test
    void drivesAreOpenedWhereverTheyAre() {
        assertEquals("open1 open2 open3 open4", decide(drive(1, 1, 9), drive(2, 2, 9), drive(3, 3, 9), drive(4, 4, 9)));
        assertEquals("open3 open1 open4 open2", decide(drive(1, 3, 9), drive(2, 1, 9), drive(3, 4, 9), drive(4, 2, 9)));
    }

    @Test
    void emptyFoldersTakeThePlacesOfTheAbsent() {
        assertEquals("open1 format2 open3 open4", decide(drive(1, 1, 9), empty(2), drive(3, 3, 9), drive(4, 4, 9)));
        assertEquals("open2 format1 open3 open4", decide(drive(1, 2, 9), empty(2), drive(3, 3, 9), drive(4, 4, 9)));
        assertEquals("format1 open2 format3 open4", decide(empty(1), drive(2, 2, 9), empty(3), drive(4, 4, 9)));
        assertEquals("open1 format2 open3 refused", decide(drive(1, 1, 9), empty(2), drive(3, 3, 9), missing(4)));
    }

    @Test
    void moreEmptyFoldersThanCanBeFilledAreFailedMounts() {
        assertEquals("open1 refused refused refused", decide(drive(1, 1, 9), empty(2), empty(3), empty(4)));
    }

    /** The only copy of something may be on a drive that was used, or on one that is not mounted. */
    @Test
    void onlyWhoHasCertainlyStoredNothingIsToldToEmptyDrives() {
        assertFalse(advises(0, empty(2), empty(3), empty(4)), "the others may not be mounted");
        assertTrue(advises(0, prepared(2, 2), prepared(3, 3), empty(4)), "three of four were never used");
        assertTrue(advises(0, prepared(2, 2), prepared(3, 3), missing(4)), "three of four were never used");
        assertFalse(advises(0, prepared(2, 2), empty(3), empty(4)), "the other two may have been");
        assertFalse(advises(0, prepared(2, 2), prepared(3, 2), empty(4)), "the other two may have been");
        assertFalse(advises(1, prepared(2, 2), prepared(3, 3), empty(4)), "one was used since");
        assertTrue(advises(NARROW, 0, drive(2, 2, 9), empty(3), empty(4)), "two of 3+1 were never used");
        assertFalse(advises(NARROW, 1, drive(2, 2, 9), empty(3), empty(4)), "one of two was used");
    }

    private static boolean advises(long epoch, DriveInspection... others) {
        return advises(POOL, epoch, others);
    }

    private static boolean advises(Deployment.Pool pool, long epoch, DriveInspection... others) {
        Deployment deployment = new Deployment(OURS.id(), List.of(pool), 0);
        DriveIdentity one = OURS.identity(POOL, ROSTER.getFirst(), new Id128(9, 0), epoch);
        List<DriveInspection> slots = new ArrayList<>(List.of(ours(one, 1)));
        slots.addAll(List.of(others));
        List<String> reasons = SlotPolicy.decide(deployment, pool, slots, Known.NOTHING).stream()
                .filter(Verdict.Refused.class::isInstance)
                .map(verdict -> ((Verdict.Refused) verdict).reason())
                .filter(reason -> reason.contains("see that all drives are mounted"))
                .toList();
        assertFalse(reasons.isEmpty());
        return reasons.stream().anyMatch(reason -> reason.contains("empty all of them"));
    }

    private static DriveInspection prepared(int slot, int drive) {
        return new DriveInspection.Empty(
                path(slot), Optional.of(OURS.identity(POOL, ROSTER.get(drive - 1), new Id128(9, 0), 0)));
    }

    @Test
    void anEmptyFolderAmongMountsIsAFailedMount() {
        DriveInspection[] slots = {drive(1, 1, 9), drive(2, 2, 9), drive(3, 3, 9), empty(4)};
        Set<Path> others = Set.of(path(1), path(2), path(3));
        Set<Path> all = Set.of(path(1), path(2), path(3), path(4));
        assertEquals("open1 open2 open3 refused", decide(POOL, mounts(others, Set.of()), slots));
        assertEquals("open1 open2 open3 format4", decide(POOL, mounts(all, Set.of()), slots));
        Set<Path> some = Set.of(path(1), path(2));
        assertEquals("open1 open2 open3 format4", decide(POOL, mounts(some, Set.of()), slots));
    }

    private static Known mounts(Set<Path> now, Set<Path> gone) {
        return new Known(Set.of(), Map.of(), new SlotPolicy.Mounts(now, gone));
    }

    /** The others may be folders of one disk. */
    @Test
    void anEmptyFolderThatWasAMountIsAFailedMount() {
        DriveInspection[] slots = {drive(1, 1, 9), drive(2, 2, 9), drive(3, 3, 9), empty(4)};
        Set<Path> was = Set.of(path(4));
        assertEquals("open1 open2 open3 refused", decide(POOL, mounts(Set.of(path(1)), was), slots));
        assertEquals("open1 open2 open3 refused", decide(POOL, mounts(Set.of(), was), slots));
        assertEquals("open1 open2 open3 format4", decide(POOL, mounts(was, Set.of()), slots));
    }

    @Test
    void foreignDrivesAreRefused() {
        assertEquals(
                "open1 open2 open3 refused",
                decide(drive(1, 1, 9), drive(2, 2, 9), drive(3, 3, 9), drive(OTHER, 4, 4, 9)));
    }

    @Test
    void ofTwoIncarnationsTheYoungerIsRight() {
        assertEquals(
                "open1 refused open3 open2", decide(drive(1, 1, 9), drive(2, 2, 5), drive(3, 3, 9), drive(4, 2, 6)));
        Known replaced = new Known(Set.of(), Map.of(ROSTER.get(1), identity(2, 7, 0)), SlotPolicy.Mounts.NONE);
        assertEquals(
                "open1 refused open3 open4",
                decide(POOL, replaced, drive(1, 1, 9), drive(2, 2, 6), drive(3, 3, 9), drive(4, 4, 9)));
    }

    /** A clock that was set back since the first was made gives the second the lesser name. */
    @Test
    void ofTwoIncarnationsTheOneThatHasHeardOfANewerEpochIsRight() {
        assertEquals(
                "open1 refused open3 open2",
                decide(drive(1, 1, 9), ours(identity(2, 6, 3), 2), drive(3, 3, 9), ours(identity(2, 5, 4), 4)));
        Known asOpened = new Known(Set.of(), Map.of(ROSTER.get(1), identity(2, 6, 3)), SlotPolicy.Mounts.NONE);
        assertEquals(
                "open1 open2 open3 open4",
                decide(POOL, asOpened, drive(1, 1, 9), ours(identity(2, 5, 4), 2), drive(3, 3, 9), drive(4, 4, 9)));
    }

    @Test
    void ofTwoCopiesNeitherIsBelievedAndNothingTakesTheirPlace() {
        assertEquals(
                "open1 refused refused open4", decide(drive(1, 1, 9), drive(2, 2, 9), drive(3, 2, 9), drive(4, 4, 9)));
        assertEquals(
                "open1 refused refused open3", decide(drive(1, 1, 9), drive(2, 2, 9), drive(3, 2, 9), drive(4, 3, 9)));
    }

    @Test
    void aCopyOfAnOpenDriveDoesNotDisturbIt() {
        Known open = new Known(Set.of(path(2)), Map.of(), SlotPolicy.Mounts.NONE);
        assertEquals(
                "open1 open2 refused open4",
                decide(POOL, open, drive(1, 1, 9), drive(2, 2, 9), drive(3, 2, 9), drive(4, 4, 9)));
    }

    @Test
    void aNewPoolIsMadeOfEmptyAndMissingFolders() {
        assertEquals(
                "format1 format2 format3 format4",
                decide(FRESH, Known.NOTHING, empty(1), missing(2), empty(3), missing(4)));
    }

    @Test
    void everyRefusalSaysWhatToDo() {
        List<DriveInspection> slots = List.of(
                new DriveInspection.Foreign(path(1), "thesis.doc"),
                new DriveInspection.TooNew(path(2), 7),
                new DriveInspection.Unreadable(path(3), "it does not answer"),
                drive(OTHER, 4, 4, 9));
        for (Verdict verdict : SlotPolicy.decide(OURS, POOL, slots, Known.NOTHING)) {
            String reason = ((Verdict.Refused) verdict).reason();
            assertTrue(reason.startsWith(verdict.path().toString()) && reason.contains(": "), reason);
        }
    }
}
