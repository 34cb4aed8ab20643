package io.kintsugi.s3;

import io.kintsugi.base.ByteSource;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.StoreException;
import io.kintsugi.codec.Digest;
import io.kintsugi.iam.Payload;
import io.kintsugi.objects.UploadBody;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The decoded and verified body of a request. */
record WireBody(ByteSource source, BodyHeaders headers) implements UploadBody {
    private static final int FIRST_CAPACITY = 4096;

    /** @param raw the bytes as they come over the wire */
    static WireBody of(ByteSource raw, Payload payload, BodyHeaders headers) {
        ByteSource decoded = switch (payload) {
            case Payload.Unsigned unsigned -> raw;
            case Payload.Hashed hashed -> new HashedSource(raw, hashed.sha256());
            case Payload.SignedChunks chunks ->
                new AwsChunkedSource(raw, Optional.of(chunks.signer()), headers.trailers(), decodedLength(headers));
            case Payload.UnsignedChunks chunks ->
                new AwsChunkedSource(raw, Optional.empty(), headers.trailers(), decodedLength(headers));
        };
        return new WireBody(decoded, headers);
    }

    private static long decodedLength(BodyHeaders headers) {
        return headers.length().orElseThrow(() -> new S3Exception(S3Error.MISSING_CONTENT_LENGTH));
    }

    @Override
    public int read(ByteBuffer target) {
        return source.read(target);
    }

    @Override
    public int readFully(List<ByteBuffer> targets) {
        return source.readFully(targets);
    }

    @Override
    public OptionalLong length() {
        return headers.length();
    }

    @Override
    public Optional<byte[]> contentMd5() {
        return headers.md5();
    }

    @Override
    public Optional<ChecksumAlgorithm> checksumAlgorithm() {
        return headers.algorithm();
    }

    /**
     * What the header says, or the trailer, once the body was read to its end.
     *
     * @throws StoreException.Invalid with {@code BAD_DIGEST} when they say different things: one of them is wrong
     */
    @Override
    public Optional<byte[]> claimedChecksum() {
        Optional<byte[]> behind = headers.algorithm().flatMap(this::trailing);
        Optional<byte[]> before = headers.checksum();
        if (before.isPresent() && behind.isPresent() && !MessageDigest.isEqual(before.get(), behind.get())) {
            throw new StoreException.Invalid(
                    StoreException.Invalid.Kind.BAD_DIGEST,
                    "The checksum in the header and the one in the trailer are not the same.");
        }
        return before.or(() -> behind);
    }

    private Optional<byte[]> trailing(ChecksumAlgorithm algorithm) {
        return headers.trailers()
                .flatMap(trailers -> trailers.value(algorithm.headerName()))
                .map(text -> BodyHeaders.checksum(algorithm, text));
    }

    /** What {@link #readAll} takes of memory for a body of that many bytes, before it is one array. */
    static long memory(long bytes) {
        return 2 * bytes + FIRST_CAPACITY;
    }

    /**
     * All of it, verified against everything that was said of it.
     *
     * @throws S3Exception {@code MaxMessageLengthExceeded} when it has more than {@code maxBytes}
     */
    byte[] readAll(int maxBytes) {
        if (length().orElse(0) > maxBytes) {
            throw tooLarge(maxBytes);
        }
        ByteBuffer all = ByteBuffer.allocate((int) Math.min(maxBytes, length().orElse(FIRST_CAPACITY)) + 1);
        while (readFully(all) > 0 && !all.hasRemaining()) {
            if (all.position() > maxBytes) {
                throw tooLarge(maxBytes);
            }
            int capacity = (int) Math.min(2L * all.capacity(), maxBytes + 1L);
            all = ByteBuffer.allocate(capacity).put(all.flip());
        }
        byte[] bytes = Arrays.copyOf(all.array(), all.position());
        verify(ChecksumAlgorithm.MD5, contentMd5(), bytes);
        checksumAlgorithm().ifPresent(algorithm -> verify(algorithm, claimedChecksum(), bytes));
        return bytes;
    }

    private static void verify(ChecksumAlgorithm algorithm, Optional<byte[]> claimed, byte[] bytes) {
        if (claimed.isPresent()) {
            Digest digest = Digest.of(algorithm);
            digest.update(bytes, 0, bytes.length);
            if (!MessageDigest.isEqual(digest.finish(), claimed.get())) {
                throw new StoreException.Invalid(
                        StoreException.Invalid.Kind.BAD_DIGEST,
                        "The " + algorithm.wireName() + " you specified did not match the calculated checksum.");
            }
        }
    }

    private static S3Exception tooLarge(int maxBytes) {
        return new S3Exception(S3Error.MAX_MESSAGE_LENGTH_EXCEEDED)
                .with("MaxMessageLengthBytes", Integer.toString(maxBytes));
    }
}
