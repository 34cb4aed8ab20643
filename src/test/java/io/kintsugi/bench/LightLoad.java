package io.kintsugi.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Keeps a fixed number of connections busy from one thread, and times each request from its first byte out to its last
 * byte in.
 */
final class LightLoad {
    private static final int MILLIS_WITHOUT_ANSWER = 60_000;
    /** Behind all latencies that there are. */
    private static final long FAILED = Long.MAX_VALUE;

    private final URI endpoint;
    private final int concurrency;
    private final int bufferBytes;

    LightLoad(URI endpoint, int concurrency, int bufferBytes) {
        this.endpoint = endpoint;
        this.concurrency = concurrency;
        this.bufferBytes = bufferBytes;
    }

    int concurrency() {
        return concurrency;
    }

    /**
     * What a run came to.
     *
     * @param requests all that were answered, whatever the answer
     * @param received bytes of all response bodies
     * @param failures responses whose status was not 2xx
     * @param slowDowns those of them that were 503
     * @param p50Nanos of the others, as {@code p99Nanos}
     */
    record Result(
            long requests, long nanos, long received, long failures, long slowDowns, long p50Nanos, long p99Nanos) {
        double perSecond() {
            return requests * 1e9 / nanos;
        }

        double seconds() {
            return nanos / 1e9;
        }
    }

    /**
     * Sends {@code count} requests.
     *
     * @param heads the head of request i
     * @param body follows each head
     */
    Result run(int count, IntFunction<byte[]> heads, ByteBuffer body) throws IOException {
        long[] latencies = new long[count];
        List<Connection> connections = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < Math.min(concurrency, count); i++) {
                connections.add(new Connection(endpoint, selector, bufferBytes));
            }
            return drive(selector, connections, new Job(heads, body, latencies));
        } finally {
            for (Connection connection : connections) {
                connection.close();
            }
        }
    }

    private record Job(IntFunction<byte[]> heads, ByteBuffer body, long[] latencies) {
        int count() {
            return latencies.length;
        }

        void send(Connection connection, int index) throws IOException {
            connection.send(heads.apply(index), body);
        }
    }

    private static Result drive(Selector selector, List<Connection> connections, Job job) throws IOException {
        long start = System.nanoTime();
        int sent = 0;
        for (Connection connection : connections) {
            job.send(connection, sent++);
        }
        int done = 0;
        long received = 0;
        long failures = 0;
        long slowDowns = 0;
        while (done < job.count()) {
            if (selector.select(MILLIS_WITHOUT_ANSWER) == 0) {
                throw new IOException("no answer for a minute: " + done + " of " + job.count() + " are done");
            }
            for (SelectionKey key : selector.selectedKeys()) {
                Connection connection = (Connection) key.attachment();
                if (connection.proceed()) {
                    boolean good = connection.status() / 100 == 2;
                    job.latencies()[done++] = good ? System.nanoTime() - connection.startedNanos() : FAILED;
                    received += connection.received();
                    failures += good ? 0 : 1;
                    slowDowns += connection.status() == 503 ? 1 : 0;
                    if (sent < job.count()) {
                        job.send(connection, sent++);
                    }
                }
            }
            selector.selectedKeys().clear();
        }
        long nanos = System.nanoTime() - start;
        Arrays.sort(job.latencies());
        long[] good = Arrays.copyOf(job.latencies(), (int) (done - failures));
        return new Result(done, nanos, received, failures, slowDowns, at(good, 50), at(good, 99));
    }

    /** 0 when there are none. */
    private static long at(long[] sorted, int percent) {
        return sorted.length == 0 ? 0 : sorted[(int) ((sorted.length - 1L) * percent / 100)];
    }
}
