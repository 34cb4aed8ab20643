package io.kintsugi.bench;

import com.sun.nio.file.ExtendedOpenOption;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.codec.Crc32c;
import io.kintsugi.codec.Digest;
import io.kintsugi.codec.ReedSolomon;
import io.kintsugi.codec.Slab;
import io.kintsugi.codec.SlabPool;
import io.kintsugi.codec.Stripe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Measures the parts of a {@link Limit}: each runs for a moment on so many threads, and says what it has used. */
final class MachineParts implements AutoCloseable {
    private static final int MIB = 1 << 20;
    private static final int FRAME = 64 << 10;
    private static final int BLOCK = 4096;
    private static final int DATA = 2;
    private static final int SHARDS = 4;
    private static final int CHUNK = MIB / DATA;
    private static final int SOCKET_BYTES = 256 << 10;
    private static final Duration WARM_UP = Duration.ofMillis(200);
    private static final Duration LONG = Duration.ofMillis(600);
    private static final Duration DISK = Duration.ofMillis(1_500);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Path dir;
    private final long shardBytes;
    private final int clients;
    private final SlabPool slabs;
    private final AtomicInteger number = new AtomicInteger();
    private final Queue<Path> written = new ConcurrentLinkedQueue<>();

    MachineParts(Path dir, long objectBytes, int clients) throws IOException {
        this.dir = dir;
        this.shardBytes = Math.ceilDiv(objectBytes / DATA, BLOCK) * (long) BLOCK;
        this.clients = clients;
        this.slabs = new SlabPool((long) (clients + 1) * 4 * MIB);
        for (int i = 0; i < SHARDS; i++) {
            Files.createDirectories(dir.resolve("drive" + i));
        }
    }

    /** A piece of work of one thread; returns the bytes of objects that it stands for. */
    private interface Step {
        long run() throws IOException;
    }

    private record Used(long bytes, long cpuNanos) {}

    private static Limit.Measured measure(Duration time, List<Step> steps) throws IOException {
        long begin = System.nanoTime();
        List<Future<Used>> futures = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(steps.size())) {
            for (Step step : steps) {
                futures.add(threads.submit(() -> repeat(step, begin + time.toNanos())));
            }
            long bytes = 0;
            long cpu = 0;
            for (Future<Used> future : futures) {
                Used used = future.get();
                bytes += used.bytes();
                cpu += used.cpuNanos();
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            return new Limit.Measured(cpu / 1e9 / bytes, bytes / seconds);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static Used repeat(Step step, long until) throws IOException {
        long cpu = THREADS.getCurrentThreadCpuTime();
        long bytes = 0;
        do {
            bytes += step.run();
        } while (System.nanoTime() < until);
        return new Used(bytes, THREADS.getCurrentThreadCpuTime() - cpu);
    }

    private static Limit.Measured warmed(List<Step> steps) throws IOException {
        measure(WARM_UP, steps);
        return measure(LONG, steps);
    }

    private static List<Step> times(int count, Step step) {
        return Collections.nCopies(count, step);
    }

    Limit.Measured md5(int streams) throws IOException {
        ByteBuffer body = random(MIB);
        return warmed(times(streams, () -> {
            Digest digest = Digest.of(ChecksumAlgorithm.MD5);
            digest.updateAll(body.duplicate());
            digest.finish();
            return MIB;
        }));
    }

    Limit.Measured codec() throws IOException {
        try (Slab slab = slabs.take(SHARDS * CHUNK, Duration.ofSeconds(1))) {
            slab.buffer().put(0, random(DATA * CHUNK), 0, DATA * CHUNK);
            ReedSolomon code = ReedSolomon.of(DATA, SHARDS - DATA);
            Stripe stripe = new Stripe(slab, 0, CHUNK, CHUNK);
            return warmed(List.of(() -> {
                Digest crc64 = Digest.of(ChecksumAlgorithm.CRC64NVME);
                crc64.update(slab, 0, DATA * CHUNK);
                code.encode(stripe);
                sumFrames(slab, SHARDS * CHUNK);
                return MIB;
            }));
        }
    }

    Limit.Measured verify() throws IOException {
        try (Slab slab = slabs.take(DATA * CHUNK, Duration.ofSeconds(1))) {
            return warmed(List.of(() -> {
                sumFrames(slab, DATA * CHUNK);
                return MIB;
            }));
        }
    }

    private static void sumFrames(Slab slab, int bytes) {
        for (int at = 0; at < bytes; at += FRAME) {
            Crc32c.of(slab, at, FRAME);
        }
    }

    /** Both ends: a byte is counted once, its processor time on both sides. */
    Limit.Measured socket() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (SocketChannel out = SocketChannel.open(server.getLocalAddress());
                    SocketChannel in = server.accept()) {
                ByteBuffer from = random(SOCKET_BYTES);
                ByteBuffer to = ByteBuffer.allocateDirect(SOCKET_BYTES);
                return measure(LONG, List.of(() -> send(out, from), () -> receive(in, to)));
            }
        }
    }

    private static long send(SocketChannel out, ByteBuffer bytes) throws IOException {
        bytes.clear();
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
        return SOCKET_BYTES;
    }

    private static long receive(SocketChannel in, ByteBuffer bytes) throws IOException {
        bytes.clear();
        while (bytes.hasRemaining() && in.read(bytes) > 0) {
            // the sender sends whole buffers
        }
        return 0;
    }

    Limit.Measured write() throws IOException {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < clients * SHARDS; i++) {
            Path drive = dir.resolve("drive" + i % SHARDS);
            ByteBuffer piece = aligned((int) Math.min(CHUNK, shardBytes));
            steps.add(() -> writeFile(drive, piece));
        }
        return measure(DISK, steps);
    }

    private long writeFile(Path drive, ByteBuffer piece) throws IOException {
        Path file = drive.resolve("file" + number.getAndIncrement());
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT)) {
            for (long done = 0; done < shardBytes; done += piece.capacity()) {
                piece.clear();
                while (piece.hasRemaining()) {
                    channel.write(piece);
                }
            }
            channel.force(false);
        }
        written.add(file);
        return shardBytes * DATA / SHARDS;
    }

    /** Of what was written: only as many bytes as objects have. */
    Limit.Measured read() throws IOException {
        List<Path> files = List.copyOf(written);
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < clients * DATA; i++) {
            ByteBuffer piece = aligned((int) Math.min(CHUNK, shardBytes));
            Random random = new Random(i);
            steps.add(() -> readFile(files.get(random.nextInt(files.size())), piece));
        }
        return measure(DISK, steps);
    }

    private static long readFile(Path file, ByteBuffer piece) throws IOException {
        long bytes = 0;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, ExtendedOpenOption.DIRECT)) {
            int count = channel.read(piece.clear());
            while (count > 0) {
                bytes += count;
                count = channel.read(piece.clear());
            }
        }
        return bytes;
    }

    private static ByteBuffer aligned(int bytes) {
        ByteBuffer memory = ByteBuffer.allocateDirect(bytes + BLOCK).alignedSlice(BLOCK);
        return memory.limit(bytes).slice().put(0, random(bytes), 0, bytes);
    }

    private static ByteBuffer random(int size) {
        byte[] bytes = new byte[size];
        new Random(1).nextBytes(bytes);
        return ByteBuffer.allocateDirect(size).put(bytes).flip();
    }

    @Override
    public void close() {
        written.forEach(file -> {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
