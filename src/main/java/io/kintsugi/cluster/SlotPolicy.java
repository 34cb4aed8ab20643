package io.kintsugi.cluster;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.drives.DriveIdentity;
import io.kintsugi.drives.DriveInspection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Decides what to do with each folder of a pool: a pure function of what was found there. A drive is known by its id,
 * in whatever slot it is. An empty folder takes the place of a drive that is not there, but only while enough others
 * are to restore what it had: more empty folders than that are mounts that failed, and must not be taken for new
 * drives; nor is one that is no mount while all others are, or was one before.
 *
 * <p>The founding of a pool tells all folders which drive they are to become before any becomes one
 * ({@link Groundwork}). Where each drive of the pool is there or its folder was told so, and nobody has heard of the
 * catalog since, the founding is finished, with however many drives: none was ever used.
 */
final class SlotPolicy {
    /** What to do with a folder. */
    sealed interface Verdict {
        Path path();

        /** It is that drive: open it. */
        record Open(Path path, DriveIdentity identity) implements Verdict {}

        /** It becomes that drive, empty. */
        record Format(Path path, DriveId drive) implements Verdict {}

        /** It becomes that drive, as the founding of its pool has prepared it. */
        record Finish(Path path, DriveIdentity identity) implements Verdict {}

        /** It is not used. */
        record Refused(Path path, String reason) implements Verdict {}
    }

    /**
     * What is known from before.
     *
     * @param attached folders whose drives are open: they are what they are
     * @param met each drive that was ever open in this process, as it was when its newest incarnation was first opened
     * @param mounts which folders are file systems of their own
     */
    record Known(Set<Path> attached, Map<DriveId, DriveIdentity> met, Mounts mounts) {
        static final Known NOTHING = new Known(Set.of(), Map.of(), Mounts.NONE);
    }

    /**
     * Folders that are file systems of their own.
     *
     * @param now those that are
     * @param gone those that were since the process started, and are not any more
     */
    record Mounts(Set<Path> now, Set<Path> gone) {
        static final Mounts NONE = new Mounts(Set.of(), Set.of());

        Mounts {
            now = Set.copyOf(now);
            gone = Set.copyOf(gone);
        }
    }

    private static final Comparator<DriveIdentity> LATER =
            Comparator.comparingLong(DriveIdentity::catalogEpoch).thenComparing(DriveIdentity::incarnation);
    private final Deployment deployment;
    private final Deployment.Pool pool;
    private final List<DriveInspection> slots;
    private final Known known;
    private final Map<DriveId, DriveIdentity> newest = new HashMap<>();
    /** Drives that are there in several copies: nothing may take their place. */
    private final Set<DriveId> doubtful = new HashSet<>();

    private SlotPolicy(Deployment deployment, Deployment.Pool pool, List<DriveInspection> slots, Known known) {
        this.deployment = deployment;
        this.pool = pool;
        this.slots = slots;
        this.known = known;
    }

    /** One verdict for each slot, in their order. */
    static List<Verdict> decide(Deployment deployment, Deployment.Pool pool, List<DriveInspection> slots, Known known) {
        return new SlotPolicy(deployment, pool, slots, known).decide();
    }

    private List<Verdict> decide() {
        newest.putAll(known.met());
        members().forEach(identity -> newest.merge(identity.drive(), identity, SlotPolicy::later));
        List<Verdict> verdicts = new ArrayList<>(slots.stream().map(this::judge).toList());
        if (isFoundingCutOff(verdicts)) {
            finishFounding(verdicts);
        } else {
            takeInEmpty(verdicts);
        }
        return verdicts;
    }

    /** Where enough drives are there to restore the others, those rules are as good, which also look at mounts. */
    private boolean isFoundingCutOff(List<Verdict> verdicts) {
        Set<DriveId> all = new HashSet<>();
        int open = 0;
        for (int i = 0; i < slots.size(); i++) {
            if (verdicts.get(i) instanceof Verdict.Open(var _, var identity)) {
                all.add(identity.drive());
                open++;
            } else if (slots.get(i) instanceof DriveInspection.Empty(var _, var founding)) {
                founding.filter(this::wasNeverUsed).ifPresent(identity -> all.add(identity.drive()));
            }
        }
        return all.equals(Set.copyOf(pool.roster().drives())) && (pool.fresh() || open < fewestData());
    }

