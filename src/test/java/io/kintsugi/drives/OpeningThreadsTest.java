package io.kintsugi.drives;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many threads RocksDB begins for each column family to look into its tables. */
class OpeningThreadsTest {
    @TempDir
    Path directory;

    @Test
    void aStoreThatIsNotThereYetGetsOne() {
        assertEquals(1, threads(directory.resolve("none")));
    }

    @Test
    void fewTablesGetOneAndManyAsManyAsRocksDbWouldTake() throws IOException {
        tables(0, 63);
        Files.createFile(directory.resolve("000064.blob"));
        assertEquals(1, threads(directory));
        tables(63, 64);
        assertEquals(2, threads(directory));
        tables(64, 600);
        assertEquals(16, threads(directory));
    }

    private void tables(int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            Files.createFile(directory.resolve("%06d.sst".formatted(i)));
        }
    }

    private static int threads(Path directory) {
        try (DriveResources resources = new DriveResources(1 << 20, 1 << 20);
                KvOptions options = new KvOptions(resources)) {
            return options.database(directory).maxFileOpeningThreads();
        }
    }
}
