package io.kintsugi.iam;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The headers that a URL of Signature Version 2 brings in its query. A signer that was asked to sign headers puts them
 * there: botocore all of {@code x-amz-*}, {@code content-md5} and {@code content-type}. They count as headers of the
 * request, for the signature and for what it asks for, unless it has one of that name itself.
 */
public final class HeadersInQuery {
    private static final String AMZ = "x-amz-";
    private static final int DELETE_CHARACTER = 0x7f;

    private HeadersInQuery() {}

    /**
     * The headers of a request with those in its query behind them.
     *
     * @param rawQuery as sent, without the question mark
     * @param headers name, value, name, value…; names in lower case, each byte of a value one character
     * @throws AuthException when the query can't be understood, or a header in it is no line of text
     */
    public static List<String> join(String rawQuery, List<String> headers) {
        return join(SignedQuery.parse(rawQuery), headers);
    }

    static List<String> join(SignedQuery query, List<String> headers) {
        List<String> all = new ArrayList<>(headers);
        query.forEach((parameter, value) -> {
            String name = parameter.toLowerCase(Locale.ROOT);
            if (isSigned(name) && !contains(headers, name)) {
                all.add(line(name));
                all.add(line(bytes(value)));
            }
        });
        return all;
    }

    /** AWS's page leaves {@code x-amz-date} out, and nothing reads it in a request of this form. */
    static boolean isSigned(String name) {
        return name.startsWith(AMZ) && !name.equals("x-amz-date")
                || name.equals("content-md5")
                || name.equals("content-type");
    }

    /** As headers have text: each byte of its UTF-8 one character. */
    static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static boolean contains(List<String> headers, String name) {
        for (int i = 0; i < headers.size(); i += 2) {
            if (headers.get(i).equals(name)) {
                return true;
            }
        }
        return false;
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
