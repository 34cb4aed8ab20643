package io.kintsugi.catalog;

import io.kintsugi.base.AtOnce;
import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Deletion;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.SteadyClock;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadId;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.UploadsPage;
import io.kintsugi.base.UploadsQuery;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.cluster.Topology;
import io.kintsugi.drives.KvSpace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * The catalog in this process: replicas in the key-value stores of several drives, one sequencer that orders all
 * changes. This process is the only one that writes them.
 *
 * <p>Threads: any number of callers; one sequencer ({@link Sequencer}), a few scan threads a replica, one keeper that
 * makes replicas anew.
 */
public final class EmbeddedCatalog implements Catalog {
    /** Of the reclaim queue: a grace is time that goes by, whatever the clock of the day is set to. */
    private final Clock clock;

    private final Stamps stamps = new Stamps();
    private final CatalogSettings settings;
    private final ReplicaSet replicas;
    private final ReplicaReader committed;
    private final Sequencer sequencer;
    private final Reading reading;
    private final ReplicaKeeper keeper;
    private final RottenStores rotten;
    private final ReclaimQueue queue;
    private final GoingBuckets going;

    private EmbeddedCatalog(Topology topology, Clock clock, CatalogSettings settings) {
        this.clock = new SteadyClock(clock);
        this.settings = settings;
        this.replicas = new ReplicaSet(topology, settings);
        this.committed = new ReplicaReader(replicas, settings);
        BucketCache buckets = new BucketCache(committed, stamps);
        this.going = buckets.going();
        this.sequencer = new Sequencer(replicas, committed, buckets, stamps, settings);
        this.reading = new Reading(committed, buckets, stamps, sequencer, settings);
        this.queue = new ReclaimQueue(reading, new Numbers(), this.clock);
        ReplicaOpener opener = new ReplicaOpener(topology, settings, replicas);
        Runnable reopen = () -> {
            if (replicas.halted().isPresent()) {
                opener.open(replicas.state().epoch());
                stamps.invalidate(replicas.state().sequence());
                buckets.clear();
            }
        };
        UnseenDrives unseen = new UnseenDrives(replicas, settings, this.clock);
        Rebuilder rebuilder = new Rebuilder(replicas, sequencer, unseen, settings);
        ReplicaKeeper.Repair repair = new ReplicaKeeper.Repair(rebuilder, unseen, reopen);
        this.keeper = new ReplicaKeeper(topology, replicas, sequencer, repair, settings);
        this.rotten = new RottenStores(topology, replicas, rebuilder, clock);
    }

    /**
     * Opens what the drives hold, or begins anew when they never held a catalog.
     *
     * @throws StoreException.Unavailable {@code QUORUM} and the reason, when no replica that can be trusted is there
     */
    public static EmbeddedCatalog open(Topology topology, Clock clock, CatalogSettings settings) {
        EmbeddedCatalog catalog = new EmbeddedCatalog(topology, clock, settings);
        new ReplicaOpener(topology, settings, catalog.replicas).open(0);
        catalog.sequencer.start();
        catalog.keeper.start();
        return catalog;
    }

    private final class Numbers implements ReclaimQueue.Open {
        @Override
        public long opening() {
            return stamps.opening();
        }

        @Override
        public long given() {
            // in this order: that of a commit is known before it has ended
            long next = replicas.state().nextOrder();
            return stamps.isCalm() ? next - 1 : -1;
        }
    }

    private <T> T change(Function<View, T> evaluation) {
        return sequencer.call(evaluation, Known.NOTHING);
    }

    // ---- buckets

    @Override
    public void createBucket(Bucket bucket) {
        change(view -> {
            new BucketChanges(view, clock).create(bucket);
            return bucket;
        });
    }

    @Override
    public AtOnce<Optional<Bucket>> bucketAtOnce(BucketName name) {
        return reading.bucket(name).map(row -> row.map(BucketRow::bucket));
    }

