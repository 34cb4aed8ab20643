package io.kintsugi.s3;

import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.StoreException;
import io.kintsugi.codec.Digest;
import io.kintsugi.iam.ChunkSigner;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Verifies the signatures of a body's chunks, in their order. The bytes of two chunks are hashed at a time where both
 * are in memory, since that takes little longer than one ({@link Digest#updateBoth}): what comes of a chunk waits,
 * where it lies, for as much of the next one. The signatures themselves are a chain, one after the other.
 *
 * <p>Little waits, so that it is still in the processor's cache: no more than a chunk of {@link #MOST_WAITING_BYTES}
 * and, of the next one, as much and a piece. Nothing waits when no chunk can follow, or when {@link #settle} says that
 * the memory goes back to its owner. Used by one thread.
 */
final class ChunkVerifier {
    /** Larger chunks do not wait. SDKs send 64 KiB or 128 KiB. */
    static final long MOST_WAITING_BYTES = 128 << 10;

    private final ChunkSigner signer;
    /** Chunks that are not verified yet: none, one, or two, the first of which is complete. */
    private final Deque<Chunk> open = new ArrayDeque<>(2);

    ChunkVerifier(ChunkSigner signer) {
        this.signer = signer;
    }

    private static final class Chunk {
        private final String signature;
        private final boolean mayWait;
        private final Digest digest = Digest.of(ChecksumAlgorithm.SHA256);
        private final List<ByteBuffer> waiting = new ArrayList<>();
        private long waitingBytes;
        private boolean complete;

        Chunk(String signature, boolean mayWait) {
            this.signature = signature;
            this.mayWait = mayWait;
        }

        void hashed() {
            waiting.clear();
            waitingBytes = 0;
        }
    }

    /**
     * A chunk begins, and the one before it has ended.
     *
     * @param bytes of the chunk
     * @param bytesBehind of all chunks behind it
     */
    void begin(String signature, long bytes, long bytesBehind) {
        open.add(new Chunk(signature, bytes <= MOST_WAITING_BYTES && bytesBehind > 0));
    }

    /**
     * More bytes of the chunk have come.
     *
     * @param piece stays as it is until {@link #settle}
     * @throws StoreException.Invalid as {@link #settle}
     */
    void add(ByteBuffer piece) {
        Chunk chunk = open.getLast();
        chunk.waiting.add(piece);
        chunk.waitingBytes += piece.remaining();
        boolean enough = open.size() > 1 ? chunk.waitingBytes >= open.getFirst().waitingBytes : !chunk.mayWait;
        if (enough) {
            settle();
        }
    }

    /**
     * The chunk is complete.
     *
     * @throws StoreException.Invalid as {@link #settle}
     */
    void end() {
        Chunk chunk = open.getLast();
        chunk.complete = true;
        if (open.size() > 1 || chunk.waiting.isEmpty()) {
            settle();
        }
    }

    /**
     * Hashes what waits, and verifies the chunks that are complete.
     *
     * @throws StoreException.Invalid {@code CHUNK_SIGNATURE} for the first that does not have its signature
     */
    void settle() {
        if (open.size() > 1) {
            Chunk first = open.getFirst();
            Chunk second = open.getLast();
            Digest.updateBoth(first.digest, first.waiting, second.digest, second.waiting);
        } else {
            open.forEach(chunk -> chunk.waiting.forEach(chunk.digest::update));
        }
        open.forEach(Chunk::hashed);
        while (!open.isEmpty() && open.getFirst().complete) {
            verify(open.remove());
        }
    }

    /** Bytes that are not hashed yet. */
    long waitingBytes() {
        return open.stream().mapToLong(chunk -> chunk.waitingBytes).sum();
    }

    private void verify(Chunk chunk) {
        if (!signer.verifyChunk(chunk.signature, chunk.digest.finish())) {
            open.clear();
            throw new StoreException.Invalid(
                    StoreException.Invalid.Kind.CHUNK_SIGNATURE,
                    "The signature of a chunk does not match the one that we calculated. Check your key and signing "
                            + "method.");
        }
    }
}
