package io.kintsugi.s3;

import io.kintsugi.base.ByteSink;
import io.kintsugi.base.ByteSource;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.iam.Identity;
import io.kintsugi.objects.UploadBody;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** A request that a test makes, and the answer that a handler gave. */
final class FakeExchange implements S3Exchange {
    private final S3Request request;
    private final byte[] body;
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private Optional<S3Response> answer = Optional.empty();
    private long reserved;
    private long kept;
    private boolean crowded;
    private Identity identity = new Identity.Root("root");

    private FakeExchange(S3Request request, byte[] body) {
        this.request = request;
        this.body = body;
    }

    static FakeExchange of(S3Request request, byte[] body) {
        return new FakeExchange(request, body);
    }

    /** What a request is made of; each method gives a changed copy. */
    record Given(String path, List<String> query, List<String> headers, String body) {
        /** {@code /bucket/key}, or less of it. */
        static Given of(String path) {
            return new Given(path, List.of(), List.of(), "");
        }

        Given query(String name, String value) {
            return new Given(path, plus(query, name, value), headers, body);
        }

        Given header(String name, String value) {
            return new Given(path, query, plus(headers, name, value), body);
        }

        Given body(String text) {
            return new Given(path, query, headers, text);
        }

        FakeExchange exchange() {
            Optional<String> bucket = part(1);
            Optional<String> key = part(2);
            S3Request request = new S3Request(
                    S3Operation.GET_OBJECT,
                    "GET",
                    S3Target.of(bucket, key),
                    QueryParams.of(query.toArray(String[]::new)),
                    Headers.of(headers.toArray(String[]::new)));
            return new FakeExchange(request, body.getBytes(StandardCharsets.UTF_8));
        }

        /** The answer of that handler to this request. */
        FakeExchange to(S3Handler handler) {
            FakeExchange exchange = exchange();
            handler.handle(exchange);
            return exchange;
        }

        private Optional<String> part(int index) {
            String[] parts = path.split("/", 3);
            return index < parts.length ? Optional.of(parts[index]).filter(text -> !text.isEmpty()) : Optional.empty();
        }

        private static List<String> plus(List<String> list, String... more) {
            List<String> longer = new ArrayList<>(list);
            longer.addAll(List.of(more));
            return List.copyOf(longer);
        }
    }

    FakeExchange by(Identity other) {
        identity = other;
        return this;
    }

    int status() {
        return answer.orElseThrow().status();
    }

    /** All values of a header, in any case. */
    List<String> headers(String name) {
        return answer.orElseThrow().headers().stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(S3Response.Header::value)
                .toList();
    }

    /** The head of the answer, but for its content type: one line a header. */
    String head() {
        return answer.orElseThrow().headers().stream()
                .map(header -> header.name() + ": " + header.value() + "\n")
                .collect(Collectors.joining("", status() + "\n", ""));
    }

    /** The document, without the declaration. */
    String xml() {
        String text = XmlTest.text(answer.orElseThrow().body());
        return text.substring(text.indexOf('\n') + 1);
    }

    /** What was streamed. */
    String sent() {
        return sent.toString(StandardCharsets.UTF_8);
    }

    boolean isAnswered() {
        return answer.isPresent();
    }

    @Override
    public S3Request request() {
        return request;
    }

    @Override
    public Identity identity() {
        return identity;
    }

    @Override
    public String requestId() {
        return "REQUEST";
    }

    @Override
    public UploadBody uploadBody() {
        ByteSource bytes = ByteSource.of(ByteBuffer.wrap(body));
        return new UploadBody() {
            @Override
            public OptionalLong length() {
                return OptionalLong.of(body.length);
            }

            @Override
            public Optional<byte[]> contentMd5() {
                return Optional.empty();
            }

            @Override
            public Optional<ChecksumAlgorithm> checksumAlgorithm() {
                return Optional.empty();
            }

            @Override
            public Optional<byte[]> claimedChecksum() {
                return Optional.empty();
            }

            @Override
            public int read(ByteBuffer target) {
                return bytes.read(target);
            }
        };
    }

    @Override
    public byte[] readBody(int maxBytes) {
        if (body.length > maxBytes) {
            throw new S3Exception(S3Error.MAX_MESSAGE_LENGTH_EXCEEDED);
        }
        return body.clone();
    }

    @Override
    public void reserve(long bytes) {
        if (reserved > 0 || answer.isPresent()) {
            throw new AssertionError("memory is asked for once, before the answer");
        }
        reserved = bytes;
    }

    @Override
    public boolean reserveAtOnce(long bytes) {
        if (crowded) {
            return false;
        }
        reserve(bytes);
        return true;
    }

    @Override
    public void keep(long bytes) {
        if (kept > 0 || answer.isPresent()) {
            throw new AssertionError("memory is asked for once, before the answer");
        }
        kept = bytes;
    }

    @Override
    public boolean keepAtOnce(long bytes) {
        if (crowded) {
            return false;
        }
        keep(bytes);
        return true;
    }

    /** Whoever asks for memory has to wait for it. */
    FakeExchange crowded() {
        crowded = true;
        return this;
    }

    /** The memory that the handler asked for. */
    long reserved() {
        return reserved;
    }

    /** The memory that the handler asked for while the answer is sent. */
    long kept() {
        return kept;
    }

    @Override
    public void respond(S3Response response) {
        if (answer.isPresent()) {
            throw new AssertionError("answered twice");
        }
        answer = Optional.of(response);
    }

    @Override
    public ByteSink stream(S3Response head, long contentLength) {
        respond(head);
        return (bytes, release) -> {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            sent.writeBytes(copy);
            release.run();
        };
    }
}
