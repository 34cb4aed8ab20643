package io.kintsugi.drives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/**
 * Tells whether the path still leads to the drive that was opened. One {@code stat} of the identity file, cheap enough
 * to be done before every acknowledgement: writes into a directory that was removed or unmounted succeed without a
 * sound.
 *
 * <p>The inode alone would not do, since file systems give the number of a removed file to the next one.
 */
final class DriveWatch {
    private record Mark(Object key, FileTime created, FileTime modified, long size) {}

    private final Path file;
    private volatile Mark expected;
    private volatile Mark replacement;

    DriveWatch(Path directory) throws IOException {
        this.file = directory.resolve(DriveDirectory.IDENTITY);
        this.expected = markOf(file);
        this.replacement = expected;
    }

    private static Mark markOf(Path file) throws IOException {
        BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
        return new Mark(a.fileKey(), a.creationTime(), a.lastModifiedTime(), a.size());
    }

    /** Why the directory is not the drive any more; empty while it is. */
    Optional<String> lost() {
        try {
            Mark before;
            do {
                before = expected;
                Mark found = markOf(file);
                // the order of the reads matters: a rename makes the replacement the expected one
                if (found.equals(before) || found.equals(replacement) || found.equals(expected)) {
                    return Optional.empty();
                }
                // what was found may be older than a replacement that has come in between
            } while (before != expected);
            return Optional.of("another drive was put in its place, or its identity was changed");
        } catch (NoSuchFileException e) {
            return Optional.of("its directory was removed or unmounted (" + file + " is not there)");
        } catch (IOException e) {
            return Optional.of("its identity cannot be read: " + e.getMessage());
        }
    }

    /** Announces that {@code temporary} is about to be renamed over the identity. */
    void expectReplacement(Path temporary) throws IOException {
        replacement = markOf(temporary);
    }

    void replaced() {
        expected = replacement;
    }
}
