package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ETag;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.catalog.Catalog;
import io.kintsugi.catalog.CatalogSettings;
import io.kintsugi.catalog.EmbeddedCatalog;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ReclaimerTest {
    private static final int SIZE = 100_000;

    @AutoClose
    private final TestStore store = new TestStore();

    private final ObjectSettings.Upkeep times = store.settings.upkeep();
    private final Reclaimer reclaimer =
            new Reclaimer(store.catalog, store.blobs, store.superseded(), store.terms(times), () -> false);

    private void passGrace() {
        store.clock.pass(times.reclaimGrace().plusSeconds(1));
    }

    @Test
    void whatWasReplacedGoesAfterTheGrace() {
        store.put(TestBody.of(SIZE, 1));
        store.put(TestBody.of(SIZE, 2));
        assertEquals(times.reclaimInterval(), reclaimer.step(), "there is nothing to do yet");
        assertEquals(2, store.blobCount());
        passGrace();
        assertEquals(Duration.ZERO, reclaimer.step(), "there may be more");
        assertEquals(1, store.blobCount());
        assertEquals(SIZE, store.read(TestStore.WHOLE).length);
        assertEquals(times.reclaimInterval(), reclaimer.step());
        assertEquals(new UpkeepSnapshot.Count(1, SIZE), reclaimer.snapshot().removed());
    }

    @Test
    void aClockThatIsSetNeitherEndsTheGraceNorHoldsItUp() {
        store.put(TestBody.of(SIZE, 1));
        store.put(TestBody.of(SIZE, 2));
        store.clock.set(Duration.ofDays(3));
        reclaimer.step();
        assertEquals(2, store.blobCount(), "no time has gone by");
        store.put(TestBody.of(SIZE, 3));
        store.clock.set(Duration.ofDays(-6));
        passGrace();
        reclaimer.step();
        assertEquals(1, store.blobCount());
    }

    private EmbeddedCatalog reopened() {
        return EmbeddedCatalog.open(store.drives, store.clock, CatalogSettings.DEFAULT);
    }

    /** With its process its reads have ended, too. */
    @Test
    void whatAnEarlierProcessDroppedByAClockThatWasAheadWaitsForNothing() {
        store.catalog.close();
        store.clock.set(Duration.ofDays(3));
        try (EmbeddedCatalog ahead = reopened()) {
            Objects objects = new Objects(ahead, store.blobs, store.clock, Entropy.FAST, store.settings);
            objects.put(TestStore.putRequest(TestStore.KEY, WriteCondition.NONE, TestBody.of(SIZE, 1)));
            objects.put(TestStore.putRequest(TestStore.KEY, WriteCondition.NONE, TestBody.of(SIZE, 2)));
            assertEquals(List.of(), ahead.reclaimable(times.reclaimGrace(), 10));
        }
        store.clock.set(Duration.ofDays(-3));
        try (EmbeddedCatalog now = reopened()) {
            assertEquals(1, now.reclaimable(times.reclaimGrace(), 10).size());
        }
    }

    @Test
    void aReadThatTakesLongKeepsItsBlob() {
        ObjectVersion old = store.put(TestBody.of(SIZE, 1));
        ObjectRead read = store.objects.get(TestStore.getRequest(TestStore.WHOLE));
        int[] blobs = new int[1];
        read.sendTo((bytes, release) -> {
            if (blobs[0] == 0) {
                store.put("another");
                passGrace();
                reclaimer.step();
                blobs[0] = store.blobCount();
            }
            release.run();
        });
        assertEquals(1, blobs[0], "while it was read");
        assertEquals(SIZE, old.size());
        reclaimer.step();
        assertEquals(0, store.blobCount());
    }

    @Test
    void pinnedBlobsDoNotHideThoseBehindThem() {
        for (int i = 0; i <= 3; i++) {
            store.objects
                    .guards()
                    .pins()
                    .pin(List.of(store.put(TestBody.of(SIZE, i))
                            .parts()
                            .getFirst()
                            .blob()
                            .id()));
        }
        store.put(TestBody.of(SIZE, 4));
        store.put("last");
        passGrace();
        reclaimer.step();
        assertEquals(4, store.blobCount());
        assertEquals(4, reclaimer.snapshot().pinned());
    }

    /** As two reads of objects of 10,000 parts each that were replaced, by clients who take their time. */
    @Test
    void noNumberOfPinnedBlobsHidesThoseBehindThem() {
        BlobRef blob = store.put(TestBody.of(SIZE, 1)).parts().getFirst().blob();
        for (String key : List.of("a", "b")) {
            List<ObjectPart> parts = new ArrayList<>();
            for (int number = 1; number <= 10_000; number++) {
                BlobId id = BlobId.next(store.clock, Entropy.FAST);
                parts.add(new ObjectPart(
                        number,
                        blob.size(),
                        new ETag("x"),
                        Optional.empty(),
                        new BlobRef(id, blob.form(), blob.size(), blob.code(), blob.stripeSize(), blob.placement())));
            }
            store.objects
                    .guards()
                    .pins()
                    .pin(parts.stream().map(part -> part.blob().id()).toList());
            ObjectKey read = ObjectKey.of(key);
            ObjectVersion like =
                    store.objects.head(TestStore.getRequest(TestStore.WHOLE)).version();
            store.catalog.put(
                    new ObjectVersion(
                            like.bucket(),
                            read,
                            like.id(),
                            false,
                            like.size(),
                            like.etag(),
                            like.lastModified(),
                            like.metadata(),
                            true,
                            parts,
                            Optional.empty()),
                    Optional.empty(),
                    WriteCondition.NONE);
            store.objects.put(TestStore.putRequest(read, WriteCondition.NONE, TestBody.of(1, 2)));
        }
        store.put("last");
        passGrace();
        int steps = 0;
        while (reclaimer.step().isZero() && steps < 1000) {
            steps++;
        }
        assertEquals(0, store.blobCount(), "what nobody reads is gone");
        assertTrue(steps < 1000, "it rests when only what is read is left");
        assertEquals(
                20_000, store.catalog.reclaimable(times.reclaimGrace(), 30_000).size());
    }

    @Test
    void itAsksForItsTimeButForWhatHasWaitedForLong() {
        asksUntil(scarce -> store.clock.pass(Reclaimer.LATE));
    }

    @Test
    void itAsksForItsTimeUnlessSpaceIsScarce() {
        asksUntil(scarce -> scarce.set(true));
    }

    /** A governor that is closed refuses whoever asks. */
    private void asksUntil(Consumer<AtomicBoolean> makeUrgent) {
        AtomicBoolean scarce = new AtomicBoolean();
        store.put(TestBody.of(SIZE, 1));
        store.put("another");
        passGrace();
        Governor refusing = store.governor();
        refusing.close();
        Reclaimer asking = new Reclaimer(
                store.catalog,
                store.blobs,
                store.superseded(),
                new UpkeepTerms(store.clock, times, refusing),
                scarce::get);
        assertThrows(StoreException.Unavailable.class, asking::step);
        assertEquals(1, store.blobCount());
        makeUrgent.accept(scarce);
        asking.step();
        assertEquals(0, store.blobCount());
    }

    @Test
    void partsOfAnAbortedUploadGo() {
        Uploading uploading = new Uploading(store, Optional.empty());
        uploading.part(1, TestBody.bytes(SIZE, 1));
        uploading.part(2, TestBody.bytes(SIZE, 2));
        store.objects.abortUpload(uploading.name());
        passGrace();
        reclaimer.step();
        assertEquals(0, store.blobCount());
    }

    /** One row that nobody can read must not keep all other space from being given back. */
    @Test
    void aMovedBlobThatCannotBeAskedForHoldsUpNoOther() {
        BlobRef blob = store.put(TestBody.of(SIZE, 1)).parts().getFirst().blob();
        BlobOrigin origin = new BlobCursor(store.catalog).next().origin();
        Catalog broken = (Catalog) Proxy.newProxyInstance(
                Catalog.class.getClassLoader(), new Class<?>[] {Catalog.class}, (self, method, arguments) -> {
                    if (method.getName().equals("referred") || method.getName().equals("relocate")) {
                        throw new IllegalStateException("a row can't be read");
                    }
                    return method.invoke(store.catalog, arguments);
                });
        BlobGuards guards = store.objects.guards();
        Superseded superseded = new Superseded(broken, store.blobs, guards, store.clock, times.reclaimGrace());
        superseded.moved(blob, blob.at(blob.placement().reversed()), origin);
        BlobId another = BlobId.next(store.clock, Entropy.secure());
        BlobRef unsure =
                new BlobRef(another, blob.form(), blob.size(), blob.code(), blob.stripeSize(), blob.placement());
        superseded.unsure(unsure, unsure, origin, guards.claims().claim(another).orElseThrow());
        store.put(TestBody.of(SIZE, 2));
        passGrace();
        new Reclaimer(store.catalog, store.blobs, superseded, store.terms(times), () -> false).step();
        assertEquals(1, store.blobCount());
        assertEquals(1, superseded.left());
        assertEquals(1, superseded.waiting(), "what is not known stays claimed");
        assertTrue(guards.claims().isClaimed(another));
    }
}
