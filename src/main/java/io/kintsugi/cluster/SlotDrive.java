package io.kintsugi.cluster;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Id128;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.DriveException.Kind;
import io.kintsugi.drives.DriveStats;
import io.kintsugi.drives.DriveStatus;
import io.kintsugi.drives.KeyValue;
import io.kintsugi.drives.KeyValueRot;
import io.kintsugi.drives.LocalDrive;
import io.kintsugi.drives.ShardName;
import io.kintsugi.drives.ShardPage;
import io.kintsugi.drives.ShardSink;
import io.kintsugi.drives.ShardSource;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The handle of a drive of the deployment: the same object while the directory behind it goes and comes back. Without
 * one, everything fails at once with {@code GONE} and the reason. Any thread; what changes the state reads it first, so
 * changes exclude each other.
 */
final class SlotDrive implements Drive {
    private static final String DRAINING = "it is being emptied, as KINTSUGI_DRAIN says";

    private final DriveId id;
    private volatile State state;
    private volatile long lastEpoch;
    private volatile boolean draining;
    /** Why none is there, as the log says already. */
    private String told = "";

    /** The same when {@link #untold} was asked last. */
    private String seen = "";

    /** The drive that is there, or why none is. */
    private record State(Path where, Optional<LocalDrive> drive, String reason, Id128 incarnation, long openings) {}

    SlotDrive(DriveId id, Path where) {
        this.id = id;
        this.state = new State(where, Optional.empty(), "not opened yet", new Id128(0, 0), 0);
    }

    synchronized void attach(Path where, LocalDrive drive) {
        state = new State(where, Optional.of(drive), "", drive.incarnation(), state.openings() + 1);
        told = "";
    }

    /**
     * Why no drive is there, for the log, unless that says so already.
     *
     * @param atOnce else only what was so when this was asked before: what passes is not worth a line
     */
    synchronized Optional<String> untold(boolean atOnce) {
        String now = state.reason();
        boolean lasts = atOnce || now.equals(seen);
        seen = now;
        if (!lasts || now.equals(told)) {
            return Optional.empty();
        }
        told = now;
        return Optional.of(now);
    }

    /** Returns what was attached; whoever asks for it tells why. */
    synchronized Optional<LocalDrive> detach(String reason) {
        State before = state;
        if (before.drive().isPresent()) {
            lastEpoch = before.drive().get().catalogEpoch();
            told = reason;
        }
        state = new State(before.where(), Optional.empty(), reason, before.incarnation(), before.openings());
        return before.drive();
    }

    /** Where nothing could be opened, and why. A drive that was attached meanwhile stays. */
    synchronized void explain(Path where, String reason) {
        State before = state;
        if (before.drive().isEmpty()) {
            state = new State(where, before.drive(), reason, before.incarnation(), before.openings());
        }
    }

    Optional<LocalDrive> attached() {
        return state.drive();
    }

    Path where() {
        return state.where();
    }

    String reason() {
        return state.reason();
    }

    <T> CompletableFuture<T> call(Function<Drive, CompletableFuture<T>> operation) {
        State now = state;
        return now.drive().map(operation).orElseGet(() -> CompletableFuture.failedFuture(gone(now.reason())));
    }

    /** The drive that was opened then; fails with {@code GONE} when it is away, or was opened again since. */
    Drive require(long opening) {
        State now = state;
        if (now.openings() != opening) {
            throw gone("it was away, and is not taken for what it was");
        }
        return now.drive().orElseThrow(() -> gone(now.reason()));
    }

    private DriveException gone(String reason) {
        return new DriveException(Kind.GONE, id, reason);
    }

    @Override
    public DriveId id() {
        return id;
    }

    @Override
    public DriveStats stats() {
        return state.drive().map(Drive::stats).orElse(DriveStats.NONE);
    }

    @Override
    public DriveStatus status() {
        State now = state;
        DriveStatus status = now.drive()
                .map(Drive::status)
                .orElseGet(() ->
                        new DriveStatus(id, now.where().toString(), DriveStatus.State.OFFLINE, now.reason(), 0, 0, 0));
        return draining && status.answers() ? status.with(DriveStatus.State.DRAINING, DRAINING) : status;
    }

    /** From now on it takes nothing new. */
    void drain() {
        draining = true;
    }

    boolean draining() {
        return draining;
    }

    @Override
    public CompletableFuture<ShardSink> createShard(ShardName name, long expectedBytes) {
        return call(drive -> drive.createShard(name, expectedBytes));
    }

    @Override
    public CompletableFuture<ShardSource> openShard(ShardName name) {
        return call(drive -> drive.openShard(name));
    }

    @Override
    public CompletableFuture<ShardSource> openServed(ShardName name) {
        return call(drive -> drive.openServed(name));
    }

    @Override
    public CompletableFuture<Void> writePacked(ShardName name, ByteBuffer bytes) {
        return call(drive -> drive.writePacked(name, bytes));
    }

    @Override
    public CompletableFuture<ByteBuffer> readPacked(ShardName name) {
        return call(drive -> drive.readPacked(name));
    }

    @Override
    public CompletableFuture<Void> deleteShard(ShardName name, BlobRef.Form form) {
        return call(drive -> drive.deleteShard(name, form));
    }

    @Override
    public CompletableFuture<Optional<Long>> statShard(ShardName name, BlobRef.Form form) {
        return call(drive -> drive.statShard(name, form));
    }

    @Override
    public CompletableFuture<ShardPage> listShards(BlobRef.Form form, Optional<ShardName> after, int limit) {
        return call(drive -> drive.listShards(form, after, limit));
    }

    @Override
    public KeyValue keyValue() {
        return new SlotKeyValue(this, state.openings());
    }

    @Override
    public long catalogEpoch() {
        return attached().map(Drive::catalogEpoch).orElse(lastEpoch);
    }

    @Override
    public CompletableFuture<Void> raiseCatalogEpoch(long epoch) {
        return call(drive -> drive.raiseCatalogEpoch(epoch));
    }

    @Override
    public Id128 incarnation() {
        return state.incarnation();
    }

    @Override
    public long openings() {
        return state.openings();
    }

    @Override
    public Optional<KeyValueRot> rot() {
        return attached().flatMap(Drive::rot);
    }

    @Override
    public boolean setAsideKeyValue(String reason) {
        return attached().filter(drive -> drive.setAsideKeyValue(reason)).isPresent();
    }

    /** Does nothing: the topology opens and closes what is behind its handles. */
    @Override
    public void close() {
        // the topology's to do
    }
}
