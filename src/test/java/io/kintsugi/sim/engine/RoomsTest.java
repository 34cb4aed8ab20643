package io.kintsugi.sim.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every class of the rooms that are simulated can be: what is added to them may not bring in time, threads, chance. */
class RoomsTest {
    private static final List<String> ROOMS = List.of("base", "codec", "cluster", "shards", "catalog", "objects");
    /** They are the store's way to the machine; simulated drives stand for them. */
    private static final Set<String> REAL_DRIVES =
            Set.of("RocksLibrary", "StoreCursor", "KvStore", "KvOptions", "DriveResources", "OpenDrive", "Committer");

    @Test
    void everyClassCanBeSimulated() throws Exception {
        Path root = Path.of(
                BlobId.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        List<String> refused = new ArrayList<>();
        int checked = 0;
        for (String room : ROOMS) {
            for (String name : classes(root, room)) {
                checked++;
                check(name, refused);
            }
        }
        for (String name : classes(root, "drives")) {
            if (REAL_DRIVES.stream().noneMatch(real -> name.matches("io\\.kintsugi\\.drives\\." + real + "(\\$.*)?"))) {
                check(name, refused);
            }
        }
        assertEquals(List.of(), refused);
        assertTrue(checked > 200, checked + " classes");
    }

    private static void check(String name, List<String> refused) {
        try {
            Rewriter.of(List.of()).rewritten(name).orElseThrow();
        } catch (SimFailure e) {
            refused.add(e.getMessage());
        }
    }

    private static List<String> classes(Path root, String room) throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve("io/kintsugi").resolve(room))) {
            return files.map(file -> root.relativize(file).toString())
                    .filter(file -> file.endsWith(".class"))
                    .map(file -> file.substring(0, file.length() - 6).replace('/', '.'))
                    .sorted()
                    .toList();
        }
    }
}
