package io.kintsugi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.cluster.Quorum.Decision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuorumTest {
    @ParameterizedTest
    @CsvSource({
        // total, needed, succeeded, failed, decision
        "1, 1, 0, 0, PENDING",
        "1, 1, 1, 0, WON",
        "1, 1, 0, 1, LOST",
        "4, 3, 2, 0, PENDING",
        "4, 3, 2, 1, PENDING",
        "4, 3, 3, 0, WON",
        "4, 3, 3, 1, WON",
        "4, 3, 0, 1, PENDING",
        "4, 3, 0, 2, LOST",
        "4, 3, 2, 2, LOST",
        "16, 13, 12, 3, PENDING",
        "16, 13, 12, 4, LOST",
        "4, 4, 3, 1, LOST"
    })
    void decides(int total, int needed, int succeeded, int failed, Decision expected) {
        assertEquals(expected, new Quorum(total, needed).decide(succeeded, failed));
    }

    @Test
    void aDecisionNeverChangesByLaterOutcomes() {
        for (int total = 1; total <= 8; total++) {
            for (int needed = 1; needed <= total; needed++) {
                Quorum quorum = new Quorum(total, needed);
                for (int good = 0; good <= total; good++) {
                    for (int bad = 0; good + bad < total; bad++) {
                        Decision now = quorum.decide(good, bad);
                        if (now != Decision.PENDING) {
                            assertEquals(now, quorum.decide(good + 1, bad));
                            assertEquals(now, quorum.decide(good, bad + 1));
                        }
                    }
                    assertEquals(good >= needed ? Decision.WON : Decision.LOST, quorum.decide(good, total - good));
                }
            }
        }
    }

    @Test
    void refusesWhatIsNoQuorum() {
        assertThrows(IllegalArgumentException.class, () -> new Quorum(3, 4));
        assertThrows(IllegalArgumentException.class, () -> new Quorum(0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Quorum(3, 2).decide(2, 2));
    }
}
