package io.kintsugi.drives;

import io.kintsugi.base.DriveId;
import io.kintsugi.drives.DriveException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.Holder;
import org.rocksdb.ReadOptions;
import org.rocksdb.ReadTier;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The RocksDB of a drive: a column family for each {@link KvSpace}, and one for the names and sizes of packed shards,
 * so that these are listed without their bytes being read. All methods block; whoever is inside when it is closed is
 * waited for, whoever comes later gets {@code GONE}.
 */
final class KvStore {
    private static final System.Logger LOG = System.getLogger(KvStore.class.getName());
    private static final String NAMES = "packed_names";
    private static final String BACKGROUND_ERRORS = "rocksdb.background-errors";

    /** What can be said of a row without touching the device. */
    sealed interface Lookup {
        record Found(byte[] value) implements Lookup {}

        record Absent() implements Lookup {}

        record NotInMemory() implements Lookup {}
    }

    private static final Lookup ABSENT = new Lookup.Absent();
    private static final Lookup NOT_IN_MEMORY = new Lookup.NotInMemory();

    private final DriveId drive;
    private final KvOptions options;
    private final RocksDB db;
    private final Map<KvSpace, ColumnFamilyHandle> families = new EnumMap<>(KvSpace.class);
    private final ColumnFamilyHandle names;
    private final List<ColumnFamilyHandle> handles;
    private final ReadOptions reads = new ReadOptions();
    private final ReadOptions inMemory = new ReadOptions().setReadTier(ReadTier.BLOCK_CACHE_TIER);
    private final ReadOptions sweeps = new ReadOptions().setFillCache(false);
    private final WriteOptions synced = new WriteOptions().setSync(true);
    private final WriteOptions unsynced = new WriteOptions();
    private final UseCount uses = new UseCount();
    private final Set<RocksIterator> iterators = ConcurrentHashMap.newKeySet();

    private KvStore(DriveId drive, KvOptions options, RocksDB db, List<ColumnFamilyHandle> handles) {
        this.drive = drive;
        this.options = options;
        this.db = db;
        this.handles = handles;
        KvSpace[] spaces = KvSpace.values();
        for (int i = 0; i < spaces.length; i++) {
            families.put(spaces[i], handles.get(i + 1));
        }
        this.names = handles.getLast();
    }

    /** One of RocksDB's ways to open; the handles of the column families are added in the order of their names. */
    private interface Opener {
        RocksDB open(KvOptions options, List<ColumnFamilyDescriptor> families, List<ColumnFamilyHandle> handles)
                throws RocksDBException;
    }

    static KvStore open(DriveId drive, Path directory, DriveResources resources) throws RocksDBException {
        return open(
                drive,
                resources,
                (options, families, handles) ->
                        RocksDB.open(options.database(directory), directory.toString(), families, handles));
    }

    /**
     * After a power cut the list of RocksDB's files may have a torn end, with which it does not open: that is cut off.
     * In a directory that has no store yet one is made; where one has lost the files that tell of it, none is.
     */
    static KvStore openMended(DriveId drive, Path directory, DriveResources resources, DriveFiles files)
            throws IOException, RocksDBException {
        LostFiles.requireNone(directory);
        try {
            return open(drive, directory, resources);
        } catch (RocksDBException e) {
            Optional<ManifestTail.Torn> torn =
                    kindOf(e) == Kind.CORRUPT ? ManifestTail.find(directory) : Optional.empty();
            if (torn.isEmpty()) {
                throw e;
            }
            torn.get().cut(files);
            LOG.log(
                    System.Logger.Level.INFO,
                    "The last change of the key-value store {0} was torn by a crash and is left out",
                    directory);
            return open(drive, directory, resources);
        }
    }

    /** Changes nothing in the directory. @param logs where RocksDB's own log goes */
    static KvStore openReadOnly(DriveId drive, Path directory, Path logs, DriveResources resources)
            throws RocksDBException {
        return open(
                drive,
                resources,
                (options, families, handles) -> RocksDB.openReadOnly(
                        options.database(directory)
                                .setCreateIfMissing(false)
                                .setCreateMissingColumnFamilies(false)
                                .setDbLogDir(logs.toString()),
                        directory.toString(),
                        families,
                        handles));
    }

