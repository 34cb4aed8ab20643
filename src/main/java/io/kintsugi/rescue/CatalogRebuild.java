package io.kintsugi.rescue;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.catalog.BlobFacts;
import io.kintsugi.catalog.CatalogRescue;
import io.kintsugi.catalog.Manifest;
import io.kintsugi.catalog.ReplicaSource;
import io.kintsugi.catalog.ReplicaVerdict;
import io.kintsugi.catalog.RescueCopy;
import io.kintsugi.catalog.RescueLog;
import io.kintsugi.cluster.CodeWish;
import io.kintsugi.cluster.DrainRequest;
import io.kintsugi.cluster.LocalTopology;
import io.kintsugi.cluster.StoppedTopology;
import io.kintsugi.cluster.TopologyException;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.DriveSettings;
import io.kintsugi.drives.ScratchStore;
import io.kintsugi.drives.StoppedDrive;
import io.kintsugi.shards.ShardFacts;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * {@code kintsugi rebuild-catalog}: makes the catalog of a store again whose replicas are all lost, from what is left
 * of them and from the ends of the shards. First everything is gathered in a work space, while the drives are only
 * looked at; then it is copied to new replicas ({@link RescueCopy}). One thread.
 */
public final class CatalogRebuild {
    /** What a script can know of the end. */
    public enum Outcome {
        /** The catalog is there again, and nothing that is known to have been is missing. */
        DONE,
        /** There is a good catalog: nothing was done. */
        NOT_NEEDED,
        /** The catalog is there again; what could not be restored, or not be looked at, was listed. */
        DONE_WITH_LOSSES
    }

    /**
     * @param folders of each pool
     * @param drain what is being emptied: it gets no replica
     * @param dryRun only say what would be done
     * @param force also when there is a good catalog
     * @param out lines for people
     */
    public record Order(
            List<List<Path>> folders, DrainRequest drain, boolean dryRun, boolean force, Consumer<String> out) {}

    private final Order order;
    private final DriveResources resources;
    private final ProgressLine progress;
    private final RescueLog log;

    public CatalogRebuild(Order order, DriveResources resources) {
        this.order = order;
        this.resources = resources;
        this.progress = new ProgressLine(order.out(), System::nanoTime);
        this.log = new RescueLog(order.out());
    }

    private void say(String line) {
        order.out().accept(line);
    }

    /** What the first half has made. @param before by an earlier run: the only place where its rows are */
    private record Gathered(Home home, RescueCopy.Plan plan, boolean before) {}

    /** The drive where the work space is. */
    private record Home(Path path, DriveId drive) {
        static Home of(StoppedDrive drive) {
            return new Home(drive.path(), drive.id());
        }
    }

    /**
     * @throws io.kintsugi.cluster.TopologyException when the folders are no store, or one is running there
     * @throws Unavailable when the drives do not take the new replicas; it can be begun again
     */
    public Outcome run() {
        Optional<Gathered> gathered = gather();
        if (gathered.isEmpty()) {
            return Outcome.NOT_NEEDED;
        }
        Path home = gathered.get().home().path();
        if (order.dryRun()) {
            if (!gathered.get().before()) {
                ScratchStore.remove(home);
            }
            say("nothing was changed: this was a dry run");
        } else {
            copy(gathered.get());
        }
        return gathered.get().plan().lossless() ? Outcome.DONE : Outcome.DONE_WITH_LOSSES;
    }

    // ---- gathering

    private Optional<Gathered> gather() {
        try (StoppedTopology topology = StoppedTopology.open(order.folders(), resources)) {
            List<ReplicaSource> sources = Replicas.of(topology);
            ReplicaVerdict verdict = ReplicaVerdict.of(sources);
            describe(topology, sources, verdict);
            topology.opened().forEach(drive -> ScratchStore.removeLeft(drive.path()));
            Optional<Gathered> begun = begunBefore(topology, verdict);
            if (begun.isPresent()) {
                return begun;
            }
            topology.opened().forEach(drive -> ScratchStore.remove(drive.path()));
            if (!verdict.good().isEmpty() && !order.force()) {
                say("the catalog is good, and is left as it is: start the store (--force rebuilds it all the same)");
                return Optional.empty();
            }
            return Optional.of(gather(topology, sources, verdict));
        }
    }

