package io.kintsugi.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.sim.SimDrive;
import io.kintsugi.sim.SimTopology;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which drives get the replicas of a rebuilt catalog when some don't take them. */
class RescueCopyTest {
    private static final int ROWS = 5_000;
    private static final RescueCopy.Plan PLAN = new RescueCopy.Plan(7, 20, 300, true);

    private final SimTopology drives = new SimTopology(new ErasureCode(4, 2));
    private final SimDrive home = new SimDrive(new DriveId(new Id128(9, 9)));
    private final RescueCopy copy = new RescueCopy(drives, home.keyValue(), home.id());

    RescueCopyTest() {
        KvBatch batch = new KvBatch();
        IntStream.range(0, ROWS).forEach(i -> batch.put(KvSpace.OBJECTS, key(i), key(i)));
        home.keyValue().commit(batch).join();
    }

    private static byte[] key(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }

    private List<DriveId> ids(int... indices) {
        return IntStream.of(indices).mapToObj(i -> drives.sim(i).id()).toList();
    }

    private Optional<ReplicaState> state(int index) {
        return drives.sim(index)
                .keyValue()
                .get(KvSpace.META, ReplicaState.KEY)
                .join()
                .map(ReplicaState::decode);
    }

    private void requireCopiedTo(int... indices) {
        ReplicaState state = new ReplicaState(PLAN.epoch(), PLAN.sequence(), PLAN.nextOrder(), ids(indices));
        for (int i = 0; i < drives.sims().size(); i++) {
            int index = i;
            boolean chosen = IntStream.of(indices).anyMatch(at -> at == index);
            assertEquals(chosen ? Optional.of(state) : Optional.empty(), state(i), "drive " + i);
        }
        for (int index : indices) {
            for (int row : List.of(0, ROWS / 2, ROWS - 1)) {
                assertTrue(drives.sim(index)
                        .keyValue()
                        .get(KvSpace.OBJECTS, key(row))
                        .join()
                        .isPresent());
            }
        }
    }

    @Test
    void drivesThatAreFullOrReadOnlyGetNone() {
        drives.sim(0).setFull(true);
        drives.sim(2).setReadOnly(true);
        assertEquals(ids(1, 3, 4), copy.run(PLAN, rows -> {}));
        requireCopiedTo(1, 3, 4);
    }

    @Test
    void aDriveThatFailsAmidTheRowsIsLeftOutAndAnotherOneGetsAllOfThem() {
        LongConsumer fails = rows -> drives.sim(1).setFull(rows > ROWS / 3 || refuses(1));
        assertEquals(ids(0, 2, 3), copy.run(PLAN, fails));
        requireCopiedTo(0, 2, 3);
    }

    private boolean refuses(int index) {
        return !drives.sim(index).status().online();
    }

    @Test
    void drivesThatAreAwayAndOneThatIsFullAreNoObstacleWhileEnoughAreLeft() {
        drives.sim(0).setFull(true);
        IntStream.of(3, 4, 5).forEach(i -> drives.sims().get(i).goOffline("away"));
        assertThrows(Unavailable.class, () -> copy.run(PLAN, rows -> {}), "too few record the epoch");
        drives.sims().get(3).comeOnline();
        drives.sims().get(4).comeOnline();
        assertEquals(ids(1, 2, 3), copy.run(PLAN, rows -> {}));
    }

    @Test
    void whereTooFewAreLeftNoneIsGood() {
        LongConsumer fail =
                rows -> IntStream.range(0, 4).forEach(i -> drives.sim(i).setFull(true));
        String why = assertThrows(Unavailable.class, () -> copy.run(PLAN, fail)).getMessage();
        assertTrue(why.contains("only 2 drives take a replica") && why.contains("FULL"), why);
        IntStream.range(0, drives.sims().size()).forEach(i -> assertEquals(Optional.empty(), state(i)));

        drives.sims().forEach(drive -> drive.setFull(false));
        assertEquals(ids(0, 1, 2), copy.run(PLAN, rows -> {}));
        requireCopiedTo(0, 1, 2);
    }
}
