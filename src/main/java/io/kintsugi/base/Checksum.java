package io.kintsugi.base;

import java.util.Arrays;
import java.util.Base64;

/**
 * One of S3's additional checksums of an object or part.
 *
 * @param type whether it covers the whole object, or is the checksum of the parts' checksums
 * @param parts number of parts of a composite checksum, else 0
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html">Checking
 *     object integrity</a>
 */
public record Checksum(ChecksumAlgorithm algorithm, ChecksumType type, byte[] value, int parts) {
    public Checksum {
        value = value.clone();
    }

    public static Checksum fullObject(ChecksumAlgorithm algorithm, byte[] value) {
        return new Checksum(algorithm, ChecksumType.FULL_OBJECT, value, 0);
    }

    @Override
    public byte[] value() {
        return value.clone();
    }

    /** As it stands in headers and XML: Base64, and for composites a hyphen and the number of parts. */
    public String text() {
        String base64 = Base64.getEncoder().encodeToString(value);
        return type == ChecksumType.COMPOSITE ? base64 + "-" + parts : base64;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Checksum that
                && algorithm == that.algorithm
                && type == that.type
                && parts == that.parts
                && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return algorithm + ":" + text();
    }
}
