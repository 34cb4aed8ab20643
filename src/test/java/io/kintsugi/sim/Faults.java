package io.kintsugi.sim;

import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.cluster.DriveListener.Event;
import io.kintsugi.drives.DriveException.Kind;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.ShardName;
import io.kintsugi.sim.engine.OneStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.stream.Stream;

/** What happens to drives, from beginning to end, within the budget. Each blocks its thread until the fault is over. */
@OneStep
final class Faults {
    private static final int SLOW_TIMES = 400;
    private static final int MAX_MILLIS = 5_000;

    private final SimTopology topology;
    private final Random random;
    private final History history;
    private final List<Fault> kinds;

    /** @param operator whether somebody has drives mended; else only those things happen that a store notices itself */
    Faults(SimTopology topology, Random random, History history, boolean operator) {
        this.topology = topology;
        this.random = random;
        this.history = history;
        this.kinds = Stream.of(Fault.values())
                .filter(fault -> operator || fault.isNoticed())
                .toList();
    }

    /** Kinds of trouble. */
    enum Fault {
        PULLED,
        HANGS,
        SILENT,
        SLOW,
        ERRORS,
        FULL,
        READ_ONLY,
        POWER,
        LIES,
        EMPTY,
        STALE,
        ROT,
        MISDIRECTED,
        LOST_SHARDS,
        ROTTEN_ROWS;

        /** Whether the store hears of it, or sees it in each header; else it is found by scrubbing and by reads. */
        boolean isNoticed() {
            return switch (this) {
                case LIES, ROT, MISDIRECTED, LOST_SHARDS, ROTTEN_ROWS -> false;
                default -> true;
            };
        }
    }

    Fault any() {
        return kinds.get(random.nextInt(kinds.size()));
    }

    void happen(Fault fault, int drive) {
        history.say("drive " + drive + " " + fault);
        SimDrive sim = topology.sim(drive);
        switch (fault) {
            case PULLED -> away(drive, random.nextBoolean(), () -> {}, Event.RETURNED);
            case HANGS -> {
                sim.hang(some());
                over(drive, sim::release);
            }
            case SILENT -> {
                sim.holdAnswers(some());
                over(drive, sim::release);
            }
            case SLOW -> {
                sim.slowDown(random.nextInt(2, SLOW_TIMES));
                over(drive, () -> sim.slowDown(1));
            }
            case ERRORS -> {
                sim.failNext(random.nextInt(1, 30), random.nextBoolean() ? Kind.IO : Kind.BUSY, some());
                over(drive, sim::release);
            }
            case FULL -> {
                sim.setFull(true);
                over(drive, () -> sim.setFull(false));
            }
            case READ_ONLY -> {
                sim.setReadOnly(true);
                over(drive, () -> sim.setReadOnly(false));
            }
            case POWER -> away(drive, random.nextBoolean(), sim::crash, Event.RETURNED);
            case LIES -> {
                sim.lieAboutSyncs(true);
                pause();
                away(drive, random.nextBoolean(), sim::crash, Event.RETURNED);
                sim.lieAboutSyncs(false);
            }
            case EMPTY -> away(drive, random.nextBoolean(), sim::replaceByEmpty, Event.REPLACED);
            case STALE -> {
                SimMedia before = sim.snapshot();
                pause();
                away(drive, random.nextBoolean(), () -> sim.goBackTo(before), Event.RETURNED);
            }
            case ROT -> shards(sim, this::rot);
            case MISDIRECTED -> shards(sim, this::misdirect);
            case LOST_SHARDS -> shards(sim, (shards, name) -> shards.remove(name));
            case ROTTEN_ROWS -> {
                sim.damage(this::rotRows);
                pause();
                away(drive, random.nextBoolean(), sim::replaceByEmpty, Event.REPLACED);
            }
        }
        history.say("drive " + drive + " " + fault + " is over");
    }

    /** Whatever all drives hang on (a controller, a bus, the machine) stands still, and goes on. */
    void stall() {
        stall(random.nextBoolean() ? new SimOp[] {SimOp.COMMIT} : new SimOp[0], random.nextBoolean());
    }

    /** Commits have their effect, and nobody hears of it: it may be seen, and be lost. */
    void silentCommits() {
        stall(new SimOp[] {SimOp.COMMIT}, true);
    }

    private void stall(SimOp[] ops, boolean silent) {
        history.say("all drives " + (silent ? "are silent" : "hang"));
        for (SimDrive sim : topology.sims()) {
            if (silent) {
                sim.holdAnswers(ops);
            } else {
                sim.hang(ops);
            }
        }
        pause();
        topology.sims().forEach(SimDrive::release);
        history.say("all drives go on");
    }

    private SimOp[] some() {
        SimOp[] all = SimOp.values();
        return switch (random.nextInt(4)) {
            case 0 -> new SimOp[0];
            case 1 -> new SimOp[] {SimOp.COMMIT};
            default -> new SimOp[] {all[random.nextInt(all.length)], all[random.nextInt(all.length)]};
        };
    }

    private void pause() {
        SimHost.pause(Duration.ofMillis(random.nextInt(1, MAX_MILLIS)));
    }

    /** A fault of a drive that stays: its watchers may notice, or not. */
    private void over(int drive, Runnable end) {
        boolean told = random.nextBoolean();
        pause();
        end.run();
        if (told) {
            topology.tell(drive, Event.RETURNED);
        }
    }

    /** It goes, something happens to it, and it is back. */
    private void away(int drive, boolean told, Runnable meanwhile, Event event) {
        SimDrive sim = topology.sim(drive);
        sim.goOffline("pulled out");
        if (told) {
            topology.tell(drive, Event.LOST);
        }
        pause();
        meanwhile.run();
        sim.comeOnline();
        topology.tell(drive, event);
    }

    private interface Damage {
        void to(NavigableMap<ShardName, byte[]> shards, ShardName name);
    }

    /** To some of its shards, of both forms. */
    private void shards(SimDrive sim, Damage damage) {
        int percent = random.nextInt(5, 100);
        for (Form form : List.of(Form.PACKED, Form.FILES)) {
            for (ShardName name : sim.shards(form)) {
                if (random.nextInt(100) < percent) {
                    sim.damage(media -> {
                        if (media.shards(form).containsKey(name)) {
                            damage.to(media.shards(form), name);
                        }
                    });
                }
            }
        }
    }

    private void rot(NavigableMap<ShardName, byte[]> shards, ShardName name) {
        shards.put(name, flipped(shards.get(name)));
    }

    private byte[] flipped(byte[] bytes) {
        byte[] wrong = bytes.clone();
        if (wrong.length > 0) {
            // every drive holds its rows twice, with the same fault
            int at = Math.floorMod(Arrays.hashCode(bytes), wrong.length);
            wrong[at] ^= (byte) (1 << (at & 7));
        }
        return wrong;
    }

    private void misdirect(NavigableMap<ShardName, byte[]> shards, ShardName name) {
        ShardName next = shards.higherKey(name);
        shards.put(next == null ? shards.firstKey() : next, shards.get(name));
    }

    private void rotRows(SimMedia media) {
        for (KvSpace space : KvSpace.values()) {
            if (space.catalog()) {
                List<Map.Entry<byte[], byte[]>> rows =
                        new ArrayList<>(media.rows(space).entrySet());
                for (int i = 0; i < rows.size(); i += 2) {
                    media.put(space, rows.get(i).getKey(), flipped(rows.get(i).getValue()));
                }
            }
        }
    }
}
