package io.kintsugi.sim.engine;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;

/** What a scenario sees of its run. Only simulated threads may use it. */
public interface SimContext {
    /** The run that the calling thread belongs to. */
    static SimContext current() {
        return Task.current().run();
    }

    long seed();

    /** {@link SimOptions#parameter} of this run. */
    Optional<String> parameter(String name);

    /** Chance for the scenario: its own stream of numbers, whatever the threads do. */
    Random random();

    /** Since the run began; the same as what {@link System#nanoTime} shows to rewritten code. */
    long nanos();

    /**
     * Sets the clock of the day, which all processes share: so far ahead of the time that has gone by, or behind it.
     * Only {@code currentTimeMillis} and {@code Instant.now} follow it.
     */
    void setClock(Duration ahead);

    /** Appends a line to the history: simulated time, thread, text. */
    void log(String text);

    /** Starts a thread of the caller's process. */
    Thread spawn(String name, Runnable body);

    /** A new process without threads; see {@link SimProcess#spawn}. */
    SimProcess process(String name);

    /** The caller's process; the first thread's is named {@code world}. */
    SimProcess process();

    /**
     * Ends a process as {@code kill -9} does: none of its threads makes another step, so no {@code finally} and no
     * callback of theirs runs, and what they started dies with them. Whoever kills its own process never returns. What
     * other processes still hold (futures whose callbacks lead into the dead one) is theirs to drop: complete them in a
     * thread of {@link SimProcess#spawn}, which does nothing for a dead process.
     */
    void kill(SimProcess process);

    /**
     * Runs this without a change of threads, unless it really waits. A lock of the world that is taken and given back
     * inside is never found held by a thread that was killed.
     */
    void atomically(Runnable action);
}
