package io.kintsugi.catalog;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Id128;
import io.kintsugi.base.UploadId;
import io.kintsugi.catalog.CatalogRescue.Claim;
import io.kintsugi.drives.KeyValue;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.ScanLimit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The work space of a rescue: the spaces of the catalog hold the rows that it will have; {@code LOCAL} holds what is
 * known of each blob, and {@code PACKED} the versions that were found, in the order of their keys. Writes are gathered,
 * and seen by reads after {@link #flush}. One thread.
 */
final class RescueSpace {
    private static final ScanLimit PAGE = new ScanLimit(2_000, 4 << 20);
    private static final long BATCH_BYTES = 2 << 20;
    private static final int KEY_BYTES = 2048;
    private static final byte[] BEHIND_ALL = behindAll();
    private static final byte CLAIM = 'r';
    private static final byte SEEN = 's';
    private static final byte UPLOAD = 'u';
    private static final byte[] NOTHING = {};
    private static final Id128 NOWHERE = new Id128(0, 0);

    private final KeyValue rows;
    private KvBatch batch = new KvBatch();

    RescueSpace(KeyValue rows) {
        this.rows = rows;
    }

    private static byte[] behindAll() {
        byte[] key = new byte[KEY_BYTES];
        Arrays.fill(key, (byte) 0xFF);
        return key;
    }

    static byte[] end() {
        return BEHIND_ALL;
    }

    void put(KvSpace space, byte[] key, byte[] value) {
        batch.put(space, key, value);
        flushIf(batch.bytes() >= BATCH_BYTES);
    }

    void delete(KvSpace space, byte[] key) {
        batch.delete(space, key);
        flushIf(batch.bytes() >= BATCH_BYTES);
    }

    void flush() {
        flushIf(!batch.isEmpty());
    }

    private void flushIf(boolean wanted) {
        if (wanted) {
            rows.commit(batch).join();
            batch = new KvBatch();
        }
    }

    Optional<byte[]> get(KvSpace space, byte[] key) {
        return rows.get(space, key).join();
    }

    List<KvRow> page(KvSpace space, byte[] from, byte[] to) {
        return rows.scan(space, from, to, PAGE).join();
    }

    /** Each row of a range; what the visitor writes may be seen by a later page. */
    void each(KvSpace space, byte[] from, byte[] to, Consumer<KvRow> visitor) {
        byte[] next = from;
        List<KvRow> page = page(space, next, to);
        while (!page.isEmpty()) {
            page.forEach(visitor);
            next = Bytes.successor(page.getLast().key());
            page = page(space, next, to);
        }
    }

    void each(KvSpace space, Consumer<KvRow> visitor) {
        each(space, NOTHING, BEHIND_ALL, visitor);
    }

    // ---- blobs

    private static byte[] blobKey(byte kind, BlobId blob) {
        return keyOf(kind, blob.value());
    }

    private static byte[] keyOf(byte kind, Id128 name) {
        byte[] id = Keys.inline(new BlobId(name));
        byte[] key = new byte[1 + id.length];
        key[0] = kind;
        System.arraycopy(id, 0, key, 1, id.length);
        return key;
    }

    void claim(BlobRef blob, Claim claim) {
        if (blob.form() != BlobRef.Form.INLINE) {
            put(KvSpace.LOCAL, blobKey(CLAIM, blob.id()), new byte[] {(byte) claim.ordinal()});
        }
    }

    Claim claimOf(BlobId blob) {
        return get(KvSpace.LOCAL, blobKey(CLAIM, blob))
                .map(value -> Claim.values()[value[0]])
                .orElse(Claim.UNKNOWN);
    }

    /** @param places where each of its shards lies; empty for one that was not found */
    void seen(BlobId blob, List<Optional<DriveId>> places) {
        RowWriter row = new RowWriter(1).varint(places.size());
        places.forEach(place -> row.id(place.map(DriveId::value).orElse(NOWHERE)));
        put(KvSpace.LOCAL, blobKey(SEEN, blob), row.finish());
    }

    /** There is a row of it. */
    void underWay(UploadId upload) {
        put(KvSpace.LOCAL, keyOf(UPLOAD, upload.value()), NOTHING);
    }

    boolean isUnderWay(UploadId upload) {
        return get(KvSpace.LOCAL, keyOf(UPLOAD, upload.value())).isPresent();
    }

    /** The same blob, where it was found to lie; what was not found belongs where it was said to. */
    BlobRef located(BlobRef blob) {
        if (blob.form() == BlobRef.Form.INLINE) {
            return blob;
        }
        return get(KvSpace.LOCAL, blobKey(SEEN, blob.id()))
                .map(row -> located(blob, row))
                .orElse(blob);
    }

    private static BlobRef located(BlobRef blob, byte[] row) {
        RowReader from = new RowReader(row, 1, "where a blob lies");
        List<DriveId> places = new ArrayList<>();
        for (int i = 0, count = from.count(); i < count; i++) {
            Id128 place = from.id();
            places.add(place.equals(NOWHERE) ? blob.placement().get(i) : new DriveId(place));
        }
        return new BlobRef(blob.id(), blob.form(), blob.size(), blob.code(), blob.stripeSize(), places);
    }

    /** Whether its bytes are there: enough shards, or a row. */
    boolean isThere(BlobRef blob) {
        return blob.form() == BlobRef.Form.INLINE
                ? get(KvSpace.INLINE, Keys.inline(blob.id())).isPresent()
                : get(KvSpace.LOCAL, blobKey(SEEN, blob.id())).isPresent();
    }
}
