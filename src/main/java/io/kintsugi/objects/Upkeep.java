package io.kintsugi.objects;

import io.kintsugi.base.DriveId;
import io.kintsugi.catalog.Catalog;
import io.kintsugi.shards.BlobStore;
import io.kintsugi.shards.DriveLevels;
import io.kintsugi.shards.DriveRecord;
import io.kintsugi.shards.ShardSurvey;
import io.kintsugi.shards.SpareDrives;

/**
 * The background work of one process: reclaiming space, sweeping orphans, healing, balancing, scrubbing. Each has one
 * thread of its own, between {@link #start} and {@link #close}. The other methods may be called at any time, by any
 * thread, and do not wait.
 */
public final class Upkeep implements AutoCloseable {
    private final Reclaimer reclaimer;
    private final OrphanSweep sweep;
    private final HealWork heal;
    private final Balancer balancer;
    private final RebuildWork rebuild;
    private final Scrubber scrubber;
    private final RowScrubber rowScrubber;
    private final ShardMover mover;
    private final Governor governor;
    private final OrderlyEnd end;
    private final Catalog catalog;
    private final BlobStore blobs;
    private boolean closed;

    Upkeep(Workers workers, ShardMover mover, Governor governor, Ending ending) {
        this.reclaimer = workers.reclaimer();
        this.sweep = workers.sweep();
        this.heal = workers.heal();
        this.rebuild = workers.rebuild();
        this.balancer = workers.balancer();
        this.scrubber = workers.scrubber();
        this.rowScrubber = workers.rowScrubber();
        this.mover = mover;
        this.governor = governor;
        this.end = ending.end();
        this.catalog = ending.catalog();
        this.blobs = ending.blobs();
    }

    /** What tells whether the store is whole when the work ends. @param end what was and what will be left */
    record Ending(OrderlyEnd end, Catalog catalog, BlobStore blobs) {}

    /** Who does the work. */
    record Workers(
            Reclaimer reclaimer,
            OrphanSweep sweep,
            HealWork heal,
            RebuildWork rebuild,
            Balancer balancer,
            Scrubber scrubber,
            RowScrubber rowScrubber) {}

    /**
     * The drives, as the work sees them.
     *
     * @param levels to be made even
     * @param spares where blobs can lie that have lost a drive
     * @param scrubbed where it is kept how far scrubbing of shards has come
     * @param scrubbedRows the same for the rows of the catalog
     * @param ended where it is kept what was known at an orderly end
     */
    public record Drives(
            ShardSurvey survey,
            DriveLevels levels,
            SpareDrives spares,
            DriveRecord scrubbed,
            DriveRecord scrubbedRows,
            DriveRecord ended) {}

    /**
     * Starts the threads. Healing begins with a census, since shards may be missing that an earlier process knew of:
     * what was reported, or asked for a drive, is kept in memory only. Not if that one ended in order, and knew of none
     * ({@link OrderlyEnd}).
     */
    public void start() {
        heal.begin(end);
        heal.start();
        rebuild.start();
        reclaimer.start();
        sweep.start();
        balancer.take(end::found);
        balancer.start();
        scrubber.start();
        rowScrubber.start();
    }

    /** A drive came back, or an empty one took its place: everything that belongs on it is verified and rebuilt. */
    public void restore(DriveId drive) {
        balancer.look();
        heal.restore(drive);
        rebuild.changed();
    }

    /** A drive went away: what is done for it stops until it is back; when it stays away, others take its place. */
    public void lost(DriveId drive) {
        heal.lost(drive);
        rebuild.changed();
    }

    public UpkeepSnapshot snapshot() {
        return new UpkeepSnapshot(
                reclaimer.snapshot(),
                sweep.snapshot(),
                heal.snapshot(rebuild.snapshot()),
                mover.snapshot(),
                balancer.snapshot(),
                scrubber.snapshot(),
                rowScrubber.snapshot(),
                governor.snapshot());
    }

    /** Ends the steps under way, and waits for them; records what is known then. Idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        rowScrubber.close();
        scrubber.close();
        balancer.close();
        rebuild.close();
        heal.close();
        sweep.close();
        reclaimer.close();
        governor.close();
        // late shards first: what becomes of them is reported before they are settled
        end.leave(catalog::status, () -> blobs.isSettled() && heal.hasEndedWhole(), balancer.counted());
    }
}
