package io.kintsugi.shards;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.DriveException.Kind;
import io.kintsugi.drives.ShardName;
import io.kintsugi.drives.ShardSink;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One shard file on its way to one drive: each step begins when the one before has ended well, and after a failure all
 * others fail with it. Steps are asked for by one thread; they go on by themselves on the drive's threads.
 */
final class ShardLane {
    private final ShardDrives drives;
    private final DriveId drive;
    private final ShardName name;
    private final CompletableFuture<ShardSink> sink;
    /** Of steps that have not ended. */
    private final Deque<Loan> loans = new ArrayDeque<>();

    private CompletableFuture<Void> last;
    private volatile boolean dropped;
    private boolean publishing;

    ShardLane(ShardDrives drives, DriveId drive, ShardName name, long expectedBytes) {
        this.drives = drives;
        this.drive = drive;
        this.name = name;
        this.sink = drives.call(drive, d -> d.createShard(name, expectedBytes));
        this.last = sink.thenAccept(opened -> {});
    }

    /**
     * Appends; {@code release} is called when the drive does not look at the bytes any more, or never will: at once
     * when the lane is undone before the drive has come to them, however long that drive hangs.
     */
    CompletableFuture<Void> append(Runnable release, ByteBuffer bytes) {
        return lent(release, sink -> sink.append(bytes));
    }

    /** Appends the last bytes, as {@link #append}, and publishes. */
    CompletableFuture<Void> publish(Runnable release, ByteBuffer bytes) {
        publishing |= !dropped;
        return lent(release, sink -> sink.publish(bytes));
    }

    private CompletableFuture<Void> lent(Runnable release, Function<ShardSink, CompletableFuture<Void>> step) {
        if (dropped) {
            release.run();
            return CompletableFuture.failedFuture(leftOut());
        }
        Loan loan = new Loan(release);
        loans.removeIf(Loan::isReturned);
        loans.add(loan);
        last = last.thenCompose(done -> {
            ShardSink opened = open();
            return loan.begin() ? step.apply(opened) : CompletableFuture.failedFuture(leftOut());
        });
        last.whenComplete((done, error) -> loan.end());
        return last;
    }

    /** The step that was asked for last. */
    CompletableFuture<Void> last() {
        return last;
    }

    DriveId drive() {
        return drive;
    }

    /**
     * Nothing more is written, and what was is removed as soon as the drive has ended what it is at. Completes then,
     * always normally.
     */
    CompletableFuture<Void> undo() {
        return drop(this::delete);
    }

    /**
     * Others go on without this one: nothing more is begun, and what was written is removed as by {@link #undo}. But a
     * publication that has begun meanwhile stays when it succeeds, as whoever waits for it counts it.
     */
    CompletableFuture<Void> leaveOut() {
        return drop(() -> CompletableFuture.completedFuture(null));
    }

    private CompletableFuture<Void> drop(Supplier<CompletableFuture<Void>> ifPublished) {
        dropped = true;
        loans.forEach(Loan::drop);
        boolean wasPublishing = publishing;
        return last.handle((done, error) -> error == null && wasPublishing)
                .thenCompose(published -> published ? ifPublished.get() : abort())
                .handle((done, error) -> null);
    }

    private CompletableFuture<Void> delete() {
        return drives.call(drive, d -> d.deleteShard(name, BlobRef.Form.FILES));
    }

    /** A publication that failed has left nothing, and what lies there then under the name is another's. */
    private CompletableFuture<Void> abort() {
        return sink.thenCompose(ShardSink::abort);
    }

    private ShardSink open() {
        if (dropped) {
            throw leftOut();
        }
        return sink.join();
    }

    private DriveException leftOut() {
        return new DriveException(Kind.BUSY, drive, "it was too slow, and left out of this write");
    }
}
