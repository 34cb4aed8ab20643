package io.kintsugi.iam;

import java.util.HexFormat;
import java.util.Optional;

/**
 * How the body of a request is vouched for: the meaning of {@code x-amz-content-sha256}.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html">Payloads of version
 *     4</a>
 */
public sealed interface Payload {
    String UNSIGNED = "UNSIGNED-PAYLOAD";
    String SIGNED_CHUNKS = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
    String SIGNED_CHUNKS_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
    String UNSIGNED_CHUNKS_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

    /** By nothing. */
    record Unsigned() implements Payload {}

    /** By its SHA-256, 32 bytes. */
    record Hashed(byte[] sha256) implements Payload {}

    /** Chunk by chunk, in {@code aws-chunked} coding; {@code trailer}: and so are the trailers behind it. */
    record SignedChunks(ChunkSigner signer, boolean trailer) implements Payload {}

    /** By nothing, in {@code aws-chunked} coding with trailers. */
    record UnsignedChunks() implements Payload {}

    /** Whether this may be a value of {@code x-amz-content-sha256}. */
    static boolean isValid(String word) {
        return switch (word) {
            case UNSIGNED, SIGNED_CHUNKS, SIGNED_CHUNKS_TRAILER, UNSIGNED_CHUNKS_TRAILER -> true;
            default -> hash(word).isPresent();
        };
    }

    /** The meaning of a valid word. @param signer begins at the signature of the request */
    static Payload of(String word, ChunkSigner signer) {
        return switch (word) {
            case UNSIGNED -> new Unsigned();
            case SIGNED_CHUNKS -> new SignedChunks(signer, false);
            case SIGNED_CHUNKS_TRAILER -> new SignedChunks(signer, true);
            case UNSIGNED_CHUNKS_TRAILER -> new UnsignedChunks();
            default -> new Hashed(hash(word).orElseThrow());
        };
    }

    /** The meaning of a word under a signature that begins no chain of chunk signatures; empty when it has none. */
    static Optional<Payload> withoutChain(String word) {
        return switch (word) {
            case UNSIGNED -> Optional.of(new Unsigned());
            case UNSIGNED_CHUNKS_TRAILER -> Optional.of(new UnsignedChunks());
            default -> hash(word).map(Hashed::new);
        };
    }

    private static Optional<byte[]> hash(String word) {
        return SignatureClaim.isSignature(word) ? Optional.of(HexFormat.of().parseHex(word)) : Optional.empty();
    }
}
