package io.kintsugi.shards;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.DriveId;
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
import java.util.stream.IntStream;

/** Simulated drives, each blob on all of them in order, with one fixed code. */
final class SimTopology implements Topology {
    final List<SimDrive> sims;
    private final ErasureCode code;
    private final int writeQuorum;

    SimTopology(ErasureCode code) {
        this.code = code;
        this.writeQuorum = code.parityShards() == 0 ? code.dataShards() : code.dataShards() + 1;
        this.sims = IntStream.range(0, code.totalShards())
                .mapToObj(i -> new SimDrive(new DriveId(new Id128(7, i + 1))))
                .toList();
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
        return new Placement(code, sims.stream().map(SimDrive::id).toList(), writeQuorum);
    }

    @Override
    public List<DriveStatus> statuses() {
        return sims.stream().map(SimDrive::status).toList();
    }

    @Override
    public void subscribe(DriveListener listener) {
        throw new UnsupportedOperationException("nothing here changes by itself");
    }

    @Override
    public void close() {
        sims.forEach(SimDrive::close);
    }
}
