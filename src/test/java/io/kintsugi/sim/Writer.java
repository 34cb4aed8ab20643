package io.kintsugi.sim;

import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.VersionId;
import io.kintsugi.objects.CopyObject;
import io.kintsugi.objects.DeleteObjects;
import io.kintsugi.objects.GetObject;
import io.kintsugi.objects.PutObject;
import io.kintsugi.objects.RangeSpec;
import io.kintsugi.objects.ReadCondition;
import io.kintsugi.sim.Step.Condition;
import io.kintsugi.sim.Step.Delete;
import io.kintsugi.sim.Step.Done;
import io.kintsugi.sim.Step.Key;
import io.kintsugi.sim.Step.NoEffect;
import io.kintsugi.sim.Step.None;
import io.kintsugi.sim.Step.Put;
import io.kintsugi.sim.Step.Refused;
import io.kintsugi.sim.Step.Remove;
import io.kintsugi.sim.Step.Result;
import io.kintsugi.sim.Write.Piece;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

/** Puts, copies and deletes, and notes what came of it. */
final class Writer {
    /** Longer than a blob may be without anything that refers to it, until it is looked at. */
    private static final Duration VERY_SLOW = SimStore.ORPHAN_AGE.plusSeconds(1);

    private static final int SLOW_IN = 12;
    private static final int BROKEN_IN = 15;

    private final String who;
    private final Requests requests;
    private final History history;
    private final Knowledge known;
    private final Runnable bodyEnds;
    private final Random random;

    Writer(String who, Requests requests, SimClient.Scene scene, Random random) {
        this.who = who;
        this.requests = requests;
        this.history = scene.history();
        this.known = scene.known();
        this.bodyEnds = scene.bodyEnds();
        this.random = random;
    }

    Piece piece() {
        int size = switch (random.nextInt(24)) {
            case 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 -> random.nextInt(SimStore.INLINE + 1);
            case 10, 11, 12, 13, 14, 15, 16, 17, 18 -> random.nextInt(SimStore.INLINE, 9_000);
            case 19, 20, 21 -> random.nextInt(60_000, 150_000);
            case 22 -> random.nextInt(262_145, 300_000);
            default -> random.nextBoolean() ? random.nextInt(1_048_000, 1_200_000) : 262_144;
        };
        return new Piece(random.nextLong(), size);
    }

    SimBody body(Piece piece) {
        boolean onDrives = piece.size() > SimStore.INLINE;
        boolean slow = onDrives && random.nextInt(SLOW_IN) == 0;
        boolean broken = onDrives && random.nextInt(BROKEN_IN) == 0;
        Optional<Duration> rest = slow
                ? Optional.of(random.nextInt(3) == 0 ? VERY_SLOW : Duration.ofMillis(random.nextInt(1, 8_000)))
                : Optional.empty();
        return new SimBody(ByteBuffer.wrap(piece.bytes()), random.nextBoolean(), rest, broken, bodyEnds);
    }

    Condition condition(Key key) {
        return switch (random.nextInt(5)) {
            case 0 -> new Step.Absent();
            case 1 -> known.lastTag(key).<Condition>map(Step.Match::new).orElse(new Step.Absent());
            default -> new None();
        };
    }

    void put(Key key) {
        Piece piece = piece();
        Write write = Write.single(history.nextWrite(), List.of(piece));
        history.intends(write);
        Condition condition = condition(key);
        SimBody body = body(piece);
        long from = history.moment();
        Result result = requests.change(open -> made(
                key,
                write,
                open.objects()
                        .put(new PutObject(
                                Requests.bucket(key),
                                Requests.objectKey(key),
                                write.metadata(),
                                Requests.condition(condition),
                                body))));
        history.add(who, key, from, new Put(write.number(), write.etag(), condition), result);
    }

    private Result made(Key key, Write write, ObjectVersion version) {
        VisibleIsWhole.check(history, version);
        if (!version.id().isNull()) {
            known.made(key, write.number(), version.id());
        }
        known.sawTag(key, write.etag());
        return new Done();
    }

