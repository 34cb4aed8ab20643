package io.kintsugi.sim.engine.toys;

import io.kintsugi.sim.engine.SimContext;
import io.kintsugi.sim.engine.SimScenario;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps all that it can in static fields, and fails when it finds anything there of an earlier run. */
public final class Counted implements SimScenario {
    private enum Colour {
        RED,
        GREEN;

        private static final Set<Colour> WARM = Set.of(RED);
        private int uses;
    }

    private static final class Counter {
        private int count;
    }

    private static final Map<String, Integer> MAP = new ConcurrentHashMap<>();
    private static final Map<Colour, Counter> COUNTERS = new EnumMap<>(Map.of(Colour.RED, new Counter()));
    private static final List<Integer> LIST = new ArrayList<>(List.of(7));
    private static final Set<Colour> COLOURS = new HashSet<>();
    private static final AtomicLong NUMBER = new AtomicLong(3);
    private static final int[] ARRAY = {1, 2};
    private static final Map<String, List<Integer>> DEEP = new HashMap<>(Map.of("a", new ArrayList<>()));
    private static int plain = 5;
    private static int without;

    @Override
    public void run(SimContext context) {
        String found = MAP + " " + COUNTERS.get(Colour.RED).count + " " + LIST + " " + COLOURS + " " + NUMBER + " "
                + ARRAY[0] + " " + DEEP + " " + plain + " " + without + " " + Colour.RED.uses
                + Colour.WARM.contains(Colour.RED) + " " + Other.count;
        if (!found.equals("{} 0 [7] [] 3 1 {a=[]} 5 0 0true 0")) {
            throw new AssertionError("found " + found);
        }
        MAP.put("a", 1);
        COUNTERS.get(Colour.RED).count++;
        LIST.add(8);
        COLOURS.add(Colour.GREEN);
        NUMBER.incrementAndGet();
        ARRAY[0]++;
        DEEP.get("a").add(1);
        plain++;
        without++;
        Colour.RED.uses++;
        Other.count++;
    }

    /** Has no static initialiser. */
    private static final class Other {
        private static int count;
    }
}
