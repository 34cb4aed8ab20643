package io.kintsugi.s3;

import io.kintsugi.base.AtOnce;
import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.ByteRange;
import io.kintsugi.base.ByteSink;
import io.kintsugi.base.Checksum;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.ChecksumType;
import io.kintsugi.base.ETag;
import io.kintsugi.base.Id128;
import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.UploadsPage;
import io.kintsugi.base.UploadsQuery;
import io.kintsugi.base.VersionId;
import io.kintsugi.objects.CompleteUpload;
import io.kintsugi.objects.CopyObject;
import io.kintsugi.objects.CopyResult;
import io.kintsugi.objects.CreateUpload;
import io.kintsugi.objects.DeleteObjects;
import io.kintsugi.objects.GetObject;
import io.kintsugi.objects.ObjectRead;
import io.kintsugi.objects.ObjectStore;
import io.kintsugi.objects.PartCopyResult;
import io.kintsugi.objects.PartsPage;
import io.kintsugi.objects.PutObject;
import io.kintsugi.objects.UploadName;
import io.kintsugi.objects.UploadPart;
import io.kintsugi.objects.UploadPartCopy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A store that gives the answers that a test prepared, in their order, and keeps what it was asked. It stores nothing:
 * handlers only translate, and this is what they translate to and from.
 */
final class FakeStore implements ObjectStore {
    static final Instant WHEN = Instant.parse("2026-03-04T05:06:07.089Z");
    static final VersionId VERSION = new VersionId(new Id128(1, 2));

    private final Deque<Object> answers = new ArrayDeque<>();
    private final Deque<Object> asked = new ArrayDeque<>();
    private boolean versions;

    /** Answers the next calls so; an exception is thrown. */
    static FakeStore answering(Object... answers) {
        FakeStore store = new FakeStore();
        store.answers.addAll(Arrays.asList(answers));
        return store;
    }

    /** Of buckets that have versions. */
    FakeStore withVersions() {
        versions = true;
        return this;
    }

    /** The last request, which must be of that type. */
    <T> T asked(Class<T> type) {
        return type.cast(asked.getLast());
    }

    int calls() {
        return asked.size();
    }

    static ObjectVersion version(String key, String content) {
        BucketName bucket = new BucketName("bucket");
        ETag etag = new ETag("0123");
        BlobRef blob = BlobRef.inline(new BlobId(new Id128(0, 7)), content.length());
        return new ObjectVersion(
                bucket,
                ObjectKey.of(key),
                VersionId.NULL,
                false,
                content.length(),
                etag,
                WHEN,
                ObjectMetadata.NONE,
                false,
                List.of(new ObjectPart(1, content.length(), etag, Optional.empty(), blob)),
                Optional.empty());
    }

    static ObjectVersion with(ObjectVersion version, VersionId id, Optional<Checksum> checksum) {
        return new ObjectVersion(
                version.bucket(),
                version.key(),
                id,
                false,
                version.size(),
                version.etag(),
                version.lastModified(),
                new ObjectMetadata(Map.of("content-type", "text/plain"), Map.of("color", "blue"), Map.of("t", "v")),
                version.multipart(),
                version.parts(),
                checksum);
    }

    /** An object of three parts, 5, 5 and 2 bytes, each with its checksum. */
    static ObjectVersion ofParts(String key) {
        ObjectVersion whole = version(key, "aaaaabbbbbcc");
        List<ObjectPart> parts = List.of(part(1, 5), part(2, 5), part(3, 2));
        Checksum checksum = new Checksum(ChecksumAlgorithm.CRC32C, ChecksumType.COMPOSITE, new byte[] {9, 9, 9, 9}, 3);
        return new ObjectVersion(
                whole.bucket(),
                whole.key(),
                VERSION,
                false,
                whole.size(),
                new ETag("4567-3"),
                WHEN,
                ObjectMetadata.NONE,
                true,
                parts,
                Optional.of(checksum));
    }

    static ObjectPart part(int number, long size) {
        Checksum checksum = Checksum.fullObject(ChecksumAlgorithm.CRC32C, new byte[] {0, 0, 0, (byte) number});
        BlobRef blob = BlobRef.inline(new BlobId(new Id128(0, number)), size);
        return new ObjectPart(number, size, new ETag("e" + number), Optional.of(checksum), blob);
    }

