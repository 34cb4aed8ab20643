package io.kintsugi.objects;

import io.kintsugi.base.Clock;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.shards.Pace;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The one budget of all background work. Whoever does any opens a {@link Permit} for it, and asks it before each
 * stripe: while clients are served, all permits together work for at most the allowed share of the time; when clients
 * wait longer for that, for less ({@link ShareRule}). Thread-safe.
 *
 * <p>Working time is what passes between an answer and the next question. One stripe is at most some megabytes, so a
 * client that comes waits for no more than those under way.
 */
public final class Governor implements AutoCloseable {
    /** How often the share is looked at. */
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** Longest wait until the clients are looked at again: they may have gone. */
    private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Clock clock;
    private final ShareRule rule;
    private final Foreground foreground;
    private final Slowdown slowdown = new Slowdown();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final WorkBudget budget;
    private int share = ShareRule.ALL;
    private double slow = 1;
    private long lookedAt;
    private long begun;
    private boolean busy;
    private int permits;
    private long workedNanos;
    private long waitedNanos;
    private long bytes;
    private boolean closed;

    /** @param percent of the time that background work may have while clients are served, 1 to 100 */
    public Governor(int percent, Foreground foreground, Clock clock) {
        this.clock = clock;
        this.rule = new ShareRule(percent * ShareRule.ALL / 100);
        this.foreground = foreground;
        this.budget = new WorkBudget(clock.nanos());
        this.lookedAt = clock.nanos() - INTERVAL_NANOS;
        this.begun = foreground.requests().get().begun();
    }

    /** The right to do some background work, now and then. One thread; closed when the work is done or put down. */
    public final class Permit implements Pace, AutoCloseable {
        private long since = clock.nanos();
        private boolean over;

        private Permit() {}

        @Override
        public void next(long more) {
            since = ask(since, more);
        }

        @Override
        public void close() {
            if (!over) {
                over = true;
                end(since);
            }
        }
    }

    public Permit permit() {
        lock.lock();
        try {
            permits++;
            return new Permit();
        } finally {
            lock.unlock();
        }
    }

    private long ask(long since, long more) {
        lock.lock();
        try {
            long came = clock.nanos();
            draw(came - since);
            long wait = waitNanos(came);
            boolean waits = wait > 0;
            while (wait > 0) {
                changed.awaitNanos(Math.min(wait, NAP_NANOS));
                wait = waitNanos(clock.nanos());
            }
            bytes += more;
            long now = clock.nanos();
            waitedNanos += waits ? now - came : 0;
            return now;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw stopping();
        } finally {
            lock.unlock();
        }
    }

    private void end(long since) {
        lock.lock();
        try {
            permits--;
            draw(clock.nanos() - since);
        } finally {
            lock.unlock();
        }
    }

    private void draw(long worked) {
        workedNanos += worked;
        budget.draw(worked);
    }

    private long waitNanos(long now) {
        if (closed) {
            throw stopping();
        }
        budget.pass(now, share);
        look(now);
        if (share == ShareRule.ALL) {
            budget.clear();
        }
        return budget.waitNanos(share);
    }

    private static Unavailable stopping() {
        return new Unavailable(Unavailable.Kind.STOPPING, "Background work ends: the server is stopping");
    }

    /** Clients that have come are seen at once; whether they wait, and whether they have gone, now and then. */
    private void look(long now) {
        Foreground.Requests requests = foreground.requests().get();
        busy |= requests.underWay() > 0 || requests.begun() != begun;
        boolean due = now - lookedAt >= INTERVAL_NANOS;
        if (due || busy && share > rule.allowed()) {
            slow = slowdown.next(
                    foreground.latencies().stream().map(Supplier::get).toList());
            share = rule.next(share, busy, slow);
        }
        if (due) {
            lookedAt = now;
            begun = requests.begun();
            busy = requests.underWay() > 0;
        }
    }

    UpkeepSnapshot.Governing snapshot() {
        lock.lock();
        try {
            return new UpkeepSnapshot.Governing(rule.allowed(), share, slow, permits, workedNanos, waitedNanos, bytes);
        } finally {
            lock.unlock();
        }
    }

    /** Whoever asks from here on, or waits, is told to end. Idempotent. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
