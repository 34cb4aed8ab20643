package io.kintsugi.s3;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.StringJoiner;

/**
 * Text beyond ASCII in a header, as S3 returns user metadata: encoded words of RFC 2047. ASCII, and so also what a
 * client has encoded itself, stays as it is.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html">Object metadata</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc2047#section-2">RFC 2047</a>
 */
final class MailSafe {
    /** An encoded word has at most 75 characters: 45 bytes are 60 of Base64, and 12 stand around them. */
    private static final int WORD_BYTES = 45;

    private MailSafe() {}

    static String encode(String text) {
        if (UrlCoding.isAscii(text)) {
            return text;
        }
        StringJoiner words = new StringJoiner(" ");
        int start = 0;
        while (start < text.length()) {
            int end = wordEnd(text, start);
            byte[] utf8 = text.substring(start, end).getBytes(StandardCharsets.UTF_8);
            words.add("=?UTF-8?B?" + Base64.getEncoder().encodeToString(utf8) + "?=");
            start = end;
        }
        return words.toString();
    }

    /** Words hold whole characters. */
    private static int wordEnd(String text, int start) {
        int end = start;
        int bytes = 0;
        while (end < text.length()) {
            int character = text.codePointAt(end);
            bytes += character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
            if (bytes > WORD_BYTES) {
                return end;
            }
            end += Character.charCount(character);
        }
        return end;
    }
}
