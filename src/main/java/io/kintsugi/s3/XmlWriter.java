package io.kintsugi.s3;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Writes an XML document as UTF-8 bytes, without indentation, as S3 does. Characters that XML 1.0 has no place for
 * (most below U+0020, U+FFFE, U+FFFF) become character references such as {@code &#x1;}, as S3 writes them: not
 * well-formed, but a client that lists such keys is told to use {@code encoding-type=url}.
 *
 * <p>Element names are literals of the caller and are not checked.
 *
 * <p>A page of a listing comes to some hundred kilobytes. It is kept in pieces: one array would be copied each time
 * that it grows, and to collectors arrays of that size are large objects, which cost a mapping of memory each.
 */
final class XmlWriter {
    static final String S3_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";
    private static final byte[] DECLARATION =
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".getBytes(StandardCharsets.US_ASCII);
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();
    private static final int FIRST_PIECE = 1 << 10;
    private static final int LARGEST_PIECE = 1 << 15;
    private static final int MAX_UTF8 = 4;
    /** Which of the characters of ASCII stand for themselves. */
    private static final boolean[] PLAIN = plainCharacters();

    private final Deque<String> open = new ArrayDeque<>();
    private final List<ByteBuffer> pieces = new ArrayList<>();
    private byte[] bytes = new byte[FIRST_PIECE];
    private int length;

    private XmlWriter() {
        System.arraycopy(DECLARATION, 0, bytes, 0, DECLARATION.length);
        length = DECLARATION.length;
    }

    private static boolean[] plainCharacters() {
        boolean[] plain = new boolean[0x7f];
        for (char c = ' '; c < plain.length; c++) {
            plain[c] = "<>&\"'".indexOf(c) < 0;
        }
        return plain;
    }

    /** A document whose root element is of S3's namespace. */
    static XmlWriter document(String root) {
        XmlWriter writer = new XmlWriter();
        writer.open.push(root);
        writer.ascii("<").ascii(root).ascii(" xmlns=\"" + S3_NAMESPACE + "\">");
        return writer;
    }

    /** A document whose root element has no namespace, as error documents have none. */
    static XmlWriter plainDocument(String root) {
        return new XmlWriter().open(root);
    }

    XmlWriter open(String name) {
        open.push(name);
        return ascii("<").ascii(name).ascii(">");
    }

    /** Opens an element with attributes: name, value, name, value… */
    XmlWriter openWith(String name, String... attributes) {
        open.push(name);
        ascii("<").ascii(name);
        for (int i = 0; i < attributes.length; i += 2) {
            ascii(" ").ascii(attributes[i]).ascii("=\"");
            escaped(attributes[i + 1]);
            ascii("\"");
        }
        return ascii(">");
    }

    /** Closes the innermost open element. */
    XmlWriter close() {
        return ascii("</").ascii(open.pop()).ascii(">");
    }

    /** Text within the innermost open element. */
    XmlWriter text(String text) {
        escaped(text);
        return this;
    }

    XmlWriter element(String name, String text) {
        ascii("<").ascii(name).ascii(">");
        escaped(text);
        return ascii("</").ascii(name).ascii(">");
    }

    XmlWriter element(String name, long number) {
        return element(name, Long.toString(number));
    }

    XmlWriter element(String name, boolean flag) {
        return element(name, flag ? "true" : "false");
    }

    /** The element, if there is a value. */
    XmlWriter element(String name, Optional<String> text) {
        text.ifPresent(value -> element(name, value));
        return this;
    }

    /** Closes all that is open, and gives the document, in pieces. The writer is used up. */
    List<ByteBuffer> finish() {
        while (!open.isEmpty()) {
            close();
        }
        endPiece();
        return pieces;
    }

    private void endPiece() {
        pieces.add(ByteBuffer.wrap(bytes, 0, length));
        length = 0;
    }

    private XmlWriter ascii(String text) {
        return ascii(text, 0, text.length());
    }

    @SuppressWarnings(
            "deprecation") // the narrow copy of String.getBytes is the fastest there is for what is known to be ASCII
    private XmlWriter ascii(String text, int from, int to) {
        reserve(to - from);
        text.getBytes(from, to, bytes, length);
        length += to - from;
        return this;
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            endPiece();
            bytes = new byte[Math.max(Math.min(2 * bytes.length, LARGEST_PIECE), more)];
        }
    }

    private void escaped(String text) {
        int written = 0;
        for (int i = 0; i < text.length(); ) {
            if (isPlain(text.charAt(i))) {
                i++;
                continue;
            }
            ascii(text, written, i);
            int c = text.codePointAt(i);
            codePoint(c);
            i += Character.charCount(c);
            written = i;
        }
        ascii(text, written, text.length());
    }

    private static boolean isPlain(char c) {
        return c < PLAIN.length && PLAIN[c];
    }

    private void codePoint(int c) {
        switch (c) {
            case '<' -> ascii("&lt;");
            case '>' -> ascii("&gt;");
            case '&' -> ascii("&amp;");
            case '"' -> ascii("&quot;");
            case '\'' -> ascii("&apos;");
            default -> {
                boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
                if (c < ' ' || c == 0x7f || c == 0xfffe || c == 0xffff || surrogate) {
                    reference(c);
                } else {
                    utf8(c);
                }
            }
        }
    }

    private void reference(int c) {
        ascii("&#x");
        int shift = 12;
        while (shift > 0 && c >>> shift == 0) {
            shift -= 4;
        }
        for (; shift >= 0; shift -= 4) {
            reserve(1);
            bytes[length++] = (byte) HEX[c >>> shift & 0xf];
        }
        ascii(";");
    }

    private void utf8(int c) {
        reserve(MAX_UTF8);
        if (c < 0x80) {
            bytes[length++] = (byte) c;
        } else if (c < 0x800) {
            bytes[length++] = (byte) (0xc0 | c >> 6);
            bytes[length++] = (byte) (0x80 | c & 0x3f);
        } else if (c < 0x10000) {
            bytes[length++] = (byte) (0xe0 | c >> 12);
            bytes[length++] = (byte) (0x80 | c >> 6 & 0x3f);
            bytes[length++] = (byte) (0x80 | c & 0x3f);
        } else {
            bytes[length++] = (byte) (0xf0 | c >> 18);
            bytes[length++] = (byte) (0x80 | c >> 12 & 0x3f);
            bytes[length++] = (byte) (0x80 | c >> 6 & 0x3f);
            bytes[length++] = (byte) (0x80 | c & 0x3f);
        }
    }
}
