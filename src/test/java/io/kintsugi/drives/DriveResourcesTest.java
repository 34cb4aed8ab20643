package io.kintsugi.drives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.Id128;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriveResourcesTest {
    @TempDir
    Path directory;

    /** Metrics are read until the process has ended; RocksDB ended it there and then, with a signal. */
    @Test
    void whoAsksBehindTheEndIsToldOfNothing() throws Exception {
        DriveResources resources = new DriveResources(8 << 20, 8 << 20);
        KvStore.open(new DriveId(new Id128(1, 2)), directory, resources).close(false);
        assertTrue(resources.cachedBytes() > 0);
        resources.close();
        assertEquals(0, resources.cachedBytes());
    }
}
