package io.kintsugi.drives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef.Form;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Processes that write to one drive are killed, one after the other: what they said was durable is there, and
 * everything that is there is whole.
 */
class DriveKillTest {
    private static final int KILLS = 3;
    private static final int STEP = 100_000;

    private final Random random = new Random(42);

    @Test
    @Timeout(600)
    void nothingAcknowledgedIsLostAndNothingTornIsSeen() throws IOException, InterruptedException {
        try (DriveFolder folder = DriveFolder.create()) {
            folder.format().close();
            List<Integer> acknowledged = new ArrayList<>();
            for (int kill = 0; kill < KILLS; kill++) {
                acknowledged.addAll(writeAndKill(folder.path(), kill * STEP));
                LocalDrive drive = folder.open();
                try (Stream<Path> incoming = Files.list(folder.path().resolve(DriveDirectory.INCOMING))) {
                    assertEquals(0, incoming.count());
                }
                acknowledged.forEach(i -> assertStored(drive, i));
                assertFilesAreWhole(drive);
                drive.close();
            }
        }
    }

    private List<Integer> writeAndKill(Path drive, int first) throws IOException, InterruptedException {
        Process victim = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DriveVictim.class.getName(),
                        drive.toString(),
                        Integer.toString(first))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<Integer> acknowledged = new ArrayList<>();
        int enough = 100 + random.nextInt(900);
        try (BufferedReader lines = victim.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.endsWith(DriveVictim.END)) {
                    acknowledged.add(Integer.parseInt(line.substring(0, line.length() - 1)));
                }
                if (acknowledged.size() == enough) {
                    victim.toHandle().destroyForcibly();
                }
            }
        }
        int status = victim.waitFor();
        assertTrue(acknowledged.size() >= enough, "it ended by itself, with status " + status);
        return acknowledged;
    }

    private static void assertStored(LocalDrive drive, int i) {
        byte[] expected = DriveVictim.contentOf(i);
        byte[] found = switch (i % 3) {
            case 0 ->
                drive.keyValue()
                        .get(KvSpace.INLINE, DriveVictim.keyOf(i))
                        .join()
                        .orElseThrow();
            case 1 -> drive.readPacked(DriveContract.name(i, 1)).join().array();
            default -> contentOf(drive, DriveContract.name(i, 2));
        };
        assertArrayEquals(expected, found, "write " + i);
    }

    private static void assertFilesAreWhole(LocalDrive drive) {
        for (ShardName name :
                drive.listShards(Form.FILES, Optional.empty(), 10_000).join().names()) {
            int i = (int) name.blob().value().low();
            assertArrayEquals(DriveVictim.contentOf(i), contentOf(drive, name), "shard " + name);
        }
    }

    private static byte[] contentOf(LocalDrive drive, ShardName name) {
        try (ShardSource source = drive.openShard(name).join()) {
            ByteBuffer target = ByteBuffer.allocate(Math.toIntExact(source.size()));
            source.read(0, target).join();
            return target.array();
        }
    }
}
