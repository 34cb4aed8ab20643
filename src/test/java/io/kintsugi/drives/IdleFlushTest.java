package io.kintsugi.drives;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.Id128;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

class IdleFlushTest {
    @TempDir
    Path directory;

    private final DriveResources resources = new DriveResources(8 << 20, 8 << 20);
    private KvStore store;
    private IdleFlush idle;

    @BeforeEach
    void open() throws RocksDBException {
        store = KvStore.open(new DriveId(new Id128(1, 2)), directory, resources);
        idle = new IdleFlush(store);
    }

    @AfterEach
    void close() throws RocksDBException {
        store.close(false);
        resources.close();
    }

    private void write(int key) throws RocksDBException {
        try (WriteBatch batch = new WriteBatch()) {
            batch.put(store.family(KvSpace.META), new byte[] {(byte) key}, new byte[] {1});
            store.write(batch, true);
        }
    }

    private void look(int times) throws RocksDBException {
        for (int i = 0; i < times; i++) {
            idle.look();
        }
    }

    private long tables() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".sst")).count();
        }
    }

    private void awaitTables(int count) throws IOException, InterruptedException {
        while (tables() < count) {
            Thread.sleep(1);
        }
    }

    @Test
    @Timeout(300)
    void rowsGoToTablesOnceNothingWasWrittenForAWhile() throws Exception {
        write(1);
        look(IdleFlush.QUIET_LOOKS + 1);
        awaitTables(1);
        look(2 * IdleFlush.QUIET_LOOKS);
        for (int i = 0; i < IdleFlush.FEW_ROWS; i++) {
            write(i);
        }
        look(IdleFlush.QUIET_LOOKS + 1);
        awaitTables(2);
        store.flush();
        assertEquals(2, tables(), "one table for each time of work");
    }

    /** Each of them would soon have half of what is in blob files written anew, by the compaction that follows. */
    @Test
    @Timeout(300)
    void aFewRowsHaveATableOfTheirOwnOnceInAnHour() throws Exception {
        write(1);
        look(IdleFlush.QUIET_LOOKS + 1);
        awaitTables(1);
        for (int use = 0; use < IdleFlush.LEAST_LOOKS / (2 * IdleFlush.QUIET_LOOKS) - 1; use++) {
            write(2);
            look(2 * IdleFlush.QUIET_LOOKS);
        }
        store.flush();
        assertEquals(2, tables(), "all of them were still in memory");
        write(3);
        look(3 * IdleFlush.QUIET_LOOKS);
        awaitTables(3);
    }

    @Test
    void aStoreThatIsWrittenToIsLeftAlone() throws Exception {
        for (int i = 0; i < 3; i++) {
            write(i);
            look(IdleFlush.QUIET_LOOKS);
        }
        store.flush();
        assertEquals(1, tables(), "all rows were still in memory");
    }
}
