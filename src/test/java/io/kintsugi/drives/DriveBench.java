package io.kintsugi.drives;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Entropy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/**
 * What the drives of this machine can do through this room, in about half a minute: three drives in parallel, as a
 * write with three replicas uses them. Run: {@code java -cp … io.kintsugi.drives.DriveBench [folder]}; the folder is
 * made, used and removed.
 */
public final class DriveBench {
    private static final int DRIVES = 3;
    private static final int SUBMITTERS = 64;
    private static final int VALUE_BYTES = 4096;
    private static final int COMMITS = 60_000;
    private static final int READS = 300_000;
    private static final int SMALL_FILES = 2_000;
    private static final int SMALL_FILE_BYTES = 256 << 10;
    private static final int LARGE_FILES = 32;
    private static final int LARGE_FILE_BYTES = 32 << 20;
    private static final int CHUNK_BYTES = 512 << 10;

    private final List<LocalDrive> drives = new ArrayList<>();
    private final List<DriveFolder> folders = new ArrayList<>();
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);

    private DriveBench(Path top) throws IOException {
        byte[] noise = new byte[CHUNK_BYTES];
        new Random(1).nextBytes(noise);
        chunk.put(noise).flip();
        DriveResources resources = new DriveResources(128 << 20, 64 << 20);
        for (int i = 0; i < DRIVES; i++) {
            Path folder = Files.createDirectories(top.resolve("bench-" + i));
            folders.add(DriveFolder.in(folder).with(DriveSettings.with(resources)));
        }
    }

    public static void main(String[] arguments) throws Exception {
        Path top = arguments.length > 0 ? Path.of(arguments[0]) : Files.createTempDirectory("kintsugi-bench");
        DriveBench bench = new DriveBench(Files.createDirectories(top));
        try {
            bench.run();
        } finally {
            bench.folders.forEach(DriveFolder::close);
            if (arguments.length == 0) {
                Files.delete(top);
            }
        }
    }

    private void run() throws Exception {
        timed("format and open " + DRIVES + " drives, one after the other", DRIVES, 0, () -> {
            folders.forEach(f -> drives.add(f.format()));
        });
        if (!Boolean.getBoolean("filesOnly")) {
            rows();
        }
        files();
        timed("close", DRIVES, 0, () -> drives.forEach(Drive::close));
        drives.clear();
        timed("open again, in parallel", DRIVES, 0, () -> {
            List<CompletableFuture<LocalDrive>> opening = folders.stream()
                    .map(f -> CompletableFuture.supplyAsync(f::open))
                    .toList();
            opening.forEach(o -> drives.add(o.join()));
        });
        drives.forEach(Drive::close);
    }

    private void rows() {
        for (int round = 1; round <= 2; round++) {
            timed(
                    "4 KiB rows, synced on 3, " + SUBMITTERS + " submitters, round " + round,
                    COMMITS,
                    VALUE_BYTES,
                    () -> {
                        inParallel(COMMITS, this::commit);
                    });
        }
        System.out.println("groups of the first drive, by powers of two: "
                + drives.getFirst().stats().groupSizes());
        timed("rows read back from one drive", READS, VALUE_BYTES, () -> inParallel(READS, this::readRow));
    }

    private void files() {
        timed("files of 256 KiB, synced on 3", SMALL_FILES, SMALL_FILE_BYTES, () -> {
            inParallel(SMALL_FILES, i -> writeFile(i, SMALL_FILE_BYTES));
        });
        timed("files of 32 MiB, synced on one drive each", LARGE_FILES, LARGE_FILE_BYTES, () -> {
            inParallel(
                    LARGE_FILES,
                    i -> publish(drives.get(i % DRIVES), i, LARGE_FILE_BYTES).join());
        });
    }

    private static byte[] key(int i) {
        return ByteBuffer.allocate(16)
                .putLong(i * 0x9E3779B97F4A7C15L)
                .putLong(i)
                .array();
    }

    private void commit(int i) {
        byte[] value = new byte[VALUE_BYTES];
        chunk.get(i % 64 * VALUE_BYTES, value);
        KvBatch batch = new KvBatch().put(KvSpace.INLINE, key(i), value).put(KvSpace.OBJECTS, key(i), new byte[200]);
        allOf(drives.stream().map(d -> d.keyValue().commit(batch)).toList());
    }

    private void readRow(int i) {
        byte[] value = drives.getFirst()
                .keyValue()
                .get(KvSpace.INLINE, key(i % COMMITS))
                .join()
                .orElseThrow();
        if (value.length != VALUE_BYTES) {
            throw new IllegalStateException("row " + i + " has " + value.length + " bytes");
        }
    }

    private void writeFile(int i, int bytes) {
        allOf(drives.stream().map(d -> publish(d, i, bytes)).toList());
    }

    private CompletableFuture<Void> publish(Drive drive, int i, int bytes) {
        ShardName name = new ShardName(BlobId.next(Clock.SYSTEM, Entropy.FAST), i % 256);
        return drive.createShard(name, bytes)
                .thenCompose(sink -> append(sink, bytes).thenCompose(done -> sink.publish()));
    }

    private CompletableFuture<Void> append(ShardSink sink, int left) {
        int count = Math.min(left, CHUNK_BYTES);
        CompletableFuture<Void> appended = sink.append(chunk.slice(0, count));
        return left == count ? appended : appended.thenCompose(done -> append(sink, left - count));
    }

    private static void allOf(List<CompletableFuture<Void>> futures) {
        futures.forEach(CompletableFuture::join);
    }

    /** Each of the submitters takes every 64th number. */
    private static void inParallel(int count, IntConsumer task) {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int s = 0; s < SUBMITTERS; s++) {
                int first = s;
                running.add(executor.submit(() -> {
                    for (int i = first; i < count; i += SUBMITTERS) {
                        task.accept(i);
                    }
                }));
            }
            for (Future<?> submitter : running) {
                submitter.get();
            }
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void timed(String what, int count, int bytes, Runnable task) {
        long start = System.nanoTime();
        double cpu = cpuSeconds();
        task.run();
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "%-60s %8.3f s %10.0f /s %8.1f MB/s %6.2f s of CPU%n",
                what, seconds, count / seconds, count / 1e6 * bytes / seconds, cpuSeconds() - cpu);
    }

    private static double cpuSeconds() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
    }
}
