package io.kintsugi.objects;

import static io.kintsugi.objects.TestStore.WHOLE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.StoreException.Invalid.Kind;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.WriteCondition;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class UploadPartCopyTest {
    private static final int PART = 20_000;

    @AutoClose
    private final TestStore store = new TestStore(new ObjectSettings(
            new ObjectSettings.Limits(1024, 2048, 200_000, 200_000, 200_000, PART, 60_000),
            Optional.of(ChecksumAlgorithm.CRC64NVME),
            ObjectSettings.Upkeep.DEFAULTS));

    private final byte[] bytes = TestBody.bytes(70_000, 1);

    private void refusesRange(Uploading uploading, RangeSpec range) {
        assertEquals(
                Kind.RANGE,
                assertThrows(StoreException.Invalid.class, () -> uploading.copy(1, range))
                        .kind());
    }

    @Test
    void rangesOfAnObjectBecomeParts() {
        store.put(TestBody.of(bytes));
        Uploading uploading = new Uploading(store, Optional.empty());
        UploadedPart one = uploading.copy(1, new RangeSpec.FromTo(30_000, 69_999));
        UploadedPart two = uploading.copy(2, new RangeSpec.FromTo(0, 99));
        ObjectVersion made = uploading.complete(List.of(Uploading.listed(one), Uploading.listed(two)));
        byte[] read = store.read(WHOLE);
        assertEquals(40_100, made.size());
        assertArrayEquals(Arrays.copyOfRange(bytes, 30_000, 70_000), Arrays.copyOf(read, 40_000));
        assertArrayEquals(Arrays.copyOf(bytes, 100), Arrays.copyOfRange(read, 40_000, 40_100));
    }

    @Test
    void theVersionThatWasReadIsNamed() {
        ObjectVersion source = store.put(TestBody.of(bytes));
        Uploading uploading = new Uploading(store, Optional.empty());
        GetObject read = TestStore.getRequest(new RangeSpec.FromTo(0, 99));
        PartCopyResult copied = store.objects.uploadPartCopy(new UploadPartCopy(uploading.name(), 1, read));
        assertEquals(source, copied.source());
        assertEquals(100, copied.part().part().size());
    }

    @Test
    void aRangeLiesWithinItsSource() {
        store.put(TestBody.of(bytes));
        Uploading uploading = new Uploading(store, Optional.empty());
        refusesRange(uploading, new RangeSpec.FromTo(0, 70_000));
        refusesRange(uploading, new RangeSpec.FromTo(70_000, 70_001));
    }

    @Test
    void aPartHasAGreatestSizeAlsoWhenItIsCopied() {
        store.put(TestBody.of(bytes));
        Uploading uploading = new Uploading(store, Optional.empty());
        StoreException.Invalid refused = assertThrows(StoreException.Invalid.class, () -> uploading.copy(1, WHOLE));
        assertEquals(Kind.ENTITY_TOO_LARGE, refused.kind());
        uploading.copy(1, new RangeSpec.FromTo(0, 59_999));
    }

    @Test
    void aCopyOfAnObjectOfPartsIsOfOnePart() {
        Uploading uploading = new Uploading(store, Optional.empty());
        ObjectVersion made = uploading.complete(List.of(
                uploading.part(1, Arrays.copyOf(bytes, PART)),
                uploading.part(2, Arrays.copyOfRange(bytes, PART, PART + 500))));
        CopyResult copy = store.objects.copy(new CopyObject(
                TestStore.getRequest(WHOLE),
                new CopyObject.Target(TestStore.BUCKET, ObjectKey.of("copy"), WriteCondition.NONE),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
        ObjectVersion single = store.put(TestBody.of(Arrays.copyOf(bytes, PART + 500)));
        assertFalse(copy.target().multipart());
        assertEquals(1, copy.target().parts().size());
        assertEquals(single.etag(), copy.target().etag());
        assertEquals(made.checksum(), copy.target().checksum());
    }
}
