package io.kintsugi.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a benchmark has its drives: the folder that the system property {@code bench.dir} names, or a temporary one,
 * which goes with the benchmark.
 *
 * @param temporary whether it goes
 */
record BenchFolder(Path path, boolean temporary) implements AutoCloseable {
    /** @param prefix of the name of a temporary one */
    static BenchFolder open(String prefix) throws IOException {
        return open(prefix, Optional.ofNullable(System.getProperty("bench.dir")));
    }

    static BenchFolder open(String prefix, Optional<String> named) throws IOException {
        return named.isPresent()
                ? new BenchFolder(Path.of(named.get()), false)
                : new BenchFolder(Files.createTempDirectory(prefix), true);
    }

    /** Removes a folder and all that is in it, if it is there. */
    static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (temporary) {
            remove(path);
        }
    }
}
