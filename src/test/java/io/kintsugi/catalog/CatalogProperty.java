package io.kintsugi.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.Deletion;
import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;

/** Random changes of one bucket, on a catalog and on {@link CatalogModel}; both must answer alike. */
final class CatalogProperty {
    private static final String[] ALPHABET = {"a", "b", "/", "\0", "\u0001", "ab", "é", "😀", "\uFFFD", "\uE000"};

    private final Catalog catalog;
    private final CatalogModel model = new CatalogModel();
    private final Random random;
    private final boolean versioned;
    private int clock;

    private CatalogProperty(Catalog catalog, long seed) {
        this.catalog = catalog;
        this.random = new Random(seed);
        this.versioned = random.nextInt(4) > 0;
    }

    static void check(Catalog catalog, long seed, int steps) {
        CatalogProperty run = new CatalogProperty(catalog, seed);
        catalog.createBucket(Samples.bucket(Bucket.Versioning.OFF));
        run.setVersioning();
        for (int i = 0; i < steps; i++) {
            run.step();
        }
        run.compareAll();
    }

    /** A bucket that has kept versions once does so again, or not any more, as often as you like. */
    private void setVersioning() {
        if (versioned) {
            model.versioning = random.nextBoolean() ? Bucket.Versioning.ENABLED : Bucket.Versioning.SUSPENDED;
            catalog.updateBucket(Samples.BUCKET, bucket -> bucket.withVersioning(model.versioning));
        }
    }

    private void step() {
        switch (random.nextInt(13)) {
            case 0, 1, 2, 3 -> put();
            case 4, 5, 6, 7 -> delete();
            case 8, 9 -> update();
            case 10 -> setVersioning();
            default -> compareListings();
        }
    }

