package io.kintsugi.s3;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A response that is being put together: status, headers in order, and a small body. {@code Content-Length} is set by
 * the wire, except where a handler sets it itself (HEAD).
 */
final class S3Response {
    private final int status;
    private final List<Header> headers = new ArrayList<>();
    private List<ByteBuffer> body = List.of();

    /** One header line. */
    record Header(String name, String value) {}

    private S3Response(int status) {
        this.status = status;
    }

    static S3Response of(int status) {
        return new S3Response(status);
    }

    static S3Response ok() {
        return of(200);
    }

    static S3Response noContent() {
        return of(204);
    }

    /**
     * Adds a header line. Characters that would end it are refused with {@link IllegalArgumentException} by the wire.
     */
    S3Response header(String name, String value) {
        headers.add(new Header(name, value));
        return this;
    }

    S3Response header(String name, long value) {
        return header(name, Long.toString(value));
    }

    /** Finishes the document and makes it the body, as {@code application/xml}. */
    S3Response xml(XmlWriter document) {
        return body("application/xml", document.finish());
    }

    S3Response body(String contentType, byte[] bytes) {
        return body(contentType, List.of(ByteBuffer.wrap(bytes)));
    }

    private S3Response body(String contentType, List<ByteBuffer> pieces) {
        body = pieces;
        return header("Content-Type", contentType);
    }

    int status() {
        return status;
    }

    List<Header> headers() {
        return Collections.unmodifiableList(headers);
    }

    /** Whether there is a header of that name, in whatever case. */
    boolean has(String name) {
        for (Header header : headers) {
            if (header.name().equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    /** The pieces of the body, in order; they are not to be changed. */
    List<ByteBuffer> body() {
        return body;
    }

    /** What the body holds of memory: that of pieces which are not full as well. */
    long bodyMemory() {
        long bytes = 0;
        for (ByteBuffer piece : body) {
            bytes += piece.capacity();
        }
        return bytes;
    }

    /** In bytes. */
    long bodyLength() {
        long length = 0;
        for (ByteBuffer piece : body) {
            length += piece.remaining();
        }
        return length;
    }
}
