package io.kintsugi.shards;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.kintsugi.codec.Crc32c;
import java.nio.ByteBuffer;

/** Whatever lies where a shard should be: a header or footer, or the exception that says what is wrong with it. */
class ShardFuzzTest {
    @FuzzTest(maxDuration = "10s")
    void anyHeader(byte[] data) {
        header(data.clone());
        header(sealedHeader(data.clone()));
    }

    private static void header(byte[] bytes) {
        try {
            ShardHeader.read(ByteBuffer.wrap(bytes));
        } catch (ShardFormatException refused) {
            refused.kind();
        }
    }

    /** With a right checksum where its length says, so that the fields are reached. */
    private static byte[] sealedHeader(byte[] data) {
        try {
            int length = ShardHeader.lengthOf(ByteBuffer.wrap(data));
            if (length <= data.length) {
                ByteBuffer header = ByteBuffer.wrap(data);
                header.putInt(length - ShardFormat.SEAL_BYTES, Crc32c.of(header, 0, length - ShardFormat.SEAL_BYTES));
            }
        } catch (ShardFormatException e) {
            return data;
        }
        return data;
    }

    @FuzzTest(maxDuration = "10s")
    void anyFooter(byte[] data) {
        ByteBuffer bytes = ByteBuffer.wrap(data.clone());
        for (int binding : new int[] {0, data.length}) {
            footer(bytes, binding);
        }
        int sealAt = data.length - ShardFormat.SEAL_BYTES;
        try {
            int from = data.length - ShardFooter.lengthAtEnd(bytes, data.length);
            if (from >= 0) {
                int crc = Crc32c.of(bytes, from, sealAt - from);
                bytes.putInt(sealAt, ShardFormat.seal(crc, 7, -1));
                footer(bytes, 7);
            }
        } catch (ShardFormatException refused) {
            refused.kind();
        }
    }

    private static void footer(ByteBuffer bytes, int binding) {
        try {
            ShardFooter.read(bytes, bytes.limit(), binding);
        } catch (ShardFormatException refused) {
            refused.kind();
        }
    }
}
