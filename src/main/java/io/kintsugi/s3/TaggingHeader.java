package io.kintsugi.s3;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * {@code x-amz-tagging: name=value&name=value}, percent-encoded.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html">Tags: at most 10, their
 *     lengths and characters</a>
 */
final class TaggingHeader {
    private static final int MAX_TAGS = 10;
    private static final int MAX_NAME = 128;
    private static final int MAX_VALUE = 256;
    private static final String OTHER_CHARACTERS = "+-=._:/@";

    private TaggingHeader() {}

    /**
     * @throws S3Exception {@code InvalidArgument} when it can't be read, {@code InvalidTag} when a tag breaks a rule
     */
    static SortedMap<String, String> parse(String header) {
        SortedMap<String, String> tags = new TreeMap<>();
        int start = 0;
        while (start < header.length()) {
            int end = header.indexOf('&', start);
            end = end < 0 ? header.length() : end;
            if (end > start) {
                add(tags, header, header.substring(start, end));
            }
            start = end + 1;
        }
        return tags;
    }

    private static void add(SortedMap<String, String> tags, String header, String pair) {
        int equals = pair.indexOf('=');
        String name = decode(header, equals < 0 ? pair : pair.substring(0, equals));
        String value = equals < 0 ? "" : decode(header, pair.substring(equals + 1));
        check(name, value);
        if (tags.put(name, value) != null) {
            throw malformed(header);
        }
        if (tags.size() > MAX_TAGS) {
            throw new S3Exception(S3Error.INVALID_TAG, "Object tags cannot be greater than " + MAX_TAGS);
        }
    }

    private static void check(String name, String value) {
        if (name.isEmpty() || name.codePointCount(0, name.length()) > MAX_NAME || !isAllowed(name)) {
            throw new S3Exception(S3Error.INVALID_TAG, "The TagKey you have provided is invalid").with("TagKey", name);
        }
        if (value.codePointCount(0, value.length()) > MAX_VALUE || !isAllowed(value)) {
            throw new S3Exception(S3Error.INVALID_TAG, "The TagValue you have provided is invalid")
                    .with("TagValue", value);
        }
        if (name.regionMatches(true, 0, "aws:", 0, 4)) {
            throw new S3Exception(S3Error.INVALID_TAG, "System tags cannot be added/updated by requester");
        }
    }

    private static boolean isAllowed(String text) {
        return text.codePoints()
                .allMatch(c -> Character.isLetterOrDigit(c) || Character.isSpaceChar(c) || isOther(c) || isMark(c));
    }

    private static boolean isOther(int c) {
        return OTHER_CHARACTERS.indexOf(c) >= 0;
    }

    /** Accents that stand for themselves are parts of letters. */
    private static boolean isMark(int c) {
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
    }

    private static String decode(String header, String text) {
        return UrlCoding.decode(text).orElseThrow(() -> malformed(header));
    }

    private static S3Exception malformed(String header) {
        return S3Exception.invalidArgument(
                "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag"
                        + " name duplicates.",
                "x-amz-tagging",
                header);
    }
}
