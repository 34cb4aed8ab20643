package io.kintsugi.shards;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.UploadId;
import io.kintsugi.base.VersionId;
import io.kintsugi.codec.Crc32c;
import io.kintsugi.drives.ShardName;
import io.kintsugi.shards.ShardFormatException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The beginning of a shard: what it is a part of, so that a lost catalog can be rebuilt from shards alone.
 *
 * @param stripeBytes bytes of the blob in a full stripe
 */
record ShardHeader(ShardName name, ErasureCode code, int stripeBytes, BlobOrigin origin) {
    private static final int FIXED_BYTES = 84;
    private static final int LENGTH_AT = 10;
    private static final int PART = 1;
    private static final Id128 NONE = new Id128(0, 0);

    /** Bytes of the smallest header for this origin, as packed shards have it. */
    static int packedBytes(BlobOrigin origin) {
        int text = utf8(origin.bucket()).length + origin.key().utf8Length();
        return ShardFormat.roundUp(FIXED_BYTES + text + ShardFormat.SEAL_BYTES);
    }

    /** Writes a header of {@code headerBytes} from {@code at} on. */
    void put(ByteBuffer target, int at, int headerBytes) {
        byte[] bucket = utf8(origin.bucket());
        byte[] key = origin.key().utf8();
        ByteBuffer to = target.slice(at, headerBytes);
        to.putLong(ShardFormat.MAGIC)
                .putShort((short) ShardFormat.VERSION)
                .putShort((short) headerBytes)
                .putInt(stripeBytes);
        name.blob().value().write(to);
        to.putShort((short) name.index()).putShort((short) code.dataShards()).putShort((short) code.parityShards());
        to.putShort((short) bucket.length).putShort((short) key.length);
        to.putShort((short) (origin.part().isPresent() ? PART : 0));
        to.putInt(origin.part().map(BlobOrigin.Part::number).orElse(0));
        origin.version().value().write(to);
        origin.part().map(p -> p.upload().value()).orElse(NONE).write(to);
        to.putInt(ShardFormat.FRAME_BYTES).put(bucket).put(key);
        to.put(new byte[to.remaining() - ShardFormat.SEAL_BYTES]);
        to.putInt(Crc32c.of(to, 0, headerBytes - ShardFormat.SEAL_BYTES));
    }

    /** The bytes of a header that begins here: how much of a shard must be there to {@link #read} it. */
    static int lengthOf(ByteBuffer bytes) {
        if (bytes.remaining() < FIXED_BYTES) {
            throw ShardFormatException.corrupt("its " + bytes.remaining() + " bytes are too few for a header");
        }
        if (bytes.getLong(bytes.position()) != ShardFormat.MAGIC) {
            throw new ShardFormatException(Kind.NOT_OURS, "it does not begin as a shard does");
        }
        int length = Short.toUnsignedInt(bytes.getShort(bytes.position() + LENGTH_AT));
        if (length < FIXED_BYTES + ShardFormat.SEAL_BYTES || length % ShardFormat.ALIGNMENT != 0) {
            throw ShardFormatException.corrupt("its header has a length of " + length + " bytes");
        }
        return length;
    }

    /**
     * Reads the header at the position of {@code bytes}, which stays where it is. Its length and its checksum are where
     * they are in every version, so that a damaged version is not taken for another one.
     *
     * @throws ShardFormatException with the kind that tells what is wrong
     */
    static ShardHeader read(ByteBuffer bytes) {
        int length = lengthOf(bytes);
        if (length > bytes.remaining()) {
            throw ShardFormatException.corrupt("it ends within its header");
        }
        ByteBuffer from = bytes.slice(bytes.position(), length);
        if (Crc32c.of(from, 0, length - ShardFormat.SEAL_BYTES) != from.getInt(length - ShardFormat.SEAL_BYTES)) {
            throw ShardFormatException.corrupt("its header does not match its checksum");
        }
        ShardFormat.checkVersion(Short.toUnsignedInt(from.getShort(Long.BYTES)));
        try {
            return fields(from);
        } catch (RuntimeException e) {
            throw ShardFormatException.corrupt("its header makes no sense: " + e.getMessage());
        }
    }

    /** @throws ShardFormatException unless this is the header of that shard of a blob cut like this */
    void check(ShardName expected, BlobLayout layout) {
        if (!name.equals(expected) || code.dataShards() != layout.dataShards() || stripeBytes != layout.stripeBytes()) {
            throw ShardFormatException.corrupt("it is shard " + name + " of code " + code + ", not " + expected);
        }
    }

    private static ShardHeader fields(ByteBuffer from) {
        from.position(LENGTH_AT + Short.BYTES);
        int stripeBytes = from.getInt();
        BlobId blob = new BlobId(Id128.read(from));
        ShardName name = new ShardName(blob, from.getShort());
        ErasureCode code = new ErasureCode(from.getShort(), from.getShort());
        byte[] bucket = new byte[Short.toUnsignedInt(from.getShort())];
        byte[] key = new byte[Short.toUnsignedInt(from.getShort())];
        boolean isPart = from.getShort() == PART;
        int number = from.getInt();
        VersionId version = new VersionId(Id128.read(from));
        UploadId upload = new UploadId(Id128.read(from));
        if (from.getInt() != ShardFormat.FRAME_BYTES) {
            throw new IllegalArgumentException("frames of another size");
        }
        from.get(bucket).get(key);
        return new ShardHeader(
                name,
                code,
                stripeBytes,
                new BlobOrigin(
                        new BucketName(new String(bucket, StandardCharsets.UTF_8)),
                        ObjectKey.ofUtf8(key),
                        version,
                        isPart ? Optional.of(new BlobOrigin.Part(upload, number)) : Optional.empty()));
    }

    private static byte[] utf8(BucketName bucket) {
        return bucket.value().getBytes(StandardCharsets.UTF_8);
    }
}
