package io.kintsugi.objects;

import io.kintsugi.base.AtOnce;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.UploadsPage;
import io.kintsugi.base.UploadsQuery;
import io.kintsugi.catalog.Catalog;
import io.kintsugi.catalog.CatalogStatus;
import io.kintsugi.shards.BlobStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The store, on a catalog and on blobs: hands each request to its use case. Thread-safe; all state is in the catalog
 * and on the drives, but for the blobs that are being read.
 */
public final class Objects implements ObjectStore {
    private static final Duration BALANCE_INTERVAL = Duration.ofHours(1);

    private final Catalog catalog;
    private final BlobStore blobs;
    private final Clock clock;
    private final Entropy entropy;
    private final ObjectSettings settings;
    /** Before anything was changed. */
    private final CatalogStatus opened;

    private final ReadPins pins = new ReadPins();
    private final BlobGuards guards = new BlobGuards(pins, new BlobClaims());
    private final LostBlobs lost;
    private final Buckets buckets;
    private final PutUseCase puts;
    private final ReadUseCase reads;
    private final CopyUseCase copies;
    private final DeleteUseCase deletions;
    private final UploadUseCases uploads;
    private final PartUseCase parts;
    private final CompleteUseCase completions;

    public Objects(Catalog catalog, BlobStore blobs, Clock clock, Entropy entropy, ObjectSettings settings) {
        this.catalog = catalog;
        this.blobs = blobs;
        this.clock = clock;
        this.entropy = entropy;
        this.settings = settings;
        this.opened = catalog.status();
        ObjectSettings.Limits limits = settings.limits();
        CopyUseCase.Settings copySettings = new CopyUseCase.Settings(limits, new CopyGate());
        Intake intake = new Intake(blobs, clock, entropy, settings);
        buckets = new Buckets(catalog, clock, entropy);
        puts = new PutUseCase(catalog, buckets, intake, limits);
        lost = new LostBlobs(clock);
        reads = new ReadUseCase(catalog, new VersionRead.Hands(blobs, pins, lost));
        copies = new CopyUseCase(catalog, buckets, intake, reads, copySettings);
        deletions = new DeleteUseCase(catalog, buckets, clock, entropy);
        uploads = new UploadUseCases(catalog, clock, entropy, limits);
        parts = new PartUseCase(catalog, uploads, intake, reads, copySettings);
        completions = new CompleteUseCase(catalog, buckets, intake, clock, limits);
    }

    /** What reads under way keep on the drives. */
    ReadPins pins() {
        return pins;
    }

    /** What keeps shards from being removed. */
    BlobGuards guards() {
        return guards;
    }

    /** What nobody can restore, as far as is known. */
    LostBlobs lost() {
        return lost;
    }

    /**
     * The background work that the promises of this store need; not started yet.
     *
     * @param reports what the blob store says wants healing
     * @param foreground whom it makes way for
     */
    public Upkeep upkeep(HealReports reports, Upkeep.Drives drives, Foreground foreground) {
        ObjectSettings.Upkeep times = settings.upkeep();
        Governor governor = new Governor(times.backgroundShare(), foreground, clock);
        UpkeepTerms terms = new UpkeepTerms(clock, times, governor);
        Superseded superseded = new Superseded(catalog, blobs, guards, clock, times.reclaimGrace());
        ShardMover mover = new ShardMover(catalog, blobs, superseded);
        Upkeep.Workers workers = new Upkeep.Workers(
                new Reclaimer(
                        catalog,
                        blobs,
                        superseded,
                        terms,
                        () -> drives.levels().levels().stream()
                                .anyMatch(level -> level.room().isScarce())),
                new OrphanSweep(catalog, drives.survey(), guards, terms),
                new HealWork(
                        catalog,
                        reports,
                        mender(drives).with(new Refuge(mover, drives.spares(), clock, times.healAfter())),
                        clock,
                        governor),
                new RebuildWork(
                        catalog, drives.spares(), mover, governor, new RebuildWork.Rule(times.healAfter(), clock)),
                new Balancer(
                        catalog,
                        new Balancer.Hands(mover, drives.levels(), drives.survey()),
                        clock,
                        new Balancer.Rule(BALANCE_INTERVAL, times.unevenBytes()),
                        governor),
                new Scrubber(
                        catalog,
                        new Scrubber.Hands(mender(drives), reports, drives.scrubbed()),
                        clock,
                        times.scrubPeriod(),
                        governor),
                new RowScrubber(catalog, drives.scrubbedRows(), clock, times.scrubPeriod(), governor));
        OrderlyEnd end = new OrderlyEnd(drives.ended(), drives.levels(), new OrderlyEnd.Chance(clock, entropy), opened);
        return new Upkeep(workers, mover, governor, new Upkeep.Ending(end, catalog, blobs));
    }

    private Mender mender(Upkeep.Drives drives) {
        return new Mender(catalog, blobs, drives.survey(), guards.claims(), lost);
    }

    @Override
    public Bucket createBucket(BucketName name) {
        return buckets.create(name);
    }

    @Override
    public Bucket bucket(BucketName name) {
        return buckets.require(name);
    }

    @Override
    public List<Bucket> listBuckets(String prefix, Optional<BucketName> after, int limit) {
        return buckets.list(prefix, after, limit);
    }

    @Override
    public void deleteBucket(BucketName name) {
        buckets.delete(name);
    }

    @Override
    public AtOnce<Boolean> hasVersionsAtOnce(BucketName name) {
        return buckets.hasVersions(name);
    }

    @Override
    public Bucket setVersioning(BucketName name, Bucket.Versioning state) {
        return buckets.setVersioning(name, state);
    }

    @Override
    public ObjectVersion put(PutObject request) {
        return puts.put(request);
    }

    @Override
    public ObjectRead get(GetObject request) {
        return reads.get(request).orWait();
    }

    @Override
    public AtOnce<ObjectRead> getAtOnce(GetObject request) {
        return reads.get(request);
    }

    @Override
    public ObjectRead head(GetObject request) {
        return reads.head(request).orWait();
    }

    @Override
    public AtOnce<ObjectRead> headAtOnce(GetObject request) {
        return reads.head(request);
    }

    @Override
    public CopyResult copy(CopyObject request) {
        return copies.copy(request);
    }

    @Override
    public List<DeleteObjects.Result> delete(DeleteObjects request) {
        return deletions.delete(request);
    }

    @Override
    public ListPage listObjects(ListQuery query) {
        return catalog.listObjects(query);
    }

    @Override
    public ListPage listVersions(ListQuery query) {
        return catalog.listVersions(query);
    }

    @Override
    public Upload createUpload(CreateUpload request) {
        return uploads.create(request);
    }

    @Override
    public UploadedPart uploadPart(UploadPart request) {
        return parts.upload(request);
    }

    @Override
    public PartCopyResult uploadPartCopy(UploadPartCopy request) {
        return parts.copy(request);
    }

    @Override
    public ObjectVersion completeUpload(CompleteUpload request) {
        return completions.complete(request);
    }

    @Override
    public void abortUpload(UploadName upload) {
        uploads.abort(upload);
    }

    @Override
    public UploadsPage listUploads(UploadsQuery query) {
        return uploads.list(query);
    }

    @Override
    public PartsPage listParts(UploadName upload, int afterNumber, int limit) {
        return uploads.listParts(upload, afterNumber, limit);
    }
}
