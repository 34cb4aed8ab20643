package io.kintsugi.catalog;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.cluster.DriveListener;
import io.kintsugi.cluster.Placement;
import io.kintsugi.cluster.Topology;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveStatus;
import io.kintsugi.sim.SimDrive;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;

/** A topology of simulated drives whose events the test tells. */
final class SimDrives implements Topology {
    private final List<SimDrive> sims;
    private final ErasureCode code;
    private final List<DriveListener> listeners = new CopyOnWriteArrayList<>();

    SimDrives(int dataShards, int parityShards) {
        this(dataShards, parityShards, Runnable::run);
    }

    /** @param completions runs the completions of the drives' futures */
    SimDrives(int dataShards, int parityShards, Executor completions) {
        this.code = new ErasureCode(dataShards, parityShards);
        this.sims = IntStream.range(0, code.totalShards())
                .mapToObj(i -> new SimDrive(new DriveId(new Id128(7, i + 1)), Entropy.FAST, completions))
                .toList();
    }

    List<SimDrive> sims() {
        return sims;
    }

    SimDrive sim(int index) {
        return sims.get(index);
    }

    void tell(int index, DriveListener.Event event) {
        listeners.forEach(listener -> listener.driveChanged(sims.get(index), event));
    }

    /** The power fails everywhere at once. */
    void crash() {
        sims.forEach(SimDrive::crash);
    }

    @Override
    public List<Drive> drives() {
        return List.copyOf(sims);
    }

    @Override
    public Optional<Drive> drive(DriveId id) {
        return sims.stream().filter(d -> d.id().equals(id)).<Drive>map(d -> d).findFirst();
    }

    @Override
    public ErasureCode defaultCode() {
        return code;
    }

    @Override
    public Placement place(BlobId blob) {
        throw new UnsupportedOperationException("the catalog places no blobs");
    }

    @Override
    public List<DriveStatus> statuses() {
        return sims.stream().map(SimDrive::status).toList();
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
