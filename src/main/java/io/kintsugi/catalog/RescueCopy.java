package io.kintsugi.catalog;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.base.StoreException.Unavailable.Kind;
import io.kintsugi.cluster.Topology;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.DriveStatus;
import io.kintsugi.drives.KeyValue;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.ScanLimit;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongConsumer;

/**
 * Puts the rows of a work space on the drives as new replicas. The new epoch is recorded on the drives before the first
 * row of an old replica goes, and the state rows are written last: whenever it is cut off, no replica is good, and a
 * store does not start until it was done again from the same work space. One thread.
 */
public final class RescueCopy {
    private static final ScanLimit PAGE = new ScanLimit(2_000, 1 << 20);
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final String WHAT = "the copying of a rebuilt catalog";
    /** In META of the work space: what is being copied. */
    private static final byte[] PLAN_KEY = {9};

    private static final int FORMAT = 1;

    private final Topology topology;
    private final KeyValue work;
    private final DriveId home;

    /** @param home the drive where the work space is */
    public RescueCopy(Topology topology, KeyValue work, DriveId home) {
        this.topology = topology;
        this.work = work;
        this.home = home;
    }

    /**
     * What is to be copied.
     *
     * @param epoch greater than every one that was ever begun
     * @param sequence of the commit that the replicas begin with
     * @param lossless whether nothing that is known to have been is missing; what is was listed when it was gathered
     */
    public record Plan(long epoch, long sequence, long nextOrder, boolean lossless) {
        byte[] encode() {
            return new RowWriter(FORMAT)
                    .i64(epoch)
                    .i64(sequence)
                    .i64(nextOrder)
                    .u8(lossless ? 1 : 0)
                    .finish();
        }

        static Plan decode(byte[] row) {
            RowReader from = new RowReader(row, FORMAT, "the plan of a rescue");
            Plan plan = new Plan(from.i64(), from.i64(), from.i64(), from.u8() == 1);
            from.end();
            return plan;
        }
    }

    /** What a work space says of its rows. */
    public sealed interface Planned {
        /** They are complete, and may have been copied in part. */
        record Complete(Plan plan) implements Planned {}

        /** They are not: nothing was copied from it. */
        record Incomplete() implements Planned {}

        /** Nobody can tell: they may be all that there is of the catalog. @param fault why */
        record Unreadable(String fault) implements Planned {}
    }

    public static Planned planned(KeyValue work) {
        try {
            return work.get(KvSpace.META, PLAN_KEY)
                    .join()
                    .<Planned>map(row -> new Planned.Complete(Plan.decode(row)))
                    .orElseGet(Planned.Incomplete::new);
        } catch (CompletionException | DriveException | RowException e) {
            return new Planned.Unreadable(String.valueOf((e.getCause() == null ? e : e.getCause()).getMessage()));
        }
    }

    /**
     * What the drive of a replica says while it is copied: until it is done, the rows are in the work space only.
     *
     * @param epoch of the plan
     * @param home the drive where the work space is
     */
    public record Copying(long epoch, DriveId home) {
        byte[] encode() {
            return new RowWriter(FORMAT).i64(epoch).id(home.value()).finish();
        }

        static Copying decode(byte[] row) {
            RowReader from = new RowReader(row, FORMAT, "the mark of a copying");
            Copying copying = new Copying(from.i64(), new DriveId(from.id()));
            from.end();
            return copying;
        }
    }

    /** The copying that a drive was in the middle of; empty also when it can't be read, as there are others. */
    public static Optional<Copying> begun(KeyValue rows) {
        try {
            return rows.get(KvSpace.META, ReplicaState.COPYING_KEY).join().map(Copying::decode);
        } catch (CompletionException | DriveException | RowException e) {
            return Optional.empty();
        }
    }

    /** Says that the rows of a work space are complete; the caller makes that durable. */
    public static void plan(KeyValue work, Plan plan) {
        work.commit(new KvBatch().put(KvSpace.META, PLAN_KEY, plan.encode())).join();
    }

    /**
     * Copies.
     *
     * @param rows hears how many rows were copied so far
     * @return the drives that have a replica now
     * @throws Unavailable when too few drives take it
     */
    public List<DriveId> run(Plan plan, LongConsumer rows) {
        int all = topology.drives().size();
        int parity = topology.defaultCode().parityShards();
        int enough = Math.max(1, all - parity);
        requireRecorded(new EpochNumbers(topology, DEADLINE).announce(plan.epoch(), enough), enough);
        requireRecorded(raise(plan.epoch()), enough);
        List<Drive> targets = topology.drives().stream()
                .filter(drive -> drive.status().state() != DriveStatus.State.OFFLINE)
                .sorted(Comparator.comparing(RescueCopy::isLeaving).thenComparing(Drive::id))
                .limit(ReplicaSet.wanted(topology))
                .toList();
        byte[] copying = new Copying(plan.epoch(), home).encode();
        commit(targets, Rebuilder.wiping().put(KvSpace.META, ReplicaState.COPYING_KEY, copying));
        long copied = 0;
        for (KvSpace space : ReplicaState.contentSpaces()) {
            copied = copy(space, targets, copied, rows);
        }
        List<DriveId> members = targets.stream().map(Drive::id).toList();
        ReplicaState state = new ReplicaState(plan.epoch(), plan.sequence(), plan.nextOrder(), members);
        commit(
                targets,
                new KvBatch()
                        .delete(KvSpace.META, ReplicaState.COPYING_KEY)
                        .put(KvSpace.META, ReplicaState.TOUCHED_KEY, ReplicaState.encodeTouched(List.of()))
                        .put(KvSpace.META, ReplicaState.KEY, state.encode()));
        return members;
    }

    /** One that is being emptied is the last choice: the store would make another replica elsewhere at once. */
    private static boolean isLeaving(Drive drive) {
        return drive.status().state() == DriveStatus.State.DRAINING;
    }

    private long copy(KvSpace space, List<Drive> targets, long before, LongConsumer rows) {
        long copied = before;
        byte[] from = {};
        List<KvRow> page = page(space, from);
        while (!page.isEmpty()) {
            KvBatch batch = new KvBatch();
            page.forEach(row -> batch.put(space, row.key(), row.value()));
            commit(targets, batch);
            copied += page.size();
            rows.accept(copied);
            from = Bytes.successor(page.getLast().key());
            page = page(space, from);
        }
        return copied;
    }

    private List<KvRow> page(KvSpace space, byte[] from) {
        return work.scan(space, from, RescueSpace.end(), PAGE).join();
    }

    private static void commit(List<Drive> targets, KvBatch batch) {
        List<CompletableFuture<Void>> commits =
                targets.stream().map(drive -> drive.keyValue().commit(batch)).toList();
        commits.forEach(commit -> Futures.await(commit, DEADLINE, WHAT));
    }

    private int raise(long epoch) {
        List<CompletableFuture<Void>> raised = topology.drives().stream()
                .map(drive -> ReplicaSet.raise(drive, epoch))
                .toList();
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        return (int) raised.stream().filter(f -> Futures.succeeds(f, deadline)).count();
    }

    private static void requireRecorded(int drives, int enough) {
        if (drives < enough) {
            throw new Unavailable(
                    Kind.QUORUM,
                    "only " + drives + " drives could record the new epoch of the catalog, and " + enough
                            + " are needed: see that the drives are there and have space, and try again");
        }
    }
}
