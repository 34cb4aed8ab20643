package io.kintsugi.catalog;

import static io.kintsugi.catalog.Samples.BUCKET;
import static io.kintsugi.catalog.Samples.key;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.AtOnce;
import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Deletion;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.base.NoWait;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException.NotFound;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.KeyValue;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.Look;
import io.kintsugi.sim.SimDrive;
import io.kintsugi.sim.SimOp;
import io.kintsugi.sim.SimTopology;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What is told without waiting is right, and whatever would take waiting is left for later, where it comes out right.
 */
class AtOnceTest {
    private final SimTopology drives = new SimTopology(new ErasureCode(2, 1));
    private EmbeddedCatalog catalog;

    @BeforeEach
    void open() {
        catalog = EmbeddedCatalog.open(drives, Clock.SYSTEM, CatalogSettings.DEFAULT);
        inMemory(true);
    }

    @AfterEach
    void close() {
        drives.sims().forEach(SimDrive::release);
        catalog.close();
        drives.close();
    }

    private void inMemory(boolean rows) {
        drives.sims().forEach(drive -> drive.remember(() -> rows));
    }

    private ObjectVersion put(String key, VersionId id) {
        ObjectVersion version = Samples.object(key, id);
        catalog.put(version, Optional.empty(), WriteCondition.NONE);
        return version;
    }

    private BlobId putInline(String key, byte[] bytes) {
        BlobRef blob = Samples.blob(BlobRef.Form.INLINE, bytes.length);
        catalog.put(Samples.object(key, VersionId.NULL, blob), Optional.of(bytes), WriteCondition.NONE);
        return blob.id();
    }

    private AtOnce<Optional<ObjectVersion>> find(String key) {
        return NoWait.run(() -> catalog.findAtOnce(BUCKET, key(key), Optional.empty()));
    }

    private AtOnce<Optional<byte[]>> inline(BlobId blob) {
        return NoWait.run(() -> catalog.inlineAtOnce(blob));
    }

    private static <T> T told(AtOnce<T> answer) {
        assertInstanceOf(AtOnce.Told.class, answer, "it takes no waiting");
        return answer.orWait();
    }

    private static <T> T later(AtOnce<T> answer) {
        assertInstanceOf(AtOnce.Later.class, answer, "it may take waiting");
        return answer.orWait();
    }

    private long reads() {
        return drives.sims().stream().mapToLong(drive -> drive.count(SimOp.GET)).sum();
    }

    @Test
    void whatIsInMemoryIsTold() {
        catalog.createBucket(Samples.bucket(Versioning.OFF));
        ObjectVersion version = put("k", VersionId.NULL);
        BlobId blob = putInline("i", new byte[] {1, 2, 3});
        long before = reads();
        assertEquals(Optional.of(version), told(find("k")));
        assertEquals(Optional.empty(), told(find("nothing")));
        assertArrayEquals(new byte[] {1, 2, 3}, told(inline(blob)).orElseThrow());
        assertEquals(before + 3, reads(), "one look each");
        assertEquals(
                Versioning.OFF, told(catalog.bucketAtOnce(BUCKET)).orElseThrow().versioning());
        assertEquals(Optional.of(version), told(catalog.findAtOnce(BUCKET, key("k"), Optional.of(VersionId.NULL))));
    }

    @Test
    void aRowThatIsNotInMemoryIsReadOnceAndLater() {
        catalog.createBucket(Samples.bucket(Versioning.OFF));
        ObjectVersion version = put("k", VersionId.NULL);
        BlobId blob = putInline("i", new byte[] {7});
        inMemory(false);
        long before = reads();
        AtOnce<Optional<ObjectVersion>> found = find("k");
        AtOnce<Optional<byte[]>> bytes = inline(blob);
        assertEquals(before, reads(), "nothing is asked of a drive yet");
        assertEquals(Optional.of(version), later(found));
        assertArrayEquals(new byte[] {7}, later(bytes).orElseThrow());
        assertEquals(before + 2, reads());
    }

    @Test
    void aBucketThatIsNotKnownYetIsLookedUpLater() {
        catalog.createBucket(Samples.bucket(Versioning.OFF));
        ObjectVersion version = put("k", VersionId.NULL);
        catalog.close();
        catalog = EmbeddedCatalog.open(drives, Clock.SYSTEM, CatalogSettings.DEFAULT);
        assertEquals(Optional.of(version), later(find("k")));
        assertEquals(Optional.of(version), told(find("k")));
    }

    @Test
    void aBucketThatIsNotThereIsMissedLater() {
        AtOnce<Optional<ObjectVersion>> found = find("k");
        assertThrows(NotFound.class, () -> later(found));
    }

