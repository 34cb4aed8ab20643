package io.kintsugi.catalog;

import io.kintsugi.base.Id128;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadsPage;
import io.kintsugi.base.UploadsQuery;
import io.kintsugi.drives.KvCursor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Pages of uploads under way, by key and then by their ids, which begin with their time. A common prefix is one seek.
 */
final class UploadLister {
    private final BucketRow bucket;
    private final UploadsQuery query;
    private final Rollup rollup;
    private final byte[] from;
    private final byte[] to;
    private final List<Upload> uploads = new ArrayList<>();
    private final List<String> prefixes = new ArrayList<>();

    UploadLister(BucketRow bucket, UploadsQuery query) {
        this.bucket = bucket;
        this.query = query;
        this.rollup = new Rollup(query.prefix(), query.delimiter());
        this.from = Keys.escapedPrefix(bucket.id(), rollup.prefix());
        this.to = Bytes.behindPrefix(from);
    }

    /** A marker that is a common prefix of this listing stands behind all that it rolls up. */
    private byte[] start() {
        byte[] marker = Keys.utf8(query.keyMarker());
        if (marker.length == 0) {
            return from;
        }
        if (query.uploadMarker().isPresent()) {
            byte[] last = Keys.upload(
                    bucket.id(),
                    ObjectKey.of(query.keyMarker()),
                    query.uploadMarker().get());
            return Bytes.max(from, Bytes.successor(last));
        }
        boolean isPrefix = Bytes.startsWith(marker, rollup.prefix())
                && rollup.of(marker)
                        .filter(common -> Arrays.equals(common, marker))
                        .isPresent();
        byte[] behind = isPrefix
                ? Bytes.behindPrefix(Keys.escapedPrefix(bucket.id(), marker))
                : Keys.behindKey(bucket.id(), marker);
        return Bytes.max(from, behind);
    }

    /** @param cursor of UPLOADS */
    UploadsPage page(KvCursor cursor) {
        boolean found = cursor.seek(start());
        while (found) {
            byte[] row = cursor.key();
            if (Arrays.compareUnsigned(row, to) >= 0) {
                break;
            }
            if (uploads.size() + prefixes.size() == query.limit()) {
                return new UploadsPage(uploads, prefixes, true);
            }
            byte[] key = Keys.keyOfEscaped(row, Id128.BYTES);
            Optional<byte[]> common = rollup.of(key);
            if (common.isPresent()) {
                prefixes.add(Rollup.text(common.get()));
                found = cursor.seek(Bytes.behindPrefix(Keys.escapedPrefix(bucket.id(), common.get())));
            } else {
                uploads.add(UploadRow.decodeListed(
                        bucket.bucket().name(), ObjectKey.ofUtf8(key), Keys.uploadOf(row), cursor.value()));
                found = cursor.next();
            }
        }
        return new UploadsPage(uploads, prefixes, false);
    }
}
