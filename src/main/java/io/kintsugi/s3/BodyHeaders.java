package io.kintsugi.s3;

import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.StoreException;
import io.kintsugi.iam.Payload;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the head of a request says about its body.
 *
 * @param length of the decoded body, when it is known
 * @param md5 {@code Content-MD5}
 * @param algorithm of the additional checksum
 * @param checksum the value of a checksum header
 * @param trailers that are to come
 */
record BodyHeaders(
        OptionalLong length,
        Optional<byte[]> md5,
        Optional<ChecksumAlgorithm> algorithm,
        Optional<byte[]> checksum,
        Optional<Trailers> trailers) {
    private static final int MD5_BYTES = 16;
    private static final String DECODED_LENGTH = "x-amz-decoded-content-length";
    private static final String SDK_ALGORITHM = "x-amz-sdk-checksum-algorithm";
    private static final int MAX_LENGTH_DIGITS = 18;

    /** @throws S3Exception when a header is wrong, or two contradict each other */
    static BodyHeaders read(Headers headers, Payload payload) {
        boolean chunks = isChunked(payload);
        Optional<Trailers> trailers = trailers(headers, payload);
        Optional<ChecksumAlgorithm> ofHeader = Optional.empty();
        for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.values()) {
            if (headers.contains(algorithm.headerName())) {
                ofHeader = single(ofHeader, algorithm);
            }
        }
        for (String name : trailers.map(Trailers::announced).orElse(List.of())) {
            ofHeader = single(ofHeader, announced(name));
        }
        Optional<byte[]> checksum = ofHeader.flatMap(
                algorithm -> headers.first(algorithm.headerName()).map(text -> checksum(algorithm, text)));
        return new BodyHeaders(
                chunks ? number(headers, DECODED_LENGTH) : number(headers, "content-length"),
                headers.first("content-md5").map(BodyHeaders::md5),
                agreed(headers, ofHeader),
                checksum,
                trailers);
    }

    static boolean isChunked(Payload payload) {
        return switch (payload) {
            case Payload.Unsigned unsigned -> false;
            case Payload.Hashed hashed -> false;
            case Payload.SignedChunks chunks -> true;
            case Payload.UnsignedChunks chunks -> true;
        };
    }

    /**
     * The checksum of this text.
     *
     * @throws StoreException.Invalid with {@code REQUEST} when it can't be one
     */
    static byte[] checksum(ChecksumAlgorithm algorithm, String text) {
        return base64(text, algorithm.length())
                .orElseThrow(() -> new StoreException.Invalid(
                        StoreException.Invalid.Kind.REQUEST,
                        "Value for " + algorithm.headerName() + " header is invalid."));
    }

    private static Optional<Trailers> trailers(Headers headers, Payload payload) {
        boolean expected = switch (payload) {
            case Payload.Unsigned unsigned -> false;
            case Payload.Hashed hashed -> false;
            case Payload.SignedChunks chunks -> chunks.trailer();
            case Payload.UnsignedChunks chunks -> true;
        };
        return expected
                ? Optional.of(new Trailers(headers.first("x-amz-trailer").orElse("")))
                : Optional.empty();
    }

    /** Of a trailer: S3 knows no others. */
    private static ChecksumAlgorithm announced(String name) {
        return ChecksumAlgorithm.ofHeaderName(name)
                .orElseThrow(() -> new S3Exception(
                        S3Error.INVALID_REQUEST, "The value specified in the x-amz-trailer header is not supported"));
    }

    private static Optional<ChecksumAlgorithm> single(Optional<ChecksumAlgorithm> found, ChecksumAlgorithm other) {
        if (found.isPresent() && found.get() != other) {
            throw new S3Exception(
                    S3Error.INVALID_REQUEST,
                    "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
        }
        return Optional.of(other);
    }

    private static Optional<ChecksumAlgorithm> agreed(Headers headers, Optional<ChecksumAlgorithm> ofHeader) {
        Optional<String> named = headers.first(SDK_ALGORITHM);
        if (named.isEmpty()) {
            return ofHeader;
        }
        Optional<ChecksumAlgorithm> algorithm = ChecksumAlgorithm.ofWireName(named.get());
        if (algorithm.isEmpty() || ofHeader.isPresent() && !ofHeader.equals(algorithm)) {
            throw new S3Exception(S3Error.INVALID_REQUEST, "Value for " + SDK_ALGORITHM + " header is invalid.");
        }
        return algorithm;
    }

    private static byte[] md5(String text) {
        return base64(text, MD5_BYTES)
                .orElseThrow(() -> new S3Exception(S3Error.INVALID_DIGEST).with("Content-MD5", text));
    }

    private static Optional<byte[]> base64(String text, int length) {
        try {
            return Optional.of(Base64.getDecoder().decode(text)).filter(bytes -> bytes.length == length);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static OptionalLong number(Headers headers, String name) {
        Optional<String> text = headers.first(name);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        boolean digits = !text.get().isEmpty()
                && text.get().length() <= MAX_LENGTH_DIGITS
                && text.get().chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits) {
            throw S3Exception.invalidArgument(name + " is not a number of bytes", name, text.get());
        }
        return OptionalLong.of(Long.parseLong(text.get()));
    }
}
