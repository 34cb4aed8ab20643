package io.kintsugi.catalog;

import com.sun.management.OperatingSystemMXBean;
import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.Deletion;
import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * What the embedded catalog does on four drives of this machine, in about a minute: {@code java -cp …
 * io.kintsugi.catalog.CatalogBench folder [millions of keys]}. The folder is made, used and removed.
 */
final class CatalogBench {
    private static final int CALLERS = 64;
    private static final int PUTS = 60_000;
    private static final int FINDS = 400_000;
    private static final int DELETES = 50_000;
    private static final int BATCH = 1000;
    private static final int INLINE_BYTES = 4096;
    private static final int MILLION = 1_000_000;

    private final Catalog catalog;
    private final byte[] bytes = new byte[INLINE_BYTES];

    private CatalogBench(Catalog catalog) {
        this.catalog = catalog;
        new Random(1).nextBytes(bytes);
    }

    public static void main(String[] args) throws IOException {
        Path top = Files.createDirectories(Path.of(args[0]));
        int keys = args.length > 1 ? (int) (Double.parseDouble(args[1]) * MILLION) : MILLION;
        try (LocalCatalogs local = new LocalCatalogs(top, 4)) {
            new CatalogBench(local.catalog()).run(keys);
        } finally {
            delete(top);
        }
    }

    private static void delete(Path top) throws IOException {
        try (Stream<Path> tree = Files.walk(top)) {
            tree.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
    }

    private void run(int keys) {
        catalog.createBucket(Samples.bucket(Versioning.OFF));
        for (int round = 1; round <= 3; round++) {
            String prefix = "small/" + round + "/";
            long before = catalog.status().sequence();
            timed("puts of 4 KiB inline, " + CALLERS + " callers, round " + round, PUTS, i -> put(prefix + i));
            long commits = catalog.status().sequence() - before;
            System.out.printf(Locale.ROOT, "  %.1f puts a commit%n", (double) PUTS / commits);
        }
        timed("puts over what is there", PUTS, i -> put("small/1/" + i));
        timed("finds of the current version", FINDS, i -> find("small/3/" + i % PUTS));
        timed("finds and their inline bytes", FINDS, i -> findInline("small/3/" + i % PUTS));
        fill(keys);
        for (int round = 1; round <= 3; round++) {
            long start = System.nanoTime();
            long cpu = cpuNanos();
            long listed = list(keys);
            print("keys in pages of 1,000, round " + round, listed, System.nanoTime() - start, cpuNanos() - cpu);
        }
        prefixes();
        timed("deletes in batches of 1,000", DELETES / BATCH, this::deleteBatch, BATCH);
    }

    private void put(String key) {
        ObjectVersion version = Samples.object(key, VersionId.NULL, Samples.blob(Form.INLINE, INLINE_BYTES));
        catalog.put(version, Optional.of(bytes), WriteCondition.NONE);
    }

    private ObjectVersion find(String key) {
        return catalog.find(Samples.BUCKET, Samples.key(key), Optional.empty()).orElseThrow();
    }

    private void findInline(String key) {
        catalog.inlineAtOnce(Samples.blobOf(find(key)).id()).orWait().orElseThrow();
    }

    private void fill(int keys) {
        timed("puts of blobs in files, to fill", keys, i -> {
            String key = "many/%03d/%07d".formatted(i % 1000, i);
            catalog.put(Samples.object(key, VersionId.NULL), Optional.empty(), WriteCondition.NONE);
        });
    }

    private long list(int atMost) {
        ListQuery.Start start = new ListQuery.Beginning();
        long listed = 0;
        ListPage page;
        do {
            page = catalog.listObjects(new ListQuery(Samples.BUCKET, "many/", Optional.empty(), start, BATCH));
            listed += page.entries().size();
            ListPage.Version last = (ListPage.Version) page.entries().getLast();
            start = new ListQuery.AfterKey(last.version().key().value());
        } while (page.truncated() && listed < atMost);
        return listed;
    }

    private void prefixes() {
        timed(
                "common prefixes, one page of 1,000 each",
                50,
                i -> {
                    ListQuery query =
                            new ListQuery(Samples.BUCKET, "many/", Optional.of("/"), new ListQuery.Beginning(), BATCH);
                    catalog.listObjects(query);
                },
                BATCH);
    }

    private void deleteBatch(int batch) {
        List<Deletion> deletions = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            deletions.add(new Deletion.Remove(
                    Samples.key("small/2/" + (batch * BATCH + i)), VersionId.NULL, WriteCondition.NONE));
        }
        catalog.delete(Samples.BUCKET, deletions);
    }

    private static void timed(String what, int count, IntConsumer task) {
        timed(what, count, task, 1);
    }

    private static void timed(String what, int count, IntConsumer task, int each) {
        long start = System.nanoTime();
        long cpu = cpuNanos();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> callers = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                int first = caller;
                callers.add(threads.submit(() -> {
                    for (int i = first; i < count; i += CALLERS) {
                        task.accept(i);
                    }
                }));
            }
            for (Future<?> caller : callers) {
                caller.get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(what, e);
        }
        print(what, (long) count * each, System.nanoTime() - start, cpuNanos() - cpu);
    }

    /** Of the whole process: says what a figure is worth on a machine that has other things to do. */
    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static void print(String what, long count, long nanos, long cpu) {
        double each = cpu / 1e3 / count;
        System.out.printf(Locale.ROOT, "%-55s %,12.0f /s %10.2f us of CPU each%n", what, count * 1e9 / nanos, each);
    }
}
