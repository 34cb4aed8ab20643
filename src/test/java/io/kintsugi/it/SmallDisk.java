package io.kintsugi.it;

import io.kintsugi.base.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file system of its own, ext4 on a sparse file, as small as a test wants it. Needs the right to mount, which root
 * has.
 */
final class SmallDisk {
    private final Path place;

    private SmallDisk(Path place) {
        this.place = place;
    }

    /** Empty, with a message, where it can't be made. */
    static Optional<SmallDisk> at(Path place, long bytes) throws IOException, InterruptedException {
        Files.createDirectories(place);
        Path image = place.resolveSibling(place.getFileName() + ".image");
        boolean mounted = Command.succeeds("truncate", "-s", String.valueOf(bytes), image.toString())
                && Command.succeeds("mkfs.ext4", "-q", "-m", "0", "-N", "16384", image.toString())
                && Command.succeeds("mount", "-o", "loop", image.toString(), place.toString());
        if (!mounted) {
            System.err.println("A test is skipped: this user may not mount a file system (run it as root)");
        }
        return mounted ? Optional.of(new SmallDisk(place)) : Optional.empty();
    }

    Path place() {
        return place;
    }

    /** Fills it, but for so many bytes, with a file of somebody else. */
    void leave(long bytes) throws IOException, InterruptedException {
        long more = Files.getFileStore(place).getUsableSpace() - bytes;
        if (!Command.succeeds(
                "fallocate", "-l", String.valueOf(more), place.resolve("filler").toString())) {
            throw new IOException("no filler of " + more + " bytes");
        }
    }

    /** Takes that file away. */
    void empty() throws IOException {
        Files.delete(place.resolve("filler"));
    }

    /** Also while something is open there, which goes on having it. */
    void unmount() throws IOException, InterruptedException {
        Command.succeeds("umount", "-l", place.toString());
    }
}
