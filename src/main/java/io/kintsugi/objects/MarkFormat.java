package io.kintsugi.objects;

import io.kintsugi.codec.Crc32c;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * What the marks of scrubbing ({@link ScrubMark}, {@link RowScrubMark}) have in common as bytes: the format's number
 * comes first, the CRC-32C of all before it last ({@code docs/DISK-FORMAT.md}, space {@code local}).
 */
final class MarkFormat {
    private static final byte NUMBER = 1;

    private MarkFormat() {}

    /** Room for a mark, with its beginning. @param bytes between number and checksum */
    static ByteBuffer begin(int bytes) {
        return ByteBuffer.allocate(1 + bytes + Integer.BYTES).put(NUMBER);
    }

    /** The mark with its checksum; the room that it was given has to be full but for that. */
    static byte[] end(ByteBuffer mark) {
        return mark.putInt(Crc32c.of(mark.array(), 0, mark.position())).array();
    }

    static byte[] text(Optional<String> text) {
        return text.orElse("").getBytes(StandardCharsets.US_ASCII);
    }

    /** A text with its length before it. */
    static String text(ByteBuffer from) {
        byte[] text = new byte[Math.clamp(from.getInt(), 0, from.remaining())];
        from.get(text);
        return new String(text, StandardCharsets.US_ASCII);
    }

    /** Empty when this is not a mark, or one of a later release. @param reader of what is behind the number */
    static <T> Optional<T> decode(byte[] bytes, Function<ByteBuffer, T> reader) {
        int end = bytes.length - Integer.BYTES;
        ByteBuffer from = ByteBuffer.wrap(bytes);
        if (end < 1 || from.getInt(end) != Crc32c.of(bytes, 0, end) || from.get() != NUMBER) {
            return Optional.empty();
        }
        try {
            return Optional.of(reader.apply(from.slice(from.position(), end - 1)));
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    /** The last one that was written, of those that drives have. */
    static <T> Optional<T> newest(
            List<byte[]> copies, Function<byte[], Optional<T>> decoder, ToLongFunction<T> sequence) {
        return copies.stream().map(decoder).flatMap(Optional::stream).max(Comparator.comparingLong(sequence));
    }
}
