package io.kintsugi.shards;

import com.sun.management.OperatingSystemMXBean;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ByteRange;
import io.kintsugi.base.ByteSource;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Entropy;
import io.kintsugi.cluster.DriveFolders;
import io.kintsugi.cluster.LocalTopology;
import io.kintsugi.codec.CodecInfo;
import io.kintsugi.codec.Digest;
import io.kintsugi.codec.SlabPool;
import io.kintsugi.drives.DriveResources;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * How fast blobs are written and read on this machine's disk: {@code BlobBench [folder [MiB a blob [blobs
 * [streams]]]]}. Bounded by what the arguments say; removes what it wrote. Ratios within one run mean something,
 * figures of different machines do not.
 */
public final class BlobBench {
    private final ErasureBlobStore store;
    private final byte[] content;
    private final int blobs;
    private final int streams;

    private BlobBench(ErasureBlobStore store, byte[] content, int blobs, int streams) {
        this.store = store;
        this.content = content;
        this.blobs = blobs;
        this.streams = streams;
    }

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(args.length > 0 ? args[0] : "target"), "bench");
        long bytes = (long) ((args.length > 1 ? Double.parseDouble(args[1]) : 64) * (1 << 20));
        int blobs = args.length > 2 ? Integer.parseInt(args[2]) : 16;
        int streams = args.length > 3 ? Integer.parseInt(args[3]) : 1;
        List<Path> paths = DriveFolders.in(folder, 4);
        System.out.println(CodecInfo.current());
        try (DriveResources resources = new DriveResources(64 << 20, 64 << 20);
                LocalTopology topology = DriveFolders.open(paths, resources)) {
            ErasureBlobStore store = new ErasureBlobStore(
                    new ErasureBlobStore.Parts(
                            topology, new SlabPool(256 << 20), Clock.SYSTEM, Entropy.FAST, BlobTimes.DEFAULT),
                    (blob, spare) -> System.out.println("wants healing: " + blob.id() + " spare " + spare));
            byte[] content = new byte[(int) bytes];
            new Random(1).nextBytes(content);
            new BlobBench(store, content, blobs, streams).run();
            System.out.println(store.statistics());
        } finally {
            delete(folder);
        }
    }

    private void run() throws InterruptedException {
        for (int round = 0; round < 3; round++) {
            List<BlobRef> plain =
                    timed("write", blob -> store.write(BlobHarness.ORIGIN, BlobNote.NONE, length(), source(), b -> {}));
            plain.forEach(store::discard);
            List<BlobRef> written = timed("write, MD5", blob -> {
                Digest md5 = Digest.of(ChecksumAlgorithm.MD5);
                BlobRef ref = store.write(BlobHarness.ORIGIN, BlobNote.NONE, length(), source(), md5::updateAll);
                md5.finish();
                return ref;
            });
            LongAdder read = new LongAdder();
            timed("read", i -> {
                BlobRef blob = written.get(i);
                store.read(blob, new ByteRange(0, blob.size()), (piece, release) -> {
                    read.add(piece.remaining());
                    release.run();
                });
                return blob;
            });
            written.forEach(store::discard);
        }
    }

    private OptionalLong length() {
        return OptionalLong.of(content.length);
    }

    private ByteSource source() {
        return ByteSource.of(ByteBuffer.wrap(content));
    }

    private interface Work {
        BlobRef on(int blob);
    }

    private List<BlobRef> timed(String what, Work work) throws InterruptedException {
        BlobRef[] done = new BlobRef[blobs];
        List<Thread> threads = new ArrayList<>();
        long cpuStart = cpuNanos();
        long start = System.nanoTime();
        for (int s = 0; s < streams; s++) {
            int stream = s;
            threads.add(Thread.startVirtualThread(() -> {
                for (int i = stream; i < blobs; i += streams) {
                    done[i] = work.on(i);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        double cpu = (cpuNanos() - cpuStart) / 1e9;
        double gigabytes = (double) content.length * blobs / 1e9;
        System.out.printf(
                "%-12s %8.2f GB/s %10.0f blobs/s %8.2f CPU s/GB %8.0f CPU us/blob%n",
                what, gigabytes / seconds, blobs / seconds, cpu / gigabytes, cpu * 1e6 / blobs);
        return List.of(done);
    }

    /** Of the whole process: says more than the clock on a machine that has other things to do. */
    private static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            tree.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
    }
}
