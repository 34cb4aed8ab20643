package io.kintsugi.sim.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * One run: its threads, its time, its chance. The thread that calls {@link #execute} carries all simulated threads, one
 * step after the other; a step goes from one wait to the next.
 */
final class Scheduler implements SimContext {
    private static final int[] SWITCH_RATES = {2, 4, 8, 16, 64, 256};
    private static final int LONGEST_STEP_NANOS = 2_000;

    /** An event in simulated time. */
    static final class Timer {
        private final long nanos;
        private final long number;
        private final Runnable action;
        private boolean cancelled;

        private Timer(long nanos, long number, Runnable action) {
            this.nanos = nanos;
            this.number = number;
            this.action = action;
        }

        void cancel() {
            cancelled = true;
        }
    }

    private record Step(Task task, Runnable body) {}

    private final long seed;
    private final SimOptions options;
    private final SimLoader loader;
    private final SplittableRandom choices;
    private final Random random;
    private final Random entropy;
    private final History history;
    private final int pointsPerSwitch;
    private final Monitors monitors = new Monitors();
    private final HookMemory memory = new HookMemory();
    private final Group world = new Group(this, "world");
    private final List<Step> ready = new ArrayList<>();
    private final TreeMap<Integer, Task> alive = new TreeMap<>();
    private final Map<Thread, Task> byThread = new IdentityHashMap<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.<Timer>comparingLong(t -> t.nanos).thenComparingLong(t -> t.number));
    private final Thread carrier = Thread.currentThread();
    private Optional<Throwable> failure = Optional.empty();
    private volatile Optional<String> intruder = Optional.empty();
    private int pointsLeft;
    private long now;
    private Duration clockAhead = Duration.ZERO;
    private long steps;
    private long timersMade;
    private int tasksMade;
    private int hashesMade;

    Scheduler(long seed, SimOptions options, SimLoader loader) {
        this.seed = seed;
        this.options = options;
        this.loader = loader;
        this.history = new History(options.historyChars());
        SplittableRandom root = new SplittableRandom(seed);
        this.choices = root.split();
        this.random = new Random(root.nextLong());
        this.entropy = new Random(root.nextLong());
        this.pointsPerSwitch = SWITCH_RATES[root.nextInt(SWITCH_RATES.length)];
        drawPoints();
    }

    SimReport execute(SimScenario scenario) {
        Task main = create(world, new SimThreadBuilder().name("main"), () -> runMain(scenario));
        main.thread().start();
        while (!main.isDone() && failure.isEmpty()) {
            step();
        }
        memory.takeBack();
        return new SimReport(seed, steps, Duration.ofNanos(now), history.toString(), history.hash(), failure);
    }

    private void runMain(SimScenario scenario) {
        try {
            scenario.run(this);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new SimFailure("the scenario failed: " + e, e);
        }
    }

    private void step() {
        intruder.ifPresent(this::fail);
        fireTimers();
        if (ready.isEmpty()) {
            if (timers.isEmpty()) {
                fail("nothing can go on: every thread waits, and no time-out is pending");
            } else {
                now = timers.peek().nanos;
            }
            return;
        }
        if (steps >= options.maxSteps()) {
            fail("it takes more than " + options.maxSteps() + " steps");
            return;
        }
        if (now > options.maxSimulated().toNanos()) {
            fail("it takes longer than " + options.maxSimulated());
            return;
        }
        Step next = take(choices.nextInt(ready.size()));
        steps++;
        now += 1 + choices.nextInt(LONGEST_STEP_NANOS);
        history.mix(next.task().id);
        next.body().run();
        settle(next.task());
    }

    private void settle(Task task) {
        if (task.isDone()) {
            alive.remove(task.id);
            byThread.remove(task.thread());
        } else if (task.thread().getState() == Thread.State.BLOCKED) {
            fail(task.thread().getName() + " waits for a monitor that is held inside of the JDK, which the simulation"
                    + " can't order");
        }
    }

    private Step take(int index) {
        Step chosen = ready.get(index);
        Step last = ready.removeLast();
        if (index < ready.size()) {
            ready.set(index, last);
        }
        return chosen;
    }

    private void fireTimers() {
        while (!timers.isEmpty() && (timers.peek().cancelled || timers.peek().nanos <= now)) {
            Timer due = timers.remove();
            if (!due.cancelled) {
                due.action.run();
            }
        }
    }

    /** A thread can make this step. */
    void ready(Task task, Runnable step) {
        Task waker = Task.currentOrNull();
        if (waker == null ? Thread.currentThread() != carrier : waker.run() != this) {
            intruder = Optional.of(Thread.currentThread() + " is not simulated, but woke "
                    + task.thread().getName());
            return;
        }
        if (task.group.alive()) {
            alive.put(task.id, task);
            ready.add(new Step(task, step));
        }
    }

    Task create(Group group, SimThreadBuilder builder, Runnable body) {
        Task task = new Task(this, ++tasksMade, group, builder, body);
        byThread.put(task.thread(), task);
        return task;
    }

    /** What the action wakes is ready in the order in which it was made. The action waits for nothing. */
    void inOrder(Runnable action) {
        int before = ready.size();
        long step = steps;
        action.run();
        if (steps != step) {
            throw Task.refuse("what wakes others in an order of the JDK's own had to wait");
        }
        ready.subList(before, ready.size()).sort(Comparator.comparingInt(woken -> woken.task().id));
    }

    /** The action happens in no thread, so all that it may do is to wake or start some. */
    Timer at(long nanos, Runnable action) {
        Timer timer = new Timer(nanos, timersMade++, action);
        timers.add(timer);
        return timer;
    }

    /** The time in so many nanoseconds, {@link Task#FOREVER} at most. */
    long after(long nanos) {
        return nanos <= 0 ? now : nanos >= Task.FOREVER - now ? Task.FOREVER : now + nanos;
    }

    boolean shouldSwitch() {
        if (--pointsLeft > 0) {
            return false;
        }
        drawPoints();
        return true;
    }

    private void drawPoints() {
        pointsLeft = 1 + choices.nextInt(2 * pointsPerSwitch);
    }

    void failed(Task task, Throwable e) {
        history.line(now, task.thread().getName(), "failed: " + e);
        if (failure.isEmpty()) {
            failure = Optional.of(e);
        }
    }

    private void fail(String problem) {
        StringBuilder all = new StringBuilder(problem);
        all.append("; simulated time ")
                .append(Duration.ofNanos(now))
                .append(", ")
                .append(steps)
                .append(" steps");
        for (Task task : alive.values()) {
            Thread thread = task.thread();
            all.append("\n\"").append(thread.getName()).append("\" of ").append(task.group.name());
            all.append(", ").append(thread.getState());
            for (StackTraceElement frame : thread.getStackTrace()) {
                all.append("\n    at ").append(frame);
            }
        }
        history.line(now, "engine", problem);
        failure = Optional.of(new SimFailure(all.toString()));
    }

    /** The task behind a thread of this run. */
    Task taskOf(Thread thread) {
        Task task = byThread.get(thread);
        if (task == null) {
            throw Task.refuse(thread + " is no thread of this run");
        }
        return task;
    }

    SimLoader loader() {
        return loader;
    }

    Monitors monitors() {
        return monitors;
    }

    HookMemory memory() {
        return memory;
    }

    /** Chance of the code that runs, as far as it asks for any. */
    Random entropy() {
        return entropy;
    }

    /** For objects that are told apart by identity. */
    int nextHash() {
        return ++hashesMade * 0x9E3779B9;
    }

    @Override
    public long seed() {
        return seed;
    }

    @Override
    public Optional<String> parameter(String name) {
        return Optional.ofNullable(options.parameters().get(name));
    }

    @Override
    public Random random() {
        return random;
    }

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public void setClock(Duration ahead) {
        clockAhead = ahead;
    }

    /** By how much the clock of the day differs from the time that has gone by. */
    Duration clockAhead() {
        return clockAhead;
    }

    @Override
    public void log(String text) {
        history.line(now, Task.current().thread().getName(), text);
    }

    @Override
    public Thread spawn(String name, Runnable body) {
        return process().spawn(name, body);
    }

    @Override
    public SimProcess process(String name) {
        return new Group(this, name);
    }

    @Override
    public Group process() {
        return Task.current().group;
    }

    @Override
    public void kill(SimProcess process) {
        Group group = (Group) process;
        group.die();
        ready.removeIf(step -> step.task().group == group);
        alive.values().removeIf(task -> task.group == group);
        loader.statics().restoreStore();
        while (Task.current().group == group) {
            Thread.yield();
        }
    }

    @Override
    public void atomically(Runnable action) {
        Task me = Task.current();
        me.enterAtomic();
        try {
            action.run();
        } finally {
            me.leaveAtomic();
        }
    }
}
