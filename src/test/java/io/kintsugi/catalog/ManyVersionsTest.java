package io.kintsugi.catalog;

import static io.kintsugi.catalog.Samples.BUCKET;
import static io.kintsugi.catalog.Samples.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Deletion;
import io.kintsugi.base.Id128;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A key of many versions, which are removed in the order in which listings show them, the newest first: each removal
 * looks at a few rows, not at all that went before it.
 */
class ManyVersionsTest {
    private static final int VERSIONS = 500;
    private static final int CHANGES = 300;
    private static final HexFormat HEX = HexFormat.of();
    /** Rows that the removal of one version may look at. */
    private static final int FEW = 8;

    private final TombstonedRows rows = new TombstonedRows();
    private final List<VersionId> ids = new ArrayList<>();
    private long nextOrder = 1;

    /** Rows in memory. What was removed is still there for whoever passes it, as in a drive's store. */
    private static final class TombstonedRows implements Rows {
        private final Map<KvSpace, NavigableMap<byte[], Optional<byte[]>>> spaces = new EnumMap<>(KvSpace.class);
        private long passed;

        private NavigableMap<byte[], Optional<byte[]>> of(KvSpace space) {
            return spaces.computeIfAbsent(space, s -> new TreeMap<>(Arrays::compareUnsigned));
        }

        @Override
        public Optional<byte[]> get(KvSpace space, byte[] key) {
            return of(space).getOrDefault(key, Optional.empty()).map(byte[]::clone);
        }

        @Override
        public List<KvRow> range(KvSpace space, byte[] from, byte[] to, int limit) {
            List<KvRow> found = new ArrayList<>();
            for (var row : of(space).tailMap(from).entrySet()) {
                if (Arrays.compareUnsigned(row.getKey(), to) >= 0 || found.size() == limit) {
                    break;
                }
                passed++;
                row.getValue().ifPresent(value -> found.add(new KvRow(row.getKey(), value.clone())));
            }
            return found;
        }

        void apply(KvBatch batch) {
            for (KvBatch.Change change : batch.changes()) {
                switch (change) {
                    case KvBatch.Put(KvSpace space, byte[] key, byte[] value) ->
                        of(space).put(key, Optional.of(value));
                    case KvBatch.Delete(KvSpace space, byte[] key) -> of(space).put(key, Optional.empty());
                    case KvBatch.DeleteRange range -> throw new AssertionError("no commit has one");
                }
            }
        }

        /** Which version is where. */
        List<String> left() {
            List<String> left = new ArrayList<>();
            for (KvSpace space : List.of(KvSpace.OBJECTS, KvSpace.HISTORY)) {
                of(space)
                        .forEach((key, value) -> value.ifPresent(
                                row -> left.add(space + " " + HEX.formatHex(key) + " " + VersionRow.orderOf(row))));
            }
            of(KvSpace.VERSIONS)
                    .forEach((key, value) ->
                            value.ifPresent(row -> left.add(HEX.formatHex(key) + " " + SmallRow.decodeNumber(row))));
            return left;
        }
    }

    private View view() {
        return new View(rows, new BucketCache(rows, new Stamps()), nextOrder);
    }

    private void commit(View view) {
        rows.apply(view.batch());
        nextOrder = view.nextOrder();
    }

    private void create(Versioning versioning) {
        View view = view();
        new BucketChanges(view, Clock.SYSTEM).create(Samples.bucket(versioning));
        commit(view);
    }

    private static void put(View view, ObjectVersion version) {
        view.begin(Known.NOTHING);
        new VersionChanges(view, Clock.SYSTEM)
                .put(VersionChanges.Draft.of(version, Optional.empty()), WriteCondition.NONE);
    }

    private static void delete(View view, List<Deletion> deletions) {
        view.begin(Known.NOTHING);
        new VersionChanges(view, Clock.SYSTEM).delete(BUCKET, deletions, Long.MAX_VALUE / 2);
    }

    private static Deletion remove(String key, VersionId id) {
        return new Deletion.Remove(key(key), id, WriteCondition.NONE);
    }

