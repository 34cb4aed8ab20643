package io.kintsugi.sim.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MutationTest {
    private static final String TOY = "io.kintsugi.sim.engine.toys.Mutated";

    private static String said(Mutation... mutations) {
        SimOptions options = SimOptions.DEFAULT;
        for (Mutation mutation : mutations) {
            options = options.mutate(mutation);
        }
        String history = SimEngine.run(1, TOY, options).orThrow().history();
        return history.substring(history.indexOf("main: ") + 6).trim();
    }

    @Test
    void theRealCodeIsTheMeasure() {
        assertEquals("synced 3, allowed false, sum 42, name real, later true", said());
    }

    @Test
    void callsAreLeftOut() {
        assertEquals(
                "synced 1, allowed false, sum 42, name real, later true",
                said(Mutation.dropCall(TOY + "#write", TOY + "#sync")));
        assertEquals(
                "synced 2, allowed false, sum 42, name real, later true",
                said(Mutation.dropCall(TOY + "#inLambda", "#sync")));
        assertEquals(
                "synced 3, allowed false, sum 42, name real, later true",
                said(Mutation.dropCall(TOY + "#later", "#later")),
                "a future that was never asked for is done");
    }

    @Test
    void answersAreReplaced() {
        assertEquals(
                "synced 3, allowed true, sum 42, name wrong, later true",
                said(Mutation.returns(TOY + "#allowed", true), Mutation.callReturns(TOY + "#run", "#name", "wrong")));
        assertEquals(
                "synced 3, allowed false, sum 0, name real, later true", said(Mutation.dropCall(TOY + "#run", "#sum")));
        assertEquals("synced 0, allowed false, sum 42, name real, later true", said(Mutation.empty(TOY + "#sync")));
    }

    @Test
    void aMistakeThatChangesNothingIsNone() {
        Mutation nowhere = Mutation.dropCall(TOY + "#write", "#flush");
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> said(nowhere));
        assertTrue(e.getMessage().contains("#flush"), e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> said(Mutation.empty(TOY + "#gone")));
        assertThrows(IllegalArgumentException.class, () -> said(Mutation.empty(TOY + "Gone#run")));
    }

    @Test
    void theStoreItselfCanBeBroken() {
        SimOptions broken = SimOptions.DEFAULT.mutate(
                Mutation.dropCall("io.kintsugi.sim.SimDrive#writePacked", "java.nio.ByteBuffer#get"));
        assertTrue(SimEngine.run(1, "io.kintsugi.sim.engine.toys.SmallStore", broken)
                .failure()
                .isPresent());
    }
}
