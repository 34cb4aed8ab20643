package io.kintsugi.sim;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.cluster.DriveListener;
import io.kintsugi.cluster.Placement;
import io.kintsugi.cluster.RealPlacement;
import io.kintsugi.cluster.Topology;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveStatus;
import io.kintsugi.sim.engine.OneStep;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Simulated drives, as many as the code has shards, or more; each new blob lies on the first of them, in order. What
 * happens to them is told by the test.
 */
@OneStep
public final class SimTopology implements Topology {
    static final String FIRST_POOL = "pool";

    /** All that there ever were, and those of them that are the store's. */
    private List<SimDrive> sims;

    private List<SimDrive> members;
    private Set<DriveId> drained = Set.of();
    /** Drives of pools that were added. */
    private final Map<DriveId, Integer> added = new HashMap<>();

    private int pools = 1;
    private final ErasureCode code;
    private final Optional<Placer> placer;
    private volatile boolean dodging;
    private final List<DriveListener> listeners = new CopyOnWriteArrayList<>();

    public SimTopology(ErasureCode code) {
        this(code, Runnable::run);
    }

    /** @param completions runs the completions of the drives' futures */
    public SimTopology(ErasureCode code, Executor completions) {
        this(code, code.totalShards(), completions);
    }

    /** @param drives how many; those behind the first k + m take no new blobs */
    public SimTopology(ErasureCode code, int drives) {
        this(code, drives, Runnable::run);
    }

    private SimTopology(ErasureCode code, int drives, Executor completions) {
        this(
                code,
                IntStream.range(0, drives)
                        .mapToObj(i -> new SimDrive(driveId(i), Entropy.FAST, completions))
                        .toList(),
                Optional.empty());
    }

    /** @param placer chooses code and drives for a blob by what the drives say of themselves */
    SimTopology(ErasureCode code, List<SimDrive> sims, Optional<Placer> placer) {
        this.code = code;
        this.sims = List.copyOf(sims);
        this.members = this.sims;
        this.placer = placer;
    }

    /** The real policy, or another. */
    @FunctionalInterface
    interface Placer {
        Placement place(BlobId blob, List<List<DriveStatus>> pools, ErasureCode code);
    }

    static DriveId driveId(int index) {
        return new DriveId(new Id128(7, index + 1));
    }

    /** Whoever listened is dead. */
    void forgetListeners() {
        listeners.clear();
    }

    public List<SimDrive> sims() {
        return sims;
    }

    boolean isMember(int index) {
        return members.contains(sims.get(index));
    }

    /**
     * An empty drive is the store's from now on; it is told of the catalog's epoch, as a real one is. No process runs.
     */
    void add(SimDrive drive) {
        long epoch = members.stream().mapToLong(SimDrive::catalogEpoch).max().orElse(0);
        drive.damage(media -> media.raiseCatalogEpoch(epoch));
        sims = with(sims, drive);
        members = with(members, drive);
    }

    private static List<SimDrive> with(List<SimDrive> some, SimDrive drive) {
        return Stream.concat(some.stream(), Stream.of(drive)).toList();
    }

    /** These empty drives are a new pool of the store. No process runs. */
    void addPool(List<SimDrive> drives) {
        drives.forEach(drive -> {
            added.put(drive.id(), pools);
            add(drive);
        });
        pools++;
    }

    private int numberOfPool(DriveId id) {
        return added.getOrDefault(id, 0);
    }

    @Override
    public String poolOf(DriveId id) {
        return FIRST_POOL + "+".repeat(numberOfPool(id));
    }

    private List<SimDrive> pool(int number) {
        return members.stream()
                .filter(drive -> numberOfPool(drive.id()) == number)
                .toList();
    }

    private static List<DriveStatus> statuses(List<SimDrive> drives) {
        return drives.stream().map(SimDrive::status).toList();
    }

    /** It is not the store's any more. No process runs. */
    void leaveOut(int index) {
        SimDrive gone = sims.get(index);
        members = members.stream().filter(drive -> drive != gone).toList();
    }

    /** Whether the others of its pool are enough for the code. */
    boolean mayDrain(int index) {
        long left = pool(numberOfPool(sims.get(index).id())).stream()
                .filter(drive -> drive != sims.get(index) && !drive.draining())
                .count();
        return isMember(index) && left >= code.totalShards();
    }

    /** No process runs. */
    public void drain(int index, boolean on) {
        sims.get(index).drain(on);
        drained =
                drained.stream().filter(id -> !id.equals(sims.get(index).id())).collect(Collectors.toSet());
    }

    @Override
    public Set<DriveId> drained() {
        return drained;
    }

    @Override
    public void recordDrained(Set<DriveId> drives) {
        drained = members.stream()
                .filter(drive -> drive.draining() && (drives.contains(drive.id()) || drained.contains(drive.id())))
                .map(SimDrive::id)
                .collect(Collectors.toSet());
    }

    public SimDrive sim(int index) {
        return sims.get(index);
    }

    /** From now on new blobs lie on the first drives that are online. */
    public void dodge() {
        dodging = true;
    }

    /** The power fails everywhere at once. */
    public void crash() {
        sims.forEach(SimDrive::crash);
    }

    /** Tells the listeners that this has happened to a drive. */
    public void tell(int index, DriveListener.Event event) {
        listeners.forEach(listener -> listener.driveChanged(sims.get(index), event));
    }

    @Override
    public List<Drive> drives() {
        return List.copyOf(members);
    }

    @Override
    public Optional<Drive> drive(DriveId id) {
        return members.stream()
                .filter(d -> d.id().equals(id))
                .<Drive>map(d -> d)
                .findFirst();
    }

    @Override
    public ErasureCode defaultCode() {
        return code;
    }

    @Override
    public Placement place(BlobId blob) {
        if (placer.isPresent()) {
            return placer.get()
                    .place(
                            blob,
                            IntStream.range(0, pools)
                                    .mapToObj(i -> statuses(pool(i)))
                                    .toList(),
                            code);
        }
        int quorum = Math.min(code.totalShards(), code.dataShards() + 1);
        List<DriveId> first = members.stream()
                .filter(sim -> !dodging || sim.status().online())
                .limit(code.totalShards())
                .map(SimDrive::id)
                .toList();
        return new Placement(code, first, quorum);
    }

    @Override
    public List<DriveId> elsewhere(BlobRef blob, Set<DriveId> leaving) {
        if (placer.isPresent()) {
            List<SimDrive> pool = pool(numberOfPool(blob.placement().getFirst()));
            return RealPlacement.elsewhere(blob, leaving, statuses(pool));
        }
        Iterator<DriveId> free = members.stream()
                .filter(sim -> sim.status().online())
                .map(SimDrive::id)
                .filter(id -> !leaving.contains(id) && !blob.placement().contains(id))
                .iterator();
        return blob.placement().stream()
                .map(id -> leaving.contains(id) && free.hasNext() ? free.next() : id)
                .toList();
    }

    @Override
    public List<DriveStatus> statuses() {
        return statuses(members);
    }

    @Override
    public void subscribe(DriveListener listener) {
        listeners.add(listener);
    }

    @Override
    public void close() {
        sims.forEach(SimDrive::close);
    }
}
