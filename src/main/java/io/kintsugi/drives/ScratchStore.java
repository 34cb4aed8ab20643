package io.kintsugi.drives;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.Id128;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rocksdb.RocksDBException;

/**
 * A key-value store beside those of the drives, for work that is too large for memory: rows are sorted there, and are
 * gone when it is removed. It lies on a drive, in {@code kv/rebuild}, since that is where space is.
 *
 * <p>One thread. What was written is safe after {@link #sync}.
 */
public final class ScratchStore implements AutoCloseable {
    private static final String NAME = "rebuild";
    private static final String REMOVED = ".removed";
    private static final DriveId NO_DRIVE = new DriveId(new Id128(0, 0));

    private final Path directory;
    private final KvStore store;
    private final KeyValue keyValue;

    private ScratchStore(Path directory, KvStore store) {
        this.directory = directory;
        this.store = store;
        this.keyValue = new PlainKeyValue(NO_DRIVE, store, true);
    }

    /** Where the scratch store of a drive is, or would be. */
    public static Path of(Path drive) {
        return drive.resolve(DriveDirectory.KEY_VALUES).resolve(NAME);
    }

    /** What is left of those whose removal was cut off lies here. */
    public static Path removed(Path drive) {
        return of(drive).resolveSibling(NAME + REMOVED);
    }

    public static boolean isThere(Path drive) {
        return Files.isDirectory(of(drive));
    }

    /** Whether something is left of one whose removal was cut off; it is of no meaning. */
    public static boolean isLeft(Path drive) {
        return Files.isDirectory(removed(drive));
    }

    /**
     * Opens what is there, without the end that a power cut may have torn, or makes an empty one.
     *
     * @throws UncheckedIOException when it can't be opened
     */
    public static ScratchStore open(Path drive, DriveResources resources) {
        Path directory = of(drive);
        try {
            DriveDirectory.made(directory.getParent());
            DriveDirectory.made(directory);
            return new ScratchStore(directory, KvStore.openMended(NO_DRIVE, directory, resources, new DriveFiles()));
        } catch (RocksDBException e) {
            throw new UncheckedIOException(new IOException("the work space " + directory + ": " + e.getMessage(), e));
        } catch (IOException e) {
            throw new UncheckedIOException("the work space " + directory + ": " + e.getMessage(), e);
        }
    }

    /**
     * Removes it, if it is there, and what is left of earlier ones. It is renamed before the first of its files goes:
     * one that is there is whole, and can be opened, wherever its removal was cut off.
     *
     * @throws UncheckedIOException when the file system refuses
     */
    public static void remove(Path drive) {
        removeLeft(drive);
        Path directory = of(drive);
        if (!Files.isDirectory(directory)) {
            return;
        }
        try {
            DriveFiles files = new DriveFiles();
            files.rename(directory, removed(drive));
            files.syncDirectory(directory.getParent());
        } catch (IOException e) {
            throw new UncheckedIOException("the work space " + directory + " can't be removed", e);
        }
        removeLeft(drive);
    }

    /**
     * Removes only what is left of scratch stores whose removal was cut off.
     *
     * @throws UncheckedIOException when the file system refuses
     */
    public static void removeLeft(Path drive) {
        Path directory = removed(drive);
        if (!Files.isDirectory(directory)) {
            return;
        }
        try {
            deleteAll(directory);
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("what is left of a work space, " + directory + ", can't be removed", e);
        }
    }

    private static void deleteAll(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.delete(file);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    public KeyValue keyValue() {
        return keyValue;
    }

    /** Everything that was committed survives a power cut from here on. */
    public void sync() {
        try {
            store.flush();
        } catch (RocksDBException e) {
            throw new UncheckedIOException(new IOException("the work space " + directory + ": " + e.getMessage(), e));
        }
    }

    @Override
    public void close() {
        try {
            store.close(false);
        } catch (RocksDBException e) {
            throw new UncheckedIOException(new IOException("the work space " + directory + ": " + e.getMessage(), e));
        }
    }
}
