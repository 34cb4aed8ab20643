package io.kintsugi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.drives.DriveIdentity;
import io.kintsugi.drives.DriveInspection;
import io.kintsugi.drives.Roster;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which drives a pool has from now on, case by case. Drives are numbers; those that are new here count from 11. */
class RosterPolicyTest {
    private static final Id128 OURS = new Id128(1, 1);
    private static final ErasureCode CODE = new ErasureCode(2, 2);
    private static final Roster FOUR = Roster.founded(ids(1, 2, 3, 4));
    private static final Roster SIX = new Roster(2, ids(1, 2, 3, 4, 5, 6), List.of());

    private static List<DriveId> ids(int... drives) {
        return Arrays.stream(drives)
                .mapToObj(drive -> new DriveId(new Id128(100, drive)))
                .toList();
    }

    private static Path path(int slot) {
        return Path.of("/d" + slot);
    }

    private static DriveInspection drive(int slot, int drive, Roster roster) {
        DriveIdentity identity =
                new DriveIdentity(OURS, ids(drive).getFirst(), new Id128(9, drive), "pool1", CODE, roster, 0);
        return new DriveInspection.Ours(path(slot), identity);
    }

    private static DriveInspection drive(int drive, Roster roster) {
        return drive(drive, drive, roster);
    }

    private static DriveInspection empty(int slot) {
        return new DriveInspection.Empty(path(slot));
    }

    private static DriveInspection missing(int slot) {
        return new DriveInspection.Missing(path(slot));
    }

    private record Case(ErasureCode code, Set<Path> mounts, DrainRequest drain) {
        static final Case PLAIN = new Case(CODE, Set.of(), DrainRequest.NOTHING);

        RosterPolicy.Decision decide(DriveInspection... slots) {
            AtomicLong names = new AtomicLong(11);
            return RosterPolicy.decide(
                    new RosterPolicy.Asked(OURS, "pool1", List.of(slots), CODE, code, mounts, drain),
                    () -> new Id128(100, names.getAndIncrement()));
        }

        String shown(DriveInspection... slots) {
            return show(decide(slots).roster());
        }

        String refusal(DriveInspection... slots) {
            return assertThrows(TopologyException.class, () -> decide(slots)).getMessage();
        }
    }

    /** Generation, drives, and a star at those that are drained. */
    private static String show(Roster roster) {
        return roster.generation() + ": "
                + roster.drives().stream()
                        .map(drive -> drive.value().low() + (roster.drained().contains(drive) ? "*" : ""))
                        .collect(Collectors.joining(" "));
    }

    private static DriveInspection[] all(Roster roster, DriveInspection... others) {
        List<DriveInspection> slots = new java.util.ArrayList<>();
        for (DriveId drive : roster.drives()) {
            slots.add(drive((int) drive.value().low(), roster));
        }
        slots.addAll(List.of(others));
        return slots.toArray(DriveInspection[]::new);
    }

    @Test
    void nothingChangesByItself() {
        assertEquals("1: 1 2 3 4", Case.PLAIN.shown(all(FOUR)));
        assertEquals("2: 1 2 3 4 5 6", Case.PLAIN.shown(all(SIX)));
        assertEquals("1: 1 2 3 4", Case.PLAIN.shown(drive(1, FOUR), empty(2), drive(3, FOUR), missing(4)));
        assertEquals("1: 1 2 3 4", Case.PLAIN.shown(drive(1, 4, FOUR), missing(2), missing(3), missing(4)));
    }

    @Test
    void emptyFoldersAreAddedBehindTheOthers() {
        RosterPolicy.Decision grown = Case.PLAIN.decide(all(FOUR, empty(5), empty(6)));
        assertEquals("2: 1 2 3 4 11 12", show(grown.roster()));
        assertEquals(Set.copyOf(ids(11, 12)), grown.added());
        assertEquals("3: 1 2 3 4 5 6 11", Case.PLAIN.shown(all(SIX, empty(7))));
    }

    @Test
    void aDriveThatIsLostDoesNotKeepOthersFromBeingAdded() {
        assertEquals(
                "2: 1 2 3 4 11",
                Case.PLAIN.shown(drive(1, FOUR), missing(2), drive(3, FOUR), drive(4, FOUR), empty(5)));
        assertEquals(
                "2: 1 2 3 4 11", Case.PLAIN.shown(drive(1, FOUR), empty(2), drive(3, FOUR), drive(4, FOUR), empty(5)));
    }