    private String text(int atMost) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(atMost + 1); i > 0; i--) {
            text.append(ALPHABET[random.nextInt(ALPHABET.length)]);
        }
        return text.toString();
    }

    private ObjectKey key() {
        List<ObjectKey> known = model.keys();
        if (!known.isEmpty() && random.nextBoolean()) {
            return known.get(random.nextInt(known.size()));
        }
        return ObjectKey.of(ALPHABET[random.nextInt(ALPHABET.length)] + text(3));
    }

    private VersionId newId() {
        boolean named = model.versioning == Bucket.Versioning.ENABLED || versioned && random.nextInt(3) > 0;
        return named ? Samples.newVersion() : VersionId.NULL;
    }

    private VersionId anyId(ObjectKey key) {
        List<ObjectVersion> versions = model.versions(key);
        if (versions.isEmpty() || random.nextInt(5) == 0) {
            return random.nextBoolean() ? VersionId.NULL : Samples.newVersion();
        }
        return versions.get(random.nextInt(versions.size())).id();
    }

    private WriteCondition condition(ObjectKey key) {
        Optional<ObjectVersion> current = model.current(key);
        return switch (random.nextInt(8)) {
            case 0 -> new WriteCondition(Optional.empty(), true, Optional.empty(), OptionalLong.empty());
            case 1 -> new WriteCondition(Optional.of("*"), false, Optional.empty(), OptionalLong.empty());
            case 2 ->
                new WriteCondition(
                        Optional.of(current.map(v -> v.etag().quoted()).orElse("none")),
                        false,
                        Optional.empty(),
                        OptionalLong.of(1000));
            default -> WriteCondition.NONE;
        };
    }

    private void put() {
        ObjectKey key = key();
        BlobRef.Form form = BlobRef.Form.values()[random.nextInt(3)];
        ObjectVersion version = Samples.object(key.value(), newId(), Samples.blob(form, 1000));
        WriteCondition condition = condition(key);
        Optional<byte[]> inline =
                form == BlobRef.Form.INLINE ? Optional.of(new byte[] {(byte) clock++}) : Optional.empty();
        try {
            model.put(version, condition);
        } catch (StoreException e) {
            assertThrows(e.getClass(), () -> catalog.put(version, inline, condition));
            return;
        }
        catalog.put(version, inline, condition);
        inline.ifPresent(bytes -> assertEquals(
                bytes[0],
                catalog.inlineAtOnce(Samples.blobOf(version).id()).orWait().orElseThrow()[0]));
    }

    private void delete() {
        List<Deletion> deletions = new ArrayList<>();
        List<Deletion.Outcome> expected = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            ObjectKey key = key();
            Deletion deletion = random.nextBoolean()
                    ? new Deletion.Hide(key, Samples.newVersion(), instant(), condition(key))
                    : new Deletion.Remove(key, anyId(key), condition(key));
            deletions.add(deletion);
            expected.add(model.delete(deletion));
        }
        List<Deletion.Outcome> outcomes = catalog.delete(Samples.BUCKET, deletions);
        assertEquals(expected.size(), outcomes.size());
        for (int i = 0; i < expected.size(); i++) {
            if (expected.get(i) instanceof Deletion.Refused refused) {
                Deletion.Refused real = (Deletion.Refused) outcomes.get(i);
                assertEquals(refused.reason().getClass(), real.reason().getClass());
            } else {
                assertEquals(expected.get(i), outcomes.get(i), deletions.get(i).toString());
            }
        }
    }

    private Instant instant() {
        return Samples.NOON.plusSeconds(clock++);
    }

    private void update() {
        ObjectKey key = key();
        VersionId id = anyId(key);
        Optional<ObjectVersion> known = model.find(key, id);
        ObjectMetadata metadata = new ObjectMetadata(Map.of(), Map.of("changed", "" + clock++), Map.of());
        if (known.isEmpty()) {
            assertThrows(
                    StoreException.NotFound.class,
                    () -> catalog.update(Samples.BUCKET, key, id, v -> with(v, metadata)));
            return;
        }
        model.replace(with(known.get(), metadata));
        assertEquals(with(known.get(), metadata), catalog.update(Samples.BUCKET, key, id, v -> with(v, metadata)));
    }

    private static ObjectVersion with(ObjectVersion v, ObjectMetadata metadata) {
        return v.deleteMarker()
                ? v
                : new ObjectVersion(
                        v.bucket(),
                        v.key(),
                        v.id(),
                        false,
                        v.size(),
                        v.etag(),
                        v.lastModified(),
                        metadata,
                        v.multipart(),
                        v.parts(),
                        v.checksum());
    }

    private ListQuery query(boolean versions) {
        String prefix = random.nextInt(3) == 0 ? text(2) : "";
        Optional<String> delimiter = switch (random.nextInt(4)) {
            case 0 -> Optional.of("/");
            case 1 -> Optional.of(ALPHABET[random.nextInt(ALPHABET.length)]);
            default -> Optional.empty();
        };
        int limit = random.nextInt(10) == 0 ? ListQuery.MAX_LIMIT : 1 + random.nextInt(5);
        return new ListQuery(Samples.BUCKET, prefix, delimiter, start(versions), limit);
    }

    private ListQuery.Start start(boolean versions) {
        return switch (random.nextInt(4)) {
            case 0 -> new ListQuery.AfterKey(random.nextBoolean() ? key().value() : text(3));
            case 1 -> new ListQuery.AfterPrefix("a" + text(2));
            case 2 -> versions ? afterVersion() : new ListQuery.Beginning();
            default -> new ListQuery.Beginning();
        };
    }

    private ListQuery.Start afterVersion() {
        ObjectKey key = key();
        List<ObjectVersion> versions = model.versions(key);
        return versions.isEmpty()
                ? new ListQuery.AfterKey(key.value())
                : new ListQuery.AfterVersion(
                        key.value(),
                        versions.get(random.nextInt(versions.size())).id());
    }

    private void compareListings() {
        ListQuery objects = query(false);
        assertEquals(model.listObjects(objects), catalog.listObjects(objects), objects.toString());
        ListQuery versions = query(true);
        assertListed(model.listVersions(versions), catalog.listVersions(versions), versions);
    }

    /** The model knows no places. */
    private static void assertListed(ListPage expected, ListPage page, ListQuery query) {
        assertEquals(expected, new ListPage(page.entries(), page.truncated()), query.toString());
    }

    private void compareAll() {
        ListQuery all = new ListQuery(Samples.BUCKET, "", Optional.empty(), new ListQuery.Beginning(), 1000);
        assertEquals(model.listObjects(all), catalog.listObjects(all));
        assertListed(model.listVersions(all), catalog.listVersions(all), all);
        for (ObjectKey key : model.keys()) {
            assertEquals(model.current(key), catalog.find(Samples.BUCKET, key, Optional.empty()));
            for (ObjectVersion version : model.versions(key)) {
                assertEquals(Optional.of(version), catalog.find(Samples.BUCKET, key, Optional.of(version.id())));
            }
        }
        Set<BlobId> queued = new HashSet<>();
        catalog.reclaimable(Duration.ZERO, 10_000)
                .forEach(entry -> queued.add(entry.blob().id()));
        assertEquals(model.dropped(), queued);
    }
}
