package io.kintsugi.s3;

import io.kintsugi.base.NoWait;
import io.kintsugi.base.PieceSource;
import io.kintsugi.base.PieceSource.Pieces;
import io.kintsugi.base.StoreException;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes an answer from a source that never waits, on the event loop: no change of threads for each piece, and the
 * bytes go to the socket while they are still in the processor's cache. The socket sets the pace: when its queue is
 * full the loop goes on with others until there is room. The request's own thread waits in {@link #await}.
 */
final class LoopDrain {
    /** Then others on this loop have their turn. */
    private static final int PIECES_A_TURN = 2;

    private final WireRequest wire;
    private final PieceSource source;
    private final Target target;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    /** Held while the source is asked, so that nobody asks it once {@link #await} has returned. */
    private final ReentrantLock lock = new ReentrantLock();

    private volatile long turns;

    LoopDrain(WireRequest wire, PieceSource source, Target target) {
        this.wire = wire;
        this.source = source;
        this.target = target;
    }

    /** The answer, as the event loop sees it. */
    interface Target {
        /** Whether more is to be written, and there is no room for it now. */
        boolean isFull();

        /** The future fails, or this throws, when the client has gone. */
        Future<Void> write(Pieces pieces);
    }

    /**
     * Begins, and returns when the source has no more or nothing without waiting.
     *
     * @throws StoreException.ClientGone when the client has gone, or took nothing for too long
     */
    void await() {
        assert NoWait.mayWait() : NoWait.COMPLAINT;
        wire.onLoop(() -> {
            wire.whenGone(() -> ended.completeExceptionally(gone()));
            turn();
        });
        long seen = -1;
        while (seen != turns || wire.isTaking()) {
            seen = turns;
            if (hasEnded()) {
                return;
            }
        }
        stop();
        wire.close();
        throw new StoreException.ClientGone("The client read nothing of the response for too long");
    }

    private static StoreException.ClientGone gone() {
        return new StoreException.ClientGone("The client closed the connection amid the response");
    }

    private boolean hasEnded() {
        try {
            ended.get(wire.limits().clients().responseStall().toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop();
            wire.close();
            throw new StoreException.ClientGone("The server is stopping; the response was cut off");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        }
    }

    /** After this the source is asked no more. */
    private void stop() {
        lock.lock();
        try {
            ended.complete(null);
        } finally {
            lock.unlock();
        }
    }

    private void turn() {
        lock.lock();
        try {
            NoWait.run(() -> {
                writeSome();
                return null;
            });
        } catch (RuntimeException | Error e) {
            ended.completeExceptionally(e);
        } finally {
            lock.unlock();
        }
    }

    private void writeSome() {
        for (int i = 0; i < PIECES_A_TURN && !ended.isDone(); i++) {
            if (target.isFull()) {
                wire.response().drainHandler(v -> turn());
                return;
            }
            Optional<Pieces> next = source.next();
            if (next.isEmpty()) {
                ended.complete(null);
                return;
            }
            turns++;
            target.write(next.get()).onFailure(ended::completeExceptionally);
        }
        if (!ended.isDone()) {
            wire.onLoop(this::turn);
        }
    }
}
