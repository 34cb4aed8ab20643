package io.kintsugi.objects;

import io.kintsugi.base.Clock;
import java.time.Duration;
import java.time.Instant;

/** A clock that stands still until it is told to go on. */
final class TestClock implements Clock {
    private volatile long millis = Instant.parse("2026-01-02T03:04:05.678Z").toEpochMilli();

    @Override
    public long millis() {
        return millis;
    }

    @Override
    public long nanos() {
        return millis * 1_000_000;
    }

    void pass(Duration time) {
        millis += time.toMillis();
    }
}
