package io.kintsugi.shards;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Seldom;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveException.Kind;
import io.kintsugi.drives.ShardName;
import io.kintsugi.drives.ShardSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The shards of one blob while it is read: opened when they are first needed, and what was learnt about each. One
 * thread asks; the opening itself happens on the drives' threads.
 */
final class BlobShards implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(BlobShards.class.getName());

    private final BlobContext context;
    private final BlobRef blob;
    private final BlobLayout layout;
    private final List<CompletableFuture<OpenShard>> opened = new ArrayList<>();
    private final boolean[] dead;
    private final boolean[] wrong;
    private final boolean[] late;
    private final Reader reader;
    private boolean reported;

    /** Who reads, which decides whether the page cache should hold what is read. */
    enum Reader {
        CLIENT,
        UPKEEP
    }

    BlobShards(BlobContext context, BlobRef blob, Reader reader) {
        this.context = context;
        this.reader = reader;
        this.blob = blob;
        this.layout = BlobLayout.of(blob);
        int total = blob.code().totalShards();
        this.dead = new boolean[total];
        this.wrong = new boolean[total];
        this.late = new boolean[total];
        for (int i = 0; i < total; i++) {
            opened.add(null);
            late[i] = true;
        }
    }

    /** A shard whose length is right. @param framesAt where its first frame begins */
    record OpenShard(ShardSource source, int framesAt) {}

    BlobRef blob() {
        return blob;
    }

    BlobLayout layout() {
        return layout;
    }

    DriveTempo tempo(int index) {
        return context.drives().tempo(drive(index));
    }

    DriveId drive(int index) {
        return blob.placement().get(index);
    }

    ShardName name(int index) {
        return new ShardName(blob.id(), index);
    }

    /**
     * Opens a shard, once. Fails with what the drive says, or {@link ShardFormatException} when it is not the shard
     * that it should be.
     */
    CompletableFuture<OpenShard> open(int index) {
        CompletableFuture<OpenShard> known = opened.get(index);
        if (known != null) {
            return known;
        }
        CompletableFuture<OpenShard> fresh = switch (blob.form()) {
            case FILES ->
                context.drives().call(drive(index), d -> openFile(d, index)).thenApply(this::file);
            case PACKED ->
                context.drives()
                        .call(drive(index), d -> d.readPacked(name(index)))
                        .thenApply(bytes -> PackedShard.open(bytes, name(index), layout));
            case INLINE ->
                CompletableFuture.failedFuture(
                        new IllegalArgumentException("blob " + blob.id() + " is inline: it has no shards"));
        };
        opened.set(index, fresh);
        return fresh;
    }

    /** The shard, if it is open by now and nothing speaks against reading it. */
    Optional<OpenShard> openNow(int index) {
        CompletableFuture<OpenShard> known = opened.get(index);
        boolean open = known != null && known.isDone() && !known.isCompletedExceptionally();
        return open && alive(index) && !doubtful(index) ? Optional.of(known.join()) : Optional.empty();
    }

    private CompletableFuture<ShardSource> openFile(Drive on, int index) {
        return switch (reader) {
            case CLIENT -> on.openServed(name(index));
            case UPKEEP -> on.openShard(name(index));
        };
    }

    private OpenShard file(ShardSource source) {
        long least = layout.fileBytes(ShardFooter.FIXED_BYTES);
        long most = layout.fileBytes(ShardFooter.FIXED_BYTES + BlobNote.MAX_BYTES);
        if (source.size() < least || source.size() > most) {
            source.close();
            throw ShardFormatException.corrupt("it has " + source.size() + " bytes instead of " + least);
        }
        return new OpenShard(source, ShardFormat.FILE_HEADER_BYTES);
    }

    /** Whether it makes sense to ask for it. */
    boolean alive(int index) {
        return !dead[index];
    }

    /** Whether others should be asked first: it was wrong, or its drive is late with something now. */
    boolean doubtful(int index) {
        late[index] &= tempo(index).isLate();
        return late[index] || wrong[index];
    }

    void late(int index, CompletableFuture<?> read) {
        tempo(index).late(read);
        late[index] = true;
    }

    /** Takes note of a read that failed. */
    void failed(int index, Throwable error) {
        Throwable cause = ShardDrives.cause(error);
        if (cause instanceof ShardFormatException) {
            wrong(index, cause.getMessage());
            dead[index] = true;
        } else if (ShardDrives.isKind(cause, Kind.BUSY)) {
            wrong[index] = true;
        } else {
            dead[index] = true;
            if (ShardDrives.isKind(cause, Kind.MISSING)) {
                context.counters().missingShards.increment();
                report();
            } else if (!ShardDrives.isKind(cause, Kind.GONE)) {
                wrong(index, cause.toString());
            }
        }
    }

    /** Takes note of bytes that did not match: they are decoded around, and the shard comes last from here on. */
    void wrong(int index, String what) {
        wrong[index] = true;
        context.counters().wrongFrames.increment();
        context.lines()
                .wrong()
                .admit()
                .ifPresent(held -> LOG.log(
                        System.Logger.Level.WARNING,
                        "shard {0} on drive {1} is wrong: {2}; it is restored from the others{3}",
                        name(index),
                        drive(index),
                        what,
                        Seldom.suffix(held)));
        report();
    }

    private void report() {
        if (!reported) {
            reported = true;
            int lost = 0;
            for (int i = 0; i < dead.length; i++) {
                lost += dead[i] || wrong[i] ? 1 : 0;
            }
            context.heals().wantsHealing(blob, blob.code().parityShards() - Math.max(1, lost));
        }
    }

    @Override
    public void close() {
        for (CompletableFuture<OpenShard> shard : opened) {
            if (shard != null) {
                shard.thenAccept(open -> open.source().close());
            }
        }
    }
}
