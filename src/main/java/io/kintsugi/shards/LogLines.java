package io.kintsugi.shards;

import io.kintsugi.base.Clock;
import io.kintsugi.base.Seldom;
import java.time.Duration;

/**
 * Which lines are logged seldom: a drive with a thousand wrong shards, or writes that lack drives, would fill the log.
 *
 * @param wrong shards that did not match
 * @param notAsPlanned writes that too few drives took
 */
record LogLines(Seldom wrong, Seldom notAsPlanned) {
    private static final Duration PERIOD = Duration.ofSeconds(10);

    static LogLines of(Clock clock) {
        return new LogLines(new Seldom(clock, PERIOD), new Seldom(clock, PERIOD));
    }
}
