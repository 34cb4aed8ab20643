package io.kintsugi.s3;

import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Where the next page begins, as a client gets it: Base64 of one character that says what the rest is. Opaque to
 * clients, and bound to nothing: a made-up token only asks for another page that could have been asked for anyway.
 */
final class ContinuationToken {
    private static final char KEY = 'k';
    private static final char PREFIX = 'p';

    private ContinuationToken() {}

    static String of(ListPage.Entry last) {
        return switch (last) {
            case ListPage.Version(var version, var latest) ->
                ofKey(version.key().value());
            case ListPage.CommonPrefix(String prefix) -> encode(PREFIX + prefix);
        };
    }

    static String ofKey(String key) {
        return encode(KEY + key);
    }

    /** @throws S3Exception {@code InvalidArgument} when it is none of ours */
    static ListQuery.Start start(String token) {
        String text = decode(token);
        return text.charAt(0) == PREFIX
                ? new ListQuery.AfterPrefix(text.substring(1))
                : new ListQuery.AfterKey(text.substring(1));
    }

    /** The key behind which the next page begins. */
    static String key(String token) {
        return decode(token).substring(1);
    }

    private static String encode(String text) {
        return Base64.getUrlEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String token) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            if (!text.isEmpty() && (text.charAt(0) == KEY || text.charAt(0) == PREFIX)) {
                return text;
            }
        } catch (IllegalArgumentException notBase64) {
            // answered below, as any other token that is none of ours
        }
        throw S3Exception.invalidArgument("The continuation token provided is incorrect", "continuation-token", token);
    }
}
