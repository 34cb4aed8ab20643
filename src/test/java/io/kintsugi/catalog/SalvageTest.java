package io.kintsugi.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Deletion;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.KeyValue;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvCursor;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.ScanLimit;
import io.kintsugi.sim.SimDrive;
import io.kintsugi.sim.SimTopology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A replica that can't be read to the end is made up for by an older one, in which a delete marker still is. */
class SalvageTest {
    private static final ObjectKey BEFORE = ObjectKey.of("a");
    private static final ObjectKey KEY = ObjectKey.of("m");
    private static final ObjectKey BEHIND = ObjectKey.of("z");

    @AutoClose
    private final SimTopology drives = new SimTopology(new ErasureCode(2, 2));

    @AutoClose
    private final SimTopology work = new SimTopology(new ErasureCode(1, 0));

    private final List<String> lines = new ArrayList<>();
    private final RescueLog log = new RescueLog(lines::add);
    private final CatalogRescue rescue = new CatalogRescue(work.sim(0).keyValue(), log);
    private final long bucket;
    private final SimDrive older;
    private final SimDrive newer;

    SalvageTest() {
        CatalogSettings idle = CatalogSettings.DEFAULT.withRepair(Duration.ofHours(1), Duration.ofHours(1));
        try (EmbeddedCatalog catalog = EmbeddedCatalog.open(drives, Clock.SYSTEM, idle)) {
            catalog.createBucket(Samples.bucket(Bucket.Versioning.ENABLED));
            Map<ObjectKey, VersionId> markers = new HashMap<>();
            for (ObjectKey key : List.of(BEFORE, KEY, BEHIND)) {
                BlobRef blob = Samples.blob(BlobRef.Form.INLINE, 1);
                ObjectVersion object = Samples.object(key.toString(), Samples.newVersion(), blob);
                catalog.put(object, Optional.of(new byte[1]), WriteCondition.NONE);
                VersionId marker = Samples.newVersion();
                markers.put(key, marker);
                delete(catalog, new Deletion.Hide(key, marker, Samples.NOON, WriteCondition.NONE));
            }
            older = home(catalog);
            older.goOffline("away");
            delete(catalog, new Deletion.Remove(KEY, markers.get(KEY), WriteCondition.NONE));
            newer = home(catalog);
            assertTrue(catalog.find(Samples.BUCKET, KEY, Optional.empty()).isPresent(), "it is visible again");
        }
        older.comeOnline();
        bucket = BucketRow.decode(
                        Samples.BUCKET,
                        newer.keyValue()
                                .get(KvSpace.BUCKETS, Keys.bucket(Samples.BUCKET))
                                .join()
                                .orElseThrow())
                .id();
    }

    private static void delete(EmbeddedCatalog catalog, Deletion deletion) {
        assertInstanceOf(
                Deletion.Done.class,
                catalog.delete(Samples.BUCKET, List.of(deletion)).getFirst());
    }

    private SimDrive home(EmbeddedCatalog catalog) {
        return drives.sims().stream()
                .filter(sim -> sim.id().equals(catalog.status().live().getFirst()))
                .findFirst()
                .orElseThrow();
    }

    /** A replica whose history can be read up to a key. */
    private ReplicaSource source(SimDrive drive, Optional<ObjectKey> torn) {
        Optional<byte[]> from = torn.map(key -> Keys.ofKey(bucket, key.utf8()));
        return ReplicaSource.of(drive.id(), drive.id().toString(), new Torn(drive.keyValue(), from), 1);
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Torn(KeyValue rows, Optional<byte[]> from) implements KeyValue {
        @Override
        public CompletableFuture<Void> commit(KvBatch batch) {
            throw new UnsupportedOperationException("it is only looked at");
        }

        @Override
        public CompletableFuture<Optional<byte[]>> get(KvSpace space, byte[] key) {
            return rows.get(space, key);
        }

        @Override
        public CompletableFuture<List<KvRow>> scan(KvSpace space, byte[] begin, byte[] end, ScanLimit limit) {
            if (from.isEmpty() || space != KvSpace.HISTORY) {
                return rows.scan(space, begin, end, limit);
            }
            List<KvRow> readable = Arrays.compareUnsigned(begin, from.get()) < 0
                    ? rows.scan(space, begin, from.get(), limit).join()
                    : List.of();
            return readable.isEmpty()
                    ? CompletableFuture.failedFuture(new DriveException(
                            DriveException.Kind.IO, new DriveId(new Id128(0, 1)), "the device says no"))
                    : CompletableFuture.completedFuture(readable);
        }

        @Override
        public KvCursor cursor(KvSpace space) {
            throw new UnsupportedOperationException("it is scanned");
        }
    }

    private boolean isVisible() {
        return work.sim(0)
                .keyValue()
                .get(KvSpace.OBJECTS, Keys.object(bucket, KEY))
                .join()
                .isPresent();
    }

    private void rescue(ReplicaSource... sources) {
        rescue.salvage(List.of(sources));
        rescue.resolve(Samples.NOON);
    }

    private boolean said(String begin) {
        return lines.stream().anyMatch(line -> line.startsWith(begin));
    }

    @Test
    void theNewestReplicaAloneShowsIt() {
        rescue(source(older, Optional.of(BEHIND)), source(newer, Optional.empty()));
        assertTrue(isVisible());
        assertEquals(List.of(), lines);
        assertTrue(log.counts().lossless());
    }

    @Test
    void anOlderMarkerThatHidesWhatWasVisibleIsSaid() {
        rescue(source(newer, Optional.of(BEFORE)), source(older, Optional.empty()));
        assertFalse(isVisible());
        assertTrue(said("damaged: the end of HISTORY is known only as it was in "), lines::toString);
        assertTrue(said("hidden: " + Samples.BUCKET.value() + "/" + KEY + " (version "), lines::toString);
        assertFalse(log.counts().lossless());
    }

    /** Nobody can read what is behind: that is no loss that could be named, and one all the same. */
    @Test
    void alsoWhereTheOlderOneCannotBeReadToTheEndEither() {
        rescue(source(newer, Optional.of(BEFORE)), source(older, Optional.of(BEHIND)));
        assertFalse(isVisible());
        assertTrue(said("damaged: the end of HISTORY"), lines::toString);
        assertTrue(said("hidden: " + Samples.BUCKET.value() + "/" + KEY + " (version "), lines::toString);
        assertFalse(log.counts().lossless());
    }

    @Test
    void rowsThatNoReplicaGivesToTheEndAreALoss() {
        rescue(source(newer, Optional.of(BEHIND)));
        assertTrue(isVisible());
        assertTrue(said("damaged: the end of HISTORY"), lines::toString);
        assertFalse(log.counts().lossless());
    }

    @Test
    void aBucketWhoseOwnRowIsLostIsSaidToBeGuessed() {
        byte[] row = Keys.bucket(Samples.BUCKET);
        newer.keyValue().commit(new KvBatch().delete(KvSpace.BUCKETS, row)).join();
        rescue(source(newer, Optional.empty()));
        assertTrue(isVisible());
        assertTrue(work.sim(0).keyValue().get(KvSpace.BUCKETS, row).join().isPresent());
        assertTrue(said("damaged: the row of bucket " + Samples.BUCKET.value()), lines::toString);
        assertFalse(log.counts().lossless());
    }
}
