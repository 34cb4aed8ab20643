package io.kintsugi.shards;

import java.util.List;

/**
 * A small record of which every drive keeps a copy of its own, for whoever can do without it: nothing makes the copies
 * equal, and all may be lost. Blocks its (virtual) thread, within a deadline.
 */
public interface DriveRecord {
    /** For whoever keeps nothing. */
    DriveRecord NONE = new DriveRecord() {
        @Override
        public List<byte[]> read() {
            return List.of();
        }

        @Override
        public void write(byte[] value) {
            // nothing is kept
        }
    };

    /** The copies that can be read now, in no order. One may be older than another. */
    List<byte[]> read();

    /** Replaces the copies of all drives that answer. What they have is durable then; those that don't are left. */
    void write(byte[] value);
}
