package io.kintsugi.rescue;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Clock;
import io.kintsugi.catalog.BlobPage;
import io.kintsugi.catalog.CatalogView;
import io.kintsugi.catalog.ReplicaSource;
import io.kintsugi.catalog.ReplicaVerdict;
import io.kintsugi.cluster.StoppedTopology;
import io.kintsugi.cluster.TopologyException;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.DriveStatus;
import io.kintsugi.drives.ScratchStore;
import io.kintsugi.drives.ShardName;
import io.kintsugi.drives.StoppedDrive;
import io.kintsugi.drives.StoppedDrive.Trouble;
import io.kintsugi.shards.HealResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * {@code kintsugi check}: looks over a store that is stopped, and says what a start would mend by itself and what it
 * could not. Changes nothing. One thread; memory does not grow with the store.
 */
public final class StoreCheck {
    /** The verdict, from best to worst. */
    public enum Outcome {
        /** Nothing was found wrong. */
        CLEAN,
        /** Something is missing or damaged, and can be restored from the rest. */
        MENDABLE,
        /** Bytes or rows are gone that nothing restores, as the drives that are here go. */
        LOST,
        /** It can't be told what should be there. */
        UNKNOWN
    }

    /**
     * @param folders of each pool
     * @param deep whether every byte is read
     * @param out lines for people
     */
    public record Order(List<List<Path>> folders, boolean deep, Consumer<String> out) {}

    private final Order order;
    private final DriveResources resources;
    private final ProgressLine progress;
    private long mendable;
    private long lost;
    private long orphans;

    public StoreCheck(Order order, DriveResources resources) {
        this.order = order;
        this.resources = resources;
        this.progress = new ProgressLine(order.out(), System::nanoTime);
    }

    private void say(String line) {
        order.out().accept(line);
    }

    private void mend(String what) {
        mendable++;
        say("to be mended: " + what);
    }

    private void lose(String what) {
        lost++;
        say("lost: " + what);
    }

    /** @throws TopologyException when the folders are no store, or one is running there */
    public Outcome run() {
        try (StoppedTopology topology = StoppedTopology.open(order.folders(), resources)) {
            say("deployment " + topology.deployment() + ", code " + topology.defaultCode() + ", "
                    + topology.opened().size() + " of " + topology.drives().size() + " drives");
            Replicas.requireEnough(topology);
            drives(topology);
            List<ReplicaSource> sources = Replicas.of(topology);
            ReplicaVerdict verdict = ReplicaVerdict.of(sources);
            replicas(topology, sources, verdict);
            if (verdict.good().isEmpty()) {
                say(withoutCatalog(topology, verdict));
                return Outcome.UNKNOWN;
            }
            contents(topology, sources, verdict);
            return summary();
        }
    }

    private static String withoutCatalog(StoppedTopology topology, ReplicaVerdict verdict) {
        String advice = "If no other drive can be brought back, kintsugi rebuild-catalog makes a new one";
        if (topology.opened().stream().anyMatch(StoppedDrive::isTorn)) {
            advice = "Start the store once, which cuts off what a power cut has torn, and stop it again";
        } else if (verdict.newestEpoch() == 0) {
            advice = "None of these drives has ever heard of one, as after a first start that was cut off: start the"
                    + " store, which finishes that";
        }
        return "no replica of the catalog is good, so nobody can tell what should be there. " + advice;
    }

    // ---- drives and replicas

    private void drives(StoppedTopology topology) {
        Replicas.absent(topology).forEach(this::mend);
        boolean maySetAside = mayBeSetAside(topology);
        for (StoppedDrive drive : topology.opened()) {
            if (drive.isIdentityFlipped()) {
                mend("a bit of the identity of " + drive.path() + " is flipped: the next start writes it anew");
            }
            if (drive.isTorn()) {
                mend(drive.path() + ": " + drive.keyValueFault());
            } else if (drive.trouble() != Trouble.NONE) {
                mend("the key-value store of " + drive.path() + " can't be opened (" + drive.keyValueFault() + "): "
                        + atTheNextStart(drive, maySetAside));
            }
            drive.rot()
                    .ifPresent(rot -> mend("a file of the key-value store of " + drive.path() + " is damaged ("
                            + rot.reason() + "): the running store sets that aside, and fills a new one, when nothing"
                            + " is missing, and none that was set aside before lies there"));
            if (drive.hasSetAside()) {
                say("note: " + drive.path() + " has a key-value store that was set aside; it may be removed when its"
                        + " drive is healed");
            }
            if (drive.unpublished() > 0) {
                say("note: " + drive.path() + " has " + drive.unpublished()
                        + " unpublished shards of writes that were cut off; the next start removes them");
            }
            if (ScratchStore.isLeft(drive.path())) {
                say("note: " + ScratchStore.removed(drive.path()) + " is left of the work space of a rebuild, and of no"
                        + " use: it may be removed; the next rebuild-catalog does it, too");
            }
            if (ScratchStore.isThere(drive.path())) {
                mend(ScratchStore.of(drive.path()) + " is left of a rebuild that was cut off: run it again");
            }
        }
    }

    /** Whether all stores that are damaged may be set aside: never more than the parity restores, with earlier ones. */
    private static boolean mayBeSetAside(StoppedTopology topology) {
        long without = topology.opened().stream()
                .filter(drive -> drive.hasSetAside() || drive.trouble() == Trouble.DAMAGED)
                .count();
        return without <= topology.defaultCode().parityShards();
    }

