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
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Through here goes every operation of a simulated drive: it is refused, held, or done. Threads: any. One lock guards
 * the gate and the state behind it; futures are completed outside of it.
 */
@OneStep
final class SimGate {
    private record Fault(Set<SimOp> ops, Kind kind) {}

    private record Held(DriveException onCrash, CompletableFuture<?> future, Runnable task) {}

    /** What an operation has done, and what of it is to be synced before it is answered. */
    private record Done<T>(T value, Optional<SimJournal.Change> change) {}

    /** An operation that was asked for. */
    private record Ask<T>(SimOp op, Supplier<Done<T>> action, CompletableFuture<T> future, long epoch) {}

    /** An operation that has taken effect. */
    private record Begun(Optional<SimJournal.Change> change, Runnable answer) {}

    private final DriveId drive;
    private final Executor completions;
    private final Optional<SimPace> pace;
    private final SimJournal journal = new SimJournal();
    /** Commits that wait for the next sync, when the drive takes time. */
    private final List<Ask<?>> lane = new ArrayList<>();

    private boolean laneServed;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<SimOp> hanging = EnumSet.noneOf(SimOp.class);
    private final Set<SimOp> silent = EnumSet.noneOf(SimOp.class);
    private final List<Held> held = new ArrayList<>();
    private final Queue<Fault> faults = new ArrayDeque<>();
    private final Map<SimOp, Long> counts = new EnumMap<>(SimOp.class);
    private Optional<String> gone = Optional.empty();
    private Optional<Kind> refusesWrites = Optional.empty();
    private BooleanSupplier memory = () -> false;
    private long epoch;
    private long openings = 1;
    private long errors;

    SimGate(DriveId drive, Executor completions, Optional<SimPace> pace) {
        this.drive = drive;
        this.completions = completions;
        this.pace = pace;
    }

    Optional<SimPace> pace() {
        return pace;
    }

    /** What is on the drive. Use it under the lock. */
    SimJournal journal() {
        return journal;
    }

    /** Does {@code action} under the lock, now or when the drive is released, unless a fault says otherwise. */
    <T> CompletableFuture<T> run(SimOp op, Supplier<T> action) {
        return ask(op, () -> new Done<>(action.get(), Optional.empty()));
    }

    /** The same for what changes the media: done when the change that {@code action} returns was synced. */
    CompletableFuture<Void> write(SimOp op, Supplier<SimJournal.Change> action) {
        return ask(op, () -> {
            SimJournal.Change change = action.get();
            journal.write(change);
            return new Done<>(null, Optional.of(change));
        });
    }

    private <T> CompletableFuture<T> ask(SimOp op, Supplier<Done<T>> action) {
        CompletableFuture<T> future = new CompletableFuture<>();
        Runnable next = locked(() -> {
            Ask<T> ask = new Ask<>(op, action, future, epoch);
            return pace.isPresent() ? take(ask) : begin(ask).answer();
        });
        completions.execute(next);
        return future;
    }

    private Runnable take(Ask<?> ask) {
        if (gone.isPresent()) {
            counts.merge(ask.op(), 1L, Long::sum);
            errors++;
            DriveException refused = spent(gone.get());
            return () -> ask.future().completeExceptionally(refused);
        }
        if (!ask.op().logged()) {
            return () -> start(() -> serve(List.of(ask)));
        }
        lane.add(ask);
        boolean first = !laneServed;
        laneServed = true;
        return () -> {
            if (first) {
                start(this::serveLane);
            }
        };
    }

    private static void start(Runnable task) {
        Thread.ofVirtual().start(task);
    }

    /** Commits that wait share a sync, in the order in which they were asked for. */
    private void serveLane() {
        List<Ask<?>> group;
        do {
            group = locked(() -> {
                List<Ask<?>> all = List.copyOf(lane);
                lane.clear();
                laneServed = !all.isEmpty();
                return all;
            });
            serve(group);
        } while (!group.isEmpty());
    }

