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
import java.util.function.Supplier;

/**
 * Chooses where a blob goes and in which form. Drives that are found to be gone only when they are asked to take a
 * shard do not fail the write, as long as its bytes are still at hand: it is placed again, on those that are left,
 * under a new id.
 */
final class BlobWriter {
    private static final int ATTEMPTS = 3;
    private static final StripeTap SEEN = bytes -> {};

    private final BlobContext context;
    private final Topology topology;
    private final Supplier<BlobId> ids;

    BlobWriter(BlobContext context, Topology topology, Supplier<BlobId> ids) {
        this.context = context;
        this.topology = topology;
        this.ids = ids;
    }

    BlobRef write(BlobOrigin origin, OptionalLong length, ByteSource source, StripeTap tap) {
        if (length.isPresent() && length.getAsLong() > StripeFiller.PACKED_BYTES) {
            FilesWrite write = opened(origin, length.getAsLong(), tap);
            return files(write, new StripeFiller(context, write.plan, length, source), Optional.empty());
        }
        WritePlan plan = place(origin);
        StripeFiller filler = new StripeFiller(context, plan, length, source);
        Filled first = filler.next().orElseThrow();
        return first.packed()
                ? packed(plan, first, tap)
                : files(new FilesWrite(context, plan, 0, tap), filler, Optional.of(first));
    }

    private WritePlan place(BlobOrigin origin) {
        BlobId id = ids.get();
        return WritePlan.of(id, origin, topology.place(id));
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
                plan = place(first.origin());
                Filled moved = StripeFiller.moved(context, plan, now);
                now.image().memory().release();
                now = moved;
            }
        } finally {
            now.image().memory().release();
        }
    }

    /** Shard files, open on enough drives. */
    private FilesWrite opened(BlobOrigin origin, long size, StripeTap tap) {
        for (int attempt = 1; ; attempt++) {
            WritePlan plan = place(origin);
            long expected = plan.layout(size).shardBytes(ShardFormat.FILE_HEADER_BYTES);
            FilesWrite write = new FilesWrite(context, plan, expected, tap);
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
        if (!drivesGone || attempt == ATTEMPTS) {
            throw e;
        }
    }

    private BlobRef files(FilesWrite write, StripeFiller filler, Optional<Filled> first) {
        try {
            first.ifPresent(write::add);
            for (Optional<Filled> next = filler.next(); next.isPresent(); next = filler.next()) {
                write.add(next.get());
            }
            return write.finish(filler.taken());
        } catch (RuntimeException | Error e) {
            write.abort();
            throw e;
        }
    }
}
