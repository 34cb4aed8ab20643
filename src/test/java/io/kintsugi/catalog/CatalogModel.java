package io.kintsugi.catalog;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.Deletion;
import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * One bucket of a catalog as it would be explained on paper: of each key a list of versions, the newest first. Slow and
 * obvious.
 */
final class CatalogModel {
    private final TreeMap<ObjectKey, List<ObjectVersion>> keys = new TreeMap<>();
    private final Set<BlobId> dropped = new HashSet<>();
    Bucket.Versioning versioning = Bucket.Versioning.OFF;

    Set<BlobId> dropped() {
        return dropped;
    }

    List<ObjectKey> keys() {
        return List.copyOf(keys.keySet());
    }

    List<ObjectVersion> versions(ObjectKey key) {
        return keys.getOrDefault(key, List.of());
    }

    Optional<ObjectVersion> current(ObjectKey key) {
        return versions(key).stream().findFirst();
    }

    Optional<ObjectVersion> find(ObjectKey key, VersionId id) {
        return versions(key).stream().filter(v -> v.id().equals(id)).findFirst();
    }

    private void check(ObjectKey key, WriteCondition condition) {
        condition.check(key, current(key).filter(v -> !v.deleteMarker()));
    }

    void put(ObjectVersion version, WriteCondition condition) {
        check(version.key(), condition);
        remove(version.key(), version.id());
        keys.computeIfAbsent(version.key(), k -> new ArrayList<>()).addFirst(version);
    }

    private Optional<ObjectVersion> remove(ObjectKey key, VersionId id) {
        Optional<ObjectVersion> old = find(key, id);
        old.ifPresent(version -> {
            keys.get(key).remove(version);
            if (keys.get(key).isEmpty()) {
                keys.remove(key);
            }
            version.parts().stream()
                    .map(ObjectPart::blob)
                    .filter(blob -> blob.form() != BlobRef.Form.INLINE)
                    .forEach(blob -> dropped.add(blob.id()));
        });
        return old;
    }

    void replace(ObjectVersion changed) {
        List<ObjectVersion> all = keys.get(changed.key());
        all.replaceAll(v -> v.id().equals(changed.id()) ? changed : v);
    }

    Deletion.Outcome delete(Deletion deletion) {
        try {
            check(deletion.key(), deletion.condition());
        } catch (StoreException e) {
            return new Deletion.Refused(e);
        }
        boolean object = current(deletion.key()).filter(v -> !v.deleteMarker()).isPresent();
        return switch (deletion) {
            case Deletion.Hide hide when versioning == Bucket.Versioning.OFF -> removed(hide.key(), VersionId.NULL);
            case Deletion.Hide hide -> {
                VersionId id = versioning == Bucket.Versioning.ENABLED ? hide.marker() : VersionId.NULL;
                put(ObjectVersion.deleteMarker(Samples.BUCKET, hide.key(), id, hide.when()), WriteCondition.NONE);
                yield new Deletion.Done(object, Optional.of(id));
            }
            case Deletion.Remove remove -> removed(remove.key(), remove.version());
        };
    }

    private Deletion.Outcome removed(ObjectKey key, VersionId id) {
        Optional<ObjectVersion> old = remove(key, id);
        return new Deletion.Done(
                old.isPresent(), old.filter(ObjectVersion::deleteMarker).map(ObjectVersion::id));
    }

    ListPage listObjects(ListQuery query) {
        List<ListPage.Version> all = new ArrayList<>();
        keys.forEach((key, versions) -> {
            if (!versions.getFirst().deleteMarker()) {
                all.add(new ListPage.Version(versions.getFirst().listed(), true));
            }
        });
        return page(all, query);
    }

    ListPage listVersions(ListQuery query) {
        List<ListPage.Version> all = new ArrayList<>();
        keys.forEach((key, versions) ->
                versions.forEach(v -> all.add(new ListPage.Version(v.listed(), v == versions.getFirst()))));
        return page(all, query);
    }

    private static ListPage page(List<ListPage.Version> all, ListQuery query) {
        Set<ListPage.Entry> lines = new LinkedHashSet<>();
        boolean[] passed = {false};
        for (ListPage.Version entry : all) {
            String key = entry.version().key().value();
            if (key.startsWith(query.prefix()) && isBehind(entry.version(), query.start(), passed)) {
                int at = query.delimiter()
                        .map(d -> key.indexOf(d, query.prefix().length()))
                        .orElse(-1);
                int end = at + query.delimiter().map(String::length).orElse(0);
                lines.add(at < 0 ? entry : new ListPage.CommonPrefix(key.substring(0, end)));
            }
        }
        List<ListPage.Entry> list = new ArrayList<>(lines);
        int size = Math.min(list.size(), query.limit());
        return new ListPage(list.subList(0, size), list.size() > size);
    }

    private static boolean isBehind(ObjectVersion version, ListQuery.Start start, boolean[] passed) {
        String key = version.key().value();
        return switch (start) {
            case ListQuery.Beginning b -> true;
            case ListQuery.AfterKey after -> compare(key, after.key()) > 0;
            case ListQuery.AfterPrefix after -> compare(key, after.prefix()) > 0 && !key.startsWith(after.prefix());
            case ListQuery.AfterVersion after -> {
                boolean behind = compare(key, after.key()) > 0 || passed[0] && key.equals(after.key());
                passed[0] |= key.equals(after.key()) && version.id().equals(after.version());
                yield behind;
            }
        };
    }

    static int compare(String a, String b) {
        return Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }
}
