package io.kintsugi.drives;

import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import org.rocksdb.RocksDBException;

/** The parts of an open drive, and the order in which they are opened and closed. */
final class OpenDrive {
    private static final System.Logger LOG = System.getLogger(OpenDrive.class.getName());
    private static final Duration TURN = Duration.ofMillis(50);

    private final Path path;
    private final DriveId id;
    private final DriveSettings settings;
    private final DriveFiles files;
    private final DriveLock lock;
    private final IdentityFile identity;
    private final ShardFiles shards;
    private final SetAside setAside;
    private final KvStore store;
    private final DriveThreads threads;
    private final DriveTasks tasks;
    private final Committer committer;
    private final Thread committing;
    private final DriveWatcher watcher;
    private final Thread watching;
    private final AtomicBoolean closing = new AtomicBoolean();

    /** What is known of a drive before its store is opened. */
    private record Found(Path path, DriveIdentity identity, DriveSettings settings, Clock clock, DriveFiles files) {}

    static OpenDrive open(Path path, DriveIdentity expected, DriveSettings settings, Clock clock, DriveFiles files) {
        DriveLock lock = null;
        try {
            lock = DriveLock.take(path);
            DriveIdentity found = identityAt(path, expected);
            return new OpenDrive(new Found(path, found, settings, clock, files), lock);
        } catch (IOException | RocksDBException | RuntimeException e) {
            release(lock);
            throw e instanceof DriveException known ? known : cannotOpen(path, expected, e);
        }
    }

    private static DriveException cannotOpen(Path path, DriveIdentity expected, Exception e) {
        DriveException.Kind kind = e instanceof DriveLock.Held ? DriveException.Kind.BUSY : DriveHealth.kindOf(e);
        return new DriveException(kind, expected.drive(), "cannot be opened at " + path + ": " + e.getMessage(), e);
    }

