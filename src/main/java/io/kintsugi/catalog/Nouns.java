package io.kintsugi.catalog;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Checksum;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.ChecksumType;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ETag;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectPart;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The fields that several kinds of rows share. The place of a constant in its table is its code on disk: append, never
 * reorder.
 */
final class Nouns {
    /** Headers, user metadata, tags. */
    private static final int METADATA_MAPS = 3;

    private static final BlobRef.Form[] FORMS = {BlobRef.Form.INLINE, BlobRef.Form.PACKED, BlobRef.Form.FILES};
    private static final ChecksumType[] TYPES = {ChecksumType.FULL_OBJECT, ChecksumType.COMPOSITE};
    private static final ChecksumAlgorithm[] ALGORITHMS = {
        ChecksumAlgorithm.CRC32,
        ChecksumAlgorithm.CRC32C,
        ChecksumAlgorithm.CRC64NVME,
        ChecksumAlgorithm.SHA1,
        ChecksumAlgorithm.SHA256,
        ChecksumAlgorithm.SHA512,
        ChecksumAlgorithm.MD5,
        ChecksumAlgorithm.XXHASH64,
        ChecksumAlgorithm.XXHASH3,
        ChecksumAlgorithm.XXHASH128
    };

    private Nouns() {}

    static <T> int codeOf(T value, T[] codes) {
        for (int i = 0; i < codes.length; i++) {
            if (codes[i] == value) {
                return i;
            }
        }
        throw new IllegalStateException(value + " has no code on disk");
    }

    static void writeMetadata(RowWriter to, ObjectMetadata metadata) {
        writeMap(to, metadata.headers());
        writeMap(to, metadata.user());
        writeMap(to, metadata.tags());
        boolean standard = metadata.storageClass().equals(ObjectMetadata.STANDARD);
        to.text(standard ? "" : metadata.storageClass());
    }

    static ObjectMetadata readMetadata(RowReader from) {
        SortedMap<String, String> headers = readMap(from);
        SortedMap<String, String> user = readMap(from);
        SortedMap<String, String> tags = readMap(from);
        String storageClass = from.text();
        if (storageClass.isEmpty() && headers.isEmpty() && user.isEmpty() && tags.isEmpty()) {
            return ObjectMetadata.NONE;
        }
        return new ObjectMetadata(headers, user, tags, storageClass.isEmpty() ? ObjectMetadata.STANDARD : storageClass);
    }

    /** Of metadata the storage class alone; the rest is passed over. */
    static ObjectMetadata readStorageClass(RowReader from) {
        for (int maps = 0; maps < METADATA_MAPS; maps++) {
            for (int left = from.count(); left > 0; left--) {
                from.skip();
                from.skip();
            }
        }
        String storageClass = from.text();
        return storageClass.isEmpty() ? ObjectMetadata.NONE : ObjectMetadata.ofStorageClass(storageClass);
    }

    private static void writeMap(RowWriter to, Map<String, String> map) {
        to.varint(map.size());
        map.forEach((name, value) -> to.text(name).text(value));
    }

    private static SortedMap<String, String> readMap(RowReader from) {
        SortedMap<String, String> map = new TreeMap<>();
        for (int left = from.count(); left > 0; left--) {
            map.put(from.text(), from.text());
        }
        return map;
    }

    static void writePart(RowWriter to, ObjectPart part) {
        to.varint(part.number()).varint(part.size()).text(part.etag().value());
        writeChecksum(to, part.checksum());
        writeBlob(to, part.blob());
    }

    static ObjectPart readPart(RowReader from) {
        return new ObjectPart(from.number(), from.varint(), new ETag(from.text()), readChecksum(from), readBlob(from));
    }

    static void writeChecksum(RowWriter to, Optional<Checksum> checksum) {
        to.u8(checksum.isPresent() ? 1 : 0);
        checksum.ifPresent(c -> to.u8(codeOf(c.algorithm(), ALGORITHMS))
                .u8(codeOf(c.type(), TYPES))
                .bytes(c.value())
                .varint(c.parts()));
    }

    static Optional<Checksum> readChecksum(RowReader from) {
        if (from.u8() == 0) {
            return Optional.empty();
        }
        return Optional.of(new Checksum(from.oneOf(ALGORITHMS), from.oneOf(TYPES), from.bytes(), from.number()));
    }

    static void writePlan(RowWriter to, ChecksumAlgorithm algorithm, ChecksumType type) {
        to.u8(codeOf(algorithm, ALGORITHMS)).u8(codeOf(type, TYPES));
    }

    static void writeAlgorithm(RowWriter to, ChecksumAlgorithm algorithm) {
        to.u8(codeOf(algorithm, ALGORITHMS));
    }

    static ChecksumAlgorithm readAlgorithm(RowReader from) {
        return from.oneOf(ALGORITHMS);
    }

    static ChecksumType readType(RowReader from) {
        return from.oneOf(TYPES);
    }

    static void writeBlob(RowWriter to, BlobRef blob) {
        to.id(blob.id().value()).u8(codeOf(blob.form(), FORMS)).varint(blob.size());
        if (blob.form() != BlobRef.Form.INLINE) {
            to.varint(blob.code().dataShards())
                    .varint(blob.code().parityShards())
                    .varint(blob.stripeSize());
            blob.placement().forEach(drive -> to.id(drive.value()));
        }
    }

    static BlobRef readBlob(RowReader from) {
        BlobId id = new BlobId(from.id());
        BlobRef.Form form = from.oneOf(FORMS);
        long size = from.varint();
        try {
            if (form == BlobRef.Form.INLINE) {
                return BlobRef.inline(id, size);
            }
            ErasureCode code = from.code();
            int stripe = from.number();
            return new BlobRef(id, form, size, code, stripe, readDrives(from, code.totalShards()));
        } catch (IllegalArgumentException e) {
            throw from.corrupt();
        }
    }

    static List<DriveId> readDrives(RowReader from, int count) {
        List<DriveId> drives = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            drives.add(from.drive());
        }
        return drives;
    }
}
