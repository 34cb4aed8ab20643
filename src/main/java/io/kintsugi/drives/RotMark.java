package io.kintsugi.drives;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.rocksdb.RocksDBException;

/**
 * The row in which a key-value store says that one of its files is damaged: rows that were written anew hide it from
 * all reads, until a compaction meets it. The row goes with the store.
 */
final class RotMark {
    private static final byte[] KEY = {4};
    private static final byte FORMAT = 1;
    private static final int MAX_CHARS = 1000;

    private RotMark() {}

    /** Why a file of this store is damaged, as it was found before it was opened; empty when none is known to be. */
    static Optional<String> read(KvStore store) {
        try {
            return store.get(KvSpace.LOCAL, KEY) instanceof KvStore.Lookup.Found(var row)
                    ? Optional.of(decode(row))
                    : Optional.empty();
        } catch (RocksDBException e) {
            // any other failure will be met by whoever reads the store
            return KvStore.kindOf(e) == DriveException.Kind.CORRUPT
                    ? Optional.of(String.valueOf(e.getMessage()))
                    : Optional.empty();
        }
    }

    static KvBatch of(String reason) {
        byte[] text = reason.substring(0, Math.min(reason.length(), MAX_CHARS)).getBytes(UTF_8);
        ByteBuffer row =
                ByteBuffer.allocate(1 + text.length + Integer.BYTES).put(FORMAT).put(text);
        row.putInt(sum(row.array(), row.position()));
        return new KvBatch().put(KvSpace.LOCAL, KEY, row.array());
    }

    private static int sum(byte[] row, int length) {
        CRC32C sum = new CRC32C();
        sum.update(row, 0, length);
        return (int) sum.getValue();
    }

    /** Whatever a row of this key says: somebody found it necessary to write it. */
    private static String decode(byte[] row) {
        int end = row.length - Integer.BYTES;
        boolean right = end > 0 && row[0] == FORMAT && ByteBuffer.wrap(row).getInt(end) == sum(row, end);
        return right ? new String(Arrays.copyOfRange(row, 1, end), UTF_8) : "as was found before";
    }
}
