package io.kintsugi.iam;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * HMAC-SHA-256 with one key (RFC 2104). The two digest states that the key leads to are kept and cloned, so that a
 * signature costs neither a provider look-up nor the key's own blocks. Thread-safe: the kept states are only ever
 * cloned.
 */
final class Hmac {
    private static final int BLOCK_BYTES = 64;
    private static final byte INNER = 0x36;
    private static final byte OUTER = 0x5c;

    private final MessageDigest inner;
    private final MessageDigest outer;

    Hmac(byte[] key) {
        byte[] block = Arrays.copyOf(key.length > BLOCK_BYTES ? Sha256.of(key) : key, BLOCK_BYTES);
        inner = padded(block, INNER);
        outer = padded(block, OUTER);
        Arrays.fill(block, (byte) 0);
    }

    private static MessageDigest padded(byte[] block, byte pad) {
        byte[] bytes = new byte[BLOCK_BYTES];
        for (int i = 0; i < BLOCK_BYTES; i++) {
            bytes[i] = (byte) (block[i] ^ pad);
        }
        MessageDigest digest = Sha256.digest();
        digest.update(bytes);
        return digest;
    }

    byte[] sign(byte[] message) {
        MessageDigest outside = copy(outer);
        outside.update(copy(inner).digest(message));
        return outside.digest();
    }

    byte[] sign(String message) {
        return sign(message.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static MessageDigest copy(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's SHA-256 can't be cloned", e);
        }
    }

    /** SHA-256 of the JDK. */
    static final class Sha256 {
        /** Only ever cloned: to ask the providers for a digest costs more than a short message. */
        private static final MessageDigest FRESH = fresh();

        private Sha256() {}

        static byte[] of(byte[] bytes) {
            return digest().digest(bytes);
        }

        static MessageDigest digest() {
            return copy(FRESH);
        }

        private static MessageDigest fresh() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }
    }
}
