package io.kintsugi.catalog;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.Id128;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.UploadId;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.VersionId;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Pages of all blobs that are not inline and are referred to: of the parts of UPLOADS, then of the versions, by key,
 * and of one key the newest first, wherever they are. The order of a version stays when it is overwritten, or becomes
 * current again since a newer one is removed; so it goes from OBJECTS to HISTORY or back on one side of the cursor. Who
 * completes an upload between two pages makes a version of parts that were met.
 *
 * <p>A page may be shorter than asked, also empty, before the end: it looks at a bounded number of rows.
 */
final class BlobPager {
    private static final int ROWS_AT_ONCE = 1000;
    private static final byte[] END = Bytes.behindPrefix(new byte[] {(byte) 0x7F});

    private final Rows rows;
    private final int limit;
    private final List<BlobPage.Entry> entries = new ArrayList<>();
    private final Map<Long, Optional<BucketName>> names = new HashMap<>();

    /**
     * Where a page begins.
     *
     * @param versions whether that is among the versions, or still among the uploads
     * @param row a key of UPLOADS; or one as in OBJECTS, also of versions in HISTORY
     * @param order the newest version of that key that is not done
     * @param part how many blobs of it, or the number of the part of that upload up to which they were given
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Place(boolean versions, byte[] row, long order, int part) {
        private static final String WHAT = "a listing of blobs";
        private static final int NUMBERS = 3;
        static final Place BEGINNING = new Place(false, new byte[0], Long.MAX_VALUE, 0);
        static final Place VERSIONS = new Place(true, new byte[0], Long.MAX_VALUE, 0);

        static Place parse(String text) {
            RowCursor cursor = RowCursor.parse(text, NUMBERS, WHAT);
            long kind = cursor.numbers().get(0);
            long part = cursor.numbers().get(2);
            boolean whole = kind == 0 || cursor.row().length == 0 || cursor.row().length > Long.BYTES;
            if (kind > 1 || part > Integer.MAX_VALUE || !whole) {
                throw RowCursor.invalid(text, WHAT);
            }
            return new Place(kind == 1, cursor.row(), cursor.numbers().get(1), (int) part);
        }

        Optional<String> text() {
            return Optional.of(new RowCursor(List.of(versions ? 1L : 0L, order, (long) part), row).text());
        }
    }

    /** Where a version is in the order of pages. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Spot(byte[] key, long order) implements Comparable<Spot> {
        static Spot ofObject(KvRow row) {
            return new Spot(row.key(), VersionRow.orderOf(row.value()));
        }

        static Spot ofHistory(KvRow row) {
            byte[] key = Keys.keyOfEscaped(row.key(), Long.BYTES);
            return new Spot(Keys.objectPrefix(Keys.bucketOf(row.key()), key), VersionRow.orderOf(row.value()));
        }

        @Override
        public int compareTo(Spot other) {
            int keys = Arrays.compareUnsigned(key, other.key);
            return keys == 0 ? Long.compare(other.order, order) : keys;
        }
    }

    BlobPager(Rows rows, int limit) {
        this.rows = rows;
        this.limit = limit;
    }

    BlobPage page(Optional<String> after) {
        Place place = after.map(Place::parse).orElse(Place.BEGINNING);
        return new BlobPage(entries, place.versions() ? versions(place) : uploads(place));
    }

    // ---- uploads

    private Optional<String> uploads(Place place) {
        List<KvRow> found = rows.some(KvSpace.UPLOADS, place.row(), END, ROWS_AT_ONCE);
        for (KvRow row : found) {
            int done = Arrays.equals(row.key(), place.row()) ? place.part() : 0;
            Optional<Integer> last = giveUpload(row, done);
            if (last.isPresent()) {
                return new Place(false, row.key(), Long.MAX_VALUE, last.get()).text();
            }
            if (entries.size() == limit) {
                return behind(row).text();
            }
        }
        return found.isEmpty() ? Place.VERSIONS.text() : behind(found.getLast()).text();
    }

    private static Place behind(KvRow upload) {
        return new Place(false, Bytes.successor(upload.key()), Long.MAX_VALUE, 0);
    }

    /**
     * Gives the blobs of the parts behind that number. How many there are before it changes when parts are uploaded
     * again, as inline ones have none here.
     *
     * @return the number of the last that was given, when there was no room for all
     */
    private Optional<Integer> giveUpload(KvRow row, int done) {
        List<BlobPage.Entry> blobs = ofUpload(row, done);
        int room = limit - entries.size();
        entries.addAll(blobs.subList(0, Math.min(room, blobs.size())));
        return blobs.size() <= room
                ? Optional.empty()
                : entries.getLast().origin().part().map(BlobOrigin.Part::number);
    }

    /** How many of these blobs are given by now, when there is no room for all; else 0. */
    private int give(List<BlobPage.Entry> blobs, int skip) {
        int until = (int) Math.min(blobs.size(), (long) skip + limit - entries.size());
        entries.addAll(blobs.subList(Math.min(skip, until), until));
        return until < blobs.size() ? until : 0;
    }

    // ---- versions

