package io.kintsugi.sim;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.StoreException;
import io.kintsugi.catalog.BlobPage;
import io.kintsugi.cluster.RealPlacement;
import io.kintsugi.objects.RangeSpec;
import io.kintsugi.objects.UpkeepSnapshot.State;
import io.kintsugi.sim.Faults.Fault;
import io.kintsugi.sim.Twists.Twist;
import io.kintsugi.sim.engine.SimContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** One store's life, from the first start to the last look: all of it follows from the seed. */
final class World {
    private static final List<ErasureCode> CODES = List.of(
            new ErasureCode(1, 0),
            new ErasureCode(1, 1),
            new ErasureCode(2, 1),
            new ErasureCode(2, 2),
            new ErasureCode(3, 2),
            new ErasureCode(4, 2));
    private static final int MAX_DRIVES = 8;
    private static final Duration LATENCY = Duration.ofMillis(1);
    private static final List<Duration> SYNCS =
            List.of(Duration.ofMillis(1), Duration.ofMillis(10), Duration.ofMillis(120));
    private static final Duration PATIENCE = Duration.ofMinutes(40);
    /** A pass may have gone by the shard, and goes half as fast as it should at least; so does the next. */
    private static final Duration SCRUBBED_WITHIN = SimStore.SCRUB_PERIOD.multipliedBy(6);

    /** All drives stall one time in so many, and more often when somebody watches. */
    private static final int STALLS_IN = 6;

    private static final int STALLS_WATCHED = 3;

    /** So much longer between two troubles where a process must live for a while to be of interest. */
    private static final int RARER = 8;

    private static final Duration LOOK = Duration.ofSeconds(10);

    private final SimContext context;
    private final Random random;
    private final History history;
    private final ErasureCode code;
    private final SimTopology topology;
    private final SimHost host;
    private final FaultBudget budget;
    private final Ledger ledger;
    private final Recovery recovery;
    private final Faults faults;
    private final Twists twists;
    private final SimClock clock;
    private final LateCommits late;
    private final SimTides tides;
    private final SimEnds ends;
    private final SimRoster roster;
    private final Knowledge known = new Knowledge();
    private boolean calm;

    World(SimContext context) {
        this.context = context;
        this.random = context.random();
        this.history = new History(context::log);
        this.code = CODES.get(random.nextInt(CODES.size()));
        this.twists = Twists.of(context);
        int most = Math.min(MAX_DRIVES, code.totalShards() + random.nextInt(3));
        int count = Math.max(most, code.totalShards() + twists.spares());
        Duration sync = SYNCS.get(random.nextInt(SYNCS.size()));
        Entropy entropy = random::nextLong;
        IntFunction<SimDrive> maker = i -> drive(i, entropy, sync);
        List<SimDrive> drives = IntStream.range(0, count).mapToObj(maker).toList();
        this.topology = new SimTopology(code, drives, Optional.of(RealPlacement::place));
        this.budget = new FaultBudget(code.parityShards());
        this.clock = new SimClock(context, twists.random(), history);
        SimStore.Ways ways = SimStore.Ways.of(twists, history);
        this.host = new SimHost(context, topology, budget, () -> SimStore.open(topology, entropy, ways), history);
        this.ledger = new Ledger(topology, host);
        this.roster = new SimRoster(twists, topology, ledger, maker, history);
        this.recovery = new Recovery(host, ledger, budget, twists, history);
        this.faults = new Faults(topology, random, history, twists.operator());
        this.ends = new SimEnds(host, recovery, twists.random(), new SimEnds.Process(this::end, this::begin), history);
        this.tides = new SimTides(host, topology, budget, twists.random(), history);
        this.late = new LateCommits(new LateCommits.Scene(host, topology, budget, clock, recovery, history), twists);
        history.say("code " + code + " on " + count + " drives, a sync takes about " + sync);
    }

    private SimDrive drive(int number, Entropy entropy, Duration sync) {
        SimDrive drive = new SimDrive(SimTopology.driveId(number), entropy, new SimPace(random, LATENCY, sync));
        if (twists.has(Twist.MEMORY)) {
            Random memory = new Random(context.seed() + number);
            drive.remember(() -> memory.nextInt(4) > 0);
        }
        return drive;
    }

