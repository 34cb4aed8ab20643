package io.kintsugi.drives;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import java.util.Comparator;

/** The name of a shard: its blob and its index among the blob's k + m shards (0 to 255). */
public record ShardName(BlobId blob, int index) implements Comparable<ShardName> {
    private static final int MAX_INDEX = 255;

    public ShardName {
        if (index < 0 || index > MAX_INDEX) {
            throw new IllegalArgumentException("shard index " + index + " is not within 0 to 255");
        }
    }

    /** The order in which {@link Drive#listShards} gives the shards of a form. */
    public static Comparator<ShardName> listingOrder(BlobRef.Form form) {
        return form == BlobRef.Form.FILES ? ShardFiles.ORDER : Comparator.naturalOrder();
    }

    @Override
    public int compareTo(ShardName other) {
        int order = blob.compareTo(other.blob);
        return order != 0 ? order : Integer.compare(index, other.index);
    }

    @Override
    public String toString() {
        return blob + "." + index;
    }
}
