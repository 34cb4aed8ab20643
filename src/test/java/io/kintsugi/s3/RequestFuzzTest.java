package io.kintsugi.s3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.kintsugi.base.ByteSource;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.Pieces;
import io.kintsugi.base.StoreException;
import io.kintsugi.iam.Payload;
import io.kintsugi.objects.ObjectStore;
import io.kintsugi.objects.RangeSpec;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Whatever comes over the wire: an answer or a refusal that S3 knows, never another exception. */
class RequestFuzzTest {
    private static final List<String> DOMAINS = List.of("s3.example.org");
    private static final S3Handlers HANDLERS = Operations.over(emptyStore(), Site.of("us-east-1"));
    private static final List<String> ROOTS = List.of(
            "Delete", "CompleteMultipartUpload", "CreateBucketConfiguration", "VersioningConfiguration", "Tagging");

    /** Handlers read the whole request before they ask: all that they are told is that there is no such bucket. */
    private static ObjectStore emptyStore() {
        return (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
                    throw new StoreException.NotFound(StoreException.NotFound.Kind.BUCKET, "bucket");
                });
    }

    /** {@code METHOD target}, lines {@code name:value}, an empty line, the body. */
    @FuzzTest(maxDuration = "10s")
    void anyRequest(byte[] data) {
        String text = new String(data, ISO_8859_1);
        int end = text.indexOf("\n\n");
        String[] head = (end < 0 ? text : text.substring(0, end)).split("\n", 64);
        byte[] body = end < 0 ? new byte[0] : Arrays.copyOfRange(data, end + 2, data.length);
        String[] first = head[0].split(" ", 2);
        try {
            answer(first[0], first.length > 1 ? first[1] : "/", headers(head), body);
        } catch (S3Exception | StoreException refused) {
            assertTrue(!ErrorAnswer.isOurs(refused), () -> "our fault: " + refused);
        }
    }

    private static Headers headers(String... lines) {
        List<String> headers = new ArrayList<>();
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.add(line.substring(0, colon).toLowerCase(Locale.ROOT));
                headers.add(line.substring(colon + 1).strip());
            }
        }
        return Headers.of(headers.toArray(String[]::new));
    }

    private static void answer(String method, String target, Headers headers, byte[] body) {
        RequestLine line = RequestLine.parse(target);
        S3Target about = line.target(headers.first("host").orElse(""), DOMAINS);
        QueryParams query = line.query();
        S3Operation operation = Router.route(method, about, query, headers);
        S3Request request = new S3Request(operation, method, about, query, headers);
        Optional<S3Handler> handler = HANDLERS.of(operation);
        if (handler.isPresent()) {
            FakeExchange exchange = FakeExchange.of(request, body);
            handler.get().handle(exchange);
            assertTrue(exchange.isAnswered(), () -> operation + " was not answered");
        }
    }

    @FuzzTest(maxDuration = "10s")
    void anyDocument(byte[] data) {
        for (String root : ROOTS) {
            try {
                XmlReader.read(data, root);
            } catch (S3Exception refused) {
                refused.getMessage();
            }
        }
    }

    /** The first byte is the length that was announced, the second how the bytes arrive. */
    @FuzzTest(maxDuration = "10s")
    void anyChunkedBody(byte[] data) {
        if (data.length < 2) {
            return;
        }
        long length = data[0] & 0xFF;
        Headers headers = Headers.of(
                "x-amz-decoded-content-length", Long.toString(length), "x-amz-trailer", "x-amz-checksum-crc32");
        Payload payload = new Payload.UnsignedChunks();
        WireBody body = WireBody.of(pieces(data), payload, BodyHeaders.read(headers, payload));
        try {
            long read = 0;
            ByteBuffer target = ByteBuffer.allocate(64);
            while (body.read(target) >= 0) {
                read += target.position();
                target.clear();
            }
            assertEquals(length, read);
            body.claimedChecksum();
        } catch (S3Exception | StoreException.Invalid refused) {
            refused.getMessage();
        }
    }

    private static ByteSource pieces(byte[] data) {
        return Pieces.of(ByteBuffer.wrap(data, 2, data.length - 2), 1 + (data[1] & 0xFF));
    }

    @FuzzTest(maxDuration = "10s")
    void anyText(byte[] data) {
        String text = new String(data, ISO_8859_1);
        UrlCoding.decode(text)
                .ifPresent(decoded -> assertEquals(Optional.of(decoded), UrlCoding.decode(UrlCoding.encode(decoded))));
        RangeSpec range = RangeHeader.parse(Optional.of(text));
        assertTrue(range instanceof RangeSpec.Whole
                || text.strip().toLowerCase(Locale.ROOT).startsWith("bytes="));
        HttpDates.parse(text);
        refusable(() -> CopySource.parse(text));
        refusable(() -> TaggingHeader.parse(text));
        refusable(() -> {
            ListQuery.Start start = ContinuationToken.start(text);
            assertTrue(start != null);
        });
    }

    private static void refusable(Runnable parse) {
        try {
            parse.run();
        } catch (S3Exception | StoreException.Invalid refused) {
            refused.getMessage();
        }
    }
}
