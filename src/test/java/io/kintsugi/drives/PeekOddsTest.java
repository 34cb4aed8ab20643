package io.kintsugi.drives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PeekOddsTest {
    private final PeekOdds odds = new PeekOdds();

    /** Of {@code reads}, how many looked at memory first. */
    private int looks(int reads, boolean found) {
        int looks = 0;
        for (int i = 0; i < reads; i++) {
            if (odds.areGood()) {
                looks++;
                odds.looked(found);
            }
        }
        return looks;
    }

    @Test
    void beginsWithLooking() {
        assertTrue(odds.areGood());
    }

    @Test
    void looksAlwaysWhileThingsAreFound() {
        assertEquals(10_000, looks(10_000, true));
    }

    @Test
    void looksSeldomWhenNothingIsFound() {
        looks(1_000, false);
        assertEquals(625, looks(10_000, false), "one of 16");
    }

    @Test
    void looksAgainWhenThingsAreFoundAgain() {
        looks(10_000, false);
        looks(1_000, true);
        assertEquals(10_000, looks(10_000, true));
    }
}
