package io.kintsugi.drives;

import com.sun.nio.file.ExtendedOpenOption;
import io.kintsugi.codec.CachedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The calls of the file system on which durability hangs, in one place, so that a test can watch their order and make
 * them fail.
 */
class DriveFiles {
    FileChannel create(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /**
     * A new file whose writes go past the page cache; they must begin and end at whole blocks, in the file and in
     * direct memory.
     *
     * @throws UnsupportedOperationException when the file system has no such thing
     */
    FileChannel createDirect(Path file) throws IOException {
        return FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT);
    }

    /** An unpublished file once more, to write behind its end through the page cache. */
    FileChannel reopen(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }

    FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ);
    }

    /** A file to read at once what the page cache holds of it; empty where that can't be. */
    Optional<CachedFile> openCached(Path file) {
        return CachedFile.open(file.toAbsolutePath().toString());
    }

    /** A file whose reads go past the page cache, in whole blocks as writes do. */
    FileChannel openDirect(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ, ExtendedOpenOption.DIRECT);
    }

    /** Appends everything that remains in the buffers. */
    void write(FileChannel channel, ByteBuffer... bytes) throws IOException {
        long left = 0;
        for (ByteBuffer buffer : bytes) {
            left += buffer.remaining();
        }
        while (left > 0) {
            left -= bytes.length == 1 ? channel.write(bytes[0]) : channel.write(bytes);
        }
    }

    /** {@code fdatasync}: the bytes and the length. */
    void sync(FileChannel channel) throws IOException {
        channel.force(false);
    }

    /** {@code fsync} of a directory: which names are in it. */
    void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }
}
