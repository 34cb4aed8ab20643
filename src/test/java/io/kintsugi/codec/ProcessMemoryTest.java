package io.kintsugi.codec;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

class ProcessMemoryTest {
    /** That nothing else is lost is shown by {@code native/check.sh}, and by whatever runs in this JVM afterwards. */
    @Test
    void pagesOfTheJvmAreGivenBackAndComeAgain() {
        assumeTrue(Kernels.AVAILABLE, Kernels.REASON);
        assertTrue(ProcessMemory.giveBack() > 1 << 20);
        assertTrue(ProcessMemory.giveBack() > 0, "what the first call itself needed has come again");
    }
}
