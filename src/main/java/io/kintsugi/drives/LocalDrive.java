package io.kintsugi.drives;

import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Id128;
import io.kintsugi.drives.DriveException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A drive on a directory; its layout is in {@code docs/DISK-FORMAT.md}. Made by {@link #open}.
 *
 * <p>Threads of its own: readers, writers, the committer, the watcher. What they share is in classes that say so
 * themselves.
 */
public final class LocalDrive implements Drive {
    private static final int MAX_PAGE = 10_000;
    private static final int MAX_SINKS = 4096;

    private final OpenDrive parts;
    private final DriveTasks tasks;
    private final KvStore store;
    private final LocalKeyValue keyValue;
    private final Set<FileSink> sinks = ConcurrentHashMap.newKeySet();

    LocalDrive(OpenDrive parts) {
        this.parts = parts;
        this.tasks = parts.tasks();
        this.store = parts.store();
        this.keyValue = new LocalKeyValue(store, parts.committer().queue(), tasks);
        // where it can't be written it is known to this process only
        tasks.health().keepRot(reason -> keyValue.commit(RotMark.of(reason)));
    }

    /**
     * Opens the drive at this path. Blocks; drives may be opened in parallel.
     *
     * @param expected who it must be, by deployment, drive and incarnation
     * @throws DriveException {@code GONE} when another drive or none is there, {@code BUSY} when it is open already,
     *     here or in another process, or as the failure of the file system says
     */
    public static LocalDrive open(Path path, DriveIdentity expected, DriveSettings settings, Clock clock) {
        return open(path, expected, settings, clock, new DriveFiles());
    }

    static LocalDrive open(Path path, DriveIdentity expected, DriveSettings settings, Clock clock, DriveFiles files) {
        return new LocalDrive(OpenDrive.open(path, expected, settings, clock, files));
    }

    @Override
    public DriveId id() {
        return identity().drive();
    }

    /** As it is now on the drive. */
    public DriveIdentity identity() {
        return parts.identity().identity();
    }

    @Override
    public DriveStatus status() {
        return tasks.health().status();
    }

    /** Whether it is there, and was given up only to be opened anew. */
    public boolean isToBeReopened() {
        return tasks.health().isToBeReopened();
    }

    @Override
    public DriveStats stats() {
        return tasks.meter().snapshot(parts.committer().queue().size());
    }

    @Override
    public CompletableFuture<ShardSink> createShard(ShardName name, long expectedBytes) {
        Optional<DriveException> refusal = tasks.health().refusesShards(Math.max(expectedBytes, 0));
        if (refusal.isPresent()) {
            return tasks.refused(refusal.get());
        }
        if (sinks.size() >= MAX_SINKS) {
            return tasks.refused(new DriveException(Kind.BUSY, id(), MAX_SINKS + " shards are being written already"));
        }
        return tasks.write(DriveOp.CREATE, name, () -> newSink(name));
    }

    private ShardSink newSink(ShardName name) throws IOException {
        FileSink.Target target = new FileSink.Target(name, parts.shards().create(name));
        FileSink[] self = new FileSink[1];
        self[0] = new FileSink(target, parts.shards(), parts.files(), tasks, () -> sinks.remove(self[0]));
        sinks.add(self[0]);
        return self[0];
    }

    @Override
    public CompletableFuture<ShardSource> openShard(ShardName name) {
        return tasks.read(DriveOp.OPEN, name, () -> {
            SharedFile file = parts.shards().open(name);
            return source(name, file, FileSource.Use.ONCE);
        });
    }

    private ShardSource source(ShardName name, SharedFile file, FileSource.Use use) {
        try {
            tasks.health().verifyIdentity();
            return new FileSource(name, file, use, tasks);
        } catch (RuntimeException e) {
            file.release();
            throw e;
        }
    }

    @Override
    public CompletableFuture<ShardSource> openServed(ShardName name) {
        ReadLately lately = parts.lately();
        FileSource.Use use = new FileSource.Use(lately.again(name), lately::served);
        if (!use.again()) {
            return tasks.read(
                    DriveOp.OPEN, name, () -> source(name, parts.shards().open(name), use));
        }
        Optional<DriveException> refusal = tasks.health().refusesAll();
        if (refusal.isPresent()) {
            return tasks.refused(refusal.get());
        }
        // one that was opened when the drive was this one stays a file of this drive
        return parts.shards()
                .kept()
                .find(name)
                .map(file -> CompletableFuture.<ShardSource>completedFuture(new FileSource(name, file, use, tasks)))
                .orElseGet(() -> tasks.read(DriveOp.OPEN, name, () -> kept(name, use)));
    }

    private ShardSource kept(ShardName name, FileSource.Use use) throws IOException {
        OpenShards kept = parts.shards().kept();
        long changes = kept.changes();
        SharedFile file = parts.shards().openToKeep(name);
        ShardSource source = source(name, file, use);
        kept.keep(name, file, changes);
        return source;
    }

    @Override
    public CompletableFuture<Void> writePacked(ShardName name, ByteBuffer bytes) {
        return keyValue.enqueue(
                DriveOp.WRITE_PACKED,
                new CommitQueue.Pack(name, bytes),
                tasks.health().refusesShards(bytes.remaining()));
    }

    @Override
    public CompletableFuture<ByteBuffer> readPacked(ShardName name) {
        return keyValue.get(KvSpace.PACKED, PackedKey.of(name))
                .thenApply(value -> ByteBuffer.wrap(value.orElseThrow(() -> tasks.missing(name))));
    }

    @Override
    public CompletableFuture<Void> deleteShard(ShardName name, Form form) {
        return switch (form) {
            case PACKED ->
                keyValue.enqueue(
                        DriveOp.DELETE,
                        new CommitQueue.Unpack(name),
                        tasks.health().refusesAll());
            case FILES ->
                tasks.write(DriveOp.DELETE, name, () -> {
                    parts.shards().delete(name);
                    return null;
                });
            case INLINE -> throw noShards();
        };
    }

    private static IllegalArgumentException noShards() {
        return new IllegalArgumentException("inline blobs have no shards");
    }

    @Override
    public CompletableFuture<Optional<Long>> statShard(ShardName name, Form form) {
        return switch (form) {
            case PACKED ->
                tasks.read(
                        DriveOp.STAT,
                        name,
                        () -> store.getName(PackedKey.of(name)) instanceof KvStore.Lookup.Found(var size)
                                ? Optional.of(PackedKey.size(size))
                                : Optional.empty());
            case FILES -> tasks.read(DriveOp.STAT, name, () -> parts.shards().size(name));
            case INLINE -> throw noShards();
        };
    }

    @Override
    public CompletableFuture<ShardPage> listShards(Form form, Optional<ShardName> after, int limit) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw new IllegalArgumentException("a page has 1 to " + MAX_PAGE + " names, not " + limit);
        }
        return switch (form) {
            case PACKED -> tasks.read(DriveOp.LIST, form, () -> listPacked(after, limit));
            case FILES -> tasks.read(DriveOp.LIST, form, () -> parts.shards().list(after, limit));
            case INLINE -> throw noShards();
        };
    }

    private ShardPage listPacked(Optional<ShardName> after, int limit) throws Exception {
        byte[] from = after.map(PackedKey::behind).orElse(new byte[0]);
        List<ShardName> names =
                store.packedKeys(from, limit + 1).stream().map(PackedKey::parse).toList();
        boolean more = names.size() > limit;
        return new ShardPage(more ? names.subList(0, limit) : names, more);
    }

    @Override
    public KeyValue keyValue() {
        return keyValue;
    }

    @Override
    public long catalogEpoch() {
        return identity().catalogEpoch();
    }

    @Override
    public CompletableFuture<Void> raiseCatalogEpoch(long epoch) {
        return keyValue.enqueue(
                DriveOp.COMMIT,
                new CommitQueue.RaiseEpoch(epoch),
                tasks.health().refusesRows());
    }

    /** Whether rows can be written now, as on a full drive: some of its reserve is for them. */
    public boolean takesRows() {
        return tasks.health().refusesRows().isEmpty();
    }

    /** Records a newer roster of the drive's pool, durable when done. An older one changes nothing. */
    public CompletableFuture<Void> recordRoster(Roster roster) {
        return keyValue.enqueue(
                DriveOp.COMMIT,
                new CommitQueue.RecordRoster(roster),
                tasks.health().refusesRows());
    }

    @Override
    public Id128 incarnation() {
        return identity().incarnation();
    }

    @Override
    public Optional<KeyValueRot> rot() {
        return tasks.health()
                .rot()
                .map(reason -> new KeyValueRot(reason, parts.setAside().could()));
    }

    @Override
    public boolean setAsideKeyValue(String reason) {
        boolean may = parts.setAside().could();
        if (may) {
            tasks.health().damaged(reason);
        }
        return may;
    }

    /**
     * What was accepted is done first, as long as the settings' limit allows. A drive that hangs is left to threads
     * that end with it.
     */
    @Override
    public void close() {
        parts.close(sinks);
    }
}
