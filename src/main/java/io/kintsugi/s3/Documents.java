package io.kintsugi.s3;

import java.util.Optional;

/**
 * The memory of documents: XML bodies of requests, what is made of them, listings, and answers until the socket has
 * taken them. Shared by all requests; each has its {@link Hold}.
 *
 * <p>There are two, so that nobody waits for himself. Bodies that come have a part of their own; only when one is there
 * whole does its request ask for what parsing and answering it may take, and gives its place among the bodies back. Who
 * holds of the latter waits for nobody but his client. And clients that send slowly hold no listing up.
 *
 * <p>Beside them, where the parts of an object lie that is read: as long as its client takes, which may be hours.
 * Nobody is cut off for that, and nobody else waits for it but reads of many parts.
 */
final class Documents {
    /** Of all, that part is for bodies that come. */
    private static final int BODIES_SHARE = 8;

    /** Beside all of that, what reads keep in mind while clients take the bytes may be one such part of it. */
    private static final int READS_SHARE = 2;

    private final DocumentMemory bodies;
    private final DocumentMemory made;
    private final DocumentMemory reads;

    Documents(S3Limits.Documents limits) {
        long bodyBytes = limits.maxBytes() / BODIES_SHARE;
        this.bodies = memory(bodyBytes, limits);
        this.made = memory(limits.maxBytes() - bodyBytes, limits);
        this.reads = memory(limits.maxBytes() / READS_SHARE, limits);
    }

    private static DocumentMemory memory(long bytes, S3Limits.Documents limits) {
        return new DocumentMemory(bytes, limits.patience(), limits.minBytesPerSecond(), System::nanoTime);
    }

    /** Of both. */
    Counted.Documents statistics() {
        return bodies.statistics().plus(made.statistics());
    }

    /** Of what reads keep in mind. */
    Counted.Documents readStatistics() {
        return reads.statistics();
    }

    /** @param cut ends the client's connection; must not wait */
    Hold hold(Runnable cut) {
        return new Hold(cut);
    }

    /**
     * What one request holds. Used by the thread of the request; {@link #close} comes when that has ended and the
     * answer is out.
     */
    final class Hold {
        private final Runnable cut;
        private Optional<DocumentMemory.Lease> body = Optional.empty();
        private Optional<DocumentMemory.Lease> work = Optional.empty();
        private Optional<DocumentMemory.Lease> read = Optional.empty();

        private Hold(Runnable cut) {
            this.cut = cut;
        }

        /** Before a body is read: waits for room for it. */
        void receive(long most) {
            DocumentMemory.Lease lease = bodies.take(most, cut);
            body = Optional.of(lease);
            lease.handToClient(most);
        }

        /** It is there, and has that many bytes. */
        void received(long bytes) {
            body.ifPresent(lease -> lease.takeBack(bytes));
        }

        /** Before anything is parsed or made: waits for room for the most that all of it may take, the body as well. */
        void reserve(long most) {
            work = Optional.of(made.take(most, cut));
            body.ifPresent(DocumentMemory.Lease::close);
        }

        /** The same, but never waits: returns whether there is room. */
        boolean reserveAtOnce(long most) {
            work = made.takeAtOnce(most, cut);
            return work.isPresent();
        }

        /** Before bytes of an object are sent: waits for room for what is kept in mind until they are. */
        void keep(long bytes) {
            read = Optional.of(reads.take(bytes, cut));
        }

        /** The same, but never waits: returns whether there is room. */
        boolean keepAtOnce(long bytes) {
            read = reads.takeAtOnce(bytes, cut);
            return read.isPresent();
        }

        /** The answer is made, and has that many bytes. */
        void answer(long bytes) {
            body.ifPresent(DocumentMemory.Lease::close);
            work.ifPresent(lease -> lease.handToClient(bytes));
        }

        /** Gives all back. */
        void close() {
            body.ifPresent(DocumentMemory.Lease::close);
            work.ifPresent(DocumentMemory.Lease::close);
            read.ifPresent(DocumentMemory.Lease::close);
        }
    }
}
