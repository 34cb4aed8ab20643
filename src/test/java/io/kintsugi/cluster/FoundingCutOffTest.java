package io.kintsugi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.cluster.SlotPolicy.Known;
import io.kintsugi.cluster.SlotPolicy.Verdict;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveDirectory;
import io.kintsugi.drives.DriveIdentity;
import io.kintsugi.drives.DriveInspection;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.DriveSettings;
import io.kintsugi.drives.DriveStatus;
import io.kintsugi.drives.Roster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A founding that was cut off is finished by the next start; and nothing that could be a mount that failed is taken for
 * a new drive by that.
 */
class FoundingCutOffTest {
    private static final Id128 OURS = new Id128(1, 1);
    private static final long HEARD = 5;

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

    // ---- the policy, for every combination of what may lie in the folders

    private enum Code {
        ONE(1, 0, 1),
        PAIR(1, 1, 2),
        HALF(2, 2, 4),
        NARROW(3, 1, 4),
        BARE(4, 0, 4),
        FEWER(2, 1, 4);

        private final ErasureCode code;
        private final List<DriveId> roster;

        Code(int data, int parity, int drives) {
            this.code = new ErasureCode(data, parity);
            this.roster = IntStream.range(0, drives)
                    .mapToObj(i -> new DriveId(new Id128(100, i)))
                    .toList();
        }

        Deployment.Pool pool() {
            return new Deployment.Pool("pool1", code, roster, false);
        }

        Deployment deployment() {
            return new Deployment(OURS, List.of(pool()), 0);
        }
    }

    private enum Slot {
        DRIVE,
        USED,
        PREPARED,
        OF_ANOTHER_FOUNDING,
        OF_ANOTHER_ROSTER,
        EMPTY,
        MISSING,
        FOREIGN;

        DriveInspection at(Code code, int number) {
            Path path = path(number);
            Deployment.Pool pool = code.pool();
            Deployment deployment = code.deployment();
            DriveId drive = code.roster.get(number);
            Id128 incarnation = new Id128(7, number);
            return switch (this) {
                case DRIVE -> new DriveInspection.Ours(path, deployment.identity(pool, drive, incarnation, 0));
                case USED -> new DriveInspection.Ours(path, deployment.identity(pool, drive, incarnation, HEARD));
                case PREPARED -> empty(path, deployment.identity(pool, drive, incarnation, 0));
                case OF_ANOTHER_FOUNDING ->
                    empty(
                            path,
                            new Deployment(new Id128(2, 2), List.of(pool), 0).identity(pool, drive, incarnation, 0));
                case OF_ANOTHER_ROSTER -> empty(path, elsewhere(code, drive, incarnation));
                case EMPTY -> new DriveInspection.Empty(path);
                case MISSING -> new DriveInspection.Missing(path);
                case FOREIGN -> new DriveInspection.Foreign(path, "thesis.doc");
            };
        }

        private static DriveIdentity elsewhere(Code code, DriveId drive, Id128 incarnation) {
            List<DriveId> longer = new ArrayList<>(code.roster);
            longer.add(new DriveId(new Id128(100, 99)));
            Deployment.Pool other = new Deployment.Pool("pool1", code.code, longer, false);
            return code.deployment().identity(other, drive, incarnation, 0);
        }

        private static DriveInspection empty(Path path, DriveIdentity founding) {
            return new DriveInspection.Empty(path, Optional.of(founding));
        }

        boolean isDrive() {
            return this == DRIVE || this == USED;
        }

        boolean isEmpty() {
            return this == PREPARED || this == OF_ANOTHER_FOUNDING || this == OF_ANOTHER_ROSTER || this == EMPTY;
        }
    }

    private static Path path(int number) {
        return Path.of("/d" + number);
    }

    private static List<List<Slot>> combinations(int slots) {
        List<List<Slot>> all = new ArrayList<>(List.of(List.of()));
        for (int i = 0; i < slots; i++) {
            List<List<Slot>> longer = new ArrayList<>();
            for (List<Slot> begun : all) {
                for (Slot next : Slot.values()) {
                    List<Slot> one = new ArrayList<>(begun);
                    one.add(next);
                    longer.add(one);
                }
            }
            all = longer;
        }
        return all;
    }

