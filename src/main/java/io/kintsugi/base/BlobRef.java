package io.kintsugi.base;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Where the bytes of a blob are. The placement was chosen when the blob was written, or when shards of it were moved,
 * and is kept here: shard {@code i} belongs on drive {@code placement.get(i)}. Empty for {@link Form#INLINE}, whose
 * bytes ride in the catalog.
 *
 * @param size bytes of the blob
 * @param stripeSize bytes of blob in one full stripe (0 for inline blobs)
 */
public record BlobRef(BlobId id, Form form, long size, ErasureCode code, int stripeSize, List<DriveId> placement) {
    /** The three sizes of a blob. */
    public enum Form {
        /** In the catalog commit itself. */
        INLINE,
        /** One value in the packed store of each drive. */
        PACKED,
        /** One file on each drive. */
        FILES
    }

    private static final ErasureCode NO_CODE = new ErasureCode(1, 0);

    public BlobRef {
        placement = List.copyOf(placement);
        if (size < 0 || form != Form.INLINE && placement.size() != code.totalShards()) {
            throw new IllegalArgumentException(
                    "blob " + id + " of code " + code + " has " + placement.size() + " drives");
        }
    }

    /** The same blob, with its shards elsewhere. */
    public BlobRef at(List<DriveId> drives) {
        return new BlobRef(id, form, size, code, stripeSize, drives);
    }

    /** The indexes of the shards that lie on another drive in that placement. */
    public List<Integer> changedIn(List<DriveId> other) {
        return IntStream.range(0, placement.size())
                .filter(i -> !placement.get(i).equals(other.get(i)))
                .boxed()
                .toList();
    }

    public static BlobRef inline(BlobId id, long size) {
        return new BlobRef(id, Form.INLINE, size, NO_CODE, 0, List.of());
    }
}