    private Optional<String> versions(Place place) {
        NavigableMap<Spot, KvRow> found = versionsFrom(place);
        for (Map.Entry<Spot, KvRow> version : found.entrySet()) {
            Spot at = version.getKey();
            boolean begun = at.order() == place.order() && Arrays.equals(at.key(), place.row());
            int given = give(ofVersion(at, version.getValue()), begun ? place.part() : 0);
            if (given > 0) {
                return new Place(true, at.key(), at.order(), given).text();
            }
            if (entries.size() == limit) {
                return behind(at).text();
            }
        }
        return found.isEmpty() ? Optional.empty() : behind(found.lastKey()).text();
    }

    private static Place behind(Spot version) {
        return new Place(true, version.key(), version.order() - 1, 0);
    }

    /**
     * The next versions, all up to the last of them. Objects are read before the history, as a version may be
     * overwritten in between, and after it, as one may become current again; not where there was no history before
     * either.
     */
    private NavigableMap<Spot, KvRow> versionsFrom(Place place) {
        Spot from = new Spot(place.row(), place.order());
        NavigableMap<Spot, KvRow> found = new TreeMap<>();
        Optional<KvRow> before = rows.first(KvSpace.HISTORY, historyFrom(place), END);
        List<KvRow> objects = objects(from, END);
        objects.forEach(row -> found.put(Spot.ofObject(row), row));
        byte[] to = objects.isEmpty() ? END : behindKey(objects.getLast().key());
        List<KvRow> history = rows.some(KvSpace.HISTORY, historyFrom(place), to, ROWS_AT_ONCE);
        boolean none = history.isEmpty()
                && before.filter(row -> Arrays.compareUnsigned(row.key(), to) < 0)
                        .isEmpty();
        if (none) {
            return found;
        }
        history.forEach(row -> found.put(Spot.ofHistory(row), row));
        Optional<Spot> last = history.isEmpty()
                ? objects.reversed().stream().findFirst().map(Spot::ofObject)
                : Optional.of(Spot.ofHistory(history.getLast()));
        List<KvRow> again =
                objects(from, last.map(spot -> Bytes.successor(spot.key())).orElse(END));
        again.forEach(row -> found.put(Spot.ofObject(row), row));
        Optional<Spot> known = again.isEmpty() ? last : Optional.of(min(last, Spot.ofObject(again.getLast())));
        return known.map(until -> found.headMap(until, true)).orElse(found);
    }

    /** The next objects that are not done: that of the key in which the page begins may be. */
    private List<KvRow> objects(Spot from, byte[] to) {
        List<KvRow> objects = rows.some(KvSpace.OBJECTS, from.key(), to, ROWS_AT_ONCE);
        if (objects.isEmpty() || Spot.ofObject(objects.getFirst()).compareTo(from) >= 0) {
            return objects;
        }
        return objects.size() > 1
                ? objects.subList(1, objects.size())
                : rows.some(KvSpace.OBJECTS, Bytes.successor(from.key()), to, ROWS_AT_ONCE);
    }

    private static Spot min(Optional<Spot> a, Spot b) {
        return a.filter(spot -> spot.compareTo(b) <= 0).orElse(b);
    }

    private static byte[] behindKey(byte[] object) {
        return Keys.behindKey(Keys.bucketOf(object), Keys.keyOfObject(object));
    }

    private static byte[] historyFrom(Place place) {
        return place.row().length == 0
                ? place.row()
                : Keys.history(Keys.bucketOf(place.row()), Keys.keyOfObject(place.row()), place.order());
    }

    // ---- rows

    private Optional<BucketName> bucketOf(byte[] row) {
        return names.computeIfAbsent(Keys.bucketOf(row), this::nameOf);
    }

    private Optional<BucketName> nameOf(long id) {
        return rows.get(KvSpace.BUCKETS, Keys.bucketById(id)).map(BucketRow::decodeName);
    }

    private List<BlobPage.Entry> ofVersion(Spot at, KvRow row) {
        Optional<BucketName> bucket = bucketOf(at.key());
        if (bucket.isEmpty()) {
            return List.of();
        }
        VersionRow version = VersionRow.decode(bucket.get(), ObjectKey.ofUtf8(Keys.keyOfObject(at.key())), row.value());
        List<BlobPage.Entry> blobs = new ArrayList<>();
        version.manifest().ifPresent(blob -> blobs.add(new BlobPage.Entry(blob, version.manifestOrigin())));
        for (ObjectPart part : version.version().parts()) {
            if (part.blob().form() != BlobRef.Form.INLINE) {
                blobs.add(new BlobPage.Entry(part.blob(), version.origin(part)));
            }
        }
        return blobs;
    }

    private List<BlobPage.Entry> ofUpload(KvRow row, int done) {
        Optional<BucketName> bucket = bucketOf(row.key());
        if (bucket.isEmpty()) {
            return List.of();
        }
        ObjectKey key = ObjectKey.ofUtf8(Keys.keyOfEscaped(row.key(), Id128.BYTES));
        UploadId upload = Keys.uploadOf(row.key());
        List<BlobPage.Entry> blobs = new ArrayList<>();
        for (UploadedPart stored : UploadChanges.parts(rows, upload, done, UploadChanges.MAX_PARTS)) {
            ObjectPart part = stored.part();
            BlobOrigin.Part of = new BlobOrigin.Part(upload, part.number());
            if (part.blob().form() != BlobRef.Form.INLINE) {
                BlobOrigin origin = new BlobOrigin(bucket.get(), key, VersionId.NULL, Optional.of(of));
                blobs.add(new BlobPage.Entry(part.blob(), origin));
            }
        }
        return blobs;
    }
}
