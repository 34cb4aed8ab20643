package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.AtOnce;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.catalog.CatalogSettings;
import io.kintsugi.catalog.EmbeddedCatalog;
import io.kintsugi.codec.SlabPool;
import io.kintsugi.iam.TestSigner;
import io.kintsugi.objects.HealReports;
import io.kintsugi.objects.ObjectSettings;
import io.kintsugi.objects.ObjectStore;
import io.kintsugi.objects.Objects;
import io.kintsugi.shards.BlobTimes;
import io.kintsugi.shards.ErasureBlobStore;
import io.kintsugi.sim.SimTopology;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two servers before one store: one answers at once what it can, the other waits for everything. No client can tell
 * them apart, and they count the same.
 */
class AnswersAtOnceTest {
    private static final int REQUESTS = 3_000;
    private static final int MULTIPART = 5 << 20;
    private static final List<String> BUCKETS = List.of("plain", "versioned", "suspended", "nowhere");
    private static final List<String> KEYS =
            List.of("small", "empty", "larger", "gone", "parts", "dir/a%20b%2Bc", "dir/a+b", "twice");

    private final SimTopology drives = new SimTopology(new ErasureCode(2, 1));
    private final EmbeddedCatalog catalog = EmbeddedCatalog.open(drives, Clock.SYSTEM, CatalogSettings.DEFAULT);
    private final AtomicInteger told = new AtomicInteger();
    private final AtomicInteger later = new AtomicInteger();
    private final List<String> etags = new ArrayList<>(List.of("\"none\"", "*"));
    private final List<String> versions = new ArrayList<>(List.of("null", "nonsense", ""));
    private final Random random = new Random(4711);
    private WireFixture quick;
    private WireFixture patient;

    @BeforeEach
    void open() throws IOException {
        ErasureBlobStore blobs = new ErasureBlobStore(
                new ErasureBlobStore.Parts(
                        drives, new SlabPool(64 << 20), Clock.SYSTEM, Entropy.FAST, BlobTimes.DEFAULT),
                new HealReports(Clock.SYSTEM));
        Objects objects = new Objects(catalog, blobs, Clock.SYSTEM, Entropy.FAST, ObjectSettings.DEFAULTS);
        Site site = Site.of("us-east-1");
        quick = new WireFixture(S3Limits.DEFAULT, Operations.over(watched(objects), site));
        patient = new WireFixture(S3Limits.DEFAULT, Operations.over(waiting(objects), site));
        drives.sims()
                .forEach(drive ->
                        drive.remember(() -> ThreadLocalRandom.current().nextInt(10) > 0));
        fill(objects);
    }

    @AfterEach
    void close() {
        quick.close();
        patient.close();
        catalog.close();
        drives.close();
    }

    /** Counts what is told at once; that is asked for on event loops, and everything that waits on virtual threads. */
    private ObjectStore watched(ObjectStore store) {
        return changed(store, (name, answer) -> {
            boolean atOnce = name.endsWith("AtOnce");
            if (atOnce && !Thread.currentThread().isVirtual()) {
                (answer instanceof AtOnce.Told ? told : later).incrementAndGet();
            }
            assertTrue(atOnce || Thread.currentThread().isVirtual(), name);
            return answer;
        });
    }

    private static ObjectStore waiting(ObjectStore store) {
        return changed(store, (name, answer) -> answer instanceof AtOnce<?> any ? AtOnce.later(any::orWait) : answer);
    }

    private interface Change {
        Object of(String method, Object answer);
    }

