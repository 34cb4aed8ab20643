package io.kintsugi.drives;

import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Id128;
import io.kintsugi.drives.DriveException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.rocksdb.RocksDBException;

/**
 * A drive that no store is running on, for looking at: nothing on it is changed, though it is locked, and whatever
 * would change it fails. Everything is done in the caller's thread, and futures are done when they are returned.
 *
 * <p>A key-value store that can't be opened is empty here, and says why; its shard files are read all the same.
 */
public final class StoppedDrive implements Drive {
    private static final System.Logger LOG = System.getLogger(StoppedDrive.class.getName());
    private static final int MAX_PAGE = 10_000;
    /** Of a store that a start opens with all that it holds. */
    private static final String TORN = "the list of files of its key-value store has a torn end, as after a power cut,"
            + " which a start cuts off: start the store once, and stop it again";

    private final Path path;
    private final DriveIdentity identity;
    private final DriveLock lock;
    private final ShardFiles shards;
    private final Opened own;
    private final Optional<Opened> setAside;
    private final Path logs;

    /** What is wrong with a key-value store, as a start sees it. */
    public enum Trouble {
        NONE,
        /** A crash has torn its end, which a start cuts off. */
        TORN,
        /** There is nothing of it. A start begins a new one. */
        GONE,
        /** A start sets it aside, if it may. */
        DAMAGED,
        /** It can't be read now. A start does without the drive while that lasts. */
        UNREADABLE
    }

    /** A key-value store, or why there is none. */
    private record Opened(Optional<KvStore> store, KeyValue rows, String fault, Trouble trouble) {}

    private StoppedDrive(Path path, DriveIdentity identity, DriveLock lock, DriveResources resources)
            throws IOException {
        this.path = path;
        this.identity = identity;
        this.lock = lock;
        this.shards = new ShardFiles(path, new DriveFiles(), 0);
        this.logs = Files.createTempDirectory("kintsugi-stopped");
        Path all = path.resolve(DriveDirectory.KEY_VALUES);
        Path directory = all.resolve(identity.incarnation().toString());
        Path damaged = SetAside.placeOf(directory);
        this.own = store(directory, resources);
        try {
            this.setAside = Files.isDirectory(damaged) ? Optional.of(store(damaged, resources)) : Optional.empty();
        } catch (RuntimeException e) {
            close(own);
            throw e;
        }
    }

    /** Whether a bit of its identity is flipped, which a start mends. */
    public boolean isIdentityFlipped() {
        try {
            return IdentityRepair.isWanted(path, identity);
        } catch (IOException e) {
            // it was read a moment ago: what can't be read now is told by whatever is read next
            return false;
        }
    }

    /**
     * Opens the drive at this path to be looked at.
     *
     * @throws DriveException {@code BUSY} when a process has it open, else as the file system says
     */
    public static StoppedDrive open(Path path, DriveIdentity identity, DriveResources resources) {
        DriveLock lock = null;
        try {
            lock = DriveLock.take(path);
            return new StoppedDrive(path, identity, lock, resources);
        } catch (IOException | RuntimeException e) {
            if (lock != null) {
                release(lock);
            }
            Kind kind = e instanceof DriveLock.Held ? Kind.BUSY : DriveHealth.kindOf(e);
            throw new DriveException(kind, identity.drive(), path + ": " + e.getMessage(), e);
        }
    }

    private Opened store(Path directory, DriveResources resources) {
        DriveId id = identity.drive();
        try {
            KvStore store = KvStore.openReadOnly(id, directory, logs, resources);
            return new Opened(Optional.of(store), new PlainKeyValue(id, store, false), "", Trouble.NONE);
        } catch (RocksDBException e) {
            Trouble trouble = trouble(e, directory);
            String fault = trouble == Trouble.TORN ? TORN : String.valueOf(e.getMessage());
            return new Opened(Optional.empty(), new NoKeyValue(id, fault), fault, trouble);
        }
    }

