package io.kintsugi.sim.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every class of the rooms that are simulated can be: what is added to them may not bring in time, threads, chance. */
class RoomsTest {
    private static final List<String> ROOMS = List.of("base", "codec", "cluster", "shards", "catalog", "objects");
    /** Classes that call it are the store's way to the machine; simulated drives stand for them. */
    private static final String REAL_DRIVES = "org.rocksdb.";

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
        classes(root, "drives").forEach(name -> check(name, refused));
        refused.removeIf(why -> why.startsWith("io.kintsugi.drives.") && why.contains(REAL_DRIVES));
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
