package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.ByteSink;
import io.kintsugi.base.PieceSource;
import io.kintsugi.base.StoreException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that the event loop writes from a source that never waits, through the real server. */
class LoopDrainTest {
    private static final int PIECE = 30_000;
    private static final Duration SHORT = Duration.ofMillis(300);

    /** The bytes of an answer, which tell where they belong. */
    private static final class Numbers implements PieceSource {
        private final long length;
        private final int piecesAtOnce;
        private final long failsAt;
        private final AtomicInteger lent = new AtomicInteger();
        private final AtomicInteger onLoop = new AtomicInteger();
        private final AtomicBoolean over = new AtomicBoolean();
        private final AtomicBoolean askedLate = new AtomicBoolean();
        private long position;
        private int pieces;

        Numbers(long length, int piecesAtOnce, long failsAt) {
            this.length = length;
            this.piecesAtOnce = piecesAtOnce;
            this.failsAt = failsAt;
        }

        @Override
        public Optional<Pieces> next() {
            askedLate.compareAndSet(false, over.get());
            if (position >= failsAt) {
                throw new StoreException.Unavailable(StoreException.Unavailable.Kind.QUORUM, "the test's drives");
            }
            if (position == length || pieces == piecesAtOnce) {
                pieces = 0;
                return Optional.empty();
            }
            pieces++;
            onLoop.addAndGet(Thread.currentThread().isVirtual() ? 0 : 1);
            return Optional.of(take());
        }

        /** In one piece and a half, so that pieces are of several lengths. */
        Pieces take() {
            lent.incrementAndGet();
            List<ByteBuffer> bytes = List.of(piece(PIECE), piece(PIECE / 2));
            return new Pieces(bytes.stream().filter(ByteBuffer::hasRemaining).toList(), lent::decrementAndGet);
        }

        private ByteBuffer piece(int most) {
            ByteBuffer bytes = ByteBuffer.allocateDirect((int) Math.min(most, length - position));
            while (bytes.hasRemaining()) {
                bytes.put(at(position++));
            }
            return bytes.flip();
        }

        static byte at(long position) {
            return (byte) (position * 31 >> 5);
        }
    }

    private static WireFixture answering(Numbers numbers, S3Limits limits) throws IOException {
        return new WireFixture(limits, new S3Handlers(Map.of(S3Operation.GET_OBJECT, exchange -> {
            ByteSink sink = exchange.stream(
                    S3Response.ok(), Long.parseLong(exchange.request().key().value()));
            try {
                while (numbers.position < numbers.length) {
                    sink.drain(numbers);
                    if (numbers.position < numbers.length) {
                        PieceSource.Pieces one = numbers.take();
                        sink.writeAll(one.bytes(), one.release());
                    }
                }
            } finally {
                numbers.over.set(true);
            }
        })));
    }

    private static void get(WireFixture wire, RawClient client, long length) throws IOException {
        client.head("GET", "/b/" + length, wire.signed("GET", "/b/" + length, Map.of()));
    }

    private static void awaitEnd(WireFixture wire, Numbers numbers) throws InterruptedException {
        wire.awaitInFlight(0);
        while (numbers.lent.get() != 0) {
            Thread.sleep(1);
        }
        assertFalse(numbers.askedLate.get(), "the source was asked when its owner had closed it");
    }