    private static Trouble trouble(RocksDBException failure, Path directory) {
        boolean corrupt = KvStore.kindOf(failure) == Kind.CORRUPT;
        try {
            if (Files.notExists(directory) || LostFiles.isNone(directory)) {
                return Trouble.GONE;
            }
            LostFiles.requireNone(directory);
            return !corrupt
                    ? Trouble.UNREADABLE
                    : ManifestTail.find(directory).isPresent() ? Trouble.TORN : Trouble.DAMAGED;
        } catch (RocksDBException e) {
            return Trouble.DAMAGED;
        } catch (IOException e) {
            return corrupt ? Trouble.DAMAGED : Trouble.UNREADABLE;
        }
    }

    static DriveException refused(DriveId id) {
        return new DriveException(Kind.READ_ONLY, id, "it is only looked at");
    }

    public DriveIdentity identity() {
        return identity;
    }

    public Path path() {
        return path;
    }

    /** Why its key-value store can't be read; empty when it can. */
    public String keyValueFault() {
        return own.fault();
    }

    /** Whether its key-value store can't be read only because a crash has torn its end, which a start cuts off. */
    public boolean isTorn() {
        return own.trouble() == Trouble.TORN;
    }

    /** What is wrong with its key-value store. */
    public Trouble trouble() {
        return own.trouble();
    }

    /** What is known to be damaged in its key-value store, if that can be read. */
    @Override
    public Optional<KeyValueRot> rot() {
        return own.store().flatMap(RotMark::read).map(reason -> new KeyValueRot(reason, false));
    }

    /** The rows of a key-value store that was set aside since it was damaged, as far as they can be read. */
    public Optional<KeyValue> setAside() {
        return setAside.filter(opened -> opened.store().isPresent()).map(Opened::rows);
    }

    /** Whether there is a key-value store that was set aside. */
    public boolean hasSetAside() {
        return setAside.isPresent();
    }

