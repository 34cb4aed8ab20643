package io.kintsugi.drives;

import static io.kintsugi.drives.DriveContract.assertFails;
import static io.kintsugi.drives.DriveContract.bytes;
import static io.kintsugi.drives.DriveContract.name;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.codec.CachedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Shards that clients read again and again. */
class ServedShardTest {
    private static final int BYTES = 5 * ShardSink.BLOCK_BYTES;

    private final DriveResources resources = new DriveResources(8 << 20, 8 << 20);
    private final DriveFolder folder = DriveFolder.create().with(resources);
    private final LocalDrive drive = folder.format();

    @AfterEach
    void removeFolder() {
        folder.close();
        resources.close();
    }

    private void publish(ShardName name, byte[] bytes) {
        ShardSink sink = drive.createShard(name, 0).join();
        sink.append(ByteBuffer.wrap(bytes)).join();
        sink.publish().join();
    }

    /** A shard that was read lately, so that it is open. */
    private void publishHot() {
        publish(name(1, 0), bytes(BYTES, 1));
        read(name(1, 0));
        read(name(1, 0));
    }

    private static ByteBuffer aligned() {
        return ByteBuffer.allocateDirect(BYTES + 2 * ShardSink.BLOCK_BYTES)
                .alignedSlice(ShardSink.BLOCK_BYTES)
                .slice(0, BYTES);
    }

    private static byte[] array(ByteBuffer target) {
        byte[] array = new byte[target.flip().remaining()];
        target.get(array);
        return array;
    }

    private byte[] read(ShardName name) {
        try (ShardSource source = drive.openServed(name).join()) {
            ByteBuffer target = aligned();
            assertEquals(BYTES, (int) source.read(0, target).join());
            return array(target);
        }
    }

    private byte[] readAtOnce(ShardName name) {
        try (ShardSource source = drive.openServed(name).join()) {
            ByteBuffer target = aligned();
            int count = source.readAtOnce(0, target);
            assertEquals(count, target.position());
            return array(target);
        }
    }

    /** Whether this file system tells what of a file is in the page cache; some in memory don't. */
    private void assumeCachedReads() throws IOException {
        Path probe = Files.write(folder.path().resolve("probe"), new byte[BYTES]);
        Optional<CachedFile> file = CachedFile.open(probe.toString());
        boolean reads = file.isPresent() && file.get().read(0, aligned()) == BYTES;
        file.ifPresent(CachedFile::close);
        Files.delete(probe);
        assumeTrue(reads, "no reads that do not wait");
    }

    @Test
    void whatIsReadAgainIsReadAtOnce() throws IOException {
        assumeCachedReads();
        publish(name(1, 0), bytes(BYTES, 1));
        assertEquals(0, readAtOnce(name(1, 0)).length, "the first read takes nothing from the cache");
        assertArrayEquals(bytes(BYTES, 1), read(name(1, 0)));
        long before = drive.stats().bytesRead();
        assertArrayEquals(bytes(BYTES, 1), readAtOnce(name(1, 0)));
        assertEquals(BYTES, drive.stats().bytesRead() - before, "they are counted all the same");
    }

    @Test
    void upkeepReadsNothingFromTheCache() {
        publishHot();
        try (ShardSource source = drive.openShard(name(1, 0)).join()) {
            assertEquals(0, source.readAtOnce(0, aligned()));
        }
    }

    @Test
    void aMendedShardTakesTheOpenOnesPlace() {
        publish(name(1, 0), bytes(BYTES, 1));
        read(name(1, 0));
        assertArrayEquals(bytes(BYTES, 1), read(name(1, 0)));
        try (ShardSource old = drive.openServed(name(1, 0)).join()) {
            publish(name(1, 0), bytes(BYTES, 2));
            assertArrayEquals(bytes(BYTES, 2), read(name(1, 0)));
            ByteBuffer target = aligned();
            old.read(0, target).join();
            assertArrayEquals(bytes(BYTES, 1), array(target), "whoever is reading it reads it to the end");
        }
    }

    @Test
    void aRemovedShardIsNotFoundOpen() {
        publishHot();
        drive.deleteShard(name(1, 0), Form.FILES).join();
        assertFails(DriveException.Kind.MISSING, drive.openServed(name(1, 0)));
    }

    @Test
    void aClosedDriveServesNothing() {
        publishHot();
        try (ShardSource source = drive.openServed(name(1, 0)).join()) {
            drive.close();
            assertEquals(0, source.readAtOnce(0, aligned()));
            assertFails(DriveException.Kind.GONE, source.read(0, aligned()));
        }
        assertFails(DriveException.Kind.GONE, drive.openServed(name(1, 0)));
    }

    @Test
    void aSourceThatItsReaderClosedReadsNothing() {
        publishHot();
        ShardSource source = drive.openServed(name(1, 0)).join();
        source.close();
        source.close();
        assertEquals(0, source.readAtOnce(0, aligned()));
        assertFails(DriveException.Kind.GONE, source.read(0, aligned()));
        assertArrayEquals(bytes(BYTES, 1), read(name(1, 0)), "others go on reading it");
    }

    @Test
    void noFileIsOpenedWhoseNameMayBeEncodedOtherwise() {
        assertEquals(Optional.empty(), CachedFile.open("/t\u00e9st"));
        assertEquals(Optional.empty(), CachedFile.open("/there is no such file"));
    }
}
