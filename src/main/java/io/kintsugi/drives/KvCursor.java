package io.kintsugi.drives;

/** A position in an ordered space of a {@link KeyValue}. Not valid until the first {@link #seek}. */
public interface KvCursor extends AutoCloseable {
    /** Moves to the first row whose key is at or behind {@code key}; returns whether there is one. */
    boolean seek(byte[] key);

    /** Moves to the next row; returns whether there is one. */
    boolean next();

    /** The key of this row. */
    byte[] key();

    /** The value of this row. Costs a copy: ask only for what is needed. */
    byte[] value();

    /** Idempotent. */
    @Override
    void close();
}
