package io.kintsugi.drives;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Holds a drive's directory for one owner: against other processes by a lock on {@code kintsugi.lock}, within the
 * process by a set. The set comes first, and is of the process on purpose: POSIX drops a process's lock when it closes
 * any descriptor of the file, so that merely trying for a lock that we hold already would lose it.
 */
final class DriveLock implements AutoCloseable {
    /** Somebody else has the drive open. */
    static final class Held extends IOException {
        private static final long serialVersionUID = 1L;

        Held(String message) {
            super(message);
        }
    }

    private static final Set<Object> HELD = ConcurrentHashMap.newKeySet();
    /** Of those, what is held for whoever opens a drive there. */
    private static final Map<Object, DriveLock> CLAIMED = new ConcurrentHashMap<>();

    private final Object directory;
    private final FileChannel channel;

    private DriveLock(Object directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /** Takes over what this process has claimed. @throws Held when somebody else has it */
    static DriveLock take(Path path) throws IOException {
        Object directory = directory(path);
        DriveLock claimed = CLAIMED.remove(directory);
        return claimed == null ? lock(path, directory) : claimed;
    }

    /** Holds it for who {@link #take}s it in this process; once, however often it is asked for. */
    static DriveLock claim(Path path) throws IOException {
        Object directory = directory(path);
        DriveLock claimed = CLAIMED.get(directory);
        if (claimed != null) {
            return claimed;
        }
        DriveLock lock = lock(path, directory);
        CLAIMED.put(directory, lock);
        return lock;
    }

    /** Drops the lock if nobody has taken it over. */
    void unclaim() throws IOException {
        if (CLAIMED.remove(directory, this)) {
            close();
        }
    }

    private static Object directory(Path path) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        return Objects.requireNonNullElseGet(attributes.fileKey(), path::toAbsolutePath);
    }

    private static DriveLock lock(Path path, Object directory) throws IOException {
        if (!HELD.add(directory)) {
            throw new Held(path + " is open in this process already");
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    path.resolve(DriveDirectory.LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw new Held(path + " is in use by another process; stop that one first");
            }
            return new DriveLock(directory, channel);
        } catch (IOException | RuntimeException e) {
            HELD.remove(directory);
            if (channel != null) {
                channel.close();
            }
            throw e;
        }
    }

    /** Also drops the lock. */
    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD.remove(directory);
        }
    }
}
