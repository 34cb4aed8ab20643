package io.kintsugi.shards;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ByteSink;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.codec.ReedSolomon;
import io.kintsugi.codec.ShardSet;
import io.kintsugi.shards.StripeImage.Shape;
import io.kintsugi.shards.StripeImage.Span;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A stripe, or the part of it that a range needs, on its way from the drives. {@link #start} asks for the frames of the
 * data shards that hold the range. {@link #finish} waits for them and verifies them; when one is missing, wrong or
 * late, it asks for as many others as it takes to decode, and takes whatever is there first. {@link #emit} hands the
 * range to the sink. {@link #close} gives the memory up.
 *
 * <p>Memory: the data shards are read into an image of k rows. Once parity is needed there is a second one of k + m
 * rows, where shards are gathered and decoded: never in a row that a late drive may still write to, since what it
 * writes was not verified.
 *
 * <p>One thread; the drives' threads only report that a read has ended.
 */
final class StripeRead implements AutoCloseable {
    /** Frames that the sink is given together: each time costs it a change of threads and a call of the kernel. */
    private static final int PIECES_AT_ONCE = 4;

    private static final int CACHED_FRAMES = 4;

    private enum State {
        IDLE,
        READING,
        GOOD,
        FAILED
    }

    /** A read of some frames of one shard. */
    private record Read(int index, long nanos, int bytes, Throwable error) {}

    /** What one read of a blob needs to know in each stripe. */
    record Part(long stripe, int from, int to) {}

    private final BlobContext context;
    private final BlobShards shards;
    private final Part part;
    private final Shape shape;
    private final int dataShards;
    private final int totalShards;
    /** What the range needs of each data shard; null when nothing. */
    private final Span[] needed;

    private final State[] states;
    private final Span[] spans;
    private final StripeImage[] homes;
    private final long[] started;
    private final List<CompletableFuture<?>> reads;
    private final List<StripeImage> images = new ArrayList<>();
    private final BlockingQueue<Read> ended = new LinkedBlockingQueue<>();
    private final StripeImage narrow;
    /** Of k + m rows; null until it is needed. */
    private StripeImage wide;

    private StripeImage result;
    private final boolean degraded;

    /** Takes memory, at most for {@code memoryWait}. */
    StripeRead(BlobContext context, BlobShards shards, Part part, Duration memoryWait) {
        this.context = context;
        this.shards = shards;
        this.part = part;
        this.dataShards = shards.blob().code().dataShards();
        this.totalShards = shards.blob().code().totalShards();
        this.needed = new Span[dataShards];
        this.states = new State[totalShards];
        this.spans = new Span[totalShards];
        this.homes = new StripeImage[totalShards];
        this.started = new long[totalShards];
        this.reads = new ArrayList<>(Collections.nCopies(totalShards, null));
        Arrays.fill(states, State.IDLE);
        int chunk = shards.layout().chunkBytes(part.stripe());
        this.shape = shape(Shape.ofFrames(chunk, need(chunk)));
        this.degraded = !allAsExpected();
        this.narrow = kept(context.image(shape, degraded ? totalShards : dataShards, memoryWait));
        this.wide = degraded ? narrow : null;
    }

    /** Much, or all that a chunk has, is read in whole blocks; a little of it through the page cache, also at first. */
    private Shape shape(Shape frames) {
        Span span = frames.span();
        boolean much = span.end() - span.first() > CACHED_FRAMES || frames.equals(Shape.ofChunk(frames.chunkBytes()));
        return much && shards.blob().form() == BlobRef.Form.FILES
                ? frames.inBlocks(
                        ShardFormat.FILE_HEADER_BYTES + shards.layout().framePosition(part.stripe(), span.first()), 0)
                : frames;
    }

    private boolean allAsExpected() {
        for (int i = 0; i < dataShards; i++) {
            if (needed[i] != null && !expected(i)) {
                return false;
            }
        }
        return true;
    }

    private boolean expected(int index) {
        return shards.alive(index) && !shards.doubtful(index);
    }

    private StripeImage kept(StripeImage image) {
        images.add(image);
        return image;
    }

    /** Fills {@link #needed}, and returns the frames that decoding takes. */
    private Span need(int chunk) {
        Span all = null;
        for (int i = part.from() / chunk; i <= (part.to() - 1) / chunk; i++) {
            int first = Math.max(part.from() - i * chunk, 0) / ShardFormat.FRAME_BYTES;
            int last = (Math.min(part.to() - i * chunk, chunk) - 1) / ShardFormat.FRAME_BYTES;
            needed[i] = new Span(first, last + 1);
            all = all == null ? needed[i] : all.union(needed[i]);
        }
        return all;
    }

    /** Where in the blob the range ends. */
    long end() {
        return part.stripe() * shards.layout().stripeBytes() + part.to();
    }

    void start() {
        for (int i = 0; i < dataShards; i++) {
            if (needed[i] != null && expected(i)) {
                issue(i, degraded ? shape.span() : needed[i], narrow);
            }
        }
        if (degraded) {
            askMore();
        }
    }

    /**
     * Waits until the range is there, verified.
     *
     * @throws Unavailable when too few shards can be read, or not in time
     */
    void finish() {
        long deadline = System.nanoTime() + context.times().read().toNanos();
        if (anyLate() || Arrays.asList(states).contains(State.FAILED)) {
            askMore();
        }
        while (!complete()) {
            if (!anyReading()) {
                requireMore();
                continue;
            }
            Read read = poll(deadline);
            if (read != null) {
                take(read);
            } else if (System.nanoTime() >= deadline) {
                throw new Unavailable(Unavailable.Kind.TIMEOUT, "The drives did not answer in time; try again");
            } else {
                hedge();
            }
        }
        context.counters().stripesRead.increment();
        result = allNeededGood() ? gathered() : decoded();
    }

    /** Whether all that the range needs is there, verified. */
    boolean isReady() {
        return allNeededGood();
    }

    /** Hands the range to the sink; after {@link #finish}. */
    void emit(ByteSink sink) {
        SharedSlab memory = result.memory();
        int position = part.from();
        while (position < part.to()) {
            List<ByteBuffer> pieces = new ArrayList<>(PIECES_AT_ONCE);
            position = result.pieces(position, part.to(), (offset, length) -> {
                if (pieces.size() == PIECES_AT_ONCE) {
                    return false;
                }
                pieces.add(memory.slab().slice(offset, length));
                return true;
            });
            memory.retain();
            sink.writeAll(pieces, memory::release);
        }
        context.counters().bytesRead.add(part.to() - part.from());
    }

    @Override
    public void close() {
        images.forEach(image -> image.memory().release());
    }

    private void issue(int index, Span span, StripeImage home) {
        states[index] = State.READING;
        spans[index] = span;
        homes[index] = home;
        started[index] = System.nanoTime();
        boolean row = span.equals(shape.span());
        long position = shards.layout().framePosition(part.stripe(), span.first()) - (row ? shape.head() : 0);
        ByteBuffer target = row ? home.row(index) : home.frames(index, span);
        int bytes = target.remaining();
        CompletableFuture<BlobShards.OpenShard> opening = shards.open(index);
        int already = readAtOnce(opening, position, target);
        if (already == bytes) {
            context.counters().shardBytesRead.add(bytes);
            verify(index);
            return;
        }
        long begin = started[index];
        home.memory().retain();
        CompletableFuture<Integer> read =
                opening.thenCompose(open -> open.source().read(open.framesAt() + position + already, target));
        reads.set(index, read);
        read.whenComplete((count, error) -> {
            home.memory().release();
            boolean cut = error == null && count != bytes - already;
            Throwable wrong = cut ? ShardFormatException.corrupt("it is cut off") : error;
            ended.add(new Read(index, System.nanoTime() - begin, bytes, wrong));
        });
    }

    /** What is there without waiting says nothing of how fast the drive is, and is not counted as a read of it. */
    private static int readAtOnce(CompletableFuture<BlobShards.OpenShard> opening, long position, ByteBuffer target) {
        if (!opening.isDone() || opening.isCompletedExceptionally()) {
            return 0;
        }
        BlobShards.OpenShard open = opening.join();
        return open.source().readAtOnce(open.framesAt() + position, target);
    }

    private Read poll(long deadline) {
        Read read = ended.poll();
        if (read != null) {
            return read;
        }
        long now = System.nanoTime();
        long wait = Math.min(deadline, hedgeAt()) - now;
        try {
            return ended.poll(Math.max(0, wait), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable(Unavailable.Kind.STOPPING, "The read was interrupted: the server is stopping", e);
        }
    }

    /** When the first read that is not known to be late becomes so. */
    private long hedgeAt() {
        long at = Long.MAX_VALUE;
        for (int i = 0; i < totalShards; i++) {
            if (states[i] == State.READING && !shards.doubtful(i)) {
                at = Math.min(
                        at, started[i] + shards.tempo(i).hedge(context.times()).toNanos());
            }
        }
        return at;
    }

    private void take(Read read) {
        int index = read.index();
        if (read.error() != null) {
            states[index] = State.FAILED;
            shards.failed(index, read.error());
        } else {
            shards.tempo(index).readTook(read.nanos());
            context.counters().shardBytesRead.add(read.bytes());
            context.counters().shardReads.increment();
            context.counters().shardReadNanos.add(read.nanos());
            verify(index);
        }
        if (states[index] == State.FAILED) {
            askMore();
        }
    }

    private void verify(int index) {
        int binding = ShardFormat.binding(shards.name(index));
        long firstFrame = shards.layout().firstFrame(part.stripe());
        if (homes[index].verify(index, spans[index], binding, firstFrame)) {
            states[index] = State.GOOD;
        } else {
            states[index] = State.FAILED;
            shards.wrong(index, "frames of stripe " + part.stripe() + " do not match their checksums");
        }
    }

    /** Those that are late now are not counted on any more. */
    private void hedge() {
        long now = System.nanoTime();
        int late = 0;
        for (int i = 0; i < totalShards; i++) {
            if (states[i] == State.READING
                    && !shards.doubtful(i)
                    && now - started[i]
                            >= shards.tempo(i).hedge(context.times()).toNanos()) {
                shards.late(i, reads.get(i));
                late++;
            }
        }
        if (late > 0) {
            context.counters().hedges.increment();
            askMore();
        }
    }

    /**
     * Asks for more shards until k are there or on their way and expected in time, doubtful ones last; returns how many
     * it asked for.
     */
    private int askMore() {
        int issued = 0;
        int counted = 0;
        for (int i = 0; i < totalShards; i++) {
            counted += counts(i) ? 1 : 0;
        }
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < totalShards && counted < dataShards; i++) {
                if (shards.doubtful(i) == (round == 1) && askable(i)) {
                    issue(i, shape.span(), wideImage());
                    counted++;
                    issued++;
                }
            }
        }
        return issued;
    }

    /** Whether the shard is, or is expected to be, of use for decoding. */
    private boolean counts(int index) {
        boolean full = shape.span().equals(spans[index]);
        return full && (states[index] == State.GOOD || states[index] == State.READING && !shards.doubtful(index));
    }

    private boolean askable(int index) {
        boolean narrower = states[index] == State.GOOD && !shape.span().equals(spans[index]);
        return shards.alive(index) && (states[index] == State.IDLE || narrower);
    }

    private StripeImage wideImage() {
        if (wide == null) {
            wide = kept(context.image(shape, totalShards));
        }
        return wide;
    }

    private boolean anyReading() {
        return Arrays.asList(states).contains(State.READING);
    }

    private boolean complete() {
        return allNeededGood() || good().size() >= dataShards;
    }

    private boolean allNeededGood() {
        for (int i = 0; i < dataShards; i++) {
            if (needed[i] != null && states[i] != State.GOOD) {
                return false;
            }
        }
        return true;
    }

    /** Shards that are there with all frames that decoding takes. */
    private ShardSet good() {
        ShardSet good = ShardSet.empty();
        for (int i = 0; i < totalShards; i++) {
            if (states[i] == State.GOOD && shape.span().equals(spans[i])) {
                good = good.with(i);
            }
        }
        return good;
    }

    /** Whether a read that was begun ahead is on a drive that has turned out to be late since. */
    private boolean anyLate() {
        for (int i = 0; i < totalShards; i++) {
            if (states[i] == State.READING && shards.doubtful(i)) {
                return true;
            }
        }
        return false;
    }

    private void requireMore() {
        if (askMore() > 0) {
            return;
        }
        throw new Unavailable(
                Unavailable.Kind.QUORUM,
                "Too few drives can be read: " + good().size() + " of the " + dataShards
                        + " shards needed are there; bring drives back");
    }

    /** All needed data shards in one image, without decoding. */
    private StripeImage gathered() {
        for (int i = 0; i < dataShards; i++) {
            if (needed[i] != null && homes[i] != narrow) {
                StripeImage target = decodingImage();
                gather(target);
                return target;
            }
        }
        return narrow;
    }

    private StripeImage decoded() {
        StripeImage target = decodingImage();
        gather(target);
        ShardSet wanted = ShardSet.empty();
        for (int i = 0; i < dataShards; i++) {
            wanted = needed[i] != null && states[i] != State.GOOD ? wanted.with(i) : wanted;
        }
        ReedSolomon.of(dataShards, totalShards - dataShards).reconstruct(target.stripe(), good(), wanted);
        context.counters().stripesDecoded.increment();
        return target;
    }

    /** An image of k + m rows into which no late drive can write where we decode. */
    private StripeImage decodingImage() {
        StripeImage current = wideImage();
        for (int i = 0; i < dataShards; i++) {
            if (states[i] == State.READING && homes[i] == current) {
                return kept(context.image(shape, totalShards));
            }
        }
        return current;
    }

    private void gather(StripeImage target) {
        for (int i = 0; i < totalShards; i++) {
            if (states[i] == State.GOOD && homes[i] != target) {
                target.copyRow(homes[i], i, spans[i]);
                homes[i] = target;
            }
        }
    }
}
