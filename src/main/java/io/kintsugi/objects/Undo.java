package io.kintsugi.objects;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.StoreException;
import io.kintsugi.shards.BlobStore;
import java.lang.System.Logger.Level;
import java.util.Optional;

/**
 * Takes back what a write has done, unless its commit came through: opened before the first effect, closed on every way
 * out.
 *
 * <p>When it cannot be known whether the commit took effect (a deadline passed, or a fault that nobody foresaw), the
 * blob stays: removing what may be referred to would lose data, while an orphan only costs space until the sweep finds
 * it.
 */
final class Undo implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Undo.class.getName());

    private final BlobStore blobs;
    private Optional<BlobRef> written = Optional.empty();
    private boolean settled;

    Undo(BlobStore blobs) {
        this.blobs = blobs;
    }

    /** Remembers a blob on the drives that nothing refers to yet. */
    void wrote(BlobRef blob) {
        written = Optional.of(blob);
    }

    /** Runs the commit that refers to what was written. */
    void commit(Runnable change) {
        settled = true;
        try {
            change.run();
        } catch (StoreException e) {
            settled = mayHaveTakenEffect(e);
            throw e;
        }
    }

    /** Whether a commit that failed so may be durable all the same. */
    static boolean mayHaveTakenEffect(StoreException e) {
        return switch (e) {
            case StoreException.Unavailable u -> u.kind() == StoreException.Unavailable.Kind.TIMEOUT;
            case StoreException.Failed f -> true;
            case StoreException.NotFound n -> false;
            case StoreException.DeleteMarker d -> false;
            case StoreException.Conflict c -> false;
            case StoreException.PreconditionFailed p -> false;
            case StoreException.NotModified n -> false;
            case StoreException.Invalid i -> false;
            case StoreException.ClientGone c -> false;
        };
    }

    /**
     * Never throws: the reason why it runs is the one that must be heard. An interrupt stays pending, but does not stop
     * it.
     */
    @Override
    public void close() {
        if (settled || written.isEmpty()) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            blobs.discard(written.get());
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "blob " + written.get().id() + " of a failed write stays until the orphan sweep", e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
