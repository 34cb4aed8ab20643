package io.kintsugi.s3;

import io.kintsugi.base.ByteSink;
import io.kintsugi.iam.Identity;
import io.kintsugi.objects.UploadBody;

/**
 * One authenticated request and its one answer. Used by one thread at a time: the event loop, then the virtual thread
 * of the request.
 */
interface S3Exchange {
    S3Request request();

    Identity identity();

    /**
     * {@code x-amz-request-id}, which is set on every response without further ado, as are {@code Date} and
     * {@code Server}.
     */
    String requestId();

    /**
     * The body of a PUT, decoded from {@code aws-chunked} and verified as it is read. Nothing is read (and no
     * {@code 100 Continue} is sent) before the first {@link UploadBody#read}. Asked for at most once.
     *
     * @throws S3Exception when headers about the body are missing or wrong: {@code Content-Length},
     *     {@code Content-MD5}, checksums
     */
    UploadBody uploadBody();

    /**
     * All of a small body (an XML document), decoded and verified: signature, length, {@code Content-MD5} and checksum
     * header, where given. Empty when there is none. Asked for at most once, and not after {@link #uploadBody}.
     *
     * @param maxBytes more end in {@code MaxMessageLengthExceeded}
     */
    byte[] readBody(int maxBytes);

    /**
     * Asks for memory for a document, the most that parsing it, working on it and making its answer may hold at a time
     * ({@link DocumentSizes}), and waits until there is that much. What the answer doesn't take is given back once it
     * is made, the rest when the client has it. At most once, and after {@link #readBody}.
     *
     * @throws S3Exception {@code SlowDown} when others took too long to give theirs back
     */
    void reserve(long bytes);

    /** As {@link #reserve}, but never waits: returns whether there is as much now. If not, it may be asked again. */
    boolean reserveAtOnce(long bytes);

    /**
     * Asks for memory for what is kept in mind of an object while its bytes are sent, and waits until there is that
     * much. It is given back when the client has the answer. At most once.
     *
     * @throws S3Exception {@code SlowDown} when others took too long to give theirs back
     */
    void keep(long bytes);

    /** As {@link #keep}, but never waits: returns whether there is as much now. If not, it may be asked again. */
    boolean keepAtOnce(long bytes);

    /**
     * Answers with all of the response. A HEAD request gets its head alone, with the {@code Content-Length} of the
     * body.
     */
    void respond(S3Response response);

    /**
     * Answers with a head now, and then exactly {@code contentLength} bytes. A sink that gets fewer is reset by whoever
     * called the handler, so that the client notices. Not for HEAD requests: those {@link #respond} with a
     * {@code Content-Length} header and no body.
     *
     * @param head status and headers; its body must be empty
     */
    ByteSink stream(S3Response head, long contentLength);
}
