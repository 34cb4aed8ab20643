package io.kintsugi.objects;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Deletion;
import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadId;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.UploadsPage;
import io.kintsugi.base.UploadsQuery;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.catalog.BlobPage;
import io.kintsugi.catalog.Catalog;
import io.kintsugi.catalog.CatalogStatus;
import io.kintsugi.catalog.Reclaim;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** The catalog's contract in memory, under one lock; without listings. */
final class MemoryCatalog implements Catalog {
    private final Clock clock;
    private final Map<BucketName, Bucket> buckets = new TreeMap<>();
    private final Map<Name, Deque<ObjectVersion>> versions = new HashMap<>();
    private final Map<BlobId, byte[]> inline = new HashMap<>();
    private final Map<UploadId, Upload> uploads = new HashMap<>();
    private final Map<UploadId, TreeMap<Integer, UploadedPart>> parts = new HashMap<>();
    private final List<Reclaim> queue = new ArrayList<>();
    private long sequence;

    MemoryCatalog(Clock clock) {
        this.clock = clock;
    }

    private record Name(BucketName bucket, ObjectKey key) {}

    @Override
    public synchronized void createBucket(Bucket bucket) {
        if (buckets.putIfAbsent(bucket.name(), bucket) != null) {
            throw new StoreException.Conflict(StoreException.Conflict.Kind.BUCKET_EXISTS, "exists");
        }
    }

    @Override
    public synchronized Optional<Bucket> bucket(BucketName name) {
        return Optional.ofNullable(buckets.get(name));
    }

    private Bucket require(BucketName name) {
        return bucket(name)
                .orElseThrow(() -> new StoreException.NotFound(StoreException.NotFound.Kind.BUCKET, name.value()));
    }

