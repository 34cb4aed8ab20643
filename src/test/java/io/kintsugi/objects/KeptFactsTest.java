package io.kintsugi.objects;

import static io.kintsugi.objects.TestStore.BUCKET;
import static io.kintsugi.objects.TestStore.KEY;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.ByteRange;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.catalog.BlobFacts;
import io.kintsugi.catalog.BlobPage;
import io.kintsugi.catalog.Manifest;
import io.kintsugi.shards.ShardFacts;
import io.kintsugi.shards.SurveyedShard;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What lies on the drives beside the bytes: enough to make the rows of the catalog again. */
class KeptFactsTest {
    private static final ObjectMetadata SAID = new ObjectMetadata(
            Map.of("content-type", "text/x", "expires", "never"), Map.of("ä", "ö".repeat(1000)), Map.of("t", "u"));

    @AutoClose
    private final TestStore store = new TestStore(new ObjectSettings(
            new ObjectSettings.Limits(1024, 4096, 5_000_000, 5_000_000, 5_000_000, 2000, 5_000_000),
            Optional.of(ChecksumAlgorithm.CRC64NVME),
            ObjectSettings.Upkeep.DEFAULTS));

    private ShardFacts facts(BlobRef blob) {
        ShardFacts first = null;
        for (int i = 0; i < blob.placement().size(); i++) {
            DriveId drive = blob.placement().get(i);
            ShardFacts facts = store.survey
                    .facts(new SurveyedShard(drive, blob.id(), i, blob.form()))
                    .orElseThrow();
            assertEquals(blob.size(), facts.size());
            assertEquals(blob.code(), facts.code());
            assertEquals(blob.stripeSize(), facts.stripeBytes());
            if (first != null) {
                assertArrayEquals(first.note(), facts.note());
            }
            first = facts;
        }
        return first;
    }

    private ObjectVersion put(int size) {
        store.clock.pass(Duration.ofMillis(1234));
        return store.objects.put(new PutObject(BUCKET, KEY, SAID, WriteCondition.NONE, TestBody.of(size, size)));
    }

    @Test
    void filesHaveAllThatTheRowSays() {
        ObjectVersion version = put(900_000);
        BlobRef blob = version.parts().getFirst().blob();
        assertEquals(BlobRef.Form.FILES, blob.form());
        assertEquals(
                new BlobFacts(
                        version.lastModified(),
                        SAID,
                        Optional.of(version.etag()),
                        version.checksum(),
                        Optional.empty()),
                BlobFacts.decode(facts(blob).note()));
        assertEquals(
                new BlobOrigin(BUCKET, KEY, version.id(), Optional.empty()),
                facts(blob).origin());
    }

    @Test
    void packedOnesHaveAllButTheDigestsAndSayWhichToCompute() {
        ObjectVersion version = put(90_000);
        BlobRef blob = version.parts().getFirst().blob();
        assertEquals(BlobRef.Form.PACKED, blob.form());
        assertEquals(
                new BlobFacts(
                        version.lastModified(),
                        SAID,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(ChecksumAlgorithm.CRC64NVME)),
                BlobFacts.decode(facts(blob).note()));
    }

    @Test
    void healingKeepsThem() {
        for (int size : new int[] {90_000, 900_000}) {
            ObjectVersion version = put(size);
            BlobRef blob = version.parts().getFirst().blob();
            byte[] before = facts(blob).note();
            store.loseShards(0);
            store.loseShards(3);
            store.blobs.heal(blob, new BlobOrigin(BUCKET, KEY, version.id(), Optional.empty()));
            assertArrayEquals(before, facts(blob).note());
        }
    }

    @Test
    void partsAreDatedAndNamedByTheirUpload() {
        Uploading uploading = new Uploading(store, Optional.empty());
        UploadedPart part = uploading.upload(7, TestBody.of(900_000, 1));
        ShardFacts facts = facts(part.part().blob());
        BlobFacts read = BlobFacts.decode(facts.note());
        assertEquals(part.lastModified(), read.when());
        assertEquals(Optional.of(part.part().etag()), read.etag());
        assertEquals(part.part().checksum(), read.checksum());
        assertEquals(
                Optional.of(new BlobOrigin.Part(uploading.name().id(), 7)),
                facts.origin().part());
    }

    private List<BlobRef> manifests() {
        return store.allBlobs().stream()
                .filter(entry -> entry.origin()
                        .part()
                        .filter(part -> part.number() == Manifest.NUMBER)
                        .isPresent())
                .map(BlobPage.Entry::blob)
                .toList();
    }

    @Test
    void aFinishedUploadHasAManifestThatIsItsRow() {
        store.versioning(Bucket.Versioning.ENABLED);
        Uploading uploading = new Uploading(store, Optional.empty());
        ObjectVersion made = uploading.complete(
                List.of(uploading.part(1, TestBody.bytes(90_000, 1)), uploading.part(2, TestBody.bytes(500, 2))));
        BlobRef manifest = manifests().getFirst();
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        store.blobs.read(manifest, new ByteRange(0, manifest.size()), (bytes, release) -> {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            content.writeBytes(copy);
            release.run();
        });
        assertArrayEquals(Manifest.encode(made, uploading.name().id()), content.toByteArray());
        assertEquals(
                Manifest.origin(made, uploading.name().id()), facts(manifest).origin());
        assertTrue(store.catalog.refersTo(manifest.id(), facts(manifest).origin()), "no orphan");
    }

    @Test
    void theManifestGoesWithItsVersionAndBeforeItsParts() {
        Uploading uploading = new Uploading(store, Optional.empty());
        ObjectVersion made = uploading.complete(List.of(uploading.part(1, TestBody.bytes(90_000, 1))));
        BlobRef manifest = manifests().getFirst();
        store.delete(Optional.empty(), WriteCondition.NONE);
        List<BlobRef> dropped = store.catalog.reclaimable(Duration.ZERO, 10).stream()
                .map(entry -> entry.blob())
                .toList();
        ObjectPart part = made.parts().getFirst();
        assertEquals(List.of(manifest, part.blob()), dropped);
    }

    @Test
    void aCompletionThatIsRefusedLeavesNoManifest() {
        store.put("there");
        Uploading uploading = new Uploading(store, Optional.empty());
        CompleteUpload.Part part = uploading.part(1, TestBody.bytes(90_000, 1));
        store.drives
                .sims()
                .forEach(drive ->
                        assertEquals(1, drive.shards(BlobRef.Form.PACKED).size()));
        CompleteUpload stale = new CompleteUpload(
                uploading.name(),
                List.of(part),
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                TestStore.ifMatch("0123456789abcdef0123456789abcdef"));
        assertThrows(StoreException.PreconditionFailed.class, () -> store.objects.completeUpload(stale));
        assertEquals(1, store.blobCount());
    }

    @Test
    void whatIsAllInlineNeedsNoManifest() {
        Uploading uploading = new Uploading(store, Optional.empty());
        uploading.complete(List.of(uploading.part(1, TestBody.bytes(500, 1))));
        assertEquals(0, store.blobCount());
    }
}
