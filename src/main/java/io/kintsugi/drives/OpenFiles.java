package io.kintsugi.drives;

/**
 * How many files a drive keeps open. What is being read or written comes on top.
 *
 * @param tables of its key-value store
 * @param shards that clients read again and again, each with up to three descriptors
 */
public record OpenFiles(int tables, int shards) {
    /** As many as are of use. */
    public static final OpenFiles MOST = new OpenFiles(512, 256);

    /** As few as a drive can work with. */
    public static final OpenFiles LEAST = new OpenFiles(64, 0);

    private static final int DESCRIPTORS_OF_SHARD = 3;
    /** Logs, lists of files, lock and identity. */
    private static final int OTHERS = 32;

    public OpenFiles {
        if (tables < 1 || shards < 0) {
            throw new IllegalArgumentException("no drive works with " + tables + " tables and " + shards + " shards");
        }
    }

    /** The most descriptors that this takes. */
    public long descriptors() {
        return OTHERS + tables + (long) DESCRIPTORS_OF_SHARD * shards;
    }

    /** As much of each as these descriptors suffice for, tables first; never less than {@link #LEAST}. */
    public static OpenFiles within(long descriptors) {
        long spare = Math.max(0, descriptors - LEAST.descriptors());
        long tables = Math.min(MOST.tables - LEAST.tables, spare / 2);
        long shards = Math.min(MOST.shards, (spare - tables) / DESCRIPTORS_OF_SHARD);
        return new OpenFiles(LEAST.tables + (int) tables, (int) shards);
    }
}
