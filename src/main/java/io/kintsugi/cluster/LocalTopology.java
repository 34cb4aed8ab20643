package io.kintsugi.cluster;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveInspection;
import io.kintsugi.drives.DriveSettings;
import io.kintsugi.drives.DriveStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The drives of one machine, in folders. Any thread may ask; one watcher thread ({@link DriveKeeper}) changes what is
 * behind the handles.
 *
 * <p>At start: all folders empty or not there yet, and they become a new deployment; some ours, and the deployment is
 * known by them ({@link Founding}). Then, and about each second while any drive is away, {@link SlotPolicy} decides
 * what to do with each folder.
 */
public final class LocalTopology implements Topology {
    private static final System.Logger LOG = System.getLogger(LocalTopology.class.getName());
    private static final Duration INSPECTION = Duration.ofSeconds(20);
    private static final Duration OPENING = Duration.ofSeconds(60);

    private final List<PoolSlots> pools;
    private final Map<DriveId, Drive> byId = new HashMap<>();
    private final List<Drive> all;
    private final DriveEvents events = new DriveEvents();
    private final DriveKeeper keeper;
    private Map<DriveId, String> drainsRefused = Map.of();

    /**
     * What a topology is made of.
     *
     * @param pools the folders of each pool, as {@link VolumeExpression} gives them
     * @param code the operator's choice for new blobs
     * @param drain what is to be emptied
     * @param drives the bounds of each drive
     */
    public record Config(
            List<List<Path>> pools,
            CodeWish code,
            DrainRequest drain,
            DriveSettings drives,
            Clock clock,
            Entropy entropy) {}

    private LocalTopology(Config config, Deployment deployment, DriveInspector inspector) {
        List<PoolSlots> slots = new ArrayList<>();
        for (int i = 0; i < config.pools().size(); i++) {
            slots.add(PoolSlots.of(deployment.pools().get(i), config.pools().get(i)));
        }
        this.pools = List.copyOf(slots);
        this.all = pools.stream()
                .flatMap(pool -> pool.drives().stream())
                .<Drive>map(drive -> drive)
                .toList();
        all.forEach(drive -> byId.put(drive.id(), drive));
        this.keeper = new DriveKeeper(config, deployment, pools, events, inspector);
    }

    /**
     * Opens the drives, in parallel.
     *
     * @throws TopologyException with the reason and the cure when the folders cannot be a store, or no drive can be
     *     opened
     */
    public static LocalTopology open(Config config) {
        return open(config, config.drain(), OPENING);
    }

    /**
     * The same, to make the catalog again: what the lost one said is not believed. A drive that is there, and was
     * drained, may have shards that the new catalog will refer to: it goes on to be emptied, and must be found empty
     * anew before it may be left out.
     */
    public static LocalTopology openToRebuild(Config config) {
        return open(config, DrainRequest.NOTHING, OPENING);
    }

    /**
     * @param proven of these drives a mark that they are drained is believed
     * @param opening how long drives are waited for; those that take longer return later
     */
    static LocalTopology open(Config config, DrainRequest proven, Duration opening) {
        List<Path> paths = config.pools().stream().flatMap(List::stream).toList();
        DriveInspector inspector = new DriveInspector();
        List<DriveInspection> found = inspector.inspect(paths, INSPECTION);
        inspector.overlap(paths).ifPresent(overlap -> {
            throw new TopologyException(overlap.message() + ": give each drive a folder of its own, beside the others");
        });
        Supplier<Id128> names = () -> Id128.next(config.clock(), config.entropy());
        Deployment deployment = Founding.decide(
                new Founding.Asked(
                        split(config.pools(), found), inspector.mounts().now(), config.code(), proven),
                names);
        LocalTopology topology = new LocalTopology(config, deployment, inspector);
        try (FoundingClaims _ = FoundingClaims.take(deployment, split(config.pools(), found), opening)) {
            topology.keeper.start(Groundwork.lay(deployment, split(config.pools(), found), names, opening), opening);
            topology.requireAny();
            // only now is it known in which folder each drive lies
            topology.drain(config.drain());
            topology.pools.forEach(LocalTopology::settleRoster);
            return topology;
        } catch (RuntimeException | Error e) {
            topology.close();
            throw e;
        }
    }

    static List<List<DriveInspection>> split(List<List<Path>> pools, List<DriveInspection> found) {
        List<List<DriveInspection>> split = new ArrayList<>();
        int at = 0;
        for (List<Path> pool : pools) {
            split.add(found.subList(at, at + pool.size()));
            at += pool.size();
        }
        return split;
    }

    /** Full ones suffice: what is there can be read, and deleted, which makes room. */
    private void requireAny() {
        if (statuses().stream().noneMatch(DriveStatus::answers)) {
            throw new TopologyException("no drive can be opened: "
                    + statuses().stream().map(DriveStatus::reason).distinct().collect(Collectors.joining("; ")));
        }
    }

