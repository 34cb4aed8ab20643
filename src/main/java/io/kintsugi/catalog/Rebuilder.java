package io.kintsugi.catalog;

import io.kintsugi.base.StoreException;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.base.StoreException.Unavailable.Kind;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.ScanLimit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * Makes the replica of a drive anew while commits go on: keeps the commits from a moment on, copies all rows page by
 * page, then repeats the kept commits in their order. A row that was copied before or after such a commit is right in
 * the end, since each commit sets or removes whole rows. The last of them are repeated in a pause of the sequencer, in
 * which the replica joins.
 *
 * <p>Before anything that is on the drive goes, all rows are read once from the others: what is left there may be the
 * only copy of one. A row that is damaged in one replica is taken from the next. Where a rebuild of the catalog could
 * not see what is on the drive, that stays ({@link UnseenDrives}).
 *
 * <p>Until it joins, the replica has no state row: a crash leaves a drive without a replica, never half of one.
 */
final class Rebuilder {
    private static final ScanLimit PAGE = new ScanLimit(10_000, 1 << 20).sweeping();
    /** The smaller ones for where each replica has damage in the page, but not in the same row. */
    private static final List<ScanLimit> LIMITS =
            List.of(PAGE, new ScanLimit(100, 1 << 20).sweeping(), new ScanLimit(1, 1).sweeping());

    private static final long REPLAY_BYTES = 4 << 20;
    private static final int FEW_COMMITS = 8;
    private static final int LAST_KEY_BYTES = 64;
    static final byte[] BEHIND_ALL = behindAll();

    private final ReplicaSet replicas;
    private final Sequencer sequencer;
    private final UnseenDrives unseen;
    private final CatalogSettings settings;

    Rebuilder(ReplicaSet replicas, Sequencer sequencer, UnseenDrives unseen, CatalogSettings settings) {
        this.replicas = replicas;
        this.sequencer = sequencer;
        this.unseen = unseen;
        this.settings = settings;
    }

    private static byte[] behindAll() {
        byte[] key = new byte[LAST_KEY_BYTES];
        Arrays.fill(key, (byte) 0xFF);
        return key;
    }

    /** @throws StoreException when it did not come to an end; the drive has no replica then */
    void rebuild(Drive drive) {
        Replica target = new Replica(drive);
        CommitLog log = new CommitLog(settings.logBytes());
        try {
            if (hasRows(target)) {
                unseen.requireSeen(target);
                requireAllRows(List.of(), () -> true);
            }
            sequencer.between(() -> replicas.startLog(log));
            wipe(target);
            for (KvSpace space : ReplicaState.contentSpaces()) {
                copy(space, target, log);
            }
            while (log.size() > FEW_COMMITS) {
                replay(log, target);
            }
            sequencer.between(() -> {
                replicas.stopLog(log);
                while (log.size() > 0) {
                    replay(log, target);
                }
                requireWhole(log);
                replicas.join(target);
            });
        } finally {
            if (!replicas.live().contains(target)) {
                target.close();
                sequencer.between(() -> replicas.stopLog(log));
            }
        }
    }

    private <T> T await(CompletableFuture<T> future) {
        return Futures.await(future, settings.commitDeadline(), "the rebuild of a replica");
    }

    private boolean hasRows(Replica target) {
        return ReplicaState.contentSpaces().stream()
                .anyMatch(space -> !await(target.scan(space, new byte[0], BEHIND_ALL, LIMITS.getLast()))
                        .isEmpty());
    }

    /**
     * Reads all rows from the live replicas but these.
     *
     * @param goOn asked before each page, and may wait
     * @return false when it was told not to go on
     * @throws Unavailable {@code QUORUM} when one can't be read in any of them
     */
    boolean requireAllRows(List<Replica> without, BooleanSupplier goOn) {
        for (KvSpace space : ReplicaState.contentSpaces()) {
            byte[] from = {};
            List<KvRow> rows;
            do {
                if (!goOn.getAsBoolean()) {
                    return false;
                }
                rows = page(space, from, without);
                from = rows.isEmpty() ? from : Bytes.successor(rows.getLast().key());
            } while (!rows.isEmpty());
        }
        return true;
    }

    private void wipe(Replica target) {
        await(target.commit(wiping()));
    }

    /** Removes all that a replica consists of. */
    static KvBatch wiping() {
        KvBatch batch = new KvBatch().deleteRange(KvSpace.META, new byte[0], BEHIND_ALL);
        ReplicaState.contentSpaces().forEach(space -> batch.deleteRange(space, new byte[0], BEHIND_ALL));
        return batch;
    }

    private void copy(KvSpace space, Replica target, CommitLog log) {
        byte[] from = {};
        List<KvRow> rows;
        do {
            rows = page(space, from, List.of());
            if (!rows.isEmpty()) {
                KvBatch batch = new KvBatch();
                rows.forEach(row -> batch.put(space, row.key(), row.value()));
                await(target.commit(batch));
                from = Bytes.successor(rows.getLast().key());
                requireWhole(log);
            }
        } while (!rows.isEmpty());
    }

    private List<KvRow> page(KvSpace space, byte[] from, List<Replica> without) {
        for (ScanLimit limit : LIMITS) {
            for (Replica source : replicas.readable()) {
                Optional<List<KvRow>> rows =
                        without.contains(source) ? Optional.empty() : page(source, space, from, limit);
                if (rows.isPresent()) {
                    return rows.get();
                }
            }
        }
        throw new Unavailable(
                Kind.QUORUM,
                "No other replica is left from which all rows of " + space + " can be read: none is removed");
    }

    /** Empty when it is damaged there. */
    private Optional<List<KvRow>> page(Replica source, KvSpace space, byte[] from, ScanLimit limit) {
        CompletableFuture<List<KvRow>> rows =
                source.scan(space, from, BEHIND_ALL, limit).thenApply(found -> RowReader.requireIntact(found, space));
        try {
            return Optional.of(await(rows));
        } catch (StoreException e) {
            Optional<Damages.Damage> damage =
                    rows.isCompletedExceptionally() ? Damages.Damage.of(Futures.causeOf(rows)) : Optional.empty();
            replicas.damaged(source, damage.orElseThrow(() -> e));
            return Optional.empty();
        }
    }

    private void replay(CommitLog log, Replica target) {
        KvBatch merged = new KvBatch();
        Optional<KvBatch> next = log.take();
        while (next.isPresent()) {
            next.get().changes().forEach(change -> append(merged, change));
            next = merged.bytes() < REPLAY_BYTES ? log.take() : Optional.empty();
        }
        requireWhole(log);
        await(target.commit(merged));
    }

    private static void append(KvBatch batch, KvBatch.Change change) {
        if (change.space() == KvSpace.META) {
            return;
        }
        switch (change) {
            case KvBatch.Put put -> batch.put(put.space(), put.key(), put.value());
            case KvBatch.Delete delete -> batch.delete(delete.space(), delete.key());
            case KvBatch.DeleteRange range -> batch.deleteRange(range.space(), range.from(), range.to());
        }
    }

    private static void requireWhole(CommitLog log) {
        if (log.overflown()) {
            throw new Unavailable(
                    Kind.SLOW_DOWN,
                    "The drive is too slow to catch up with the commits: its replica is tried again later");
        }
    }
}
