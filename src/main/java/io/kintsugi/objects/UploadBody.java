package io.kintsugi.objects;

import io.kintsugi.base.ByteSource;
import io.kintsugi.base.ChecksumAlgorithm;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The bytes of a PUT, and what the client said about them. What is known only at the end (trailers) is asked for only
 * then.
 */
public interface UploadBody extends ByteSource {
    /** Bytes of the decoded body, when the client said how many. More or fewer end in {@code INCOMPLETE_BODY}. */
    OptionalLong length();

    /** {@code Content-MD5}, 16 bytes. */
    Optional<byte[]> contentMd5();

    /**
     * The algorithm to be computed, stored and returned: of a checksum header, a trailer, or
     * {@code x-amz-sdk-checksum-algorithm}.
     */
    Optional<ChecksumAlgorithm> checksumAlgorithm();

    /** The value that the client claims, from a header or the trailer. Asked for after the source has ended. */
    Optional<byte[]> claimedChecksum();
}