    @Test
    void tooFewOldDrivesAreNoPoolToAddTo() {
        String refusal = Case.PLAIN.refusal(drive(1, FOUR), missing(2), missing(3), missing(4), empty(5));
        assertTrue(refusal.contains("only 1 of its 4 drives are there, and 2 are needed"), refusal);
        Case without = new Case(new ErasureCode(4, 0), Set.of(), DrainRequest.NOTHING);
        without.refusal(drive(1, FOUR), missing(2), drive(3, FOUR), drive(4, FOUR), empty(5));
    }

    @Test
    void foldersThatAreNotEmptyAreNotAdded() {
        String refusal = Case.PLAIN.refusal(all(FOUR, empty(5), missing(6)));
        assertTrue(refusal.contains("/d6 does not exist"), refusal);
        refusal = Case.PLAIN.refusal(all(FOUR, new DriveInspection.Foreign(path(5), "thesis.doc")));
        assertTrue(refusal.contains("thesis.doc"), refusal);
        DriveInspection other = new DriveInspection.Ours(
                path(5),
                new DriveIdentity(
                        new Id128(7, 7), ids(5).getFirst(), new Id128(9, 9), "pool1", CODE, Roster.founded(ids(5)), 0));
        assertTrue(Case.PLAIN.refusal(all(FOUR, other)).contains("of deployment"));
    }

    @Test
    void anEmptyFolderAmongMountsIsAFailedMount() {
        Set<Path> four =
                IntStream.rangeClosed(1, 4).mapToObj(RosterPolicyTest::path).collect(Collectors.toSet());
        Set<Path> five =
                IntStream.rangeClosed(1, 5).mapToObj(RosterPolicyTest::path).collect(Collectors.toSet());
        String refusal = new Case(CODE, four, DrainRequest.NOTHING).refusal(all(FOUR, empty(5)));
        assertTrue(refusal.contains("/d5"), refusal);
        assertEquals("2: 1 2 3 4 11", new Case(CODE, five, DrainRequest.NOTHING).shown(all(FOUR, empty(5))));
    }

    @Test
    void aChangeThatWasCutOffGoesOn() {
        DriveInspection[] one = {
            drive(1, FOUR), drive(2, SIX), drive(3, FOUR), drive(4, FOUR), empty(5), empty(6),
        };
        assertEquals("2: 1 2 3 4 5 6", Case.PLAIN.shown(one));
        one[1] = drive(2, FOUR);
        one[4] = drive(5, SIX);
        assertEquals("2: 1 2 3 4 5 6", Case.PLAIN.shown(one), "only a new drive knows of it");
    }

    @Test
    void aDriveThatWasAwayMeanwhileDoesNotTurnItBack() {
        assertEquals(
                "2: 1 2 3 4 5 6",
                Case.PLAIN.shown(
                        drive(1, FOUR), drive(2, SIX), drive(3, SIX), drive(4, SIX), drive(5, SIX), drive(6, SIX)));
        String refusal = Case.PLAIN.refusal(drive(1, FOUR), drive(2, FOUR), drive(3, SIX), drive(4, SIX));
        assertTrue(refusal.contains("has 6 drives, and 4 folders are named"), refusal);
    }

    @Test
    void twoChangesOfOneGenerationAreNotGuessedAt() {
        Roster other = new Roster(2, ids(1, 2, 3, 4, 7, 8), List.of());
        String refusal =
                Case.PLAIN.refusal(drive(1, SIX), drive(2, other), drive(3, other), drive(4, FOUR), empty(5), empty(6));
        assertTrue(refusal.contains("disagree") && refusal.contains("[/d1]") && refusal.contains("/d3"), refusal);
        Roster later = other.next(List.of(), List.of(), List.of());
        assertEquals(
                "3: 1 2 3 4 7 8",
                Case.PLAIN.shown(
                        drive(1, SIX), drive(2, later), drive(3, other), drive(4, later), drive(7, later), empty(8)),
                "the one that went on is right");
    }

