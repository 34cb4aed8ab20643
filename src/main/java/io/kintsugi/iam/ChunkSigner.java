package io.kintsugi.iam;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * The chain of signatures of an {@code aws-chunked} body: each covers the one before it, the first the signature of the
 * request. Used by one thread.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html">Chunked upload</a>
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html">Trailing headers</a>
 */
public final class ChunkSigner {
    private static final String EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private final Hmac key;
    private final String dateAndScope;
    private String previous;

    /** @param seed the signature of the request */
    ChunkSigner(Hmac key, SignatureClaim claim, String seed) {
        this.key = key;
        this.dateAndScope = claim.date().text() + "\n" + claim.credential().text() + "\n";
        this.previous = seed;
    }

    /**
     * Whether {@code signature} is that of the next chunk.
     *
     * @param sha256 of the chunk's bytes
     */
    public boolean verifyChunk(String signature, byte[] sha256) {
        return verify(
                signature, "AWS4-HMAC-SHA256-PAYLOAD\n" + dateAndScope + previous + "\n" + EMPTY_SHA256 + "\n", sha256);
    }

    /**
     * Whether {@code signature} is that of the trailers.
     *
     * @param sha256 of their lines {@code name:value}, each with a line feed
     */
    public boolean verifyTrailer(String signature, byte[] sha256) {
        return verify(signature, "AWS4-HMAC-SHA256-TRAILER\n" + dateAndScope + previous + "\n", sha256);
    }

    private boolean verify(String signature, String prefix, byte[] sha256) {
        String expected =
                HexFormat.of().formatHex(key.sign(prefix + HexFormat.of().formatHex(sha256)));
        previous = expected;
        return isEqual(expected, signature);
    }

    /** In a time that does not depend on where they differ. */
    static boolean isEqual(String expected, String given) {
        return MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }
}
