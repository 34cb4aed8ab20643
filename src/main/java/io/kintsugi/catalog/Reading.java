package io.kintsugi.catalog;

import io.kintsugi.base.AtOnce;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.UploadsPage;
import io.kintsugi.base.UploadsQuery;
import io.kintsugi.base.VersionId;
import io.kintsugi.drives.KeyValue;
import io.kintsugi.drives.KvCursor;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Strict reads beside the commits. Threads: any.
 *
 * <p>A drive may show a commit that is still under way. So after a read of one row, or of one cursor, the reader waits
 * for the commit under way that touches what was read ({@link Stamps#settle}): when that is durable, both its state
 * before (nobody was told of a newer one when the read began) and its state after may be shown. Reads of several rows
 * must be of one state: they are repeated when a commit touched them meanwhile, and after a few tries done by the
 * sequencer, between two commits.
 */
final class Reading implements Rows {
    private static final int TRIES = 3;
    private static final String PAUSE = "a pause for a listing of versions";

    private final ReplicaReader replicas;
    private final BucketCache buckets;
    private final Stamps stamps;
    private final Sequencer sequencer;
    private final Duration window;

    Reading(ReplicaReader replicas, BucketCache buckets, Stamps stamps, Sequencer sequencer, CatalogSettings settings) {
        this.replicas = replicas;
        this.buckets = buckets;
        this.stamps = stamps;
        this.sequencer = sequencer;
        this.window = settings.readDeadline();
    }

    AtOnce<Optional<BucketRow>> bucket(BucketName name) {
        return buckets.look(name);
    }

    BucketRow requireBucket(BucketName name) {
        return bucketThatIs(name).orWait();
    }

    /** @throws StoreException.NotFound {@code BUCKET}, at once or later */
    private AtOnce<BucketRow> bucketThatIs(BucketName name) {
        return bucket(name)
                .map(row -> row.orElseThrow(
                        () -> new StoreException.NotFound(StoreException.NotFound.Kind.BUCKET, name.value())));
    }

    @Override
    public Optional<byte[]> get(KvSpace space, byte[] key) {
        long opening = stamps.opening();
        Optional<byte[]> value = replicas.get(space, key);
        stamps.settle(opening);
        return value;
    }

    @Override
    public List<KvRow> range(KvSpace space, byte[] from, byte[] to, int limit) {
        long opening = stamps.opening();
        List<KvRow> rows = replicas.range(space, from, to, limit);
        stamps.settle(opening);
        return rows;
    }

    @Override
    public List<KvRow> some(KvSpace space, byte[] from, byte[] to, int limit) {
        long opening = stamps.opening();
        List<KvRow> rows = replicas.some(space, from, to, limit);
        stamps.settle(opening);
        return rows;
    }

    /**
     * Bytes of an inline blob. Who asks for it was told of it, so only its absence can be news of a commit under way.
     */
    AtOnce<Optional<byte[]>> inline(byte[] key) {
        long opening = stamps.opening();
        return replicas.look(KvSpace.INLINE, key)
                .then(value -> value.isPresent() ? AtOnce.told(value) : stamps.settled(opening, value))
                .map(value -> value.map(SmallRow::decodeInline));
    }

    Optional<byte[]> upload(BucketRow bucket, ObjectKey key, byte[] row) {
        long opening = stamps.opening();
        Optional<byte[]> value = replicas.get(KvSpace.UPLOADS, row);
        stamps.settle(Stamps.ofKey(bucket.id(), key), opening);
        return value;
    }

    /**
     * The current version, which may be a delete marker, or the one that is named.
     *
     * @throws StoreException.NotFound {@code BUCKET}, at once or later
     */
    AtOnce<Optional<VersionRow>> find(BucketName name, ObjectKey key, Optional<VersionId> version) {
        return bucketThatIs(name)
                .then(bucket -> version.isEmpty() ? current(bucket, key) : named(bucket, key, version.get()));
    }

    private AtOnce<Optional<VersionRow>> current(BucketRow bucket, ObjectKey key) {
        int stripe = Stamps.ofKey(bucket.id(), key);
        Function<Rows, Optional<VersionRow>> inHistory = rows -> Versions.current(rows, freshOrWait(bucket), key);
        return object(bucket, key, stripe)
                .then(object -> object.isPresent() ? AtOnce.told(object) : further(bucket, stripe, inHistory));
    }

    AtOnce<Optional<VersionRow>> named(BucketRow bucket, ObjectKey key, VersionId id) {
        int stripe = Stamps.ofKey(bucket.id(), key);
        Function<Rows, Optional<VersionRow>> inHistory = rows -> Versions.named(rows, freshOrWait(bucket), key, id);
        return object(bucket, key, stripe)
                .map(object -> object.filter(row -> Versions.is(row, id)))
                .then(object -> object.isPresent() ? AtOnce.told(object) : further(bucket, stripe, inHistory));
    }

    /** The object that is the current version, if that is one. */
    private AtOnce<Optional<VersionRow>> object(BucketRow bucket, ObjectKey key, int stripe) {
        return objectRow(Keys.object(bucket.id(), key), stripe, TRIES)
                .map(row -> row.map(bytes -> Versions.decode(bucket, key, bytes)));
    }

    /**
     * A long row is not kept while the commit is waited for that touches its key: as many may wait as there are
     * requests. It is read once more behind that.
     */
    private AtOnce<Optional<byte[]>> objectRow(byte[] name, int stripe, int tries) {
        long opening = stamps.opening();
        return replicas.look(KvSpace.OBJECTS, name).then(row -> {
            boolean isLong =
                    row.filter(bytes -> bytes.length > Known.LONG_ROW_BYTES).isPresent();
            if (!isLong || tries == 1 || !stamps.moving(stripe)) {
                return stamps.settled(stripe, opening, row);
            }
            return AtOnce.later(() -> {
                stamps.settle(stripe, opening);
                return objectRow(name, stripe, tries - 1).orWait();
            });
        });
    }

    /** What the history has, where there is one: rows of one state, which take more than a look. */
    private AtOnce<Optional<VersionRow>> further(
            BucketRow bucket, int stripe, Function<Rows, Optional<VersionRow>> inHistory) {
        return hasHistory(bucket)
                .then(history ->
                        history ? AtOnce.later(() -> ofOneState(stripe, inHistory)) : AtOnce.told(Optional.empty()));
    }

    /** Also when the bucket got its first history since its row was read. */
    private AtOnce<Boolean> hasHistory(BucketRow bucket) {
        return bucket.history() ? AtOnce.told(true) : fresh(bucket).map(BucketRow::history);
    }

    private AtOnce<BucketRow> fresh(BucketRow bucket) {
        return buckets.look(bucket.bucket().name())
                .map(row -> row.filter(now -> now.id() == bucket.id()).orElse(bucket));
    }

    private BucketRow freshOrWait(BucketRow bucket) {
        return fresh(bucket).orWait();
    }

    private <T> T ofOneState(int stripe, Function<Rows, T> read) {
        for (int i = 0; i < TRIES; i++) {
            stamps.settle(stripe, stamps.opening());
            long before = stamps.last(stripe);
            boolean moving = stamps.moving(stripe);
            T result = read.apply(replicas);
            if (!moving && stamps.last(stripe) == before) {
                return result;
            }
        }
        return sequencer.call(read::apply, Known.NOTHING);
    }

    ListPage objects(ListQuery query) {
        BucketRow bucket = requireBucket(query.bucket());
        ObjectLister lister = new ObjectLister(bucket, query);
        long opening = stamps.opening();
        ListPage page = cursor(KvSpace.OBJECTS, lister::page);
        stamps.settle(Stamps.ofBucket(bucket.id()), opening);
        return page;
    }

    UploadsPage uploads(UploadsQuery query) {
        BucketRow bucket = requireBucket(query.bucket());
        long opening = stamps.opening();
        UploadsPage page = cursor(KvSpace.UPLOADS, c -> new UploadLister(bucket, query).page(c));
        stamps.settle(Stamps.ofBucket(bucket.id()), opening);
        return page;
    }

    private <T> T cursor(KvSpace space, Function<KvCursor, T> reader) {
        return replicas.askLong(replica -> replica.read(kv -> {
            try (KvCursor cursor = kv.cursor(space)) {
                return reader.apply(cursor);
            }
        }));
    }

    /** Two cursors of one state: opened while no commit touched the bucket, or else in a pause between two commits. */
    ListPage versions(ListQuery query) {
        BucketRow bucket = requireBucket(query.bucket());
        long opening = stamps.opening();
        ListPage page = versionsOfOneState(bucket, query);
        // a replica that was asked before another state was opened may be none of that
        stamps.requireSame(opening);
        return page;
    }

    private ListPage versionsOfOneState(BucketRow bucket, ListQuery query) {
        int stripe = Stamps.ofBucket(bucket.id());
        for (int i = 0; i < TRIES; i++) {
            Optional<ListPage> page =
                    replicas.askLong(replica -> replica.read(kv -> versions(kv, bucket, query, stripe)));
            if (page.isPresent()) {
                return page.get();
            }
        }
        return replicas.askLong(replica -> replica.read(kv -> versionsInPause(kv, bucket, query)));
    }

    private Optional<ListPage> versions(KeyValue kv, BucketRow bucket, ListQuery query, int stripe) {
        stamps.settle(stripe, stamps.opening());
        long before = stamps.last(stripe);
        boolean moving = stamps.moving(stripe);
        try (KvCursor objects = kv.cursor(KvSpace.OBJECTS);
                KvCursor history = kv.cursor(KvSpace.HISTORY)) {
            boolean still = !moving && stamps.last(stripe) == before;
            return still ? Optional.of(merge(bucket, query, objects, history)) : Optional.empty();
        }
    }

    private ListPage versionsInPause(KeyValue kv, BucketRow bucket, ListQuery query) {
        try (Pair cursors = openInPause(kv)) {
            return merge(bucket, query, cursors.objects(), cursors.history());
        }
    }

    private record Pair(KvCursor objects, KvCursor history) implements AutoCloseable {
        static Pair open(KeyValue kv) {
            KvCursor objects = kv.cursor(KvSpace.OBJECTS);
            try {
                return new Pair(objects, kv.cursor(KvSpace.HISTORY));
            } catch (RuntimeException e) {
                objects.close();
                throw e;
            }
        }

        @Override
        public void close() {
            objects.close();
            history.close();
        }
    }

    private ListPage merge(BucketRow bucket, ListQuery query, KvCursor objects, KvCursor history) {
        return new VersionLister(bucket, query, objects, history).page(replicas);
    }

    /**
     * Opens both in this thread while the sequencer stands still; it does so for a bounded time, and says whether that
     * was enough.
     */
    private Pair openInPause(KeyValue kv) {
        CompletableFuture<Void> begun = new CompletableFuture<>();
        CompletableFuture<Void> ended = new CompletableFuture<>();
        CompletableFuture<Void> over = CompletableFuture.runAsync(
                () -> sequencer.between(() -> {
                    begun.complete(null);
                    Futures.await(ended, window, PAUSE);
                }),
                Thread::startVirtualThread);
        try {
            Futures.await(CompletableFuture.anyOf(begun, over), window, PAUSE);
            Pair cursors = Pair.open(kv);
            ended.complete(null);
            return keepIf(over, cursors);
        } finally {
            ended.complete(null);
        }
    }

    private Pair keepIf(CompletableFuture<Void> over, Pair cursors) {
        try {
            Futures.await(over, window, PAUSE);
            return cursors;
        } catch (StoreException e) {
            cursors.close();
            throw e;
        }
    }
}
