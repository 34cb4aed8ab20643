package io.kintsugi.catalog;

import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.LongSupplier;

/**
 * A sequencer on a clock of its own, as {@link WorkQueue} and {@link Sequencer} ask the pace, and clients that come at
 * it.
 */
final class PacedClients {
    private final PriorityQueue<Long> coming = new PriorityQueue<>();
    private final CommitPace pace;
    private final long commitNanos;
    private long now;
    private int present;
    private long commits;
    private long changes;
    /** Of changes, for company that was waited for. */
    private long delayNanos;

    PacedClients(CommitPace pace, long commitNanos) {
        this.pace = pace;
        this.commitNanos = commitNanos;
    }

    void arrives(long at) {
        coming.add(at);
    }

    /** As many clients, each of which comes again so long after its answer. */
    void runClosed(int clients, LongSupplier thinkNanos, int untilCommits) {
        for (int i = 0; i < clients; i++) {
            arrives(now + thinkNanos.getAsLong());
        }
        while (commits < untilCommits) {
            int answered = step();
            for (int i = 0; i < answered; i++) {
                arrives(now + thinkNanos.getAsLong());
            }
        }
    }

    /** Clients that come whenever they like. */
    void runOpen(double meanNanos, Random random, int arrivals) {
        long at = now;
        for (int i = 0; i < arrivals; i++) {
            at += (long) (-Math.log(1 - random.nextDouble()) * meanNanos);
            arrives(at);
        }
        while (!coming.isEmpty() || present > 0) {
            step();
        }
    }

    private int step() {
        CommitPace.Wait wait = pace.next(present);
        int before = present;
        await(wait);
        if (present == 0) {
            // it sleeps until the first comes
            now = Math.max(now, coming.element());
            takeArrived();
            await(wait);
        }
        if (wait.nanos() > 0) {
            pace.waited(wait.changes() - before, present - before);
        }
        int taken = present;
        present = 0;
        now += commitNanos;
        takeArrived();
        commits++;
        changes += taken;
        pace.committed(taken, commitNanos);
        return taken;
    }

    private void await(CommitPace.Wait wait) {
        long deadline = now + wait.nanos();
        while (present < wait.changes() && !coming.isEmpty() && coming.element() <= deadline) {
            pass(coming.element());
            takeArrived();
        }
        if (present < wait.changes()) {
            pass(deadline);
        }
    }

    private void pass(long until) {
        delayNanos += present * Math.max(0, until - now);
        now = Math.max(now, until);
    }

    private void takeArrived() {
        while (!coming.isEmpty() && coming.element() <= now) {
            coming.remove();
            present++;
        }
    }

    double perCommit() {
        return (double) changes / commits;
    }

    double perSecond() {
        return changes * 1e9 / now;
    }

    /** What company has cost a change on average. */
    double delayNanos() {
        return (double) delayNanos / changes;
    }
}