    @Test
    void onlyDrainedDrivesMayBeLeftOut() {
        Roster drained = new Roster(3, ids(1, 2, 3, 4, 5, 6), ids(3, 6));
        assertEquals(
                "4: 1 2 4 5",
                Case.PLAIN.shown(drive(1, drained), drive(2, drained), drive(4, drained), drive(5, drained)));
        assertEquals(
                "4: 1 2 3 4 5",
                Case.PLAIN.shown(
                        drive(1, drained), drive(2, drained), drive(3, drained), drive(4, drained), drive(5, drained)),
                "drive 3 takes data again, since nobody wants it drained");
        String refusal = Case.PLAIN.refusal(drive(1, SIX), drive(2, SIX), drive(3, SIX), drive(4, SIX), drive(5, SIX));
        assertTrue(refusal.contains("none is") && refusal.contains("KINTSUGI_DRAIN"), refusal);
        refusal = Case.PLAIN.refusal(drive(1, drained), drive(2, drained), drive(4, drained), drive(3, drained));
        assertTrue(refusal.contains("only 1 are"), refusal);
    }

    @Test
    void noPoolIsLeftTooFewDrivesForItsCode() {
        Roster drained = new Roster(3, ids(1, 2, 3, 4), ids(4));
        String refusal = Case.PLAIN.refusal(drive(1, drained), drive(2, drained), drive(3, drained));
        assertTrue(refusal.contains("needs 4 drives"), refusal);
    }

    @Test
    void aDriveThatWasLeftOutIsNotTakenBackAsItIs() {
        Roster before = new Roster(2, ids(1, 2, 3, 4, 5), ids(5));
        Roster after = new Roster(3, ids(1, 2, 3, 4), List.of());
        String refusal = Case.PLAIN.refusal(
                drive(1, after), drive(2, after), drive(3, after), drive(4, after), drive(5, before));
        assertTrue(refusal.contains("empty it to add it"), refusal);
    }

    @Test
    void aDrainedDriveStaysDrainedWhileItIsWantedSo() {
        Roster drained = new Roster(3, ids(1, 2, 3, 4, 5), ids(5));
        Case wanted = new Case(CODE, Set.of(), new DrainRequest(Set.of(path(5)), Set.of()));
        assertEquals("3: 1 2 3 4 5*", wanted.shown(all(drained)));
        Case pool = new Case(CODE, Set.of(), new DrainRequest(Set.of(), Set.of("pool1")));
        assertEquals("3: 1 2 3 4 5*", pool.shown(all(drained)));
        assertEquals("4: 1 2 3 4 5", Case.PLAIN.shown(all(drained)));
        DriveInspection[] away = all(drained);
        away[4] = missing(5);
        assertEquals("3: 1 2 3 4 5*", Case.PLAIN.shown(away), "it is not there to be used again");
    }

    /** It took data again when it was used by a start that had not heard of the mark. */
    @Test
    void aMarkThatNeverCountedIsNotBelieved() {
        Roster five = new Roster(2, ids(1, 2, 3, 4, 5), List.of());
        Roster drained = new Roster(3, ids(1, 2, 3, 4, 5), ids(5));
        String refusal = Case.PLAIN.refusal(drive(1, drained), drive(2, five), drive(3, five), drive(4, five));
        assertTrue(refusal.contains("none is"), refusal);
        assertEquals(
                "4: 1 2 3 4 5",
                Case.PLAIN.shown(drive(1, drained), drive(2, five), drive(3, five), drive(4, five), missing(5)));
        Case wanted = new Case(CODE, Set.of(), new DrainRequest(Set.of(path(5)), Set.of()));
        assertEquals(
                "4: 1 2 3 4 5",
                wanted.shown(drive(1, drained), drive(2, five), drive(3, five), drive(4, five), drive(5, five)),
                "it must be found empty anew");
        assertEquals(
                "4: 1 2 3 4",
                Case.PLAIN.shown(drive(1, drained), drive(2, drained), drive(3, five), drive(4, five)),
                "the drive that is left out may have been the third that knew it");
    }

    @Test
    void growingAndMoreParityDoNotComeInOneStep() {
        Case more = new Case(new ErasureCode(2, 2), Set.of(), DrainRequest.NOTHING);
        Roster three = Roster.founded(ids(1, 2, 3));
        ErasureCode founded = new ErasureCode(2, 1);
        RosterPolicy.Asked asked = new RosterPolicy.Asked(
                OURS, "pool1", List.of(all(three, empty(4))), founded, more.code(), more.mounts(), more.drain());
        TopologyException refusal =
                assertThrows(TopologyException.class, () -> RosterPolicy.decide(asked, () -> new Id128(100, 11)));
        assertTrue(refusal.getMessage().contains("add the drives first"), refusal.getMessage());
    }
}
