package io.kintsugi.catalog;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.base.StoreException.Unavailable.Kind;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.ScanLimit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;

/**
 * Reads the rows of all live replicas, page by page, also where nobody asks for them: each has to be readable, to have
 * the bytes that were written, and to be the same everywhere. A replica in which one is not is made anew: one that
 * differs is given up at once, since what it says may be wrong; one of which rows can't be read when it is known that
 * the others have them.
 *
 * <p>Commits go on meanwhile, so pages of two replicas may differ though nothing is wrong. What differs is read once
 * more, and what differs then too between two commits, when all live replicas have the same: few rows, which were read
 * a moment ago. The pages leave the cache of blocks alone; a block that is in it is not read from the device.
 *
 * <p>Any thread; blocks within a deadline.
 */
final class RowChecker {
    private static final Logger LOG = Logger.getLogger("io.kintsugi.catalog");
    private static final ScanLimit PAGE = new ScanLimit(1000, 1 << 20).sweeping();
    /** Of a page that has more the rest is looked at with the next. */
    private static final int DIFFERENT_AT_ONCE = 32;

    private static final List<KvSpace> SPACES = ReplicaState.contentSpaces();

    private final ReplicaSet replicas;
    private final Sequencer sequencer;
    private final CatalogSettings settings;
    private final List<DriveId> damaged = new ArrayList<>();
    private long undecided;