    @Test
    void aCommitUnderWayIsWaitedForLater() {
        catalog.createBucket(Samples.bucket(Versioning.OFF));
        put("k", VersionId.NULL);
        BlobId blob = putInline("other", new byte[] {5});
        drives.sim(1).hang(SimOp.COMMIT);
        drives.sim(2).holdAnswers(SimOp.COMMIT);
        ObjectVersion after = Samples.object("k", VersionId.NULL);
        CompletableFuture<Void> put = CompletableFuture.runAsync(
                () -> catalog.put(after, Optional.empty(), WriteCondition.NONE),
                task -> Thread.ofPlatform().daemon().start(task));
        SimCatalogs.until(() -> drives.sim(1).waiting() > 0 && drives.sim(2).waiting() > 0);
        AtOnce<Optional<ObjectVersion>> found = find("k");
        AtOnce<Optional<ObjectVersion>> named =
                NoWait.run(() -> catalog.findAtOnce(BUCKET, key("k"), Optional.of(VersionId.NULL)));
        AtOnce<Optional<byte[]>> gone =
                inline(Samples.blob(BlobRef.Form.INLINE, 1).id());
        assertTrue(told(find("other")).isPresent(), "the commit does not touch it");
        assertArrayEquals(new byte[] {5}, told(inline(blob)).orElseThrow());
        drives.sims().forEach(SimDrive::release);
        put.join();
        later(found).orElseThrow();
        later(named).orElseThrow();
        assertEquals(Optional.empty(), later(gone));
        assertEquals(Optional.of(after), told(find("k")));
    }

    @Test
    void aHistoryIsAskedLater() {
        catalog.createBucket(Samples.bucket(Versioning.ENABLED));
        ObjectVersion first = put("k", Samples.newVersion());
        assertEquals(Optional.of(first), told(find("k")));
        VersionId marker = Samples.newVersion();
        catalog.delete(BUCKET, List.of(new Deletion.Hide(key("k"), marker, Samples.NOON, WriteCondition.NONE)));
        ObjectVersion found = later(find("k")).orElseThrow();
        assertTrue(found.deleteMarker());
        assertEquals(marker, found.id());
        assertEquals(Optional.empty(), later(find("nothing")));
        assertEquals(
                Optional.of(first),
                later(NoWait.run(() -> catalog.findAtOnce(BUCKET, key("k"), Optional.of(first.id())))));
    }

    @Test
    void aDamagedRowIsReadElsewhereLater() {
        catalog.createBucket(Samples.bucket(Versioning.OFF));
        ObjectVersion version = put("k", VersionId.NULL);
        SimDrive first =
                (SimDrive) drives.drive(catalog.status().live().getFirst()).orElseThrow();
        first.keyValue().commit(SimCatalogs.garbageInEveryObject(first)).join();
        assertEquals(Optional.of(version), later(find("k")));
        assertEquals(Optional.of(version), told(find("k")), "the damaged replica is asked last from now on");
    }

    @Test
    void aDriveThatIsGoneIsNotedLater() {
        catalog.createBucket(Samples.bucket(Versioning.OFF));
        ObjectVersion version = put("k", VersionId.NULL);
        SimDrive first =
                (SimDrive) drives.drive(catalog.status().live().getFirst()).orElseThrow();
        first.goOffline("pulled");
        assertEquals(Optional.of(version), later(find("k")));
        assertEquals(Optional.of(version), told(find("k")));
    }

    /** It may lack commits, and is not believed before it was looked at, whatever it remembers. */
    @Test
    void aDriveThatWasAwayIsNotBelieved() {
        catalog.createBucket(Samples.bucket(Versioning.OFF));
        ObjectVersion version = put("k", VersionId.NULL);
        SimDrive first =
                (SimDrive) drives.drive(catalog.status().live().getFirst()).orElseThrow();
        first.goOffline("pulled");
        first.comeOnline();
        assertEquals(Optional.of(version), later(find("k")));
    }

    /** The drive goes and comes back amid a look: what it remembers is of before. */
    @Test
    void aDriveThatGoesAmidALookIsNotBelieved() {
        AtomicLong openings = new AtomicLong();
        KeyValue reopening = fake(KeyValue.class, method -> {
            openings.incrementAndGet();
            return new Look.Known(Optional.empty());
        });
        Drive drive = fake(Drive.class, method -> switch (method) {
            case "openings" -> openings.get();
            case "keyValue" -> reopening;
            default -> new DriveId(new Id128(0, 1));
        });
        try (Replica replica = new Replica(drive)) {
            Look look = replica.look(KvSpace.OBJECTS, new byte[1]);
            assertInstanceOf(Look.Unknown.class, look);
            CompletionException gone =
                    assertThrows(CompletionException.class, () -> look.read().join());
            assertEquals(DriveException.Kind.GONE, ((DriveException) gone.getCause()).kind());
        }
    }

    private static <T> T fake(Class<T> type, Function<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> answers.apply(method.getName())));
    }
}
