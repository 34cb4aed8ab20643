package io.kintsugi.crash;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.crash.Loss.Much;
import io.kintsugi.crash.Loss.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Processes whose files are recorded: one after the other, on the same folders. */
public final class Recording {
    private static final int MINUTES = 15;
    private static final int SYNC_MICROS = 300;

    private final Path library;
    private final Path root;
    private final Path log;
    private final Path marks;
    private final List<String> folders;

    /** @param folders of the root, made here: the drives, which are there from the beginning */
    public Recording(Path library, Path top, List<String> folders) throws IOException {
        this.library = library;
        this.root = Files.createDirectories(top.resolve("recorded")).toRealPath();
        this.log = top.resolve("trace");
        this.marks = top.resolve("marks");
        this.folders = folders;
        for (String folder : folders) {
            Files.createDirectory(root.resolve(folder));
        }
    }

    public Path root() {
        return root;
    }

    public List<String> folders() {
        return folders;
    }

    /** Runs this main class with the root or a folder of it, the path of marks, and what else is given. */
    public void run(Class<?> main, Path first, String... others) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                first.toString(),
                marks.toString()));
        command.addAll(List.of(others));
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put("LD_PRELOAD", library.toString());
        builder.environment().put("KINTSUGI_RECORD_ROOT", root.toString());
        builder.environment().put("KINTSUGI_RECORD_LOG", log.toString());
        builder.environment().put("KINTSUGI_RECORD_MARKS", marks.toString());
        builder.environment().put("KINTSUGI_RECORD_SYNC_MICROS", Integer.toString(SYNC_MICROS));
        Process process = builder.start();
        try {
            assertTrue(process.waitFor(MINUTES, TimeUnit.MINUTES), "no end of " + main.getName());
            assertEquals(0, process.exitValue(), main.getName());
        } finally {
            process.destroyForcibly();
        }
    }

    /** What was recorded; fails when the files are not what the records make of them: something was not seen then. */
    public Trace trace() throws IOException {
        Trace trace = Trace.read(log);
        Disk disk = new Disk(root.toString(), folders);
        trace.entries().forEach(disk::apply);
        State recorded = new Loss(Much.ALL, Much.ALL, 0).state(disk.top());
        State real = real();
        assertEquals(real.keySet(), recorded.keySet(), "names were changed in a way that was not recorded");
        real.forEach((path, content) -> {
            assertEquals(content.isPresent(), recorded.get(path).isPresent(), path);
            assertArrayEquals(content.orElse(new byte[0]), recorded.get(path).orElse(new byte[0]), path);
        });
        return trace;
    }

    private State real() throws IOException {
        State state = new State();
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.filter(p -> !p.equals(root)).toList()) {
                state.put(
                        root.relativize(path).toString(),
                        Files.isDirectory(path) ? Optional.empty() : Optional.of(Files.readAllBytes(path)));
            }
        }
        return state;
    }
}
