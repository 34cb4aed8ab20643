package io.kintsugi.sim;

import io.kintsugi.sim.engine.SimContext;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What else happens in a life: most have none of it. Drawn from numbers of their own, so that a life without any is the
 * one that its seed was before there were twists.
 */
final class Twists {
    /** Which there are, with commas between them, or {@link #NONE}. */
    static final String PARAMETER = "twists";

    static final String NONE = "none";

    private static final long OWN_STREAM = 0x7477697374735f31L;
    private static final long MEMORY_STREAM = 0x7477697374735f32L;
    private static final long ENDS_STREAM = 0x7477697374735f33L;

    /** Kinds of twists, and that one life in so many has it. */
    enum Twist {
        /** The clock of the day is set, forward and back. */
        CLOCK(4),
        /** A drive is added. */
        GROWTH(8),
        /** A drive is drained, and taken away. */
        DRAIN(8),
        /** Who writes is watched: others read the key meanwhile. */
        WATCHED(8),
        /**
         * Three of four rows that are looked for are in memory, so that most reads of small objects need no waiting.
         */
        MEMORY(2),
        /** Drives have more room and less, as others use them too: shards move, and back. */
        TIDES(16),
        /** Bodies end when a sweep begins, and their commits hang. */
        LATE(16),
        /** While a drive is mended, some of what it is to write fails. */
        HINDERED(8),
        /** A pool of drives is added. */
        POOL(16),
        /** Processes end in order, drives change while none runs, and nobody asks for anything to be mended. */
        ENDS(8);

        private final int oneIn;

        Twist(int oneIn) {
            this.oneIn = oneIn;
        }
    }

    private final Set<Twist> all;
    private final Random random;

    private Twists(Set<Twist> all, Random random) {
        this.all = all;
        this.random = random;
    }

    static Twists of(SimContext context) {
        Random random = new Random(context.seed() ^ OWN_STREAM);
        Set<Twist> drawn = EnumSet.noneOf(Twist.class);
        for (Twist twist : Twist.values()) {
            // those that came later must not move the others
            Random chance = switch (twist) {
                case MEMORY -> new Random(context.seed() ^ MEMORY_STREAM);
                case ENDS -> new Random(context.seed() ^ ENDS_STREAM);
                default -> random;
            };
            if (chance.nextInt(twist.oneIn) == 0) {
                drawn.add(twist);
            }
        }
        Optional<Set<Twist>> wanted = context.parameter(PARAMETER).map(Twists::named);
        return new Twists(wanted.orElse(drawn), random);
    }

    private static Set<Twist> named(String names) {
        return Stream.of(names.split(","))
                .filter(name -> !name.equals(NONE))
                .map(Twist::valueOf)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Twist.class)));
    }

    boolean has(Twist twist) {
        return all.contains(twist);
    }

    /** Whether shards move. */
    boolean moves() {
        return has(Twist.GROWTH) || has(Twist.POOL) || has(Twist.DRAIN) || has(Twist.TIDES);
    }

    /** Drives that a store has beside those that a blob needs, at least: where its shards can move to. */
    int spares() {
        return has(Twist.TIDES) ? 2 : has(Twist.DRAIN) ? 1 : 0;
    }

    /** Whether a process should live until a sweep comes by, or what was moved is removed. */
    boolean seldomTrouble() {
        return has(Twist.LATE) || has(Twist.TIDES);
    }

    /** Whether somebody asks for drives to be mended that were in trouble. */
    boolean operator() {
        return !has(Twist.ENDS);
    }

    /** Chance for what happens because of a twist. */
    Random random() {
        return random;
    }

    @Override
    public String toString() {
        return all.toString();
    }
}
