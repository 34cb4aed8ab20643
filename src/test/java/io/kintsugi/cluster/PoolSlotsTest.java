package io.kintsugi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the handles of a pool say while their drives are away. */
class PoolSlotsTest {
    private static final DriveId ONE = new DriveId(new Id128(1, 1));
    private static final DriveId TWO = new DriveId(new Id128(1, 2));
    private static final List<Path> FOLDERS = List.of(Path.of("/d1"), Path.of("/d2"));

    /** The drives were swapped, and the folder of one of them is lost: it is not the one of the other that opens. */
    @Test
    void aDriveThatIsStillBeingOpenedIsNotSaidToBeInAFolderThatIsOfNoUse() {
        PoolSlots pool =
                PoolSlots.of(new Deployment.Pool("pool1", new ErasureCode(1, 1), List.of(ONE, TWO), false), FOLDERS);
        pool.drive(ONE).explain(FOLDERS.getLast(), "it is being opened");
        pool.explain(List.of(
                new SlotPolicy.Verdict.Refused(FOLDERS.getFirst(), "it is gone"),
                new SlotPolicy.Verdict.Format(FOLDERS.getLast(), ONE)));
        assertEquals(FOLDERS.getLast(), pool.drive(ONE).where());
        assertEquals("it is being opened", pool.drive(ONE).reason());
        assertEquals(FOLDERS.getFirst(), pool.drive(TWO).where());
        assertEquals("it is gone", pool.drive(TWO).reason());
    }
}
