package io.kintsugi.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kintsugi.base.ChecksumAlgorithm;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/** Many bodies through the lanes at a time, against the JDK's MD5 of each. */
class Md5LanesTest {
    private static final int BODIES = 40;
    private static final int UPDATES = 6;

    @BeforeEach
    void kernels() {
        assumeTrue(Kernels.AVAILABLE, Kernels.REASON);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "JAVA")
    void everyBodyGetsItsOwnDigestOnEveryPath(CodecPath path) throws Exception {
        assumeTrue(Kernel.MD5_LANES.paths().contains(path), "this CPU has no " + path);
        for (int leaders = 1; leaders <= 3; leaders++) {
            compareAll(new Md5Lanes(path, leaders));
        }
    }

    private static void compareAll(Md5Lanes lanes) throws Exception {
        List<Callable<Void>> bodies = new ArrayList<>();
        for (int i = 0; i < BODIES; i++) {
            long seed = i;
            bodies.add(() -> compare(lanes, new Random(seed)));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Void> body : threads.invokeAll(bodies)) {
                body.get();
            }
        }
    }

    /** Lengths from nothing to several steps, at any place in memory, so that bodies meet in the middle of a block. */
    private static Void compare(Md5Lanes lanes, Random random) throws NoSuchAlgorithmException {
        byte[] context = new byte[Kernels.CONTEXT_BYTES];
        Kernels.digestBegin(Kernel.MD5.ordinal(), context);
        MessageDigest expected = MessageDigest.getInstance("MD5");
        long seen = 0;
        for (int update = 0; update < UPDATES; update++) {
            ByteBuffer[] pieces = pieces(random);
            lanes.update(context, seen, pieces);
            for (ByteBuffer piece : pieces) {
                seen += piece.remaining();
                expected.update(piece);
            }
        }
        byte[] value = new byte[ChecksumAlgorithm.MD5.length()];
        Kernels.digestFinish(Kernel.MD5.ordinal(), Kernel.MD5.best().ordinal(), context, value);
        assertArrayEquals(expected.digest(), value);
        return null;
    }

    private static ByteBuffer[] pieces(Random random) {
        ByteBuffer[] pieces = new ByteBuffer[random.nextInt(5)];
        for (int i = 0; i < pieces.length; i++) {
            int length = random.nextBoolean() ? random.nextInt(200) : random.nextInt(200_000);
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            int offset = random.nextInt(70);
            pieces[i] = ByteBuffer.allocateDirect(offset + length)
                    .position(offset)
                    .put(bytes)
                    .flip()
                    .position(offset);
        }
        return pieces;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 65, 127, 128, 1_000})
    void shortBodiesAloneAreRightToo(int length) throws NoSuchAlgorithmException {
        Digest digest = Digest.of(ChecksumAlgorithm.MD5);
        ByteBuffer bytes = ByteBuffer.allocateDirect(length);
        digest.updateAll(bytes, bytes);
        MessageDigest expected = MessageDigest.getInstance("MD5");
        expected.update(new byte[2 * length]);
        assertArrayEquals(expected.digest(), digest.finish());
    }

    @Test
    void aDigestGoesOnAfterItsLanes() throws NoSuchAlgorithmException {
        MessageDigest expected = MessageDigest.getInstance("MD5");
        Digest digest = Digest.of(ChecksumAlgorithm.MD5);
        ByteBuffer large = ByteBuffer.allocateDirect((int) Md5Lanes.WORTH_BYTES + 17);
        byte[] small = {1, 2, 3};
        for (int i = 0; i < 3; i++) {
            digest.update(small, 0, small.length);
            digest.updateAll(large, ByteBuffer.wrap(small).asReadOnlyBuffer());
            digest.updateAll(large);
            expected.update(small);
            expected.update(new byte[large.capacity()]);
            expected.update(small);
            expected.update(new byte[large.capacity()]);
        }
        assertArrayEquals(expected.digest(), digest.finish());
    }

    /** A thread that fails must not leave those behind that it was to compute for. */
    @Test
    void whoFailsHoldsNobody() throws Exception {
        Md5Lanes lanes = new Md5Lanes(CodecPath.SCALAR, 1);
        ByteBuffer[] broken = {ByteBuffer.allocateDirect(1 << 20), null};
        int failures = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> bodies = new ArrayList<>();
            for (int i = 0; i < BODIES; i++) {
                long seed = i;
                bodies.add(threads.submit(() -> {
                    if (seed % 8 == 1) {
                        lanes.update(new byte[Kernels.CONTEXT_BYTES], 0, broken);
                    }
                    return compare(lanes, new Random(seed));
                }));
            }
            for (Future<?> body : bodies) {
                failures += hasFailed(body) ? 1 : 0;
            }
        }
        assertTrue(failures >= BODIES / 8, "those who had no bytes");
        compareAll(lanes);
    }

    private static boolean hasFailed(Future<?> body) throws InterruptedException {
        try {
            body.get();
            return false;
        } catch (ExecutionException e) {
            // its own bytes were missing, or those of one beside it
            assertFalse(e.getCause() instanceof AssertionError, () -> "wrong digest: " + e.getCause());
            return true;
        }
    }
}
