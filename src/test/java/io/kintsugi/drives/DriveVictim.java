package io.kintsugi.drives;

import static io.kintsugi.drives.DriveContract.bytes;

import io.kintsugi.base.Clock;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The process that {@link DriveKillTest} kills: writes to the drive of its first argument, from the number of its
 * second on, and prints the number of everything that was acknowledged. Ends by itself after some thousand writes.
 */
final class DriveVictim {
    /** Tells a whole number from one that was cut off. */
    static final String END = ";";

    private static final int WRITERS = 8;
    private static final int WRITES = 20_000;

    private final LocalDrive drive;
    private final AtomicInteger next;
    private final int end;

    private DriveVictim(LocalDrive drive, int first) {
        this.drive = drive;
        this.next = new AtomicInteger(first);
        this.end = first + WRITES;
    }

    public static void main(String[] arguments) throws InterruptedException {
        Path path = Path.of(arguments[0]);
        DriveIdentity identity = ((DriveInspection.Ours) DriveDirectory.inspect(path)).identity();
        try (DriveResources resources = new DriveResources(16 << 20, 16 << 20);
                LocalDrive drive = LocalDrive.open(path, identity, DriveSettings.with(resources), Clock.SYSTEM)) {
            DriveVictim victim = new DriveVictim(drive, Integer.parseInt(arguments[1]));
            Thread[] writers = new Thread[WRITERS];
            for (int i = 0; i < WRITERS; i++) {
                writers[i] = Thread.ofVirtual().start(victim::writeOn);
            }
            for (Thread writer : writers) {
                writer.join();
            }
        }
    }

    private void writeOn() {
        for (int i = next.getAndIncrement(); i < end; i = next.getAndIncrement()) {
            write(i).join();
            System.out.print(i + END + "\n");
        }
    }

    /** Every third is a row, a packed shard, a file. */
    private CompletableFuture<Void> write(int i) {
        ByteBuffer bytes = ByteBuffer.wrap(contentOf(i));
        return switch (i % 3) {
            case 0 -> drive.keyValue().commit(new KvBatch().put(KvSpace.INLINE, keyOf(i), contentOf(i)));
            case 1 -> drive.writePacked(DriveContract.name(i, 1), bytes);
            default ->
                drive.createShard(DriveContract.name(i, 2), 0)
                        .thenCompose(sink -> sink.append(bytes).thenCompose(done -> sink.publish()));
        };
    }

    static byte[] keyOf(int i) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(i).array();
    }

    static byte[] contentOf(int i) {
        return bytes(i * 37 % 20_000, i);
    }
}
