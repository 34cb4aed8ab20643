package io.kintsugi.base;

import java.time.Instant;

/** Time, as the store sees it: handed in, so that a simulation can own it. */
public interface Clock {
    Clock SYSTEM = new Clock() {
        @Override
        public long millis() {
            return System.currentTimeMillis();
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }
    };

    /** Unix milliseconds: for dates that a person or another machine reads. May step back. */
    long millis();

    /** Monotonic nanoseconds from an arbitrary origin: for durations and deadlines. */
    long nanos();

    default Instant now() {
        return Instant.ofEpochMilli(millis());
    }
}
