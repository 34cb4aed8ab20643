package io.kintsugi.objects;

/**
 * What part of an object a read asks for. Ranges are resolved against the size that the object turns out to have.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-14.1.2">RFC 9110, byte ranges</a>
 */
public sealed interface RangeSpec {
    record Whole() implements RangeSpec {}

    /** {@code bytes=first-last}; a last beyond the end means the end. */
    record FromTo(long first, long last) implements RangeSpec {}

    /** {@code bytes=first-}. */
    record From(long first) implements RangeSpec {}

    /** {@code bytes=-count}: the last bytes. */
    record Suffix(long count) implements RangeSpec {}

    /** {@code partNumber=n}: the bytes of one part. */
    record Part(int number) implements RangeSpec {}
}
