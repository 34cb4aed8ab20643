package io.kintsugi.drives;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The key-value store of an open drive: reads of what is in memory in the caller's thread, others on the drive's
 * readers, writes through the group commit.
 */
final class LocalKeyValue implements KeyValue {
    /** Longer scans are likely to meet the device, and would be done twice. */
    private static final int SCAN_IN_CALLER = 256;

    private final KvStore store;
    private final CommitQueue queue;
    private final DriveTasks tasks;
    private final PeekOdds bodyOdds = new PeekOdds();

    LocalKeyValue(KvStore store, CommitQueue queue, DriveTasks tasks) {
        this.store = store;
        this.queue = queue;
        this.tasks = tasks;
    }

    @Override
    public CompletableFuture<Void> commit(KvBatch batch) {
        boolean frees = batch.changes().stream().noneMatch(KvBatch.Put.class::isInstance);
        Optional<DriveException> refusal =
                frees ? tasks.health().refusesAll() : tasks.health().refusesRows();
        return enqueue(DriveOp.COMMIT, new CommitQueue.Rows(batch), refusal);
    }

    CompletableFuture<Void> enqueue(DriveOp op, CommitQueue.Work work, Optional<DriveException> refusal) {
        if (refusal.isPresent()) {
            return tasks.refused(refusal.get());
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        return switch (queue.offer(new CommitQueue.Entry(work, op, done, tasks.nanos()))) {
            case TAKEN -> done;
            case FULL, CLOSED -> tasks.refused(tasks.busy());
        };
    }

    @Override
    public CompletableFuture<Optional<byte[]>> get(KvSpace space, byte[] key) {
        return look(space, key).read();
    }

    @Override
    public Look look(KvSpace space, byte[] key) {
        Optional<DriveException> refusal = tasks.health().refusesAll();
        if (refusal.isPresent()) {
            return new Look.Unknown(() -> tasks.refused(refusal.get()));
        }
        boolean worthIt = switch (space.kind()) {
            case SMALL -> true;
            case BODIES -> bodyOdds.areGood();
            // most are in blob files, which no cache holds: a look at memory would find that out in vain
            case LARGE -> false;
        };
        return worthIt ? peeked(space, key) : new Look.Unknown(() -> read(space, key));
    }

    private Look peeked(KvSpace space, byte[] key) {
        long since = tasks.nanos();
        KvStore.Lookup lookup = peek(space, key);
        boolean known = !(lookup instanceof KvStore.Lookup.NotInMemory);
        if (space.kind() == KvSpace.Values.BODIES) {
            bodyOdds.looked(known);
        }
        if (!known) {
            return new Look.Unknown(() -> read(space, key));
        }
        tasks.meter().done(DriveOp.GET, tasks.nanos() - since);
        return new Look.Known(counted(lookup));
    }

    private CompletableFuture<Optional<byte[]>> read(KvSpace space, byte[] key) {
        return tasks.read(DriveOp.GET, space, () -> counted(store.get(space, key)));
    }

    private KvStore.Lookup peek(KvSpace space, byte[] key) {
        try {
            return store.peek(space, key);
        } catch (DriveException e) {
            // the store was closed between the question and the look: the reader says so
            return new KvStore.Lookup.NotInMemory();
        }
    }

    private Optional<byte[]> counted(KvStore.Lookup lookup) {
        if (lookup instanceof KvStore.Lookup.Found(var value)) {
            tasks.meter().read(value.length);
            return Optional.of(value);
        }
        return Optional.empty();
    }

    @Override
    public CompletableFuture<List<KvRow>> scan(KvSpace space, byte[] from, byte[] to, ScanLimit limit) {
        if (space.kind() != KvSpace.Values.SMALL || limit.rows() > SCAN_IN_CALLER) {
            return tasks.read(DriveOp.SCAN, space, () -> store.scan(space, from, to, limit));
        }
        Optional<DriveException> refusal = tasks.health().refusesAll();
        if (refusal.isPresent()) {
            return tasks.refused(refusal.get());
        }
        long since = tasks.nanos();
        Optional<List<KvRow>> known = peekScan(space, from, to, limit);
        if (known.isEmpty()) {
            return tasks.read(DriveOp.SCAN, space, () -> store.scan(space, from, to, limit));
        }
        tasks.meter().done(DriveOp.SCAN, tasks.nanos() - since);
        return CompletableFuture.completedFuture(known.get());
    }

    private Optional<List<KvRow>> peekScan(KvSpace space, byte[] from, byte[] to, ScanLimit limit) {
        try {
            return store.peekScan(space, from, to, limit);
        } catch (DriveException e) {
            // closed in between, as in peek
            return Optional.empty();
        }
    }

    @Override
    public KvCursor cursor(KvSpace space) {
        Optional<DriveException> refusal = tasks.health().refusesAll();
        if (refusal.isPresent()) {
            throw refusal.get();
        }
        return store.cursor(space, tasks.health());
    }
}
