package io.kintsugi.catalog;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.StoreException;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongConsumer;
import org.jboss.logging.Logger;

/**
 * Puts the rows of a work space on the drives as new replicas. The new epoch is recorded on the drives before the first
 * row of an old replica goes, and the state rows are written last: whenever it is cut off, no replica is good, and a
 * store does not start until it was done again from the same work space. One thread.
 */
public final class RescueCopy {
    private static final Logger LOG = Logger.getLogger("io.kintsugi.catalog");
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
     * Copies. A drive that fails, as one that is full does, is left out, and another one takes its place, as long as
     * there are as many as would have to be there.
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
        List<Drive> left = topology.drives().stream()
                .filter(drive -> drive.status().answers())
                .sorted(Comparator.comparing(RescueCopy::refusesWrites)
                        .thenComparing(RescueCopy::isLeaving)
                        .thenComparing(Drive::id))
                .toList();
        int wanted = ReplicaSet.wanted(topology);
        Targets targets = new Targets(left.stream().limit(wanted).toList());
        // from the beginning again: whoever comes in the place of another has none of the rows
        while (!copy(plan, targets, rows)) {
            left = without(left, targets.failed);
            if (left.size() < Math.min(wanted, enough)) {
                throw new Unavailable(
                        Kind.QUORUM,
                        "only " + left.size() + " drives take a replica of the rebuilt catalog, and "
                                + Math.min(wanted, enough) + " are needed ("
                                + targets.failed.values().iterator().next()
                                + "): see that the drives are there and have space, and try again");
            }
            targets = new Targets(left.stream().limit(wanted).toList());
        }
        return targets.members();
    }

    private static List<Drive> without(List<Drive> drives, Map<Drive, String> failed) {
        failed.forEach(
                (drive, why) -> LOG.warnf("No replica of the rebuilt catalog is put on drive %s: %s", drive.id(), why));
        return drives.stream().filter(drive -> !failed.containsKey(drive)).toList();
    }

    /** Whether it went to all of them. */
    private boolean copy(Plan plan, Targets targets, LongConsumer rows) {
        byte[] copying = new Copying(plan.epoch(), home).encode();
        targets.commit(Rebuilder.wiping().put(KvSpace.META, ReplicaState.COPYING_KEY, copying));
        long copied = 0;
        for (KvSpace space : ReplicaState.contentSpaces()) {
            copied = copy(space, targets, copied, rows);
        }
        ReplicaState state = new ReplicaState(plan.epoch(), plan.sequence(), plan.nextOrder(), targets.members());
        targets.commit(new KvBatch()
                .delete(KvSpace.META, ReplicaState.COPYING_KEY)
                .put(KvSpace.META, ReplicaState.TOUCHED_KEY, ReplicaState.encodeTouched(List.of()))
                .put(KvSpace.META, ReplicaState.KEY, state.encode()));
        return targets.failed.isEmpty();
    }

    /** The drives that are to get a replica, until one of them fails. */
    private static final class Targets {
        private final List<Drive> drives;
        /** What each has said that has failed. */
        private final Map<Drive, String> failed = new LinkedHashMap<>();

        Targets(List<Drive> drives) {
            this.drives = drives;
        }

        List<DriveId> members() {
            return drives.stream().map(Drive::id).toList();
        }

        /** Nothing any more when one has failed. */
        void commit(KvBatch batch) {
            if (!failed.isEmpty()) {
                return;
            }
            List<CompletableFuture<Void>> commits =
                    drives.stream().map(drive -> begin(drive, batch)).toList();
            for (int i = 0; i < drives.size(); i++) {
                try {
                    Futures.await(commits.get(i), DEADLINE, WHAT);
                } catch (StoreException e) {
                    String why = (e.getCause() == null ? e : e.getCause()).getMessage();
                    failed.put(drives.get(i), String.valueOf(why));
                }
            }
        }

        private static CompletableFuture<Void> begin(Drive drive, KvBatch batch) {
            try {
                return drive.keyValue().commit(batch);
            } catch (DriveException e) {
                return CompletableFuture.failedFuture(e);
            }
        }
    }

    /** As it is full or read-only: it would most likely fail, and all be copied again to another one. */
    private static boolean refusesWrites(Drive drive) {
        return drive.status().state() == DriveStatus.State.READ_ONLY;
    }

    /** One that is being emptied is the last choice: the store would make another replica elsewhere at once. */
    private static boolean isLeaving(Drive drive) {
        return drive.status().state() == DriveStatus.State.DRAINING;
    }

    private long copy(KvSpace space, Targets targets, long before, LongConsumer rows) {
        long copied = before;
        byte[] from = {};
        List<KvRow> page = page(space, from);
        while (!page.isEmpty() && targets.failed.isEmpty()) {
            KvBatch batch = new KvBatch();
            page.forEach(row -> batch.put(space, row.key(), row.value()));
            targets.commit(batch);
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
