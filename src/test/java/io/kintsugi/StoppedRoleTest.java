package io.kintsugi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kintsugi.base.StoreException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Scripts act on the exit code: a failure that nobody foresaw must not look like a verdict. */
class StoppedRoleTest {
    @Test
    void whateverFailsIsNotTakenForAVerdict() {
        for (RuntimeException failure : new RuntimeException[] {
            new StoreException.Unavailable(StoreException.Unavailable.Kind.QUORUM, "foreseen"),
            new IllegalStateException("not foreseen"),
            new CompletionException(new IllegalStateException("not foreseen, by another thread"))
        }) {
            assertEquals(StoppedRole.NOT_DONE, StoppedRole.guarded(resources -> {
                throw failure;
            }));
        }
        assertEquals(StoppedRole.NOT_DONE, StoppedRole.guarded(resources -> {
            throw new StackOverflowError();
        }));
        assertEquals(0, StoppedRole.guarded(resources -> 0));
    }
}
