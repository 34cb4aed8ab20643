package io.kintsugi.crash;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.drives.DriveIdentity;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.Roster;
import io.kintsugi.drives.ShardName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** What the writers of {@link DriveWorkload} do: known to the process that does it and to the one that checks it. */
final class DrivePlan {
    static final int WRITERS = 5;
    /** Of one writer, over all processes. */
    static final int STEPS = 60;

    static final DriveIdentity IDENTITY = identity();

    private static final int SLOTS = 4;
    private static final int KINDS = 10;

    private DrivePlan() {}

    private static DriveIdentity identity() {
        DriveId id = new DriveId(new Id128(1, 2));
        DriveId other = new DriveId(new Id128(1, 3));
        return new DriveIdentity(
                new Id128(1, 1),
                id,
                new Id128(1, 4),
                "nvme",
                new ErasureCode(1, 1),
                Roster.founded(List.of(other, id)),
                0);
    }

    /** One thing that is done and acknowledged. */
    sealed interface Step {
        /** Sets a row of the writer's own. */
        record Put(Row row, int size) implements Step {}

        record Remove(Row row) implements Step {}

        record Pack(ShardName shard, int size) implements Step {}

        record File(ShardName shard, int size) implements Step {}

        /** Removes the shard that the writer stored so many steps ago, if that was a step that stored one. */
        record Drop(int step) implements Step {}

        record RaiseEpoch(long epoch) implements Step {}
    }

    record Row(KvSpace space, String key) {
        byte[] bytes() {
            return key.getBytes(StandardCharsets.US_ASCII);
        }
    }

    static Step step(int writer, int number) {
        Random random = new Random(writer * 1_000_003L + number);
        int kind = random.nextInt(KINDS);
        Row small = new Row(KvSpace.OBJECTS, writer + "/" + random.nextInt(SLOTS));
        Row large = new Row(KvSpace.INLINE, writer + "/" + random.nextInt(SLOTS));
        return switch (kind) {
            case 0, 1 -> new Step.Put(small, 20 + random.nextInt(800));
            case 2 -> new Step.Put(large, 3000 + random.nextInt(6000));
            case 3 -> new Step.Remove(random.nextBoolean() ? small : large);
            case 4, 5 -> new Step.Pack(shard(writer, number), 500 + random.nextInt(20_000));
            case 6, 7 -> new Step.File(shard(writer, number), 100 + random.nextInt(30_000));
            case 8 -> new Step.Drop(Math.max(0, number - 1 - random.nextInt(5)));
            default -> writer == 0 ? new Step.RaiseEpoch(number + 1) : new Step.Put(small, 20 + random.nextInt(800));
        };
    }

    static ShardName shard(int writer, int number) {
        return new ShardName(new BlobId(new Id128(7, writer * 1000L + number)), writer);
    }

    static byte[] content(int writer, int number, int size) {
        byte[] bytes = new byte[size];
        new Random(writer * 7_919L + number).nextBytes(bytes);
        return bytes;
    }
}
