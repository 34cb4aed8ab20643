package io.kintsugi.drives;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts what a drive does. Threads: any; nothing here waits. */
final class DriveMeter {
    /** The last bound is 2^24 µs, 17 seconds. */
    private static final int LATENCY_BUCKETS = 26;

    private static final int GROUP_BUCKETS = 14;
    private static final long NANOS_PER_MICRO = 1000;

    private record Timer(Histogram micros, LongAdder nanos) {}

    private static final class Histogram {
        private final LongAdder[] buckets;

        Histogram(int size) {
            buckets = new LongAdder[size];
            for (int i = 0; i < size; i++) {
                buckets[i] = new LongAdder();
            }
        }

        void add(long value) {
            int bits = Long.SIZE - Long.numberOfLeadingZeros(Math.max(value - 1, 0));
            buckets[Math.min(bits, buckets.length - 1)].increment();
        }

        List<Long> counts() {
            List<Long> counts = new ArrayList<>();
            for (LongAdder bucket : buckets) {
                counts.add(bucket.sum());
            }
            return counts;
        }
    }

    private final Map<DriveOp, Timer> timers = new EnumMap<>(DriveOp.class);
    private final Map<DriveException.Kind, LongAdder> errors = new EnumMap<>(DriveException.Kind.class);
    private final Histogram groups = new Histogram(GROUP_BUCKETS);
    private final LongAdder read = new LongAdder();
    private final LongAdder written = new LongAdder();

    DriveMeter() {
        for (DriveOp op : DriveOp.values()) {
            timers.put(op, new Timer(new Histogram(LATENCY_BUCKETS), new LongAdder()));
        }
        for (DriveException.Kind kind : DriveException.Kind.values()) {
            errors.put(kind, new LongAdder());
        }
    }

    void done(DriveOp op, long nanos) {
        Timer timer = timers.get(op);
        timer.micros().add(nanos / NANOS_PER_MICRO);
        timer.nanos().add(nanos);
    }

    void group(int commits) {
        groups.add(commits);
    }

    void read(long bytes) {
        read.add(bytes);
    }

    void written(long bytes) {
        written.add(bytes);
    }

    long bytesWritten() {
        return written.sum();
    }

    void failed(DriveException.Kind kind) {
        errors.get(kind).increment();
    }

    /**
     * Failures that say something about the drive: not what was missing, and not what was refused for lack of room in a
     * queue.
     */
    long errorCount() {
        return errors.get(DriveException.Kind.IO).sum()
                + errors.get(DriveException.Kind.CORRUPT).sum()
                + errors.get(DriveException.Kind.FULL).sum()
                + errors.get(DriveException.Kind.READ_ONLY).sum();
    }

    DriveStats snapshot(int queued) {
        Map<DriveOp, DriveStats.Latency> operations = new EnumMap<>(DriveOp.class);
        timers.forEach((op, timer) -> {
            List<Long> buckets = timer.micros().counts();
            long count = buckets.stream().mapToLong(Long::longValue).sum();
            operations.put(
                    op, new DriveStats.Latency(buckets, count, timer.nanos().sum()));
        });
        Map<DriveException.Kind, Long> failures = new EnumMap<>(DriveException.Kind.class);
        errors.forEach((kind, count) -> failures.put(kind, count.sum()));
        return new DriveStats(operations, groups.counts(), queued, read.sum(), written.sum(), failures);
    }
}
