package io.kintsugi.catalog;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Deletion;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.UploadId;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.drives.KvSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Changes of versions, evaluated on a view inside a commit. */
final class VersionChanges {
    private final View view;
    private final Dropping dropping;

    VersionChanges(View view, Clock clock) {
        this.view = view;
        this.dropping = new Dropping(view, clock);
    }

    /** A version to put: its rows are encoded before the commit, the order is filled in by it. */
    @SuppressWarnings("ArrayRecordComponent")
    record Draft(
            ObjectVersion version,
            byte[] row,
            Optional<UploadId> upload,
            Optional<BlobRef> manifest,
            Optional<byte[]> inline) {
        static Draft of(ObjectVersion version, Optional<byte[]> inline) {
            byte[] row = VersionRow.draft(version, Optional.empty(), Optional.empty());
            return new Draft(version, row, Optional.empty(), Optional.empty(), inline.map(SmallRow::encodeInline));
        }

        static Draft completed(ObjectVersion version, UploadId upload, Optional<BlobRef> manifest) {
            byte[] row = VersionRow.draft(version, Optional.of(upload), manifest);
            return new Draft(version, row, Optional.of(upload), manifest, Optional.empty());
        }
    }

    BucketRow bucket(BucketName name) {
        return view.bucket(name)
                .orElseThrow(() -> new StoreException.NotFound(StoreException.NotFound.Kind.BUCKET, name.value()));
    }

    void put(Draft draft, WriteCondition condition) {
        ObjectVersion version = draft.version();
        BucketRow bucket = bucket(version.bucket());
        view.requireStaying(bucket);
        ObjectKey key = version.key();
        Optional<VersionRow> current = Versions.currentObject(view, bucket, key);
        condition.check(key, Versions.versionOf(current));
        requireName(bucket, version);
        requireNoneLost(bucket, version, current);
        touch(bucket, key);
        makeWay(bucket, key, current, version.id(), version.parts());
        view.put(KvSpace.OBJECTS, Keys.object(bucket.id(), key), VersionRow.seal(draft.row(), view.order()));
        draft.inline()
                .ifPresent(row -> view.put(
                        KvSpace.INLINE,
                        Keys.inline(version.parts().getFirst().blob().id()),
                        row));
        draft.upload()
                .ifPresent(
                        upload -> view.put(KvSpace.PARTS, Keys.became(upload), UploadRow.encodeVersion(version.id())));
    }

    /**
     * A bucket that never had versioning has null versions only, which is all that deletions there look for. One that
     * has another name is of a bucket that had versions, and was deleted since, and created again.
     */
    private static void requireName(BucketRow bucket, ObjectVersion version) {
        if (!version.id().isNull() && bucket.bucket().versioning() == Bucket.Versioning.OFF) {
            throw new StoreException.Conflict(
                    StoreException.Conflict.Kind.CONCURRENT_CHANGE,
                    "Bucket " + version.bucket() + " was deleted and created again while " + version.key()
                            + " was being written: try again");
        }
    }

    /**
     * A write gets its name before its bytes are there. If versioning was switched on meanwhile, whoever was told so
     * counts on it that nothing is replaced any more.
     */
    private void requireNoneLost(BucketRow bucket, ObjectVersion version, Optional<VersionRow> current) {
        if (!version.id().isNull() || bucket.bucket().versioning() != Bucket.Versioning.ENABLED) {
            return;
        }
        boolean replaces =
                current.filter(row -> Versions.is(row, VersionId.NULL)).isPresent()
                        || bucket.history()
                                && Versions.orderOf(view, bucket, version.key(), VersionId.NULL)
                                        .isPresent();
        if (replaces) {
            throw new StoreException.Conflict(
                    StoreException.Conflict.Kind.CONCURRENT_CHANGE,
                    "Versioning of bucket " + version.bucket() + " was switched on while " + version.key()
                            + " was being written, which would replace an older version: try again");
        }
    }

    private void touch(BucketRow bucket, ObjectKey key) {
        view.touch(Stamps.ofKey(bucket.id(), key));
        view.touch(Stamps.ofBucket(bucket.id()));
    }

    /** Drops the version whose name the new one takes, and moves the current object into the history. */
    private void makeWay(
            BucketRow bucket, ObjectKey key, Optional<VersionRow> current, VersionId id, List<ObjectPart> kept) {
        if (current.isPresent() && Versions.is(current.get(), id)) {
            dropping.version(current.get(), kept);
            return;
        }
        if (bucket.history()) {
            Versions.inHistory(view, bucket, key, id).ifPresent(old -> {
                dropping.version(old, kept);
                deleteFromHistory(bucket, old);
            });
        }
        current.ifPresent(old -> putIntoHistory(bucket, old, old.encode()));
    }

    private void putIntoHistory(BucketRow bucket, VersionRow row, byte[] encoded) {
        ObjectKey key = row.version().key();
        view.put(KvSpace.HISTORY, Keys.history(bucket.id(), key, row.order()), encoded);
        view.tops().add(bucket, key, row.order());
        view.put(
                KvSpace.VERSIONS,
                Keys.version(bucket.id(), key, row.version().id()),
                SmallRow.encodeNumber(row.order()));
        if (!bucket(row.version().bucket()).history()) {
            view.putBucket(bucket.withHistory());
        }
    }

    private void deleteFromHistory(BucketRow bucket, VersionRow row) {
        ObjectKey key = row.version().key();
        view.delete(KvSpace.HISTORY, Keys.history(bucket.id(), key, row.order()));
        view.delete(
                KvSpace.VERSIONS, Keys.version(bucket.id(), key, row.version().id()));
    }

