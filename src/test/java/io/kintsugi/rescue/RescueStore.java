package io.kintsugi.rescue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kintsugi.base.Bucket;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.ByteSource;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.catalog.CatalogSettings;
import io.kintsugi.catalog.EmbeddedCatalog;
import io.kintsugi.cluster.CodeWish;
import io.kintsugi.cluster.DrainRequest;
import io.kintsugi.cluster.LocalTopology;
import io.kintsugi.codec.SlabPool;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.DriveSettings;
import io.kintsugi.objects.CompleteUpload;
import io.kintsugi.objects.CreateUpload;
import io.kintsugi.objects.DeleteObjects;
import io.kintsugi.objects.GetObject;
import io.kintsugi.objects.ObjectSettings;
import io.kintsugi.objects.Objects;
import io.kintsugi.objects.PutObject;
import io.kintsugi.objects.RangeSpec;
import io.kintsugi.objects.ReadCondition;
import io.kintsugi.objects.UploadBody;
import io.kintsugi.objects.UploadName;
import io.kintsugi.objects.UploadPart;
import io.kintsugi.shards.BlobTimes;
import io.kintsugi.shards.ErasureBlobStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/** A whole store on four folders, without its background work, for tests of what is done when it is stopped. */
final class RescueStore implements AutoCloseable {
    static final int MIN_PART = 2000;
    static final int INLINE = 1024;
    static final ObjectMetadata SAID =
            new ObjectMetadata(Map.of("content-type", "text/x"), Map.of("ä", "ö"), Map.of("tag", "value"));

    private static final ObjectSettings SETTINGS = new ObjectSettings(
            new ObjectSettings.Limits(INLINE, 2048, 50_000_000, 50_000_000, 50_000_000, MIN_PART, 50_000_000),
            Optional.of(ChecksumAlgorithm.CRC64NVME),
            ObjectSettings.Upkeep.DEFAULTS);

    /** No sync of a busy machine is taken for one of a drive that hangs. */
    private static final CatalogSettings PATIENT = CatalogSettings.DEFAULT.withDeadlines(
            Duration.ofSeconds(60), Duration.ofSeconds(60), CatalogSettings.DEFAULT.hedge());

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    final LocalTopology topology;
    final EmbeddedCatalog catalog;
    final Objects objects;

    RescueStore(Path root) {
        this(folders(root), DrainRequest.NOTHING);
    }

    RescueStore(List<List<Path>> folders, DrainRequest drain) {
        this(folders, drain, Clock.SYSTEM);
    }

