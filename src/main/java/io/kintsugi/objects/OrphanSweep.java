package io.kintsugi.objects;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.StoreException;
import io.kintsugi.catalog.Catalog;
import io.kintsugi.shards.ShardSurvey;
import io.kintsugi.shards.SurveyPage;
import io.kintsugi.shards.SurveyedShard;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Finds shards that nothing refers to (left by a process that was killed between writing and committing, or on a drive
 * that was away when its blob was removed; or which lie where they lay before they were moved), and removes them.
 *
 * <p>It only judges blobs that are old, or whose date is as far in the future, and removes only what it found
 * unreferred twice, some time apart: a write that took very long may be committing just when the sweep comes by. What
 * other work is moving or mending, or a read is at, is left for the next sweep: so a shard of an old blob that was just
 * made is never taken for an orphan before it is recorded. After a rebuild of the catalog that had losses, or not all
 * drives, what is older than that stays for a while, as a later one may find what it belongs to. A shard whose header
 * can't be read is never removed here, since nobody knows what it belongs to. Takes its time from the {@link Governor}.
 */
final class OrphanSweep implements AutoCloseable {
    static final int PAGE = 200;
    /** Of orphans that wait for their second look: some 150 bytes each. */
    private static final int MAX_SUSPECTS = 50_000;

    private final Catalog catalog;
    private final ShardSurvey survey;
    private final BlobGuards guards;
    private final Clock clock;
    private final ObjectSettings.Upkeep settings;
    private final Governor governor;
    private final int mostSuspects;
    private final Worker worker = new Worker("kintsugi-orphan-sweep", this::step);
    /** With when each was seen. Touched by the worker only. */
    private final Map<SurveyedShard, Long> suspects = new LinkedHashMap<>();
    /** What was made before is not judged. */
    private Optional<Instant> kept = Optional.empty();

    private final AtomicLong sweeps = new AtomicLong();
    private final AtomicLong examined = new AtomicLong();
    private final AtomicLong unreadable = new AtomicLong();
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicLong removed = new AtomicLong();
    private final AtomicReference<String> lastError = new AtomicReference<>("");
    private final AtomicReference<Optional<Instant>> lastSweep = new AtomicReference<>(Optional.empty());

    OrphanSweep(Catalog catalog, ShardSurvey survey, BlobGuards guards, UpkeepTerms terms) {
        this(catalog, survey, guards, terms, MAX_SUSPECTS);
    }

    /** @param mostSuspects that are remembered; at least {@link #PAGE} */
    OrphanSweep(Catalog catalog, ShardSurvey survey, BlobGuards guards, UpkeepTerms terms, int mostSuspects) {
        this.mostSuspects = mostSuspects;
        this.catalog = catalog;
        this.survey = survey;
        this.guards = guards;
        this.clock = terms.clock();
        this.settings = terms.times();
        this.governor = terms.governor();
    }

    void start() {
        worker.start();
    }

    UpkeepSnapshot.Sweeping snapshot() {
        return new UpkeepSnapshot.Sweeping(
                sweeps.get(),
                examined.get(),
                unreadable.get(),
                waiting.get(),
                removed.get(),
                lastError.get(),
                lastSweep.get());
    }

    /** Sweeps all drives, waits, and takes the second look. */
    private Duration step() {
        sweep();
        lookAgain();
        return settings.sweepInterval();
    }

    private void lookAgain() {
        worker.rest(settings.orphanConfirmation());
        confirm();
    }

    /**
     * Where there are more orphans than are remembered, those that are wait for their second look before the sweep goes
     * on: a drive that was rebuilt elsewhere may have millions when it comes back, and one that removes nothing hides
     * no other.
     */
    private void makeRoom() {
        while (suspects.size() > mostSuspects - PAGE && !worker.stopping()) {
            lookAgain();
        }
    }

    void sweep() {
        try {
            kept = catalog.keptBefore();
        } catch (StoreException e) {
            lastError.set("nothing was swept: " + e.getMessage());
            return;
        }
        for (DriveId drive : survey.drives()) {
            for (Form form : List.of(Form.PACKED, Form.FILES)) {
                sweep(drive, form);
            }
        }
        if (!worker.stopping()) {
            sweeps.incrementAndGet();
            lastSweep.set(Optional.of(clock.now()));
        }
    }

