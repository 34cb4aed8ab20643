package io.kintsugi.s3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.base.ByteSource;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.StoreException;
import io.kintsugi.codec.Digest;
import io.kintsugi.iam.Payload;
import java.nio.ByteBuffer;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checksums behind the body, and what comes twice, before and behind it. */
class WireBodyTest {
    private static final String NAME = ChecksumAlgorithm.CRC32C.headerName();
    private static final byte[] HELLO = "hello".getBytes(ISO_8859_1);
    private static final int MOST = 100;

    private static String sum(String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        Digest digest = Digest.of(ChecksumAlgorithm.CRC32C);
        digest.update(bytes, 0, bytes.length);
        return Base64.getEncoder().encodeToString(digest.finish());
    }

    private static WireBody body(String header, String trailer) {
        Headers headers = Headers.of("x-amz-decoded-content-length", "5", "x-amz-trailer", NAME, NAME, header);
        Payload payload = new Payload.UnsignedChunks();
        byte[] wire = ("5\r\nhello\r\n0\r\n" + NAME + ":" + trailer + "\r\n\r\n").getBytes(ISO_8859_1);
        return WireBody.of(ByteSource.of(ByteBuffer.wrap(wire)), payload, BodyHeaders.read(headers, payload));
    }

    @Test
    void bothHaveToBeRight() {
        assertArrayEquals(HELLO, body(sum("hello"), sum("hello")).readAll(MOST));
        refused(sum("hello"), sum("jello"));
        refused(sum("jello"), sum("hello"));
        refused(sum("jello"), sum("jello"));
    }

    /** One that is not understood would not be verified. */
    @ParameterizedTest
    @ValueSource(strings = {"x-amz-checksum-sha10", "x-amz-meta-a", "x-amz-checksum-crc32,x-amz-meta-a"})
    void aTrailerThatIsNoChecksumIsRefused(String names) {
        Headers headers = Headers.of("x-amz-decoded-content-length", "5", "x-amz-trailer", names);
        S3Exception refused =
                assertThrows(S3Exception.class, () -> BodyHeaders.read(headers, new Payload.UnsignedChunks()));
        assertEquals(S3Error.INVALID_REQUEST, refused.error());
    }

    private static void refused(String header, String trailer) {
        WireBody body = body(header, trailer);
        StoreException.Invalid refused = assertThrows(StoreException.Invalid.class, () -> body.readAll(MOST));
        assertEquals(StoreException.Invalid.Kind.BAD_DIGEST, refused.kind());
    }
}
