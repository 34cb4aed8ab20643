package io.kintsugi.sim;

import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.Id128;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.DriveException.Kind;
import io.kintsugi.drives.DriveStats;
import io.kintsugi.drives.DriveStatus;
import io.kintsugi.drives.KeyValue;
import io.kintsugi.drives.KeyValueRot;
import io.kintsugi.drives.ShardName;
import io.kintsugi.drives.ShardPage;
import io.kintsugi.drives.ShardSink;
import io.kintsugi.drives.ShardSource;
import io.kintsugi.sim.SimJournal.Lane;
import io.kintsugi.sim.engine.OneStep;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A drive in memory that keeps every promise of {@link Drive} until a fault is switched on. The handle stays the same
 * through every fault, as a topology's does. Threads: any, for operations and switches alike.
 *
 * <p>Operations take effect in the caller's thread, and complete through the executor that was given (by default also
 * the caller's thread). What was acknowledged survives {@link #crash}; unpublished files do not, and removals may or
 * may not.
 */
@OneStep
public final class SimDrive implements Drive {
    private static final long TOTAL_BYTES = 1L << 40;
    private static final int MAX_PAGE = 10_000;
    private static final Set<SimOp> ALL = EnumSet.allOf(SimOp.class);

    private final DriveId id;
    private final Entropy entropy;
    private final SimGate gate;
    private Id128 incarnation;
    private boolean draining;
    private Optional<KeyValueRot> rot = Optional.empty();
    private long free = TOTAL_BYTES / 2;
    private BiConsumer<ShardName, byte[]> witness = (name, bytes) -> {};

    public SimDrive(DriveId id) {
        this(id, Entropy.FAST, Runnable::run);
    }

    /** @param completions runs the completions of futures, in any order it likes */
    public SimDrive(DriveId id, Entropy entropy, Executor completions) {
        this(id, entropy, new SimGate(id, completions, Optional.empty()));
    }

    /** A drive that takes its time: operations have their effect, and are answered, on threads of their own. */
    public SimDrive(DriveId id, Entropy entropy, SimPace pace) {
        this(id, entropy, new SimGate(id, Runnable::run, Optional.of(pace)));
    }

    private SimDrive(DriveId id, Entropy entropy, SimGate gate) {
        this.id = id;
        this.entropy = entropy;
        this.gate = gate;
        this.incarnation = Id128.next(Clock.SYSTEM, entropy);
    }

    // ---- switches

    /**
     * Everything fails with {@code GONE} at once, until {@link #comeOnline}. Nothing is lost; what hangs goes on
     * hanging.
     */
    public void goOffline(String reason) {
        gate.goOffline(reason);
    }

    public void comeOnline() {
        gate.comeOnline();
    }

    /** Operations (these, or all) wait without effect until {@link #release} or {@link #crash}. */
    public void hang(SimOp... ops) {
        gate.hang(setOf(ops));
    }

    /** Operations (these, or all) take effect, and their answers wait until {@link #release} or {@link #crash}. */
    public void holdAnswers(SimOp... ops) {
        gate.silence(setOf(ops));
    }

    /** Ends {@link #hang}, {@link #holdAnswers} and {@link #failNext}: what waited is done now, in its order. */
    public void release() {
        gate.release();
    }

    /** How many operations wait. */
    public int waiting() {
        return gate.held();
    }

    /** The next {@code count} operations (of these kinds, or any) fail, without effect. */
    public void failNext(int count, Kind kind, SimOp... ops) {
        gate.failNext(count, kind, setOf(ops));
    }

    public void setFull(boolean full) {
        gate.refuseWrites(full ? Optional.of(Kind.FULL) : Optional.empty());
    }

    public void setReadOnly(boolean readOnly) {
        gate.refuseWrites(readOnly ? Optional.of(Kind.READ_ONLY) : Optional.empty());
    }

    /**
     * The machine stops and starts again: unsynced state is lost, what was under way fails, sinks, sources and cursors
     * are dead.
     */
    public void crash() {
        gate.crash(() -> gate.journal().crash(entropy));
    }

    /** The same, and of what was not synced nothing survives. */
    void crashWithoutCaches() {
        gate.crash(() -> gate.journal().crash(() -> 0L));
    }

    /** The process that used it was killed: what is under way fails, what took effect stays. */
    public void kill() {
        gate.crash(() -> gate.journal().stop());
    }

