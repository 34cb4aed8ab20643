package io.kintsugi.drives;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * Loads RocksDB's native library. RocksDB's own way unpacks its 17 MB to the temporary directory and removes them when
 * the process ends in order: each that is killed leaves them, until a small file system is full. Here the file is gone
 * as soon as it is loaded.
 */
final class RocksLibrary {
    private static boolean loaded;

    private RocksLibrary() {}

    /** @throws UncheckedIOException when the temporary directory can't be written, or forbids execution */
    static synchronized void load() {
        if (loaded) {
            return;
        }
        String name = Environment.getJniLibraryFileName("rocksdb");
        try (InputStream resource = RocksDB.class.getClassLoader().getResourceAsStream(name)) {
            if (resource == null) {
                throw new IOException("this build has no " + name + ": RocksDB was not packed for this platform");
            }
            loadCopy(resource);
            loaded = true;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "RocksDB's library can't be loaded from " + System.getProperty("java.io.tmpdir")
                            + " (it must be writable, with 20 MB free, and not mounted noexec): " + e.getMessage(),
                    e);
        }
    }

    /** The name that RocksDB looks for in a folder that it is given differs from that of its resource. */
    private static void loadCopy(InputStream resource) throws IOException {
        Path directory = Files.createTempDirectory("kintsugi");
        Path copy = directory.resolve(Environment.getJniLibraryFileName("rocksdbjni"));
        try {
            Files.copy(resource, copy);
            RocksDB.loadLibrary(List.of(directory.toString()));
        } catch (UnsatisfiedLinkError e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            Files.deleteIfExists(copy);
            Files.deleteIfExists(directory);
        }
    }
}
