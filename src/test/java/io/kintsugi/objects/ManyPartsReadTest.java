package io.kintsugi.objects;

import static io.kintsugi.objects.TestStore.BUCKET;
import static io.kintsugi.objects.TestStore.KEY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Checksum;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ETag;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.shards.BlobStore;
import java.lang.ref.Reference;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What a read of an object of 10,000 parts keeps in memory for as long as its client takes the bytes. */
class ManyPartsReadTest {
    private static final int PARTS = 10_000;
    private static final int DRIVES = 32;
    private static final long PART = 5 << 20;

    @AutoClose
    private final TestStore store = new TestStore();

    private long before;
    private long taken;

    private static ObjectPart part(int number) {
        List<DriveId> drives = IntStream.range(0, DRIVES)
                .mapToObj(i -> new DriveId(new Id128(9, i)))
                .collect(Collectors.toList());
        Collections.shuffle(drives, new Random(number));
        BlobId id = new BlobId(new Id128(5, number));
        BlobRef blob = new BlobRef(id, BlobRef.Form.FILES, PART, new ErasureCode(DRIVES - 4, 4), 1 << 20, drives);
        Checksum checksum = Checksum.fullObject(ChecksumAlgorithm.SHA512, new byte[64]);
        return new ObjectPart(number, PART, new ETag("%032x".formatted(number)), Optional.of(checksum), blob);
    }

    private void put() {
        ObjectVersion version = new ObjectVersion(
                BUCKET,
                KEY,
                VersionId.NULL,
                false,
                PARTS * PART,
                new ETag("%032x-10000".formatted(1)),
                store.clock.now(),
                ObjectMetadata.NONE,
                true,
                IntStream.rangeClosed(1, PARTS)
                        .mapToObj(ManyPartsReadTest::part)
                        .toList(),
                Optional.empty());
        store.catalog.put(version, Optional.empty(), WriteCondition.NONE);
    }

    private static long used() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(
                    least,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return least;
    }

    /** A store whose first read of a blob is the moment at which all is in memory that is kept for so long. */
    private Objects weighing() {
        BlobStore blobs = (BlobStore) Proxy.newProxyInstance(
                BlobStore.class.getClassLoader(), new Class<?>[] {BlobStore.class}, (proxy, method, arguments) -> {
                    taken = taken == 0 ? used() - before : taken;
                    return null;
                });
        return new Objects(store.catalog, blobs, store.clock, Entropy.FAST, store.settings);
    }

    private ObjectRead weighed(Objects objects, RangeSpec range) {
        taken = 0;
        before = used();
        ObjectRead read = objects.get(TestStore.getRequest(range)).withoutParts();
        read.sendTo((bytes, release) -> release.run());
        Reference.reachabilityFence(read);
        return read;
    }

    @Test
    void noMoreThanIsReckonedFor() {
        put();
        Objects objects = weighing();
        weighed(objects, TestStore.WHOLE); // classes are loaded
        assertEquals(PARTS, weighed(objects, TestStore.WHOLE).pieces());
        long reckoned = (long) PARTS * ObjectRead.PIECE_BYTES;
        assertTrue(taken <= reckoned, () -> taken + " bytes are held, " + reckoned + " are reckoned for");
        assertTrue(taken >= reckoned / 2, () -> "only " + taken + " bytes are held of " + reckoned);
    }

    @Test
    void nextToNothingForOnePart() {
        put();
        Objects objects = weighing();
        weighed(objects, new RangeSpec.Part(7));
        assertEquals(1, weighed(objects, new RangeSpec.Part(7)).pieces());
        assertTrue(taken < 100_000, () -> taken + " bytes are held for one part");
    }
}