    void live(int clients, int requests) throws InterruptedException {
        host.start();
        until("the store opens", host::ready);
        makeBuckets();
        Thread mending = context.spawn("recovery", recovery);
        Thread trouble = context.spawn("trouble", this::makeTrouble);
        SimClient.Scene scene = new SimClient.Scene(host, history, known, twists, this::aBodyEnds);
        List<Thread> all = new ArrayList<>();
        for (int i = 1; i <= clients; i++) {
            String name = "client-" + i;
            Random own = new Random(random.nextLong());
            all.add(context.spawn(name, new SimClient(name, requests, scene, own)));
        }
        Optional<Thread> setting = spawnIf(Twist.CLOCK, "clock", clock);
        Optional<Thread> moon = spawnIf(Twist.TIDES, "tides", tides);
        Optional<Thread> lateness = spawnIf(Twist.LATE, "late", late);
        for (Thread client : all) {
            client.join();
        }
        calm = true;
        trouble.join();
        tides.end();
        late.end();
        moon.ifPresent(World::join);
        lateness.ifPresent(World::join);
        recovery.end();
        until(() -> "drives are whole again (" + recovery.missing() + ")", () -> budget.unspent());
        mending.join();
        if (setting.isPresent()) {
            clock.end();
            setting.get().join();
        }
        checkInTheEnd();
    }

    private Optional<Thread> spawnIf(Twist twist, String name, Runnable body) {
        return twists.has(twist) ? Optional.of(context.spawn(name, body)) : Optional.empty();
    }

    private void aBodyEnds() {
        clock.aBodyEnds();
        late.aBodyEnds();
    }

    private void makeBuckets() {
        for (String name : Knowledge.BUCKETS.keySet().stream().sorted().toList()) {
            host.ask(open -> open.objects().createBucket(new BucketName(name)));
            Versioning versioning = Knowledge.BUCKETS.get(name);
            if (versioning != Versioning.OFF) {
                host.ask(open -> open.objects().setVersioning(new BucketName(name), versioning));
            }
        }
    }

    /** Faults of drives side by side, as many as the budget allows, and now and then the end of the process. */
    private void makeTrouble() {
        List<Thread> under = new ArrayList<>();
        while (!calm) {
            SimHost.pause(
                    Duration.ofMillis(random.nextInt(50, 2_500)).multipliedBy(twists.seldomTrouble() ? RARER : 1));
            if (twists.has(Twist.ENDS) && ends.next()) {
                ends.turn();
            } else if (random.nextInt(8) == 0) {
                restart();
            }
            changeDrives();
            if (random.nextInt(STALLS_IN) < (twists.has(Twist.WATCHED) ? STALLS_WATCHED : 1) && budget.unspent()) {
                stall();
            }
            int drive = random.nextInt(topology.sims().size());
            if (!calm && topology.isMember(drive) && !budget.inTrouble(drive) && budget.allows(drive)) {
                Fault fault = faults.any();
                budget.spend(drive, fault.name());
                under.add(context.spawn("fault", () -> {
                    faults.happen(fault, drive);
                    recovery.begin(drive);
                }));
            }
        }
        under.forEach(World::join);
        until(() -> "drives come and go: " + roster, () -> {
            changeDrives();
            return roster.finished();
        });
        if (!host.ready()) {
            until("the store opens again", host::ready);
        }
    }

    private void stall() {
        budget.spendAll();
        Thread cut = context.spawn("cut", this::perhapsRestart);
        if (twists.has(Twist.WATCHED) && twists.random().nextBoolean()) {
            faults.silentCommits();
        } else {
            faults.stall();
        }
        join(cut);
        recovery.begin();
    }

    /** The power may fail while all drives hang: then much is under way, and others have looked at it perhaps. */
    private void perhapsRestart() {
        if (random.nextBoolean()) {
            SimHost.pause(Duration.ofMillis(random.nextInt(100, 4_000)));
            host.kill(
                    twists.has(Twist.WATCHED) && twists.random().nextBoolean()
                            ? SimHost.End.POWER_AND_CACHES
                            : SimHost.End.POWER);
            roster.beforeStart(budget);
            host.start();
        }
    }

    private void restart() {
        end(random.nextInt(4) == 0 && host.ready());
        SimHost.pause(Duration.ofMillis(random.nextInt(2_000)));
        begin();
    }

    private void begin() {
        roster.beforeStart(budget);
        host.start();
    }

    private void end(boolean inOrder) {
        if (inOrder) {
            stop();
        } else {
            host.kill(random.nextBoolean());
        }
    }

    private void changeDrives() {
        if (!roster.finished()) {
            roster.look(host);
            if (roster.wantsStart(budget)) {
                restart();
            }
        }
    }

    private void stop() {
        try {
            host.stop();
        } catch (SimHost.NotRunning | SimHost.Killed e) {
            history.say("nothing to stop");
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the world", e);
        }
    }

    private interface Condition {
        boolean holds();
    }

    /** Waits, but not for ever: what does not come to an end is wrong too. */
    private void until(String what, Condition condition) {
        until(() -> what, condition);
    }

    /** @param what is asked when the time is over: what is still wrong then */
    private void until(Supplier<String> what, Condition condition) {
        if (!within(PATIENCE, condition)) {
            throw new Violation(
                    "NothingWaitsForEver", what.get() + ": not within " + PATIENCE + "; in trouble: " + budget);
        }
    }

    private boolean within(Duration patience, Condition condition) {
        long end = context.nanos() + patience.toNanos();
        while (!holds(condition)) {
            if (context.nanos() > end) {
                return false;
            }
            SimHost.pause(LOOK);
        }
        return true;
    }

