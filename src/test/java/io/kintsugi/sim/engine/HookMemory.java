package io.kintsugi.sim.engine;

import io.kintsugi.sim.engine.Instead.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Direct memory, as rewritten code sees it. It is lent to a run until the run's end and then serves the next one: a
 * process that was killed gives nothing back, the garbage collector comes late to it, and the JDK waits for that in
 * ways that a simulated thread can't.
 */
public final class HookMemory {
    private static final Map<Integer, Queue<ByteBuffer>> FREE = new ConcurrentHashMap<>();

    private final List<ByteBuffer> lent = new ArrayList<>();

    @Instead(of = ByteBuffer.class, kind = Kind.STATIC)
    public static ByteBuffer allocateDirect(int bytes) {
        Scheduler run = Task.current().run();
        // what a static field reaches outlives the run
        return run.loader().statics().isInitialising()
                ? ByteBuffer.allocateDirect(bytes)
                : run.memory().take(bytes);
    }

    /** Zeroes, as the JDK's are. */
    private ByteBuffer take(int bytes) {
        Queue<ByteBuffer> free = FREE.get(bytes);
        ByteBuffer memory = free == null ? null : free.poll();
        if (memory == null) {
            memory = ByteBuffer.allocateDirect(bytes);
        } else {
            memory.put(0, new byte[bytes]);
        }
        lent.add(memory);
        return memory.duplicate();
    }

    /** None of the run's threads makes another step. */
    void takeBack() {
        for (ByteBuffer memory : lent) {
            FREE.computeIfAbsent(memory.capacity(), bytes -> new ConcurrentLinkedQueue<>())
                    .add(memory);
        }
        lent.clear();
    }
}