    /** From now on (or not any more) it answers syncs without doing them: the next {@link #crash} shows it. */
    public void lieAboutSyncs(boolean on) {
        gate.locked(() -> {
            gate.journal().lie(on);
            return on;
        });
    }

    /** It is to be emptied, or not any more. */
    void drain(boolean on) {
        draining = on;
    }

    boolean draining() {
        return draining;
    }

    /** Others use the file system too: so much is left of it. */
    void setFree(long bytes) {
        free = bytes;
    }

    /** It takes so many times its usual time; only for a drive that takes time at all. */
    void slowDown(int times) {
        gate.pace().ifPresent(pace -> pace.slowDown(times));
    }

    /** An empty drive takes this one's place, under the same id and a new incarnation. */
    public void replaceByEmpty() {
        gate.crash(() -> {
            gate.journal().restore(new SimMedia());
            incarnation = Id128.next(Clock.SYSTEM, entropy);
        });
    }

    /** Hears of every shard that it is asked to keep, as its bytes are meant to be. */
    void witness(BiConsumer<ShardName, byte[]> hears) {
        witness = hears;
    }

    /** What would survive a crash now, for {@link #goBackTo}. */
    SimMedia snapshot() {
        return gate.locked(() -> gate.journal().snapshot());
    }

    /** Running it brings the drive back as what of it would survive a crash now. */
    public Runnable remember() {
        SimMedia now = snapshot();
        return () -> goBackTo(now);
    }

    /** The drive returns as it was then, under the same id and incarnation. */
    void goBackTo(SimMedia snapshot) {
        gate.crash(() -> gate.journal().restore(snapshot));
    }

    /** Something happens to the media, and nobody is told. */
    void damage(Consumer<SimMedia> damage) {
        gate.locked(() -> {
            gate.journal().damage(damage);
            return damage;
        });
    }

    <T> T look(Function<SimMedia, T> look) {
        return gate.locked(() -> look.apply(gate.journal().visible()));
    }

    /** The shard is not there any more, and nobody was told. */
    public void lose(ShardName name, Form form) {
        damage(media -> media.shards(form).remove(name));
    }

    /** Flips bits of one byte of the shard. */
    public void corrupt(ShardName name, Form form, long offset) {
        damage(media -> media.shards(form).computeIfPresent(name, (n, bytes) -> {
            byte[] wrong = bytes.clone();
            wrong[Math.toIntExact(offset)] ^= 0x41;
            return wrong;
        }));
    }

    /** Cuts the shard off at this length. */
    public void truncate(ShardName name, Form form, long length) {
        damage(media ->
                media.shards(form).computeIfPresent(name, (n, bytes) -> Arrays.copyOf(bytes, Math.toIntExact(length))));
    }

    /** The shards that are there, whatever faults are on. */
    public Collection<ShardName> shards(Form form) {
        return look(media -> new TreeSet<>(media.shards(form).keySet()));
    }

    /** Bytes of a shard, whatever faults are on. */
    public Optional<byte[]> bytesOf(ShardName name, Form form) {
        return look(media -> media.shard(form, name).map(byte[]::clone));
    }

    /** How often the operation was asked for. */
    public long count(SimOp op) {
        return gate.count(op);
    }

    private static Set<SimOp> setOf(SimOp... ops) {
        return ops.length == 0 ? ALL : EnumSet.of(ops[0], ops);
    }

    /**
     * From now on rows are found in memory, as often as this says so: then they are told at once, whatever hangs, as
     * long as the drive is there. Without it none ever is.
     */
    public void remember(BooleanSupplier chance) {
        gate.remember(chance);
    }

    // ---- the drive

    @Override
    public DriveId id() {
        return id;
    }

    @Override
    public DriveStats stats() {
        return DriveStats.NONE;
    }

    @Override
    public DriveStatus status() {
        Optional<String> gone = gate.gone();
        Optional<Kind> refused = gate.refusesWrites();
        DriveStatus.State here = refused.isPresent() ? DriveStatus.State.READ_ONLY : DriveStatus.State.ONLINE;
        DriveStatus.State state =
                gone.isPresent() ? DriveStatus.State.OFFLINE : draining ? DriveStatus.State.DRAINING : here;
        String reason = gone.orElseGet(() -> refused.map(k -> "simulated " + k).orElse(""));
        long left = refused.equals(Optional.of(Kind.FULL)) ? 0 : free;
        return new DriveStatus(id, "sim:" + id, state, reason, TOTAL_BYTES, left, gate.errors());
    }

