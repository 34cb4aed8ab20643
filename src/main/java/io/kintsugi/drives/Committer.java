package io.kintsugi.drives;

import io.kintsugi.base.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * The group commit: one thread a drive takes whatever waits, writes it as one batch with one sync, sees that the drive
 * is still the drive, and completes everybody in it. It never waits for a group to grow: while one is synced, the next
 * gathers.
 *
 * <p>Dependents of the futures run on this thread unless they were added as asynchronous ones: they must be short.
 */
final class Committer implements Runnable {
    private final CommitQueue queue = new CommitQueue();
    private final ByteBuffer directKey = ByteBuffer.allocateDirect(PackedKey.BYTES);
    private final KvStore store;
    private final IdentityFile identity;
    private final DriveHealth health;
    private final DriveMeter meter;
    private final Clock clock;

    /** The parts of a drive that its committer needs. */
    record Parts(KvStore store, IdentityFile identity, DriveHealth health, DriveMeter meter, Clock clock) {}

    Committer(Parts parts) {
        this.store = parts.store();
        this.identity = parts.identity();
        this.health = parts.health();
        this.meter = parts.meter();
        this.clock = parts.clock();
    }

    CommitQueue queue() {
        return queue;
    }

    @Override
    public void run() {
        List<CommitQueue.Entry> group = queue.take();
        while (!group.isEmpty()) {
            health.commitBegins();
            commit(group);
            health.commitEnds();
            group = queue.take();
        }
    }

    private void commit(List<CommitQueue.Entry> group) {
        long start = clock.nanos();
        try {
            write(group);
            health.verifyIdentity();
        } catch (RocksDBException | IOException | RuntimeException | Error e) {
            DriveException failure = health.failed(e, "committing " + group.size() + " changes");
            health.notKept(DriveOp.GROUP, failure);
            group.forEach(entry -> entry.done().completeExceptionally(failure));
            return;
        }
        health.succeeded();
        health.kept(DriveOp.GROUP);
        long end = clock.nanos();
        meter.done(DriveOp.GROUP, end - start);
        meter.group(group.size());
        for (CommitQueue.Entry entry : group) {
            meter.done(entry.op(), end - entry.since());
            meter.written(entry.work().bytes());
            entry.done().complete(null);
        }
    }

    private void write(List<CommitQueue.Entry> group) throws RocksDBException, IOException {
        boolean sync = false;
        long epoch = 0;
        Optional<Roster> roster = Optional.empty();
        try (WriteBatch batch = new WriteBatch()) {
            for (CommitQueue.Entry entry : group) {
                switch (entry.work()) {
                    case CommitQueue.Rows(var rows) -> {
                        for (KvBatch.Change change : rows.changes()) {
                            apply(store, batch, change);
                        }
                        sync = true;
                    }
                    case CommitQueue.Pack(var name, var bytes) -> {
                        pack(batch, name, bytes);
                        sync = true;
                    }
                    case CommitQueue.Unpack(var name) -> {
                        byte[] key = PackedKey.of(name);
                        batch.delete(store.family(KvSpace.PACKED), key);
                        batch.delete(store.names(), key);
                    }
                    case CommitQueue.RaiseEpoch(var wanted) -> epoch = Math.max(epoch, wanted);
                    case CommitQueue.RecordRoster(var wanted) ->
                        roster = roster.filter(other -> other.newerThan(wanted)).or(() -> Optional.of(wanted));
                }
            }
            if (batch.count() > 0) {
                store.write(batch, sync);
            }
        }
        identity.update(epoch, roster);
    }

    static void apply(KvStore store, WriteBatch batch, KvBatch.Change change) throws RocksDBException {
        ColumnFamilyHandle family = store.family(change.space());
        switch (change) {
            case KvBatch.Put put -> batch.put(family, put.key(), put.value());
            case KvBatch.Delete delete -> batch.delete(family, delete.key());
            case KvBatch.DeleteRange range -> {
                if (Arrays.compareUnsigned(range.from(), range.to()) < 0) {
                    batch.deleteRange(family, range.from(), range.to());
                }
            }
        }
    }

    private void pack(WriteBatch batch, ShardName name, ByteBuffer bytes) throws RocksDBException {
        byte[] key = PackedKey.of(name);
        batch.put(store.names(), key, PackedKey.size(bytes.remaining()));
        if (bytes.isDirect()) {
            directKey.clear().put(key).flip();
            batch.put(store.family(KvSpace.PACKED), directKey, bytes.duplicate());
        } else {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(bytes.position(), copy);
            batch.put(store.family(KvSpace.PACKED), key, copy);
        }
    }
}
