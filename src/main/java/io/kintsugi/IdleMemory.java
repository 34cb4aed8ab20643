package io.kintsugi;

import io.kintsugi.codec.ProcessMemory;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Gives memory back when there is nothing else to do: after the start, whose garbage, code and data are never needed
 * again, in the first second in which no request has come (one may: whoever waits for the store asks it whether it is
 * there), and once after each time of work when no request has come for half a minute.
 */
final class IdleMemory implements AutoCloseable {
    private static final Duration AFTER_START = Duration.ofSeconds(1);
    private static final Duration AFTER_WORK = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final LongSupplier requestsBegun;
    private final LongSupplier requestsUnderWay;
    private final Runnable giveBack;
    private final Thread thread = Thread.ofVirtual().name("idle-memory").unstarted(this::run);
    private long seen;
    private boolean givenBack;
    private Duration untilNextLook = AFTER_START;

    IdleMemory(LongSupplier requestsBegun, LongSupplier requestsUnderWay, Runnable giveBack) {
        this.requestsBegun = requestsBegun;
        this.requestsUnderWay = requestsUnderWay;
        this.giveBack = giveBack;
    }

    static IdleMemory start(LongSupplier requestsBegun, LongSupplier requestsUnderWay) {
        IdleMemory idle = new IdleMemory(requestsBegun, requestsUnderWay, IdleMemory::collect);
        idle.thread.start();
        return idle;
    }

    /** Takes tens of milliseconds, in which all threads stand still. */
    private static void collect() {
        Heap.collect();
        ProcessMemory.giveBack();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(untilNextLook);
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Gives back if nothing has come since the last look, and anything since memory was last given back. */
    void look() {
        long begun = requestsBegun.getAsLong();
        boolean idle = begun == seen && requestsUnderWay.getAsLong() == 0;
        if (idle && !givenBack) {
            giveBack.run();
            untilNextLook = AFTER_WORK;
        }
        givenBack = idle;
        seen = begun;
    }

    /** How long no request may come before the next look gives memory back. */
    Duration untilNextLook() {
        return untilNextLook;
    }

    /** Waits until nothing is given back any more: the memory of a process that comes to its end changes owners. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