    /** Of the code now and then: while so many were there, others could take the place of a drive. */
    private int fewestData() {
        return Math.min(pool.needed(), pool.recorded().dataShards());
    }

    private void finishFounding(List<Verdict> verdicts) {
        for (int i = 0; i < slots.size(); i++) {
            if (slots.get(i) instanceof DriveInspection.Empty(var path, var founding)) {
                verdicts.set(i, new Verdict.Finish(path, founding.orElseThrow()));
            }
        }
    }

    /** Whether a folder was told to become a drive of this very pool, which nobody has used since. */
    private boolean wasNeverUsed(DriveIdentity prepared) {
        return isMember(prepared)
                && prepared.roster().equals(pool.roster())
                && prepared.catalogEpoch() >= newestEpoch()
                && !known.met().containsKey(prepared.drive());
    }

    /** Of the catalog, that anybody has heard of. */
    private long newestEpoch() {
        return members().mapToLong(DriveIdentity::catalogEpoch).reduce(deployment.epoch(), Math::max);
    }

    /** Drives of this pool that are in one of the folders, whatever is wrong with them. */
    private Stream<DriveIdentity> members() {
        return slots.stream()
                .filter(DriveInspection.Ours.class::isInstance)
                .map(slot -> ((DriveInspection.Ours) slot).identity())
                .filter(this::isMember);
    }

    /**
     * Which of two incarnations of a drive was in use last. While one is, it hears of each new epoch of the catalog,
     * and each start begins one; the other does not. Names have the dates of a clock that may have been set back since:
     * they only tell what was replaced within one epoch, where a new one is given a greater name than the one before
     * it.
     */
    private static DriveIdentity later(DriveIdentity one, DriveIdentity other) {
        return LATER.compare(one, other) >= 0 ? one : other;
    }

    private Verdict judge(DriveInspection slot) {
        return switch (slot) {
            case DriveInspection.Ours(var path, var identity) -> judge(path, identity);
            case DriveInspection.Empty empty -> new Verdict.Refused(empty.path(), empty.message());
            case DriveInspection.Missing missing -> refused(missing);
            case DriveInspection.Foreign foreign -> refused(foreign);
            case DriveInspection.TooNew tooNew -> refused(tooNew);
            case DriveInspection.TooOld tooOld -> refused(tooOld);
            case DriveInspection.Corrupt corrupt -> refused(corrupt);
            case DriveInspection.Unreadable unreadable -> refused(unreadable);
            case DriveInspection.NotWritable notWritable -> refused(notWritable);
        };
    }

    private static Verdict refused(DriveInspection slot) {
        return new Verdict.Refused(slot.path(), slot.message() + ": " + slot.cure());
    }

    private Verdict judge(Path path, DriveIdentity identity) {
        if (known.attached().contains(path)) {
            return new Verdict.Open(path, identity);
        }
        if (!identity.deployment().equals(deployment.id())) {
            return new Verdict.Refused(
                    path,
                    path + " is a drive of another deployment, " + identity.deployment()
                            + ": mount the right drive, or empty the folder to give it to this deployment");
        }
        if (!isMember(identity) && identity.pool().equals(pool.name())) {
            return new Verdict.Refused(
                    path,
                    path + " is drive " + identity.drive() + ", which was drained and left out of pool " + pool.name()
                            + ", or was to be added by a change that was cut off: empty the folder to give it to the"
                            + " pool");
        }
        if (!isMember(identity)) {
            return new Verdict.Refused(
                    path,
                    path + " is drive " + identity.drive() + " of pool " + identity.pool()
                            + ", which does not belong to pool " + pool.name()
                            + ": name it among the folders of its own pool");
        }
        if (!identity.sameDrive(newest.get(identity.drive()))) {
            return new Verdict.Refused(
                    path,
                    path + " is drive " + identity.drive() + " as it was before it was replaced, and stale:"
                            + " empty the folder or take it away");
        }
        if (copies(identity) > 1) {
            return new Verdict.Refused(
                    path,
                    path + " is one of several copies of drive " + identity.drive()
                            + ", and nobody can tell which is right: take the copies away");
        }
        return new Verdict.Open(path, identity);
    }