    private boolean holds(Condition condition) {
        try {
            return condition.holds();
        } catch (StoreException.Unavailable | SimHost.NotRunning e) {
            history.say("waits: " + e.getMessage());
            return false;
        }
    }

    private void checkInTheEnd() {
        history.say("all is calm");
        everyShardIsThere();
        lookAtAll("last-1");
        clock.passTheFuture();
        nothingUnreferencedForEver();
        healAll();
        until(() -> "drives are even: " + roster.unused(), () -> roster.unused().isEmpty());
        if (twists.has(Twist.CLOCK)) {
            everyPeriodIsScrubbed();
        }
        restart();
        until("the store opens once more", host::ready);
        lookAtAll("last-2");
        noReferenceToNothing();
        Invariants.checkAll(history);
        history.requireNothingFound();
    }

    private void lookAtAll(String who) {
        Reader reader = new Reader(who, new Requests(host), history, known);
        for (String bucket : Knowledge.BUCKETS.keySet().stream().sorted().toList()) {
            until("versions of " + bucket + " are listed", () -> reader.listVersions(bucket));
            until(bucket + " is listed", () -> reader.list(bucket, Optional.empty(), 1 + random.nextInt(5)));
        }
        for (Step.Key key : Knowledge.allKeys()) {
            until(key + " is read", () -> reader.get(key, new RangeSpec.Whole()));
        }
    }

    /** Time passes, sweeps go by, and then there is nothing on the drives that nobody needs. */
    private void nothingUnreferencedForEver() {
        SimHost.pause(SimStore.ORPHAN_AGE.plus(SimStore.ORPHAN_CONFIRMATION));
        List<String> left = new ArrayList<>();
        until(() -> "NothingUnreferencedForEver: " + left, () -> {
            left.clear();
            left.addAll(ledger.unreferred(ledger.referred()));
            return left.isEmpty();
        });
    }

    /** What clients put, and nobody has asked to mend since: no background work has taken a shard that is needed. */
    private void everyShardIsThere() {
        List<String> wrong = new ArrayList<>();
        until(() -> "EveryShardIsThere: " + wrong, () -> {
            wrong.clear();
            List<BlobPage.Entry> all = ledger.referred();
            for (int drive = 0; drive < topology.sims().size(); drive++) {
                wrong.addAll(ledger.wrong(drive, all));
            }
            return wrong.isEmpty();
        });
    }

    private void healAll() {
        List<BlobPage.Entry> all = ledger.referred();
        for (int i = 0; i < topology.sims().size(); i++) {
            int drive = i;
            if (!topology.isMember(drive)) {
                continue;
            }
            recovery.restore(drive);
            until(
                    "drive " + drive + " is walked",
                    () -> recovery.walk(drive)
                            .filter(w -> w.state() == State.DONE)
                            .isPresent());
            HealTellsTheTruth.check(ledger, drive, recovery.walk(drive).orElseThrow(), all);
            // moving goes on beside a walk
            if (!roster.moves() || ledger.referred().equals(all)) {
                HealTellsTheTruth.checkCounts(
                        topology, drive, recovery.walk(drive).orElseThrow(), all);
            }
        }
    }

    /** A shard rots where nobody reads, while the clock is set back: it is found and mended all the same. */
    private void everyPeriodIsScrubbed() {
        List<BlobPage.Entry> all = ledger.referred().stream()
                .filter(entry -> entry.blob().form() != BlobRef.Form.INLINE)
                .toList();
        if (all.isEmpty() || code.parityShards() == 0) {
            return;
        }
        BlobPage.Entry entry = all.get(twists.random().nextInt(all.size()));
        int drive = twists.random().nextInt(topology.sims().size());
        if (ledger.rot(drive, entry.blob())) {
            clock.back(Duration.ofHours(1 + twists.random().nextInt(100)));
            if (!within(
                    SCRUBBED_WITHIN, () -> ledger.wrong(drive, List.of(entry)).isEmpty())) {
                throw new Violation(
                        "EveryPeriodIsScrubbed", ledger.wrong(drive, List.of(entry)) + " after " + SCRUBBED_WITHIN);
            }
        }
    }

    /** With as many drives gone as the code can lose, every object is read in full. */
    private void noReferenceToNothing() {
        List<Integer> drives =
                new ArrayList<>(IntStream.range(0, topology.sims().size())
                        .filter(topology::isMember)
                        .boxed()
                        .toList());
        Collections.shuffle(drives, random);
        List<Integer> gone = drives.subList(0, code.parityShards());
        history.say("NoReferenceToNothing: without drives " + gone);
        gone.forEach(drive -> topology.sim(drive).goOffline("pulled out"));
        lookAtAll("last-3");
        gone.forEach(drive -> topology.sim(drive).comeOnline());
    }
}