    private static KvStore open(DriveId drive, DriveResources resources, Opener opener) throws RocksDBException {
        KvOptions options = new KvOptions(resources);
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try {
            RocksDB db = opener.open(options, wanted(options), handles);
            return new KvStore(drive, options, db, handles);
        } catch (RocksDBException e) {
            options.close();
            throw e;
        }
    }

    private static List<ColumnFamilyDescriptor> wanted(KvOptions options) {
        List<ColumnFamilyDescriptor> wanted = new ArrayList<>();
        wanted.add(descriptor("default", options, KvSpace.Values.SMALL));
        for (KvSpace space : KvSpace.values()) {
            wanted.add(descriptor(space.name().toLowerCase(Locale.ROOT), options, space.kind()));
        }
        wanted.add(descriptor(NAMES, options, KvSpace.Values.SMALL));
        return wanted;
    }

    private static ColumnFamilyDescriptor descriptor(String name, KvOptions options, KvSpace.Values values) {
        return new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.US_ASCII), options.family(values));
    }

    /** What RocksDB's failures mean; {@code IO} for everything that is not known. */
    static Kind kindOf(Throwable failure) {
        if (!(failure instanceof RocksDBException e) || e.getStatus() == null) {
            return Kind.IO;
        }
        Status status = e.getStatus();
        if (status.getSubCode() == Status.SubCode.NoSpace) {
            return Kind.FULL;
        }
        return status.getCode() == Status.Code.Corruption
                ? Kind.CORRUPT
                : DriveHealth.kindOfMessage(String.valueOf(e.getMessage()));
    }

    private void enter() {
        if (!uses.enter()) {
            throw new DriveException(Kind.GONE, drive, "its key-value store is closed");
        }
    }

    ColumnFamilyHandle family(KvSpace space) {
        return families.get(space);
    }

    ColumnFamilyHandle names() {
        return names;
    }

    void write(WriteBatch batch, boolean sync) throws RocksDBException {
        enter();
        try {
            db.write(sync ? synced : unsynced, batch);
        } finally {
            uses.leave();
        }
    }

    /** Never touches the device. */
    Lookup peek(KvSpace space, byte[] key) {
        enter();
        try {
            Holder<byte[]> value = new Holder<>();
            if (!db.keyMayExist(families.get(space), reads, key, value)) {
                return peekAgain(families.get(space), key);
            }
            // a value in a blob file that is not in memory is given as an empty one: an empty one proves nothing
            byte[] found = value.getValue();
            return found == null || found.length == 0 ? NOT_IN_MEMORY : new Lookup.Found(found);
        } finally {
            uses.leave();
        }
    }

    /**
     * RocksDB answers {@code keyMayExist} with no also when it fails, as at a damaged block, and a row that is taken
     * for absent is lost to whoever asks, and overwritten by whoever writes if there is none. So a no is asked for
     * again, in the way that tells one from the other.
     */
    private Lookup peekAgain(ColumnFamilyHandle family, byte[] key) {
        try {
            byte[] value = db.get(family, inMemory, key);
            return value == null ? ABSENT : new Lookup.Found(value);
        } catch (RocksDBException e) {
            // the look at the device meets it again, and tells
            return NOT_IN_MEMORY;
        }
    }

    Lookup get(KvSpace space, byte[] key) throws RocksDBException {
        return get(families.get(space), key);
    }

    /** The size of a packed shard as a row of {@link #NAMES}. */
    Lookup getName(byte[] key) throws RocksDBException {
        return get(names, key);
    }

    private Lookup get(ColumnFamilyHandle family, byte[] key) throws RocksDBException {
        enter();
        try {
            byte[] value = db.get(family, reads, key);
            return value == null ? ABSENT : new Lookup.Found(value);
        } finally {
            uses.leave();
        }
    }

    List<KvRow> scan(KvSpace space, byte[] from, byte[] to, ScanLimit limit) throws RocksDBException {
        return scan(space, from, to, limit, ReadTier.READ_ALL_TIER);
    }

    /** The same without touching the device; empty when not all of it is in memory. */
    Optional<List<KvRow>> peekScan(KvSpace space, byte[] from, byte[] to, ScanLimit limit) {
        try {
            return Optional.of(scan(space, from, to, limit, ReadTier.BLOCK_CACHE_TIER));
        } catch (RocksDBException e) {
            // Incomplete, or a failure that the look at the device will meet again and tell
            return Optional.empty();
        }
    }

    private List<KvRow> scan(KvSpace space, byte[] from, byte[] to, ScanLimit limit, ReadTier tier)
            throws RocksDBException {
        enter();
        List<KvRow> rows = new ArrayList<>();
        try (Slice bound = new Slice(to);
                ReadOptions bounded = new ReadOptions()
                        .setIterateUpperBound(bound)
                        .setReadTier(tier)
                        .setFillCache(!limit.sweeps());
                RocksIterator at = db.newIterator(families.get(space), bounded)) {
            long bytes = 0;
            for (at.seek(from); at.isValid() && rows.size() < limit.rows(); at.next()) {
                KvRow row = new KvRow(at.key(), at.value());
                bytes += (long) row.key().length + row.value().length;
                if (bytes > limit.bytes() && !rows.isEmpty()) {
                    break;
                }
                rows.add(row);
            }
            at.status();
            return rows;
        } finally {
            uses.leave();
        }
    }

    /** Keys of packed shards from {@code from} on. */
    List<byte[]> packedKeys(byte[] from, int limit) throws RocksDBException {
        enter();
        List<byte[]> keys = new ArrayList<>();
        try (RocksIterator at = db.newIterator(names, sweeps)) {
            for (at.seek(from); at.isValid() && keys.size() < limit; at.next()) {
                keys.add(at.key());
            }
            at.status();
            return keys;
        } finally {
            uses.leave();
        }
    }

    KvCursor cursor(KvSpace space, DriveHealth health) {
        enter();
        try {
            RocksIterator iterator = db.newIterator(families.get(space), reads);
            iterators.add(iterator);
            return new StoreCursor(this, iterator, health);
        } finally {
            uses.leave();
        }
    }

    /** A cursor's step, while the store is kept open. */
    <T> T use(Supplier<T> step) {
        enter();
        try {
            return step.get();
        } finally {
            uses.leave();
        }
    }

    void release(RocksIterator iterator) {
        if (uses.enter()) {
            try {
                if (iterators.remove(iterator)) {
                    iterator.close();
                }
            } finally {
                uses.leave();
            }
        }
    }

    /** Failed flushes and compactions since it was opened. */
    long backgroundErrors() throws RocksDBException {
        enter();
        try {
            return db.getLongProperty(BACKGROUND_ERRORS);
        } finally {
            uses.leave();
        }
    }

    /** The number of the last row that was written. */
    long lastSequence() {
        enter();
        try {
            return db.getLatestSequenceNumber();
        } finally {
            uses.leave();
        }
    }

    /** The same as {@link #flush}, in the background. */
    void beginFlush() throws RocksDBException {
        enter();
        try (FlushOptions begin = new FlushOptions().setWaitForFlush(false)) {
            db.flush(begin, handles);
        } finally {
            uses.leave();
        }
    }

    /** Rows go from memory and log to tables, durably. */
    void flush() throws RocksDBException {
        try (FlushOptions wait = new FlushOptions().setWaitForFlush(true)) {
            db.flush(wait, handles);
        }
    }

    /**
     * Closes everything, when nobody is inside any more. With {@code flush}, rows go to tables first, so that the next
     * opening finds no log to replay.
     */
    void close(boolean flush) throws RocksDBException {
        uses.close();
        try {
            iterators.forEach(RocksIterator::close);
            if (flush) {
                flush();
            }
        } finally {
            handles.forEach(ColumnFamilyHandle::close);
            db.close();
            reads.close();
            inMemory.close();
            sweeps.close();
            synced.close();
            unsynced.close();
            options.close();
        }
    }
}
