package io.kintsugi.catalog;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.cluster.DriveListener.Event;
import io.kintsugi.sim.SimOp;
import io.kintsugi.sim.SimTopology;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/**
 * A client, and drives that are pulled out, hang, come back, are replaced by empty ones, and lose power, never more
 * than two of four in trouble at a time. Every write is acknowledged, and whatever was acknowledged is there.
 */
class CatalogSimulationPropertyTest {
    private static final int STEPS = 60;

    @Property(tries = 12, shrinking = ShrinkingMode.OFF)
    void nothingAcknowledgedIsLost(@ForAll long seed) {
        new Run(seed).run();
    }

    private static final class Run {
        private final Random random;
        private final SimTopology drives = new SimTopology(new ErasureCode(2, 2));
        private final Acked acked = new Acked();
        private final Set<Integer> troubled = new HashSet<>();
        private EmbeddedCatalog catalog = SimCatalogs.open(drives);

        Run(long seed) {
            this.random = new Random(seed);
        }

        void run() {
            catalog.createBucket(Samples.bucket(Versioning.OFF));
            for (int i = 0; i < STEPS; i++) {
                step(random.nextInt(16), random.nextInt(4));
            }
            mend();
            powerCut();
            acked.check(catalog);
            catalog.close();
        }

        private void step(int action, int drive) {
            switch (action) {
                case 0 -> trouble(drive, () -> drives.sim(drive).goOffline("pulled out"), Event.LOST);
                case 1 -> trouble(drive, () -> drives.sim(drive).hang(SimOp.COMMIT), Event.RETURNED);
                case 2 -> trouble(drive, () -> drives.sim(drive).holdAnswers(SimOp.COMMIT), Event.RETURNED);
                case 3 -> trouble(drive, () -> drives.sim(drive).replaceByEmpty(), Event.REPLACED);
                case 4 -> comeBack(drive);
                case 5 -> powerCut();
                case 6 -> mend();
                case 7 -> acked.check(catalog);
                default -> assertTrue(acked.put(catalog, "k" + random.nextInt(8)), "writing goes on");
            }
        }

        private void trouble(int drive, Runnable fault, Event event) {
            if (troubled.size() < 2 || troubled.contains(drive)) {
                troubled.add(drive);
                fault.run();
                if (random.nextBoolean()) {
                    drives.tell(drive, event);
                }
            }
        }

        /** It is in trouble until its replica was made anew. */
        private void comeBack(int drive) {
            drives.sim(drive).release();
            drives.sim(drive).comeOnline();
            if (random.nextBoolean()) {
                drives.tell(drive, Event.RETURNED);
            }
        }

        private void mend() {
            for (int drive = 0; drive < drives.sims().size(); drive++) {
                comeBack(drive);
            }
            assertTrue(acked.put(catalog, "mended"));
            SimCatalogs.untilStrong(catalog);
            acked.check(catalog);
            ReplicaContents.assertEqual(drives, catalog);
            troubled.clear();
        }

        private void powerCut() {
            drives.sims().forEach(sim -> sim.goOffline("power cut"));
            drives.crash();
            catalog.close();
            for (int drive = 0; drive < drives.sims().size(); drive++) {
                if (!troubled.contains(drive) || random.nextBoolean()) {
                    drives.sim(drive).comeOnline();
                }
            }
            catalog = SimCatalogs.open(drives);
        }
    }
}
