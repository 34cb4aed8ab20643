package io.kintsugi.base;

import java.nio.ByteBuffer;

/** Bytes that are handed out in pieces, as they come from a network. */
public final class Pieces {
    private Pieces() {}

    /**
     * A source of what is left in a buffer.
     *
     * @param most bytes of a piece
     */
    public static ByteSource of(ByteBuffer bytes, int most) {
        return target -> next(bytes, target, most);
    }

    /** Moves the next piece from one buffer to the other; its length, or -1 when nothing is left. */
    public static int next(ByteBuffer bytes, ByteBuffer target, int most) {
        if (!bytes.hasRemaining()) {
            return -1;
        }
        int count = Math.min(most, Math.min(bytes.remaining(), target.remaining()));
        target.put(bytes.slice(bytes.position(), count));
        bytes.position(bytes.position() + count);
        return count;
    }
}
