package io.kintsugi.shards;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ByteRange;
import io.kintsugi.base.ByteSink;
import io.kintsugi.base.ByteSource;
import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Entropy;
import io.kintsugi.cluster.Fanout;
import io.kintsugi.cluster.Quorum;
import io.kintsugi.cluster.Topology;
import io.kintsugi.codec.ShardSet;
import io.kintsugi.codec.SlabPool;
import io.kintsugi.drives.ShardName;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * The blob store on erasure-coded drives. Any number of threads; each call is straight code in its own thread, which
 * waits for the drives within the deadlines of {@link BlobTimes}. Memory is lent by one {@link SlabPool}: a write holds
 * up to three stripes with parity, a read up to two and what its sink has not released.
 *
 * <p>The way of a write is {@link BlobWriter}, {@link StripeFiller}, then {@link PackedWrite} or {@link FilesWrite};
 * the way of a read is {@link BlobRead} and {@link StripeRead}.
 */
public final class ErasureBlobStore implements BlobStore {
    private final BlobWriter writer;
    private final BlobContext context;
    private final Topology topology;

    /** What a blob store is made of. */
    public record Parts(Topology topology, SlabPool slabs, Clock clock, Entropy entropy, BlobTimes times) {}

    /** @param heals hears which blobs were found, or left, with shards missing or wrong */
    public ErasureBlobStore(Parts parts, HealListener heals) {
        ShardDrives drives = new ShardDrives(parts.topology());
        this.topology = parts.topology();
        this.context = new BlobContext(
                drives,
                parts.slabs(),
                parts.times(),
                heals,
                new BlobCounters(),
                new Unsettled(),
                LogLines.of(parts.clock()));
        this.writer = new BlobWriter(
                context, parts.topology(), () -> BlobId.next(parts.clock(), parts.entropy()), this::discard);
    }

    /**
     * The survey of this store's drives: what it removes is known here, so that no shard is moved to where a late
     * removal would take it along.
     *
     * @param deadline of each operation
     */
    public ShardSurvey survey(Duration deadline) {
        return new DriveSurvey(topology, deadline, context.unsettled());
    }

    @Override
    public BlobRef write(BlobOrigin origin, BlobNote note, OptionalLong length, ByteSource source, StripeTap tap) {
        return writer.write(origin, note, length, source, tap);
    }

    @Override
    public void read(BlobRef blob, ByteRange range, ByteSink sink) {
        requireShards(blob);
        new BlobRead(context, blob, range, BlobShards.Reader.CLIENT).to(sink);
    }

    @Override
    public void discard(BlobRef blob) {
        if (blob.form() != BlobRef.Form.INLINE) {
            // waits a little for the drives; those that are late do it when they can
            discard(blob, ShardSet.first(blob.code().totalShards()));
        }
    }

    private Fanout<Void> remove(BlobRef blob, ShardSet shards) {
        return Fanout.start(
                Quorum.all(blob.placement().size()),
                i -> shards.contains(i)
                        ? context.drives()
                                .call(
                                        blob.placement().get(i),
                                        d -> d.deleteShard(new ShardName(blob.id(), i), blob.form()))
                        : CompletableFuture.completedFuture(null));
    }

    @Override
    public void discard(BlobRef blob, ShardSet shards) {
        context.unsettled()
                .later(blob.id(), () -> remove(blob, shards).settled())
                .ifPresentOrElse(removal -> removing(blob, shards, removal), () -> {
                    Fanout<Void> removal = remove(blob, shards);
                    removal.awaitAll(context.times().straggler());
                    removing(blob, shards, removal.settled());
                });
    }

    private void removing(BlobRef blob, ShardSet shards, CompletableFuture<?> removal) {
        for (int i : shards.toArray()) {
            context.unsettled().removing(blob.placement().get(i), new ShardName(blob.id(), i), removal);
        }
    }

    @Override
    public HealResult heal(BlobRef blob, BlobOrigin origin, Pace pace) {
        requireShards(blob);
        return BlobHeal.heal(context, blob, origin, pace);
    }

    @Override
    public BlobRef relocate(BlobRef blob, BlobOrigin origin, List<DriveId> placement, Pace pace) {
        requireShards(blob);
        return BlobMove.move(context, blob, origin, placement, pace);
    }

    /** Reads every shard of a blob whole and says what is wrong, mending nothing. */
    public HealResult verify(BlobRef blob) {
        requireShards(blob);
        return BlobHeal.verify(context, blob, Pace.UNPACED);
    }

    private static void requireShards(BlobRef blob) {
        if (blob.form() == BlobRef.Form.INLINE) {
            throw new IllegalArgumentException("blob " + blob.id() + " is inline: its bytes are in the catalog");
        }
    }

    @Override
    public boolean isSettled() {
        return context.unsettled().size() == 0;
    }

    /** What was done since the start. */
    public BlobStatistics statistics() {
        return context.counters().snapshot();
    }
}
