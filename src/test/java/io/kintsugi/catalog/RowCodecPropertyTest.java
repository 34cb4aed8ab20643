package io.kintsugi.catalog;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.Checksum;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.ChecksumType;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ETag;
import io.kintsugi.base.Id128;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadId;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.VersionId;
import io.kintsugi.drives.KvSpace;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of row: comes back as it was, and is never taken for another when a byte of it is wrong. */
class RowCodecPropertyTest {
    private static final int VERSION_BYTE = 0;

    /** As a read does it: the checksum is verified where the row comes from. */
    private static byte[] inline(byte[] row) {
        RowReader.requireIntact(row, "an inline blob");
        return SmallRow.decodeInline(row);
    }

    /** A row and how it is read. */
    private record Sample(String name, byte[] row, Function<byte[], Object> decode) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(20); i > 0; i--) {
            text.appendCodePoint(random.nextInt(5) == 0 ? 0x1F600 + random.nextInt(50) : 32 + random.nextInt(200));
        }
        return text.toString();
    }

    private static Map<String, String> map(Random random) {
        Map<String, String> map = new HashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            map.put(text(random), text(random));
        }
        return map;
    }

    private static ObjectMetadata metadata(Random random) {
        return new ObjectMetadata(
                new TreeMap<>(map(random)),
                new TreeMap<>(map(random)),
                new TreeMap<>(map(random)),
                random.nextBoolean() ? ObjectMetadata.STANDARD : "GLACIER");
    }

    private static Optional<Checksum> checksum(Random random) {
        if (random.nextBoolean()) {
            return Optional.empty();
        }
        ChecksumAlgorithm[] all = ChecksumAlgorithm.values();
        ChecksumAlgorithm algorithm = all[random.nextInt(all.length)];
        byte[] value = new byte[algorithm.length()];
        random.nextBytes(value);
        return Optional.of(
                random.nextBoolean()
                        ? Checksum.fullObject(algorithm, value)
                        : new Checksum(algorithm, ChecksumType.COMPOSITE, value, 1 + random.nextInt(10_000)));
    }

    private static ObjectPart part(Random random) {
        Form form = Form.values()[random.nextInt(3)];
        long size = random.nextLong() >>> random.nextInt(1, 64);
        return new ObjectPart(
                1 + random.nextInt(10_000), size, new ETag(text(random)), checksum(random), Samples.blob(form, size));
    }

    private static Instant instant(Random random) {
        return Instant.ofEpochSecond(random.nextLong(-1L << 35, 1L << 35), random.nextInt(1_000_000_000));
    }

    private static VersionId version(Random random) {
        return random.nextInt(3) == 0 ? VersionId.NULL : new VersionId(new Id128(random.nextLong(), random.nextLong()));
    }

    private static VersionRow versionRow(Random random) {
        Optional<UploadId> upload = random.nextBoolean()
                ? Optional.empty()
                : Optional.of(new UploadId(new Id128(random.nextLong(), random.nextLong())));
        if (random.nextInt(4) == 0) {
            ObjectVersion marker =
                    ObjectVersion.deleteMarker(Samples.BUCKET, Samples.key("k"), version(random), instant(random));
            return new VersionRow(random.nextLong(), Optional.empty(), marker);
        }
        List<ObjectPart> parts = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            parts.add(part(random));
        }
        ObjectVersion version = new ObjectVersion(
                Samples.BUCKET,
                Samples.key("k"),
                version(random),
                false,
                random.nextLong(Long.MAX_VALUE),
                new ETag(text(random)),
                instant(random),
                metadata(random),
                random.nextBoolean(),
                parts,
                checksum(random));
        Optional<BlobRef> manifest =
                upload.filter(id -> random.nextBoolean()).map(id -> Samples.blob(Form.PACKED, 700));
        return new VersionRow(random.nextLong(), upload, manifest, version);
    }

    private static BlobFacts facts(Random random) {
        boolean digested = random.nextBoolean();
        ChecksumAlgorithm[] all = ChecksumAlgorithm.values();
        return new BlobFacts(
                instant(random),
                random.nextBoolean() ? ObjectMetadata.NONE : metadata(random),
                digested ? Optional.of(new ETag(text(random))) : Optional.empty(),
                digested ? checksum(random) : Optional.empty(),
                digested || random.nextBoolean() ? Optional.empty() : Optional.of(all[random.nextInt(all.length)]));
    }

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void theLengthOfFactsDoesNotDependOnTheirDate(@ForAll long seed) {
        BlobFacts some = facts(new Random(seed));
        BlobFacts other = new BlobFacts(Instant.EPOCH, some.metadata(), some.etag(), some.checksum(), some.algorithm());
        assertEquals(some.encode().length, other.encode().length);
    }

    private static Upload upload(Random random) {
        Upload plain = Samples.upload("k");
        Optional<Upload.ChecksumPlan> plan = random.nextBoolean()
                ? Optional.empty()
                : Optional.of(new Upload.ChecksumPlan(ChecksumAlgorithm.SHA1, ChecksumType.COMPOSITE));
        return new Upload(plain.bucket(), plain.key(), plain.id(), instant(random), metadata(random), plan);
    }

    @Property(tries = 500, shrinking = ShrinkingMode.OFF)
    void everyRowComesBackAsItWas(@ForAll long seed) {
        Random random = new Random(seed);
        VersionRow version = versionRow(random);
        assertEquals(version, VersionRow.decode(Samples.BUCKET, Samples.key("k"), version.encode()));
        Versioning[] states = Versioning.values();
        Bucket bucket = new Bucket(Samples.BUCKET, instant(random), states[random.nextInt(states.length)]);
        BucketRow row = new BucketRow(random.nextLong(), random.nextBoolean(), bucket);
        assertEquals(row, BucketRow.decode(Samples.BUCKET, row.encode()));
        BlobFacts facts = facts(random);
        assertEquals(facts, BlobFacts.decode(facts.encode()));
        Upload upload = upload(random);
        assertEquals(upload, UploadRow.decode(upload.bucket(), upload.key(), upload.id(), UploadRow.encode(upload)));
        UploadedPart part = new UploadedPart(part(random), instant(random));
        assertEquals(part, UploadRow.decodePart(UploadRow.encodePart(part)));
        Reclaim reclaim = new Reclaim(random.nextLong(), part.part().blob(), instant(random));
        assertEquals(
                reclaim,
                SmallRow.decodeReclaim(reclaim.sequence(), SmallRow.encodeReclaim(reclaim.blob(), reclaim.dropped())));
        long number = random.nextLong();
        assertEquals(number, SmallRow.decodeNumber(SmallRow.encodeNumber(number)));
        byte[] bytes = new byte[random.nextInt(5000)];
        random.nextBytes(bytes);
        assertArrayEquals(bytes, SmallRow.decodeInline(SmallRow.encodeInline(bytes)));
    }

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void theStateOfAReplicaComesBackAsItWas(@ForAll long seed) {
        Random random = new Random(seed);
        List<DriveId> members = random.longs(random.nextInt(6))
                .mapToObj(n -> new DriveId(new Id128(n, ~n)))
                .toList();
        ReplicaState state = new ReplicaState(random.nextLong(), random.nextLong(), random.nextLong(), members);
        assertEquals(state, ReplicaState.decode(state.encode()));
        List<ReplicaState.RowKey> keys = new ArrayList<>();
        for (KvSpace space : ReplicaState.contentSpaces()) {
            byte[] key = new byte[random.nextInt(40)];
            random.nextBytes(key);
            keys.add(new ReplicaState.RowKey(space, key));
        }
        List<ReplicaState.RowKey> back = ReplicaState.decodeTouched(ReplicaState.encodeTouched(keys));
        assertEquals(keys.size(), back.size());
        for (int i = 0; i < keys.size(); i++) {
            assertEquals(keys.get(i).space(), back.get(i).space());
            assertArrayEquals(keys.get(i).key(), back.get(i).key());
        }
    }

    static List<Sample> samples() {
        Random random = new Random(7);
        VersionRow version = new VersionRow(9, Optional.empty(), Samples.object("k", VersionId.NULL));
        Upload upload = upload(random);
        UploadedPart part = Samples.uploaded(3, Form.PACKED);
        BucketRow bucket = new BucketRow(5, true, Samples.bucket(Versioning.ENABLED));
        ReplicaState state = new ReplicaState(3, 4, 5, List.of(new DriveId(new Id128(1, 2))));
        byte[] touched =
                ReplicaState.encodeTouched(List.of(new ReplicaState.RowKey(KvSpace.OBJECTS, new byte[] {1, 2, 3})));
        return List.of(
                new Sample(
                        "version", version.encode(), row -> VersionRow.decode(Samples.BUCKET, Samples.key("k"), row)),
                new Sample(
                        "upload",
                        UploadRow.encode(upload),
                        row -> UploadRow.decode(upload.bucket(), upload.key(), upload.id(), row)),
                new Sample("part", UploadRow.encodePart(part), UploadRow::decodePart),
                new Sample("became", UploadRow.encodeVersion(VersionId.NULL), UploadRow::decodeVersion),
                new Sample("bucket", bucket.encode(), row -> BucketRow.decode(Samples.BUCKET, row)),
                new Sample("bucket name", BucketRow.encodeName(Samples.BUCKET), BucketRow::decodeName),
                new Sample(
                        "reclaim",
                        SmallRow.encodeReclaim(part.part().blob(), Samples.NOON),
                        row -> SmallRow.decodeReclaim(1, row)),
                new Sample("number", SmallRow.encodeNumber(1), SmallRow::decodeNumber),
                new Sample("inline", SmallRow.encodeInline(new byte[] {1, 2, 3}), RowCodecPropertyTest::inline),
                new Sample("facts", facts(random).encode(), BlobFacts::decode),
                new Sample(
                        "manifest",
                        Manifest.encode(version.version(), upload.id()),
                        row -> Manifest.decode(Samples.BUCKET, Samples.key("k"), row)),
                new Sample("state", state.encode(), ReplicaState::decode),
                new Sample("touched", touched, ReplicaState::decodeTouched));
    }

    private static void assertFault(RowException.Fault fault, Sample sample, byte[] row) {
        RowException e = assertThrows(RowException.class, () -> sample.decode().apply(row));
        assertEquals(fault, e.fault());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void everyFlippedBitIsCorrupt(Sample sample) {
        for (int bit = 0; bit < sample.row().length * 8; bit++) {
            byte[] wrong = sample.row().clone();
            wrong[bit / 8] ^= (byte) (1 << bit % 8);
            assertFault(RowException.Fault.CORRUPT, sample, wrong);
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void everyOtherLengthIsCorrupt(Sample sample) {
        for (int length = 0; length < sample.row().length; length++) {
            assertFault(RowException.Fault.CORRUPT, sample, Arrays.copyOf(sample.row(), length));
        }
        assertFault(RowException.Fault.CORRUPT, sample, Arrays.copyOf(sample.row(), sample.row().length + 1));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void anUnknownFormatIsTooNew(Sample sample) {
        byte[] newer = sample.row().clone();
        newer[VERSION_BYTE] = 99;
        assertFault(RowException.Fault.TOO_NEW, sample, RowWriter.seal(newer));
        newer[VERSION_BYTE] = 0;
        assertFault(RowException.Fault.CORRUPT, sample, RowWriter.seal(newer));
    }

    /** Bytes that a checksum vouches for and that are no row all the same: an answer, never an accident. */
    @Property(tries = 500, shrinking = ShrinkingMode.OFF)
    void garbageWithAGoodChecksumIsCorrupt(@ForAll long seed) {
        Random random = new Random(seed);
        List<Sample> samples = samples();
        Sample sample = samples.get(random.nextInt(samples.size()));
        byte[] wrong = sample.row().clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            wrong[1 + random.nextInt(wrong.length - 1)] = (byte) random.nextInt();
        }
        try {
            sample.decode().apply(RowWriter.seal(wrong));
        } catch (RowException e) {
            assertEquals(RowException.Fault.CORRUPT, e.fault());
        }
    }
}
