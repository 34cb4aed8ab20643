package io.kintsugi.it;

import java.util.Random;

/** Content for tests: the same for the same seed. */
final class Bytes {
    static final int KIB = 1024;
    static final int MIB = 1024 * 1024;

    private Bytes() {}

    static byte[] random(long seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
