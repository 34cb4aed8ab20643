package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.StoreException;
import io.kintsugi.crash.CrashStates;
import io.kintsugi.crash.CrashStates.Effort;
import io.kintsugi.crash.CrashStates.Result;
import io.kintsugi.crash.Marks;
import io.kintsugi.crash.Preload;
import io.kintsugi.crash.Recording;
import io.kintsugi.crash.Trace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A whole store without a wire: whatever a crash leaves on its drives, each of which loses what it loses by itself, it
 * starts, and every object is as its last acknowledged request has left it, or as the one under way was to.
 */
@Timeout(7200)
class StoreCrashTest {
    private static final int STEPS = 16;

    @TempDir
    Path top;

    private Recording recording;

    private void prepare(int drives) throws Exception {
        Optional<Path> library = Preload.library("recorder", top);
        assumeTrue(library.isPresent(), "no C compiler");
        List<String> folders =
                IntStream.rangeClosed(1, drives).mapToObj(i -> "drive" + i).toList();
        recording = new Recording(library.get(), top, folders);
    }

    private Trace record(int drives) throws Exception {
        prepare(drives);
        String half = Integer.toString(STEPS / 2);
        String count = Integer.toString(drives);
        recording.run(CrashWorkload.class, recording.root(), "0", half, count, "halt");
        recording.run(CrashWorkload.class, recording.root(), half, Integer.toString(STEPS), count);
        return recording.trace();
    }

    /** Four folders until they are drives; some of these are opened meanwhile. */
    private Trace recordFirstStart() throws Exception {
        prepare(4);
        recording.run(CrashWorkload.class, recording.root(), "0", "0", "4", "halt");
        return recording
                .trace()
                .untilRenamed(Pattern.compile(".*/kintsugi\\.json").asMatchPredicate(), 4);
    }

    private Result walk(Trace trace, Effort effort) throws Exception {
        Path work = CrashStates.newWork();
        try {
            int drives = recording.folders().size();
            CrashStates states =
                    new CrashStates(recording.folders(), work, effort, (root, heard) -> check(root, drives, heard));
            Result result = states.walk(trace, recording.root());
            System.err.println("Crash states of a store of " + drives + " drives: "
                    + trace.entries().size() + " entries, " + result);
            return result;
        } finally {
            CrashStates.delete(work);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void everyStateStartsAndHoldsWhatWasAcknowledged(int drives) throws Exception {
        Result result = walk(record(drives), Effort.of(25, 1));
        result.failure().ifPresent(failure -> {
            throw failure;
        });
        assertTrue(result.states() > result.points(), result.toString());
    }

    @Test
    void aFirstStartThatIsCutOffIsFinishedByTheNextOne() throws Exception {
        Result result = walk(recordFirstStart(), Effort.of(40, 1));
        result.failure().ifPresent(failure -> {
            throw failure;
        });
        assertTrue(result.states() > result.points(), result.toString());
    }

    @Test
    void aFirstStartThatNeverSyncsTheNamesInItsFoldersIsNoticed() throws Exception {
        Predicate<String> folders = Pattern.compile(".*/drive\\d").asMatchPredicate();
        Result result = walk(recordFirstStart().withoutSyncs(folders), new Effort(20, 6, 42));
        assertTrue(result.failure().isPresent(), "nobody noticed that no folder was synced");
    }

    @Test
    void aStoreThatNeverSyncsItsLogsIsNoticed() throws Exception {
        Predicate<String> logs = Pattern.compile(".*/kv/.*\\.log").asMatchPredicate();
        Result result = walk(record(4).withoutSyncs(logs), new Effort(40, 1, 42));
        assertTrue(result.failure().isPresent(), "nobody noticed that no log was synced");
    }

    private static void check(Path root, int drives, Marks.Heard heard) {
        try (LocalStore store = new LocalStore(root, drives, CrashPlan.SETTINGS)) {
            if (heard.done(CrashWorkload.FOUNDING) == 0) {
                return;
            }
            Set<String> found = new TreeSet<>();
            expected(heard).forEach((key, allowed) -> {
                Optional<byte[]> content = read(store, key);
                boolean right = allowed.stream()
                        .anyMatch(one -> one.isPresent() == content.isPresent()
                                && (one.isEmpty() || Arrays.equals(one.get(), content.get())));
                assertTrue(
                        right,
                        key + " has " + content.map(c -> c.length) + " bytes, not one of "
                                + allowed.stream()
                                        .map(one -> one.map(c -> c.length))
                                        .toList());
                content.ifPresent(c -> found.add(key));
            });
            assertEquals(found, listed(store));
            byte[] more = TestBody.bytes(30_000, 1);
            store.put("after", more);
            assertArrayEquals(more, store.get("after"));
        }
    }

    /** By key what it may hold: after the last acknowledged step, and after the one under way. */
    private static Map<String, List<Optional<byte[]>>> expected(Marks.Heard heard) {
        Map<String, List<Optional<byte[]>>> expected = new TreeMap<>();
        for (int client = 0; client < CrashPlan.CLIENTS; client++) {
            for (int i = 0; i < heard.begun(client); i++) {
                List<Optional<byte[]>> values = expected.computeIfAbsent(
                        CrashPlan.step(client, i).key(), key -> new ArrayList<>(List.of(Optional.empty())));
                if (i < heard.done(client)) {
                    values.clear();
                }
                values.add(CrashPlan.content(client, i));
            }
        }
        return expected;
    }

    private static Optional<byte[]> read(LocalStore store, String key) {
        try {
            return Optional.of(store.get(key));
        } catch (StoreException.NotFound e) {
            return Optional.empty();
        }
    }

    private static Set<String> listed(LocalStore store) {
        Set<String> keys = new TreeSet<>();
        ListPage page = store.objects.listObjects(
                new ListQuery(LocalStore.BUCKET, "", Optional.empty(), new ListQuery.Beginning(), 1000));
        page.entries()
                .forEach(entry ->
                        keys.add(((ListPage.Version) entry).version().key().toString()));
        return keys;
    }
}
