package io.kintsugi.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchFolderTest {
    private static Stream<Path> temporary(String prefix) throws IOException {
        return Files.list(Path.of(System.getProperty("java.io.tmpdir")))
                .filter(path -> path.getFileName().toString().startsWith(prefix));
    }

    @Test
    void whatIsNamedStaysAndNoOtherIsMade(@TempDir Path named) throws IOException {
        String prefix = "kintsugi-" + UUID.randomUUID();
        Path file = named.resolve("drive1");
        try (BenchFolder folder = BenchFolder.open(prefix, Optional.of(named.toString()))) {
            assertEquals(named, folder.path());
            Files.createFile(file);
            try (Stream<Path> made = temporary(prefix)) {
                assertEquals(0, made.count());
            }
        }
        assertTrue(Files.exists(file));
    }

    @Test
    void aTemporaryOneGoesWithAllThatIsInIt() throws IOException {
        Path path;
        try (BenchFolder folder = BenchFolder.open("kintsugi-bench", Optional.empty())) {
            path = folder.path();
            Files.writeString(
                    Files.createDirectories(path.resolve("drive1/shards")).resolve("1"), "x");
        }
        assertFalse(Files.exists(path));
    }
}