    private static ObjectStore changed(ObjectStore store, Change change) {
        return (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (self, method, arguments) -> {
                    try {
                        return change.of(method.getName(), method.invoke(store, arguments));
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    // ---- what is there

    private void fill(ObjectStore objects) throws IOException {
        for (String name : List.of("plain", "versioned", "suspended")) {
            objects.createBucket(new BucketName(name));
        }
        objects.setVersioning(new BucketName("versioned"), Bucket.Versioning.ENABLED);
        objects.setVersioning(new BucketName("suspended"), Bucket.Versioning.ENABLED);
        try (RawClient client = patient.client()) {
            for (String bucket : List.of("plain", "versioned", "suspended")) {
                put(client, bucket, "small", 100, Map.of("content-type", "text/x", "x-amz-meta-colour", "blå"));
                put(client, bucket, "empty", 0, Map.of());
                put(client, bucket, "larger", 70_000, Map.of("cache-control", "no-cache"));
                put(client, bucket, "dir/a%20b%2Bc", 7, Map.of("x-amz-checksum-algorithm", "CRC32C"));
                put(client, bucket, "twice", 10, Map.of());
                put(client, bucket, "twice", 20, Map.of());
                put(client, bucket, "gone", 5, Map.of());
                note(send(client, patient, new Asked("DELETE", bucket, "gone", Map.of(), Map.of())));
                upload(client, bucket);
                if (bucket.equals("suspended")) {
                    objects.setVersioning(new BucketName(bucket), Bucket.Versioning.SUSPENDED);
                    put(client, bucket, "small", 33, Map.of());
                    note(send(client, patient, new Asked("DELETE", bucket, "twice", Map.of(), Map.of())));
                }
            }
        }
    }

    private void put(RawClient client, String bucket, String key, int size, Map<String, String> more)
            throws IOException {
        note(send(client, patient, new Asked("PUT", bucket, key, Map.of(), more), new byte[size]));
    }

    private void upload(RawClient client, String bucket) throws IOException {
        String begun = send(client, patient, new Asked("POST", bucket, "parts", Map.of("uploads", ""), Map.of()))
                .text();
        String id = begun.substring(begun.indexOf("<UploadId>") + 10, begun.indexOf("</UploadId>"));
        StringBuilder list = new StringBuilder("<CompleteMultipartUpload>");
        for (int number = 1; number <= 2; number++) {
            Map<String, String> part = Map.of("partNumber", "" + number, "uploadId", id);
            int size = number == 1 ? MULTIPART : 11;
            String etag = send(client, patient, new Asked("PUT", bucket, "parts", part, Map.of()), new byte[size])
                    .headers()
                    .get("etag");
            list.append("<Part><PartNumber>" + number + "</PartNumber><ETag>" + etag + "</ETag></Part>");
        }
        byte[] document = list.append("</CompleteMultipartUpload>").toString().getBytes(StandardCharsets.UTF_8);
        note(send(client, patient, new Asked("POST", bucket, "parts", Map.of("uploadId", id), Map.of()), document));
    }

    private void note(RawClient.Response answer) {
        assertTrue(answer.status() < 300, answer::text);
        if (answer.headers().containsKey("etag")) {
            etags.add(answer.headers().get("etag"));
        }
        if (answer.headers().containsKey("x-amz-version-id")) {
            versions.add(answer.headers().get("x-amz-version-id"));
        }
    }

    // ---- what is asked

    private record Asked(
            String method, String bucket, String key, Map<String, String> query, Map<String, String> headers) {
        String path() {
            return "/" + bucket + "/" + key;
        }
    }

    private Asked anything() {
        Map<String, String> query = new TreeMap<>();
        Map<String, String> headers = new TreeMap<>();
        for (int i = random.nextInt(4); i > 1; i--) {
            more(query, headers);
        }
        return new Asked(
                random.nextInt(3) == 0 ? "HEAD" : "GET",
                any(BUCKETS),
                random.nextInt(40) == 0 ? "no" : any(KEYS),
                query,
                headers);
    }

    private void more(Map<String, String> query, Map<String, String> headers) {
        switch (random.nextInt(12)) {
            case 0 -> headers.put("range", any(List.of("bytes=0-4", "bytes=3-", "bytes=-2", "bytes=99999999-", "x")));
            case 1 -> headers.put("if-match", any(etags));
            case 2 -> headers.put("if-none-match", any(etags));
            case 3 -> headers.put("if-modified-since", date());
            case 4 -> headers.put("if-unmodified-since", date());
            case 5 -> query.put("versionId", any(versions));
            case 6 -> query.put("partNumber", any(List.of("1", "2", "3", "x")));
            case 7 -> query.put("response-content-type", any(List.of("a/b", "a\u0001b")));
            case 8 -> headers.put("x-amz-checksum-mode", "ENABLED");
            case 9 -> {
                headers.put("if-range", random.nextBoolean() ? any(etags) : date());
                headers.put("range", "bytes=1-2");
            }
            case 10 -> headers.put("x-amz-expected-bucket-owner", "somebody");
            default -> query.put(any(List.of("attributes", "tagging", "uploads", "x-id", "acl")), "");
        }
    }

    private String date() {
        return any(List.of("Sun, 06 Nov 1994 08:49:37 GMT", "Thu, 01 Jan 2099 00:00:00 GMT", "yesterday"));
    }

    private String any(List<String> values) {
        return values.get(random.nextInt(values.size()));
    }

    private static RawClient.Response send(RawClient client, WireFixture wire, Asked asked, byte... body)
            throws IOException {
        Map<String, String> headers = new TreeMap<>(asked.headers());
        if (asked.method().startsWith("P")) {
            headers.put("content-length", "" + body.length);
        }
        Map<String, String> signed = wire.signed(asked.method(), asked.path(), asked.query(), headers);
        String query = asked.query().isEmpty() ? "" : "?" + TestSigner.query(asked.query());
        client.head(asked.method(), asked.path() + query, signed).send(body);
        return client.receive(!asked.method().equals("HEAD"));
    }

    private static String told(RawClient.Response answer) {
        Map<String, String> headers = new TreeMap<>(answer.headers());
        String id = headers.remove("x-amz-request-id");
        String host = headers.remove("x-amz-id-2");
        headers.remove("date");
        String body = answer.body().length > 4096
                ? "hash " + Arrays.hashCode(answer.body())
                : answer.text().replace(id, "ID").replace(host, "HOST");
        return answer.status() + " " + headers + "\n" + body;
    }

    @Test
    void nobodyCanTellThemApart() throws Exception {
        Counted before = patient.server.counted();
        try (RawClient one = quick.client();
                RawClient other = patient.client()) {
            for (int i = 0; i < REQUESTS; i++) {
                Asked asked = anything();
                String unsigned = random.nextInt(50) == 0 ? "x-amz-meta-unsigned" : "";
                assertEquals(
                        told(ask(other, patient, asked, unsigned)),
                        told(ask(one, quick, asked, unsigned)),
                        asked::toString);
            }
        }
        quick.awaitInFlight(0);
        patient.awaitInFlight(0);
        for (S3Operation operation : List.of(S3Operation.GET_OBJECT, S3Operation.HEAD_OBJECT)) {
            Counted.ByStatus earlier = before.requests().get(operation);
            Counted.ByStatus slow = patient.server.counted().requests().get(operation);
            Counted.ByStatus fast = quick.server.counted().requests().get(operation);
            assertEquals(slow.success() - earlier.success(), fast.success());
            assertEquals(slow.redirection() - earlier.redirection(), fast.redirection());
            assertEquals(slow.clientError() - earlier.clientError(), fast.clientError());
            assertEquals(0, fast.serverError() + fast.aborted());
        }
        assertFalse(told.get() < REQUESTS / 4 || later.get() == 0, told + " at once, " + later + " later");
    }

    /** Both servers answer by the same handlers, so what these forgot would be alike. */
    @Test
    void whoMayAskIsCheckedBeforeTheAnswer() throws Exception {
        Map<String, String> somebody = Map.of("x-amz-expected-bucket-owner", "somebody");
        try (RawClient client = quick.client()) {
            Asked asked = new Asked("GET", "plain", "small", Map.of(), somebody);
            assertEquals("AccessDenied", send(client, quick, asked).code());
            client.head("GET", asked.path(), Map.of("host", WireFixture.HOST));
            assertEquals("AccessDenied", client.receive().code());
            Map<String, String> forged = quick.signed("GET", "/plain/another", Map.of());
            client.head("GET", asked.path(), forged);
            assertEquals("SignatureDoesNotMatch", client.receive().code());
        }
    }

    private static RawClient.Response ask(RawClient client, WireFixture wire, Asked asked, String unsigned)
            throws IOException {
        if (unsigned.isEmpty()) {
            return send(client, wire, asked);
        }
        client.head(asked.method(), asked.path(), Map.of("host", WireFixture.HOST));
        return client.receive(!asked.method().equals("HEAD"));
    }
}
