package io.kintsugi.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

@SuppressWarnings("deprecation")
class StoreMetricsTest {
    private static final int COLLECTIONS = 1_000;

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final StoreMetrics metrics =
            new StoreMetrics(registry, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));

    /** The registry alone holds sources weakly: a counter would go on telling what it told before the collection. */
    @Test
    void countersGoOnAfterACollection() {
        AtomicLong source = new AtomicLong(5);
        metrics.counter("counted", "What was counted", () -> source.doubleValue());
        assertEquals(5, count());
        collect();
        source.set(9);
        assertEquals(9, count());
    }

    private double count() {
        return registry.get("counted").functionCounter().count();
    }

    /** Until something that nobody holds is gone. */
    private static void collect() {
        WeakReference<Object> witness = new WeakReference<>(new Object());
        for (int i = 0; i < COLLECTIONS && witness.get() != null; i++) {
            System.gc();
        }
        assertNull(witness.get(), "nothing was collected");
    }
}
