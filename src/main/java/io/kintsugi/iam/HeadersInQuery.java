package io.kintsugi.iam;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The headers that a presigned URL brings in its query. A signer that was asked to sign headers puts them there, so
 * that who uses the URL need not know of them: for version 2, botocore all of {@code x-amz-*}, {@code content-md5} and
 * {@code content-type}; for version 4, the SDKs for JavaScript, Go and Ruby many of {@code x-amz-*}. They count as
 * headers of the request: for what it asks for, and in version 2 for the signature too. Version 4 signs them as
 * parameters.
 */
public final class HeadersInQuery {
    private static final String AMZ = "x-amz-";
    private static final String CHECKSUM = "x-amz-checksum-";
    private static final String SDK_ALGORITHM = "x-amz-sdk-checksum-algorithm";
    private static final int DELETE_CHARACTER = 0x7f;
    /** Characters of a name, besides letters and digits. */
    private static final String OTHERS_OF_NAMES = "!#$%&'*+-.^_`|~";

    /** What version 4 says about the signature itself. */
    private static final Set<String> OF_THE_SIGNATURE = Set.of(
            "x-amz-algorithm",
            "x-amz-credential",
            "x-amz-date",
            "x-amz-expires",
            "x-amz-signedheaders",
            "x-amz-signature",
            "x-amz-security-token",
            SigV4Verifier.CONTENT_SHA256);

    /** The checksums of no bytes. */
    private static final Set<String> OF_NOTHING = Set.of(
            "AAAAAA==",
            "AAAAAAAAAAA=",
            "2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
            "1B2M2Y8AsgTpgAmY7PhCfg==",
            "70bbN1HY6Zk=",
            "LQaABTjTlMI=",
            "maoG0wFHmNhgAcMkRo1Jfw==");

    private HeadersInQuery() {}

    /**
     * The headers of a request with those in its query behind them; the same when it is not presigned.
     *
     * @param rawQuery as sent, without the question mark
     * @param headers name, value, name, value…; names in lower case, each byte of a value one character
     * @throws AuthException when the query can't be understood, a header in it has no name, is no line of text, or is
     *     another than the request has itself
     */
    public static List<String> join(String rawQuery, List<String> headers) {
        SignedQuery query = SignedQuery.parse(rawQuery);
        if (SigV2Query.isIn(query)) {
            return joinVersion2(query, headers);
        }
        return PresignedQuery.isIn(query) ? joinVersion4(query, headers) : headers;
    }

    static List<String> joinVersion2(SignedQuery query, List<String> headers) {
        return join(query, headers, HeadersInQuery::isInVersion2);
    }

    /**
     * The SDK for JavaScript also puts a checksum of the body there unasked, that of no bytes, as the body is not known
     * yet. Such a checksum says nothing (AWS reads none there), and neither does the name of the algorithm beside it.
     */
    private static List<String> joinVersion4(SignedQuery query, List<String> headers) {
        Set<String> left = checksumsOfNothing(query);
        return join(
                query,
                headers,
                name -> name.startsWith(AMZ) && !OF_THE_SIGNATURE.contains(name) && !left.contains(name));
    }

    private static Set<String> checksumsOfNothing(SignedQuery query) {
        List<String> names = new ArrayList<>();
        query.forEach((parameter, value) -> {
            String name = parameter.toLowerCase(Locale.ROOT);
            if (name.startsWith(CHECKSUM) && OF_NOTHING.contains(value)) {
                names.add(name);
                names.add(SDK_ALGORITHM);
            }
        });
        return Set.copyOf(names);
    }

    private static List<String> join(SignedQuery query, List<String> headers, Predicate<String> isHeader) {
        List<String> found = new ArrayList<>();
        query.forEach((parameter, value) -> {
            String name = parameter.toLowerCase(Locale.ROOT);
            if (isHeader.test(name)) {
                found.add(token(name));
                found.add(line(bytes(value)));
            }
        });
        List<String> all = new ArrayList<>(headers);
        for (int i = 0; i < found.size(); i += 2) {
            String name = found.get(i);
            Optional<String> sent = combined(headers, name);
            if (sent.isEmpty()) {
                all.add(name);
                all.add(found.get(i + 1));
            } else if (!sent.equals(combined(found, name))) {
                throw contradiction(name);
            }
        }
        return all;
    }

    /** AWS's page leaves {@code x-amz-date} out, and nothing reads it in a request of this form. */
    static boolean isInVersion2(String name) {
        return name.startsWith(AMZ) && !name.equals("x-amz-date")
                || name.equals("content-md5")
                || name.equals("content-type");
    }

    /** As headers have text: each byte of its UTF-8 one character. */
    static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** The values of that name; several are one, with commas between them. */
    private static Optional<String> combined(List<String> headers, String name) {
        Optional<String> values = Optional.empty();
        for (int i = 0; i < headers.size(); i += 2) {
            if (headers.get(i).equals(name)) {
                String value = headers.get(i + 1).strip();
                values = Optional.of(values.map(before -> before + "," + value).orElse(value));
            }
        }
        return values;
    }

    /** Says no value, as it may be a key. */
    private static AuthException contradiction(String name) {
        return new AuthException(
                        AuthException.Kind.INVALID_REQUEST,
                        "The request has a header and a query parameter of one name with different values: " + name
                                + ". Please send the value that the URL was made with, or no such header.")
                .with("Header", name);
    }

    /**
     * What can be no header's name: metadata of such a name would be stored, and could never be sent again.
     *
     * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2">RFC 9110, tokens</a>
     */
    private static String token(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean plain = c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
            if (!plain && OTHERS_OF_NAMES.indexOf(c) < 0) {
                throw new AuthException(
                        AuthException.Kind.INVALID_REQUEST,
                        "The query of the request has a header whose name has a character that no header's name has.");
            }
        }
        return name;
    }

    /** A line feed within a value could pass for the end of one header and the beginning of another. */
    private static String line(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' && text.charAt(i) != '\t' || text.charAt(i) == DELETE_CHARACTER) {
                throw new AuthException(
                        AuthException.Kind.INVALID_REQUEST,
                        "The query of the request has a header with a control character in it.");
            }
        }
        return text.strip();
    }
}
