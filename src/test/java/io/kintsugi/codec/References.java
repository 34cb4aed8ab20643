package io.kintsugi.codec;

import io.kintsugi.base.ChecksumAlgorithm;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/** Values of other makers: the JDK, the AWS common runtime; for XXHash our Java against {@link XxhTest}'s vectors. */
final class References {
    private References() {}

    static byte[] value(ChecksumAlgorithm algorithm, byte[] input) {
        return switch (algorithm) {
            case CRC32 -> crc(new CRC32(), input, 4);
            case CRC32C -> crc(new CRC32C(), input, 4);
            case CRC64NVME -> crc(new software.amazon.awssdk.crt.checksums.CRC64NVME(), input, 8);
            case SHA1 -> digest("SHA-1", input);
            case SHA256 -> digest("SHA-256", input);
            case SHA512 -> digest("SHA-512", input);
            case MD5 -> digest("MD5", input);
            case XXHASH64, XXHASH3, XXHASH128 -> ours(algorithm, input);
        };
    }

    private static byte[] ours(ChecksumAlgorithm algorithm, byte[] input) {
        Digest d = Digest.of(algorithm, CodecPath.JAVA);
        d.update(input, 0, input.length);
        return d.finish();
    }

    private static byte[] crc(Checksum checksum, byte[] input, int length) {
        checksum.update(input, 0, input.length);
        return BigEndian.bytes(checksum.getValue(), length);
    }

    private static byte[] digest(String name, byte[] input) {
        try {
            return MessageDigest.getInstance(name).digest(input);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
