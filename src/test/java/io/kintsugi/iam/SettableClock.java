package io.kintsugi.iam;

import io.kintsugi.base.Clock;
import java.time.Instant;

/** A clock that stands where it was set. */
final class SettableClock implements Clock {
    private Instant now;

    SettableClock(Instant now) {
        this.now = now;
    }

    void set(Instant instant) {
        now = instant;
    }

    @Override
    public long millis() {
        return now.toEpochMilli();
    }

    @Override
    public long nanos() {
        return 0;
    }
}