    @Override
    public List<Bucket> listBuckets(String prefix, Optional<BucketName> after, int limit) {
        byte[] all = Keys.bucketPrefix(prefix);
        byte[] from = after.map(name -> Bytes.max(all, Bytes.successor(Keys.bucket(name))))
                .orElse(all);
        return reading.range(KvSpace.BUCKETS, from, Bytes.behindPrefix(all), limit).stream()
                .map(row ->
                        BucketRow.decode(Keys.nameOf(row.key()), row.value()).bucket())
                .toList();
    }

    @Override
    public Bucket updateBucket(BucketName name, UnaryOperator<Bucket> change) {
        return change(view -> new BucketChanges(view, clock).update(name, change));
    }

    @Override
    public void deleteBucket(BucketName name) {
        try (GoingBuckets.Deletion deletion = going.deletion()) {
            boolean gone;
            do {
                gone = change(view -> new BucketChanges(view, clock).delete(name, settings.batchBytes(), deletion));
            } while (!gone);
        }
    }

    // ---- versions

    @Override
    public void put(ObjectVersion version, Optional<byte[]> inline, WriteCondition condition) {
        VersionChanges.Draft draft = VersionChanges.Draft.of(version, inline);
        Known.Gathering rows = new Known.Gathering(committed, stamps);
        rows.object(reading.requireBucket(version.bucket()), version.key());
        sequencer.call(
                view -> {
                    new VersionChanges(view, clock).put(draft, condition);
                    return version;
                },
                rows.known());
    }

    @Override
    public ObjectVersion update(
            BucketName bucket, ObjectKey key, VersionId version, UnaryOperator<ObjectVersion> change) {
        return change(view -> new VersionChanges(view, clock).update(bucket, key, version, change));
    }

    @Override
    public AtOnce<Optional<ObjectVersion>> findAtOnce(BucketName bucket, ObjectKey key, Optional<VersionId> version) {
        return reading.find(bucket, key, version).map(Versions::versionOf);
    }

    @Override
    public AtOnce<Optional<byte[]>> inlineAtOnce(BlobId blob) {
        return reading.inline(Keys.inline(blob));
    }

    @Override
    public List<Deletion.Outcome> delete(BucketName bucket, List<Deletion> deletions) {
        List<Deletion.Outcome> outcomes = new ArrayList<>(deletions.size());
        do {
            List<Deletion> rest = deletions.subList(outcomes.size(), deletions.size());
            try {
                outcomes.addAll(deleteSome(bucket, rest));
            } catch (StoreException e) {
                if (outcomes.isEmpty()) {
                    throw e;
                }
                rest.forEach(left -> outcomes.add(new Deletion.Refused(e)));
            }
        } while (outcomes.size() < deletions.size());
        return outcomes;
    }

    /** As many as fit into a commit, with the rows that it reads before. */
    private List<Deletion.Outcome> deleteSome(BucketName name, List<Deletion> deletions) {
        BucketRow bucket = reading.requireBucket(name);
        Known.Gathering rows = new Known.Gathering(committed, stamps);
        int count = 0;
        while (count < deletions.size() && rows.readBytes() < settings.batchBytes()) {
            rows.object(bucket, deletions.get(count++).key());
        }
        List<Deletion> some = deletions.subList(0, count);
        return sequencer.call(
                view -> new VersionChanges(view, clock).delete(name, some, settings.batchBytes()), rows.known());
    }

    @Override
    public ListPage listObjects(ListQuery query) {
        return reading.objects(query);
    }

    @Override
    public ListPage listVersions(ListQuery query) {
        return reading.versions(query);
    }

    // ---- uploads

    @Override
    public void createUpload(Upload upload) {
        change(view -> {
            new UploadChanges(view, clock).create(upload);
            return upload;
        });
    }

    @Override
    public Optional<Upload> upload(BucketName bucket, ObjectKey key, UploadId id) {
        BucketRow row = reading.requireBucket(bucket);
        return reading.upload(row, key, Keys.upload(row.id(), key, id))
                .map(bytes -> UploadRow.decode(bucket, key, id, bytes));
    }

    @Override
    public UploadsPage listUploads(UploadsQuery query) {
        return reading.uploads(query);
    }

    @Override
    public void putPart(Upload upload, UploadedPart part, Optional<byte[]> inline) {
        change(view -> {
            new UploadChanges(view, clock).putPart(upload, part, inline);
            return part;
        });
    }