    private void describe(StoppedTopology topology, List<ReplicaSource> sources, ReplicaVerdict verdict) {
        say("deployment " + topology.deployment() + ", " + topology.opened().size() + " of "
                + topology.drives().size() + " drives");
        Replicas.absent(topology).forEach(line -> say("not there: " + line));
        for (ReplicaSource source : sources) {
            say(source.where() + ": " + Replicas.describe(source, verdict));
        }
        Replicas.requireEnough(topology);
        if (verdict.good().isEmpty() && !order.force()) {
            Replicas.requireNoneTorn(topology);
        }
    }

    /** A work space that was complete when its copying was cut off: the old replicas are gone, it must be used. */
    private Optional<Gathered> begunBefore(StoppedTopology topology, ReplicaVerdict verdict) {
        if (!verdict.good().isEmpty()) {
            return Optional.empty();
        }
        Optional<String> unreadable = Optional.empty();
        for (StoppedDrive drive : topology.opened()) {
            switch (planned(drive)) {
                case RescueCopy.Planned.Complete(var plan)
                when plan.epoch() == verdict.floor() -> {
                    say("a rebuild was cut off while it was copied, and goes on from " + ScratchStore.of(drive.path()));
                    if (!plan.lossless()) {
                        say("not all could be restored: what is lost was listed by the run that gathered it");
                    }
                    return Optional.of(new Gathered(Home.of(drive), plan, true));
                }
                case RescueCopy.Planned.Unreadable(var fault) ->
                    unreadable = Optional.of("the work space " + ScratchStore.of(drive.path())
                            + " of an earlier rebuild can't be read (" + fault + ")");
                case RescueCopy.Planned.Complete _, RescueCopy.Planned.Incomplete _ -> {
                    // the old replicas are as they were when its rows were gathered
                }
            }
        }
        unreadable.or(() -> cutOff(topology, verdict)).ifPresent(this::requireForce);
        return Optional.empty();
    }

    private RescueCopy.Planned planned(StoppedDrive drive) {
        if (!ScratchStore.isThere(drive.path())) {
            return new RescueCopy.Planned.Incomplete();
        }
        try (ScratchStore work = ScratchStore.open(drive.path(), resources)) {
            return RescueCopy.planned(work.keyValue());
        } catch (UncheckedIOException e) {
            return new RescueCopy.Planned.Unreadable(e.getMessage());
        }
    }

    /** Drives that were being filled from a work space which is on none of the drives that are here. */
    private static Optional<String> cutOff(StoppedTopology topology, ReplicaVerdict verdict) {
        return topology.opened().stream()
                .flatMap(drive -> RescueCopy.begun(drive.keyValue()).stream())
                .filter(copying -> copying.epoch() >= verdict.floor())
                .findFirst()
                .map(copying -> "a rebuild was cut off while it was copied, and its work space on drive "
                        + copying.home() + " is not here");
    }

    /** The replicas may be gone by then: what is gathered anew would be what is left of them. */
    private void requireForce(String found) {
        if (!order.force() || order.dryRun()) {
            throw new TopologyException(found + ": it may have the only rows that there are. Nothing was done. Bring it"
                    + " back as it was, and begin again; or give it up: --force, without --dry-run, gathers from what"
                    + " is left beside it, and removes it where it is here");
        }
        say(found + ": it is given up, as --force says");
    }