    private static Deletion hide(String key, VersionId id) {
        return new Deletion.Hide(key(key), id, Samples.NOON, WriteCondition.NONE);
    }

    /** Oldest first. */
    private void fill(boolean markers) {
        create(Versioning.ENABLED);
        for (int i = 0; i < VERSIONS; i++) {
            View view = view();
            VersionId id = Samples.newVersion();
            if (markers && i % 2 == 1) {
                delete(view, List.of(hide("k", id)));
            } else {
                put(view, Samples.object("k", id));
            }
            ids.add(id);
            commit(view);
        }
        rows.passed = 0;
    }

    private void assertFewWerePassed() {
        assertTrue(rows.passed <= (long) FEW * VERSIONS, () -> rows.passed + " rows for " + VERSIONS + " removals");
        assertEquals(Optional.empty(), rows.get(KvSpace.OBJECTS, Keys.object(1, key("k"))));
        assertEquals(List.of(), rows.range(KvSpace.HISTORY, new byte[0], new byte[] {-1}, 1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theNewestFirstInOneBatch(boolean markers) {
        fill(markers);
        View view = view();
        delete(view, ids.reversed().stream().map(id -> remove("k", id)).toList());
        commit(view);
        assertFewWerePassed();
    }

    @Test
    void theNewestFirstOneByOne() {
        fill(false);
        for (VersionId id : ids.reversed()) {
            View view = view();
            delete(view, List.of(remove("k", id)));
            commit(view);
        }
        assertFewWerePassed();
    }

    /** As whoever cleans up behind deletions does: the marker goes last. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void allBehindAMarkerInOneBatch(boolean newestFirst) {
        fill(false);
        View hidden = view();
        VersionId marker = Samples.newVersion();
        delete(hidden, List.of(hide("k", marker)));
        commit(hidden);
        rows.passed = 0;
        List<Deletion> removals = new ArrayList<>();
        (newestFirst ? ids.reversed() : ids).forEach(id -> removals.add(remove("k", id)));
        removals.add(remove("k", marker));
        View view = view();
        delete(view, removals);
        commit(view);
        assertFewWerePassed();
    }

    /** What one commit remembers of what it did is right: it leaves the rows that as many commits leave. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void manyChangesInOneCommitLeaveWhatManyCommitsLeave(long seed) {
        List<String> together = lived(seed, true);
        rows.spaces.clear();
        nextOrder = 1;
        assertEquals(lived(seed, false), together);
    }

    private List<String> lived(long seed, boolean together) {
        create(Versioning.ENABLED);
        Random random = new Random(seed);
        View view = view();
        List<VersionId> made = new ArrayList<>();
        List<String> seen = new ArrayList<>();
        for (int i = 1; i <= CHANGES; i++) {
            if (!together) {
                view = view();
            }
            VersionId id = new VersionId(new Id128(seed, i));
            List<VersionId> taken = List.of();
            switch (random.nextInt(5)) {
                case 0, 1 -> put(view, Samples.object("k", id));
                case 2 -> delete(view, List.of(hide("k", id)));
                default -> {
                    List<Deletion> removals = removals(random, made);
                    delete(view, removals);
                    taken = removals.stream()
                            .map(removal -> ((Deletion.Remove) removal).version())
                            .toList();
                }
            }
            if (random.nextInt(4) == 0) {
                view.rollback();
            } else if (taken.isEmpty()) {
                made.add(id);
            } else {
                made.removeAll(taken);
            }
            seen.add("current after " + i + ": " + current(view));
            if (!together) {
                commit(view);
            }
        }
        if (together) {
            commit(view);
        }
        seen.addAll(rows.left());
        return seen;
    }

    private static Optional<Long> current(View view) {
        return view.get(KvSpace.OBJECTS, Keys.object(1, key("k"))).map(VersionRow::orderOf);
    }

    /** Some of the newest that are left, from the first or from a later one on. */
    private static List<Deletion> removals(Random random, List<VersionId> made) {
        int from = random.nextInt(3);
        return made.reversed().stream()
                .skip(from)
                .limit(1 + random.nextInt(3))
                .map(id -> remove("k", id))
                .toList();
    }
}