    /** Also when there is nothing at once now and then, and the request's own thread writes between. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, Integer.MAX_VALUE})
    void allBytesComeInOrder(int piecesAtOnce) throws Exception {
        long length = 20_000_001;
        Numbers numbers = new Numbers(length, piecesAtOnce, Long.MAX_VALUE);
        try (WireFixture wire = answering(numbers, S3Limits.DEFAULT);
                RawClient client = wire.client()) {
            get(wire, client, length);
            byte[] body = client.receive().body();
            assertEquals(length, body.length);
            for (int i = 0; i < length; i++) {
                if (body[i] != Numbers.at(i)) {
                    assertEquals(Numbers.at(i), body[i], "at " + i);
                }
            }
            awaitEnd(wire, numbers);
            assertEquals(
                    1,
                    wire.server.counted().requests().get(S3Operation.GET_OBJECT).success());
            assertTrue(numbers.onLoop.get() > 0 || piecesAtOnce == 1, "the event loop was never asked to write");
        }
    }

    @Test
    void whatTheSourceThrowsEndsTheRequest() throws Exception {
        Numbers numbers = new Numbers(2_000_000, Integer.MAX_VALUE, 1_000_000);
        try (WireFixture wire = answering(numbers, S3Limits.DEFAULT);
                RawClient client = wire.client()) {
            get(wire, client, numbers.length);
            assertThrows(EOFException.class, client::receive);
            awaitEnd(wire, numbers);
        }
    }

    @Test
    void moreBytesThanWerePromisedAreNotSent() throws Exception {
        Numbers numbers = new Numbers(2_000_000, Integer.MAX_VALUE, Long.MAX_VALUE);
        try (WireFixture wire = answering(numbers, S3Limits.DEFAULT);
                RawClient client = wire.client()) {
            get(wire, client, numbers.length - 1);
            assertThrows(EOFException.class, client::receive);
            awaitEnd(wire, numbers);
        }
    }

    /** At once, and not when its time is up. */
    @Test
    void aReaderThatWentAwayLeavesNothingBehind() throws Exception {
        Numbers numbers = new Numbers(500_000_000, Integer.MAX_VALUE, Long.MAX_VALUE);
        try (WireFixture wire = answering(numbers, S3Limits.DEFAULT)) {
            try (RawClient client = wire.client()) {
                get(wire, client, numbers.length);
                wire.awaitInFlight(1);
            }
            awaitEnd(wire, numbers);
            assertTrue(numbers.position < numbers.length);
        }
    }

    @Test
    void aReaderThatReadsNothingIsCutOff() throws Exception {
        Numbers numbers = new Numbers(500_000_000, Integer.MAX_VALUE, Long.MAX_VALUE);
        try (WireFixture wire = answering(numbers, S3Limits.DEFAULT.withResponseStall(SHORT));
                RawClient client = wire.client()) {
            get(wire, client, numbers.length);
            wire.awaitBegun(1);
            awaitEnd(wire, numbers);
            assertThrows(IOException.class, client::receive);
            assertTrue(numbers.position < numbers.length);
        }
    }

    /** Who shares the event loop with a long answer has its turn: this one has no end while the others are served. */
    @Test
    @Timeout(300)
    void othersAreServedMeanwhile() throws Exception {
        Numbers numbers = new Numbers(1L << 50, Integer.MAX_VALUE, Long.MAX_VALUE);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicBoolean wanted = new AtomicBoolean(true);
        AtomicLong read = new AtomicLong();
        try (WireFixture wire = answering(numbers, S3Limits.DEFAULT)) {
            try (RawClient slow = wire.client()) {
                get(wire, slow, numbers.length);
                Thread reader = Thread.ofPlatform().daemon().start(() -> {
                    try {
                        slow.forget(wanted::get, read::addAndGet);
                    } catch (Throwable e) {
                        failure.set(e);
                    }
                });
                awaitMoreThan(PIECE, read, reader);
                for (int i = 0; i < 5; i++) {
                    try (RawClient other = wire.client()) {
                        other.head("GET", "/b", wire.signed("GET", "/b", Map.of()));
                        assertEquals(501, other.receive().status());
                    }
                }
                awaitMoreThan(read.get(), read, reader);
                wanted.set(false);
                reader.join();
            }
            assertEquals(null, failure.get());
            awaitEnd(wire, numbers);
        }
    }

    private static void awaitMoreThan(long bytes, AtomicLong read, Thread reader) throws InterruptedException {
        while (read.get() <= bytes && reader.isAlive()) {
            Thread.sleep(1);
        }
    }
}
