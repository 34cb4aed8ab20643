package io.kintsugi.sim;

import io.kintsugi.base.StoreException;
import io.kintsugi.sim.engine.SimContext;
import io.kintsugi.sim.engine.SimProcess;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/** The machine that the store's process runs on: starts it, kills it, and takes requests to it. */
final class SimHost {
    /** Far above every deadline of the store together. */
    private static final Duration ANSWER = Duration.ofMinutes(10);

    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final SimContext context;
    private final SimTopology topology;
    private final Supplier<SimStore> opening;
    private final History history;
    /** Requests under way, and when each began. */
    private final Map<CompletableFuture<?>, Long> asked = new LinkedHashMap<>();

    private Optional<SimProcess> process = Optional.empty();
    private Optional<SimStore> store = Optional.empty();
    private final FaultBudget budget;
    private int starts;
    private int kills;

    SimHost(SimContext context, SimTopology topology, FaultBudget budget, Supplier<SimStore> opening, History history) {
        this.budget = budget;
        this.context = context;
        this.topology = topology;
        this.opening = opening;
        this.history = history;
    }

    /** The process was killed before it answered. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("killed", null, false, false);
        }
    }

    /** No process runs, or it is not ready: nothing was asked. */
    static final class NotRunning extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotRunning() {
            super("not running", null, false, false);
        }
    }

    /** How often a process was begun. */
    int starts() {
        return starts;
    }

    /** What to hold against {@link #undisturbed}. */
    long disturbances() {
        return budget.changes() + starts + kills;
    }

    /** Whether nothing was wrong since then: no drive in trouble, no process that began or ended. */
    boolean undisturbed(long since) {
        return disturbances() == since && budget.unspent() && ready();
    }

    boolean ready() {
        return store.isPresent();
    }

    /** How often all drives were swept; for threads of the store, which ask it without a request. */
    long sweeps() {
        return store.map(open -> open.upkeep().snapshot().sweeping().sweeps()).orElse(0L);
    }

    /** Whether every request that was under way at that time has ended. */
    boolean answeredAllSince(long nanos) {
        return asked.values().stream().allMatch(begun -> begun > nanos);
    }

    /** Begins a process, which opens the store as soon as enough drives are there. */
    void start() {
        int number = ++starts;
        history.say("start " + number);
        SimProcess begun = context.process("store-" + number);
        process = Optional.of(begun);
        begun.spawn("main", () -> {
            while (store.isEmpty()) {
                open(begun);
            }
        });
    }

    private void open(SimProcess begun) {
        try {
            SimStore opened = opening.get();
            context.atomically(() -> {
                if (process.equals(Optional.of(begun))) {
                    store = Optional.of(opened);
                    history.say("ready " + begun.name());
                }
            });
        } catch (StoreException.Unavailable e) {
            history.say("not opened: " + e.getMessage());
            pause(AGAIN);
        }
    }

    /** What ends a process. */
    enum End {
        /** {@code kill -9}: the machine goes on, and so do its caches. */
        KILL("kill -9"),
        /** Of what was not synced any part survives. */
        POWER("power cut"),
        /** Of what was not synced nothing survives. */
        POWER_AND_CACHES("power cut, caches lost");

        private final String words;

        End(String words) {
            this.words = words;
        }
    }

    /** Ends the process as {@code kill -9} does; drives lose what is not synced when the power went too. */
    void kill(boolean power) {
        kill(power ? End.POWER : End.KILL);
    }

    void kill(End end) {
        context.atomically(() -> {
            history.say(end.words);
            kills++;
            process.ifPresent(context::kill);
            process = Optional.empty();
            store = Optional.empty();
            topology.forgetListeners();
            for (SimDrive drive : topology.sims()) {
                switch (end) {
                    case KILL -> drive.kill();
                    case POWER -> drive.crash();
                    case POWER_AND_CACHES -> drive.crashWithoutCaches();
                }
            }
            history.died();
            List<CompletableFuture<?>> lost = List.copyOf(asked.keySet());
            asked.clear();
            lost.forEach(request -> request.completeExceptionally(new Killed()));
        });
    }

    /** Closes the store as SIGTERM does, and ends the process. */
    void stop() {
        ask(open -> {
            context.atomically(() -> {
                kills++;
                store = Optional.empty();
            });
            open.close();
            return open;
        });
        history.say("stopped");
        kill(false);
    }

    /**
     * Asks the store in a thread of its process.
     *
     * @throws StoreException what it says no with
     * @throws Killed when its process dies meanwhile
     * @throws NotRunning when nobody was asked
     * @throws Violation when it does not answer at all, or has no bucket of that name
     */
    <T> T ask(Function<SimStore, T> request) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        context.atomically(() -> {
            SimProcess now = process.orElseThrow(NotRunning::new);
            SimStore open = store.orElseThrow(NotRunning::new);
            asked.put(answer, context.nanos());
            now.spawn("request", () -> {
                try {
                    answer.complete(request.apply(open));
                } catch (RuntimeException | Error e) {
                    answer.completeExceptionally(e);
                }
            });
        });
        try {
            return answer.get(ANSWER.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new Violation("NothingWaitsForEver", "a request was not answered within " + ANSWER);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a client", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case StoreException.NotFound n
                when n.kind() == StoreException.NotFound.Kind.BUCKET ->
                    throw new Violation("AcknowledgedIsDurable", "nobody removes buckets, and one is gone: " + n);
                case RuntimeException known -> throw known;
                case Error error -> throw error;
                default -> throw new IllegalStateException(e.getCause());
            }
        } finally {
            context.atomically(() -> asked.remove(answer));
        }
    }

    static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
