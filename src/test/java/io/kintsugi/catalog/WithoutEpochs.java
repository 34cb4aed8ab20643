package io.kintsugi.catalog;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.cluster.DriveListener;
import io.kintsugi.cluster.Placement;
import io.kintsugi.cluster.Topology;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveStats;
import io.kintsugi.drives.DriveStatus;
import io.kintsugi.drives.KeyValue;
import io.kintsugi.drives.ShardName;
import io.kintsugi.drives.ShardPage;
import io.kintsugi.drives.ShardSink;
import io.kintsugi.drives.ShardSource;
import io.kintsugi.sim.SimTopology;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Drives whose identities know of no catalog epoch: what the canary removes. */
record WithoutEpochs(SimTopology drivesBelow) implements Topology {
    @Override
    public List<Drive> drives() {
        return drivesBelow.drives().stream().<Drive>map(Forgetful::new).toList();
    }

    @Override
    public Optional<Drive> drive(DriveId id) {
        return drives().stream().filter(d -> d.id().equals(id)).findFirst();
    }

    @Override
    public ErasureCode defaultCode() {
        return drivesBelow.defaultCode();
    }

    @Override
    public Placement place(BlobId blob) {
        return drivesBelow.place(blob);
    }

    @Override
    public List<DriveStatus> statuses() {
        return drivesBelow.statuses();
    }

    @Override
    public void subscribe(DriveListener listener) {
        drivesBelow.subscribe(listener);
    }

    @Override
    public void close() {
        drivesBelow.close();
    }

    private record Forgetful(Drive below) implements Drive {
        @Override
        public long catalogEpoch() {
            return 0;
        }

        @Override
        public CompletableFuture<Void> raiseCatalogEpoch(long epoch) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public DriveId id() {
            return below.id();
        }

        @Override
        public DriveStats stats() {
            return below.stats();
        }

        @Override
        public DriveStatus status() {
            return below.status();
        }

        @Override
        public CompletableFuture<ShardSink> createShard(ShardName name, long expectedBytes) {
            return below.createShard(name, expectedBytes);
        }

        @Override
        public CompletableFuture<ShardSource> openShard(ShardName name) {
            return below.openShard(name);
        }

        @Override
        public CompletableFuture<Void> writePacked(ShardName name, ByteBuffer bytes) {
            return below.writePacked(name, bytes);
        }

        @Override
        public CompletableFuture<ByteBuffer> readPacked(ShardName name) {
            return below.readPacked(name);
        }

        @Override
        public CompletableFuture<Void> deleteShard(ShardName name, BlobRef.Form form) {
            return below.deleteShard(name, form);
        }

        @Override
        public CompletableFuture<Optional<Long>> statShard(ShardName name, BlobRef.Form form) {
            return below.statShard(name, form);
        }

        @Override
        public CompletableFuture<ShardPage> listShards(BlobRef.Form form, Optional<ShardName> after, int limit) {
            return below.listShards(form, after, limit);
        }

        @Override
        public KeyValue keyValue() {
            return below.keyValue();
        }

        @Override
        public Id128 incarnation() {
            return below.incarnation();
        }

        @Override
        public long openings() {
            return below.openings();
        }

        @Override
        public void close() {
            below.close();
        }
    }
}
