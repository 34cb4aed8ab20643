package io.kintsugi.drives;

/** One row of a {@link KeyValue}. The arrays are the receiver's. */
@SuppressWarnings("ArrayRecordComponent")
public record KvRow(byte[] key, byte[] value) {}
