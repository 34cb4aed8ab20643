package io.kintsugi.s3;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** The running counters behind {@link Counted}. Thread-safe. */
final class Counters {
    private static final int CLASSES = 5;
    private static final int ABORTED = 4;

    private final LongAdder[][] byOperation = new LongAdder[S3Operation.values().length + 1][CLASSES];
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();
    private final LongAdder begun = new LongAdder();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();

    Counters() {
        for (LongAdder[] row : byOperation) {
            for (int i = 0; i < CLASSES; i++) {
                row[i] = new LongAdder();
            }
        }
    }

    /** Counts a request in, and says how many there are with it. */
    int begin() {
        begun.increment();
        return inFlight.incrementAndGet();
    }

    /** Counts it out. */
    void end(long bodyBytes) {
        bytesIn.add(bodyBytes);
        inFlight.decrementAndGet();
    }

    /** @param status of the answer; 0 when it was aborted */
    void answered(Optional<S3Operation> operation, int status, long bodyBytes) {
        int row = operation.map(Enum::ordinal).orElse(byOperation.length - 1);
        int column = status == 0 ? ABORTED : Math.clamp(status / 100 - 2, 0, ABORTED - 1);
        byOperation[row][column].increment();
        bytesOut.add(bodyBytes);
    }

    /** @return how many there are now */
    int connected(int change) {
        return connections.addAndGet(change);
    }

    /** Requests that were counted in since the start. */
    long begun() {
        return begun.sum();
    }

    int inFlight() {
        return inFlight.get();
    }

    Counted snapshot(Documents documents) {
        Map<S3Operation, Counted.ByStatus> requests = new EnumMap<>(S3Operation.class);
        for (S3Operation operation : S3Operation.values()) {
            requests.put(operation, byStatus(byOperation[operation.ordinal()]));
        }
        return new Counted(
                requests,
                byStatus(byOperation[S3Operation.values().length]),
                bytesIn.sum(),
                bytesOut.sum(),
                inFlight.get(),
                connections.get(),
                documents.statistics(),
                documents.readStatistics());
    }

    private static Counted.ByStatus byStatus(LongAdder[] row) {
        return new Counted.ByStatus(row[0].sum(), row[1].sum(), row[2].sum(), row[3].sum(), row[ABORTED].sum());
    }
}
