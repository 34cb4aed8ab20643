package io.kintsugi.catalog;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.VersionId;
import io.kintsugi.drives.KvSpace;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Another placement for a blob, evaluated on a view inside a commit: in the one row that refers to it, if that has the
 * blob just as it was before.
 */
record Relocation(BlobRef from, BlobRef to) {
    /** @throws IllegalArgumentException when no blob of this code can lie so */
    static Relocation of(BlobRef from, List<DriveId> placement) {
        if (from.form() == BlobRef.Form.INLINE) {
            throw new IllegalArgumentException("blob " + from.id() + " is inline: it has no placement");
        }
        if (new HashSet<>(placement).size() != placement.size()) {
            throw new IllegalArgumentException("two shards of blob " + from.id() + " on one drive: " + placement);
        }
        return new Relocation(from, from.at(placement));
    }

    boolean apply(View view, BlobOrigin origin) {
        return view.bucket(origin.bucket())
                        .filter(bucket -> inPart(view, bucket, origin) || inVersion(view, bucket, origin))
                        .isPresent()
                || inQueue(view);
    }

    private boolean inPart(View view, BucketRow bucket, BlobOrigin origin) {
        Optional<byte[]> row = origin.part().map(part -> Keys.part(part.upload(), part.number()));
        Optional<UploadedPart> stored = row.flatMap(key -> view.get(KvSpace.PARTS, key))
                .map(UploadRow::decodePart)
                .filter(part -> part.part().blob().equals(from));
        if (stored.isEmpty()) {
            return false;
        }
        UploadedPart old = stored.get();
        touch(view, bucket, origin);
        view.put(
                KvSpace.PARTS,
                row.get(),
                UploadRow.encodePart(new UploadedPart(old.part().with(to), old.lastModified())));
        return true;
    }

    private boolean inVersion(View view, BucketRow bucket, BlobOrigin origin) {
        Optional<VersionId> version = origin.part().isEmpty()
                ? Optional.of(origin.version())
                : view.get(KvSpace.PARTS, Keys.became(origin.part().get().upload()))
                        .map(UploadRow::decodeVersion);
        if (version.isEmpty()) {
            return false;
        }
        Optional<VersionRow> current =
                Versions.currentObject(view, bucket, origin.key()).filter(row -> Versions.is(row, version.get()));
        if (current.isPresent()) {
            byte[] key = Keys.object(bucket.id(), origin.key());
            return replace(view, new Place(KvSpace.OBJECTS, key), current.get(), bucket, origin);
        }
        Optional<VersionRow> old =
                bucket.history() ? Versions.inHistory(view, bucket, origin.key(), version.get()) : Optional.empty();
        return old.filter(row -> replace(
                        view,
                        new Place(KvSpace.HISTORY, Keys.history(bucket.id(), origin.key(), row.order())),
                        row,
                        bucket,
                        origin))
                .isPresent();
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Place(KvSpace space, byte[] key) {}

    private boolean replace(View view, Place place, VersionRow row, BucketRow bucket, BlobOrigin origin) {
        ObjectVersion version = row.version();
        Optional<BlobRef> manifest = row.manifest();
        if (version.parts().stream().noneMatch(part -> part.blob().equals(from))
                && !manifest.equals(Optional.of(from))) {
            return false;
        }
        ObjectVersion now = version.with(version.parts().stream()
                .map(part -> part.blob().equals(from) ? part.with(to) : part)
                .toList());
        Optional<BlobRef> manifestNow = manifest.map(blob -> blob.equals(from) ? to : blob);
        touch(view, bucket, origin);
        view.put(place.space(), place.key(), new VersionRow(row.order(), row.upload(), manifestNow, now).encode());
        return true;
    }

    private static void touch(View view, BucketRow bucket, BlobOrigin origin) {
        view.touch(Stamps.ofKey(bucket.id(), origin.key()));
        view.touch(Stamps.ofBucket(bucket.id()));
    }

    /** The bucket may be gone since. */
    private boolean inQueue(View view) {
        Optional<Reclaim> entry = view.get(KvSpace.RECLAIM, Keys.reclaimOf(from.id()))
                .map(SmallRow::decodeNumber)
                .flatMap(sequence -> view.get(KvSpace.RECLAIM, Keys.reclaim(sequence))
                        .map(row -> SmallRow.decodeReclaim(sequence, row)))
                .filter(found -> found.blob().equals(from));
        entry.ifPresent(found ->
                view.put(KvSpace.RECLAIM, Keys.reclaim(found.sequence()), SmallRow.encodeReclaim(to, found.dropped())));
        return entry.isPresent();
    }
}
