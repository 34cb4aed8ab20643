package io.kintsugi.codec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A file of which only what the page cache holds is read ({@code preadv2} with {@code RWF_NOWAIT}): a read never waits
 * for a device, so a thread that must not be held up may do it. The JDK has no such read. Any thread; its owner sees to
 * it that nobody reads once it is closed.
 */
public final class CachedFile implements AutoCloseable {
    private final int descriptor;

    private CachedFile(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Opens a file, which may wait for the device. Empty when that can't be, and without kernels: whoever asks has
     * another way to read.
     *
     * @param path absolute; one that is not plain ASCII is not opened, as its encoding is not known
     */
    public static Optional<CachedFile> open(String path) {
        if (!Kernels.AVAILABLE || !path.chars().allMatch(c -> c > 0 && c < 0x80)) {
            return Optional.empty();
        }
        int descriptor = Kernels.fileOpen((path + '\0').getBytes(StandardCharsets.US_ASCII));
        return descriptor < 0 ? Optional.empty() : Optional.of(new CachedFile(descriptor));
    }

    /**
     * Reads as much as is there at once, and advances the target by it: 0 when nothing is, when the file ends here, or
     * when the target is no direct memory.
     */
    public int read(long position, ByteBuffer target) {
        if (!target.isDirect() || !target.hasRemaining()) {
            return 0;
        }
        int count = Kernels.fileCached(descriptor, position, target, target.position(), target.remaining());
        target.position(target.position() + count);
        return count;
    }

    @Override
    public void close() {
        Kernels.fileClose(descriptor);
    }
}
