package io.kintsugi.objects;

import io.kintsugi.base.Clock;
import java.time.Duration;
import java.time.Instant;

/** A clock that stands still until it is told to go on, or is set. */
final class TestClock implements Clock {
    private volatile long millis = Instant.parse("2026-01-02T03:04:05.678Z").toEpochMilli();
    private volatile long passed;

    @Override
    public long millis() {
        return millis;
    }

    @Override
    public long nanos() {
        return passed * 1_000_000;
    }

    void pass(Duration time) {
        passed += time.toMillis();
        millis += time.toMillis();
    }

    /** Somebody sets it forward, or back; no time goes by. */
    void set(Duration forward) {
        millis += forward.toMillis();
    }
}