    private void serve(List<Ask<?>> group) {
        pace.orElseThrow().latency();
        List<Begun> begun = new ArrayList<>();
        for (Ask<?> ask : group) {
            begun.add(locked(() -> ask.epoch() == epoch ? begin(ask) : dead(ask)));
        }
        if (begun.stream().anyMatch(b -> b.change().isPresent())) {
            pace.orElseThrow().sync();
        }
        for (int i = 0; i < group.size(); i++) {
            Begun now = begun.get(i);
            Ask<?> ask = group.get(i);
            Runnable answer = locked(() -> {
                now.change().ifPresent(change -> {
                    if (ask.epoch() == epoch) {
                        journal.sync(change);
                    }
                });
                return ask.epoch() == epoch ? now.answer() : dead(ask).answer();
            });
            completions.execute(answer);
        }
    }

    private Begun dead(Ask<?> ask) {
        DriveException reason = spent("it stopped while the operation was under way");
        return new Begun(Optional.empty(), () -> ask.future().completeExceptionally(reason));
    }

    private <T> Begun begin(Ask<T> ask) {
        SimOp op = ask.op();
        CompletableFuture<T> future = ask.future();
        counts.merge(op, 1L, Long::sum);
        Optional<DriveException> refused = refusal(op);
        if (refused.isPresent()) {
            errors++;
            return new Begun(Optional.empty(), () -> future.completeExceptionally(refused.get()));
        }
        if (hanging.contains(op)) {
            held.add(new Held(spent("it stopped while the operation was under way"), future, () -> {
                Runnable late = locked(() -> refusal(op)
                        .<Runnable>map(e -> () -> future.completeExceptionally(e))
                        .orElseGet(() -> synced(perform(ask))));
                late.run();
            }));
            return new Begun(Optional.empty(), () -> {});
        }
        Begun begun = perform(ask);
        Begun now = pace.isPresent() ? begun : new Begun(Optional.empty(), synced(begun));
        if (silent.contains(op)) {
            held.add(new Held(
                    spent("it stopped before it answered"),
                    future,
                    () -> locked(() -> synced(now)).run()));
            return new Begun(Optional.empty(), () -> {});
        }
        return now;
    }

    private Runnable synced(Begun begun) {
        begun.change().ifPresent(journal::sync);
        return begun.answer();
    }

    private <T> Begun perform(Ask<T> ask) {
        try {
            Done<T> done = ask.action().get();
            return new Begun(done.change(), () -> ask.future().complete(done.value()));
        } catch (DriveException e) {
            errors += e.kind() == Kind.MISSING ? 0 : 1;
            return new Begun(Optional.empty(), () -> ask.future().completeExceptionally(e));
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
        pace.ifPresent(SimPace::latency);
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

    /** From now on a look at memory finds what is on the drive, as often as this says so. */
    void remember(BooleanSupplier chance) {
        locked(() -> memory = chance);
    }

    /** Does {@code action} at once, as an operation that needs no device does: that hangs or fails for nobody. */
    <T> Optional<T> peek(SimOp op, Supplier<T> action) {
        return locked(() -> {
            if (gone.isPresent() || !memory.getAsBoolean()) {
                return Optional.empty();
            }
            counts.merge(op, 1L, Long::sum);
            return Optional.of(action.get());
        });
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
            faults.clear();
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
        locked(() -> {
            openings += gone.isPresent() ? 1 : 0;
            return gone = Optional.empty();
        });
    }

    /** Everything under way fails, {@code loss} happens, and what was opened before is of no use any more. */
    void crash(Runnable loss) {
        List<Held> waiting = locked(() -> {
            epoch++;
            openings++;
            hanging.clear();
            silent.clear();
            lane.clear();
            laneServed = false;
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

    /** Grows with each crash, and whenever the drive comes back. */
    long openings() {
        return locked(() -> openings);
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
