package io.kintsugi.catalog;

import io.kintsugi.base.AtOnce;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.base.StoreException.Unavailable.Kind;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.Look;
import io.kintsugi.drives.ScanLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Reads from a live replica: the preferred one first, the next when it fails or is late. A replica that fails is given
 * up; one that is late loses its preference; one whose row is damaged is asked last from then on.
 */
final class ReplicaReader implements Rows {
    private static final int LONG_HEDGE = 3;
    private static final long SCAN_BYTES = 64L << 20;
    private static final long SOME_BYTES = 4L << 20;

    private final ReplicaSet replicas;
    private final CatalogSettings settings;

    ReplicaReader(ReplicaSet replicas, CatalogSettings settings) {
        this.replicas = replicas;
        this.settings = settings;
    }

    @Override
    public Optional<byte[]> get(KvSpace space, byte[] key) {
        return look(space, key).orWait();
    }

    /** As {@link #get}: told when the replica that would be asked first has the row in memory, and it is intact. */
    AtOnce<Optional<byte[]>> look(KvSpace space, byte[] key) {
        List<Replica> live = readable();
        Look look = live.getFirst().look(space, key);
        return look instanceof Look.Known(var value) && (value.isEmpty() || RowReader.isIntact(value.get()))
                ? AtOnce.told(value)
                : AtOnce.later(() -> readOn(space, key, live, intact(space, look.read())));
    }

    private Optional<byte[]> readOn(
            KvSpace space, byte[] key, List<Replica> live, CompletableFuture<Optional<byte[]>> first) {
        Times times = new Times(settings.hedge(), settings.readDeadline());
        return goOn(live, first, replica -> intact(space, replica.get(space, key)), times);
    }

    private static CompletableFuture<Optional<byte[]>> intact(
            KvSpace space, CompletableFuture<Optional<byte[]>> value) {
        return value.thenApply(found -> {
            found.ifPresent(row -> RowReader.requireIntact(row, space.name()));
            return found;
        });
    }

    @Override
    public List<KvRow> range(KvSpace space, byte[] from, byte[] to, int limit) {
        List<KvRow> rows = scan(space, from, to, new ScanLimit(limit, SCAN_BYTES));
        if (rows.size() >= limit || rows.isEmpty()) {
            return rows;
        }
        return rangeInSteps(space, rows, to, limit);
    }

    /** A scan may stop early at its bytes; it never returns nothing while there is something. */
    private List<KvRow> rangeInSteps(KvSpace space, List<KvRow> first, byte[] to, int limit) {
        if (bytesOf(first) < SCAN_BYTES / 2) {
            return first;
        }
        List<KvRow> all = new ArrayList<>(first);
        List<KvRow> more = first;
        while (all.size() < limit && !more.isEmpty()) {
            byte[] from = Bytes.successor(all.getLast().key());
            more = scan(space, from, to, new ScanLimit(limit - all.size(), SCAN_BYTES));
            all.addAll(more);
        }
        return all;
    }

    @Override
    public List<KvRow> some(KvSpace space, byte[] from, byte[] to, int limit) {
        return scan(space, from, to, new ScanLimit(limit, SOME_BYTES));
    }

    private List<KvRow> scan(KvSpace space, byte[] from, byte[] to, ScanLimit bound) {
        return askLong(replica ->
                replica.scan(space, from, to, bound).thenApply(rows -> RowReader.requireIntact(rows, space)));
    }

    private static long bytesOf(List<KvRow> rows) {
        return rows.stream()
                .mapToLong(row -> (long) row.key().length + row.value().length)
                .sum();
    }

    /**
     * @throws Unavailable {@code QUORUM} when every live replica has failed, {@code TIMEOUT} when none has answered in
     *     time
     */
    <T> T ask(Function<Replica, CompletableFuture<T>> question) {
        return ask(question, new Times(settings.hedge(), settings.readDeadline()));
    }

    /** The same for reads of many rows, which may take longer, and of which a second copy would cost as much again. */
    <T> T askLong(Function<Replica, CompletableFuture<T>> question) {
        return ask(question, new Times(settings.readDeadline().dividedBy(LONG_HEDGE), settings.callDeadline()));
    }

