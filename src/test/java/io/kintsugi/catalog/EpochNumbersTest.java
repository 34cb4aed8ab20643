package io.kintsugi.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kintsugi.base.ErasureCode;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.sim.SimTopology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A number that was announced is known at the next start, whichever m drives are lost: away, or with a key-value store
 * that was set aside, and the row of the number with it. Else an epoch that was cut off on a drive that is away could
 * be begun a second time, and that drive's replica pass for one of it.
 */
class EpochNumbersTest {
    private static final long NUMBER = 7;
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    /** Drives as bits. @param heard of the number, @param away at the next start, @param forgetful with a new store */
    private record Case(ErasureCode code, int heard, int away, int forgetful) {
        OptionalLong known() {
            int enough = code.dataShards();
            try (SimTopology drives = new SimTopology(code)) {
                EpochNumbers numbers = new EpochNumbers(drives, DEADLINE);
                offline(drives, ~heard);
                assertEquals(Integer.bitCount(heard), numbers.announce(NUMBER, enough));
                drives.sims().forEach(drive -> drive.comeOnline());
                forget(drives);
                offline(drives, away);
                return numbers.announced(enough);
            }
        }

        private static void offline(SimTopology drives, int which) {
            for (int i = 0; i < drives.sims().size(); i++) {
                if ((which >> i & 1) != 0) {
                    drives.sims().get(i).goOffline("away");
                }
            }
        }

        private void forget(SimTopology drives) {
            for (int i = 0; i < drives.sims().size(); i++) {
                if ((forgetful >> i & 1) != 0) {
                    drives.sims()
                            .get(i)
                            .keyValue()
                            .commit(new KvBatch().delete(KvSpace.LOCAL, EpochNumbers.KEY))
                            .join();
                }
            }
        }
    }

    /** All in which just enough drives have heard of it, and so many are lost in either way. */
    private static List<Case> cases(ErasureCode code, int lost) {
        int all = 1 << code.totalShards();
        List<Case> cases = new ArrayList<>();
        for (int heard = 0; heard < all; heard++) {
            for (int away = 0; away < all; away++) {
                for (int forgetful = 0; forgetful < all; forgetful++) {
                    boolean apart = (away & forgetful) == 0;
                    boolean just = Integer.bitCount(heard) == code.dataShards()
                            && Integer.bitCount(away | forgetful) == lost
                            && Integer.bitCount(away) <= code.parityShards();
                    if (apart && just) {
                        cases.add(new Case(code, heard, away, forgetful));
                    }
                }
            }
        }
        return cases;
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "3, 1", "3, 2"})
    void isKnownWhicheverDrivesAreLost(int k, int m) {
        for (Case one : cases(new ErasureCode(k, m), m)) {
            assertEquals(OptionalLong.of(NUMBER), one.known(), one::toString);
        }
    }

    /** So what is lost above is what matters. */
    @Test
    void mayBeForgottenWhenOneMoreIsLost() {
        assertEquals(OptionalLong.of(0), new Case(new ErasureCode(3, 2), 0b00111, 0b00001, 0b00110).known());
    }
}