    /** A read of a range of a version; its bytes are as many of {@code content}. */
    static ObjectRead read(ObjectVersion version, String content, ByteRange range, boolean partial) {
        return new ObjectRead() {
            @Override
            public ObjectVersion version() {
                return version;
            }

            @Override
            public ByteRange range() {
                return range;
            }

            @Override
            public boolean partial() {
                return partial;
            }

            @Override
            public int pieces() {
                return version.parts().size();
            }

            @Override
            public ObjectRead withoutParts() {
                return new Bare(version.with(List.of()), this);
            }

            @Override
            public void sendTo(ByteSink sink) {
                byte[] bytes = content.substring((int) range.offset(), (int) range.end())
                        .getBytes(StandardCharsets.UTF_8);
                int half = bytes.length / 2;
                sink.write(ByteBuffer.wrap(bytes, 0, half), () -> {});
                sink.write(ByteBuffer.wrap(bytes, half, bytes.length - half), () -> {});
            }
        };
    }

    /** A read whose version has no parts. */
    private record Bare(ObjectVersion version, ObjectRead read) implements ObjectRead {
        @Override
        public ByteRange range() {
            return read.range();
        }

        @Override
        public boolean partial() {
            return read.partial();
        }

        @Override
        public int pieces() {
            return read.pieces();
        }

        @Override
        public ObjectRead withoutParts() {
            return this;
        }

        @Override
        public void sendTo(ByteSink sink) {
            read.sendTo(sink);
        }
    }

    private <T> T answer(Object request, Class<T> type) {
        asked.add(request);
        Object answer = answers.removeFirst();
        if (answer instanceof RuntimeException refusal) {
            throw refusal;
        }
        return type.cast(answer);
    }

    @SuppressWarnings("unchecked") // a test that prepares another list fails where it is used
    private <T> List<T> answers(Object request) {
        return (List<T>) answer(request, List.class);
    }

    @Override
    public Bucket createBucket(BucketName name) {
        return answer(name, Bucket.class);
    }

    @Override
    public Bucket bucket(BucketName name) {
        return answer(name, Bucket.class);
    }

    @Override
    public List<Bucket> listBuckets(String prefix, Optional<BucketName> after, int limit) {
        return answers(prefix + "|" + after.map(BucketName::value).orElse("") + "|" + limit);
    }

    @Override
    public void deleteBucket(BucketName name) {
        answer(name, Object.class);
    }

    @Override
    public AtOnce<Boolean> hasVersionsAtOnce(BucketName name) {
        return AtOnce.later(() -> versions);
    }

    @Override
    public Bucket setVersioning(BucketName name, Bucket.Versioning state) {
        return answer(state, Bucket.class);
    }

    @Override
    public ObjectVersion put(PutObject request) {
        return answer(request, ObjectVersion.class);
    }

    @Override
    public ObjectRead get(GetObject request) {
        return answer(request, ObjectRead.class);
    }

    @Override
    public CopyResult copy(CopyObject request) {
        return answer(request, CopyResult.class);
    }

    @Override
    public List<DeleteObjects.Result> delete(DeleteObjects request) {
        return answers(request);
    }

    @Override
    public ListPage listObjects(ListQuery query) {
        return answer(query, ListPage.class);
    }

    @Override
    public ListPage listVersions(ListQuery query) {
        return answer(query, ListPage.class);
    }

    @Override
    public Upload createUpload(CreateUpload request) {
        return answer(request, Upload.class);
    }

    @Override
    public UploadedPart uploadPart(UploadPart request) {
        return answer(request, UploadedPart.class);
    }

    @Override
    public PartCopyResult uploadPartCopy(UploadPartCopy request) {
        return answer(request, PartCopyResult.class);
    }

    @Override
    public ObjectVersion completeUpload(CompleteUpload request) {
        return answer(request, ObjectVersion.class);
    }

    @Override
    public void abortUpload(UploadName upload) {
        answer(upload, Object.class);
    }

    @Override
    public UploadsPage listUploads(UploadsQuery query) {
        return answer(query, UploadsPage.class);
    }

    @Override
    public PartsPage listParts(UploadName upload, int afterNumber, int limit) {
        return answer(upload + "|" + afterNumber + "|" + limit, PartsPage.class);
    }
}
