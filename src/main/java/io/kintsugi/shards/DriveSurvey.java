package io.kintsugi.shards;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.cluster.Topology;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveException.Kind;
import io.kintsugi.drives.DriveStatus;
import io.kintsugi.drives.ShardName;
import io.kintsugi.drives.ShardPage;
import io.kintsugi.drives.ShardSource;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The survey of the drives of a topology. Any thread. */
public final class DriveSurvey implements ShardSurvey {
    private final Topology topology;
    private final ShardDrives drives;
    private final Duration deadline;
    private final Unsettled unsettled;

    /**
     * For a store whose blobs nobody moves meanwhile; beside a running one it is {@link ErasureBlobStore#survey}.
     *
     * @param deadline of each operation
     */
    public DriveSurvey(Topology topology, Duration deadline) {
        this(topology, deadline, new Unsettled());
    }

    /** @param unsettled hears of removals, which a drive may still owe when their deadline is over */
    DriveSurvey(Topology topology, Duration deadline, Unsettled unsettled) {
        this.topology = topology;
        this.drives = new ShardDrives(topology);
        this.deadline = deadline;
        this.unsettled = unsettled;
    }

    @Override
    public List<DriveId> drives() {
        return topology.statuses().stream()
                .filter(status -> status.state() != DriveStatus.State.OFFLINE)
                .map(DriveStatus::id)
                .toList();
    }

    @Override
    public Map<DriveId, Long> openings() {
        return topology.drives().stream().collect(Collectors.toMap(Drive::id, Drive::openings));
    }

    @Override
    public SurveyPage shards(DriveId drive, BlobRef.Form form, Optional<SurveyedShard> after, int limit) {
        Optional<ShardName> from = after.map(DriveSurvey::name);
        ShardPage page = await(drive, d -> d.listShards(form, from, limit));
        return new SurveyPage(
                page.names().stream()
                        .map(name -> new SurveyedShard(drive, name.blob(), name.index(), form))
                        .toList(),
                page.more());
    }

    @Override
    public Optional<BlobOrigin> origin(SurveyedShard shard) {
        try {
            ByteBuffer header = await(shard.drive(), drive -> header(drive, shard));
            ShardHeader read = ShardHeader.read(header);
            return read.name().equals(name(shard)) ? Optional.of(read.origin()) : Optional.empty();
        } catch (ShardFormatException | NotThere e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<ShardFacts> facts(SurveyedShard shard) {
        try {
            return Optional.of(await(shard.drive(), drive -> ends(drive, shard)));
        } catch (ShardFormatException | NotThere e) {
            return Optional.empty();
        }
    }

    private static CompletableFuture<ShardFacts> ends(Drive drive, SurveyedShard shard) {
        ShardName name = name(shard);
        int binding = ShardFormat.binding(name);
        return switch (shard.form()) {
            case PACKED ->
                drive.readPacked(name).thenApply(value -> {
                    ByteBuffer bytes = value.slice();
                    ShardFooter footer = ShardFooter.read(bytes, bytes.capacity(), binding);
                    return checked(shard, bytes, footer, bytes.capacity());
                });
            case FILES ->
                drive.openShard(name).thenCompose(source -> {
                    ByteBuffer header = ByteBuffer.allocateDirect(ShardFormat.FILE_HEADER_BYTES);
                    return source.read(0, header)
                            .thenCombine(
                                    ShardEnds.footer(source, binding),
                                    (count, footer) ->
                                            checked(shard, header.clear().limit(count), footer, source.size()))
                            .whenComplete((facts, error) -> source.close());
                });
            case INLINE -> throw new IllegalArgumentException("inline blobs have no shards");
        };
    }

    private static ShardFacts checked(SurveyedShard shard, ByteBuffer head, ShardFooter footer, long shardBytes) {
        ShardHeader header = ShardHeader.read(head);
        BlobLayout layout = new BlobLayout(footer.size(), header.code().dataShards(), header.stripeBytes());
        header.check(name(shard), layout);
        long expected = shard.form() == BlobRef.Form.FILES
                ? layout.fileBytes(footer.bytes())
                : layout.packedBytes(ShardHeader.lengthOf(head), footer.bytes());
        footer.check(layout, expected, shardBytes);
        return new ShardFacts(header.origin(), header.code(), header.stripeBytes(), footer.size(), footer.note());
    }

    private static CompletableFuture<ByteBuffer> header(Drive drive, SurveyedShard shard) {
        return switch (shard.form()) {
            case PACKED -> drive.readPacked(name(shard));
            case FILES -> drive.openShard(name(shard)).thenCompose(DriveSurvey::fileHeader);
            case INLINE -> throw new IllegalArgumentException("inline blobs have no shards");
        };
    }

    private static CompletableFuture<ByteBuffer> fileHeader(ShardSource source) {
        ByteBuffer header = ByteBuffer.allocateDirect(ShardFormat.FILE_HEADER_BYTES);
        return source.read(0, header)
                .<ByteBuffer>thenApply(count -> header.clear().limit(count))
                .whenComplete((bytes, error) -> source.close());
    }

    @Override
    public void remove(SurveyedShard shard) {
        await(shard.drive(), drive -> {
            CompletableFuture<Void> removal = drive.deleteShard(name(shard), shard.form());
            unsettled.removing(shard.drive(), name(shard), removal);
            return removal;
        });
    }

    private static ShardName name(SurveyedShard shard) {
        return new ShardName(shard.blob(), shard.index());
    }

    private <T> T await(DriveId drive, Function<Drive, CompletableFuture<T>> operation) {
        try {
            return drives.call(drive, operation).get(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (ShardDrives.cause(e.getCause()) instanceof ShardFormatException wrong) {
                throw wrong;
            }
            if (ShardDrives.isKind(e.getCause(), Kind.MISSING)) {
                throw new NotThere();
            }
            throw new Unavailable(Unavailable.Kind.QUORUM, "Drive " + drive + " cannot be read; try again later", e);
        } catch (TimeoutException e) {
            throw new Unavailable(Unavailable.Kind.TIMEOUT, "Drive " + drive + " does not answer; try again later", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable(Unavailable.Kind.STOPPING, "The survey was interrupted: the server is stopping", e);
        }
    }

    /** The shard is gone. */
    private static final class NotThere extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotThere() {
            super("the shard is gone", null, false, false);
        }
    }
}
