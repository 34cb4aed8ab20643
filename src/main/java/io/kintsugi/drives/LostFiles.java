package io.kintsugi.drives;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * The files by which RocksDB knows its others: {@code CURRENT}, which names the list of files, and that list. A file
 * system that was repaired may have lost them. Without the first RocksDB begins a new store amid what is there: it
 * refuses a log that it meets, but at the next opening it takes its own beginning for the store, and removes all
 * tables. Without the second it says that a file is missing, not that it is damaged.
 *
 * <p>A first opening that was cut off has neither tables nor logs: RocksDB makes them when {@code CURRENT} is durable.
 */
final class LostFiles {
    private static final String CURRENT = "CURRENT";
    private static final String OF_A_STORE = "*.{sst,blob,log}";

    private LostFiles() {}

    /** @throws RocksDBException {@code Corruption} when one of them is missing where there is a store */
    static void requireNone(Path directory) throws IOException, RocksDBException {
        Optional<String> missing = find(directory);
        if (missing.isPresent()) {
            String why = "the file " + directory.resolve(missing.get()) + " is missing";
            throw new RocksDBException(why, new Status(Status.Code.Corruption, Status.SubCode.None, why));
        }
    }

    private static Optional<String> find(Path directory) throws IOException {
        Path current = directory.resolve(CURRENT);
        if (Files.notExists(current)) {
            return hasStore(directory) ? Optional.of(CURRENT) : Optional.empty();
        }
        String list = Files.readString(current, StandardCharsets.ISO_8859_1).strip();
        // what is wrong with another content RocksDB sees for itself
        return list.startsWith("MANIFEST-") && list.indexOf('\0') < 0 && Files.notExists(directory.resolve(list))
                ? Optional.of(list)
                : Optional.empty();
    }

    /** Whether there is no store at all, and nothing of one. */
    static boolean isNone(Path directory) throws IOException {
        return Files.notExists(directory.resolve(CURRENT)) && !hasStore(directory);
    }

    private static boolean hasStore(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, OF_A_STORE)) {
            return files.iterator().hasNext();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }
}
