package io.kintsugi.sim;

import io.kintsugi.base.DriveId;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.DriveException.Kind;
import io.kintsugi.sim.engine.OneStep;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Through here goes every operation of a simulated drive: it is refused, held, or done. Threads: any. One lock guards
 * the gate and the state behind it; futures are completed outside of it.
 */
@OneStep
final class SimGate {
    private record Fault(Set<SimOp> ops, Kind kind) {}

    private record Held(DriveException onCrash, CompletableFuture<?> future, Runnable task) {}

    private final DriveId drive;
    private final Executor completions;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<SimOp> hanging = EnumSet.noneOf(SimOp.class);
    private final Set<SimOp> silent = EnumSet.noneOf(SimOp.class);
    private final List<Held> held = new ArrayList<>();
    private final Queue<Fault> faults = new ArrayDeque<>();
    private final Map<SimOp, Long> counts = new EnumMap<>(SimOp.class);
    private Optional<String> gone = Optional.empty();
    private Optional<Kind> refusesWrites = Optional.empty();
    private long epoch;
    private long errors;

    SimGate(DriveId drive, Executor completions) {
        this.drive = drive;
        this.completions = completions;
    }

    /** Does {@code action} under the lock, now or when the drive is released, unless a fault says otherwise. */
    <T> CompletableFuture<T> run(SimOp op, Supplier<T> action) {
        CompletableFuture<T> future = new CompletableFuture<>();
        Runnable completion = locked(() -> admit(op, action, future));
        completions.execute(completion);
        return future;
    }

    private <T> Runnable admit(SimOp op, Supplier<T> action, CompletableFuture<T> future) {
        counts.merge(op, 1L, Long::sum);
        Optional<DriveException> refused = refusal(op);
        if (refused.isPresent()) {
            errors++;
            return () -> future.completeExceptionally(refused.get());
        }
        if (hanging.contains(op)) {
            held.add(new Held(spent("it stopped while the operation was under way"), future, () -> {
                Runnable late = locked(() -> refusal(op)
                        .<Runnable>map(e -> () -> future.completeExceptionally(e))
                        .orElseGet(() -> perform(action, future)));
                late.run();
            }));
            return () -> {};
        }
        Runnable completion = perform(action, future);
        if (silent.contains(op)) {
            held.add(new Held(spent("it stopped before it answered"), future, completion));
            return () -> {};
        }
        return completion;
    }

    private <T> Runnable perform(Supplier<T> action, CompletableFuture<T> future) {
        try {
            T result = action.get();
            return () -> future.complete(result);
        } catch (DriveException e) {
            errors += e.kind() == Kind.MISSING ? 0 : 1;
            return () -> future.completeExceptionally(e);
        }
    }

    private Optional<DriveException> refusal(SimOp op) {
        if (gone.isPresent()) {
            return Optional.of(spent(gone.get()));
        }
        Fault fault = faults.peek();
        if (fault != null && fault.ops().contains(op)) {
            faults.remove();
            return Optional.of(new DriveException(fault.kind(), drive, "simulated fault at " + op));
        }
        return op.writes() ? refusesWrites.map(k -> new DriveException(k, drive, "simulated " + k)) : Optional.empty();
    }

    /** The same for a caller that blocks: a hanging drive holds its thread. */
    <T> T block(SimOp op, Supplier<T> action) {
        lock.lock();
        try {
            counts.merge(op, 1L, Long::sum);
            long entered = epoch;
            while (hanging.contains(op) && gone.isEmpty() && entered == epoch) {
                changed.awaitUninterruptibly();
            }
            Optional<DriveException> refused =
                    entered == epoch ? refusal(op) : Optional.of(spent("it stopped while a thread waited"));
            if (refused.isPresent()) {
                errors++;
                throw refused.get();
            }
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    void hang(Set<SimOp> ops) {
        locked(() -> hanging.addAll(ops));
    }

    void silence(Set<SimOp> ops) {
        locked(() -> silent.addAll(ops));
    }

    void release() {
        List<Held> waiting = locked(() -> {
            hanging.clear();
            silent.clear();
            changed.signalAll();
            return takeHeld();
        });
        waiting.forEach(h -> completions.execute(h.task()));
    }

    void failNext(int count, Kind kind, Set<SimOp> ops) {
        locked(() -> {
            for (int i = 0; i < count; i++) {
                faults.add(new Fault(ops, kind));
            }
            return faults.size();
        });
    }

    void refuseWrites(Optional<Kind> kind) {
        locked(() -> refusesWrites = kind);
    }

    void goOffline(String reason) {
        locked(() -> {
            gone = Optional.of(reason);
            changed.signalAll();
            return gone;
        });
    }

    void comeOnline() {
        locked(() -> gone = Optional.empty());
    }

    /** Everything under way fails, {@code loss} happens, and what was opened before is of no use any more. */
    void crash(Runnable loss) {
        List<Held> waiting = locked(() -> {
            epoch++;
            hanging.clear();
            silent.clear();
            loss.run();
            changed.signalAll();
            return takeHeld();
        });
        waiting.forEach(h -> completions.execute(() -> h.future().completeExceptionally(h.onCrash())));
    }

    private List<Held> takeHeld() {
        List<Held> all = List.copyOf(held);
        held.clear();
        return all;
    }

    /** Counts the crashes; what was opened in an earlier epoch is dead. Call under the lock. */
    long epoch() {
        return epoch;
    }

    void requireEpoch(long opened) {
        if (opened != epoch) {
            throw spent("it was restarted since this was opened");
        }
    }

    Optional<String> gone() {
        return locked(() -> gone);
    }

    Optional<Kind> refusesWrites() {
        return locked(() -> refusesWrites);
    }

    long count(SimOp op) {
        return locked(() -> counts.getOrDefault(op, 0L));
    }

    long errors() {
        return locked(() -> errors);
    }

    int held() {
        return locked(held::size);
    }

    /** What is answered by a drive that is gone, and by handles that were ended or closed. */
    DriveException spent(String reason) {
        return new DriveException(Kind.GONE, drive, reason);
    }
}