    @Override
    public CompletableFuture<ShardSink> createShard(ShardName name, long expectedBytes) {
        return gate.run(SimOp.CREATE, () -> new SimSink(gate, bytes -> put(Form.FILES, name, bytes)));
    }

    private SimJournal.Change put(Form form, ShardName name, byte[] bytes) {
        witness.accept(name, bytes);
        return new SimJournal.Change(
                lane(form, name), media -> media.shards(form).put(name, bytes));
    }

    private static Lane lane(Form form, ShardName name) {
        return form == Form.PACKED ? new Lane.Log() : new Lane.OfFile(name);
    }

    @Override
    public CompletableFuture<ShardSource> openShard(ShardName name) {
        return gate.run(SimOp.OPEN, () -> new SimSource(gate, bytesOr(Form.FILES, name)));
    }

    private byte[] bytesOr(Form form, ShardName name) {
        return media().shard(form, name)
                .orElseThrow(() -> new DriveException(Kind.MISSING, id, "there is no shard " + name));
    }

    private SimMedia media() {
        return gate.journal().visible();
    }

    @Override
    public CompletableFuture<Void> writePacked(ShardName name, ByteBuffer bytes) {
        return gate.write(SimOp.WRITE_PACKED, () -> {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(bytes.position(), copy);
            return put(Form.PACKED, name, copy);
        });
    }

    @Override
    public CompletableFuture<ByteBuffer> readPacked(ShardName name) {
        return gate.run(
                SimOp.READ_PACKED,
                () -> ByteBuffer.wrap(bytesOr(Form.PACKED, name).clone()));
    }

    @Override
    public CompletableFuture<Void> deleteShard(ShardName name, Form form) {
        return gate.run(SimOp.DELETE, () -> {
            if (media().shard(form, name).isPresent()) {
                gate.journal()
                        .write(new SimJournal.Change(
                                lane(form, name), media -> media.shards(form).remove(name)));
            }
            return null;
        });
    }

    @Override
    public CompletableFuture<Optional<Long>> statShard(ShardName name, Form form) {
        return gate.run(SimOp.STAT, () -> media().shard(form, name).map(b -> (long) b.length));
    }

    @Override
    public CompletableFuture<ShardPage> listShards(Form form, Optional<ShardName> after, int limit) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw new IllegalArgumentException("a page has 1 to " + MAX_PAGE + " names, not " + limit);
        }
        return gate.run(SimOp.LIST, () -> {
            NavigableMap<ShardName, byte[]> all = media().shards(form);
            Collection<ShardName> rest =
                    after.map(a -> all.tailMap(a, false)).orElse(all).keySet();
            return new ShardPage(rest.stream().limit(limit).toList(), rest.size() > limit);
        });
    }

    @Override
    public KeyValue keyValue() {
        long now = openings();
        return new SimKeyValue(gate, () -> gate.openings() == now);
    }

    @Override
    public long openings() {
        return gate.openings();
    }

    @Override
    public long catalogEpoch() {
        return gate.locked(() -> media().catalogEpoch());
    }

    @Override
    public CompletableFuture<Void> raiseCatalogEpoch(long epoch) {
        return gate.write(
                SimOp.RAISE_EPOCH,
                () -> new SimJournal.Change(new Lane.Identity(), media -> media.raiseCatalogEpoch(epoch)));
    }

    /** As if a read had met a damaged file of the key-value store. */
    public void rots(KeyValueRot found) {
        gate.locked(() -> rot = Optional.of(found));
    }

    @Override
    public Optional<KeyValueRot> rot() {
        return gate.locked(() -> rot);
    }

    /** Says what a drive would, and no more. */
    @Override
    public boolean setAsideKeyValue(String reason) {
        return rot().filter(KeyValueRot::mayBeSetAside).isPresent();
    }

    @Override
    public Id128 incarnation() {
        return gate.locked(() -> incarnation);
    }

    /** Also a simulated drive can be started again, by {@link #comeOnline}. */
    @Override
    public void close() {
        gate.crash(() -> gate.journal().stop());
        gate.goOffline("it is closed");
    }
}
