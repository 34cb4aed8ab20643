package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.iam.AmzTestDate;
import io.kintsugi.iam.TestSigner;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Many large pages at once, which nobody reads, in a small heap: without a bound the process ends of that. The keys are
 * of quotation marks, six bytes of XML each.
 */
class ManyListingsIT {
    private static final int KEYS = 1000;
    private static final int READERS = 120;
    private static final int SMALL_PAGE = 10;
    private static final int SMALL_BUFFER = 4 << 10;
    private static final String BUCKET = "pages";
    private static final String END = "</ListBucketResult>";

    @TempDir
    Path root;

    @Test
    void theProcessSurvivesReadersThatDoNotRead() throws Exception {
        List<Socket> readers = new ArrayList<>();
        try (StoreProcess store = StoreProcess.under(root).java("-Xmx160m").start();
                S3Client client = SharedStore.clientOf(store).build()) {
            client.createBucket(b -> b.bucket(BUCKET));
            for (int i = 0; i < KEYS; i++) {
                String key = "%04d".formatted(i) + "\"".repeat(1020);
                client.putObject(b -> b.bucket(BUCKET).key(key), RequestBody.empty());
            }
            for (int i = 0; i < READERS; i++) {
                readers.add(reader(store));
            }
            // a small one waits for its turn, or is asked to come again
            awaitSmallPage(store, client);
            awaitMetric(store, "kintsugi_s3_documents_refused_total", 1, Double.MAX_VALUE);
            for (Socket reader : readers) {
                reader.close();
            }
            awaitMetric(store, "kintsugi_s3_documents_bytes", 0, 0);
            assertEquals(KEYS, keysOfLargePage(store));
            assertTrue(store.isAlive());
        }
    }

    private static void awaitSmallPage(StoreProcess store, S3Client client) {
        int found = 0;
        while (found == 0) {
            try {
                found = client.listObjectsV2(b -> b.bucket(BUCKET).maxKeys(SMALL_PAGE))
                        .contents()
                        .size();
            } catch (S3Exception slowDown) {
                assertEquals(503, slowDown.statusCode());
            } catch (SdkClientException gone) {
                throw new AssertionError(store.log(), gone);
            }
        }
        assertEquals(SMALL_PAGE, found);
    }

    /** Sends a request, and reads nothing of its answer. */
    private static Socket reader(StoreProcess store) throws IOException {
        URI endpoint = store.endpoint();
        TestSigner signer = new TestSigner(store.rootUser(), store.rootPassword(), "us-east-1", AmzTestDate.now());
        Map<String, String> headers = signer.sign(
                "GET",
                "/" + BUCKET,
                Map.of("list-type", "2"),
                new TreeMap<>(Map.of("host", endpoint.getAuthority(), "x-amz-content-sha256", "UNSIGNED-PAYLOAD")));
        StringBuilder head = new StringBuilder("GET /" + BUCKET + "?list-type=2 HTTP/1.1\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        Socket socket = new Socket();
        socket.setReceiveBufferSize(SMALL_BUFFER);
        socket.connect(new InetSocketAddress(endpoint.getHost(), endpoint.getPort()));
        socket.getOutputStream().write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Read as bytes: the SDK's parser takes no more than 100,000 characters that are written as references. */
    private static int keysOfLargePage(StoreProcess store) throws IOException {
        try (Socket socket = reader(store)) {
            StringBuilder text = new StringBuilder();
            byte[] buffer = new byte[64 << 10];
            while (text.indexOf(END, Math.max(0, text.length() - buffer.length - END.length())) < 0) {
                int count = socket.getInputStream().read(buffer);
                assertTrue(count > 0, "the page is whole");
                text.append(new String(buffer, 0, count, StandardCharsets.US_ASCII));
            }
            return text.toString().split("<Key>", -1).length - 1;
        }
    }

    private static void awaitMetric(StoreProcess store, String name, double least, double most) throws Exception {
        double value = -1;
        while (value < least || value > most) {
            value = store.manage("/q/metrics")
                    .body()
                    .lines()
                    .filter(line -> line.startsWith(name + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
