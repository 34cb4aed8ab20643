package io.kintsugi.drives;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the threads of a drive are at, and since when. As many entries as threads, at most. Threads: any; nothing here
 * waits.
 */
final class UnderWay {
    /** Told apart by identity: two may be alike. */
    static final class Task {
        private final DriveOp op;
        private final long since;

        private Task(DriveOp op, long since) {
            this.op = op;
            this.since = since;
        }
    }

    private final Set<Task> tasks = ConcurrentHashMap.newKeySet();

    Task begin(DriveOp op, long now) {
        Task task = new Task(op, now);
        tasks.add(task);
        return task;
    }

    void end(Task task) {
        tasks.remove(task);
    }

    /** Whether one that no device that works takes long for was begun longer ago. */
    boolean anyOverdue(long now, long limitNanos) {
        return tasks.stream().anyMatch(task -> task.op.isShort() && now - task.since > limitNanos);
    }

    /** Whether a publication was begun longer ago. */
    boolean syncsFor(long now, long nanos) {
        return tasks.stream().anyMatch(task -> task.op == DriveOp.PUBLISH && now - task.since > nanos);
    }
}
