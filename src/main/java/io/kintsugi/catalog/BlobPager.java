package io.kintsugi.catalog;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.Id128;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.UploadId;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.VersionId;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Pages of all blobs that are not inline and are referred to: of the parts of UPLOADS, then of OBJECTS, then of
 * HISTORY, which is the way that a blob goes: who completes an upload or overwrites a version between two pages carries
 * it ahead of the cursor, not behind it. The cursor names the space, the row, and how many parts of that row were
 * given. A page may be shorter than asked, also empty, before the end: it looks at a bounded number of rows.
 */
final class BlobPager {
    private static final List<KvSpace> ORDER = List.of(KvSpace.UPLOADS, KvSpace.OBJECTS, KvSpace.HISTORY);
    private static final int ROWS_AT_ONCE = 1000;
    private static final byte[] END = Bytes.behindPrefix(new byte[] {(byte) 0x7F});
    private static final HexFormat HEX = HexFormat.of();

    private final Rows rows;
    private final int limit;
    private final List<BlobPage.Entry> entries = new ArrayList<>();
    private final Map<Long, Optional<BucketName>> names = new HashMap<>();

    @SuppressWarnings("ArrayRecordComponent")
    private record Place(int space, byte[] row, int part) {
        static Place parse(String text) {
            String[] fields = text.split("-", 3);
            try {
                Place place =
                        new Place(Integer.parseInt(fields[0]), HEX.parseHex(fields[2]), Integer.parseInt(fields[1]));
                if (place.space >= 0 && place.space < ORDER.size() && place.part >= 0) {
                    return place;
                }
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
                throw notACursor(text);
            }
            throw notACursor(text);
        }

        private static StoreException notACursor(String text) {
            return new StoreException.Invalid(
                    StoreException.Invalid.Kind.ARGUMENT, "Not a cursor of a listing of blobs: '" + text + "'");
        }

        String text() {
            return space + "-" + part + "-" + HEX.formatHex(row);
        }
    }

    BlobPager(Rows rows, int limit) {
        this.rows = rows;
        this.limit = limit;
    }

    BlobPage page(Optional<String> after) {
        Place place = after.map(Place::parse).orElse(new Place(0, new byte[0], 0));
        KvSpace space = ORDER.get(place.space());
        List<KvRow> found = rows.range(space, place.row(), END, ROWS_AT_ONCE);
        for (KvRow row : found) {
            int skip = Arrays.equals(row.key(), place.row()) ? place.part() : 0;
            List<BlobPage.Entry> blobs = blobsOf(space, row);
            int until = (int) Math.min(blobs.size(), (long) skip + limit - entries.size());
            entries.addAll(blobs.subList(Math.min(skip, until), until));
            if (until < blobs.size()) {
                return new BlobPage(entries, Optional.of(new Place(place.space(), row.key(), until).text()));
            }
            if (entries.size() == limit) {
                return new BlobPage(entries, Optional.of(behind(place.space(), row)));
            }
        }
        if (found.size() == ROWS_AT_ONCE) {
            return new BlobPage(entries, Optional.of(behind(place.space(), found.getLast())));
        }
        boolean last = place.space() == ORDER.size() - 1;
        return new BlobPage(
                entries, last ? Optional.empty() : Optional.of(new Place(place.space() + 1, new byte[0], 0).text()));
    }

    private static String behind(int space, KvRow row) {
        return new Place(space, Bytes.successor(row.key()), 0).text();
    }

    private List<BlobPage.Entry> blobsOf(KvSpace space, KvRow row) {
        Optional<BucketName> bucket = names.computeIfAbsent(Keys.bucketOf(row.key()), this::nameOf);
        if (bucket.isEmpty()) {
            return List.of();
        }
        return space == KvSpace.UPLOADS ? ofUpload(bucket.get(), row) : ofVersion(space, bucket.get(), row);
    }

    private Optional<BucketName> nameOf(long id) {
        return rows.get(KvSpace.BUCKETS, Keys.bucketById(id)).map(BucketRow::decodeName);
    }

    private static List<BlobPage.Entry> ofVersion(KvSpace space, BucketName bucket, KvRow row) {
        byte[] key = space == KvSpace.OBJECTS ? Keys.keyOfObject(row.key()) : Keys.keyOfEscaped(row.key(), Long.BYTES);
        VersionRow version = VersionRow.decode(bucket, ObjectKey.ofUtf8(key), row.value());
        List<BlobPage.Entry> blobs = new ArrayList<>();
        version.manifest().ifPresent(blob -> blobs.add(new BlobPage.Entry(blob, version.manifestOrigin())));
        for (ObjectPart part : version.version().parts()) {
            if (part.blob().form() != BlobRef.Form.INLINE) {
                blobs.add(new BlobPage.Entry(part.blob(), version.origin(part)));
            }
        }
        return blobs;
    }

    private List<BlobPage.Entry> ofUpload(BucketName bucket, KvRow row) {
        ObjectKey key = ObjectKey.ofUtf8(Keys.keyOfEscaped(row.key(), Id128.BYTES));
        UploadId upload = Keys.uploadOf(row.key());
        List<BlobPage.Entry> blobs = new ArrayList<>();
        for (UploadedPart stored : UploadChanges.parts(rows, upload, 0, UploadChanges.MAX_PARTS)) {
            ObjectPart part = stored.part();
            BlobOrigin.Part of = new BlobOrigin.Part(upload, part.number());
            if (part.blob().form() != BlobRef.Form.INLINE) {
                blobs.add(
                        new BlobPage.Entry(part.blob(), new BlobOrigin(bucket, key, VersionId.NULL, Optional.of(of))));
            }
        }
        return blobs;
    }
}
