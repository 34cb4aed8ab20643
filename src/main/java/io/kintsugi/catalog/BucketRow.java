package io.kintsugi.catalog;

import io.kintsugi.base.Bucket;
import io.kintsugi.base.BucketName;
import java.time.Instant;

/**
 * A bucket as BUCKETS holds it, by name.
 *
 * @param id never used again, so that the rows of a bucket are not those of a later one of its name
 * @param history whether HISTORY ever held a row of it: while not, a put needs to look at one row only
 */
record BucketRow(long id, boolean history, Bucket bucket) {
    static final int FORMAT = 1;
    private static final String WHAT = "a bucket";
    private static final Bucket.Versioning[] STATES = {
        Bucket.Versioning.OFF, Bucket.Versioning.ENABLED, Bucket.Versioning.SUSPENDED
    };

    byte[] encode() {
        return new RowWriter(FORMAT)
                .i64(id)
                .u8(history ? 1 : 0)
                .instant(bucket.created())
                .u8(Nouns.codeOf(bucket.versioning(), STATES))
                .finish();
    }

    static BucketRow decode(BucketName name, byte[] row) {
        RowReader from = new RowReader(row, FORMAT, WHAT);
        long id = from.i64();
        boolean history = from.u8() != 0;
        Instant created = from.instant();
        Bucket bucket = new Bucket(name, created, from.oneOf(STATES));
        from.end();
        return new BucketRow(id, history, bucket);
    }

    BucketRow with(Bucket changed) {
        return new BucketRow(id, history, changed);
    }

    BucketRow withHistory() {
        return new BucketRow(id, true, bucket);
    }

    /** The row that finds the name of an id. */
    static byte[] encodeName(BucketName name) {
        return new RowWriter(FORMAT).text(name.value()).finish();
    }

    static BucketName decodeName(byte[] row) {
        RowReader from = new RowReader(row, FORMAT, WHAT);
        String name = from.text();
        from.end();
        if (!BucketName.isValid(name)) {
            throw from.corrupt();
        }
        return new BucketName(name);
    }
}
