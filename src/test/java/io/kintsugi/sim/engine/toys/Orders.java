package io.kintsugi.sim.engine.toys;

import io.kintsugi.sim.engine.SimContext;
import io.kintsugi.sim.engine.SimScenario;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Tells whatever differs from one virtual machine to the next in Java as it is. */
public final class Orders implements SimScenario {
    private enum Colour {
        RED,
        GREEN,
        BLUE,
        WHITE,
        BLACK
    }

    private record Shade(Colour colour, int depth) {}

    private static final class Plain {
        private final int number;

        Plain(int number) {
            this.number = number;
        }
    }

    @Override
    public void run(SimContext context) throws Exception {
        context.log("set " + Set.of("a", "b", "c", "d", "e") + Set.copyOf(List.of("x", "y", "z")));
        context.log("map " + Map.of("a", 1, "b", 2, "c", 3) + Map.ofEntries(Map.entry("p", 1), Map.entry("q", 2)));
        context.log("collected " + Stream.of("k", "l", "m", "n").collect(Collectors.toUnmodifiableSet()));
        context.log("enums " + keys(Stream.of(Colour.values())));
        context.log("records " + keys(Stream.of(Colour.values()).map(colour -> new Shade(colour, 3))));
        Map<Plain, Integer> plain = new ConcurrentHashMap<>();
        IntStream.range(0, 20).forEach(i -> plain.put(new Plain(i), i));
        context.log("objects " + plain.keySet().stream().map(p -> p.number).toList() + new Plain(1).hashCode());
        Set<Supplier<Integer>> lambdas = new HashSet<>();
        IntStream.range(0, 20).forEach(i -> lambdas.add(() -> i));
        context.log("lambdas " + lambdas.stream().map(Supplier::get).toList());
        Map<Thread, String> threads = new HashMap<>();
        for (int i = 0; i < 5; i++) {
            Thread thread = Thread.ofPlatform().daemon().name("t", i).start(() -> {});
            threads.put(thread, thread.getName());
            thread.join();
        }
        context.log("threads " + threads.values());
        context.log("chance " + ThreadLocalRandom.current().nextLong() + " " + new SecureRandom().nextLong() + " "
                + UUID.randomUUID() + " " + Math.random());
        context.log("time " + Instant.now() + " " + System.nanoTime() + " " + System.currentTimeMillis());
        context.log("processors " + Runtime.getRuntime().availableProcessors());
    }

    private static <T> List<T> keys(Stream<T> elements) {
        Map<T, Boolean> map = new ConcurrentHashMap<>();
        elements.forEach(e -> map.put(e, true));
        return List.copyOf(map.keySet());
    }
}
