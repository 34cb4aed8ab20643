package io.kintsugi.rescue;

import io.kintsugi.base.Clock;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveDirectory;
import io.kintsugi.drives.DriveInspection;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.DriveSettings;
import io.kintsugi.drives.KvBatch;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import io.kintsugi.drives.LocalDrive;
import io.kintsugi.drives.ScanLimit;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Does things to the rows of catalogs on drives of a store that is stopped. */
final class CatalogRows {
    private static final int SECTOR = 512;
    private static final byte[] BEHIND_ALL = behindAll();

    private CatalogRows() {}

    private static byte[] behindAll() {
        byte[] key = new byte[64];
        Arrays.fill(key, (byte) 0xFF);
        return key;
    }

    static void each(Path root, Consumer<LocalDrive> work) {
        each(RescueStore.folders(root).getFirst(), work);
    }

    static void each(List<Path> folders, Consumer<LocalDrive> work) {
        try (DriveResources resources = new DriveResources(8 << 20, 8 << 20)) {
            for (Path folder : folders) {
                var identity = ((DriveInspection.Ours) DriveDirectory.inspect(folder)).identity();
                try (LocalDrive drive =
                        LocalDrive.open(folder, identity, DriveSettings.with(resources), Clock.SYSTEM)) {
                    work.accept(drive);
                }
            }
        }
    }

    /** Removes every row of these spaces on all drives. */
    static void wipe(Path root, KvSpace... spaces) {
        each(root, drive -> wipe(drive, spaces));
    }

    static void wipe(Drive drive, KvSpace... spaces) {
        KvBatch batch = new KvBatch();
        for (KvSpace space : spaces) {
            batch.deleteRange(space, new byte[0], BEHIND_ALL);
        }
        drive.keyValue().commit(batch).join();
    }

    static KvSpace[] all() {
        return Arrays.stream(KvSpace.values()).filter(KvSpace::catalog).toArray(KvSpace[]::new);
    }

    /** No replica is of the newest epoch any more. */
    static void makeStale(Path root) {
        each(root, drive -> drive.raiseCatalogEpoch(drive.catalogEpoch() + 7).join());
    }

    static Map<KvSpace, List<KvRow>> read(Drive drive) {
        Map<KvSpace, List<KvRow>> rows = new EnumMap<>(KvSpace.class);
        for (KvSpace space : all()) {
            rows.put(
                    space,
                    drive.keyValue()
                            .scan(space, new byte[0], BEHIND_ALL, new ScanLimit(1_000_000, 1L << 30))
                            .join());
        }
        return rows;
    }

    /** As a power cut may leave the list of files of each drive's RocksDB: its last record is not all there. */
    static void tear(Path root) throws IOException {
        for (Path folder : RescueStore.folders(root).getFirst()) {
            tearAt(current(folder));
        }
    }

    /** The same of one RocksDB. @param current the file that names its list of files */
    static void tearAt(Path current) throws IOException {
        byte[] record = RescueStore.bytes(4 * SECTOR, 7);
        ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN).putShort(4, (short) (record.length - 7));
        record[6] = 1;
        Arrays.fill(record, 2 * SECTOR, record.length, (byte) 0);
        Files.write(manifest(current), record, StandardOpenOption.APPEND);
    }

    static Path manifest(Path current) throws IOException {
        return current.resolveSibling(Files.readString(current).strip());
    }

    /** The file that names the list of files of a drive's RocksDB. */
    static Path current(Path folder) {
        var identity = ((DriveInspection.Ours) DriveDirectory.inspect(folder)).identity();
        return folder.resolve("kv").resolve(identity.incarnation().toString()).resolve("CURRENT");
    }

    /** Puts back what {@link #read} gave. */
    static void restore(Drive drive, Map<KvSpace, List<KvRow>> rows) {
        wipe(drive, all());
        KvBatch batch = new KvBatch();
        rows.forEach((space, list) -> list.forEach(row -> batch.put(space, row.key(), row.value())));
        drive.keyValue().commit(batch).join();
    }
}
