package io.kintsugi.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.Id128;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.UploadId;
import io.kintsugi.codec.Crc32c;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;

/** Whatever a replica holds: a row, or the exception that says what is wrong with it. */
class RowFuzzTest {
    private static final BucketName BUCKET = new BucketName("bucket");
    private static final ObjectKey KEY = ObjectKey.of("key");
    private static final UploadId UPLOAD = new UploadId(new Id128(1, 2));

    private static final List<Function<byte[], Object>> DECODERS = List.of(
            row -> VersionRow.decode(BUCKET, KEY, row),
            row -> UploadRow.decode(BUCKET, KEY, UPLOAD, row),
            UploadRow::decodePart,
            UploadRow::decodeVersion,
            row -> BucketRow.decode(BUCKET, row),
            BucketRow::decodeName,
            row -> SmallRow.decodeReclaim(1, row),
            SmallRow::decodeInline,
            SmallRow::decodeNumber,
            ReplicaState::decode,
            ReplicaState::decodeTouched);

    @FuzzTest(maxDuration = "10s")
    void anyRow(byte[] data) {
        byte[] sealed = ByteBuffer.allocate(data.length + Integer.BYTES)
                .put(data)
                .putInt(Crc32c.of(data, 0, data.length))
                .array();
        for (Function<byte[], Object> decoder : DECODERS) {
            decode(decoder, data);
            decode(decoder, sealed);
        }
        version(sealed);
    }

    private static void decode(Function<byte[], Object> decoder, byte[] row) {
        try {
            decoder.apply(row);
        } catch (RowException refused) {
            refused.fault();
        }
    }

    /** What was read is written as something that is read as the same. */
    private static void version(byte[] sealed) {
        VersionRow row;
        try {
            row = VersionRow.decode(BUCKET, KEY, sealed);
        } catch (RowException refused) {
            return;
        }
        assertEquals(row, VersionRow.decode(BUCKET, KEY, row.encode()));
    }

    @FuzzTest(maxDuration = "10s")
    void anyKey(byte[] data) {
        for (int tail : new int[] {0, Long.BYTES, 2 * Long.BYTES}) {
            try {
                Keys.keyOfEscaped(data, tail);
            } catch (RowException refused) {
                refused.fault();
            }
        }
    }
}
