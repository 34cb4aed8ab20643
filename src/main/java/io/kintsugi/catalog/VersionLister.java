package io.kintsugi.catalog;

import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.drives.KvCursor;
import io.kintsugi.drives.KvSpace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Pages of all versions: OBJECTS and HISTORY merged by key, of each key the current object first, then its history from
 * the newest on. The cursors must show one state of the catalog. A common prefix is one seek in each.
 */
final class VersionLister {
    private final BucketRow bucket;
    private final ListQuery query;
    private final Rollup rollup;
    private final Side objects;
    private final Side history;
    private final List<ListPage.Entry> entries = new ArrayList<>();
    /** Of the last entry, where that is a version. */
    private OptionalLong place = OptionalLong.empty();
    /** The key of which the page leaves out the newest versions; no key is empty. */
    private byte[] midst = {};

    /** One of the two spaces, on its next row inside of the listing's bounds. */
    private static final class Side {
        private final KvCursor cursor;
        private final byte[] to;
        private final int tail;
        private byte[] key = {};
        private boolean present;

        /** @param tail bytes behind the escaped key and its end; negative where the key is the row's */
        Side(KvCursor cursor, byte[] to, int tail) {
            this.cursor = cursor;
            this.to = to;
            this.tail = tail;
        }

        void seek(byte[] row) {
            take(cursor.seek(row));
        }

        void next() {
            take(cursor.next());
        }

        private void take(boolean found) {
            present = false;
            if (found) {
                byte[] row = cursor.key();
                present = Arrays.compareUnsigned(row, to) < 0;
                key = !present ? key : tail < 0 ? Keys.keyOfObject(row) : Keys.keyOfEscaped(row, tail);
            }
        }

        boolean at(byte[] wanted) {
            return present && Arrays.equals(key, wanted);
        }
    }

    VersionLister(BucketRow bucket, ListQuery query, KvCursor objects, KvCursor history) {
        this.bucket = bucket;
        this.query = query;
        this.rollup = new Rollup(query.prefix(), query.delimiter());
        byte[] plain = Keys.objectPrefix(bucket.id(), rollup.prefix());
        byte[] escaped = Keys.escapedPrefix(bucket.id(), rollup.prefix());
        this.objects = new Side(objects, Bytes.behindPrefix(plain), -1);
        this.history = new Side(history, Bytes.behindPrefix(escaped), Long.BYTES);
    }

    /** @param named finds the place of a version in HISTORY */
    ListPage page(Rows named) {
        byte[] prefix = rollup.prefix();
        switch (query.start()) {
            case ListQuery.Beginning b -> seek(prefix);
            case ListQuery.AfterKey after -> behindKey(Keys.utf8(after.key()));
            case ListQuery.AfterVersion after -> behindVersion(after, named);
            case ListQuery.AfterPrefix after -> behindPrefix(Keys.utf8(after.prefix()));
        }
        while (objects.present || history.present) {
            if (!one(least())) {
                return new ListPage(entries, true, place);
            }
        }
        return new ListPage(entries, false);
    }

    private void seek(byte[] key) {
        objects.seek(Keys.objectPrefix(bucket.id(), key));
        history.seek(Keys.escapedPrefix(bucket.id(), key));
    }

    private void behindKey(byte[] key) {
        if (Arrays.compareUnsigned(key, rollup.prefix()) < 0) {
            seek(rollup.prefix());
            return;
        }
        objects.seek(Bytes.successor(Keys.objectPrefix(bucket.id(), key)));
        history.seek(Keys.behindKey(bucket.id(), key));
    }

    private void behindPrefix(byte[] common) {
        byte[] objectRow = Bytes.behindPrefix(Keys.objectPrefix(bucket.id(), common));
        byte[] historyRow = Bytes.behindPrefix(Keys.escapedPrefix(bucket.id(), common));
        objects.seek(Bytes.max(objectRow, Keys.objectPrefix(bucket.id(), rollup.prefix())));
        history.seek(Bytes.max(historyRow, Keys.escapedPrefix(bucket.id(), rollup.prefix())));
    }

    private void behindVersion(ListQuery.AfterVersion after, Rows named) {
        byte[] key = Keys.utf8(after.key());
        if (key.length == 0 || !Bytes.startsWith(key, rollup.prefix())) {
            behindKey(key);
            return;
        }
        seekKey(key);
        placeOf(after, key, named).ifPresent(place -> behindPlace(key, place));
        // where nobody knows the place, the key is listed from its newest version on, since names tell no order (a
        // clock may have been set), and whoever deletes what is listed must be shown all of it
    }

    /**
     * The place of the version that is named, where that is there: a rebuild of the catalog gives others. Else the one
     * that it had; so it is for the null version, which may be another by now.
     */
    private Optional<Long> placeOf(ListQuery.AfterVersion after, byte[] key, Rows named) {
        Optional<Long> had = after.place().stream().boxed().findFirst();
        if (after.version().isNull() && had.isPresent()) {
            return had;
        }
        if (objects.at(key) && listed(objects).id().equals(after.version())) {
            return Optional.of(orderOfObject());
        }
        return Versions.orderOf(named, bucket, ObjectKey.ofUtf8(key), after.version())
                .or(() -> had);
    }

    /** Leaves out what is newer, and what has that place. Both sides are at the first of the key. */
    private void behindPlace(byte[] key, long place) {
        if (objects.at(key) && orderOfObject() >= place) {
            midst = key;
            objects.next();
        }
        if (history.at(key) && Keys.orderOfHistory(history.cursor.key()) >= place) {
            midst = key;
            history.seek(Bytes.successor(Keys.history(bucket.id(), key, place)));
        }
    }

    /** Of the object that the cursor is at. */
    private long orderOfObject() {
        byte[] row = objects.cursor.value();
        RowReader.requireIntact(row, KvSpace.OBJECTS.name());
        return VersionRow.orderOf(row);
    }

    private void seekKey(byte[] key) {
        objects.seek(Keys.objectPrefix(bucket.id(), key));
        history.seek(Keys.ofKey(bucket.id(), key));
    }

    private ObjectVersion listed(Side side) {
        return Versions.listed(bucket, side.key, side.cursor.value());
    }

    private byte[] least() {
        if (!objects.present) {
            return history.key;
        }
        return !history.present || Arrays.compareUnsigned(objects.key, history.key) <= 0 ? objects.key : history.key;
    }

    /** Lists a key or a common prefix; returns whether the page had room for all of it. */
    private boolean one(byte[] key) {
        if (entries.size() == query.limit()) {
            return false;
        }
        Optional<byte[]> common = rollup.of(key);
        if (common.isPresent()) {
            entries.add(new ListPage.CommonPrefix(Rollup.text(common.get())));
            place = OptionalLong.empty();
            behindPrefix(common.get());
            return true;
        }
        return versionsOf(key);
    }

    private boolean versionsOf(byte[] key) {
        boolean latest = !Arrays.equals(key, midst);
        if (objects.at(key)) {
            add(objects, true);
            latest = false;
        }
        while (history.at(key)) {
            if (entries.size() == query.limit()) {
                return false;
            }
            add(history, latest);
            latest = false;
        }
        return true;
    }

    private void add(Side side, boolean latest) {
        byte[] row = side.cursor.value();
        entries.add(new ListPage.Version(Versions.listed(bucket, side.key, row), latest));
        place = OptionalLong.of(VersionRow.orderOf(row));
        side.next();
    }
}
