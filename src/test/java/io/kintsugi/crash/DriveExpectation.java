package io.kintsugi.crash;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.base.Clock;
import io.kintsugi.crash.DrivePlan.Row;
import io.kintsugi.crash.DrivePlan.Step;
import io.kintsugi.drives.DriveDirectory;
import io.kintsugi.drives.DriveInspection;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.DriveSettings;
import io.kintsugi.drives.LocalDrive;
import io.kintsugi.drives.ShardName;
import io.kintsugi.drives.ShardSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What must be on a drive after a crash, by what {@link DriveWorkload} has said until then. */
final class DriveExpectation {
    private final Marks.Heard heard;
    /** What a row may be: of the last acknowledged step, and of the one under way. */
    private final Map<Row, List<Optional<byte[]>>> rows = new HashMap<>();
    /** Shards that must be there. */
    private final Set<ShardName> packed = new TreeSet<>();

    private final Set<ShardName> files = new TreeSet<>();
    /** Shards that may be there, and what they hold then. */
    private final Map<ShardName, byte[]> contents = new HashMap<>();

    private long leastEpoch;
    private long greatestEpoch;

    DriveExpectation(Marks.Heard heard) {
        this.heard = heard;
        for (int writer = 0; writer < DrivePlan.WRITERS; writer++) {
            for (int i = 0; i < heard.begun(writer); i++) {
                expect(writer, i, i < heard.done(writer));
            }
        }
    }

    private void expect(int writer, int number, boolean done) {
        switch (DrivePlan.step(writer, number)) {
            case Step.Put(var row, var size) -> row(row, Optional.of(DrivePlan.content(writer, number, size)), done);
            case Step.Remove(var row) -> row(row, Optional.empty(), done);
            case Step.Pack(var shard, var size) -> stored(packed, shard, DrivePlan.content(writer, number, size), done);
            case Step.File(var shard, var size) -> stored(files, shard, DrivePlan.content(writer, number, size), done);
            case Step.Drop(var step) -> {
                // a removal needs no sync: it may come back
                packed.remove(DrivePlan.shard(writer, step));
                files.remove(DrivePlan.shard(writer, step));
            }
            case Step.RaiseEpoch(var epoch) -> {
                greatestEpoch = Math.max(greatestEpoch, epoch);
                leastEpoch = done ? Math.max(leastEpoch, epoch) : leastEpoch;
            }
        }
    }

    private void row(Row row, Optional<byte[]> value, boolean done) {
        List<Optional<byte[]>> values = rows.computeIfAbsent(row, r -> new ArrayList<>(List.of(Optional.empty())));
        if (done) {
            values.clear();
        }
        values.add(value);
    }

    private void stored(Set<ShardName> shards, ShardName shard, byte[] content, boolean done) {
        contents.put(shard, content);
        if (done) {
            shards.add(shard);
        }
    }

    /** Opens what a crash has left, and compares. */
    void check(Path path) throws IOException {
        DriveInspection found = DriveDirectory.inspect(path);
        boolean formatted = heard.done(DriveWorkload.FORMATTING) > 0;
        if (found instanceof DriveInspection.Empty && !formatted) {
            return;
        }
        assertTrue(found instanceof DriveInspection.Ours, found.message());
        openAndCompare(path);
        try (Stream<Path> stores = Files.list(path.resolve("kv"))) {
            assertEquals(1, stores.count(), "the key-value store was set aside as damaged");
        }
    }

    private void openAndCompare(Path path) {
        try (DriveResources resources = new DriveResources(1 << 20, 1 << 20);
                LocalDrive drive =
                        LocalDrive.open(path, DrivePlan.IDENTITY, DriveSettings.with(resources), Clock.SYSTEM)) {
            long epoch = drive.catalogEpoch();
            assertTrue(
                    epoch >= leastEpoch && epoch <= greatestEpoch,
                    "epoch " + epoch + " of " + leastEpoch + " to " + greatestEpoch);
            rows.forEach((row, values) -> checkRow(drive, row, values));
            checkShards(drive, Form.PACKED, packed);
            checkShards(drive, Form.FILES, files);
        }
    }

    private static void checkRow(LocalDrive drive, Row row, List<Optional<byte[]>> allowed) {
        Optional<byte[]> value = drive.keyValue().get(row.space(), row.bytes()).join();
        boolean right = allowed.stream()
                .anyMatch(one -> one.isPresent() == value.isPresent()
                        && (one.isEmpty() || Arrays.equals(one.get(), value.get())));
        assertTrue(
                right,
                row + " has " + value.map(v -> v.length) + " bytes, not one of "
                        + allowed.stream().map(one -> one.map(v -> v.length)).toList());
    }

    private void checkShards(LocalDrive drive, Form form, Set<ShardName> wanted) {
        List<ShardName> names =
                drive.listShards(form, Optional.empty(), 10_000).join().names();
        Set<ShardName> missing = new TreeSet<>(wanted);
        names.forEach(missing::remove);
        assertEquals(Set.of(), missing, "acknowledged shards are not there: " + form);
        for (ShardName name : names) {
            assertTrue(contents.containsKey(name), "nobody wrote " + name);
            byte[] bytes = form == Form.PACKED ? drive.readPacked(name).join().array() : read(drive, name);
            assertArrayEquals(contents.get(name), bytes, form + " shard " + name);
        }
    }

    private static byte[] read(LocalDrive drive, ShardName name) {
        try (ShardSource source = drive.openShard(name).join()) {
            ByteBuffer target = ByteBuffer.allocate(Math.toIntExact(source.size()));
            source.read(0, target).join();
            return target.array();
        }
    }
}
