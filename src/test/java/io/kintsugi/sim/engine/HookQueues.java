package io.kintsugi.sim.engine;

import io.kintsugi.sim.engine.Instead.Kind;
import java.util.Collection;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Blocking queues whose waits may end in simulated time. */
public final class HookQueues {
    private HookQueues() {}

    private interface Timed<E> extends BlockingQueue<E> {
        /** Woken whenever anything was added. */
        Waiters added();
    }

    @Instead(of = ArrayBlockingQueue.class, kind = Kind.NEW)
    public static <E> ArrayBlockingQueue<E> create(int capacity) {
        return new Bounded<>(capacity);
    }

    @Instead(of = LinkedBlockingQueue.class, kind = Kind.NEW)
    public static <E> LinkedBlockingQueue<E> create() {
        return new Linked<>(Integer.MAX_VALUE);
    }

    @Instead(of = LinkedBlockingQueue.class, kind = Kind.NEW)
    public static <E> LinkedBlockingQueue<E> createLinked(int capacity) {
        return new Linked<>(capacity);
    }

    @Instead(of = BlockingQueue.class)
    public static Object poll(BlockingQueue<?> queue, long time, TimeUnit unit) throws InterruptedException {
        if (!(queue instanceof Timed<?> timed)) {
            throw Task.refuse("only bounded array queues and linked queues can be polled with a time limit, not "
                    + queue.getClass());
        }
        Object[] found = new Object[1];
        timed.added().await(() -> (found[0] = queue.poll()) != null, unit.toNanos(time));
        return found[0];
    }

    private static final class Bounded<E> extends ArrayBlockingQueue<E> implements Timed<E> {
        private static final long serialVersionUID = 1;
        private final transient Waiters added = new Waiters();

        Bounded(int capacity) {
            super(capacity);
        }

        @Override
        public Waiters added() {
            return added;
        }

        @Override
        public boolean offer(E element) {
            boolean taken = super.offer(element);
            added.wake();
            return taken;
        }

        @Override
        public void put(E element) throws InterruptedException {
            super.put(element);
            added.wake();
        }
    }

    private static final class Linked<E> extends LinkedBlockingQueue<E> implements Timed<E> {
        private static final long serialVersionUID = 1;
        private final transient Waiters added = new Waiters();

        Linked(int capacity) {
            super(capacity);
        }

        @Override
        public Waiters added() {
            return added;
        }

        @Override
        public boolean offer(E element) {
            boolean taken = super.offer(element);
            added.wake();
            return taken;
        }

        @Override
        public void put(E element) throws InterruptedException {
            super.put(element);
            added.wake();
        }

        @Override
        public boolean addAll(Collection<? extends E> elements) {
            boolean changed = super.addAll(elements);
            added.wake();
            return changed;
        }
    }
}
