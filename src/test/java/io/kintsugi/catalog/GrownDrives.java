package io.kintsugi.catalog;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.cluster.DriveListener;
import io.kintsugi.cluster.Placement;
import io.kintsugi.cluster.Topology;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveStatus;
import io.kintsugi.sim.SimDrive;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Simulated drives in a pool of any number of them, of which some are drained. */
final class GrownDrives implements Topology {
    private final ErasureCode code;
    private final List<Drive> all;
    private final Map<DriveId, Drive> byId = new HashMap<>();
    private final Set<DriveId> draining = ConcurrentHashMap.newKeySet();

    GrownDrives(ErasureCode code, List<SimDrive> sims) {
        this.code = code;
        this.all = sims.stream().map(this::handle).toList();
        all.forEach(drive -> byId.put(drive.id(), drive));
    }

    void drain(DriveId drive) {
        draining.add(drive);
    }

    private Drive handle(SimDrive sim) {
        return (Drive) Proxy.newProxyInstance(
                Drive.class.getClassLoader(), new Class<?>[] {Drive.class}, (self, m, args) -> {
                    try {
                        Object result = m.invoke(sim, args);
                        return result instanceof DriveStatus status && draining.contains(sim.id()) && status.answers()
                                ? status.with(DriveStatus.State.DRAINING, "it is drained")
                                : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
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
        return code;
    }

    @Override
    public Placement place(BlobId blob) {
        throw new UnsupportedOperationException("the catalog places no blobs");
    }

    @Override
    public List<DriveStatus> statuses() {
        return all.stream().map(Drive::status).toList();
    }

    @Override
    public void subscribe(DriveListener listener) {
        // nobody tells
    }

    @Override
    public void close() {
        // the simulated drives are the test's
    }
}
