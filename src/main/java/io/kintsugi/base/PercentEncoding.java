package io.kintsugi.base;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Percent-encoding of UTF-8 as URIs have it, strict in both directions.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc3986#section-2.1">RFC 3986, percent-encoding</a>
 */
public final class PercentEncoding {
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();
    private static final int MAX_BYTE = 0xff;

    private PercentEncoding() {}

    /**
     * Decodes {@code %xx}; each other character stands for the byte of its number, as HTTP servers read request lines.
     * The bytes must be well-formed UTF-8.
     *
     * @param plusIsBlank whether {@code +} means a blank, as it does in queries and not in paths
     * @return empty when the encoding is broken
     */
    public static Optional<String> decode(String text, boolean plusIsBlank) {
        return isPlain(text, plusIsBlank) ? Optional.of(text) : decodeBytes(text, plusIsBlank);
    }

    /** Encodes all but RFC 3986's unreserved characters, and all but slashes where those are to be kept. */
    public static String encode(String text, boolean keepSlash) {
        int plain = 0;
        while (plain < text.length() && isKept(text.charAt(plain), keepSlash)) {
            plain++;
        }
        if (plain == text.length()) {
            return text;
        }
        StringBuilder encoded = new StringBuilder(text.length() * 2).append(text, 0, plain);
        for (byte b : text.substring(plain).getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & MAX_BYTE);
            if (isKept(c, keepSlash)) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HEX[c >> 4]).append(HEX[c & 0xf]);
            }
        }
        return encoded.toString();
    }

    private static boolean isKept(char c, boolean keepSlash) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '-'
                || c == '_'
                || c == '.'
                || c == '~'
                || c == '/' && keepSlash;
    }

    private static boolean isPlain(String text, boolean plusIsBlank) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%' || c >= 0x80 || c == '+' && plusIsBlank) {
                return false;
            }
        }
        return true;
    }

    private static Optional<String> decodeBytes(String text, boolean plusIsBlank) {
        byte[] bytes = new byte[text.length()];
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            int c = text.charAt(i);
            if (c == '%') {
                c = i + 2 < text.length() ? hex(text.charAt(i + 1)) << 4 | hex(text.charAt(i + 2)) : -1;
                i += 2;
            } else if (c == '+' && plusIsBlank) {
                c = ' ';
            }
            if (c < 0 || c > MAX_BYTE) {
                return Optional.empty();
            }
            bytes[length++] = (byte) c;
        }
        return utf8(ByteBuffer.wrap(bytes, 0, length));
    }

    private static Optional<String> utf8(ByteBuffer bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(bytes)
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** Negative, and so that it stays negative beside a good digit, when this is no hexadecimal digit. */
    private static int hex(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }
}
