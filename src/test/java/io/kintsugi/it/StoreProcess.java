package io.kintsugi.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * One store in a process of its own: the packaged application on this JDK, or the native image when the system property
 * {@code kintsugi.binary} names it. So an integration test meets what a user starts, and the same test runs on both.
 *
 * <p>Ports are free ones of the loopback address and stay the same over restarts, so that a client can go on. Drives
 * are the folders {@code drive1} to {@code driveN} under the root that the test gives. Standard output and error of all
 * starts go to {@code store.log} there.
 *
 * <p>Not thread-safe, except that {@link #kill()} may be called from any thread.
 */
public final class StoreProcess implements AutoCloseable {
    private static final Duration READY_DEADLINE = Duration.ofSeconds(Long.getLong("kintsugi.ready.seconds", 180));
    private static final Duration STOP_DEADLINE = Duration.ofSeconds(120);
    private static final Duration ANSWER_DEADLINE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Set<Process> LIVE = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> LIVE.forEach(Process::destroyForcibly)));
    }

    private final Setup setup;
    /** HTTP/1.1, as probes and scrapers speak it: the JDK's change to HTTP/2 amid a connection has failed here. */
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(ANSWER_DEADLINE)
            .build();

    private volatile Optional<Process> process = Optional.empty();

    private StoreProcess(Setup setup) {
        this.setup = setup;
    }

    /** A store of four drives under {@code root}, not yet started. */
    public static Setup under(Path root) {
        return Setup.first(root);
    }

    /**
     * What a store is started with; each method returns a changed copy.
     *
     * @param root the folder of drives and log
     * @param volumes the value of {@code KINTSUGI_VOLUMES}
     * @param environment variables on top of those that the harness sets
     * @param javaOptions options of the JVM, ignored by the native image
     * @param ports what the store listens on
     */
    public record Setup(
            Path root, String volumes, Map<String, String> environment, List<String> javaOptions, Ports ports) {
        static Setup first(Path root) {
            return new Setup(root, volumes(root, 4), Map.of(), List.of("-Xmx512m"), Ports.free());
        }

        /** With {@code count} drive folders instead of four. */
        public Setup drives(int count) {
            return new Setup(root, volumes(root, count), environment, javaOptions, ports);
        }

        /** With {@code KINTSUGI_VOLUMES} written out. */
        public Setup volumes(String value) {
            return new Setup(root, value, environment, javaOptions, ports);
        }

        /** With one more environment variable. */
        public Setup with(String name, String value) {
            var more = new HashMap<>(environment);
            more.put(name, value);
            return new Setup(root, volumes, Map.copyOf(more), javaOptions, ports);
        }

        /** With these JVM options instead of {@code -Xmx512m}. */
        public Setup java(String... options) {
            return new Setup(root, volumes, environment, List.of(options), ports);
        }

        /** Starts it and waits until it is ready; fails with the end of its log when it is not in time. */
        public StoreProcess start() {
            var store = new StoreProcess(this);
            store.start();
            return store;
        }

        /** Starts it without waiting, for tests of a refused start: {@link #awaitExit()} follows. */
        public StoreProcess launch() {
            var store = new StoreProcess(this);
            store.launch();
            return store;
        }

        private static String volumes(Path root, int count) {
            return count == 1 ? root.resolve("drive1").toString() : root.resolve("drive") + "{1..." + count + "}";
        }
    }

    /** Three free ports of the loopback address: S3, admin and console, health and metrics. */
    public record Ports(int s3, int console, int management) {
        static Ports free() {
            var loopback = InetAddress.getLoopbackAddress();
            try (var a = new ServerSocket(0, 1, loopback);
                    var b = new ServerSocket(0, 1, loopback);
                    var c = new ServerSocket(0, 1, loopback)) {
                return new Ports(a.getLocalPort(), b.getLocalPort(), c.getLocalPort());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The native image under test, or nothing when the packaged JVM application is. */
    public static Optional<Path> binary() {
        return Optional.ofNullable(System.getProperty("kintsugi.binary"))
                .filter(name -> !name.isBlank())
                .map(name -> Path.of(name).toAbsolutePath());
    }

    /** The S3 endpoint, as a client is given it. */
    public URI endpoint() {
        return loopback(setup.ports.s3);
    }

    public URI console() {
        return loopback(setup.ports.console);
    }

    public URI management() {
        return loopback(setup.ports.management);
    }

    public String rootUser() {
        return "kintsugi-test";
    }

    public String rootPassword() {
        return "kintsugi-test-secret-0123456789";
    }

    /** The folder of drive {@code number}, counted from 1. */
    public Path drive(int number) {
        return setup.root.resolve("drive" + number);
    }

    public Path logFile() {
        return setup.root.resolve("store.log");
    }

    /** Everything that all starts so far have printed. */
    public String log() {
        try {
            return Files.exists(logFile()) ? Files.readString(logFile(), StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long pid() {
        return running().pid();
    }

    public boolean isAlive() {
        return process.map(Process::isAlive).orElse(false);
    }

    /** Starts it (again) and waits until it is ready. */
    public void start() {
        launch();
        awaitReady();
    }

    /** SIGTERM, then waits for the end; the exit status. */
    public int stop() {
        running().destroy();
        return awaitExit();
    }

    /** SIGKILL, then waits for the end. Does nothing when it has ended. */
    public void kill() {
        process.ifPresent(running -> {
            running.destroyForcibly();
            waitFor(running);
        });
    }

    /** Waits for an end that the store comes to by itself; the exit status. */
    public int awaitExit() {
        return waitFor(running());
    }

    /** The status and body of a GET at the management port, {@code /q/health} for example. */
    public HttpResponse<String> manage(String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(management().resolve(path))
                .timeout(ANSWER_DEADLINE)
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        kill();
        http.close();
    }

    /** Starts it again without waiting. */
    void launch() {
        if (isAlive()) {
            throw new IllegalStateException("the store runs already, process " + pid());
        }
        var builder = new ProcessBuilder(command())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()));
        environment(builder.environment());
        try {
            Files.createDirectories(setup.root.resolve("tmp"));
            Process started = builder.start();
            LIVE.add(started);
            started.onExit().thenAccept(LIVE::remove);
            started.getOutputStream().close();
            process = Optional.of(started);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + builder.command(), e);
        }
    }

    /** Runs a command of the same binary on the same drives; what it says goes to the same log. */
    Command command(String... words) {
        List<String> line = command();
        line.removeLast();
        line.addAll(List.of(words));
        var builder = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()));
        environment(builder.environment());
        try {
            Files.createDirectories(setup.root.resolve("tmp"));
            Process started = builder.start();
            LIVE.add(started);
            started.onExit().thenAccept(LIVE::remove);
            started.getOutputStream().close();
            return new Command(started);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A command that was begun. */
    record Command(Process process) {
        private static final int MINUTES = 10;
        /** The exit status after SIGKILL: 128 and its number. */
        private static final int KILLED = 137;

        boolean isRunning() {
            return process.isAlive();
        }

        /** Its exit status. */
        int waitForExit() {
            try {
                if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
                    process.destroyForcibly();
                    throw new IllegalStateException("the command did not end within " + MINUTES + " minutes");
                }
                return process.exitValue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while a command was running", e);
            }
        }

        /** SIGKILL, then waits for the end; whether that is what it ended by. */
        boolean kill() {
            process.destroyForcibly();
            return waitForExit() == KILLED;
        }
    }

    private List<String> command() {
        var command = new ArrayList<String>();
        binary().ifPresentOrElse(binary -> command.add(binary.toString()), () -> {
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.add("@" + Path.of("src/main/jvm/options").toAbsolutePath());
            if (Files.exists(aotCache())) {
                command.add("-XX:AOTCache=" + aotCache());
            }
            // what one that is killed leaves there goes with the drives
            command.add("-Djava.io.tmpdir=" + setup.root.resolve("tmp"));
            command.addAll(setup.javaOptions);
            command.add("-jar");
            command.add(jar().toString());
        });
        command.add("server");
        return command;
    }

    /** The cache of starts that packaging left beside the application, as {@code ./kintsugi} uses it. */
    static Path aotCache() {
        return jar().resolveSibling("kintsugi.aot");
    }

    private static Path jar() {
        var jar = Path.of(System.getProperty("kintsugi.jar", "target/quarkus-app/quarkus-run.jar"))
                .toAbsolutePath();
        if (!Files.exists(jar)) {
            throw new IllegalStateException(jar + " is not there: run ./mvnw package first");
        }
        return jar;
    }

    private void environment(Map<String, String> variables) {
        variables.keySet().removeIf(name -> name.matches("(KINTSUGI|MINIO|RUSTFS|QUARKUS|AWS)_.*"));
        variables.put("KINTSUGI_ADDRESS", address(setup.ports.s3));
        variables.put("KINTSUGI_CONSOLE_ADDRESS", address(setup.ports.console));
        variables.put("KINTSUGI_MANAGEMENT_ADDRESS", address(setup.ports.management));
        variables.put("KINTSUGI_ROOT_USER", rootUser());
        variables.put("KINTSUGI_ROOT_PASSWORD", rootPassword());
        variables.put("KINTSUGI_VOLUMES", setup.volumes);
        if (binary().isEmpty()) {
            // as ./kintsugi has it on a small machine
            variables.putIfAbsent("MALLOC_ARENA_MAX", "4");
        }
        variables.putAll(setup.environment);
    }

    private void awaitReady() {
        long end = System.nanoTime() + READY_DEADLINE.toNanos();
        while (!isReady()) {
            if (!isAlive()) {
                throw new IllegalStateException(
                        "the store ended with " + running().exitValue() + tail());
            }
            if (System.nanoTime() - end > 0) {
                kill();
                throw new IllegalStateException("the store was not ready after " + READY_DEADLINE + tail());
            }
            pause();
        }
    }

    private boolean isReady() {
        try {
            return manage("/q/health/ready").statusCode() == 200;
        } catch (IOException e) {
            return false; // nobody listens yet
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the store was starting", e);
        }
    }

    private int waitFor(Process running) {
        try {
            if (!running.waitFor(STOP_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
                running.destroyForcibly();
                throw new IllegalStateException("the store did not end within " + STOP_DEADLINE + tail());
            }
            return running.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the store was ending", e);
        }
    }

    private Process running() {
        return process.orElseThrow(() -> new IllegalStateException("the store was never started"));
    }

    private String tail() {
        List<String> lines = log().lines().toList();
        return lines.subList(Math.max(0, lines.size() - 60), lines.size()).stream()
                .collect(Collectors.joining("\n", "; the end of " + logFile() + ":\n", "\n"));
    }

    private static void pause() {
        try {
            Thread.sleep(POLL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the store", e);
        }
    }

    private static URI loopback(int port) {
        return URI.create("http://" + address(port));
    }

    private static String address(int port) {
        return "127.0.0.1:" + port;
    }
}
