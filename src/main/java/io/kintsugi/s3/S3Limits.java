package io.kintsugi.s3;

import java.time.Duration;

/** The bounds of the S3 server. */
public record S3Limits(Heads heads, Load load, Clients clients, Drain drain, Documents documents) {
    public static final S3Limits DEFAULT = new S3Limits(
            new Heads(16 << 10, 12 << 10),
            new Load(10_000, 1_000, Duration.ofMillis(200)),
            new Clients(Duration.ofSeconds(75), Duration.ofSeconds(30), 1 << 10, Duration.ofSeconds(60)),
            new Drain(1 << 20, Duration.ofSeconds(10)),
            new Documents(64 << 20, Duration.ofSeconds(5), 256 << 10));

    /** Of the heap, that part is for documents. */
    private static final int DOCUMENTS_SHARE = 4;

    /**
     * How long the head of a request may be.
     *
     * @param maxBytes of all headers together
     * @param maxTargetBytes of the request line
     */
    public record Heads(int maxBytes, int maxTargetBytes) {}

    /**
     * How much there may be at once.
     *
     * @param maxConnections more are closed at once
     * @param maxRequests more are answered with {@code SlowDown}
     * @param patience how long requests may wait for a core before some are answered with {@code SlowDown}, as
     *     {@link Patience} has it
     */
    public record Load(int maxConnections, int maxRequests, Duration patience) {}

    /**
     * How slow a client may be.
     *
     * @param keepAlive how long a connection may be without a request whose head is complete
     * @param bodyStall how long, all pauses together, a client may let us wait for its body
     * @param minBodyBytesPerSecond for each of these bytes that arrived, a second more
     * @param responseStall how long a client may take nothing of a response; as the socket tells it, which hears of a
     *     slow client only when a third of its buffer is free
     */
    public record Clients(Duration keepAlive, Duration bodyStall, long minBodyBytesPerSecond, Duration responseStall) {}

    /**
     * What is read of an unwanted body so that the connection can go on.
     *
     * @param maxBytes of them
     * @param maxTime how long that may take
     */
    public record Drain(long maxBytes, Duration maxTime) {}

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
        return with(new Documents(heapBytes / DOCUMENTS_SHARE, documents.patience, documents.minBytesPerSecond));
    }

    public S3Limits withMaxRequests(int requests) {
        return with(new Load(load.maxConnections, requests, load.patience));
    }

    public S3Limits withPatience(Duration wait) {
        return with(new Load(load.maxConnections, load.maxRequests, wait));
    }

    public S3Limits withKeepAlive(Duration idle) {
        return with(new Clients(idle, clients.bodyStall, clients.minBodyBytesPerSecond, clients.responseStall));
    }

    public S3Limits withBodyStall(Duration stall) {
        return with(new Clients(clients.keepAlive, stall, clients.minBodyBytesPerSecond, clients.responseStall));
    }

    public S3Limits withResponseStall(Duration stall) {
        return with(new Clients(clients.keepAlive, clients.bodyStall, clients.minBodyBytesPerSecond, stall));
    }

    public S3Limits withDrainTime(Duration most) {
        return new S3Limits(heads, load, clients, new Drain(drain.maxBytes, most), documents);
    }

    public S3Limits with(Documents other) {
        return new S3Limits(heads, load, clients, drain, other);
    }

    private S3Limits with(Load other) {
        return new S3Limits(heads, other, clients, drain, documents);
    }

    private S3Limits with(Clients other) {
        return new S3Limits(heads, load, other, drain, documents);
    }
}