    ObjectVersion update(BucketName name, ObjectKey key, VersionId id, UnaryOperator<ObjectVersion> change) {
        BucketRow bucket = bucket(name);
        Optional<VersionRow> current = Versions.currentObject(view, bucket, key).filter(row -> Versions.is(row, id));
        VersionRow old = current.or(() -> Versions.inHistory(view, bucket, key, id))
                .orElseThrow(() -> new StoreException.NotFound(StoreException.NotFound.Kind.VERSION, id.toString()));
        ObjectVersion was = old.version();
        ObjectVersion wanted = change.apply(was);
        ObjectVersion now = new ObjectVersion(
                was.bucket(),
                was.key(),
                was.id(),
                was.deleteMarker(),
                was.size(),
                was.etag(),
                wanted.lastModified(),
                wanted.metadata(),
                was.multipart(),
                was.parts(),
                wanted.checksum());
        touch(bucket, key);
        byte[] row = new VersionRow(old.order(), old.upload(), old.manifest(), now).encode();
        if (current.isPresent()) {
            view.put(KvSpace.OBJECTS, Keys.object(bucket.id(), key), row);
        } else {
            view.put(KvSpace.HISTORY, Keys.history(bucket.id(), key, old.order()), row);
        }
        return now;
    }

    /**
     * Does as many of these as fit: one at least, and none behind the one that comes to so many bytes of rows. An
     * object of many parts has a long row, and leaves an entry in the reclaim queue for each of them.
     *
     * @return what came of those that were done
     */
    List<Deletion.Outcome> delete(BucketName name, List<Deletion> deletions, long enoughBytes) {
        BucketRow bucket = bucket(name);
        List<Deletion.Outcome> outcomes = new ArrayList<>(deletions.size());
        long full = view.bytes() + enoughBytes;
        for (Deletion deletion : deletions) {
            outcomes.add(delete(bucket, deletion));
            if (view.bytes() >= full) {
                break;
            }
        }
        return outcomes;
    }

    private Deletion.Outcome delete(BucketRow bucket, Deletion deletion) {
        Optional<VersionRow> current = Versions.currentObject(view, bucket, deletion.key());
        try {
            deletion.condition().check(deletion.key(), Versions.versionOf(current));
        } catch (StoreException e) {
            return new Deletion.Refused(e);
        }
        touch(bucket, deletion.key());
        return switch (deletion) {
            case Deletion.Hide hide -> hide(bucket(bucket.bucket().name()), hide, current);
            case Deletion.Remove remove -> remove(bucket(bucket.bucket().name()), remove, current);
        };
    }

    /** Decided here: whoever was told that versions are kept from now on counts on the one that is there. */
    private Deletion.Outcome hide(BucketRow bucket, Deletion.Hide hide, Optional<VersionRow> current) {
        return switch (bucket.bucket().versioning()) {
            case OFF -> remove(bucket, new Deletion.Remove(hide.key(), VersionId.NULL, hide.condition()), current);
            case ENABLED -> mark(bucket, hide, hide.marker(), current);
            case SUSPENDED -> mark(bucket, hide, VersionId.NULL, current);
        };
    }

    private Deletion.Outcome mark(BucketRow bucket, Deletion.Hide hide, VersionId id, Optional<VersionRow> current) {
        view.requireStaying(bucket);
        makeWay(bucket, hide.key(), current, id, List.of());
        view.delete(KvSpace.OBJECTS, Keys.object(bucket.id(), hide.key()));
        ObjectVersion marker = ObjectVersion.deleteMarker(bucket.bucket().name(), hide.key(), id, hide.when());
        VersionRow row = new VersionRow(view.order(), Optional.empty(), marker);
        putIntoHistory(bucket, row, row.encode());
        return new Deletion.Done(current.isPresent(), Optional.of(id));
    }

    private Deletion.Outcome remove(BucketRow bucket, Deletion.Remove remove, Optional<VersionRow> current) {
        if (current.isPresent() && Versions.is(current.get(), remove.version())) {
            dropping.version(current.get(), List.of());
            view.delete(KvSpace.OBJECTS, Keys.object(bucket.id(), remove.key()));
            // it was the newest
            view.tops().know(bucket, remove.key(), current.get().order());
            promote(bucket, remove.key());
            return new Deletion.Done(true, Optional.empty());
        }
        if (!bucket.history()) {
            return new Deletion.Done(false, Optional.empty());
        }
        Optional<VersionRow> old = Versions.inHistory(view, bucket, remove.key(), remove.version());
        if (old.isEmpty()) {
            return new Deletion.Done(false, Optional.empty());
        }
        dropping.version(old.get(), List.of());
        deleteFromHistory(bucket, old.get());
        if (current.isEmpty()) {
            promote(bucket, remove.key());
        }
        boolean marker = old.get().version().deleteMarker();
        return new Deletion.Done(true, marker ? Optional.of(remove.version()) : Optional.empty());
    }

    /** When no object is current any more: the newest of the history is, and if it is an object, it moves back. */
    private void promote(BucketRow bucket, ObjectKey key) {
        if (!bucket.history()) {
            return;
        }
        Optional<VersionRow> newest =
                Versions.newestInHistory(view, bucket, key, view.tops().of(bucket, key));
        newest.ifPresent(row -> view.tops().know(bucket, key, row.order()));
        newest.filter(row -> !row.version().deleteMarker()).ifPresent(row -> {
            deleteFromHistory(bucket, row);
            view.put(KvSpace.OBJECTS, Keys.object(bucket.id(), key), row.encode());
        });
    }
}
