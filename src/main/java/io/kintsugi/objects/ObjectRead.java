package io.kintsugi.objects;

import io.kintsugi.base.ByteRange;
import io.kintsugi.base.ByteSink;
import io.kintsugi.base.ObjectVersion;

/** A version that may be read, and the range of it that was asked for. Holds no resource. */
public interface ObjectRead {
    /** Bytes of memory that each of many {@link #pieces} takes, on 32 drives, while {@link #sendTo} sends it. */
    int PIECE_BYTES = 416;

    /** The version; without its parts where a range of bytes was asked for that touches only some of them. */
    ObjectVersion version();

    /** The range, within the object. */
    ByteRange range();

    /** Whether a range or part was asked for (206), also when it is the whole object. */
    boolean partial();

    /**
     * Whether all bytes are here already, in one piece, so that {@link #sendTo} calls the sink once at most and waits
     * for nothing but it.
     */
    default boolean isInMemory() {
        return false;
    }

    /** How many blobs the range touches, all of which are kept in mind until they are sent. */
    default int pieces() {
        return 1;
    }

    /** The same for who needs the parts of its version no more, as a client may take long for the bytes. */
    ObjectRead withoutParts();

    /**
     * Sends the bytes of the range, verified, in order. What can fail before the first byte fails before the sink is
     * called: the caller can still answer with an error then.
     */
    void sendTo(ByteSink sink);
}