    RowChecker(ReplicaSet replicas, Sequencer sequencer, CatalogSettings settings) {
        this.replicas = replicas;
        this.sequencer = sequencer;
        this.settings = settings;
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Place(int space, byte[] from) {
        private static final String WHAT = "a check of rows";
        static final Place BEGINNING = new Place(0, new byte[0]);

        static Place parse(String text) {
            RowCursor cursor = RowCursor.parse(text, 1, WHAT);
            long space = cursor.numbers().getFirst();
            if (space >= SPACES.size()) {
                throw RowCursor.invalid(text, WHAT);
            }
            return new Place((int) space, cursor.row());
        }

        KvSpace in() {
            return SPACES.get(space);
        }

        Optional<String> behind(byte[] key) {
            return Optional.of(new Place(space, Bytes.successor(key)).text());
        }

        Optional<String> nextSpace() {
            return space + 1 < SPACES.size() ? Optional.of(new Place(space + 1, new byte[0]).text()) : Optional.empty();
        }

        private String text() {
            return new RowCursor(List.of((long) space), from).text();
        }
    }

    /**
     * The next page.
     *
     * @param after the cursor of the previous page; empty for the first
     * @throws Unavailable when a replica could not be asked: the page is to be asked for again
     * @throws StoreException.Invalid when this is no cursor
     */
    RowCheck check(Optional<String> after) {
        RowCheck found = page(after.map(Place::parse).orElse(Place.BEGINNING));
        if (!damaged.isEmpty()) {
            // recorded before anybody goes on behind this page
            sequencer.between(replicas::dropSuspects);
        }
        return found;
    }

    private RowCheck page(Place place) {
        List<List<KvRow>> pages = pages(place);
        Optional<byte[]> last = pages.stream()
                .filter(page -> !page.isEmpty())
                .map(page -> page.getLast().key())
                .min(Arrays::compareUnsigned);
        if (last.isEmpty()) {
            return new RowCheck(0, 0, damaged, undecided, place.nextSpace());
        }
        NavigableMap<byte[], List<byte[]>> rows = byKey(pages, last.get());
        List<byte[]> different = rows.entrySet().stream()
                .filter(row -> !isEverywhere(row.getValue(), pages.size()))
                .map(NavigableMap.Entry::getKey)
                .limit(DIFFERENT_AT_ONCE)
                .toList();
        byte[] until = different.size() == DIFFERENT_AT_ONCE ? different.getLast() : last.get();
        judge(place.in(), different);
        long[] seen = new long[2];
        rows.headMap(until, true)
                .forEach((key, values) -> values.forEach(value -> {
                    seen[0]++;
                    seen[1] += (long) key.length + value.length;
                }));
        return new RowCheck(seen[0], seen[1], damaged, undecided, place.behind(until));
    }

    /** Of each replica that can be read and has right rows there. */
    private List<List<KvRow>> pages(Place place) {
        List<Replica> asked = asked();
        if (asked.isEmpty()) {
            throw replicas.unreadable();
        }
        List<CompletableFuture<List<KvRow>>> scans = asked.stream()
                .map(replica -> replica.scan(place.in(), place.from(), Rebuilder.BEHIND_ALL, PAGE)
                        .thenApply(rows -> RowReader.requireIntact(rows, place.in())))
                .toList();
        long deadline = System.nanoTime() + settings.callDeadline().toNanos();
        List<List<KvRow>> pages = new ArrayList<>();
        for (int i = 0; i < scans.size(); i++) {
            answer(asked.get(i), scans.get(i), deadline).ifPresent(pages::add);
        }
        return pages;
    }

    /** Those that are about to be made anew are left alone, unless there is no other. */
    private List<Replica> asked() {
        List<Replica> all = replicas.readable();
        List<Replica> bad = replicas.damaged();
        List<Replica> good =
                all.stream().filter(replica -> !bad.contains(replica)).toList();
        return good.isEmpty() ? all : good;
    }

    /** Empty when the replica is damaged there. */
    private <T> Optional<T> answer(Replica replica, CompletableFuture<T> future, long deadline) {
        try {
            if (!Waits.isDone(future, deadline - System.nanoTime())) {
                throw notAsked(replica, "it did not answer in time");
            }
        } catch (InterruptedException e) {
            throw Futures.interrupted("a check of rows");
        }
        if (!future.isCompletedExceptionally()) {
            return Optional.of(future.join());
        }
        Throwable cause = Futures.causeOf(future);
        String why = String.valueOf(cause.getMessage());
        Optional<Damages.Damage> damage = Damages.Damage.of(cause);
        if (damage.isPresent()) {
            if (replicas.damaged(replica, damage.get()) && !damaged.contains(replica.id())) {
                damaged.add(replica.id());
            }
            return Optional.empty();
        }
        if (!Futures.isBusy(future)) {
            replicas.suspect(replica, why);
        }
        throw notAsked(replica, why);
    }

    private static Unavailable notAsked(Replica replica, String why) {
        return new Unavailable(
                Kind.SLOW_DOWN, "The catalog's replica on drive " + replica + " could not be checked: " + why);
    }

    private void giveUp(Replica replica, String why) {
        if (!damaged.contains(replica.id())) {
            damaged.add(replica.id());
            LOG.warnf("The catalog's replica on drive %s is made anew from the others: %s", replica.id(), why);
            replicas.suspect(replica, why);
        }
    }

    private static NavigableMap<byte[], List<byte[]>> byKey(List<List<KvRow>> pages, byte[] last) {
        NavigableMap<byte[], List<byte[]>> rows = new TreeMap<>(Arrays::compareUnsigned);
        for (List<KvRow> page : pages) {
            for (KvRow row : page) {
                if (Arrays.compareUnsigned(row.key(), last) <= 0) {
                    rows.computeIfAbsent(row.key(), key -> new ArrayList<>(pages.size()))
                            .add(row.value());
                }
            }
        }
        return rows;
    }

    private static boolean isEverywhere(List<byte[]> values, int replicas) {
        return values.size() == replicas && values.stream().allMatch(value -> Arrays.equals(value, values.getFirst()));
    }

    private void judge(KvSpace space, List<byte[]> keys) {
        List<byte[]> again = keys.isEmpty()
                ? keys
                : look(space, keys).stream()
                        .filter(row -> !row.isSame())
                        .map(Row::key)
                        .toList();
        if (!again.isEmpty()) {
            sequencer.between(() ->
                    look(space, again).stream().filter(row -> !row.isSame()).forEach(row -> judge(space, row)));
        }
        if (undecided > 0) {
            LOG.errorf(
                    "%d rows of %s differ between the replicas of the catalog, and no copy is in most of them: nothing"
                            + " was changed. Which is right is for you to say: see kintsugi check",
                    undecided, space);
        }
    }

    /** One row in each of some replicas, where an empty value says that it is not there. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Row(byte[] key, List<Replica> in, List<Optional<byte[]>> values) {
        boolean isSame() {
            return values.stream().allMatch(value -> isSame(value, values.getFirst()));
        }

        private static boolean isSame(Optional<byte[]> one, Optional<byte[]> other) {
            return one.isPresent() == other.isPresent() && (one.isEmpty() || Arrays.equals(one.get(), other.get()));
        }

        long copiesOf(Optional<byte[]> wanted) {
            return values.stream().filter(value -> isSame(value, wanted)).count();
        }

        /** What more than half of the replicas have. */
        Optional<Optional<byte[]>> majority() {
            return values.stream()
                    .filter(value -> 2 * copiesOf(value) > values.size())
                    .findFirst();
        }
    }

    private List<Row> look(KvSpace space, List<byte[]> keys) {
        List<Replica> asked = asked();
        List<List<CompletableFuture<Optional<byte[]>>>> gets = keys.stream()
                .map(key ->
                        asked.stream().map(replica -> replica.get(space, key)).toList())
                .toList();
        long deadline = System.nanoTime() + settings.readDeadline().toNanos();
        List<Row> rows = new ArrayList<>();
        for (int k = 0; k < keys.size(); k++) {
            List<Optional<byte[]>> values = new ArrayList<>();
            List<Replica> in = new ArrayList<>();
            for (int i = 0; i < asked.size(); i++) {
                Replica replica = asked.get(i);
                answer(replica, gets.get(k).get(i), deadline).ifPresent(value -> {
                    in.add(replica);
                    values.add(value);
                });
            }
            rows.add(new Row(keys.get(k), in, values));
        }
        return rows;
    }

    private void judge(KvSpace space, Row row) {
        Optional<Optional<byte[]>> right = row.majority();
        if (right.isEmpty()) {
            undecided++;
            return;
        }
        for (int i = 0; i < row.in().size(); i++) {
            if (!Row.isSame(row.values().get(i), right.get())) {
                giveUp(row.in().get(i), "a row of " + space + " is not as in most other replicas");
            }
        }
    }
}