    private Gathered gather(StoppedTopology topology, List<ReplicaSource> sources, ReplicaVerdict verdict) {
        Home home = topology.opened().stream()
                .map(Home::of)
                .max(Comparator.comparingLong(h -> h.path().toFile().getUsableSpace()))
                .orElseThrow();
        say("work space: " + ScratchStore.of(home.path()));
        try (ScratchStore work = ScratchStore.open(home.path(), resources)) {
            CatalogRescue rescue = new CatalogRescue(work.keyValue(), log);
            rescue.salvage(Replicas.readable(sources));
            say("replicas gave " + ProgressLine.grouped(log.counts().salvagedRows()) + " rows, "
                    + ProgressLine.grouped(log.counts().salvagedVersions()) + " versions"
                    + rescue.horizon().map(h -> ", complete up to " + h).orElse(""));
            new Harvest(topology, rescue).run();
            long next = rescue.resolve(Clock.SYSTEM.now());
            RescueLog.Counts counts = log.counts();
            boolean sawAll = counts.lossless() && Replicas.absent(topology).isEmpty();
            keep(rescue, sawAll, verdict.newestEpoch() + 1, Replicas.unseen(topology, sources));
            RescueCopy.Plan plan = new RescueCopy.Plan(
                    verdict.newestEpoch() + 1,
                    verdict.newestSequence() + 1,
                    Math.max(next, verdict.newestOrder()),
                    counts.lossless());
            summary();
            RescueCopy.plan(work.keyValue(), plan);
            work.sync();
            return new Gathered(home, plan, false);
        }
    }

    /** What is left out may belong to something that drives which are not here know of. */
    private void keep(CatalogRescue rescue, boolean sawAll, long epoch, Set<DriveId> unseen) {
        if (sawAll) {
            rescue.keepNothing();
            return;
        }
        Instant until = rescue.keepUnreferred(Clock.SYSTEM.now(), epoch, unseen);
        say("blobs that nothing refers to stay on the drives until " + until + ": if drives that are away can come back"
                + " by then, stop the store, bring them back, and begin again with --force");
    }

    private void summary() {
        RescueLog.Counts counts = log.counts();
        say("versions: " + ProgressLine.grouped(counts.salvagedVersions()) + " from replicas, "
                + ProgressLine.grouped(counts.foundVersions()) + " found on the drives; lost: "
                + ProgressLine.grouped(counts.lostVersions()) + "; damaged rows: "
                + ProgressLine.grouped(counts.damagedRows())
                + "; blobs left out, as replaced, deleted or unfinished: " + ProgressLine.grouped(counts.leftOut()));
    }

    /** Everything that lies on the drives. */
    private final class Harvest {
        private final CatalogRescue rescue;
        private final BlobReader reader;
        private long shards;
        private long blobs;

        Harvest(StoppedTopology topology, CatalogRescue rescue) {
            this.rescue = rescue;
            this.reader = new BlobReader(topology);
        }

        void run() {
            DriveWalk walk = new DriveWalk(reader.survey(), log::cutShort);
            progress.begin("shards", walk.count());
            walk.each(blob -> {
                take(blob);
                shards += blob.shards().size();
                blobs++;
                progress.done(shards, more());
            });
            progress.end(shards, more());
        }

        private String more() {
            return "; blobs " + ProgressLine.grouped(blobs);
        }

        private void take(FoundBlob blob) {
            CatalogRescue.Claim claim = rescue.claim(blob.id());
            if (claim == CatalogRescue.Claim.DROPPED) {
                log.leftOut();
                return;
            }
            Optional<ShardFacts> facts = reader.facts(blob);
            facts.ifPresent(own -> rescue.met(blob.id()));
            if (facts.isEmpty()) {
                log.lost("blob " + blob.id() + ": the ends of all of its "
                        + blob.shards().size() + " shards are damaged, or can't be read");
            } else if (blob.indices() >= facts.get().code().dataShards()) {
                rescue.seen(blob.id(), BlobReader.places(blob, facts.get()));
                if (claim == CatalogRescue.Claim.UNKNOWN) {
                    unknown(blob, facts.get());
                }
            } else if (claim == CatalogRescue.Claim.UNKNOWN
                    && isPart(facts.get().origin())) {
                log.leftOut();
            } else if (claim == CatalogRescue.Claim.UNKNOWN) {
                log.lost(describe(blob, facts.get().origin()) + ": " + blob.indices() + " shards are here, "
                        + facts.get().code().dataShards() + " are needed (it may have been deleted)");
            }
        }