    /** What is to happen, told in another way than the policy tells it. */
    private static List<String> expected(Code code, List<Slot> slots, boolean mounts) {
        long drives = slots.stream().filter(Slot::isDrive).count();
        boolean fill = drives >= code.code.dataShards();
        boolean finish = !fill && slots.stream().allMatch(slot -> slot == Slot.DRIVE || slot == Slot.PREPARED);
        return slots.stream()
                .map(slot -> {
                    if (slot.isDrive()) {
                        return "Open";
                    }
                    if (finish) {
                        return "Finish";
                    }
                    return fill && slot.isEmpty() && !mounts ? "Format" : "Refused";
                })
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void onlyFoldersThatWereAllPreparedAreFinished(Code code) {
        for (List<Slot> slots : combinations(code.roster.size())) {
            List<DriveInspection> found = IntStream.range(0, slots.size())
                    .mapToObj(i -> slots.get(i).at(code, i))
                    .toList();
            for (boolean mounts : List.of(false, true)) {
                Set<Path> mounted = found.stream()
                        .filter(slot -> mounts && slot instanceof DriveInspection.Ours)
                        .map(DriveInspection::path)
                        .collect(Collectors.toSet());
                List<Verdict> verdicts = SlotPolicy.decide(
                        code.deployment(),
                        code.pool(),
                        found,
                        new Known(Set.of(), Map.of(), new SlotPolicy.Mounts(mounted, Set.of())));
                List<String> kinds = verdicts.stream()
                        .map(verdict -> verdict.getClass().getSimpleName())
                        .toList();
                assertEquals(expected(code, slots, mounts), kinds, code + " " + slots + " mounts " + mounts);
                finishedDrivesAreTheirOwn(code, verdicts);
            }
        }
    }

    private static void finishedDrivesAreTheirOwn(Code code, List<Verdict> verdicts) {
        for (int i = 0; i < verdicts.size(); i++) {
            if (verdicts.get(i) instanceof Verdict.Finish(var path, var identity)) {
                assertEquals(path(i), path);
                assertEquals(code.roster.get(i), identity.drive());
                assertEquals(new Id128(7, i), identity.incarnation());
            }
        }
    }

    @Test
    void aDriveThatWasOpenInThisProcessIsNotBegunAgain() {
        Code code = Code.HALF;
        List<DriveInspection> found = IntStream.range(0, 4)
                .mapToObj(i -> (i == 0 ? Slot.DRIVE : Slot.PREPARED).at(code, i))
                .toList();
        DriveId met = code.roster.get(3);
        DriveIdentity asItWas = code.deployment().identity(code.pool(), met, new Id128(7, 3), 0);
        Known known = new Known(Set.of(), Map.of(met, asItWas), SlotPolicy.Mounts.NONE);
        List<Verdict> verdicts = SlotPolicy.decide(code.deployment(), code.pool(), found, known);
        assertEquals(
                3, verdicts.stream().filter(Verdict.Refused.class::isInstance).count());
    }

    /** That the others of the pool were not used tells nothing when another pool was. */
    @Test
    void whatWasPreparedBeforeTheCatalogsNewestEpochIsNotFinished() {
        Code code = Code.HALF;
        List<DriveInspection> found = IntStream.range(0, 4)
                .mapToObj(i -> (i == 0 ? Slot.DRIVE : Slot.PREPARED).at(code, i))
                .toList();
        Deployment later = new Deployment(OURS, List.of(code.pool()), 1);
        List<Verdict> verdicts = SlotPolicy.decide(later, code.pool(), found, Known.NOTHING);
        assertEquals(
                3, verdicts.stream().filter(Verdict.Refused.class::isInstance).count());
    }

    /** Two of four were enough to restore the others then: these may be in use elsewhere. */
    @Test
    void aNewCodeDoesNotMakeAFoundingOfWhatWasNone() {
        Code code = Code.HALF;
        List<DriveInspection> found = IntStream.range(0, 4)
                .mapToObj(i -> (i < 2 ? Slot.DRIVE : Slot.PREPARED).at(code, i))
                .toList();
        Deployment.Pool raised = new Deployment.Pool(
                "pool1", new ErasureCode(3, 1), code.code, Roster.founded(code.roster), false, Set.of(), false);
        List<Verdict> verdicts = SlotPolicy.decide(code.deployment(), raised, found, Known.NOTHING);
        assertEquals(
                2, verdicts.stream().filter(Verdict.Refused.class::isInstance).count());
    }

    @Test
    void twoFoldersThatAreToBecomeOneDriveAreNotAllOfThem() {
        Code code = Code.HALF;
        List<DriveInspection> found = List.of(
                Slot.DRIVE.at(code, 0),
                Slot.PREPARED.at(code, 1),
                Slot.PREPARED.at(code, 2),
                Slot.empty(
                        path(3),
                        ((DriveInspection.Empty) Slot.PREPARED.at(code, 2))
                                .founding()
                                .orElseThrow()));
        List<Verdict> verdicts = SlotPolicy.decide(code.deployment(), code.pool(), found, Known.NOTHING);
        assertEquals(
                3, verdicts.stream().filter(Verdict.Refused.class::isInstance).count());
    }

    // ---- real folders

    private List<Path> paths(int count) {
        return DriveFolders.in(folder, count);
    }

    private static LocalTopology open(List<List<Path>> pools) {
        return LocalTopology.open(new LocalTopology.Config(
                pools, CodeWish.NONE, DrainRequest.NOTHING, DriveSettings.with(resources), Clock.SYSTEM, Entropy.FAST));
    }

    /** A founding of four drives up to a point: so many folders were told, so many were made drives. */
    private List<DriveIdentity> foundUntil(int told, int made) throws IOException {
        Supplier<Id128> names = () -> Id128.next(Clock.SYSTEM, Entropy.FAST);
        List<DriveId> roster =
                IntStream.range(0, 4).mapToObj(i -> new DriveId(names.get())).toList();
        Deployment.Pool pool = new Deployment.Pool("pool1", new ErasureCode(2, 2), roster, true);
        Deployment deployment = new Deployment(names.get(), List.of(pool), 0);
        List<DriveIdentity> identities = roster.stream()
                .map(drive -> deployment.identity(pool, drive, names.get(), 0))
                .toList();
        for (int i = 0; i < told; i++) {
            DriveDirectory.prepare(paths(4).get(i), identities.get(i));
        }
        for (int i = 0; i < made; i++) {
            DriveDirectory.found(paths(4).get(i), identities.get(i));
        }
        return identities;
    }

    private void everyDriveIsThere(Optional<List<DriveIdentity>> founded) throws IOException {
        try (LocalTopology topology = open(List.of(paths(4)))) {
            assertEquals(
                    4, topology.statuses().stream().filter(DriveStatus::online).count());
            founded.ifPresent(identities -> assertEquals(
                    identities.stream().map(DriveIdentity::drive).toList(),
                    topology.drives().stream().map(Drive::id).toList()));
        }
        for (Path path : paths(4)) {
            assertFalse(Files.exists(path.resolve("kintsugi.json.founding")), path.toString());
        }
        open(List.of(paths(4))).close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void oneThatHasMadeNoDriveIsBegunAgain(int told) throws IOException {
        if (told > 0 && told < 4) {
            // one before it, which had told all folders
            foundUntil(4, 0);
        }
        foundUntil(told, 0);
        everyDriveIsThere(Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void oneThatHasMadeDrivesIsFinished(int made) throws IOException {
        everyDriveIsThere(Optional.of(foundUntil(4, made)));
    }

    /** A power cut in the middle of a rename that was not synced may show both names. */
    @Test
    void whatStaysBesideAnIdentityIsOfNoMeaning() throws IOException {
        List<DriveIdentity> identities = foundUntil(4, 4);
        Path first = paths(4).getFirst();
        Files.copy(first.resolve("kintsugi.json"), first.resolve("kintsugi.json.founding"));
        everyDriveIsThere(Optional.of(identities));
    }

    /** What was told by a founding that was cut off says nothing when drives of another one are there. */
    @Test
    void aFolderThatWasToldBySomebodyElseIsNotFinished() throws IOException {
        foundUntil(4, 0);
        Path stale = Files.copy(folder.resolve("drive4/kintsugi.json.founding"), folder.resolve("stale"));
        foundUntil(4, 1);
        Files.delete(folder.resolve("drive4/kintsugi.json.founding"));
        Files.move(stale, folder.resolve("drive4/kintsugi.json.founding"));
        onlyTheFirstIsOpened();
    }

    @Test
    void aFolderThatWasNotToldMayBeAMountThatFailed() throws IOException {
        foundUntil(4, 1);
        Files.delete(folder.resolve("drive4/kintsugi.json.founding"));
        onlyTheFirstIsOpened();
    }

    private void onlyTheFirstIsOpened() throws IOException {
        try (LocalTopology topology = open(List.of(paths(4)))) {
            assertEquals(
                    1, topology.statuses().stream().filter(DriveStatus::online).count());
            String reason = topology.statuses().getLast().reason();
            assertTrue(reason.contains("was cut off, and not all"), reason);
        }
        for (int i = 1; i < 4; i++) {
            assertFalse(Files.exists(paths(4).get(i).resolve("kintsugi.json")), "drive " + (i + 1));
        }
    }

    @Test
    void aFolderThatTakesNothingIsNoBeginning() throws IOException {
        Files.createDirectories(folder.resolve("drive3"));
        // not empty: nothing can be put in its place
        Files.createDirectories(folder.resolve("drive3/kintsugi.json.tmp/inner"));
        TopologyException refusal = assertThrows(TopologyException.class, () -> open(List.of(paths(4))));
        assertTrue(refusal.getMessage().contains("drive3"), refusal.getMessage());
        for (Path path : paths(4)) {
            assertFalse(Files.exists(path.resolve("kintsugi.json")), path.toString());
        }
        Files.delete(folder.resolve("drive3/kintsugi.json.tmp/inner"));
        Files.delete(folder.resolve("drive3/kintsugi.json.tmp"));
        everyDriveIsThere(Optional.empty());
    }

    /** Pools that come to a store are founded in the same way. */
    @Test
    void aPoolWhoseFoundingWasCutOffIsFinishedBesideOneThatIsUsed() throws IOException {
        List<Path> first = paths(8).subList(0, 4);
        List<Path> second = paths(8).subList(4, 8);
        try (LocalTopology topology = open(List.of(first))) {
            topology.drives().forEach(drive -> drive.raiseCatalogEpoch(HEARD).join());
        }
        for (Path path : second) {
            Files.createDirectories(path);
        }
        List<DriveId> ids = idsOf(List.of(first, second));
        for (Path path : second.subList(1, 4)) {
            assertEquals(HEARD, cutOff(path).catalogEpoch());
        }
        assertEquals(ids, idsOf(List.of(first, second)));
    }

    /** One of the pools has a drive, and knows the deployment by it. */
    @ParameterizedTest
    @ValueSource(ints = {0, 5})
    void theFirstStartOfTwoPoolsIsFinished(int made) throws IOException {
        List<List<Path>> pools = List.of(paths(8).subList(0, 4), paths(8).subList(4, 8));
        List<DriveId> ids = idsOf(pools);
        for (int i = 0; i < 8; i++) {
            if (i != made) {
                cutOff(paths(8).get(i));
            }
        }
        List<DriveId> again = idsOf(pools);
        int pool = made / 4 * 4;
        assertEquals(ids.subList(pool, pool + 4), again.subList(pool, pool + 4));
    }

    private static List<DriveId> idsOf(List<List<Path>> pools) {
        try (LocalTopology topology = open(pools)) {
            assertEquals(
                    8, topology.statuses().stream().filter(DriveStatus::online).count());
            return topology.drives().stream().map(Drive::id).toList();
        }
    }

    /** The folder as it was when the drive was still to be made. */
    private static DriveIdentity cutOff(Path path) throws IOException {
        DriveIdentity identity = ((DriveInspection.Ours) DriveDirectory.inspect(path)).identity();
        try (Stream<Path> tree = Files.walk(path)) {
            tree.sorted(Comparator.reverseOrder()).forEach(one -> one.toFile().delete());
        }
        DriveDirectory.prepare(path, identity);
        return identity;
    }

    // ---- who only looks

    @Test
    void whoOnlyLooksSaysWhatTheNextStartDoes() throws IOException {
        foundUntil(4, 0);
        TopologyException none =
                assertThrows(TopologyException.class, () -> StoppedTopology.open(List.of(paths(4)), resources));
        assertTrue(none.getMessage().contains("a first start that was cut off"), none.getMessage());
        List<DriveIdentity> identities = foundUntil(4, 1);
        try (StoppedTopology topology = StoppedTopology.open(List.of(paths(4)), resources)) {
            assertEquals(1, topology.opened().size());
            String reason = topology.statuses().getLast().reason();
            assertTrue(reason.contains("the next one finishes it"), reason);
        }
        everyDriveIsThere(Optional.of(identities));
    }
}
