package io.kintsugi.objects;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Clock;
import io.kintsugi.shards.HealListener;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * The blobs that want healing, the most endangered first, and among those the first reported. Each is here once: one
 * that waits to be tried again goes on waiting, however often it is read meanwhile, unless it is more endangered now.
 * Bounded: reports beyond the bound are counted as missed, which whoever heals makes good by looking at every blob.
 * Thread-safe, never waits for I/O.
 */
public final class HealReports implements HealListener {
    static final int MAX_BLOBS = 10_000;
    private static final Duration RETRY = Duration.ofSeconds(2);
    /** Two seconds, doubled so often at most: about an hour. */
    private static final int MAX_DOUBLINGS = 11;

    private final Clock clock;
    private final TreeMap<Integer, LinkedHashMap<BlobId, Report>> ready = new TreeMap<>();
    private final Map<BlobId, Integer> spares = new HashMap<>();
    private final PriorityQueue<Delayed> delayed =
            new PriorityQueue<>(Comparator.comparing(Delayed::dueNanos, (a, b) -> Long.signum(a - b)));
    private final Map<BlobId, Delayed> waiting = new HashMap<>();
    private Runnable heard = () -> {};
    private long missed;

    public HealReports(Clock clock) {
        this.clock = clock;
    }

    /** @param attempts that were made already */
    record Report(BlobRef blob, int spare, int attempts) {}

    private record Delayed(Report report, long dueNanos) {}

    /** Calls this after every report. */
    synchronized void onReport(Runnable callback) {
        heard = callback;
    }

    @Override
    public void wantsHealing(BlobRef blob, int spare) {
        Runnable callback;
        synchronized (this) {
            reported(new Report(blob, spare, 0));
            callback = heard;
        }
        callback.run();
    }

    private void reported(Report report) {
        Optional<Delayed> known = Optional.ofNullable(waiting.get(report.blob().id()));
        if (known.isEmpty()) {
            add(report);
        } else if (report.spare() < known.get().report().spare()) {
            delayed.remove(known.get());
            waiting.remove(report.blob().id());
            add(new Report(report.blob(), report.spare(), known.get().report().attempts()));
        }
    }

    private void add(Report report) {
        BlobId id = report.blob().id();
        Optional<Integer> known = Optional.ofNullable(spares.get(id));
        if (known.isPresent() && known.get() <= report.spare()) {
            return;
        }
        if (known.isPresent()) {
            removeReady(id, known.get());
        } else if (size() >= MAX_BLOBS) {
            missed++;
            return;
        }
        spares.put(id, report.spare());
        ready.computeIfAbsent(report.spare(), s -> new LinkedHashMap<>()).put(id, report);
    }

    private void removeReady(BlobId id, int spare) {
        LinkedHashMap<BlobId, Report> same = ready.get(spare);
        same.remove(id);
        if (same.isEmpty()) {
            ready.remove(spare);
        }
    }

    /** The most endangered blob; it is not here any more then. */
    synchronized Optional<Report> poll() {
        while (!delayed.isEmpty() && delayed.peek().dueNanos() - clock.nanos() <= 0) {
            Report due = delayed.remove().report();
            waiting.remove(due.blob().id());
            add(due);
        }
        if (ready.isEmpty()) {
            return Optional.empty();
        }
        Report first = ready.firstEntry().getValue().firstEntry().getValue();
        removeReady(first.blob().id(), first.spare());
        spares.remove(first.blob().id());
        return Optional.of(first);
    }

    /**
     * Puts a blob back, to be tried again after a while, and later from time to time. What was reported of it while it
     * was tried waits with it.
     */
    synchronized void retry(Report report) {
        BlobId id = report.blob().id();
        Optional<Integer> meanwhile = Optional.ofNullable(spares.remove(id));
        meanwhile.ifPresent(spare -> removeReady(id, spare));
        if (size() >= MAX_BLOBS) {
            missed++;
            return;
        }
        int spare = Math.min(report.spare(), meanwhile.orElse(report.spare()));
        long delay = RETRY.toNanos() << Math.min(report.attempts(), MAX_DOUBLINGS);
        Delayed again = new Delayed(new Report(report.blob(), spare, report.attempts() + 1), clock.nanos() + delay);
        waiting.put(id, again);
        delayed.add(again);
    }

    /** Blobs that wait. */
    synchronized int size() {
        return spares.size() + delayed.size();
    }

    /** Reports that found no room since this was asked last. */
    synchronized long takeMissed() {
        long count = missed;
        missed = 0;
        return count;
    }
}