    /** @param clock of the day: what dates are written */
    RescueStore(List<List<Path>> folders, DrainRequest drain, Clock clock) {
        DriveResources resources = keep(new DriveResources(8 << 20, 8 << 20));
        try {
            topology = keep(LocalTopology.open(new LocalTopology.Config(
                    folders, CodeWish.NONE, drain, DriveSettings.with(resources), clock, Entropy.FAST)));
            catalog = keep(EmbeddedCatalog.open(topology, clock, PATIENT));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
        ErasureBlobStore blobs = new ErasureBlobStore(
                new ErasureBlobStore.Parts(topology, new SlabPool(64 << 20), clock, Entropy.FAST, BlobTimes.DEFAULT),
                (blob, spare) -> {});
        objects = new Objects(catalog, blobs, clock, Entropy.FAST, SETTINGS);
    }

    private <T extends AutoCloseable> T keep(T resource) {
        opened.push(resource);
        return resource;
    }

    static List<List<Path>> folders(Path root) {
        return folders(root, 4);
    }

    static List<List<Path>> folders(Path root, int drives) {
        return List.of(IntStream.rangeClosed(1, drives)
                .mapToObj(number -> root.resolve("drive" + number))
                .toList());
    }

    BucketName bucket(String name, Bucket.Versioning versioning) {
        BucketName bucket = new BucketName(name);
        objects.createBucket(bucket);
        if (versioning != Bucket.Versioning.OFF) {
            objects.setVersioning(bucket, versioning);
        }
        return bucket;
    }

    static byte[] bytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    ObjectVersion put(BucketName bucket, String key, int size, long seed) {
        return objects.put(new PutObject(
                bucket, ObjectKey.of(key), SAID, WriteCondition.NONE, new Body(bytes(size, seed), Optional.empty())));
    }

    ObjectVersion put(BucketName bucket, String key, int size, ChecksumAlgorithm algorithm) {
        Body body = new Body(bytes(size, 5), Optional.of(algorithm));
        return objects.put(new PutObject(bucket, ObjectKey.of(key), ObjectMetadata.NONE, WriteCondition.NONE, body));
    }

    void delete(BucketName bucket, String key, Optional<VersionId> version) {
        objects.delete(new DeleteObjects(
                bucket, List.of(new DeleteObjects.Item(ObjectKey.of(key), version, WriteCondition.NONE))));
    }

    Upload upload(BucketName bucket, String key) {
        return objects.createUpload(new CreateUpload(bucket, ObjectKey.of(key), SAID, Optional.empty()));
    }

    CompleteUpload.Part part(Upload upload, int number, int size) {
        UploadName name = new UploadName(upload.bucket(), upload.key(), upload.id());
        UploadedPart part =
                objects.uploadPart(new UploadPart(name, number, new Body(bytes(size, number), Optional.empty())));
        return new CompleteUpload.Part(number, part.part().etag().value(), Optional.empty());
    }

    ObjectVersion complete(Upload upload, List<CompleteUpload.Part> parts) {
        UploadName name = new UploadName(upload.bucket(), upload.key(), upload.id());
        return objects.completeUpload(new CompleteUpload(
                name, parts, Optional.empty(), Optional.empty(), OptionalLong.empty(), WriteCondition.NONE));
    }

    /** A body of known length. */
    private record Body(ByteSource source, byte[] bytes, Optional<ChecksumAlgorithm> algorithm) implements UploadBody {
        Body(byte[] bytes, Optional<ChecksumAlgorithm> algorithm) {
            this(ByteSource.of(ByteBuffer.wrap(bytes)), bytes, algorithm);
        }

        @Override
        public int read(ByteBuffer target) {
            return source.read(target);
        }

        @Override
        public OptionalLong length() {
            return OptionalLong.of(bytes.length);
        }

        @Override
        public Optional<byte[]> contentMd5() {
            return Optional.empty();
        }

        @Override
        public Optional<ChecksumAlgorithm> checksumAlgorithm() {
            return algorithm;
        }

        @Override
        public Optional<byte[]> claimedChecksum() {
            return Optional.empty();
        }
    }

    /**
     * One line of the namespace: all that is known of a version but where its bytes are, and a sum of these.
     *
     * @param bytes empty for delete markers; −1 when they can't be read
     */
    record Line(ObjectVersion version, boolean latest, Optional<Long> bytes) {}

    /** Everything that clients see: buckets, and of each all versions in their order, read to the end. */
    Map<Bucket, List<Line>> namespace() {
        Map<Bucket, List<Line>> all =
                new TreeMap<>(Comparator.comparing(b -> b.name().value()));
        for (Bucket bucket : objects.listBuckets("", Optional.empty(), 1000)) {
            all.put(bucket, versions(bucket.name()));
        }
        return all;
    }

    List<Line> versions(BucketName bucket) {
        List<Line> lines = new ArrayList<>();
        ListPage page = objects.listVersions(
                new ListQuery(bucket, "", Optional.empty(), new ListQuery.Beginning(), ListQuery.MAX_LIMIT));
        page.entries().forEach(entry -> {
            ListPage.Version listed = (ListPage.Version) entry;
            ObjectVersion whole = catalog.find(
                            bucket,
                            listed.version().key(),
                            Optional.of(listed.version().id()))
                    .orElseThrow();
            assertEquals(listed.version(), whole.listed());
            lines.add(line(whole, listed.latest()));
        });
        return lines;
    }

    private Line line(ObjectVersion version, boolean latest) {
        if (version.deleteMarker()) {
            return new Line(version, latest, Optional.empty());
        }
        CRC32 sum = new CRC32();
        objects.get(new GetObject(
                        version.bucket(),
                        version.key(),
                        Optional.of(version.id()),
                        new RangeSpec.Whole(),
                        ReadCondition.NONE))
                .sendTo((bytes, release) -> {
                    sum.update(bytes);
                    release.run();
                });
        return new Line(version, latest, Optional.of(sum.getValue()));
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                throw new IllegalStateException("a part of the store did not close", e);
            }
        }
    }
}
