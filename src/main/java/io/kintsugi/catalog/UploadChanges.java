package io.kintsugi.catalog;

import io.kintsugi.base.Clock;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadId;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Changes of uploads, evaluated on a view inside a commit. */
final class UploadChanges {
    static final int MAX_PARTS = 10_000;

    private final View view;
    private final VersionChanges versions;
    private final Dropping dropping;

    UploadChanges(View view, Clock clock) {
        this.view = view;
        this.versions = new VersionChanges(view, clock);
        this.dropping = new Dropping(view, clock);
    }

    void create(Upload upload) {
        BucketRow bucket = versions.bucket(upload.bucket());
        view.requireStaying(bucket);
        touch(bucket, upload);
        view.put(KvSpace.UPLOADS, Keys.upload(bucket.id(), upload.key(), upload.id()), UploadRow.encode(upload));
    }

    private BucketRow require(Upload upload) {
        BucketRow bucket = versions.bucket(upload.bucket());
        if (view.get(KvSpace.UPLOADS, Keys.upload(bucket.id(), upload.key(), upload.id()))
                .isEmpty()) {
            throw notFound(upload);
        }
        touch(bucket, upload);
        return bucket;
    }

    private void touch(BucketRow bucket, Upload upload) {
        view.touch(Stamps.ofBucket(bucket.id()));
        view.touch(Stamps.ofKey(bucket.id(), upload.key()));
    }

    static StoreException notFound(Upload upload) {
        return new StoreException.NotFound(
                StoreException.NotFound.Kind.UPLOAD, upload.id().toString());
    }

    void putPart(Upload upload, UploadedPart part, Optional<byte[]> inline) {
        require(upload);
        byte[] row = Keys.part(upload.id(), part.part().number());
        view.get(KvSpace.PARTS, row)
                .map(UploadRow::decodePart)
                .ifPresent(old -> dropping.parts(List.of(old.part()), List.of(part.part())));
        view.put(KvSpace.PARTS, row, UploadRow.encodePart(part));
        inline.ifPresent(
                bytes -> view.put(KvSpace.INLINE, Keys.inline(part.part().blob().id()), SmallRow.encodeInline(bytes)));
    }

    /** Parts with a number greater than that. */
    static List<UploadedPart> parts(Rows rows, UploadId upload, int afterNumber, int limit) {
        byte[] from = Keys.part(upload, afterNumber + 1);
        List<KvRow> found = rows.range(KvSpace.PARTS, from, Keys.part(upload, MAX_PARTS + 1), limit);
        return found.stream().map(row -> UploadRow.decodePart(row.value())).toList();
    }

    void complete(Upload upload, VersionChanges.Draft draft, WriteCondition condition) {
        BucketRow bucket = require(upload);
        Map<Integer, ObjectPart> stored = new HashMap<>();
        parts(view, upload.id(), 0, MAX_PARTS)
                .forEach(part -> stored.put(part.part().number(), part.part()));
        for (ObjectPart part : draft.version().parts()) {
            ObjectPart found = stored.get(part.number());
            if (found == null || !found.blob().id().equals(part.blob().id())) {
                throw new StoreException.Conflict(
                        StoreException.Conflict.Kind.CONCURRENT_CHANGE,
                        "Part " + part.number() + " was replaced while the upload was being completed: try again");
            }
        }
        versions.put(whereTheyLie(upload, draft, stored), condition);
        dropping.parts(new ArrayList<>(stored.values()), draft.version().parts());
        deleteRows(bucket, upload, stored.keySet());
    }

    /** Shards of a part may have been moved since the caller read it: the row of the part knows. */
    private static VersionChanges.Draft whereTheyLie(
            Upload upload, VersionChanges.Draft draft, Map<Integer, ObjectPart> stored) {
        List<ObjectPart> known = draft.version().parts();
        if (known.stream().allMatch(part -> stored.get(part.number()).blob().equals(part.blob()))) {
            return draft;
        }
        List<ObjectPart> now = known.stream()
                .map(part -> part.with(stored.get(part.number()).blob()))
                .toList();
        return VersionChanges.Draft.completed(draft.version().with(now), upload.id(), draft.manifest());
    }

    void abort(Upload upload) {
        drop(require(upload), upload);
    }

    /** Drops an upload that exists, with all its parts. */
    void drop(BucketRow bucket, Upload upload) {
        touch(bucket, upload);
        List<ObjectPart> parts = parts(view, upload.id(), 0, MAX_PARTS).stream()
                .map(UploadedPart::part)
                .toList();
        dropping.parts(parts, List.of());
        deleteRows(bucket, upload, parts.stream().map(ObjectPart::number).toList());
    }

    private void deleteRows(BucketRow bucket, Upload upload, Iterable<Integer> partNumbers) {
        partNumbers.forEach(number -> view.delete(KvSpace.PARTS, Keys.part(upload.id(), number)));
        view.delete(KvSpace.UPLOADS, Keys.upload(bucket.id(), upload.key(), upload.id()));
    }
}
