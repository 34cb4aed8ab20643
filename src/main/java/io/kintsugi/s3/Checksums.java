package io.kintsugi.s3;

import io.kintsugi.base.Checksum;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.ChecksumType;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Additional checksums in headers and documents.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html">Checking
 *     object integrity</a>
 */
final class Checksums {
    static final String TYPE_HEADER = "x-amz-checksum-type";
    static final String ALGORITHM_HEADER = "x-amz-checksum-algorithm";
    private static final String TYPE_ELEMENT = "ChecksumType";
    private static final String ALGORITHM_ELEMENT = "ChecksumAlgorithm";

    private Checksums() {}

    /** @throws S3Exception {@code InvalidRequest} when S3 knows none of that name */
    static Optional<ChecksumAlgorithm> algorithm(Headers headers) {
        return headers.first(ALGORITHM_HEADER)
                .map(name -> ChecksumAlgorithm.ofWireName(name)
                        .orElseThrow(() -> new S3Exception(
                                S3Error.INVALID_REQUEST,
                                "Checksum algorithm provided is unsupported. Please try again with any of "
                                        + "the valid types: "
                                        + Arrays.toString(ChecksumAlgorithm.values()))));
    }

    /** @throws S3Exception {@code InvalidRequest} when there is no such type */
    static Optional<ChecksumType> type(Headers headers) {
        return headers.first(TYPE_HEADER).map(name -> switch (name) {
            case "FULL_OBJECT" -> ChecksumType.FULL_OBJECT;
            case "COMPOSITE" -> ChecksumType.COMPOSITE;
            default ->
                throw new S3Exception(S3Error.INVALID_REQUEST, "Value for x-amz-checksum-type header is invalid.");
        });
    }

    /**
     * The checksum of the whole object that the request to complete an upload claims in a header.
     *
     * @param type what the request says of it
     * @param parts how many parts are listed, for composites that do not say so themselves
     */
    static Optional<Checksum> ofWhole(Headers headers, Optional<ChecksumType> type, int parts) {
        for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.values()) {
            Optional<String> text = headers.first(algorithm.headerName());
            if (text.isPresent()) {
                return Optional.of(ofWhole(algorithm, text.get(), type, parts));
            }
        }
        return Optional.empty();
    }

    private static Checksum ofWhole(ChecksumAlgorithm algorithm, String text, Optional<ChecksumType> type, int parts) {
        int hyphen = text.indexOf('-');
        if (hyphen >= 0) {
            int count =
                    Numbers.upTo(algorithm.headerName(), Optional.of(text.substring(hyphen + 1)), Integer.MAX_VALUE);
            byte[] value = value(algorithm, text.substring(0, hyphen));
            return new Checksum(algorithm, ChecksumType.COMPOSITE, value, count);
        }
        ChecksumType meant = type.orElse(
                algorithm.allows(ChecksumType.FULL_OBJECT) ? ChecksumType.FULL_OBJECT : ChecksumType.COMPOSITE);
        return meant == ChecksumType.COMPOSITE
                ? new Checksum(algorithm, meant, value(algorithm, text), parts)
                : Checksum.fullObject(algorithm, value(algorithm, text));
    }

    /** The checksum of one part in the document that completes an upload. */
    static Optional<Checksum> ofPart(XmlElement part) {
        for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.values()) {
            Optional<String> text = part.childText(algorithm.elementName()).filter(value -> !value.isBlank());
            if (text.isPresent()) {
                return Optional.of(Checksum.fullObject(
                        algorithm, value(algorithm, text.get().strip())));
            }
        }
        return Optional.empty();
    }

    private static byte[] value(ChecksumAlgorithm algorithm, String base64) {
        try {
            byte[] value = Base64.getDecoder().decode(base64);
            if (value.length == algorithm.length()) {
                return value;
            }
        } catch (IllegalArgumentException notBase64) {
            // answered below, as any other value that can't be one
        }
        throw new S3Exception(S3Error.INVALID_REQUEST, "Value for " + algorithm.headerName() + " header is invalid.");
    }

    /** Header of value and, for objects, type. */
    static void writeHeaders(Checksum checksum, S3Response response) {
        response.header(checksum.algorithm().headerName(), checksum.text());
        response.header(TYPE_HEADER, checksum.type().name());
    }

    /** Header of the value alone, as answers about parts have it. */
    static void writePartHeader(Checksum checksum, S3Response response) {
        response.header(checksum.algorithm().headerName(), checksum.text());
    }

    /** Element of the value. */
    static void write(Checksum checksum, XmlWriter xml) {
        xml.element(checksum.algorithm().elementName(), checksum.text());
    }

    /** Elements of value and type. */
    static void writeWithType(Checksum checksum, XmlWriter xml) {
        write(checksum, xml);
        xml.element(TYPE_ELEMENT, checksum.type().name());
    }

    /** What kind it is, without the value, as listings have it. */
    static void writeKind(Checksum checksum, XmlWriter xml) {
        writeKind(checksum.algorithm(), checksum.type(), xml);
    }

    static void writeKind(ChecksumAlgorithm algorithm, ChecksumType type, XmlWriter xml) {
        xml.element(ALGORITHM_ELEMENT, algorithm.wireName()).element(TYPE_ELEMENT, type.name());
    }
}
