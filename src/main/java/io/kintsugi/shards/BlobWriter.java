package io.kintsugi.shards;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ByteSource;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.cluster.Topology;
import io.kintsugi.shards.StripeFiller.Filled;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Chooses where a blob goes and in which form. Drives that are found to be gone only when they are asked to take a
 * shard, or in the middle of it, do not fail the write: it is placed again, on those that are left, under a new id. A
 * packed blob is still in memory then; a large one is read back from the drives that have it so far.
 */
final class BlobWriter {
    private static final int ATTEMPTS = 3;
    private static final StripeTap SEEN = bytes -> {};

    private final BlobContext context;
    private final Topology topology;
    private final Supplier<BlobId> ids;
    private final Consumer<BlobRef> discard;

    /** @param discard removes a blob as soon as nothing of it is under way */
    BlobWriter(BlobContext context, Topology topology, Supplier<BlobId> ids, Consumer<BlobRef> discard) {
        this.context = context;
        this.topology = topology;
        this.ids = ids;
        this.discard = discard;
    }

    /** What is asked for. */
    private record Order(BlobOrigin origin, BlobNote note, OptionalLong length, ByteSource source, StripeTap tap) {}

    BlobRef write(BlobOrigin origin, BlobNote note, OptionalLong length, ByteSource source, StripeTap tap) {
        return write(new Order(origin, note, length, source, tap), 1);
    }

    private BlobRef write(Order order, int attempt) {
        OptionalLong length = order.length();
        if (length.isPresent() && length.getAsLong() > StripeFiller.PACKED_BYTES) {
            FilesWrite write = opened(order, length.getAsLong(), attempt);
            StripeFiller filler = new StripeFiller(context, write.plan, length, order.source());
            return settled(write, files(write, filler, Optional.empty()), attempt);
        }
        WritePlan plan = place(order.origin(), order.note());
        StripeFiller filler = new StripeFiller(context, plan, length, order.source());
        Filled first = filler.next().orElseThrow();
        if (first.packed()) {
            return packed(plan, first, order.tap());
        }
        FilesWrite write = new FilesWrite(context, plan, 0, order.tap(), attempt < ATTEMPTS);
        return settled(write, files(write, filler, Optional.of(first)), attempt);
    }

    /** Where memory is scarce, as with hundreds of slow uploads that hold a stripe each, stripes are small. */
    private WritePlan place(BlobOrigin origin, BlobNote note) {
        BlobId id = ids.get();
        WritePlan plan = WritePlan.of(id, origin, topology.place(id), note);
        return context.slabs().isScarce() ? plan.inSmallStripes() : plan;
    }

    private BlobRef packed(WritePlan first, Filled stripe, StripeTap tap) {
        WritePlan plan = first;
        Filled now = stripe;
        try {
            for (int attempt = 1; ; attempt++) {
                try {
                    return new PackedWrite(context, plan).write(now, attempt == 1 ? tap : SEEN);
                } catch (Unavailable e) {
                    giveUpAfter(attempt, e);
                }
                plan = place(first.origin(), first.note());
                Filled moved = StripeFiller.moved(context, plan, now, 0);
                now.image().memory().release();
                now = moved;
            }
        } finally {
            now.image().memory().release();
        }
    }

    /** Shard files, open on enough drives. */
    private FilesWrite opened(Order order, long size, int firstAttempt) {
        for (int attempt = firstAttempt; ; attempt++) {
            WritePlan plan = place(order.origin(), order.note());
            long expected = plan.layout(size).fileBytes(FileRows.FOOTER_ROOM);
            FilesWrite write = new FilesWrite(context, plan, expected, order.tap(), firstAttempt < ATTEMPTS);
            try {
                write.awaitOpen();
                return write;
            } catch (Unavailable e) {
                write.abort();
                giveUpAfter(attempt, e);
            }
        }
    }

    private static void giveUpAfter(int attempt, Unavailable e) {
        boolean drivesGone = e.kind() == Unavailable.Kind.QUORUM || e.kind() == Unavailable.Kind.FULL;
        if (!drivesGone || attempt >= ATTEMPTS) {
            throw e;
        }
    }

    private BlobRef files(FilesWrite write, StripeFiller filler, Optional<Filled> first) {
        try {
            Optional<Filled> next = first.or(filler::next);
            while (next.isPresent() && !next.get().last()) {
                write.add(next.get());
                next = filler.next();
            }
            return write.finish(next, filler.taken());
        } catch (RuntimeException | Error e) {
            write.abort();
            throw e;
        }
    }

    /** A thin blob can be read, but has too few shards to be promised: what it holds is written once more. */
    private BlobRef settled(FilesWrite write, BlobRef blob, int attempt) {
        if (!write.isThin()) {
            return blob;
        }
        try {
            ByteSource again = new BlobSource(context.unheard(), blob);
            WritePlan plan = write.plan;
            Order order = new Order(plan.origin(), plan.note(), OptionalLong.of(blob.size()), again, SEEN);
            return write(order, attempt + 1);
        } finally {
            discard.accept(blob);
        }
    }
}