    /**
     * A change of the drives counts from when so many of them know of it that the store can't be opened without one
     * that does. Nothing is read or written before.
     */
    private static void settleRoster(PoolSlots pool) {
        if (!pool.founded().changed()) {
            return;
        }
        pool.roster()
                .spread(pool.drives())
                .completeOnTimeout(null, OPENING.toNanos(), TimeUnit.NANOSECONDS)
                .exceptionally(error -> null)
                .join();
        if (!isRosterSettled(pool)) {
            throw new TopologyException("the drives of pool " + pool.founded().name() + " were changed, and only "
                    + pool.roster().knownTo(pool.drives()) + " of "
                    + pool.drives().size()
                    + " could record it; all but " + pool.code().parityShards()
                    + " must: see that its drives are there and take writes, and start again. "
                    + pool.drives().stream()
                            .map(SlotDrive::status)
                            .filter(status -> !status.serves())
                            .map(status -> status.where() + " is " + status.state() + ": " + status.reason())
                            .collect(Collectors.joining("; ")));
        }
    }

    /** Which drives take nothing from now on. */
    private void drain(DrainRequest request) {
        request.strangers(pools.stream()
                        .collect(Collectors.toMap(pool -> pool.founded().name(), PoolSlots::paths)))
                .forEach(word -> LOG.log(
                        System.Logger.Level.WARNING,
                        "KINTSUGI_DRAIN names {0}, which is neither a folder of the volumes nor a pool: nothing is"
                                + " drained for it; write it as in KINTSUGI_VOLUMES, or take it away",
                        word));
        DrainPolicy.Decision decision = DrainPolicy.decide(
                pools.stream().map(pool -> pool.asked(request)).toList());
        drainsRefused = decision.refused();
        for (PoolSlots pool : pools) {
            for (SlotDrive drive : pool.drives()) {
                if (decision.draining().contains(drive.id())) {
                    drive.drain();
                }
                Optional.ofNullable(decision.refused().get(drive.id()))
                        .ifPresent(why -> LOG.log(
                                System.Logger.Level.WARNING, "Drive {0} at {1}: {2}", drive.id(), drive.where(), why));
            }
        }
    }

    @Override
    public List<Drive> drives() {
        return all;
    }

    @Override
    public Optional<Drive> drive(DriveId id) {
        return Optional.ofNullable(byId.get(id));
    }

    @Override
    public ErasureCode defaultCode() {
        return pools.getFirst().code();
    }

    @Override
    public Placement place(BlobId blob) {
        if (pools.size() == 1) {
            PoolSlots only = pools.getFirst();
            return PlacementPolicy.place(blob, only.candidates(), only.code());
        }
        return PlacementPolicy.place(
                blob,
                pools.stream()
                        .map(pool -> new PlacementPolicy.Pool(pool.candidates(), pool.code()))
                        .toList());
    }

    @Override
    public List<DriveId> elsewhere(BlobRef blob, Set<DriveId> leaving) {
        return pools.stream()
                .filter(pool ->
                        blob.placement().stream().anyMatch(id -> pool.find(id).isPresent()))
                .findFirst()
                .map(pool -> PlacementPolicy.elsewhere(blob, leaving, pool.candidates()))
                .orElse(blob.placement());
    }

    @Override
    public List<DriveStatus> statuses() {
        return all.stream().map(Drive::status).toList();
    }

    @Override
    public String poolOf(DriveId id) {
        return pools.stream()
                .filter(pool -> pool.find(id).isPresent())
                .map(pool -> pool.founded().name())
                .findFirst()
                .orElse("");
    }

    @Override
    public Set<DriveId> drained() {
        return pools.stream()
                .filter(LocalTopology::isRosterSettled)
                .flatMap(pool -> pool.roster().newest().drained().stream())
                .collect(Collectors.toSet());
    }

    @Override
    public Map<DriveId, String> drainsRefused() {
        return drainsRefused;
    }

    @Override
    public void recordDrained(Set<DriveId> drives) {
        for (PoolSlots pool : pools) {
            Set<DriveId> own = drives.stream()
                    .filter(id -> pool.find(id).filter(SlotDrive::draining).isPresent())
                    .collect(Collectors.toSet());
            pool.roster().drained(own);
            pool.roster().spread(pool.drives());
        }
    }

    private static boolean isRosterSettled(PoolSlots pool) {
        return pool.roster().knownTo(pool.drives())
                >= Math.max(1, pool.drives().size() - pool.code().parityShards());
    }

    @Override
    public void subscribe(DriveListener listener) {
        events.subscribe(listener);
    }

    @Override
    public void close() {
        keeper.close();
        events.close();
    }
}