    /** When the next replica is asked as well, and when all are given up. */
    private record Times(Duration hedge, Duration deadline) {}

    private <T> T ask(Function<Replica, CompletableFuture<T>> question, Times times) {
        List<Replica> live = readable();
        return goOn(live, question.apply(live.getFirst()), question, times);
    }

    private List<Replica> readable() {
        List<Replica> live = replicas.readable();
        if (live.isEmpty()) {
            throw replicas.unreadable();
        }
        return live;
    }

    /** @param first what the first of the replicas was asked */
    private <T> T goOn(
            List<Replica> live,
            CompletableFuture<T> first,
            Function<Replica, CompletableFuture<T>> question,
            Times times) {
        if (first.isDone() && !first.isCompletedExceptionally()) {
            return first.join();
        }
        long deadline = System.nanoTime() + times.deadline().toNanos();
        return new Race<T>(live, times.hedge().toNanos(), deadline).run(first, question);
    }

    /** The slow way: hedged, over all replicas. */
    private final class Race<T> {
        private final List<Replica> live;
        private final long hedgeNanos;
        private final long deadline;
        private final List<CompletableFuture<T>> asked = new ArrayList<>();

        Race(List<Replica> live, long hedgeNanos, long deadline) {
            this.live = live;
            this.hedgeNanos = hedgeNanos;
            this.deadline = deadline;
        }

        T run(CompletableFuture<T> first, Function<Replica, CompletableFuture<T>> question) {
            for (int i = 0; i < live.size(); i++) {
                asked.add(i == 0 ? first : question.apply(live.get(i)));
                boolean last = i == live.size() - 1;
                Optional<T> answer = anyWithin(last ? remaining() : Math.min(remaining(), hedgeNanos));
                if (answer.isPresent()) {
                    return answer.get();
                }
                replicas.prefer(live.get((i + 1) % live.size()));
            }
            throw failure();
        }

        private long remaining() {
            return Math.max(0, deadline - System.nanoTime());
        }

        private Optional<T> anyWithin(long nanos) {
            long until = System.nanoTime() + nanos;
            List<CompletableFuture<T>> open = new ArrayList<>(asked);
            while (!open.isEmpty()) {
                CompletableFuture<?> any = open.size() == 1
                        ? open.getFirst()
                        : CompletableFuture.anyOf(open.toArray(CompletableFuture[]::new));
                try {
                    if (!Waits.isDone(any, until - System.nanoTime())) {
                        return Optional.empty();
                    }
                } catch (InterruptedException e) {
                    throw Futures.interrupted("a read");
                }
                if (any.isCompletedExceptionally()) {
                    giveUp();
                }
                for (CompletableFuture<T> future : open) {
                    if (future.isDone() && !future.isCompletedExceptionally()) {
                        return Optional.of(future.join());
                    }
                }
                open.removeIf(CompletableFuture::isDone);
            }
            return Optional.empty();
        }

        private void giveUp() {
            for (int i = 0; i < asked.size(); i++) {
                if (asked.get(i).isCompletedExceptionally()) {
                    Throwable cause = Futures.causeOf(asked.get(i));
                    if (cause instanceof StoreException answer) {
                        throw answer;
                    }
                    if (cause instanceof RowException row && row.fault() == RowException.Fault.TOO_NEW) {
                        throw new StoreException.Failed(row.getMessage());
                    }
                    Optional<Damages.Damage> damage = Damages.Damage.of(cause);
                    if (damage.isPresent()) {
                        replicas.damaged(live.get(i), damage.get());
                    } else if (!Futures.isBusy(asked.get(i))) {
                        replicas.suspect(live.get(i), String.valueOf(cause.getMessage()));
                    }
                }
            }
        }

        private Unavailable failure() {
            boolean busy = asked.stream().anyMatch(Futures::isBusy);
            if (busy) {
                return new Unavailable(Kind.SLOW_DOWN, "Too much is read from the catalog at once: try again later");
            }
            return asked.stream().allMatch(CompletableFuture::isDone)
                    ? replicas.unreadable()
                    : new Unavailable(Kind.TIMEOUT, "No replica of the catalog answered in time");
        }
    }
}
