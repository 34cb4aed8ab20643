package io.kintsugi.objects;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.catalog.BlobPage;
import io.kintsugi.catalog.CatalogSettings;
import io.kintsugi.catalog.EmbeddedCatalog;
import io.kintsugi.codec.SlabPool;
import io.kintsugi.shards.BlobTimes;
import io.kintsugi.shards.ErasureBlobStore;
import io.kintsugi.shards.ShardSurvey;
import io.kintsugi.shards.SpareDrives;
import io.kintsugi.shards.TopologySpares;
import io.kintsugi.sim.SimDrive;
import io.kintsugi.sim.SimTopology;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** A whole store without a wire, and short words for what tests do with it. */
final class TestStore implements AutoCloseable {
    static final BucketName BUCKET = new BucketName("bucket");
    static final ObjectKey KEY = ObjectKey.of("some/key");
    static final RangeSpec WHOLE = new RangeSpec.Whole();

    final TestClock clock = new TestClock();
    final SimTopology drives;
    final SlabPool slabs = new SlabPool(64 << 20);
    final HealReports reports = new HealReports(clock);
    final ErasureBlobStore blobs;
    final ShardSurvey survey;
    final SpareDrives spares;
    final EmbeddedCatalog catalog;
    final ObjectSettings settings;
    final Objects objects;

    TestStore() {
        this(ObjectSettings.DEFAULTS);
    }

    TestStore(ObjectSettings settings) {
        this(settings, CatalogSettings.DEFAULT);
    }

    TestStore(ObjectSettings settings, CatalogSettings catalogSettings) {
        this(settings, catalogSettings, 4);
    }

    /** @param count of drives; new blobs, of code 2+2, go on the first four */
    TestStore(ObjectSettings settings, CatalogSettings catalogSettings, int count) {
        this.settings = settings;
        drives = new SimTopology(new ErasureCode(2, 2), count);
        spares = new TopologySpares(drives);
        blobs = new ErasureBlobStore(
                new ErasureBlobStore.Parts(drives, slabs, clock, Entropy.FAST, BlobTimes.DEFAULT), reports);
        survey = blobs.survey(Duration.ofSeconds(30));
        catalog = EmbeddedCatalog.open(drives, clock, catalogSettings);
        objects = new Objects(catalog, blobs, clock, Entropy.FAST, settings);
        objects.createBucket(BUCKET);
    }

    @Override
    public void close() {
        catalog.close();
        drives.close();
    }

    /** One that nobody is in the way of. */
    Governor governor() {
        return new Governor(25, Foreground.NONE, clock);
    }

    UpkeepTerms terms(ObjectSettings.Upkeep times) {
        return new UpkeepTerms(clock, times, governor());
    }

    Superseded superseded() {
        return new Superseded(
                catalog, blobs, objects.guards(), clock, settings.upkeep().reclaimGrace());
    }

    /** Blobs of which a shard is on any drive. */
    int blobCount() {
        Set<BlobId> found = new HashSet<>();
        for (SimDrive drive : drives.sims()) {
            drive.shards(BlobRef.Form.PACKED).forEach(shard -> found.add(shard.blob()));
            drive.shards(BlobRef.Form.FILES).forEach(shard -> found.add(shard.blob()));
        }
        return found.size();
    }

    void versioning(Bucket.Versioning state) {
        objects.setVersioning(BUCKET, state);
    }

    /** Shards on one drive. */
    int shardCount(int drive) {
        SimDrive sim = drives.sim(drive);
        return sim.shards(BlobRef.Form.PACKED).size()
                + sim.shards(BlobRef.Form.FILES).size();
    }

    /** Loses every shard of a drive. */
    void loseShards(int drive) {
        SimDrive sim = drives.sim(drive);
        for (BlobRef.Form form : List.of(BlobRef.Form.PACKED, BlobRef.Form.FILES)) {
            List.copyOf(sim.shards(form)).forEach(shard -> sim.lose(shard, form));
        }
    }

    static PutObject putRequest(ObjectKey key, WriteCondition condition, UploadBody body) {
        return new PutObject(BUCKET, key, ObjectMetadata.NONE, condition, body);
    }

    ObjectVersion put(UploadBody body) {
        return objects.put(putRequest(KEY, WriteCondition.NONE, body));
    }

    ObjectVersion put(String text) {
        return put(TestBody.of(text.getBytes(UTF_8)));
    }

    static GetObject getRequest(RangeSpec range) {
        return new GetObject(BUCKET, KEY, Optional.empty(), range, ReadCondition.NONE);
    }

    static GetObject getRequest(VersionId version) {
        return new GetObject(BUCKET, KEY, Optional.of(version), WHOLE, ReadCondition.NONE);
    }

    byte[] read(RangeSpec range) {
        return bytes(objects.get(getRequest(range)));
    }

    /** All blobs that the catalog refers to, of all pages: also the first may be empty. */
    List<BlobPage.Entry> allBlobs() {
        List<BlobPage.Entry> all = new ArrayList<>();
        new BlobCursor(catalog).forEachRemaining(all::add);
        return all;
    }

    String text() {
        return new String(read(WHOLE), UTF_8);
    }

    static byte[] bytes(ObjectRead read) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        read.sendTo((bytes, release) -> {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            out.writeBytes(copy);
            release.run();
        });
        return out.toByteArray();
    }

    DeleteObjects.Result delete(Optional<VersionId> version, WriteCondition condition) {
        DeleteObjects.Item item = new DeleteObjects.Item(KEY, version, condition);
        return objects.delete(new DeleteObjects(BUCKET, List.of(item))).getFirst();
    }

    static WriteCondition ifMatch(String etag) {
        return new WriteCondition(Optional.of(etag), false, Optional.empty(), OptionalLong.empty());
    }

    static WriteCondition ifAbsent() {
        return new WriteCondition(Optional.empty(), true, Optional.empty(), OptionalLong.empty());
    }
}
