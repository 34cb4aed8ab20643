package io.kintsugi.crash;

import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.base.Clock;
import io.kintsugi.crash.DrivePlan.Step;
import io.kintsugi.drives.DriveDirectory;
import io.kintsugi.drives.DriveInspection;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.DriveSettings;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.LocalDrive;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * A process that is recorded: formats the drive of its first argument if it is none yet, and does the steps of
 * {@link DrivePlan} from the number of its third argument to that of its fourth. With a fifth, "halt", it ends as if it
 * were killed.
 */
final class DriveWorkload {
    /** The writer number of formatting. */
    static final int FORMATTING = -1;

    private static final long CACHE = 1 << 20;
    /** So little that one space after the other goes to its tables all the time, and each time a log ends. */
    private static final long ROWS_IN_MEMORY = 1 << 17;

    private final LocalDrive drive;
    private final Marks marks;

    private DriveWorkload(LocalDrive drive, Marks marks) {
        this.drive = drive;
        this.marks = marks;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path path = Path.of(arguments[0]);
        int first = Integer.parseInt(arguments[2]);
        int end = Integer.parseInt(arguments[3]);
        try (Marks marks = new Marks(Path.of(arguments[1]));
                DriveResources resources = new DriveResources(CACHE, ROWS_IN_MEMORY)) {
            if (DriveDirectory.inspect(path) instanceof DriveInspection.Empty) {
                marks.begun(FORMATTING, 0);
                DriveDirectory.format(path, DrivePlan.IDENTITY);
                marks.done(FORMATTING, 0);
            }
            try (LocalDrive drive =
                    LocalDrive.open(path, DrivePlan.IDENTITY, DriveSettings.with(resources), Clock.SYSTEM)) {
                DriveWorkload workload = new DriveWorkload(drive, marks);
                Thread[] writers = new Thread[DrivePlan.WRITERS];
                for (int i = 0; i < writers.length; i++) {
                    int writer = i;
                    writers[i] = Thread.ofPlatform().start(() -> workload.write(writer, first, end));
                }
                for (Thread writer : writers) {
                    writer.join();
                }
                if (arguments.length > 4) {
                    Runtime.getRuntime().halt(0);
                }
            }
        }
    }

    private void write(int writer, int first, int end) {
        for (int i = first; i < end; i++) {
            marks.begun(writer, i);
            perform(writer, i, DrivePlan.step(writer, i)).join();
            marks.done(writer, i);
        }
    }

    private CompletableFuture<Void> perform(int writer, int number, Step step) {
        return switch (step) {
            case Step.Put(var row, var size) ->
                drive.keyValue()
                        .commit(new KvBatch().put(row.space(), row.bytes(), DrivePlan.content(writer, number, size)));
            case Step.Remove(var row) -> drive.keyValue().commit(new KvBatch().delete(row.space(), row.bytes()));
            case Step.Pack(var shard, var size) ->
                drive.writePacked(shard, ByteBuffer.wrap(DrivePlan.content(writer, number, size)));
            case Step.File(var shard, var size) -> {
                ByteBuffer bytes = ByteBuffer.wrap(DrivePlan.content(writer, number, size));
                ByteBuffer head = bytes.slice(0, size / 3);
                ByteBuffer tail = bytes.slice(size / 3, size - size / 3);
                yield drive.createShard(shard, size)
                        .thenCompose(sink -> sink.append(head)
                                .thenCompose(done -> sink.append(tail))
                                .thenCompose(done -> sink.publish()));
            }
            case Step.RaiseEpoch(var epoch) -> drive.raiseCatalogEpoch(epoch);
            case Step.Drop(var dropped) ->
                switch (DrivePlan.step(writer, dropped)) {
                    case Step.Pack(var shard, var _) -> drive.deleteShard(shard, Form.PACKED);
                    case Step.File(var shard, var _) -> drive.deleteShard(shard, Form.FILES);
                    case Step.Put _, Step.Remove _, Step.Drop _, Step.RaiseEpoch _ ->
                        CompletableFuture.completedFuture(null);
                };
        };
    }
}
