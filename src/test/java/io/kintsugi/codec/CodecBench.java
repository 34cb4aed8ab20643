package io.kintsugi.codec;

import io.kintsugi.base.ChecksumAlgorithm;
import java.time.Duration;
import java.util.Locale;
import java.util.Random;

/**
 * Prints how fast each kernel is on each path of this machine, on one thread and memory in cache: GB (10^9 bytes) of
 * data a second. Not a test. Takes about 15 s:
 *
 * <p>{@code java --enable-native-access=ALL-UNNAMED -cp ... io.kintsugi.codec.CodecBench [milliseconds a line]}
 */
final class CodecBench {
    private static final int[] SIZES = {4096, 65_536, 1 << 20};

    private final long nanosEach;
    private final SlabPool pool = new SlabPool(64 << 20);
    private long sink;

    private CodecBench(long nanosEach) {
        this.nanosEach = nanosEach;
    }

    public static void main(String[] args) {
        CodecBench bench = new CodecBench((args.length > 0 ? Long.parseLong(args[0]) : 150) * 1_000_000);
        System.out.println(CodecInfo.current().summary());
        bench.codes();
        bench.crc32c();
        bench.digests();
        System.out.println("(" + bench.sink + ")");
    }

    private void codes() {
        for (int[] code : new int[][] {{2, 1}, {4, 2}, {8, 4}, {12, 4}, {16, 4}}) {
            int length = (1 << 20) / code[0];
            int stride = (length + 63) & -64;
            for (CodecPath path : Kernel.REED_SOLOMON.paths()) {
                ReedSolomon rs = new ReedSolomon(code[0], code[1], path);
                String name = "reed-solomon " + code[0] + "+" + code[1] + " ";
                try (Slab slab = filled(stride * (code[0] + code[1]))) {
                    Stripe stripe = new Stripe(slab, 0, stride, length);
                    measure(name + "encode", path, length * code[0], () -> rs.encode(stripe));
                    ShardSet lost = ShardSet.first(Math.min(2, code[1]));
                    ShardSet present = ShardSet.first(code[0] + code[1]).minus(lost);
                    measure(name + "mend " + lost, path, length * code[0], () -> rs.reconstruct(stripe, present, lost));
                }
            }
        }
    }

    private void crc32c() {
        for (CodecPath path : Kernel.CRC32C.paths()) {
            for (int size : SIZES) {
                try (Slab slab = filled(size)) {
                    measure("Crc32c.of " + size, path, size, () -> sink += Crc32c.of(path, slab, 0, size));
                }
            }
        }
    }

    private void digests() {
        for (ChecksumAlgorithm a : ChecksumAlgorithm.values()) {
            for (CodecPath path : Digest.kernel(a).paths()) {
                try (Slab slab = filled(65_536)) {
                    Digest d = Digest.of(a, path);
                    measure("digest " + a, path, 65_536, () -> d.update(slab, 0, 65_536));
                    sink += d.finish()[0];
                }
            }
        }
    }

    private void measure(String what, CodecPath path, int bytes, Runnable work) {
        long rounds = 0;
        run(work, nanosEach / 2);
        long begin = System.nanoTime();
        rounds = run(work, nanosEach);
        double nanos = System.nanoTime() - begin;
        System.out.printf(
                Locale.ROOT,
                "%-32s %-16s %8.2f GB/s %10.0f ns%n",
                what,
                path.title(),
                rounds * (double) bytes / nanos,
                nanos / rounds);
    }

    private static long run(Runnable work, long nanos) {
        long end = System.nanoTime() + nanos;
        long rounds = 0;
        do {
            work.run();
            rounds++;
        } while (System.nanoTime() < end);
        return rounds;
    }

    private Slab filled(int bytes) {
        Slab slab = pool.take(bytes, Duration.ZERO);
        byte[] noise = new byte[slab.capacity()];
        new Random(bytes).nextBytes(noise);
        slab.buffer().put(noise);
        return slab;
    }
}
