package io.kintsugi.objects;

import static io.kintsugi.objects.TestStore.BUCKET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.ByteSource;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.UploadId;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.catalog.Catalog;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.ShardName;
import io.kintsugi.shards.BlobNote;
import io.kintsugi.sim.SimOp;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrphanSweepTest {
    private static final int SIZE = 100_000;
    private static final int SMALL = 20_000;
    private static final ObjectSettings UNPACED = new ObjectSettings(
            ObjectSettings.Limits.DEFAULTS,
            Optional.empty(),
            new ObjectSettings.Upkeep(
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(5),
                    Duration.ofHours(24),
                    Duration.ofMinutes(10),
                    Duration.ofHours(1),
                    Duration.ZERO,
                    100));

    @AutoClose
    private final TestStore store = new TestStore(UNPACED);

    private final ObjectSettings.Upkeep times = UNPACED.upkeep();
    private final OrphanSweep sweep =
            new OrphanSweep(store.catalog, store.survey, store.objects.guards(), store.terms(times));

    /** Writes a blob that no commit follows. */
    private BlobRef orphan(int size) {
        BlobOrigin origin = new BlobOrigin(BUCKET, ObjectKey.of("orphan"), VersionId.NULL, Optional.empty());
        return orphan(size, origin);
    }

    private BlobRef orphan(int size, BlobOrigin origin) {
        ByteSource bytes = ByteSource.of(ByteBuffer.wrap(TestBody.bytes(size, 1)));
        return store.blobs.write(origin, BlobNote.NONE, OptionalLong.of(size), bytes, seen -> {});
    }

    private void sweepAndConfirm() {
        sweep.sweep();
        store.clock.pass(times.orphanConfirmation());
        sweep.confirm();
    }

    @ParameterizedTest
    @ValueSource(ints = {100_000, 2_000_000})
    void anOldOrphanGoesAfterTheSecondLook(int size) {
        orphan(size);
        store.clock.pass(times.orphanAge().plusSeconds(1));
        sweep.sweep();
        sweep.confirm();
        assertEquals(1, store.blobCount(), "one look is not enough");
        assertEquals(4, sweep.snapshot().waiting());
        store.clock.pass(times.orphanConfirmation());
        sweep.confirm();
        assertEquals(0, store.blobCount());
        assertEquals(4, sweep.snapshot().removed());
        assertEquals(0, sweep.snapshot().waiting());
    }

    /** Its date would be of the past for as long as the clock was ahead: years, if that was how wrong it was. */
    @Test
    void anOrphanOfATimeWhenTheClockWasAheadGoesToo() {
        orphan(SIZE);
        store.clock.set(times.orphanAge().minusSeconds(1).negated());
        sweepAndConfirm();
        assertEquals(1, store.blobCount(), "it may be of a write under way");
        store.clock.set(Duration.ofDays(-3650));
        sweep.sweep();
        sweep.confirm();
        assertEquals(1, store.blobCount(), "one look is not enough");
        store.clock.pass(times.orphanConfirmation());
        sweep.confirm();
        assertEquals(0, store.blobCount());
    }

    /** A governor that is closed refuses whoever asks. */
    @Test
    void itAsksForItsTimeBeforeEachShard() {
        orphan(SIZE);
        store.clock.pass(times.orphanAge().plusSeconds(1));
        Governor governor = store.governor();
        OrphanSweep asking = new OrphanSweep(
                store.catalog, store.survey, store.objects.guards(), new UpkeepTerms(store.clock, times, governor));
        asking.sweep();
        assertEquals(4, asking.snapshot().waiting());
        governor.close();
        store.clock.pass(times.orphanConfirmation());
        asking.confirm();
        assertEquals(1, store.blobCount());
        orphan(SIZE);
        store.clock.pass(times.orphanAge().plusSeconds(1));
        asking.sweep();
        assertEquals(4, asking.snapshot().examined(), "none of the second blob");
    }

    /** A rebuild with more drives may find what it belongs to. */
    @Test
    void whatIsOlderThanARebuildThatCouldNotSeeEverythingStays() {
        orphan(SIZE);
        store.clock.pass(Duration.ofHours(1));
        Optional<Instant> rebuilt = Optional.of(store.clock.now());
        Catalog keeping = (Catalog) Proxy.newProxyInstance(
                Catalog.class.getClassLoader(),
                new Class<?>[] {Catalog.class},
                (self, called, arguments) ->
                        called.getName().equals("keptBefore") ? rebuilt : called.invoke(store.catalog, arguments));
        OrphanSweep careful = new OrphanSweep(keeping, store.survey, store.objects.guards(), store.terms(times));
        orphan(SIZE);
        store.clock.pass(times.orphanAge().plusSeconds(1));
        careful.sweep();
        store.clock.pass(times.orphanConfirmation());
        careful.confirm();
        assertEquals(1, store.blobCount());
        assertEquals(4, careful.snapshot().removed(), "of the younger blob");
        sweepAndConfirm();
        assertEquals(0, store.blobCount());
    }

    /** As when a row has rotten in every replica. */
    @Test
    void whatCannotBeJudgedHoldsUpNothingElse() {
        BlobRef first = orphan(SIZE);
        BlobRef second = orphan(SIZE);
        store.clock.pass(times.orphanAge().plusSeconds(1));
        BlobRef[] unreadable = {first};
        Catalog damaged = (Catalog) Proxy.newProxyInstance(
                Catalog.class.getClassLoader(), new Class<?>[] {Catalog.class}, (self, called, arguments) -> {
                    if (called.getName().equals("referred") && arguments[0].equals(unreadable[0].id())) {
                        throw new StoreException.Failed("a row is corrupt", new IllegalStateException());
                    }
                    return called.invoke(store.catalog, arguments);
                });
        OrphanSweep sweeping = new OrphanSweep(damaged, store.survey, store.objects.guards(), store.terms(times));
        sweeping.sweep();
        assertEquals(4, sweeping.snapshot().waiting());
        unreadable[0] = second;
        sweeping.sweep();
        assertEquals(8, sweeping.snapshot().waiting());
        store.clock.pass(times.orphanConfirmation());
        sweeping.confirm();
        assertEquals(4, sweeping.snapshot().removed());
        assertEquals(1, store.blobCount());
    }

    @Test
    void aYoungBlobIsNotJudged() {
        orphan(SIZE);
        store.clock.pass(
                times.orphanAge().minusSeconds(times.orphanConfirmation().toSeconds() + 1));
        sweepAndConfirm();
        assertEquals(1, store.blobCount());
        assertEquals(0, sweep.snapshot().examined());
        assertEquals(1, sweep.snapshot().sweeps());
    }

    @Test
    void aClockThatIsSetMakesNoTimeBetweenTheLooks() {
        orphan(SIZE);
        store.clock.pass(times.orphanAge().plusSeconds(1));
        sweep.sweep();
        store.clock.set(Duration.ofDays(3));
        sweep.confirm();
        assertEquals(1, store.blobCount());
        store.clock.set(Duration.ofDays(-6));
        store.clock.pass(times.orphanConfirmation());
        sweep.confirm();
        assertEquals(0, store.blobCount());
    }

    @Test
    void whatIsCommittedBetweenTheLooksStays() {
        BlobOrigin origin = new BlobOrigin(BUCKET, TestStore.KEY, VersionId.NULL, Optional.empty());
        BlobRef blob = orphan(SIZE, origin);
        store.clock.pass(times.orphanAge().plusSeconds(1));
        sweep.sweep();
        assertEquals(4, sweep.snapshot().waiting());
        Digests digests = new Digests(Optional.empty());
        digests.accept(ByteBuffer.wrap(TestBody.bytes(SIZE, 1)));
        Stored late = new Stored(blob, Optional.empty(), digests.finish(), store.clock.now());
        store.catalog.put(Versions.single(origin, ObjectMetadata.NONE, late), Optional.empty(), WriteCondition.NONE);
        store.clock.pass(times.orphanConfirmation());
        sweep.confirm();
        assertEquals(0, sweep.snapshot().removed());
        assertEquals(SIZE, store.read(TestStore.WHOLE).length);
    }

    @Test
    void whatIsReferredToStays() {
        store.versioning(Bucket.Versioning.ENABLED);
        store.put(TestBody.of(SIZE, 1));
        store.put(TestBody.of(2_000_000, 2));
        store.delete(Optional.empty(), WriteCondition.NONE);
        Uploading uploading = new Uploading(store, Optional.empty());
        uploading.part(1, TestBody.bytes(SIZE, 3));
        Uploading completed = new Uploading(store, Optional.empty());
        completed.complete(List.of(completed.part(1, TestBody.bytes(SIZE, 4))));
        Uploading aborted = new Uploading(store, Optional.empty());
        aborted.part(1, TestBody.bytes(SIZE, 5));
        store.objects.abortUpload(aborted.name());
        store.clock.pass(times.orphanAge().plusSeconds(1));
        sweepAndConfirm();
        assertEquals(
                6,
                store.blobCount(),
                "two versions, a part, a completed part and its manifest, and one in the reclaim queue");
        assertEquals(24, sweep.snapshot().examined());
    }

    @Test
    void partsOfUploadsThatAreGoneAreOrphans() {
        UploadId upload = UploadId.next(store.clock, Entropy.FAST);
        Optional<BlobOrigin.Part> part = Optional.of(new BlobOrigin.Part(upload, 3));
        orphan(SIZE, new BlobOrigin(BUCKET, ObjectKey.of("x"), VersionId.NULL, part));
        store.clock.pass(times.orphanAge().plusSeconds(1));
        sweepAndConfirm();
        assertEquals(0, store.blobCount());
    }

    @Test
    void aShardThatCannotBeReadIsLeftAlone() {
        BlobRef blob = orphan(SIZE);
        store.drives.sim(0).corrupt(new ShardName(blob.id(), 0), blob.form(), 8);
        store.clock.pass(times.orphanAge().plusSeconds(1));
        sweepAndConfirm();
        assertEquals(1, store.shardCount(0));
        assertEquals(1, sweep.snapshot().unreadable());
        assertEquals(3, sweep.snapshot().removed());
    }

    @Test
    void aDriveThatFailsHidesNoOther() {
        orphan(SIZE);
        store.clock.pass(times.orphanAge().plusSeconds(1));
        store.drives.sim(0).failNext(1, DriveException.Kind.IO, SimOp.LIST);
        sweepAndConfirm();
        assertEquals(1, store.shardCount(0));
        assertEquals(0, store.shardCount(1));
        assertFalse(sweep.snapshot().lastError().isEmpty());
        sweepAndConfirm();
        assertEquals(0, store.blobCount(), "the next sweep finds it");
    }

    /** As of a drive that was rebuilt elsewhere, and comes back. */
    private OrphanSweep sweepOfMany() {
        for (int i = 0; i < OrphanSweep.PAGE + 10; i++) {
            orphan(SMALL);
        }
        store.clock.pass(times.orphanAge().plusSeconds(1));
        ObjectSettings.Upkeep atOnce = new ObjectSettings.Upkeep(
                times.reclaimGrace(),
                times.reclaimInterval(),
                times.orphanAge(),
                Duration.ZERO,
                times.sweepInterval(),
                Duration.ZERO,
                100);
        return new OrphanSweep(
                store.catalog, store.survey, store.objects.guards(), store.terms(atOnce), OrphanSweep.PAGE);
    }

    /** Else a sweep, which may take days, would remove so many and no more. */
    @Test
    void moreThanAreRememberedGoInOneSweep() {
        OrphanSweep bounded = sweepOfMany();
        bounded.sweep();
        bounded.confirm();
        assertEquals(0, store.blobCount());
        assertEquals(4 * (OrphanSweep.PAGE + 10), bounded.snapshot().removed());
        assertEquals(1, bounded.snapshot().sweeps());
    }

    /** Those of one that is read-only would be all that is remembered, in each sweep. */
    @Test
    void aDriveThatRemovesNothingHidesNoOther() {
        OrphanSweep bounded = sweepOfMany();
        store.drives.sim(0).failNext(1000, DriveException.Kind.IO, SimOp.DELETE);
        bounded.sweep();
        bounded.confirm();
        assertEquals(OrphanSweep.PAGE + 10, store.shardCount(0));
        for (int drive = 1; drive < 4; drive++) {
            assertEquals(0, store.shardCount(drive));
        }
        assertFalse(bounded.snapshot().lastError().isEmpty());
    }
}
