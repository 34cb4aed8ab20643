package io.kintsugi.drives;

import io.kintsugi.base.DriveId;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.Env;
import org.rocksdb.LRUCache;
import org.rocksdb.Priority;
import org.rocksdb.WriteBufferManager;

/**
 * What all drives of the process share: the caches of blocks and of small bodies, the budget of write buffers, and the
 * background threads of the key-value stores. Closed after the last drive.
 *
 * <p>A drive that hangs may hold one flushing and one compacting thread; there are as many of each as there are drives,
 * so the others keep theirs.
 */
public final class DriveResources implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(DriveResources.class.getName());
    private static final boolean NEVER_STALL = false;
    /** As the logarithm of a number: threads that read bodies at once seldom wait for each other. */
    private static final int BODY_SHARD_BITS = 3;

    private final OpenFiles openFiles;
    private final Cache cache;
    private final ColumnFamilyOptions bodies;
    private final WriteBufferManager writeBuffers;
    private final Env env;
    private final ReadLately lately = ReadLately.ofThisMachine();
    private final Standstill standstill = new Standstill();
    private final Set<DriveId> setAside = new HashSet<>();
    private final Set<DriveId> damaged = new HashSet<>();
    private boolean anyMayBeSetAside;
    private boolean closed;
    private int drives;

    /** With as many open files as are of use. */
    public DriveResources(long cacheBytes, long writeBufferBytes) {
        this(cacheBytes, writeBufferBytes, OpenFiles.MOST);
    }

    /**
     * @param cacheBytes of blocks, indexes and filters; used as reads come. Half as much again may be bodies of small
     *     objects
     * @param writeBufferBytes of rows that are in the log and not yet in a table, of all drives together
     * @param openFiles of each drive
     */
    public DriveResources(long cacheBytes, long writeBufferBytes, OpenFiles openFiles) {
        this.openFiles = openFiles;
        // here and not in a static initialiser: an image that is built ahead must load it when it runs
        RocksLibrary.load();
        // write buffers are charged to the cache: without room for them they would leave none for blocks
        this.cache = new LRUCache(cacheBytes + writeBufferBytes);
        this.writeBuffers = new WriteBufferManager(writeBufferBytes, cache, NEVER_STALL);
        this.env = Env.getDefault();
        this.bodies = withBodyCache(cacheBytes / 2);
    }

    /**
     * Begins, in a thread of its own, what opening drives needs of this machine and takes as long as the rest of a
     * process needs to start. Whoever makes resources meanwhile waits for it, and is told when it failed.
     */
    public static void prepare() {
        Thread.ofPlatform().daemon().name("prepare-drives").start(() -> {
            try {
                RocksLibrary.load();
            } catch (UncheckedIOException e) {
                LOG.log(System.Logger.Level.DEBUG, "It is tried again when drives are opened", e);
            }
        });
    }

    /** RocksDB for Java knows no call for the cache of blob files: it is named as text, and shared by copying. */
    private static ColumnFamilyOptions withBodyCache(long bytes) {
        Properties properties = new Properties();
        properties.setProperty("blob_cache", "{capacity=" + bytes + ";num_shard_bits=" + BODY_SHARD_BITS + "}");
        return Optional.ofNullable(ColumnFamilyOptions.getColumnFamilyOptionsFromProps(properties))
                .orElseThrow(() -> new IllegalStateException("RocksDB does not know its option blob_cache"));
    }

    /** A key-value store of this drive was set aside, and lies there: what is in its place may not be filled yet. */
    synchronized void markSetAside(DriveId drive) {
        setAside.add(drive);
    }

    /** None lies there any more. */
    synchronized void forgetSetAside(DriveId drive) {
        setAside.remove(drive);
    }

    /** A file of the key-value store of this drive is damaged. The next opening finds it so. */
    synchronized void markDamaged(DriveId drive) {
        damaged.add(drive);
    }

    /** Whether {@link #markDamaged} was called since this was asked last. */
    synchronized boolean takeDamaged(DriveId drive) {
        return damaged.remove(drive);
    }

    /**
     * Whether the damaged store of this drive may be set aside: not on more drives than {@code parity} restores, unless
     * {@link #setAsideAny} was said.
     */
    synchronized boolean maySetAside(DriveId drive, int parity) {
        return (anyMayBeSetAside || setAside.size() < parity) && setAside.add(drive);
    }

    /** What {@link #maySetAside} would say. */
    synchronized boolean couldSetAside(DriveId drive, int parity) {
        return (anyMayBeSetAside || setAside.size() < parity) && !setAside.contains(drive);
    }

    /**
     * From now on any number of damaged stores may be set aside: for an operator who knows that the catalog is lost,
     * and is about to make it again.
     */
    public synchronized void setAsideAny() {
        anyMayBeSetAside = true;
    }

    Standstill standstill() {
        return standstill;
    }

    synchronized void driveOpens() {
        drives++;
        env.setBackgroundThreads(drives, Priority.HIGH);
        env.setBackgroundThreads(drives, Priority.LOW);
    }

    synchronized void driveCloses() {
        drives--;
    }

    /**
     * Bytes in memory now: blocks, indexes and filters, and write buffers, which are charged to the cache; without
     * small bodies, of which RocksDB tells only through an open store. None once this is closed: whoever reads metrics
     * may ask until the process has ended.
     */
    public synchronized long cachedBytes() {
        return closed ? 0 : cache.getUsage();
    }

    OpenFiles openFiles() {
        return openFiles;
    }

    ReadLately lately() {
        return lately;
    }

    Cache cache() {
        return cache;
    }

    /** Options with the cache that all families share whose values clients read again. Whoever uses it copies it. */
    ColumnFamilyOptions bodies() {
        return bodies;
    }

    WriteBufferManager writeBuffers() {
        return writeBuffers;
    }

    Env env() {
        return env;
    }

    @Override
    public synchronized void close() {
        closed = true;
        standstill.close();
        writeBuffers.close();
        bodies.close();
        cache.close();
    }
}
