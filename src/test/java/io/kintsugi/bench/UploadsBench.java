package io.kintsugi.bench;

import io.kintsugi.it.StoreProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * How much memory many uploads at a time take: {@code java -cp target/test-classes io.kintsugi.bench.UploadsBench}, or
 * with {@code -Dkintsugi.binary=target/kintsugi} the native image. Every upload announces 64 MiB and sends a few, in
 * turns with all others; then all are held open, and the greatest resident memory of the store is printed. Those that a
 * store on a busy machine sends away are begun again. With {@code bench.whole=true} they are sent to their ends, each
 * in its turn.
 *
 * <p>System properties: {@code bench.uploads} (default 512), {@code bench.each} (MiB that each sends, default 4),
 * {@code bench.dir}, {@code bench.java} as in {@link S3Bench}.
 */
public final class UploadsBench {
    private static final int MIB = 1 << 20;
    private static final int SIZE = 64 * MIB;
    private static final int TURN_BYTES = 64 << 10;
    private static final int MILLIS_WITHOUT_PROGRESS = 60_000;

    private UploadsBench() {}

    private static final class Upload {
        private final InetSocketAddress server;
        private final ByteBuffer head;
        private final ByteBuffer body;
        private SocketChannel channel;
        private long sent;
        private int begun;

        Upload(InetSocketAddress server, byte[] head, ByteBuffer body) {
            this.server = server;
            this.head = ByteBuffer.wrap(head);
            this.body = body;
        }

        void begin(Selector selector) throws IOException {
            if (begun++ > 0) {
                channel.close();
            }
            channel = SocketChannel.open(server);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_WRITE | SelectionKey.OP_READ, this);
            head.rewind();
            sent = 0;
        }

        /** Sends some more, up to a bound. */
        void send(long upTo) throws IOException {
            if (head.hasRemaining()) {
                channel.write(head);
                return;
            }
            int at = (int) (sent % body.capacity());
            int count = (int) Math.min(Math.min(TURN_BYTES, upTo - sent), body.capacity() - at);
            sent += channel.write(body.duplicate().position(at).limit(at + count));
        }
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        int count = Integer.getInteger("bench.uploads", 512);
        long each = Integer.getInteger("bench.each", 4) * (long) MIB;
        String[] java = ("-Xmx1g -XX:MaxNewSize=128m " + System.getProperty("bench.java", ""))
                .strip()
                .split(" +");
        try (BenchFolder folder = BenchFolder.open("kintsugi-uploads");
                StoreProcess store =
                        StoreProcess.under(folder.path()).java(java).start()) {
            URI endpoint = store.endpoint();
            SignedRequests requests = new SignedRequests(endpoint, store.rootUser(), store.rootPassword());
            new LightLoad(endpoint, 1, 1024).run(1, i -> requests.head("PUT", "/many", "", 0), ByteBuffer.allocate(0));
            print(store, "idle", 0);
            try (Selector selector = Selector.open()) {
                List<Upload> uploads = begin(endpoint, requests, selector, count);
                sendAll(selector, uploads, each);
                print(store, count + " uploads, " + each / MIB + " MiB of 64 each", refused(uploads));
                if (Boolean.getBoolean("bench.whole")) {
                    sendAll(selector, uploads, SIZE);
                    print(store, "all of them whole", refused(uploads));
                }
                for (Upload upload : uploads) {
                    upload.channel.close();
                }
            }
        }
    }

    private static List<Upload> begin(URI endpoint, SignedRequests requests, Selector selector, int count)
            throws IOException {
        byte[] bytes = new byte[MIB];
        new Random(1).nextBytes(bytes);
        ByteBuffer body = ByteBuffer.allocateDirect(MIB).put(bytes).flip();
        List<Upload> uploads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Upload upload = new Upload(
                    new InetSocketAddress(endpoint.getHost(), endpoint.getPort()),
                    requests.head("PUT", "/many/" + i, "", SIZE),
                    body);
            upload.begin(selector);
            uploads.add(upload);
        }
        return uploads;
    }

    private static void sendAll(Selector selector, List<Upload> uploads, long upTo) throws IOException {
        for (SelectionKey key : selector.keys()) {
            if (key.isValid()) {
                key.interestOps(SelectionKey.OP_WRITE | SelectionKey.OP_READ);
            }
        }
        int open = uploads.size();
        while (open > 0) {
            if (selector.select(MILLIS_WITHOUT_PROGRESS) == 0) {
                throw new IOException("no progress for a minute; " + open + " uploads are not through");
            }
            for (SelectionKey key : selector.selectedKeys()) {
                open -= proceed(key, upTo) ? 1 : 0;
            }
            selector.selectedKeys().clear();
        }
    }

    /** Whether the upload is through with its part now. */
    private static boolean proceed(SelectionKey key, long upTo) throws IOException {
        Upload upload = (Upload) key.attachment();
        if (key.isReadable()) {
            // an answer before the end is a refusal; behind the end it is what was waited for
            if (upload.sent < SIZE) {
                upload.begin(key.selector());
                return false;
            }
            key.interestOps(0);
            return true;
        }
        if (upload.sent < upTo) {
            upload.send(upTo);
        }
        boolean through = upload.sent == upTo && upTo < SIZE;
        key.interestOps(through ? 0 : upload.sent == SIZE ? SelectionKey.OP_READ : key.interestOps());
        return through;
    }

    private static long refused(List<Upload> uploads) {
        return uploads.stream().mapToLong(upload -> upload.begun - 1L).sum();
    }

    private static void print(StoreProcess store, String what, long refused) throws IOException {
        System.out.printf(
                Locale.ROOT,
                "%-40s resident %d MiB, at most %d MiB; sent away and begun again %d%n",
                what,
                mib(store.pid(), "VmRSS:"),
                mib(store.pid(), "VmHWM:"),
                refused);
    }

    private static long mib(long pid, String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith(field))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                .findFirst()
                .orElse(0);
    }
}