    private static void release(DriveLock lock) {
        if (lock != null) {
            try {
                lock.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "The lock of a drive could not be released", e);
            }
        }
    }

    private static DriveIdentity identityAt(Path path, DriveIdentity expected) {
        DriveInspection found = DriveDirectory.inspect(path);
        if (found instanceof DriveInspection.Ours(var where, var identity) && identity.sameDrive(expected)) {
            return identity;
        }
        String cure = found.cure().isEmpty() ? "" : "; " + found.cure();
        throw new DriveException(
                DriveException.Kind.GONE,
                expected.drive(),
                "expected at " + path + " as drive of deployment " + expected.deployment() + ", but " + found.message()
                        + cure);
    }

    private OpenDrive(Found found, DriveLock lock) throws IOException, RocksDBException {
        this.path = found.path();
        this.settings = found.settings();
        this.files = found.files();
        this.lock = lock;
        repairIdentity(found);
        DriveWatch watch = new DriveWatch(path);
        DriveMeter meter = new DriveMeter();
        this.id = found.identity().drive();
        DriveHealth health = new DriveHealth(
                new DriveHealth.Parts(id, path, found.clock(), watch, meter),
                settings.stallLimit(),
                settings.resources().standstill()::ranNanos);
        this.identity = new IdentityFile(path, found.identity(), files, watch);
        this.shards =
                new ShardFiles(path, files, settings.resources().openFiles().shards());
        shards.prepare();
        Path keyValues = keyValues(found);
        if (LostFiles.isNone(keyValues) && shards.any()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Drive {0} at {1} has shards, but its key-value store is gone. An empty one is made, and filled"
                            + " from the other drives",
                    id,
                    path);
        }
        // a power cut may have left it beside the identity, which is durable by now
        files.delete(path.resolve(DriveDirectory.FOUNDING));
        FileStore fileStore = Files.getFileStore(path);
        this.setAside = new SetAside(found.identity(), keyValues, settings.resources());
        settings.resources().driveOpens();
        this.store = openStore(found, keyValues, setAside);
        RotMark.read(store).ifPresent(health::rotten);
        this.threads = new DriveThreads(id.toString().substring(0, 8), settings.threads());
        this.tasks = new DriveTasks(id, threads, health, meter, found.clock());
        this.committer = new Committer(new Committer.Parts(store, identity, health, meter, found.clock()));
        this.watcher =
                new DriveWatcher(new DriveWatcher.Parts(path, fileStore, store, setAside, tasks, files), settings);
        watcher.look();
        this.committing = threads.newThread("commit", committer);
        committing.start();
        this.watching = threads.newThread("watch", watcher);
        watching.start();
    }

    /** A drive that takes no new file, as it is full, is opened all the same. */
    private static void repairIdentity(Found found) throws IOException {
        if (!IdentityRepair.isWanted(found.path(), found.identity())) {
            return;
        }
        Path file = found.path().resolve(DriveDirectory.IDENTITY);
        LOG.log(System.Logger.Level.WARNING, "A bit of {0} was flipped: it is written anew", file);
        try {
            IdentityRepair.repair(found.path(), found.identity(), found.files());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "{0} could not be written anew: {1}", file, e.getMessage());
        }
    }

    /**
     * RocksDB works with paths, and removes files by their names, until it is closed. So each incarnation of each drive
     * has a name of its own: one that was taken away never touches the files of what was put in its place.
     */
    private static Path keyValues(Found found) throws IOException {
        Path all = DriveDirectory.made(found.path().resolve(DriveDirectory.KEY_VALUES));
        Path own =
                DriveDirectory.made(all.resolve(found.identity().incarnation().toString()));
        found.files().syncDirectory(all);
        found.files().syncDirectory(found.path());
        return own;
    }

    /**
     * A damaged store is set aside, once, where there is parity to fill a new one from; nothing of it is removed. What
     * was in it is missing then, which the catalog sees at once and healing soon. Never on more drives than the parity
     * restores: when more are damaged at once, it is better not to start than to begin without what they hold.
     *
     * <p>Damage of a table is met by a compaction, which stops the store each time that it is opened; or by scrubbing.
     * When such a one may not be set aside it is opened as it is: what else is in it can be read for a while.
     */
    private static KvStore openStore(Found found, Path directory, SetAside setAside)
            throws IOException, RocksDBException {
        DriveIdentity identity = found.identity();
        DriveResources resources = found.settings().resources();
        setAside.look();
        if (resources.takeDamaged(identity.drive()) && setAside.claim()) {
            return openAnew(found, directory, setAside.place(), "a file of it is");
        }
        try {
            return KvStore.openMended(identity.drive(), directory, resources, found.files());
        } catch (RocksDBException e) {
            if (KvStore.kindOf(e) != DriveException.Kind.CORRUPT || !setAside.claim()) {
                resources.driveCloses();
                throw e;
            }
            return openAnew(found, directory, setAside.place(), e.getMessage());
        }
    }

    private static KvStore openAnew(Found found, Path directory, Path damaged, String why)
            throws IOException, RocksDBException {
        DriveIdentity identity = found.identity();
        DriveResources resources = found.settings().resources();
        LOG.log(
                System.Logger.Level.WARNING,
                "The key-value store of drive {0} is damaged ({1}). It was set aside as {2}, and a new one is"
                        + " filled from the other drives: remove that directory when nothing is healing any more",
                identity.drive(),
                why,
                damaged);
        try {
            Files.move(directory, damaged);
            DriveDirectory.made(directory);
            found.files().syncDirectory(directory.getParent());
            return KvStore.open(identity.drive(), directory, resources);
        } catch (IOException | RocksDBException e) {
            resources.driveCloses();
            throw e;
        }
    }

    SetAside setAside() {
        return setAside;
    }

    ReadLately lately() {
        return settings.resources().lately();
    }

    DriveFiles files() {
        return files;
    }

    IdentityFile identity() {
        return identity;
    }

    ShardFiles shards() {
        return shards;
    }

    KvStore store() {
        return store;
    }

    DriveTasks tasks() {
        return tasks;
    }

    Committer committer() {
        return committer;
    }

    /**
     * Closes on a thread of its own. The caller waits for it up to the limit, or until the drive is known to hang: then
     * that thread goes on waiting, and the drive can be opened again once it has answered.
     */
    void close(Collection<FileSink> sinks) {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        // what waits behind a commit that hangs is not begun any more: who waits for it, or lent memory, goes on
        tasks.health().refusesAll().ifPresent(committer.queue()::abandon);
        boolean healthy = tasks.health().close();
        Thread closer = threads.newThread("close", () -> shutDown(sinks, healthy));
        closer.start();
        try {
            if (!hasEnded(closer)) {
                LOG.log(System.Logger.Level.WARNING, "The drive at {0} hangs: it is closed when it answers", path);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean hasEnded(Thread closer) throws InterruptedException {
        long end = System.nanoTime() + settings.closeLimit().toNanos();
        boolean ended = closer.join(TURN);
        while (!ended && !hangs() && System.nanoTime() - end < 0) {
            ended = closer.join(TURN);
        }
        return ended;
    }

    /** Who stops a process is given half a minute for all of it, and gains nothing by waiting for this drive. */
    private boolean hangs() {
        return tasks.hang() || tasks.health().hangs(watching.isAlive());
    }

    /** A device that fails may also fail to close a file: what else is open must be closed all the same. */
    private void releaseSink(FileSink sink) {
        try {
            sink.release();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "An unfinished shard of the drive at " + path + " was not closed", e);
        }
    }

    private void shutDown(Collection<FileSink> sinks, boolean healthy) {
        committer.queue().close();
        watcher.stop();
        try {
            threads.finish();
            committing.join();
            // it looks for what was set aside: what it finds then must not undo what the next opening claims
            watching.join();
            tasks.runLeftovers();
            sinks.forEach(this::releaseSink);
            shards.kept().close();
            if (tasks.health().damaged()) {
                settings.resources().markDamaged(id);
            }
            store.close(healthy);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        } catch (RocksDBException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "The drive at " + path + " was not closed in order", e);
        }
        settings.resources().driveCloses();
        release(lock);
    }
}
