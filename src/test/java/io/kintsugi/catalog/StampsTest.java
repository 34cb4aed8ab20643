package io.kintsugi.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.AtOnce;
import io.kintsugi.base.StoreException.Unavailable;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a reader may find of a commit, whenever it looks. */
class StampsTest {
    private static final int STRIPE = 3;
    private static final int OTHER = 4;
    private static final long SEQUENCE = 7;

    private final Stamps stamps = new Stamps();
    private final Flight flight = new Flight(SEQUENCE, Duration.ofSeconds(1));

    /** Found by simulation: a reader that came between the two took half of the commit for all of it. */
    @Test
    void whoFindsAStampFindsItsFlight() {
        stamps.begin(
                flight,
                () -> IntStream.of(STRIPE, OTHER)
                        .peek(next -> assertEquals(stamps.last(STRIPE) == SEQUENCE, stamps.moving(STRIPE)))
                        .iterator());
        assertTrue(stamps.moving(STRIPE));
        assertTrue(stamps.moving(OTHER));
        stamps.end();
        assertFalse(stamps.moving(STRIPE));
        assertEquals(SEQUENCE, stamps.last(STRIPE));
    }

    @Test
    void aCommitMovesNothingElse() {
        stamps.begin(flight, List.of(STRIPE));
        assertFalse(stamps.moving(OTHER));
        assertEquals(0, stamps.last(OTHER));
    }

    /** A reader that stood still from its read until the catalog was opened again: that commit may be none. */
    @Test
    void whoHasReadARowOfACommitThatIsNoMoreDoesNotTakeItForSettled() {
        long opening = stamps.opening();
        stamps.begin(flight, List.of(STRIPE));
        flight.fail(new Unavailable(Unavailable.Kind.TIMEOUT, "it is not known"));
        stamps.invalidate(SEQUENCE);
        assertThrows(Unavailable.class, () -> stamps.settle(STRIPE, opening));
        assertThrows(Unavailable.class, () -> stamps.settle(opening));
        assertThrows(Unavailable.class, () -> stamps.settled(STRIPE, opening, "a row"));
        assertThrows(Unavailable.class, () -> stamps.settled(opening, "a row"));
        stamps.settle(STRIPE, stamps.opening());
    }

    @Test
    void norWhenTheNextCommitTouchesItByThen() {
        long opening = stamps.opening();
        stamps.invalidate(SEQUENCE);
        stamps.begin(flight, List.of(STRIPE));
        AtOnce<String> later = stamps.settled(STRIPE, opening, "a row");
        flight.land();
        assertThrows(Unavailable.class, later::orWait);
    }
}
