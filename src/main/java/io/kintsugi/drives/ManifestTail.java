package io.kintsugi.drives;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The end of RocksDB's MANIFEST after a power cut. RocksDB appends records to it and syncs; when the power goes in
 * between, the file may be as long as it was to be while sectors of the last records were not written, and read as
 * zeros. Of its own log RocksDB takes what is before a torn record; of the MANIFEST it takes nothing, and does not
 * open. What was not synced, nobody relies on: the files of the state before are removed only after the sync. So the
 * torn end is found here, and cut off when the store is opened to be written.
 *
 * <p>Damage elsewhere is left as it is. A torn record shows zeros from some point to the end of a sector, or of the
 * file; a bit that flipped does not.
 *
 * @see <a href="https://github.com/facebook/rocksdb/wiki/Write-Ahead-Log-File-Format">the format: blocks of 32 KiB,
 *     each record with a checksum, a length and a type</a>
 */
final class ManifestTail {
    private static final int BLOCK = 32 << 10;
    private static final int HEADER = 7;
    private static final int SECTOR = 512;
    /** What RocksDB writes before one sync is less by far. */
    private static final int LONGEST_TAIL = 256 << 10;

    private static final int MOST_BYTES = 256 << 20;
    private static final int FULL = 1;
    private static final int LAST = 4;
    private static final int MASK = 0xA282EAD8;
    private static final int ROTATION = 15;

    private final ByteBuffer bytes;

    private ManifestTail(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A MANIFEST with a torn end. @param end of what is whole, in bytes */
    record Torn(Path manifest, int end) {
        /** Cuts the torn end off; durable when done. */
        void cut(DriveFiles files) throws IOException {
            try (FileChannel channel = FileChannel.open(manifest, StandardOpenOption.WRITE)) {
                channel.truncate(end);
                files.sync(channel);
            }
        }
    }

    /** Looks for a torn end of the MANIFEST that is in use in this directory. */
    static Optional<Torn> find(Path directory) throws IOException {
        Path current = directory.resolve("CURRENT");
        if (!Files.exists(current)) {
            return Optional.empty();
        }
        String name = Files.readString(current, StandardCharsets.ISO_8859_1).strip();
        if (name.indexOf('\0') >= 0) {
            // it was not written: no path may have such a name
            return Optional.empty();
        }
        Path manifest = directory.resolve(name);
        if (!Files.isRegularFile(manifest) || Files.size(manifest) > MOST_BYTES) {
            return Optional.empty();
        }
        ManifestTail tail = new ManifestTail(Files.readAllBytes(manifest));
        int end = tail.endOfWhole();
        return tail.isTorn(end) ? Optional.of(new Torn(manifest, end)) : Optional.empty();
    }

    /** The end of the last record before the first one that is not whole. */
    private int endOfWhole() {
        int end = 0;
        int at = 0;
        while (at < bytes.limit()) {
            int left = BLOCK - at % BLOCK;
            if (left < HEADER) {
                at += left;
            } else if (isWhole(at, left)) {
                int type = bytes.get(at + HEADER - 1);
                at += HEADER + length(at);
                end = type == FULL || type == LAST ? at : end;
            } else {
                return end;
            }
        }
        return end;
    }

    private int length(int at) {
        return bytes.getShort(at + Integer.BYTES) & 0xFFFF;
    }

    private boolean isWhole(int at, int leftInBlock) {
        if (bytes.limit() - at < HEADER) {
            return false;
        }
        int length = length(at);
        int type = bytes.get(at + HEADER - 1);
        if (HEADER + length > Math.min(leftInBlock, bytes.limit() - at) || type < FULL || type > LAST) {
            return false;
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(at + HEADER - 1, 1 + length));
        return bytes.getInt(at) == Integer.rotateRight((int) crc.getValue(), ROTATION) + MASK;
    }

    /** Whether a sector of what begins there was not written. */
    private boolean isTorn(int from) {
        if (from == 0 || from == bytes.limit() || bytes.limit() - from > LONGEST_TAIL) {
            return false;
        }
        int at = from;
        while (at < bytes.limit()) {
            int end = Math.min(bytes.limit(), (at / SECTOR + 1) * SECTOR);
            if (isZero(at, end)) {
                return true;
            }
            at = end;
        }
        return false;
    }

    private boolean isZero(int from, int end) {
        for (int i = from; i < end; i++) {
            if (bytes.get(i) != 0) {
                return false;
            }
        }
        return true;
    }
}