    @Override
    public List<UploadedPart> listParts(Upload upload, int afterNumber, int limit) {
        List<UploadedPart> parts = UploadChanges.parts(reading, upload.id(), afterNumber, limit);
        if (upload(upload.bucket(), upload.key(), upload.id()).isEmpty()) {
            throw UploadChanges.notFound(upload);
        }
        return parts;
    }

    @Override
    public void completeUpload(
            Upload upload, ObjectVersion version, Optional<BlobRef> manifest, WriteCondition condition) {
        VersionChanges.Draft draft = VersionChanges.Draft.completed(version, upload.id(), manifest);
        change(view -> {
            new UploadChanges(view, clock).complete(upload, draft, condition);
            return version;
        });
    }

    @Override
    public Optional<ObjectVersion> completed(BucketName bucket, ObjectKey key, UploadId upload) {
        BucketRow row = reading.requireBucket(bucket);
        Optional<VersionRow> version = reading.get(KvSpace.PARTS, Keys.became(upload))
                .map(UploadRow::decodeVersion)
                .flatMap(id -> reading.named(row, key, id).orWait())
                .filter(found -> found.upload().equals(Optional.of(upload)));
        return Versions.versionOf(version);
    }

    @Override
    public void abortUpload(Upload upload) {
        change(view -> {
            new UploadChanges(view, clock).abort(upload);
            return upload;
        });
    }

    // ---- blobs

    @Override
    public List<Reclaim> reclaimable(Duration age, long behind, int limit) {
        return queue.oldest(age, behind, limit);
    }

    @Override
    public Optional<BlobRef> reclaimable(Reclaim entry) {
        return reading.get(KvSpace.RECLAIM, Keys.reclaim(entry.sequence()))
                .map(row -> SmallRow.decodeReclaim(entry.sequence(), row).blob());
    }

    @Override
    public void reclaimed(List<Reclaim> entries) {
        change(view -> {
            for (Reclaim entry : entries) {
                view.delete(KvSpace.RECLAIM, Keys.reclaim(entry.sequence()));
                view.delete(KvSpace.RECLAIM, Keys.reclaimOf(entry.blob().id()));
            }
            return entries;
        });
    }

    @Override
    public Optional<BlobRef> referred(BlobId blob, BlobOrigin origin) {
        return new References(reading).referred(blob, origin);
    }

    @Override
    public Optional<Instant> keptBefore() {
        return reading.get(KvSpace.RECLAIM, Keys.kept())
                .map(SmallRow::decodeKept)
                .filter(kept -> kept.isInForce(clock.now()))
                .map(Kept::madeBefore);
    }

    @Override
    public boolean relocate(BlobRef from, List<DriveId> placement, BlobOrigin origin) {
        Relocation relocation = Relocation.of(from, placement);
        return change(view -> relocation.apply(view, origin));
    }

    @Override
    public BlobPage blobs(Optional<String> after, int limit) {
        return new BlobPager(reading, limit).page(after);
    }

    // ---- itself

    @Override
    public RowCheck checkRows(Optional<String> after) {
        return new RowChecker(replicas, sequencer, settings).check(after);
    }

    @Override
    public Optional<DriveId> setAsideRotten(BooleanSupplier whole, BooleanSupplier settled) {
        return rotten.setAside(whole, settled);
    }

    @Override
    public CatalogStatus status() {
        ReplicaState state = replicas.state();
        return new CatalogStatus(
                replicas.halted().isEmpty(),
                replicas.live().stream().map(Replica::id).toList(),
                keeper.rebuilding().stream().toList(),
                replicas.damaged().size(),
                reason(),
                state.epoch(),
                state.sequence());
    }

    private String reason() {
        return replicas.halted().orElseGet(() -> {
            int live = replicas.live().size();
            int damaged = replicas.damaged().size();
            String rows = damaged == 0 ? "" : damaged + " of " + live + " replicas have damaged rows";
            return live >= replicas.wanted() ? rows : live + " of " + replicas.wanted() + " replicas";
        });
    }

    @Override
    public void close() {
        keeper.close();
        sequencer.close();
        replicas.close();
    }
}