    private void sweep(DriveId drive, Form form) {
        try {
            Optional<SurveyedShard> after = Optional.empty();
            boolean more = true;
            while (more && !worker.stopping()) {
                makeRoom();
                SurveyPage page = examined(drive, form, after);
                more = page.more() && !page.shards().isEmpty();
                after = more ? Optional.of(page.shards().getLast()) : after;
                worker.rest(settings.sweepPause());
            }
        } catch (StoreException.Unavailable e) {
            lastError.set("drive " + drive + " was not swept: " + e.getMessage());
        }
    }

    private SurveyPage examined(DriveId drive, Form form, Optional<SurveyedShard> after) {
        try (Governor.Permit permit = governor.permit()) {
            permit.next(0);
            SurveyPage page = survey.shards(drive, form, after, PAGE);
            for (SurveyedShard shard : page.shards()) {
                permit.next(0);
                examineIfPossible(shard);
            }
            return page;
        }
    }

    /** A row that nobody can read holds up the judgement of its own shards only. */
    private void examineIfPossible(SurveyedShard shard) {
        try {
            examine(shard);
        } catch (StoreException.Unavailable e) {
            throw e;
        } catch (RuntimeException e) {
            lastError.set("shard " + shard.blob() + "." + shard.index() + " can't be judged: " + e.getMessage());
        }
    }

    private void examine(SurveyedShard shard) {
        Instant made = Instant.ofEpochMilli(shard.blob().value().millis());
        // of one with a date in the future nobody knows how old it is: the second look guards it
        boolean mayBeJudged = Duration.between(made, clock.now()).abs().compareTo(settings.orphanAge()) >= 0
                && kept.filter(made::isBefore).isEmpty();
        if (worker.stopping() || !mayBeJudged || suspects.containsKey(shard)) {
            return;
        }
        examined.incrementAndGet();
        Optional<BlobOrigin> origin = survey.origin(shard);
        if (origin.isEmpty()) {
            unreadable.incrementAndGet();
        } else if (unreferred(shard, origin.get())) {
            suspects.put(shard, clock.nanos());
            waiting.set(suspects.size());
        }
    }

    /** Whether the row of its blob, if there is any, has this shard on another drive. */
    private boolean unreferred(SurveyedShard shard, BlobOrigin origin) {
        Optional<BlobRef> recorded = catalog.referred(shard.blob(), origin);
        return recorded.isEmpty()
                || recorded.get().form() == shard.form()
                        && shard.index() < recorded.get().placement().size()
                        && !recorded.get().placement().get(shard.index()).equals(shard.drive());
    }

    /** Removes the orphans that have been such for long enough, and still are. */
    void confirm() {
        long seenBefore = clock.nanos() - settings.orphanConfirmation().toNanos();
        Iterator<Map.Entry<SurveyedShard, Long>> all = suspects.entrySet().iterator();
        while (all.hasNext() && !worker.stopping()) {
            Map.Entry<SurveyedShard, Long> entry = all.next();
            if (entry.getValue() - seenBefore <= 0) {
                all.remove();
                confirm(entry.getKey());
            }
        }
        waiting.set(suspects.size());
    }

    private void confirm(SurveyedShard shard) {
        Optional<BlobClaims.Claim> claim = guards.claims().claim(shard.blob());
        if (claim.isEmpty()) {
            return;
        }
        try (BlobClaims.Claim _ = claim.get();
                Governor.Permit permit = governor.permit()) {
            permit.next(0);
            boolean orphan = survey.origin(shard)
                    .filter(origin -> unreferred(shard, origin))
                    .isPresent();
            if (orphan && !guards.pins().pinned(shard.blob())) {
                survey.remove(shard);
                removed.incrementAndGet();
            }
        } catch (RuntimeException e) {
            lastError.set("orphan " + shard.blob() + "." + shard.index() + " was not removed: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        worker.close();
    }
}
