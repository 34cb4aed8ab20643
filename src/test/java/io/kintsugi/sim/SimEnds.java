package io.kintsugi.sim;

import io.kintsugi.cluster.DriveListener.Event;
import io.kintsugi.drives.DriveException.Kind;
import io.kintsugi.sim.engine.OneStep;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Processes that end in order, and what happens to drives where no process sees it: while none runs, or as one begins
 * or ends. In these lives nobody asks the store to mend anything ({@link Recovery}): what a process finds by itself,
 * and what it believes of the one before it ({@code objects.OrderlyEnd}), must be enough.
 */
@OneStep
final class SimEnds {
    /** Instead of other trouble. */
    private static final int ONE_IN = 2;

    private static final Duration LOOK = Duration.ofMillis(500);
    /** The mark is left only by a process that knows of nothing missing; it takes a census first. */
    private static final int WHOLE_LOOKS = 60;

    private static final int MOST_MILLIS = 3_000;
    private static final int READY_LOOKS = 40;
    /** A start waits so long for a drive that hangs, in the catalog and in the first look at the mark. */
    private static final int YOUNG_MILLIS = 6_000;

    /** More than a short life writes. */
    private static final int EVERY_WRITE = 10_000;

    private final SimHost host;
    private final SimTopology topology;
    private final FaultBudget budget;
    private final Recovery recovery;
    private final Random random;
    private final Process process;
    private final History history;

    SimEnds(SimHost host, Recovery recovery, Random random, Process process, History history) {
        this.host = host;
        this.topology = recovery.topology();
        this.budget = recovery.budget();
        this.recovery = recovery;
        this.random = random;
        this.process = process;
        this.history = history;
    }

    /**
     * The one that runs.
     *
     * @param end in order or not
     * @param begin the next
     */
    record Process(Consumer<Boolean> end, Runnable begin) {}

    /** What a drive was at one time, and how much trouble there had been by then. */
    private record Was(int drive, SimMedia media, long changes) {}

    /** Whether an end comes next. */
    boolean next() {
        return random.nextInt(ONE_IN) == 0;
    }

    /** A process ends, and another begins. */
    void turn() {
        Was was = live();
        Optional<Integer> deaf = someDrive(3, "takes no shards as a process ends");
        if (deaf.isPresent()) {
            takeNoShards(deaf.get());
            pause(YOUNG_MILLIS);
        }
        process.end().accept(host.ready());
        deaf.ifPresent(this::isBack);
        change(was);
        Optional<Integer> late = someDrive(2, "is not there as a process begins");
        late.ifPresent(this::isLate);
        process.begin().run();
        late.ifPresent(this::comesBack);
    }

    /** Lets a process live until it would leave a mark, as a rule. */
    private Was live() {
        int drive = random.nextInt(topology.sims().size());
        Was was = new Was(drive, topology.sim(drive).snapshot(), budget.changes());
        boolean patient = random.nextInt(4) > 0;
        for (int i = 0; patient && i < WHOLE_LOOKS && !recovery.isIdle(); i++) {
            SimHost.pause(LOOK);
        }
        pause(MOST_MILLIS);
        return was;
    }

    private void pause(int mostMillis) {
        SimHost.pause(Duration.ofMillis(random.nextInt(mostMillis)));
    }

    /** One time in so many, a drive that is in trouble from now on. */
    private Optional<Integer> someDrive(int oneIn, String why) {
        int drive = random.nextInt(topology.sims().size());
        if (random.nextInt(oneIn) > 0 || !isFree(drive)) {
            return Optional.empty();
        }
        trouble(drive, why);
        return Optional.of(drive);
    }

    private boolean isFree(int drive) {
        return topology.isMember(drive) && !budget.inTrouble(drive) && budget.allows(drive);
    }

    private void trouble(int drive, String why) {
        budget.spend(drive, why);
        history.say("drive " + drive + " " + why);
    }

    private void takeNoShards(int drive) {
        topology.sim(drive).failNext(EVERY_WRITE, Kind.IO, SimOp.CREATE, SimOp.WRITE_PACKED);
    }

    /** No process runs. */
    private void change(Was was) {
        int drive = was.drive();
        boolean changes = random.nextBoolean();
        if (!changes || !isFree(drive)) {
            return;
        }
        if (random.nextBoolean()) {
            trouble(drive, "is empty");
            topology.sim(drive).replaceByEmpty();
            recovery.begin(drive);
        } else if (was.changes() == budget.changes()) {
            trouble(drive, "is put back to what it was");
            topology.sim(drive).goBackTo(was.media());
            recovery.begin(drive);
        }
    }

    private void isLate(int drive) {
        switch (random.nextInt(3)) {
            case 0 -> topology.sim(drive).goOffline("not mounted");
            case 1 -> topology.sim(drive).hang();
            default -> takeNoShards(drive);
        }
    }

    /** While the process runs, or after it has ended again: then no process has seen it come. */
    private void comesBack(int drive) {
        for (int i = 0; i < READY_LOOKS && !host.ready(); i++) {
            SimHost.pause(LOOK);
        }
        pause(YOUNG_MILLIS);
        boolean ends = random.nextBoolean();
        boolean seen = !ends || random.nextInt(3) == 0;
        if (seen) {
            isBack(drive);
        }
        if (ends) {
            process.end().accept(random.nextBoolean() && host.ready());
            if (!seen) {
                isBack(drive);
            }
            process.begin().run();
        }
    }

    private void isBack(int drive) {
        history.say("drive " + drive + " is back");
        topology.sim(drive).release();
        topology.sim(drive).comeOnline();
        topology.tell(drive, Event.RETURNED);
        recovery.begin(drive);
    }
}
