package io.kintsugi.catalog;

import io.kintsugi.base.Clock;
import io.kintsugi.cluster.Topology;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.ScanLimit;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Embedded catalogs on simulated drives, and waiting for what they do by themselves. */
final class SimCatalogs {
    static final CatalogSettings QUICK = CatalogSettings.DEFAULT
            .withDeadlines(Duration.ofMillis(300), Duration.ofMillis(600), Duration.ofMillis(50))
            .withRepair(Duration.ofMillis(200), Duration.ofMillis(20));
    /** What hangs is waited for until the test lets it go on, however long the machine takes to come to that. */
    static final CatalogSettings PATIENT = patient();

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private SimCatalogs() {}

    private static CatalogSettings patient() {
        Duration longest = Duration.ofMinutes(10);
        CatalogSettings usual = CatalogSettings.DEFAULT;
        return new CatalogSettings(
                usual.queue(),
                usual.batchChanges(),
                usual.batchBytes(),
                longest,
                longest,
                usual.hedge(),
                longest,
                usual.logBytes(),
                usual.moveAfter(),
                usual.tick());
    }

    static EmbeddedCatalog open(Topology drives) {
        return EmbeddedCatalog.open(drives, Clock.SYSTEM, QUICK);
    }

    static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("it did not come about");
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
    }

    /** Until every replica that should be there takes commits. */
    static void untilStrong(Catalog catalog) {
        until(() -> catalog.status().writable()
                && catalog.status().reason().isEmpty()
                && catalog.status().rebuilding().isEmpty());
    }

    static void join(Thread thread) {
        try {
            if (!thread.join(Duration.ofNanos(PATIENCE_NANOS))) {
                throw new AssertionError("the thread does not end");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A batch that puts one wrong byte into every row of the current objects. */
    static KvBatch garbageInEveryObject(Drive drive) {
        byte[] to = Bytes.behindPrefix(new byte[] {0x7F});
        KvBatch batch = new KvBatch();
        for (KvRow row : drive.keyValue()
                .scan(KvSpace.OBJECTS, new byte[0], to, new ScanLimit(10_000, Long.MAX_VALUE))
                .join()) {
            byte[] value = row.value();
            value[value.length / 2] ^= 1;
            batch.put(KvSpace.OBJECTS, row.key(), value);
        }
        return batch;
    }
}