    private static String atTheNextStart(StoppedDrive drive, boolean maySetAside) {
        return switch (drive.trouble()) {
            case GONE -> "the next start begins a new one, and fills it";
            case DAMAGED ->
                maySetAside && !drive.hasSetAside()
                        ? "the next start sets it aside, and fills a new one"
                        : "the next start may do without the drive, as no more stores are set aside than the parity"
                                + " restores, and one of each drive; if the store does not start, and they can't be"
                                + " brought back as they were, kintsugi rebuild-catalog goes on without them";
            case NONE, TORN, UNREADABLE -> "the next start does without the drive while that lasts";
        };
    }

    private void replicas(StoppedTopology topology, List<ReplicaSource> sources, ReplicaVerdict verdict) {
        for (ReplicaSource source : sources) {
            say(source.where() + ": " + Replicas.describe(source, verdict));
        }
        int homes = topology.drives().size() - topology.drained().size();
        int wanted = ReplicaVerdict.wanted(homes, topology.defaultCode().parityShards());
        if (!verdict.good().isEmpty() && verdict.good().size() < wanted) {
            mend("the catalog has " + verdict.good().size() + " good replicas instead of " + wanted);
        }
    }

    // ---- contents

    private void contents(StoppedTopology topology, List<ReplicaSource> sources, ReplicaVerdict verdict) {
        long newest = verdict.newestSequence();
        List<ReplicaSource> level = verdict.good().stream()
                .filter(source -> source.sequence() == newest)
                .toList();
        List<ReplicaSource> behind = verdict.good().stream()
                .filter(source -> source.sequence() != newest)
                .toList();
        behind.forEach(source -> mend(source.where() + " is behind the last commit"));
        CatalogView view = new CatalogView(level.isEmpty() ? verdict.good() : level, this::lose);
        view.unseen(sources, Clock.SYSTEM.now(), this::mend);
        view.differences(this::mend);
        try {
            view.eachWithoutBytes(this::lose);
            blobs(topology, view);
            orphans(topology, view);
        } catch (CompletionException | DriveException e) {
            lose("rows of the catalog that no replica can read: " + e.getMessage());
        }
    }

    private void blobs(StoppedTopology topology, CatalogView view) {
        BlobReader reader = new BlobReader(topology);
        progress.begin(order.deep() ? "blobs, every byte" : "blobs", 0);
        long[] count = {0};
        view.eachBlob(entry -> {
            if (order.deep()) {
                deep(reader, entry);
            } else {
                shallow(topology, entry);
            }
            count[0]++;
            progress.done(count[0], "");
        });
        progress.end(count[0], "");
    }

    private static String name(BlobPage.Entry entry) {
        BlobOrigin origin = entry.origin();
        return origin.bucket().value() + "/" + origin.key()
                + origin.part().map(part -> ", part " + part.number()).orElse("") + ", blob "
                + entry.blob().id();
    }

    private void deep(BlobReader reader, BlobPage.Entry entry) {
        HealResult result = reader.verify(entry.blob());
        judge(entry, result.wrong(), result.unreachable(), result.restorable());
    }

    private void shallow(StoppedTopology topology, BlobPage.Entry entry) {
        BlobRef blob = entry.blob();
        int missing = 0;
        int away = 0;
        for (int i = 0; i < blob.placement().size(); i++) {
            Optional<Drive> drive = topology.drive(blob.placement().get(i));
            if (drive.filter(d -> d.status().state() != DriveStatus.State.OFFLINE)
                    .isEmpty()) {
                away++;
            } else if (isMissing(drive.get(), new ShardName(blob.id(), i), blob.form())) {
                missing++;
            }
        }
        int there = blob.placement().size() - missing - away;
        judge(entry, missing, away, there >= blob.code().dataShards());
    }

    private static boolean isMissing(Drive drive, ShardName name, BlobRef.Form form) {
        try {
            return drive.statShard(name, form).join().isEmpty();
        } catch (CompletionException e) {
            return true;
        }
    }

    private void judge(BlobPage.Entry entry, int wrong, int away, boolean restorable) {
        String what = name(entry) + ": " + wrong + " shards are missing or wrong"
                + (away > 0 ? ", " + away + " are on drives that are not there" : "");
        if (!restorable) {
            lose(what);
        } else if (wrong > 0 || away > 0) {
            mend(what);
        }
    }

    /** Shards that nothing refers to: the store removes them by itself, as OrphanSweep has it. */
    private void orphans(StoppedTopology topology, CatalogView view) {
        BlobReader reader = new BlobReader(topology);
        DriveWalk walk = new DriveWalk(reader.survey(), this::mend);
        long[] shards = {0};
        progress.begin("shards", walk.count());
        walk.each(blob -> {
            Optional<BlobOrigin> origin = reader.origin(blob);
            shards[0] += blob.shards().size();
            if (origin.isPresent() && !view.refersTo(blob.id(), origin.get())) {
                orphans++;
            }
            progress.done(shards[0], "");
        });
        progress.end(shards[0], "");
    }

    private Outcome summary() {
        if (orphans > 0) {
            say("note: nothing refers to " + ProgressLine.grouped(orphans)
                    + " blobs; the store removes such when they are a day old, or 30 days after a rebuild"
                    + " of the catalog that could not see everything");
        }
        say("check: " + ProgressLine.grouped(lost) + " lost, " + ProgressLine.grouped(mendable) + " to be mended");
        if (lost > 0) {
            return Outcome.LOST;
        }
        return mendable > 0 ? Outcome.MENDABLE : Outcome.CLEAN;
    }
}
