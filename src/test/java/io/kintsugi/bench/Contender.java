package io.kintsugi.bench;

import io.kintsugi.it.StoreProcess;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A server that is measured: this store, or another that a command starts. */
record Contender(String name, URI endpoint, String user, String password, long pid, Runnable end)
        implements AutoCloseable {
    private static final int STARTING_MILLIS = 60_000;
    private static final int POLL_MILLIS = 50;

    /** This store, on four drives under the folder: the native image if {@code kintsugi.binary} names one. */
    static Contender kintsugi(Path dir) {
        StoreProcess store = StoreProcess.under(dir).java("-Xmx1g").start();
        return new Contender(
                "kintsugi", store.endpoint(), store.rootUser(), store.rootPassword(), store.pid(), store::close);
    }

    /**
     * Another server.
     *
     * @param command for {@code sh}: {@code {port}}, {@code {dir}}, {@code {user}} and {@code {password}} stand for
     *     where it has to listen, the folder for its drives, and the credentials it has to accept
     */
    static Contender other(String command, Path dir) throws IOException {
        return started("other", command, dir);
    }

    /** The server that keeps nothing, in a process of its own, with the class path of this one. */
    static Contender empty(Path dir) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classes = System.getProperty("java.class.path");
        return started("empty", "'%s' -cp '%s' %s {port}".formatted(java, classes, EmptyServer.class.getName()), dir);
    }

    private static Contender started(String name, String command, Path dir) throws IOException {
        int port = freePort();
        String user = "bench-other";
        String password = "bench-other-secret-0123456789";
        Files.createDirectories(dir);
        String line = command.replace("{port}", Integer.toString(port))
                .replace("{dir}", dir.toString())
                .replace("{user}", user)
                .replace("{password}", password);
        Process process = new ProcessBuilder("sh", "-c", "exec " + line)
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve(name + ".log").toFile())
                .start();
        URI endpoint = URI.create("http://127.0.0.1:" + port);
        Contender other = new Contender(name, endpoint, user, password, process.pid(), () -> end(process));
        other.awaitAnswer(process);
        return other;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitAnswer(Process process) throws IOException {
        for (int waited = 0; waited < STARTING_MILLIS && process.isAlive(); waited += POLL_MILLIS) {
            if (answers()) {
                return;
            }
            pause();
        }
        end(process);
        throw new IOException("the server '" + name + "' does not answer on " + endpoint);
    }

    /** Whether it lists its buckets. */
    private boolean answers() throws IOException {
        byte[] head = new SignedRequests(endpoint, user, password).head("GET", "/", "", 0);
        try {
            return new LightLoad(endpoint, 1, 1024)
                            .run(1, i -> head, ByteBuffer.allocate(0))
                            .failures()
                    == 0;
        } catch (ConnectException e) {
            return false;
        }
    }

    private static void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Resident memory in MiB, of this process alone. */
    long rssMib() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                .findFirst()
                .orElse(0);
    }

    /** Processor time in milliseconds that this process has used so far, at 100 ticks a second. */
    long cpuMillis() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return 10 * (Long.parseLong(fields[11]) + Long.parseLong(fields[12]));
    }

    @Override
    public void close() {
        end.run();
    }
}
