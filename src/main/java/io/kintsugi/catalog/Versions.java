package io.kintsugi.catalog;

import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.VersionId;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import java.util.Optional;

/** Where the versions of a key are: the current one in OBJECTS if it is an object, all others in HISTORY. */
final class Versions {
    private Versions() {}

    static Optional<VersionRow> currentObject(Rows rows, BucketRow bucket, ObjectKey key) {
        return rows.get(KvSpace.OBJECTS, Keys.object(bucket.id(), key)).map(row -> decode(bucket, key, row));
    }

    static VersionRow decode(BucketRow bucket, ObjectKey key, byte[] row) {
        return VersionRow.decode(bucket.bucket().name(), key, row);
    }

    /** As {@link ObjectVersion#listed} has it. */
    static ObjectVersion listed(BucketRow bucket, byte[] utf8, byte[] row) {
        return VersionRow.decodeListed(bucket.bucket().name(), ObjectKey.ofUtf8(utf8), row);
    }

    /** The current version, which may be a delete marker. */
    static Optional<VersionRow> current(Rows rows, BucketRow bucket, ObjectKey key) {
        Optional<VersionRow> object = currentObject(rows, bucket, key);
        return object.isPresent() || !bucket.history() ? object : newestInHistory(rows, bucket, key);
    }

    static Optional<VersionRow> newestInHistory(Rows rows, BucketRow bucket, ObjectKey key) {
        return newestInHistory(rows, bucket, key, Long.MAX_VALUE);
    }

    /** @param top no version in the history is newer */
    static Optional<VersionRow> newestInHistory(Rows rows, BucketRow bucket, ObjectKey key, long top) {
        byte[] from = Keys.history(bucket.id(), key, top);
        return rows.first(KvSpace.HISTORY, from, Keys.behindKey(bucket.id(), key.utf8()))
                .map(KvRow::value)
                .map(row -> decode(bucket, key, row));
    }

    /** A version by its name, wherever it is. */
    static Optional<VersionRow> named(Rows rows, BucketRow bucket, ObjectKey key, VersionId id) {
        Optional<VersionRow> object = currentObject(rows, bucket, key).filter(row -> is(row, id));
        return object.isPresent() || !bucket.history() ? object : inHistory(rows, bucket, key, id);
    }

    static Optional<VersionRow> inHistory(Rows rows, BucketRow bucket, ObjectKey key, VersionId id) {
        return orderOf(rows, bucket, key, id)
                .flatMap(order -> rows.get(KvSpace.HISTORY, Keys.history(bucket.id(), key, order)))
                .map(row -> decode(bucket, key, row));
    }

    /** The place of a version that is in HISTORY. */
    static Optional<Long> orderOf(Rows rows, BucketRow bucket, ObjectKey key, VersionId id) {
        return rows.get(KvSpace.VERSIONS, Keys.version(bucket.id(), key, id)).map(SmallRow::decodeNumber);
    }

    static boolean is(VersionRow row, VersionId id) {
        return row.version().id().equals(id);
    }

    static Optional<ObjectVersion> versionOf(Optional<VersionRow> row) {
        return row.map(VersionRow::version);
    }
}
