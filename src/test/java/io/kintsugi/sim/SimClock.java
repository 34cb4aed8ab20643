package io.kintsugi.sim;

import io.kintsugi.sim.engine.OneStep;
import io.kintsugi.sim.engine.SimContext;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;

/** Sets the clock of the day now and then: by seconds or by days, forward or back, or right again. */
@OneStep
final class SimClock implements Runnable {
    private static final int MAX_MILLIS = 8_000;
    private static final int MOST = 60;
    private static final int ENDS_IN = 4;
    private static final List<ChronoUnit> UNITS =
            List.of(ChronoUnit.SECONDS, ChronoUnit.MINUTES, ChronoUnit.HOURS, ChronoUnit.DAYS);

    private final SimContext context;
    private final Random random;
    private final History history;
    private Duration ahead = Duration.ZERO;
    private Duration furthest = Duration.ZERO;
    private boolean running;
    private boolean over;

    SimClock(SimContext context, Random random, History history) {
        this.context = context;
        this.random = random;
        this.history = history;
    }

    @Override
    public void run() {
        running = true;
        while (!over) {
            SimHost.pause(Duration.ofMillis(random.nextInt(1, MAX_MILLIS)));
            if (!over) {
                set(any());
            }
        }
    }

    private Duration any() {
        if (random.nextInt(5) == 0) {
            return Duration.ZERO;
        }
        Duration by = Duration.of(random.nextInt(1, MOST), UNITS.get(random.nextInt(UNITS.size())));
        Duration from = random.nextBoolean() ? ahead : Duration.ZERO;
        return random.nextBoolean() ? from.plus(by) : from.minus(by);
    }

    /** Now and then just then: what is written now is old, though nothing refers to it yet. */
    void aBodyEnds() {
        if (running && !over && random.nextInt(ENDS_IN) == 0) {
            age();
        }
    }

    /** What was begun before is old from now on. */
    void age() {
        set(ahead.plus(SimStore.ORPHAN_AGE.multipliedBy(2)));
    }

    private void set(Duration next) {
        ahead = next;
        furthest = furthest.compareTo(next) < 0 ? next : furthest;
        context.setClock(next);
        history.say("the clock is set to " + next);
    }

    /** Set right, for good. */
    void end() {
        over = true;
        set(Duration.ZERO);
    }

    /** Somebody sets it back once more. */
    void back(Duration by) {
        set(ahead.minus(by));
    }

    /** As if the time had gone by that it once was ahead: what was written in the future is of the past then. */
    void passTheFuture() {
        if (!furthest.isZero()) {
            set(furthest);
        }
    }
}
