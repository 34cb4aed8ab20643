package io.kintsugi.s3;

import java.time.Duration;

/**
 * The bounds of the S3 server.
 *
 * @param maxHeaderBytes of all headers of a request together
 * @param maxTargetBytes of the request line
 * @param maxConnections at once; more are closed at once
 * @param maxRequests at once; more are answered with {@code SlowDown}
 * @param patience how long requests may wait for a core before some are answered with {@code SlowDown}, as
 *     {@link Patience} has it
 * @param keepAlive how long a connection may be without a request whose head is complete
 * @param bodyStall how long, all pauses together, a client may let us wait for its body
 * @param minBodyBytesPerSecond for each of these bytes that arrived, a second more
 * @param responseStall how long a client may take nothing of a response; as the socket tells it, which hears of a slow
 *     client only when a third of its buffer is free
 * @param drainBytes of an unwanted body that are read so that the connection can go on
 * @param drainTime how long that may take
 * @param documents what documents may take of memory
 */
public record S3Limits(
        int maxHeaderBytes,
        int maxTargetBytes,
        int maxConnections,
        int maxRequests,
        Duration patience,
        Duration keepAlive,
        Duration bodyStall,
        long minBodyBytesPerSecond,
        Duration responseStall,
        long drainBytes,
        Duration drainTime,
        Documents documents) {
    public static final S3Limits DEFAULT = new S3Limits(
            16 << 10,
            12 << 10,
            10_000,
            1_000,
            Duration.ofMillis(200),
            Duration.ofSeconds(75),
            Duration.ofSeconds(30),
            1 << 10,
            Duration.ofSeconds(60),
            1 << 20,
            Duration.ofSeconds(10),
            new Documents(64 << 20, Duration.ofSeconds(5), 256 << 10));

    /** Of the heap, that part is for documents. */
    private static final int DOCUMENTS_SHARE = 4;

    /**
     * What documents may take of memory: XML bodies, listings and answers.
     *
     * @param maxBytes those of all requests together
     * @param patience how long a request may wait for room before it is answered with {@code SlowDown}
     * @param minBytesPerSecond while requests wait, clients that take longer than the patience, and a second for each
     *     of these bytes, to send such a body or to read such an answer are cut off
     */
    public record Documents(long maxBytes, Duration patience, long minBytesPerSecond) {}

    /** With a share of a heap of that size for documents. */
    public S3Limits ofHeap(long heapBytes) {
        return withDocuments(
                new Documents(heapBytes / DOCUMENTS_SHARE, documents.patience, documents.minBytesPerSecond));
    }

    public S3Limits withBodyStall(Duration stall) {
        return new S3Limits(
                maxHeaderBytes,
                maxTargetBytes,
                maxConnections,
                maxRequests,
                patience,
                keepAlive,
                stall,
                minBodyBytesPerSecond,
                responseStall,
                drainBytes,
                drainTime,
                documents);
    }

    public S3Limits withKeepAlive(Duration idle) {
        return new S3Limits(
                maxHeaderBytes,
                maxTargetBytes,
                maxConnections,
                maxRequests,
                patience,
                idle,
                bodyStall,
                minBodyBytesPerSecond,
                responseStall,
                drainBytes,
                drainTime,
                documents);
    }

    public S3Limits withMaxRequests(int requests) {
        return new S3Limits(
                maxHeaderBytes,
                maxTargetBytes,
                maxConnections,
                requests,
                patience,
                keepAlive,
                bodyStall,
                minBodyBytesPerSecond,
                responseStall,
                drainBytes,
                drainTime,
                documents);
    }

    public S3Limits withPatience(Duration wait) {
        return new S3Limits(
                maxHeaderBytes,
                maxTargetBytes,
                maxConnections,
                maxRequests,
                wait,
                keepAlive,
                bodyStall,
                minBodyBytesPerSecond,
                responseStall,
                drainBytes,
                drainTime,
                documents);
    }

    public S3Limits withResponseStall(Duration stall) {
        return new S3Limits(
                maxHeaderBytes,
                maxTargetBytes,
                maxConnections,
                maxRequests,
                patience,
                keepAlive,
                bodyStall,
                minBodyBytesPerSecond,
                stall,
                drainBytes,
                drainTime,
                documents);
    }

    public S3Limits withDrainTime(Duration most) {
        return new S3Limits(
                maxHeaderBytes,
                maxTargetBytes,
                maxConnections,
                maxRequests,
                patience,
                keepAlive,
                bodyStall,
                minBodyBytesPerSecond,
                responseStall,
                drainBytes,
                most,
                documents);
    }

    public S3Limits withDocuments(Documents other) {
        return new S3Limits(
                maxHeaderBytes,
                maxTargetBytes,
                maxConnections,
                maxRequests,
                patience,
                keepAlive,
                bodyStall,
                minBodyBytesPerSecond,
                responseStall,
                drainBytes,
                drainTime,
                other);
    }
}
