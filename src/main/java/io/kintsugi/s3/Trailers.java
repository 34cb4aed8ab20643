package io.kintsugi.s3;

import io.kintsugi.base.StoreException;
import io.kintsugi.iam.ChunkSigner;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The trailers of an {@code aws-chunked} body: exactly those that {@code x-amz-trailer} announced, and their signature
 * where chunks are signed. Clients differ in the empty lines between and behind them, which mean nothing.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html">Trailing headers</a>
 */
final class Trailers {
    /** Characters of a line. */
    static final int MAX_LINE = 1024;

    private static final int MAX_LINES = 32;
    private static final String SIGNATURE = "x-amz-trailer-signature";

    private final List<String> announced;
    private final Map<String, String> values = new HashMap<>();
    private final StringBuilder signedText = new StringBuilder();
    private String signature = "";

    /** @param header {@code x-amz-trailer}: names, separated by commas */
    Trailers(String header) {
        List<String> names = new ArrayList<>();
        for (String name : header.split(",", MAX_LINES)) {
            names.add(name.strip().toLowerCase(Locale.ROOT));
        }
        names.removeIf(String::isEmpty);
        announced = List.copyOf(names);
    }

    List<String> announced() {
        return announced;
    }

    /** The value of a trailer, once they were read. */
    Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /**
     * Reads them to the end of the body.
     *
     * @param lines gives the next line, empty at the end
     * @throws StoreException.Invalid with {@code MALFORMED_TRAILER} or {@code CHUNK_SIGNATURE}
     */
    void read(Supplier<Optional<String>> lines, Optional<ChunkSigner> signer) {
        int count = 0;
        for (Optional<String> line = lines.get(); line.isPresent(); line = lines.get()) {
            if (++count > MAX_LINES) {
                throw malformed("there are more than " + MAX_LINES + " lines");
            }
            if (!line.get().isEmpty()) {
                accept(line.get(), signer.isPresent());
            }
        }
        for (String name : announced) {
            if (!values.containsKey(name)) {
                throw malformed(name + " was announced in x-amz-trailer, but is missing");
            }
        }
        signer.ifPresent(this::verify);
    }

    private void accept(String line, boolean signed) {
        int colon = line.indexOf(':');
        if (colon <= 0 || !signature.isEmpty()) {
            throw malformed("a line is no trailer");
        }
        if (line.chars().anyMatch(c -> c < ' ' && c != '\t')) {
            throw malformed("a line has control characters");
        }
        String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
        String value = line.substring(colon + 1).strip();
        if (signed && name.equals(SIGNATURE)) {
            signature = value;
        } else if (!announced.contains(name) || values.put(name, value) != null) {
            throw malformed("a trailer was not announced in x-amz-trailer, or comes twice");
        } else {
            signedText.append(name).append(':').append(value).append('\n');
        }
    }

    private void verify(ChunkSigner signer) {
        if (signature.isEmpty()) {
            throw malformed(SIGNATURE + " is missing");
        }
        if (!signer.verifyTrailer(signature, sha256(signedText.toString()))) {
            throw new StoreException.Invalid(
                    StoreException.Invalid.Kind.CHUNK_SIGNATURE,
                    "The signature of the trailers does not match the one that we calculated. Check your key and "
                            + "signing method.");
        }
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static StoreException.Invalid malformed(String detail) {
        return new StoreException.Invalid(
                StoreException.Invalid.Kind.MALFORMED_TRAILER, "The trailers are malformed: " + detail + ".");
    }
}