    @Override
    public synchronized List<Bucket> listBuckets(String prefix, Optional<BucketName> after, int limit) {
        return buckets.values().stream()
                .filter(b -> b.name().value().startsWith(prefix))
                .filter(b -> after.isEmpty() || b.name().compareTo(after.get()) > 0)
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized Bucket updateBucket(BucketName name, UnaryOperator<Bucket> change) {
        Bucket changed = change.apply(require(name));
        buckets.put(name, changed);
        return changed;
    }

    @Override
    public synchronized void deleteBucket(BucketName name) {
        require(name);
        if (versions.entrySet().stream()
                .anyMatch(e -> e.getKey().bucket().equals(name) && !e.getValue().isEmpty())) {
            throw new StoreException.Conflict(StoreException.Conflict.Kind.BUCKET_NOT_EMPTY, "not empty");
        }
        buckets.remove(name);
    }

    private Deque<ObjectVersion> stack(BucketName bucket, ObjectKey key) {
        require(bucket);
        return versions.computeIfAbsent(new Name(bucket, key), n -> new ArrayDeque<>());
    }

    private void push(ObjectVersion version, WriteCondition condition) {
        Deque<ObjectVersion> stack = stack(version.bucket(), version.key());
        condition.check(version.key(), Optional.ofNullable(stack.peek()).filter(v -> !v.deleteMarker()));
        remove(stack, version.id());
        stack.push(version);
    }

    private Optional<ObjectVersion> remove(Deque<ObjectVersion> stack, VersionId id) {
        Optional<ObjectVersion> found =
                stack.stream().filter(v -> v.id().equals(id)).findFirst();
        found.ifPresent(v -> {
            stack.remove(v);
            v.parts().forEach(p -> drop(p.blob()));
        });
        return found;
    }

    private void drop(BlobRef blob) {
        if (blob.form() == BlobRef.Form.INLINE) {
            inline.remove(blob.id());
        } else {
            queue.add(new Reclaim(++sequence, blob, clock.now()));
        }
    }

    @Override
    public synchronized void put(ObjectVersion version, Optional<byte[]> bytes, WriteCondition condition) {
        push(version, condition);
        bytes.ifPresent(b -> inline.put(version.parts().getFirst().blob().id(), b));
    }

    @Override
    public synchronized ObjectVersion update(
            BucketName bucket, ObjectKey key, VersionId version, UnaryOperator<ObjectVersion> change) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized Optional<ObjectVersion> find(BucketName bucket, ObjectKey key, Optional<VersionId> version) {
        Deque<ObjectVersion> stack = stack(bucket, key);
        return version.isEmpty()
                ? Optional.ofNullable(stack.peek())
                : stack.stream().filter(v -> v.id().equals(version.get())).findFirst();
    }

    @Override
    public synchronized Optional<byte[]> inline(BlobId blob) {
        return Optional.ofNullable(inline.get(blob));
    }

    @Override
    public synchronized List<Deletion.Outcome> delete(BucketName bucket, List<Deletion> deletions) {
        require(bucket);
        return deletions.stream().map(d -> delete(bucket, d)).toList();
    }

    private Deletion.Outcome delete(BucketName bucket, Deletion deletion) {
        Deque<ObjectVersion> stack = stack(bucket, deletion.key());
        try {
            deletion.condition()
                    .check(deletion.key(), Optional.ofNullable(stack.peek()).filter(v -> !v.deleteMarker()));
        } catch (StoreException e) {
            return new Deletion.Refused(e);
        }
        return switch (deletion) {
            case Deletion.Remove r -> {
                Optional<ObjectVersion> gone = remove(stack, r.version());
                yield new Deletion.Done(
                        gone.isPresent(),
                        gone.filter(ObjectVersion::deleteMarker).isPresent());
            }
            case Deletion.Mark m -> {
                boolean existed = !stack.isEmpty();
                push(ObjectVersion.deleteMarker(bucket, m.key(), m.marker(), m.when()), WriteCondition.NONE);
                yield new Deletion.Done(existed, false);
            }
        };
    }

    @Override
    public ListPage listObjects(ListQuery query) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ListPage listVersions(ListQuery query) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized void createUpload(Upload upload) {
        require(upload.bucket());
        uploads.put(upload.id(), upload);
        parts.put(upload.id(), new TreeMap<>());
    }

    @Override
    public synchronized Optional<Upload> upload(BucketName bucket, ObjectKey key, UploadId id) {
        require(bucket);
        return Optional.ofNullable(uploads.get(id))
                .filter(u -> u.bucket().equals(bucket) && u.key().equals(key));
    }

    @Override
    public UploadsPage listUploads(UploadsQuery query) {
        throw new UnsupportedOperationException();
    }

    private TreeMap<Integer, UploadedPart> partsOf(Upload upload) {
        if (!uploads.containsKey(upload.id())) {
            throw new StoreException.NotFound(
                    StoreException.NotFound.Kind.UPLOAD, upload.id().toString());
        }
        return parts.get(upload.id());
    }

    @Override
    public synchronized void putPart(Upload upload, UploadedPart part, Optional<byte[]> bytes) {
        UploadedPart replaced = partsOf(upload).put(part.part().number(), part);
        if (replaced != null) {
            drop(replaced.part().blob());
        }
        bytes.ifPresent(b -> inline.put(part.part().blob().id(), b));
    }

    @Override
    public synchronized List<UploadedPart> listParts(Upload upload, int afterNumber, int limit) {
        return partsOf(upload).tailMap(afterNumber, false).values().stream()
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized void completeUpload(Upload upload, ObjectVersion version, WriteCondition condition) {
        TreeMap<Integer, UploadedPart> uploaded = partsOf(upload);
        for (ObjectPart part : version.parts()) {
            if (!uploaded.containsKey(part.number())
                    || !uploaded.get(part.number()).part().equals(part)) {
                throw new StoreException.Conflict(StoreException.Conflict.Kind.CONCURRENT_CHANGE, "part replaced");
            }
        }
        push(version, condition);
        version.parts().forEach(part -> uploaded.remove(part.number()));
        abortUpload(upload);
    }

    @Override
    public synchronized void abortUpload(Upload upload) {
        partsOf(upload).values().forEach(p -> drop(p.part().blob()));
        uploads.remove(upload.id());
        parts.remove(upload.id());
    }

    @Override
    public synchronized List<Reclaim> reclaimable(Instant droppedBefore, int limit) {
        return queue.stream()
                .filter(r -> r.dropped().isBefore(droppedBefore))
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized void reclaimed(List<Reclaim> entries) {
        queue.removeAll(entries);
    }

    private List<BlobPage.Entry> entries() {
        List<BlobPage.Entry> all = new ArrayList<>();
        versions.forEach((name, stack) -> stack.forEach(v -> v.parts()
                .forEach(p -> all.add(new BlobPage.Entry(
                        p.blob(), new BlobOrigin(name.bucket(), name.key(), v.id(), Optional.empty()))))));
        uploads.values()
                .forEach(u -> parts.get(u.id())
                        .values()
                        .forEach(p -> all.add(new BlobPage.Entry(
                                p.part().blob(),
                                new BlobOrigin(
                                        u.bucket(),
                                        u.key(),
                                        VersionId.NULL,
                                        Optional.of(new BlobOrigin.Part(
                                                u.id(), p.part().number())))))));
        all.removeIf(e -> e.blob().form() == BlobRef.Form.INLINE);
        return all;
    }

    @Override
    public synchronized boolean refersTo(BlobId blob, BlobOrigin origin) {
        return entries().stream().anyMatch(e -> e.blob().id().equals(blob))
                || queue.stream().anyMatch(r -> r.blob().id().equals(blob));
    }

    @Override
    public synchronized BlobPage blobs(Optional<String> after, int limit) {
        List<BlobPage.Entry> all = entries();
        int from = after.map(Integer::parseInt).orElse(0);
        int to = Math.min(all.size(), from + limit);
        return new BlobPage(
                all.subList(from, to), to == all.size() ? Optional.empty() : Optional.of(Integer.toString(to)));
    }

    @Override
    public CatalogStatus status() {
        return new CatalogStatus(true, List.of(), List.of(), "", 1, sequence);
    }

    @Override
    public void close() {}
}