        /** Whether only a manifest could make anything of it; that says what it lacks. */
        private boolean isPart(BlobOrigin origin) {
            return origin.part()
                    .filter(part -> part.number() != Manifest.NUMBER)
                    .isPresent();
        }

        private String describe(FoundBlob blob, BlobOrigin origin) {
            return origin.bucket().value() + "/" + origin.key()
                    + origin.part().map(part -> " (part " + part.number() + ")").orElse("") + ", blob " + blob.id();
        }

        private void unknown(FoundBlob blob, ShardFacts facts) {
            BlobOrigin origin = facts.origin();
            Optional<BlobFacts> kept = kept(facts);
            if (kept.isEmpty()) {
                log.lost(describe(blob, origin) + ": nothing is kept with its shards");
                return;
            }
            Instant when = kept.get().when();
            if (rescue.wouldBeNamed(when)) {
                log.leftOut();
                return;
            }
            try {
                found(reader.ref(blob, facts), origin, kept.get());
            } catch (Unavailable e) {
                log.lost(describe(blob, origin) + ": " + e.getMessage());
            }
        }

        private Optional<BlobFacts> kept(ShardFacts facts) {
            try {
                return Optional.of(BlobFacts.decode(facts.note()));
            } catch (RuntimeException e) {
                return Optional.empty();
            }
        }

        private void found(BlobRef blob, BlobOrigin origin, BlobFacts facts) {
            Optional<BlobOrigin.Part> part = origin.part();
            if (part.isEmpty()) {
                rescue.found(blob, origin, reader.digested(blob, facts));
            } else if (part.get().number() == Manifest.NUMBER) {
                if (!rescue.foundManifest(blob, origin, reader.content(blob))) {
                    log.lost(origin.bucket().value() + "/" + origin.key() + ": its manifest makes no sense");
                }
            }
        }
    }

    // ---- copying

    private void copy(Gathered gathered) {
        resources.setAsideAny();
        LocalTopology.Config config = new LocalTopology.Config(
                order.folders(),
                CodeWish.NONE,
                order.drain(),
                DriveSettings.with(resources),
                Clock.SYSTEM,
                Entropy.FAST);
        List<DriveId> members;
        try (LocalTopology topology = LocalTopology.openToRebuild(config)) {
            requireStillLost(topology, gathered);
            members = copy(gathered, topology);
        }
        ScratchStore.remove(gathered.home().path());
        say("the catalog is there again, on drives " + members + ": start the store");
    }

    private List<DriveId> copy(Gathered gathered, LocalTopology topology) {
        try (ScratchStore work = ScratchStore.open(gathered.home().path(), resources)) {
            progress.begin("rows copied", 0);
            long[] rows = {0};
            RescueCopy copy =
                    new RescueCopy(topology, work.keyValue(), gathered.home().drive());
            List<DriveId> members = copy.run(gathered.plan(), copied -> {
                rows[0] = copied;
                progress.done(copied, "");
            });
            progress.end(rows[0], "");
            return members;
        }
    }

    /** Opening drives to be written may mend what could only be looked at before. */
    private void requireStillLost(LocalTopology topology, Gathered gathered) {
        if (order.force() || ReplicaVerdict.of(Replicas.of(topology)).good().isEmpty()) {
            return;
        }
        if (!gathered.before()) {
            ScratchStore.remove(gathered.home().path());
        }
        throw new TopologyException("replicas that could not be read before are good now that their drives were opened:"
                + " nothing was replaced; start the store");
    }
}