    /** Files in {@code incoming}, which the next start removes. */
    public long unpublished() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(shards.incoming())) {
            long count = 0;
            for (Path _ : files) {
                count++;
            }
            return count;
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public DriveId id() {
        return identity.drive();
    }

    @Override
    public DriveStatus status() {
        return new DriveStatus(id(), path.toString(), DriveStatus.State.READ_ONLY, "it is only looked at", 0, 0, 0);
    }

    @Override
    public DriveStats stats() {
        return DriveStats.NONE;
    }

    @Override
    public CompletableFuture<ShardSink> createShard(ShardName name, long expectedBytes) {
        return CompletableFuture.failedFuture(refused(id()));
    }

    @Override
    public CompletableFuture<ShardSource> openShard(ShardName name) {
        return now(() -> {
            SharedFile file = shards.open(name);
            return new StoppedShard(file, file.size(), new AtomicBoolean());
        });
    }

    /** A shard file that is read in the caller's thread. */
    private record StoppedShard(SharedFile file, long size, AtomicBoolean closed) implements ShardSource {
        @Override
        public CompletableFuture<Integer> read(long position, ByteBuffer target) {
            try {
                return CompletableFuture.completedFuture(file.read(position, target, false));
            } catch (IOException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                file.release();
            }
        }
    }

    @Override
    public CompletableFuture<Void> writePacked(ShardName name, ByteBuffer bytes) {
        return CompletableFuture.failedFuture(refused(id()));
    }

    @Override
    public CompletableFuture<ByteBuffer> readPacked(ShardName name) {
        return own.rows()
                .get(KvSpace.PACKED, PackedKey.of(name))
                .thenApply(value -> ByteBuffer.wrap(value.orElseThrow(
                        () -> new DriveException(Kind.MISSING, id(), "there is no packed shard " + name))));
    }

    @Override
    public CompletableFuture<Void> deleteShard(ShardName name, Form form) {
        return CompletableFuture.failedFuture(refused(id()));
    }

    @Override
    public CompletableFuture<Optional<Long>> statShard(ShardName name, Form form) {
        return now(() -> switch (form) {
            case FILES -> shards.size(name);
            case PACKED -> packedSize(name);
            case INLINE -> throw new IllegalArgumentException("inline blobs have no shards");
        });
    }

    private Optional<Long> packedSize(ShardName name) throws RocksDBException {
        return own.store().isPresent()
                        && own.store().get().getName(PackedKey.of(name)) instanceof KvStore.Lookup.Found(var size)
                ? Optional.of(PackedKey.size(size))
                : Optional.empty();
    }

    @Override
    public CompletableFuture<ShardPage> listShards(Form form, Optional<ShardName> after, int limit) {
        return now(() -> switch (form) {
            case FILES ->
                Files.isDirectory(path.resolve(DriveDirectory.SHARDS))
                        ? shards.list(after, Math.min(limit, MAX_PAGE))
                        : new ShardPage(List.of(), false);
            case PACKED -> packed(after, Math.min(limit, MAX_PAGE));
            case INLINE -> throw new IllegalArgumentException("inline blobs have no shards");
        });
    }

    private ShardPage packed(Optional<ShardName> after, int limit) throws RocksDBException {
        if (own.store().isEmpty()) {
            return new ShardPage(List.of(), false);
        }
        byte[] from = after.map(PackedKey::behind).orElse(new byte[0]);
        List<ShardName> names = new ArrayList<>();
        own.store().get().packedKeys(from, limit + 1).forEach(key -> names.add(PackedKey.parse(key)));
        boolean more = names.size() > limit;
        return new ShardPage(more ? names.subList(0, limit) : names, more);
    }

    @Override
    public KeyValue keyValue() {
        return own.rows();
    }

    @Override
    public long catalogEpoch() {
        return identity.catalogEpoch();
    }

    @Override
    public CompletableFuture<Void> raiseCatalogEpoch(long epoch) {
        return CompletableFuture.failedFuture(refused(id()));
    }

    @Override
    public Id128 incarnation() {
        return identity.incarnation();
    }

    private <T> CompletableFuture<T> now(Callable<T> work) {
        try {
            return CompletableFuture.completedFuture(work.call());
        } catch (DriveException e) {
            return CompletableFuture.failedFuture(e);
        } catch (Exception e) {
            return CompletableFuture.failedFuture(
                    new DriveException(DriveHealth.kindOf(e), id(), String.valueOf(e.getMessage()), e));
        }
    }

    @Override
    public void close() {
        close(own);
        setAside.ifPresent(this::close);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(logs)) {
            for (Path file : files) {
                Files.delete(file);
            }
            Files.delete(logs);
        } catch (IOException | DirectoryIteratorException e) {
            LOG.log(System.Logger.Level.INFO, "{0} was not removed: {1}", logs, e.getMessage());
        }
        release(lock);
    }

    /** Nothing was written, so nothing can be lost; the lock and the drives behind this one must be released. */
    private void close(Opened opened) {
        try {
            if (opened.store().isPresent()) {
                opened.store().get().close(false);
            }
        } catch (RocksDBException e) {
            LOG.log(System.Logger.Level.INFO, "The key-value store of {0} was not closed: {1}", path, e.getMessage());
        }
    }

    private static void release(DriveLock lock) {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of a store that can't be opened. */
    private record NoKeyValue(DriveId drive, String fault) implements KeyValue {
        private DriveException failure() {
            return new DriveException(Kind.CORRUPT, drive, "its key-value store can't be opened: " + fault);
        }

        @Override
        public CompletableFuture<Void> commit(KvBatch batch) {
            return CompletableFuture.failedFuture(refused(drive));
        }

        @Override
        public CompletableFuture<Optional<byte[]>> get(KvSpace space, byte[] key) {
            return CompletableFuture.failedFuture(failure());
        }

        @Override
        public CompletableFuture<List<KvRow>> scan(KvSpace space, byte[] from, byte[] to, ScanLimit limit) {
            return CompletableFuture.failedFuture(failure());
        }

        @Override
        public KvCursor cursor(KvSpace space) {
            throw failure();
        }
    }
}
