package io.kintsugi.codec;

import io.kintsugi.base.ChecksumAlgorithm;
import java.nio.ByteBuffer;
import java.util.zip.Checksum;

/** The Java path of the CRCs. */
final class ChecksumDigest extends Digest {
    private final Checksum checksum;

    ChecksumDigest(ChecksumAlgorithm algorithm, Checksum checksum) {
        super(algorithm);
        this.checksum = checksum;
    }

    @Override
    void add(ByteBuffer bytes) {
        checksum.update(bytes.duplicate());
    }

    @Override
    byte[] value() {
        return BigEndian.bytes(checksum.getValue(), algorithm().length());
    }
}
