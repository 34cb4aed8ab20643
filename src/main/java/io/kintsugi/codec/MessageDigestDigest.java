package io.kintsugi.codec;

import io.kintsugi.base.ChecksumAlgorithm;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The Java path of the SHA family and MD5. */
final class MessageDigestDigest extends Digest {
    private final MessageDigest digest;

    MessageDigestDigest(ChecksumAlgorithm algorithm, String jdkName) {
        super(algorithm);
        try {
            this.digest = MessageDigest.getInstance(jdkName);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no " + jdkName + ", which every JDK must have", e);
        }
    }

    @Override
    void add(ByteBuffer bytes) {
        digest.update(bytes.duplicate());
    }

    @Override
    byte[] value() {
        return digest.digest();
    }
}
