package io.kintsugi.base;

import java.util.Locale;
import java.util.Optional;

/**
 * The ten checksum algorithms of S3. The names are those of {@code x-amz-checksum-algorithm} and
 * {@code x-amz-sdk-checksum-algorithm}; values travel as base64 of the big-endian bytes. XXHash has seed 0.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html">AWS:
 *     checking object integrity for data uploads (which type of checksum a multipart upload may have)</a>
 */
public enum ChecksumAlgorithm {
    CRC32(4, true, true),
    CRC32C(4, true, true),
    CRC64NVME(8, true, false),
    SHA1(20, false, true),
    SHA256(32, false, true),
    SHA512(64, false, true),
    MD5(16, false, true),
    XXHASH64(8, false, true),
    XXHASH3(8, false, true),
    XXHASH128(16, false, true);

    private final int length;
    private final boolean fullObject;
    private final boolean composite;
    private final String headerName;

    ChecksumAlgorithm(int length, boolean fullObject, boolean composite) {
        this.length = length;
        this.fullObject = fullObject;
        this.composite = composite;
        this.headerName = "x-amz-checksum-" + name().toLowerCase(Locale.ROOT);
    }

    /** The name on the wire, as in {@code x-amz-checksum-algorithm: CRC32C}. */
    public String wireName() {
        return name();
    }

    /** The XML element and JSON member of the value, as in {@code ChecksumCRC32C}. */
    public String elementName() {
        return "Checksum" + name();
    }

    /** The header and trailer that carry the value, in lower case, as in {@code x-amz-checksum-crc32c}. */
    public String headerName() {
        return headerName;
    }

    /** Length of the value in bytes, before base64. */
    public int length() {
        return length;
    }

    /** Whether a multipart upload may ask for this type. An object of one part always has the full type. */
    public boolean allows(ChecksumType type) {
        return switch (type) {
            case FULL_OBJECT -> fullObject;
            case COMPOSITE -> composite;
        };
    }

    /** What a multipart upload gets that names the algorithm and no type. */
    public ChecksumType defaultMultipartType() {
        return composite ? ChecksumType.COMPOSITE : ChecksumType.FULL_OBJECT;
    }

    /** The algorithm of that wire name, in any case (SDKs send both); empty when S3 knows none such. */
    public static Optional<ChecksumAlgorithm> ofWireName(String name) {
        for (ChecksumAlgorithm a : values()) {
            if (a.name().equalsIgnoreCase(name)) {
                return Optional.of(a);
            }
        }
        return Optional.empty();
    }

    /** The algorithm whose value that header carries, in any case; empty for every other header. */
    public static Optional<ChecksumAlgorithm> ofHeaderName(String header) {
        for (ChecksumAlgorithm a : values()) {
            if (a.headerName.equalsIgnoreCase(header)) {
                return Optional.of(a);
            }
        }
        return Optional.empty();
    }
}
