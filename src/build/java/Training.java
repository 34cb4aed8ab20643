import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Requests of each kind, from a few clients at once, to a store that is to learn what it is going to be asked. */
final class Training {
    private static final int CLIENTS = 8;
    private static final long NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int PAUSE_MILLIS = 50;
    private static final int SMALL = 4 << 10;
    private static final int LARGE = 5 << 20;
    private static final int LARGE_EVERY = 50;
    private static final String USER = "training";
    private static final String PASSWORD = "training-needs-no-secret";
    private static final String REGION = "us-east-1";
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'");

    private final String volumes;
    private final List<Integer> ports;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();

    private Training(String volumes, List<Integer> ports) {
        this.volumes = volumes;
        this.ports = ports;
    }

    /** Of the loopback address. */
    static Training onFreePorts(String volumes) throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket s3 = new ServerSocket(0, 1, loopback);
                ServerSocket console = new ServerSocket(0, 1, loopback);
                ServerSocket management = new ServerSocket(0, 1, loopback)) {
            return new Training(volumes, List.of(s3.getLocalPort(), console.getLocalPort(), management.getLocalPort()));
        }
    }

    /** Nothing that is set for the operator's own store is for this one. */
    void tell(Map<String, String> environment) {
        environment.keySet().removeIf(name -> name.matches("(KINTSUGI|MINIO|RUSTFS|QUARKUS|JAVA|JDK|_JAVA)_.*"));
        environment.put("KINTSUGI_VOLUMES", volumes);
        environment.put("KINTSUGI_ROOT_USER", USER);
        environment.put("KINTSUGI_ROOT_PASSWORD", PASSWORD);
        environment.put("KINTSUGI_ADDRESS", "127.0.0.1:" + ports.get(0));
        environment.put("KINTSUGI_CONSOLE_ADDRESS", "127.0.0.1:" + ports.get(1));
        environment.put("KINTSUGI_MANAGEMENT_ADDRESS", "127.0.0.1:" + ports.get(2));
    }

    /** @throws IOException when the store ends, or is not ready in time */
    void awaitReady(Process store, int seconds) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        while (!isReady()) {
            if (!store.isAlive()) {
                throw new IOException("the store ended with " + store.exitValue());
            }
            if (System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(seconds)) {
                throw new IOException("the store was not ready after " + seconds + " s");
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private boolean isReady() throws InterruptedException {
        URI ready = URI.create("http://127.0.0.1:" + ports.get(2) + "/q/health/ready");
        try {
            return answer(HttpRequest.newBuilder(ready)).statusCode() == HttpCode.OK;
        } catch (IOException e) {
            return false; // nobody listens yet
        }
    }

    /** Asks for a few seconds; with less time than that on a slow machine, since it is the clock that ends it. */
    void run() throws IOException, InterruptedException {
        expect(HttpCode.OK, "PUT", "/training", "", new byte[0]);
        List<Thread> clients = new ArrayList<>();
        List<IOException> failures = Collections.synchronizedList(new ArrayList<>());
        for (int client = 0; client < CLIENTS; client++) {
            String prefix = "/training/" + client;
            clients.add(Thread.ofPlatform().start(() -> {
                try {
                    ask(prefix);
                } catch (IOException e) {
                    failures.add(e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        for (Thread client : clients) {
            client.join();
        }
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
        answer(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ports.get(2) + "/q/metrics")));
    }

    private void ask(String prefix) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        for (int i = 0; System.nanoTime() - begun < NANOS; i++) {
            String key = prefix + "/" + i;
            expect(HttpCode.OK, "PUT", key, "", new byte[SMALL]);
            expect(HttpCode.OK, "GET", key, "", new byte[0]);
            expect(HttpCode.OK, "HEAD", key, "", new byte[0]);
            if (i % LARGE_EVERY == 0) {
                expect(HttpCode.OK, "PUT", prefix + "/large", "", new byte[LARGE]);
                expect(HttpCode.OK, "GET", prefix + "/large", "", new byte[0]);
                expect(HttpCode.NOT_FOUND, "GET", prefix + "/none", "", new byte[0]);
                expect(HttpCode.OK, "GET", "/training", "list-type=2&max-keys=100", new byte[0]);
                expect(HttpCode.NO_CONTENT, "DELETE", key, "", new byte[0]);
            }
        }
    }

    private void expect(int status, String method, String path, String query, byte[] body)
            throws IOException, InterruptedException {
        HttpResponse<Void> answer = answer(signed(method, path, query, body));
        if (answer.statusCode() != status) {
            throw new IOException(method + " " + path + " was answered with " + answer.statusCode());
        }
    }

    private HttpResponse<Void> answer(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.discarding());
    }

    /** By Signature Version 4; path and query hold nothing that would have to be encoded or sorted. */
    private HttpRequest.Builder signed(String method, String path, String query, byte[] body) {
        String host = "127.0.0.1:" + ports.get(0);
        String date = ZonedDateTime.now(ZoneOffset.UTC).format(DATE);
        String scope = date.substring(0, 8) + "/" + REGION + "/s3/aws4_request";
        String hash = sha256(body);
        String names = "host;x-amz-content-sha256;x-amz-date";
        String canonical = String.join(
                "\n",
                method,
                path,
                query,
                "host:" + host,
                "x-amz-content-sha256:" + hash,
                "x-amz-date:" + date,
                "",
                names,
                hash);
        String toSign =
                String.join("\n", "AWS4-HMAC-SHA256", date, scope, sha256(canonical.getBytes(StandardCharsets.UTF_8)));
        byte[] key = ("AWS4" + PASSWORD).getBytes(StandardCharsets.UTF_8);
        for (String part : scope.split("/")) {
            key = hmac(key, part);
        }
        return HttpRequest.newBuilder(URI.create("http://" + host + path + (query.isEmpty() ? "" : "?" + query)))
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                .header("x-amz-content-sha256", hash)
                .header("x-amz-date", date)
                .header(
                        "authorization",
                        "AWS4-HMAC-SHA256 Credential=" + USER + "/" + scope + ", SignedHeaders=" + names
                                + ", Signature=" + HexFormat.of().formatHex(hmac(key, toSign)));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Statuses that are expected. */
    private static final class HttpCode {
        static final int OK = 200;
        static final int NO_CONTENT = 204;
        static final int NOT_FOUND = 404;
    }
}
