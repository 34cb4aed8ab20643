package io.kintsugi.drives;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The calls of the file system on which durability hangs, in one place, so that a test can watch their order and make
 * them fail.
 */
class DriveFiles {
    FileChannel create(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ);
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