    private boolean isMember(DriveIdentity identity) {
        return identity.deployment().equals(deployment.id())
                && identity.pool().equals(pool.name())
                && pool.roster().contains(identity.drive());
    }

    private long copies(DriveIdentity identity) {
        return slots.stream()
                .filter(slot -> slot instanceof DriveInspection.Ours ours
                        && ours.identity().sameDrive(identity))
                .count();
    }

    /** Gives empty folders to the drives that are not there: each to the drive of its own slot if it can be. */
    private void takeInEmpty(List<Verdict> verdicts) {
        List<DriveId> absent = new ArrayList<>(pool.roster().drives());
        for (Verdict verdict : verdicts) {
            if (verdict instanceof Verdict.Open open) {
                absent.remove(open.identity().drive());
            }
        }
        slots.forEach(this::keepDoubtful);
        absent.removeAll(doubtful);
        int there = pool.roster().size() - absent.size() - doubtful.size();
        for (int pass = 0; pass < 2; pass++) {
            for (int i = 0; i < slots.size(); i++) {
                boolean open =
                        isFree(slots.get(i)) && !(verdicts.get(i) instanceof Verdict.Format) && !absent.isEmpty();
                DriveId own = pool.roster().drives().get(i);
                if (open && (pass == 1 || absent.contains(own))) {
                    DriveId drive = pass == 0 ? own : absent.getFirst();
                    verdicts.set(i, takeIn(slots.get(i).path(), drive, there));
                    absent.remove(drive);
                }
            }
        }
    }

    private void keepDoubtful(DriveInspection slot) {
        if (slot instanceof DriveInspection.Ours ours
                && isMember(ours.identity())
                && copies(ours.identity()) > 1
                && !known.attached().contains(ours.path())) {
            doubtful.add(ours.identity().drive());
        }
    }

    private boolean isFree(DriveInspection slot) {
        return slot instanceof DriveInspection.Empty || pool.fresh() && slot instanceof DriveInspection.Missing;
    }

    private boolean onlyOthersAreMounts(Path path) {
        return !known.mounts().now().contains(path)
                && slots.stream()
                        .filter(slot -> slot instanceof DriveInspection.Ours ours && isMember(ours.identity()))
                        .allMatch(slot -> known.mounts().now().contains(slot.path()));
    }

    private Verdict takeIn(Path path, DriveId drive, int there) {
        if (known.mounts().gone().contains(path)) {
            return new Verdict.Refused(
                    path, path + " is empty, and no mount any more: mount the drive, or an empty one in its place");
        }
        if (!pool.fresh() && onlyOthersAreMounts(path)) {
            return new Verdict.Refused(
                    path,
                    path + " is empty and no mount, while all other drives of pool " + pool.name()
                            + " are mounts: mount the drive, or an empty one in its place");
        }
        if (pool.fresh() || there >= pool.needed()) {
            return new Verdict.Format(path, drive);
        }
        return new Verdict.Refused(
                path,
                path + " is empty, and is not taken for a new drive: only " + there + " of the "
                        + pool.roster().size() + " drives of pool " + pool.name() + " are there, and " + pool.needed()
                        + " are needed to fill it; see that all drives are mounted" + adviceForTheUnused());
    }

    /**
     * Only where it is certain that nobody has lost anything who does so: nobody has heard of an epoch of the catalog,
     * and these are more drives than the parity, which is how many may miss the first before anything is acknowledged.
     */
    private String adviceForTheUnused() {
        Stream<DriveIdentity> prepared = slots.stream()
                .flatMap(slot ->
                        slot instanceof DriveInspection.Empty empty ? empty.founding().stream() : Stream.empty())
                .filter(this::wasNeverUsed);
        long unused = Stream.concat(members(), prepared)
                .map(DriveIdentity::drive)
                .distinct()
                .count();
        return newestEpoch() == 0 && unused > mostParity()
                ? ". The very first start of this store was cut off, and not all of the folders that it began with are"
                        + " here: mount them; or, since nothing was stored yet, empty all of them and start again"
                : "";
    }

    private int mostParity() {
        return deployment.pools().stream()
                .flatMap(p -> Stream.of(p.code(), p.recorded()))
                .mapToInt(ErasureCode::parityShards)
                .max()
                .orElseThrow();
    }
}
