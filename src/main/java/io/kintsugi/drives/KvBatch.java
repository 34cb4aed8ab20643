package io.kintsugi.drives;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Changes that take effect together or not at all. Built by one thread, then unchanging: the same batch may be
 * committed to several drives. Takes the arrays over without a copy.
 */
public final class KvBatch {
    /** One change. */
    public sealed interface Change {
        KvSpace space();
    }

    /** Sets a row. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Put(KvSpace space, byte[] key, byte[] value) implements Change {}

    /** Removes a row, if it is there. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Delete(KvSpace space, byte[] key) implements Change {}

    /** Removes all rows with {@code from <= key < to}. */
    @SuppressWarnings("ArrayRecordComponent")
    public record DeleteRange(KvSpace space, byte[] from, byte[] to) implements Change {}

    private final List<Change> changes = new ArrayList<>();
    private long bytes;

    public KvBatch put(KvSpace space, byte[] key, byte[] value) {
        changes.add(new Put(space, key, value));
        bytes += (long) key.length + value.length;
        return this;
    }

    public KvBatch delete(KvSpace space, byte[] key) {
        changes.add(new Delete(space, key));
        bytes += key.length;
        return this;
    }

    public KvBatch deleteRange(KvSpace space, byte[] from, byte[] to) {
        changes.add(new DeleteRange(space, from, to));
        bytes += (long) from.length + to.length;
        return this;
    }

    public List<Change> changes() {
        return Collections.unmodifiableList(changes);
    }

    /** Bytes of keys and values. */
    public long bytes() {
        return bytes;
    }

    public boolean isEmpty() {
        return changes.isEmpty();
    }
}
