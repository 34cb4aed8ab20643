package io.kintsugi.drives;

import static io.kintsugi.drives.DriveContract.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many files stay open, and for how long. */
class OpenShardsTest {
    private final OpenShards shards = new OpenShards(OpenFiles.MOST.shards());
    private final List<FileChannel> channels = new ArrayList<>();

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void makeFile() throws IOException {
        file = Files.write(folder.resolve("shard"), new byte[10]);
    }

    private SharedFile opened() throws IOException {
        FileChannel channel = FileChannel.open(file);
        channels.add(channel);
        return new SharedFile(channel, new SharedFile.Ways(Optional::empty, Optional.empty()));
    }

    /** Opened, kept, and left by whoever opened it. */
    private void keep(int number, long changes) throws IOException {
        SharedFile opened = opened();
        shards.keep(name(number, 0), opened, changes);
        opened.release();
    }

    @Test
    void whatIsKeptIsFoundOpen() throws IOException {
        keep(1, shards.changes());
        SharedFile found = shards.find(name(1, 0)).orElseThrow();
        assertTrue(channels.get(0).isOpen());
        shards.close();
        assertTrue(channels.get(0).isOpen(), "somebody reads it");
        found.release();
        assertFalse(channels.get(0).isOpen());
    }

    @Test
    void theOneThatWasAskedForLeastLatelyIsClosed() throws IOException {
        for (int i = 0; i < 256; i++) {
            keep(i, shards.changes());
        }
        shards.find(name(0, 0)).orElseThrow().release();
        keep(256, shards.changes());
        assertEquals(256, shards.size());
        assertTrue(channels.get(0).isOpen());
        assertFalse(channels.get(1).isOpen());
        assertTrue(shards.find(name(1, 0)).isEmpty());
        shards.close();
        assertTrue(channels.stream().noneMatch(FileChannel::isOpen));
    }

    @Test
    void whatIsForgottenIsClosed() throws IOException {
        keep(1, shards.changes());
        shards.forget(name(1, 0));
        assertTrue(shards.find(name(1, 0)).isEmpty());
        assertFalse(channels.get(0).isOpen());
    }

    @Test
    void whatWasOpenedBeforeItWasForgottenIsNotKept() throws IOException {
        long before = shards.changes();
        shards.forget(name(1, 0));
        keep(1, before);
        assertTrue(shards.find(name(1, 0)).isEmpty());
        assertFalse(channels.get(0).isOpen());
    }

    @Test
    void nothingIsKeptOnceItIsClosed() throws IOException {
        long before = shards.changes();
        shards.close();
        keep(1, before);
        assertEquals(0, shards.size());
        assertFalse(channels.get(0).isOpen());
    }

    @Test
    void asManyAreKeptAsThereMayBe() throws IOException {
        OpenShards few = new OpenShards(2);
        OpenShards none = new OpenShards(0);
        for (int i = 0; i < 3; i++) {
            for (OpenShards kept : List.of(few, none)) {
                SharedFile opened = opened();
                kept.keep(name(i, 0), opened, kept.changes());
                opened.release();
            }
        }
        assertEquals(2, few.size());
        assertEquals(0, none.size());
        assertEquals(2, channels.stream().filter(FileChannel::isOpen).count());
        few.close();
    }
}