    /** Copies what is there now, and nothing else, so that it is known what the copy has to be. */
    void copy(Key source, Key target) {
        Optional<ObjectVersion> there = requests.head(source).seen();
        if (there.isEmpty()) {
            return;
        }
        Write original = VisibleIsWhole.check(history, there.get());
        Write write = Write.single(history.nextWrite(), original.pieces());
        history.intends(write);
        ReadCondition same =
                new ReadCondition(Optional.of(original.etag()), Optional.empty(), Optional.empty(), Optional.empty());
        CopyObject copy = new CopyObject(
                new GetObject(
                        Requests.bucket(source),
                        Requests.objectKey(source),
                        Optional.empty(),
                        new RangeSpec.Whole(),
                        same),
                new CopyObject.Target(
                        Requests.bucket(target), Requests.objectKey(target), Requests.condition(new None())),
                Optional.of(write.metadata()),
                Optional.empty(),
                Optional.of(write.metadata().storageClass()),
                Optional.empty());
        long from = history.moment();
        Result result = requests.change(
                open -> made(target, write, open.objects().copy(copy).target()));
        // what is refused is the source: it is another by now
        Result told = result instanceof Refused ? new NoEffect("the source is another") : result;
        history.add(who, target, from, new Put(write.number(), write.etag(), new None()), told);
    }

    void delete(Key key) {
        Condition condition = random.nextInt(4) == 0
                ? known.lastTag(key).<Condition>map(Step.Match::new).orElse(new None())
                : new None();
        delete(List.of(key), condition);
    }

    /** Several keys of one bucket at once. */
    void deleteBatch(String bucket) {
        delete(
                Knowledge.NAMES.stream()
                        .filter(name -> random.nextBoolean())
                        .map(name -> new Key(bucket, name))
                        .toList(),
                new None());
    }

    private void delete(List<Key> keys, Condition condition) {
        if (keys.isEmpty()) {
            return;
        }
        List<DeleteObjects.Item> items = keys.stream()
                .map(key -> new DeleteObjects.Item(
                        Requests.objectKey(key), Optional.empty(), Requests.condition(condition)))
                .toList();
        DeleteObjects request = new DeleteObjects(Requests.bucket(keys.getFirst()), items);
        List<Integer> markers = new ArrayList<>();
        keys.forEach(key -> markers.add(history.nextWrite()));
        long from = history.moment();
        AtomicReference<List<DeleteObjects.Result>> results = new AtomicReference<>();
        Result whole = requests.change(open -> {
            results.set(open.objects().delete(request));
            return new Done();
        });
        for (int i = 0; i < keys.size(); i++) {
            Result result = whole instanceof Done
                    ? resultOf(keys.get(i), markers.get(i), results.get().get(i))
                    : whole;
            history.add(who, keys.get(i), from, new Delete(markers.get(i), condition), result);
        }
    }

    private Result resultOf(Key key, int marker, DeleteObjects.Result result) {
        return switch (result) {
            case DeleteObjects.Refused(var _, var reason) -> Requests.resultOf(reason);
            case DeleteObjects.Deleted(var _, Optional<VersionId> id) -> {
                id.filter(v -> !v.isNull()).ifPresent(v -> known.made(key, marker, v));
                yield new Done();
            }
        };
    }

    /** Removes one version for good: one that we were told of, or the null version. */
    void remove(Key key) {
        Optional<Map.Entry<Integer, VersionId>> any = known.anyVersion(key, random);
        if (any.isEmpty() && !key.bucket().equals(Knowledge.SUSPENDED)) {
            return;
        }
        VersionId version = any.map(Map.Entry::getValue).orElse(VersionId.NULL);
        DeleteObjects request = new DeleteObjects(
                Requests.bucket(key),
                List.of(new DeleteObjects.Item(
                        Requests.objectKey(key), Optional.of(version), Requests.condition(new None()))));
        long from = history.moment();
        Result result =
                requests.change(open -> switch (open.objects().delete(request).getFirst()) {
                    case DeleteObjects.Refused(var _, var reason) -> Requests.resultOf(reason);
                    case DeleteObjects.Deleted d -> new Done();
                });
        history.add(who, key, from, new Remove(any.map(Map.Entry::getKey)), result);
    }
}
