package io.kintsugi.catalog;

import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.ScanLimit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * Compares the replicas of a store that is stopped, key by key, in one walk through all of them. Each has to have every
 * row, whole, and as most of them have it. One thread; memory for a page of each replica.
 */
final class ReplicaComparison {
    private static final ScanLimit PAGE = new ScanLimit(2_000, 4 << 20);

    private final KvSpace space;
    private final List<Side> sides;

    private ReplicaComparison(KvSpace space, List<ReplicaSource> replicas) {
        this.space = space;
        this.sides = replicas.stream().map(Side::new).toList();
    }

    /** @param listener gets a line for each replica and space in which something is wrong */
    static void run(List<ReplicaSource> replicas, Consumer<String> listener) {
        for (KvSpace space : ReplicaState.contentSpaces()) {
            new ReplicaComparison(space, replicas).run(listener);
        }
    }

    private void run(Consumer<String> listener) {
        Optional<byte[]> key = least();
        while (key.isPresent()) {
            compare(key.get());
            key = least();
        }
        for (Side side : sides) {
            if (side.different > 0) {
                listener.accept(side.different + " rows of " + space + " in " + side.replica.where()
                        + " are damaged, or not as in another replica");
            }
            side.fault.ifPresent(fault ->
                    listener.accept("rows of " + space + " in " + side.replica.where() + " can't be read: " + fault));
        }
    }

    private Optional<byte[]> least() {
        return sides.stream()
                .flatMap(side -> side.head().stream())
                .map(KvRow::key)
                .min(Arrays::compareUnsigned);
    }

    private void compare(byte[] key) {
        List<Optional<byte[]>> values =
                sides.stream().map(side -> side.take(key)).toList();
        Optional<byte[]> right = mostCommon(values);
        for (int i = 0; i < sides.size(); i++) {
            boolean same = right.isPresent() && isSame(values.get(i), right);
            sides.get(i).different += same || sides.get(i).fault.isPresent() ? 0 : 1;
        }
    }

    /** Of those that are whole; of two as common as each other the first. */
    private static Optional<byte[]> mostCommon(List<Optional<byte[]>> values) {
        Optional<byte[]> most = Optional.empty();
        long times = 0;
        for (Optional<byte[]> value : values) {
            boolean first = most.isEmpty() || !isSame(most, value);
            if (first && value.isPresent() && RowReader.isIntact(value.get())) {
                long count = values.stream().filter(v -> isSame(v, value)).count();
                most = count > times ? value : most;
                times = Math.max(times, count);
            }
        }
        return most;
    }

    private static boolean isSame(Optional<byte[]> one, Optional<byte[]> other) {
        return one.isPresent() && other.isPresent() && Arrays.equals(one.get(), other.get());
    }

    /** One replica, read in the order of its keys. */
    private final class Side {
        private final ReplicaSource replica;
        private List<KvRow> page = List.of();
        private int at;
        private boolean ended;
        private Optional<String> fault = Optional.empty();
        private long different;

        Side(ReplicaSource replica) {
            this.replica = replica;
        }

        Optional<KvRow> head() {
            if (at == page.size() && !ended) {
                load();
            }
            return at < page.size() ? Optional.of(page.get(at)) : Optional.empty();
        }

        private void load() {
            byte[] from = page.isEmpty()
                    ? new byte[0]
                    : Bytes.successor(page.getLast().key());
            at = 0;
            try {
                page = replica.rows().scan(space, from, RescueSpace.end(), PAGE).join();
            } catch (CompletionException | DriveException e) {
                page = List.of();
                fault = Optional.of(String.valueOf((e.getCause() == null ? e : e.getCause()).getMessage()));
            }
            ended = page.isEmpty();
        }

        /** The value of this key, which no key that is left is less than; empty when there is none. */
        Optional<byte[]> take(byte[] key) {
            Optional<byte[]> value =
                    head().filter(row -> Arrays.equals(row.key(), key)).map(KvRow::value);
            at += value.isPresent() ? 1 : 0;
            return value;
        }
    }
}
