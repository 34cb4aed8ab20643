package io.kintsugi.objects;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Clock;
import io.kintsugi.shards.HealListener;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * The blobs that want healing, the most endangered first, and among those the first reported. Each is here once.
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
            new PriorityQueue<>((a, b) -> Long.signum(a.dueNanos() - b.dueNanos()));
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
            add(new Report(blob, spare, 0));
            callback = heard;
        }
        callback.run();
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
            add(delayed.remove().report());
        }
        if (ready.isEmpty()) {
            return Optional.empty();
        }
        Report first = ready.firstEntry().getValue().firstEntry().getValue();
        removeReady(first.blob().id(), first.spare());
        spares.remove(first.blob().id());
        return Optional.of(first);
    }

    /** Puts a blob back, to be tried again after a while, and later from time to time. */
    synchronized void retry(Report report) {
        if (size() >= MAX_BLOBS) {
            missed++;
            return;
        }
        Report again = new Report(report.blob(), report.spare(), report.attempts() + 1);
        long delay = RETRY.toNanos() << Math.min(report.attempts(), MAX_DOUBLINGS);
        delayed.add(new Delayed(again, clock.nanos() + delay));
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
