import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Makes the cache with which the packaged store starts faster: its classes as they are once loaded and linked, and what
 * the JVM has learnt about its methods. A store is started on drives of its own, asked for some of everything
 * ({@link Training}), and stopped in order; then its JVM writes the cache. That takes some 15 s.
 *
 * <p>Run by Maven after packaging, and by {@code ./kintsugi} for another JVM, as a source file: {@code java
 * AotCache.java OPTIONS APP}, with the file of JVM options and the folder of {@code quarkus-run.jar}. Beside that jar
 * it leaves {@code kintsugi.aot}, and in {@code kintsugi.aot.jvm} which JVM it was tried with. A store starts without a
 * cache as well: whatever goes wrong is said in one line, and is no failure.
 *
 * @see <a href="https://openjdk.org/jeps/514">JEP 514, how a cache is made</a>
 * @see <a href="https://openjdk.org/jeps/515">JEP 515, what is learnt about methods</a>
 */
final class AotCache {
    private static final int START_SECONDS = 60;
    private static final int END_SECONDS = 90;
    private static final String CACHE = "kintsugi.aot";

    private final Path options;
    private final Path jar;
    private final Path work;

    private AotCache(Path options, Path jar, Path work) {
        this.options = options;
        this.jar = jar;
        this.work = work;
    }

    public static void main(String[] arguments) {
        Path options = Path.of(arguments[0]).toAbsolutePath();
        Path app = Path.of(arguments[1]).toAbsolutePath();
        Path jar = app.resolve("quarkus-run.jar");
        if (!Files.exists(jar)) { // a build without packaging, or of a native image
            return;
        }
        try {
            makeBeside(options, jar);
        } catch (IOException | RuntimeException e) {
            System.err.println("kintsugi: no cache of starts, which take a second more without it: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void makeBeside(Path options, Path jar) throws IOException, InterruptedException {
        Path jvm = Path.of(System.getProperty("java.home"), "release");
        Path triedWith = jar.resolveSibling(CACHE + ".jvm");
        if (isFor(jvm, triedWith, jar)) {
            return;
        }
        Path cache = jar.resolveSibling(CACHE);
        Files.deleteIfExists(cache);
        // noted first: what fails, fails the next time as well, and a start should not wait for it again and again
        Files.copy(jvm, triedWith, StandardCopyOption.REPLACE_EXISTING);
        Path work = Files.createTempDirectory(jar.getParent().getParent(), "aot");
        try {
            Path made = new AotCache(options, jar, work).make();
            try (FileChannel channel = FileChannel.open(made, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(made, cache, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            remove(work);
        }
    }

    /** Whether this build and this JVM have had their try. */
    private static boolean isFor(Path jvm, Path triedWith, Path jar) throws IOException {
        return Files.exists(triedWith)
                && Files.mismatch(jvm, triedWith) < 0
                && Files.getLastModifiedTime(triedWith).compareTo(Files.getLastModifiedTime(jar)) >= 0;
    }

    private Path make() throws IOException, InterruptedException {
        Path made = work.resolve(CACHE);
        Training training = Training.onFreePorts(work.resolve("drive") + "{1...4}");
        Process store = start(training, "-XX:AOTCacheOutput=" + made, "-jar", jar.toString(), "server");
        try {
            training.awaitReady(store, START_SECONDS);
            training.run();
            store.destroy();
            if (!store.waitFor(END_SECONDS, TimeUnit.SECONDS) || !Files.exists(made)) {
                throw new IOException("the JVM wrote none; " + endOfLog());
            }
        } catch (IOException e) {
            throw new IOException(e.getMessage() + "; " + endOfLog(), e);
        } finally {
            end(store);
        }
        require(made, training);
        return made;
    }

    /** A JVM that would rather not start than do without it takes it. */
    private void require(Path made, Training training) throws IOException, InterruptedException {
        Process help = start(training, "-XX:AOTCache=" + made, "-XX:AOTMode=on", "-jar", jar.toString(), "--help");
        try {
            if (!help.waitFor(START_SECONDS, TimeUnit.SECONDS) || help.exitValue() != 0) {
                throw new IOException("the JVM does not take the one that it wrote; " + endOfLog());
            }
        } finally {
            end(help);
        }
    }

    private Process start(Training training, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + options);
        command.add("-Xmx512m");
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        training.tell(builder.environment());
        return builder.start();
    }

    /** With the JVM that it may have begun to write the cache. */
    private static void end(Process process) throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor(START_SECONDS, TimeUnit.SECONDS);
    }

    private Path log() {
        return work.resolve("log");
    }

    private String endOfLog() throws IOException {
        List<String> lines = Files.exists(log()) ? Files.readAllLines(log()) : List.of();
        return lines.isEmpty() ? "it said nothing" : "its last line: " + lines.getLast();
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
