package io.kintsugi.s3;

import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.StoreException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a client says about an object in headers, and gets back in them.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html">Object metadata</a>
 */
final class MetadataHeaders {
    private static final String USER_PREFIX = "x-amz-meta-";
    private static final String REDIRECT = "x-amz-website-redirect-location";
    private static final String CONTENT_TYPE = "content-type";
    private static final String CONTENT_ENCODING = "content-encoding";
    private static final String CHUNKED = "aws-chunked";
    private static final String DEFAULT_CONTENT_TYPE = "binary/octet-stream";
    private static final Map<String, String> DEFAULTS = Map.of(CONTENT_TYPE, DEFAULT_CONTENT_TYPE);
    private static final int MAX_USER_BYTES = 2048;
    private static final int MAX_REDIRECT_BYTES = 2048;

    /** Content headers as they are written, by the lower-case name that they are kept under. */
    private static final Map<String, String> CONTENT = Map.of(
            CONTENT_TYPE,
            "Content-Type",
            CONTENT_ENCODING,
            "Content-Encoding",
            "content-language",
            "Content-Language",
            "content-disposition",
            "Content-Disposition",
            "cache-control",
            "Cache-Control",
            "expires",
            "Expires",
            REDIRECT,
            REDIRECT);

    private static final Set<String> STORAGE_CLASSES = Set.of(ObjectMetadata.STANDARD, "REDUCED_REDUNDANCY");

    private MetadataHeaders() {}

    /**
     * The metadata that a PUT, a copy or the creation of an upload gives.
     *
     * @throws S3Exception when a storage class, tag or redirect is not valid
     * @throws StoreException.Invalid with {@code METADATA_TOO_LARGE}
     */
    static ObjectMetadata parse(Headers headers) {
        return new ObjectMetadata(content(headers), user(headers), tags(headers), storageClass(headers));
    }

    static SortedMap<String, String> tags(Headers headers) {
        return headers.first("x-amz-tagging").map(TaggingHeader::parse).orElseGet(TreeMap::new);
    }

    /** Every object is stored in the one way that there is: reduced redundancy is accepted, and reduces nothing. */
    static String storageClass(Headers headers) {
        String name = headers.first("x-amz-storage-class").orElse(ObjectMetadata.STANDARD);
        if (!STORAGE_CLASSES.contains(name)) {
            throw new S3Exception(S3Error.INVALID_STORAGE_CLASS).with("StorageClassRequested", name);
        }
        return ObjectMetadata.STANDARD;
    }

    private static SortedMap<String, String> content(Headers headers) {
        SortedMap<String, String> content = new TreeMap<>();
        headers.forEach((name, value) -> {
            if (CONTENT.containsKey(name) && !value.isEmpty()) {
                content.putIfAbsent(name, value);
            }
        });
        if (content.containsKey(CONTENT_ENCODING)) {
            String encoding = withoutChunking(headers.all(CONTENT_ENCODING));
            content.put(CONTENT_ENCODING, encoding);
            content.remove(CONTENT_ENCODING, "");
        }
        headers.first(REDIRECT).ifPresent(MetadataHeaders::checkRedirect);
        return content;
    }

    /** {@code aws-chunked} says how the bytes travelled, not what they are. Anything else stays as it was sent. */
    private static String withoutChunking(List<String> values) {
        String sent = String.join(", ", values);
        if (!sent.toLowerCase(Locale.ROOT).contains(CHUNKED)) {
            return sent;
        }
        List<String> encodings = new ArrayList<>();
        for (String value : sent.split(",")) {
            if (!value.isBlank() && !value.strip().equalsIgnoreCase(CHUNKED)) {
                encodings.add(value.strip());
            }
        }
        return String.join(", ", encodings);
    }

    private static void checkRedirect(String location) {
        boolean known = location.startsWith("/") || location.startsWith("http://") || location.startsWith("https://");
        if (!known || location.length() > MAX_REDIRECT_BYTES) {
            throw S3Exception.invalidArgument(
                    "The website redirect location must have a prefix of 'http://' or 'https://' or '/', and at most "
                            + MAX_REDIRECT_BYTES + " bytes.",
                    REDIRECT,
                    location);
        }
    }

    private static SortedMap<String, String> user(Headers headers) {
        SortedMap<String, String> user = new TreeMap<>();
        headers.forEach((name, value) -> {
            if (name.startsWith(USER_PREFIX) && name.length() > USER_PREFIX.length()) {
                String key = name.substring(USER_PREFIX.length()).toLowerCase(Locale.ROOT);
                user.merge(key, UrlCoding.headerText(value), (one, other) -> one + "," + other);
            }
        });
        long bytes = user.entrySet().stream()
                .mapToLong(entry -> bytes(entry.getKey()) + bytes(entry.getValue()))
                .sum();
        if (bytes > MAX_USER_BYTES) {
            throw new StoreException.Invalid(
                    StoreException.Invalid.Kind.METADATA_TOO_LARGE,
                    "Your metadata headers have " + bytes + " bytes; at most " + MAX_USER_BYTES + " are allowed");
        }
        return user;
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static Map<String, String> content(Map<String, String> stored, Map<String, String> overrides) {
        if (stored.isEmpty() && overrides.isEmpty()) {
            return DEFAULTS;
        }
        SortedMap<String, String> content = new TreeMap<>(stored);
        content.putIfAbsent(CONTENT_TYPE, DEFAULT_CONTENT_TYPE);
        content.putAll(overrides);
        return content;
    }

    /** Adds content headers, with their default, and user metadata. */
    static void write(ObjectMetadata metadata, Map<String, String> overrides, S3Response response) {
        content(metadata.headers(), overrides)
                .forEach((name, value) -> response.header(CONTENT.getOrDefault(name, name), value));
        metadata.user().forEach((name, value) -> response.header(USER_PREFIX + name, MailSafe.encode(value)));
        if (!metadata.tags().isEmpty()) {
            response.header("x-amz-tagging-count", metadata.tags().size());
        }
    }
}
