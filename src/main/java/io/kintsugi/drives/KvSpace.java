package io.kintsugi.drives;

/**
 * The ordered spaces of a drive's key-value store. The order of the constants is not stored; the names are
 * ({@code docs/DISK-FORMAT.md}). What the catalog keeps in its spaces is the catalog's business.
 */
public enum KvSpace {
    /** Packed shards, by {@link ShardName}. Values of up to a few hundred KiB. */
    PACKED(Values.LARGE),
    /** Records of this drive alone. */
    LOCAL(Values.SMALL),
    /** Catalog: facts about the replica itself. */
    META(Values.SMALL),
    BUCKETS(Values.SMALL),
    /** Current versions that are objects. */
    OBJECTS(Values.SMALL),
    /** All other versions: noncurrent ones and delete markers. */
    HISTORY(Values.SMALL),
    /** From version id to place in the history. */
    VERSIONS(Values.SMALL),
    /** Bytes of inline blobs. */
    INLINE(Values.BODIES),
    UPLOADS(Values.SMALL),
    PARTS(Values.SMALL),
    RECLAIM(Values.SMALL);

    /** What the values of a space are like, so that the store can lay them out well. */
    public enum Values {
        SMALL,
        LARGE,
        /** Large ones that clients read again: what was read stays in memory for a while. */
        BODIES
    }

    private final Values kind;

    KvSpace(Values kind) {
        this.kind = kind;
    }

    public Values kind() {
        return kind;
    }

    /** Whether it belongs to the catalog's replica, rather than to the drive. */
    public boolean catalog() {
        return this != PACKED && this != LOCAL;
    }
}
