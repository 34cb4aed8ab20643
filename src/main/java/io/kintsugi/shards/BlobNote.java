package io.kintsugi.shards;

/**
 * What is kept with a blob beside its bytes, in the footer of each of its shards, so that a lost catalog can be rebuilt
 * from shards alone. This room does not look into it.
 *
 * <p>A small blob is on its way to the drives while its digests are still being computed; whoever rebuilds reads it
 * once and computes them again. A large one is digested by the time its footer is written. So there are two notes, and
 * a blob keeps the one of its form; healing copies it.
 */
public interface BlobNote {
    /** The greatest size of a note in bytes: far more than S3 lets anybody say about an object. */
    int MAX_BYTES = 256 * 1024;

    BlobNote NONE = of(new byte[0]);

    /** Bytes of {@link #packed}, before that is asked for. */
    int packedBytes();

    /** For a packed blob, when all of its bytes are in memory and nobody has seen them yet. */
    byte[] packed();

    /** For a blob in files, when the tap has seen all of its bytes. */
    byte[] files();

    /** The same in both cases. */
    static BlobNote of(byte[] bytes) {
        return new BlobNote() {
            @Override
            public int packedBytes() {
                return bytes.length;
            }

            @Override
            public byte[] packed() {
                return bytes;
            }

            @Override
            public byte[] files() {
                return bytes;
            }
        };
    }
}
