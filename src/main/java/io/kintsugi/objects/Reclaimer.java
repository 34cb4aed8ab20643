package io.kintsugi.objects;

import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.catalog.Catalog;
import io.kintsugi.catalog.Reclaim;
import io.kintsugi.shards.BlobStore;
import io.kintsugi.shards.Pace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * Gives space back: removes the blobs of the reclaim queue from the drives, when a grace has passed and no read of this
 * process is at them (I5). An entry leaves the queue only after its blob has left the drives, so a crash in between
 * costs a second removal and nothing else. Also removes what {@link Superseded} holds. Takes its time from the
 * {@link Governor}, but for what has waited for long, and while space is scarce: what clients write needs it.
 */
final class Reclaimer implements AutoCloseable {
    private static final int BATCH = 500;
    /** Then those that had to stay are looked at again. */
    private static final int MOST_BATCHES = 40;
    /** Behind the grace: what is older is removed without asking, so that the queue can't grow without end. */
    static final Duration LATE = Duration.ofMinutes(1);

    private final Catalog catalog;
    private final BlobStore blobs;
    private final Superseded superseded;
    private final BlobGuards guards;
    private final ObjectSettings.Upkeep settings;
    private final Governor governor;
    private final BooleanSupplier scarce;
    private final Worker worker = new Worker("kintsugi-reclaimer", this::step);
    private final AtomicLong removedBlobs = new AtomicLong();
    private final AtomicLong removedBytes = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicReference<String> lastError = new AtomicReference<>("");
    /** The entry up to which the queue was looked at; -1 for its head. Touched by the worker only, as the next. */
    private long behind = -1;
    /** In which something was removed, since it was begun at the head. */
    private int batches;

    /** @param scarce whether a drive has little space left */
    Reclaimer(Catalog catalog, BlobStore blobs, Superseded superseded, UpkeepTerms terms, BooleanSupplier scarce) {
        this.catalog = catalog;
        this.blobs = blobs;
        this.superseded = superseded;
        this.guards = superseded.guards();
        this.settings = terms.times();
        this.governor = terms.governor();
        this.scarce = scarce;
    }

    void start() {
        worker.start();
    }

    UpkeepSnapshot.Reclaiming snapshot() {
        UpkeepSnapshot.Count removed = new UpkeepSnapshot.Count(removedBlobs.get(), removedBytes.get());
        return new UpkeepSnapshot.Reclaiming(
                removed, failures.get(), guards.pins().size(), lastError.get());
    }

    /**
     * Removes a batch. What is pinned, however much, and whatever can't be removed stays, and hides nothing that is
     * behind it: the next batch begins there, until the end of the queue is reached.
     */
    Duration step() {
        try (Governor.Permit permit = governor.permit()) {
            return step(permit);
        }
    }

    private Duration step(Pace pace) {
        boolean urgent = scarce.getAsBoolean();
        superseded.step(urgent ? this::goOnUnlessStopping : pace, this::goOnUnlessStopping);
        List<Reclaim> due = catalog.reclaimable(settings.reclaimGrace(), behind, BATCH);
        long late = catalog.reclaimable(settings.reclaimGrace().plus(LATE), behind, BATCH).stream()
                .mapToLong(Reclaim::sequence)
                .max()
                .orElse(-1);
        List<Reclaim> removed = new ArrayList<>(due.size());
        for (Reclaim entry : due) {
            if (worker.stopping()) {
                break;
            }
            if (!urgent && entry.sequence() > late) {
                pace.next(0);
            }
            if (removed(entry)) {
                removed.add(entry);
            }
        }
        if (!removed.isEmpty()) {
            catalog.reclaimed(removed);
        }
        return goOn(due, !removed.isEmpty());
    }

    /** The pace of what does not wait. */
    private void goOnUnlessStopping(long bytes) {
        if (worker.stopping()) {
            throw new Unavailable(Unavailable.Kind.STOPPING, "Reclaiming ends: the server is stopping");
        }
    }

    private Duration goOn(List<Reclaim> due, boolean any) {
        batches += any ? 1 : 0;
        boolean more = due.size() == BATCH;
        if (more && batches < MOST_BATCHES) {
            behind = due.getLast().sequence();
        } else {
            behind = -1;
            batches = 0;
        }
        return more || any ? Duration.ZERO : settings.reclaimInterval();
    }

    private boolean removed(Reclaim entry) {
        if (guards.pins().pinned(entry.blob().id())) {
            return false;
        }
        Optional<BlobClaims.Claim> claim = guards.claims().claim(entry.blob().id());
        try {
            return claim.isPresent() && remove(entry);
        } finally {
            claim.ifPresent(BlobClaims.Claim::close);
        }
    }

    /** Where it lies is asked under the claim: it may have been moved since the queue was read. */
    private boolean remove(Reclaim entry) {
        try {
            catalog.reclaimable(entry).ifPresent(blobs::discard);
            removedBlobs.incrementAndGet();
            removedBytes.addAndGet(entry.blob().size());
            return true;
        } catch (RuntimeException e) {
            failures.incrementAndGet();
            lastError.set("blob " + entry.blob().id() + " could not be removed: " + e.getMessage());
            return false;
        }
    }

    @Override
    public void close() {
        worker.close();
    }
}
