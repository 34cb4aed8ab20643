package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;

/** What a store says of itself, and waiting until it says something. */
final class StoreHealth {
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    private StoreHealth() {}

    /** The body of the readiness check in one line, without the blanks around its signs. */
    static String text(StoreProcess store) throws Exception {
        return store.manage("/q/health/ready").body().replaceAll("\\s+", " ").replace("\": ", "\":");
    }

    static long number(StoreProcess store, String name) throws Exception {
        String text = text(store);
        int at = text.indexOf("\"" + name + "\":");
        if (at < 0) {
            fail(name + " is not in " + text);
        }
        return Long.parseLong(text.substring(at + name.length() + 3).split("[^0-9]", 2)[0]);
    }

    /** The value of a metric that has no labels. */
    static long metric(StoreProcess store, String name) throws Exception {
        String metrics = store.manage("/q/metrics").body();
        return metrics.lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseGet(() -> fail(name + " is not in " + metrics));
    }

    static void await(StoreProcess store, String... signs) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            String text = text(store);
            boolean all = true;
            for (String sign : signs) {
                all &= text.contains(sign);
            }
            if (all) {
                return;
            }
            if (System.nanoTime() - end > 0) {
                fail("it did not come about: " + String.join(", ", signs) + " in " + text);
            }
            Thread.sleep(50);
        }
    }

    /** Until every drive is there and holds all that it should, and the catalog has all its replicas. */
    static void awaitHealed(StoreProcess store) throws Exception {
        await(store, "\"state\":\"healthy\"", "\"healing\":false");
    }
}
