package io.kintsugi.base;

/**
 * An entity tag without its quotes: the MD5 of the bytes in hexadecimal, or, for an object of parts, the MD5 of the
 * parts' MD5s, a hyphen and the number of parts.
 */
public record ETag(String value) {
    /** As it stands in headers and XML. */
    public String quoted() {
        return '"' + value + '"';
    }

    /** Whether a value as a client sends it, quoted or not, weak or not, or {@code *}, names this tag. */
    public boolean matches(String sent) {
        String text = sent.strip();
        if (text.equals("*")) {
            return true;
        }
        text = text.startsWith("W/") ? text.substring(2) : text;
        boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        return (quoted ? text.substring(1, text.length() - 1) : text).equals(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
