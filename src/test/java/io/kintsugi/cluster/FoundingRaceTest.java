package io.kintsugi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.drives.DriveResources;
import io.kintsugi.drives.DriveStatus;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two processes are started at once on the same empty folders. */
@Timeout(300)
class FoundingRaceTest {
    @TempDir
    Path root;

    /** A process, and what it says. */
    private record Rival(Process process, BufferedReader said, BufferedWriter told) implements AutoCloseable {
        static Rival start(String... arguments) throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-Xmx128m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    FoundingRival.class.getName()));
            command.addAll(Arrays.asList(arguments));
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new Rival(process, process.inputReader(), process.outputWriter());
        }

        String hears() throws IOException {
            return String.valueOf(said.readLine());
        }

        void goOn() throws IOException {
            told.write("\n");
            told.flush();
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }

    private static void assertOpens(List<Path> drives) {
        try (DriveResources resources = new DriveResources(16 << 20, 16 << 20);
                LocalTopology topology = open(drives, resources)) {
            assertEquals(
                    4, topology.statuses().stream().filter(DriveStatus::online).count());
        }
    }

    private static LocalTopology open(List<Path> drives, DriveResources resources) {
        return DriveFolders.open(drives, resources);
    }

    @Test
    void whereAnotherProcessHasAFolderNothingIsWritten() throws IOException {
        List<Path> drives = FoundingRival.drives(root);
        Path held = Files.createDirectories(drives.get(2));
        try (Rival rival = Rival.start("hold", held.resolve("kintsugi.lock").toString());
                DriveResources resources = new DriveResources(16 << 20, 16 << 20)) {
            assertEquals("held", rival.hears());
            TopologyException refusal = assertThrows(TopologyException.class, () -> open(drives, resources));
            assertTrue(refusal.getMessage().contains("in use by another process"), refusal.getMessage());
            for (Path drive : drives) {
                for (String file : List.of("kintsugi.json", "kintsugi.json.founding", "kintsugi.json.tmp")) {
                    assertFalse(Files.exists(drive.resolve(file)), file + " in " + drive);
                }
            }
        }
        assertOpens(drives);
    }

    @Test
    void oneOfTwoFoundsAllAndTheOtherNothing() throws IOException {
        List<Path> folders =
                IntStream.range(0, 8).mapToObj(i -> root.resolve("store" + i)).toList();
        String[] arguments = Stream.concat(Stream.of("found"), folders.stream().map(Path::toString))
                .toArray(String[]::new);
        try (Rival one = Rival.start(arguments);
                Rival other = Rival.start(arguments)) {
            assertEquals("ready", one.hears());
            assertEquals("ready", other.hears());
            for (Path folder : folders) {
                one.goOn();
                other.goOn();
                List<String> heard = List.of(one.hears(), other.hears());
                assertEquals(1, heard.stream().filter("founded 4"::equals).count(), heard::toString);
                assertEquals(
                        1,
                        heard.stream()
                                .filter(said -> said.startsWith("refused"))
                                .count(),
                        heard::toString);
                one.goOn();
                other.goOn();
            }
        }
        folders.forEach(folder -> assertOpens(FoundingRival.drives(folder)));
    }
}
