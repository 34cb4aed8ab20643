package io.kintsugi.codec;

import io.kintsugi.base.NoWait;
import io.kintsugi.base.StoreException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Direct memory with a bound: {@link #take} lends a {@link Slab} or waits until one fits, first come, first served.
 *
 * <p>Sizes are rounded up to classes, sixteen to a doubling (4 KiB, 4.25, 4.5 … KiB), so at most a seventeenth is
 * wasted. When a new slab would not fit beside the free ones, a free slab of up to twice the size is taken, or else
 * free slabs are dropped, from the class that has the most (the garbage collector then returns their memory). Who holds
 * a slab and takes another can wait for himself: take what one step needs at once.
 *
 * <p>Thread-safe; virtual threads park in {@code take}.
 */
public final class SlabPool {
    private static final int SMALLEST = 4096;
    private static final int LARGEST = 1 << 30;

    private final long maxBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final TreeMap<Integer, ArrayDeque<Slab.Memory>> free = new TreeMap<>();
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private long inUseBytes;
    private long freeBytes;
    private long inUseSlabs;
    private long takenSlabs;
    private long refusedSlabs;
    private String refusedBySystem = "";

    /** A pool that never holds more than {@code maxBytes} of direct memory (free and lent). */
    public SlabPool(long maxBytes) {
        if (maxBytes < SMALLEST) {
            throw new IllegalArgumentException("slab pool of " + maxBytes + " bytes: " + SMALLEST + " at least");
        }
        this.maxBytes = maxBytes;
    }

    /**
     * Lends a slab of {@code bytes} or more.
     *
     * @param atMost how long to wait for others to give theirs back; zero does not wait
     * @throws StoreException.Unavailable (slow down) when none became free in time, or the thread was interrupted
     * @throws IllegalArgumentException when so much can never be had from this pool
     */
    public Slab take(int bytes, Duration atMost) {
        int size = sizeClass(bytes);
        if (size > maxBytes) {
            throw new IllegalArgumentException("slab of " + bytes + " bytes (class " + size + ") asked of a pool of "
                    + maxBytes + " bytes: raise the pool's bound");
        }
        lock.lock();
        try {
            if (waiters.isEmpty()) {
                Slab.Memory m = tryTake(size);
                if (m != null) {
                    return lend(m);
                }
            }
            return lend(await(new Waiter(size, lock.newCondition()), atMost.toNanos()));
        } finally {
            lock.unlock();
        }
    }

    /** Lends a slab of {@code bytes} or more if that needs no waiting. */
    public Optional<Slab> takeAtOnce(int bytes) {
        int size = sizeClass(bytes);
        lock.lock();
        try {
            return Optional.ofNullable(waiters.isEmpty() ? tryTake(size) : null).map(this::lend);
        } finally {
            lock.unlock();
        }
    }

    /** Whether so much is lent, three eighths or more, that whoever can do with less memory should. */
    public boolean isScarce() {
        lock.lock();
        try {
            return !waiters.isEmpty() || inUseBytes >= maxBytes / 8 * 3;
        } finally {
            lock.unlock();
        }
    }

    /** Whether so much is lent, three quarters or more, that nobody should take more than the least he can do with. */
    public boolean isNearlyLent() {
        lock.lock();
        try {
            return !waiters.isEmpty() || inUseBytes >= maxBytes / 4 * 3;
        } finally {
            lock.unlock();
        }
    }

    /** What is lent and what is free now. */
    public Statistics statistics() {
        lock.lock();
        try {
            return new Statistics(
                    maxBytes, inUseBytes, freeBytes, inUseSlabs, waiters.size(), takenSlabs, refusedSlabs);
        } finally {
            lock.unlock();
        }
    }

    /**
     * A moment of a pool, for metrics.
     *
     * @param maxBytes the bound
     * @param inUseBytes lent
     * @param freeBytes kept for the next taker
     * @param inUseSlabs lent slabs
     * @param waiting threads in {@link #take}
     * @param taken slabs lent since the start
     * @param refused calls that waited in vain since the start
     */
    public record Statistics(
            long maxBytes, long inUseBytes, long freeBytes, long inUseSlabs, int waiting, long taken, long refused) {}

    void giveBack(Slab.Memory memory) {
        lock.lock();
        try {
            inUseBytes -= memory.capacity();
            inUseSlabs--;
            freeBytes += memory.capacity();
            free.computeIfAbsent(memory.capacity(), k -> new ArrayDeque<>()).push(memory);
            serveWaiters();
        } finally {
            lock.unlock();
        }
    }

    static int sizeClass(int bytes) {
        if (bytes < 0 || bytes > LARGEST) {
            throw new IllegalArgumentException("slab of " + bytes + " bytes: 0 to " + LARGEST + " are possible");
        }
        if (bytes <= SMALLEST) {
            return SMALLEST;
        }
        int step = Integer.highestOneBit(bytes - 1) >> 4;
        return (bytes + step - 1) / step * step;
    }

    private Slab lend(Slab.Memory memory) {
        takenSlabs++;
        return new Slab(this, memory);
    }

    private Slab.Memory await(Waiter me, long nanos) {
        assert NoWait.mayWait() : NoWait.COMPLAINT;
        waiters.addLast(me);
        long left = nanos;
        try {
            while (me.granted == null && left > 0) {
                left = me.ready.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (me.granted == null) {
            waiters.remove(me);
            refusedSlabs++;
            serveWaiters();
            throw new StoreException.Unavailable(StoreException.Unavailable.Kind.SLOW_DOWN, refusal(me, nanos));
        }
        return me.granted;
    }

    private String refusal(Waiter w, long nanos) {
        String system = refusedBySystem.isEmpty()
                ? ""
                : " The JVM refused memory below the pool's bound: raise -XX:MaxDirectMemorySize or lower the bound ("
                        + refusedBySystem + ").";
        return "Too much is asked at once: no buffer of " + w.size + " bytes became free in " + nanos / 1_000_000
                + " ms (" + inUseBytes + " of " + maxBytes + " bytes are in use). Try again later." + system;
    }

    private void serveWaiters() {
        while (!waiters.isEmpty()) {
            Waiter first = waiters.peekFirst();
            first.granted = tryTake(first.size);
            if (first.granted == null) {
                return;
            }
            waiters.removeFirst();
            first.ready.signal();
        }
    }

    /** A free slab of the class or a little larger, or a new one, counted as in use; null when none fits now. */
    private Slab.Memory tryTake(int size) {
        Slab.Memory m = pollFree(size);
        if (m == null && inUseBytes + freeBytes + size > maxBytes) {
            Integer larger = free.ceilingKey(size);
            m = larger != null && larger <= 2L * size ? pollFree(larger) : null;
        }
        if (m == null) {
            m = allocate(size);
        }
        if (m != null) {
            inUseBytes += m.capacity();
            inUseSlabs++;
        }
        return m;
    }

    private Slab.Memory pollFree(int size) {
        ArrayDeque<Slab.Memory> fitting = free.get(size);
        if (fitting == null) {
            return null;
        }
        Slab.Memory m = fitting.poll();
        if (fitting.isEmpty()) {
            free.remove(size);
        }
        freeBytes -= size;
        return m;
    }

    /** Null when the bound, or the JVM's own bound of direct memory, does not allow it now. */
    private Slab.Memory allocate(int size) {
        if (inUseBytes + size > maxBytes) {
            return null;
        }
        while (inUseBytes + freeBytes + size > maxBytes) {
            pollFree(mostlyFree());
        }
        try {
            return Slab.Memory.allocate(size);
        } catch (OutOfMemoryError e) {
            refusedBySystem = e.getMessage();
            return null;
        }
    }

    /** The class that has the most free bytes. */
    private int mostlyFree() {
        int most = 0;
        long mostBytes = -1;
        for (Map.Entry<Integer, ArrayDeque<Slab.Memory>> e : free.entrySet()) {
            long bytes = (long) e.getKey() * e.getValue().size();
            if (bytes > mostBytes) {
                mostBytes = bytes;
                most = e.getKey();
            }
        }
        return most;
    }

    private static final class Waiter {
        final int size;
        final Condition ready;
        Slab.Memory granted;

        Waiter(int size, Condition ready) {
            this.size = size;
            this.ready = ready;
        }
    }
}
