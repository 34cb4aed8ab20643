package io.kintsugi.catalog;

import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.drives.KvCursor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Pages of current objects: one step of the cursor for an object, one seek for a common prefix. */
final class ObjectLister {
    private final BucketRow bucket;
    private final ListQuery query;
    private final Rollup rollup;
    private final byte[] from;
    private final byte[] to;

    ObjectLister(BucketRow bucket, ListQuery query) {
        this.bucket = bucket;
        this.query = query;
        this.rollup = new Rollup(query.prefix(), query.delimiter());
        this.from = Keys.objectPrefix(bucket.id(), rollup.prefix());
        this.to = Bytes.behindPrefix(from);
    }

    private byte[] start() {
        return switch (query.start()) {
            case ListQuery.Beginning b -> from;
            case ListQuery.AfterKey after -> Bytes.max(from, behind(after.key()));
            case ListQuery.AfterVersion after -> Bytes.max(from, behind(after.key()));
            case ListQuery.AfterPrefix after ->
                Bytes.max(from, Bytes.behindPrefix(Keys.objectPrefix(bucket.id(), Keys.utf8(after.prefix()))));
        };
    }

    private byte[] behind(String key) {
        return Bytes.successor(Keys.objectPrefix(bucket.id(), Keys.utf8(key)));
    }

    /** @param cursor of OBJECTS */
    ListPage page(KvCursor cursor) {
        List<ListPage.Entry> entries = new ArrayList<>();
        boolean found = cursor.seek(start());
        while (found) {
            byte[] row = cursor.key();
            if (Arrays.compareUnsigned(row, to) >= 0) {
                break;
            }
            if (entries.size() == query.limit()) {
                return new ListPage(entries, true);
            }
            byte[] key = Keys.keyOfObject(row);
            Optional<byte[]> common = rollup.of(key);
            if (common.isPresent()) {
                entries.add(new ListPage.CommonPrefix(Rollup.text(common.get())));
                found = cursor.seek(Bytes.behindPrefix(Keys.objectPrefix(bucket.id(), common.get())));
            } else {
                entries.add(new ListPage.Version(Versions.listed(bucket, key, cursor.value()), true));
                found = cursor.next();
            }
        }
        return new ListPage(entries, false);
    }
}
