package io.kintsugi.objects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.base.Checksum;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.ChecksumType;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.StoreException.Invalid.Kind;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.codec.Digest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MultipartChecksumTest {
    private static final int PART = 20_000;
    private static final ObjectSettings SMALL_PARTS = new ObjectSettings(
            new ObjectSettings.Limits(1024, 2048, 200_000, 200_000, 200_000, PART, 60_000),
            Optional.of(ChecksumAlgorithm.CRC64NVME),
            ObjectSettings.Upkeep.DEFAULTS);

    @AutoClose
    private final TestStore store = new TestStore(SMALL_PARTS);

    private final byte[] bytes = TestBody.bytes(2 * PART + 77, 1);

    private Uploading begin(ChecksumAlgorithm algorithm, ChecksumType type) {
        return new Uploading(store, Optional.of(new Upload.ChecksumPlan(algorithm, type)));
    }

    private static byte[] digest(ChecksumAlgorithm algorithm, byte[]... pieces) {
        Digest digest = Digest.of(algorithm);
        for (byte[] piece : pieces) {
            digest.update(piece, 0, piece.length);
        }
        return digest.finish();
    }

    private byte[] piece(int index) {
        return Arrays.copyOfRange(bytes, index * PART, Math.min(bytes.length, (index + 1) * PART));
    }

    private List<UploadedPart> uploadAll(Uploading uploading) {
        return List.of(
                uploading.upload(1, TestBody.of(piece(0))),
                uploading.upload(2, TestBody.of(piece(1))),
                uploading.upload(3, TestBody.of(piece(2))));
    }

    private static List<CompleteUpload.Part> listed(List<UploadedPart> parts) {
        return parts.stream().map(Uploading::listedWithChecksum).toList();
    }

    private ObjectVersion complete(Uploading uploading, List<UploadedPart> parts, Checksum claimed) {
        return store.objects.completeUpload(new CompleteUpload(
                uploading.name(),
                listed(parts),
                Optional.of(claimed.type()),
                Optional.of(claimed),
                OptionalLong.empty(),
                WriteCondition.NONE));
    }

    private static void refuses(Kind kind, Runnable request) {
        assertEquals(
                kind, assertThrows(StoreException.Invalid.class, request::run).kind());
    }

    @ParameterizedTest
    @EnumSource(
            value = ChecksumAlgorithm.class,
            names = {"CRC32", "CRC32C", "CRC64NVME"})
    void aFullChecksumIsThatOfAllBytes(ChecksumAlgorithm algorithm) {
        Uploading uploading = begin(algorithm, ChecksumType.FULL_OBJECT);
        List<UploadedPart> parts = uploadAll(uploading);
        Checksum all = Checksum.fullObject(algorithm, digest(algorithm, bytes));
        assertEquals(Optional.of(all), complete(uploading, parts, all).checksum());
    }

    @ParameterizedTest
    @EnumSource(
            value = ChecksumAlgorithm.class,
            names = {"CRC64NVME"},
            mode = EnumSource.Mode.EXCLUDE)
    void aCompositeChecksumIsThatOfThePartsChecksums(ChecksumAlgorithm algorithm) {
        Uploading uploading = begin(algorithm, ChecksumType.COMPOSITE);
        List<UploadedPart> parts = uploadAll(uploading);
        byte[] value = digest(
                algorithm, digest(algorithm, piece(0)), digest(algorithm, piece(1)), digest(algorithm, piece(2)));
        Checksum composite = new Checksum(algorithm, ChecksumType.COMPOSITE, value, 3);
        ObjectVersion made = complete(uploading, parts, composite);
        assertEquals(Optional.of(composite), made.checksum());
        assertEquals(
                Optional.of(Checksum.fullObject(algorithm, digest(algorithm, piece(1)))),
                made.parts().get(1).checksum());
    }

    @Test
    void aWrongClaimIsABadDigest() {
        Uploading uploading = begin(ChecksumAlgorithm.CRC32, ChecksumType.FULL_OBJECT);
        List<UploadedPart> parts = uploadAll(uploading);
        refuses(
                Kind.BAD_DIGEST,
                () -> complete(uploading, parts, Checksum.fullObject(ChecksumAlgorithm.CRC32, new byte[4])));
        refuses(
                Kind.REQUEST,
                () -> complete(uploading, parts, Checksum.fullObject(ChecksumAlgorithm.CRC32C, new byte[4])));
        refuses(
                Kind.REQUEST,
                () -> complete(
                        uploading,
                        parts,
                        new Checksum(ChecksumAlgorithm.CRC32, ChecksumType.COMPOSITE, new byte[4], 3)));
    }

    @Test
    void aPartThatClaimsAnotherChecksumIsNotThatPart() {
        Uploading uploading = begin(ChecksumAlgorithm.SHA256, ChecksumType.COMPOSITE);
        List<UploadedPart> parts = uploadAll(uploading);
        CompleteUpload.Part first = listed(parts).getFirst();
        CompleteUpload.Part wrong = new CompleteUpload.Part(
                1, first.etag(), Optional.of(Checksum.fullObject(ChecksumAlgorithm.SHA256, new byte[32])));
        refuses(Kind.PART, () -> uploading.complete(List.of(wrong)));
    }

    @Test
    void compositesNeedEveryPartsChecksumInTheCompletion() {
        Uploading uploading = begin(ChecksumAlgorithm.SHA256, ChecksumType.COMPOSITE);
        List<UploadedPart> parts = uploadAll(uploading);
        refuses(Kind.REQUEST, () -> uploading.complete(List.of(Uploading.listed(parts.getFirst()))));
        Uploading full = begin(ChecksumAlgorithm.CRC32, ChecksumType.FULL_OBJECT);
        UploadedPart part = full.upload(1, TestBody.of(piece(0)));
        assertEquals(PART, full.complete(List.of(Uploading.listed(part))).size());
    }

    @Test
    void partsHaveTheAlgorithmOfTheUpload() {
        Uploading uploading = begin(ChecksumAlgorithm.SHA256, ChecksumType.COMPOSITE);
        refuses(Kind.REQUEST, () -> uploading.upload(1, TestBody.of(piece(0)).withAlgorithm(ChecksumAlgorithm.CRC32)));
        UploadedPart unnamed = uploading.upload(1, TestBody.of(piece(0)));
        assertEquals(
                Optional.of(Checksum.fullObject(ChecksumAlgorithm.SHA256, digest(ChecksumAlgorithm.SHA256, piece(0)))),
                unnamed.part().checksum());
    }

    @Test
    void whereNothingWasAgreedThePartsOwnAddUp() {
        Uploading plain = new Uploading(store, Optional.empty());
        ObjectVersion byDefault = plain.complete(listed(uploadAll(plain)));
        assertEquals(
                Optional.of(
                        Checksum.fullObject(ChecksumAlgorithm.CRC64NVME, digest(ChecksumAlgorithm.CRC64NVME, bytes))),
                byDefault.checksum());
        Uploading crc32 = new Uploading(store, Optional.empty());
        List<UploadedPart> parts = List.of(
                crc32.upload(1, TestBody.of(piece(0)).withAlgorithm(ChecksumAlgorithm.CRC32)),
                crc32.upload(2, TestBody.of(piece(1)).withAlgorithm(ChecksumAlgorithm.CRC32)));
        assertEquals(
                Optional.of(Checksum.fullObject(
                        ChecksumAlgorithm.CRC32, digest(ChecksumAlgorithm.CRC32, piece(0), piece(1)))),
                crc32.complete(listed(parts)).checksum());
        Uploading mixed = new Uploading(store, Optional.empty());
        List<UploadedPart> various = List.of(
                mixed.upload(1, TestBody.of(piece(0)).withAlgorithm(ChecksumAlgorithm.CRC32)),
                mixed.upload(2, TestBody.of(piece(1))));
        assertEquals(Optional.empty(), mixed.complete(listed(various)).checksum());
    }
}
