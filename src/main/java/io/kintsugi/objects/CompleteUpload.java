package io.kintsugi.objects;

import io.kintsugi.base.Checksum;
import io.kintsugi.base.ChecksumType;
import io.kintsugi.base.WriteCondition;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * @param parts as the client lists them, in its order
 * @param checksumType {@code x-amz-checksum-type}, which must be that of the upload
 * @param checksum the whole object's checksum as the client claims it
 * @param objectSize {@code x-amz-mp-object-size} as the client claims it
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html">CompleteMultipartUpload</a>
 */
public record CompleteUpload(
        UploadName upload,
        List<Part> parts,
        Optional<ChecksumType> checksumType,
        Optional<Checksum> checksum,
        OptionalLong objectSize,
        WriteCondition condition) {
    /** @param etag as the client sent it, quoted or not */
    public record Part(int number, String etag, Optional<Checksum> checksum) {}

    public CompleteUpload {
        parts = List.copyOf(parts);
    }
}
