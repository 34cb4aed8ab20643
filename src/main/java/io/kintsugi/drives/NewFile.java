package io.kintsugi.drives;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * A file that is being written from its begin to its end. As long as whole blocks come, in aligned direct memory, they
 * go to the device without a copy, and past the page cache: a copy into pages costs more processor time than everything
 * else that is done for a large upload, and drives out pages that others need. Whatever does not come in such blocks
 * goes through the cache, and from then on the rest of the file.
 *
 * <p>Belongs to the task that runs; {@link #channel} is asked for by others too, but only after bytes went through the
 * cache, when it does not change any more.
 */
final class NewFile {
    private final Path path;
    private final DriveFiles files;
    private volatile FileChannel channel;
    private volatile boolean direct;
    private long length;

    /** @param direct whether the channel goes past the page cache */
    NewFile(Path path, FileChannel channel, boolean direct, DriveFiles files) {
        this.path = path;
        this.channel = channel;
        this.direct = direct;
        this.files = files;
    }

    Path path() {
        return path;
    }

    FileChannel channel() {
        return channel;
    }

    /** Appends everything that remains in the buffers; returns how many bytes of it the page cache now holds. */
    long append(ByteBuffer... bytes) throws IOException {
        long count = 0;
        boolean blocks = true;
        for (ByteBuffer buffer : bytes) {
            count += buffer.remaining();
            blocks &= Blocks.areWhole(buffer);
        }
        if (count == 0) {
            return 0;
        }
        if (direct && !(blocks && Blocks.areWhole(length))) {
            leaveDirect();
        }
        files.write(channel, bytes);
        length += count;
        return direct ? 0 : count;
    }

    private void leaveDirect() throws IOException {
        FileChannel cached = files.reopen(path);
        FileChannel before = channel;
        channel = cached;
        direct = false;
        before.close();
    }
}
