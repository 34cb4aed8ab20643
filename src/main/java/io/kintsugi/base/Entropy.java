package io.kintsugi.base;

import java.security.SecureRandom;
import java.util.concurrent.ThreadLocalRandom;

/** Chance, handed in, so that a simulation can replay it from one seed. */
@FunctionalInterface
public interface Entropy {
    /** For names, jitter and placement; not for secrets. */
    Entropy FAST = () -> ThreadLocalRandom.current().nextLong();

    /**
     * Unpredictable, for secrets. A seed of the operating system is taken at each call: nothing is kept in an image's
     * heap.
     */
    static Entropy secure() {
        return new SecureRandom()::nextLong;
    }

    long nextLong();
}
