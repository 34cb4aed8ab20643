package io.kintsugi.catalog;

import static io.kintsugi.catalog.Samples.BUCKET;
import static io.kintsugi.catalog.Samples.key;
import static io.kintsugi.catalog.Samples.newVersion;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Deletion;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.sim.SimTopology;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A listing of versions goes on where it was, whatever became of the version that the last page ended with: whoever
 * counts versions, to keep the newest few, must not be shown any of them twice.
 */
class VersionPlacesTest {
    private final SimTopology drives = new SimTopology(new ErasureCode(2, 1));
    private final EmbeddedCatalog catalog = EmbeddedCatalog.open(drives, Clock.SYSTEM, CatalogSettings.DEFAULT);
    private ListPage page = new ListPage(List.of(), true);

    @BeforeEach
    void create() {
        catalog.createBucket(Samples.bucket(Versioning.ENABLED));
    }

    @AfterEach
    void close() {
        catalog.close();
        drives.close();
    }

    private VersionId put(VersionId id) {
        catalog.put(Samples.object("k", id), Optional.empty(), WriteCondition.NONE);
        return id;
    }

    /** From the oldest on. */
    private List<VersionId> put(int count) {
        List<VersionId> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(put(newVersion()));
        }
        return ids;
    }

    private VersionId hide() {
        VersionId marker = newVersion();
        catalog.delete(BUCKET, List.of(new Deletion.Hide(key("k"), marker, Samples.NOON, WriteCondition.NONE)));
        return marker;
    }

    private void remove(VersionId id) {
        catalog.delete(BUCKET, List.of(new Deletion.Remove(key("k"), id, WriteCondition.NONE)));
    }

    private void list(ListQuery.Start start, int limit) {
        page = catalog.listVersions(new ListQuery(BUCKET, "", Optional.empty(), start, limit));
    }

    private static ListPage.Version version(ListPage.Entry entry) {
        return (ListPage.Version) entry;
    }

    private List<VersionId> first(int limit) {
        list(new ListQuery.Beginning(), limit);
        return ids();
    }

    /** What is behind the last page. */
    private List<VersionId> next(int limit) {
        assertTrue(page.truncated());
        VersionId last = version(page.entries().getLast()).version().id();
        list(new ListQuery.AfterVersion("k", last, page.place()), limit);
        return ids();
    }

    private List<VersionId> ids() {
        return page.entries().stream()
                .map(entry -> version(entry).version().id())
                .toList();
    }

    private List<Boolean> latest() {
        return page.entries().stream().map(entry -> version(entry).latest()).toList();
    }

    @Test
    void behindOneThatIsGone() {
        List<VersionId> ids = put(5);
        assertEquals(List.of(ids.get(4), ids.get(3)), first(2));
        remove(ids.get(3));
        assertEquals(List.of(ids.get(2), ids.get(1)), next(2));
        assertEquals(List.of(false, false), latest());
        remove(ids.get(1));
        put(2);
        assertEquals(List.of(ids.get(0)), next(2));
        assertEquals(List.of(false), latest());
    }

    @Test
    void behindTheNewestThatIsGone() {
        List<VersionId> ids = put(4);
        assertEquals(List.of(ids.get(3)), first(1));
        remove(ids.get(3));
        assertEquals(List.of(ids.get(2)), next(1));
        assertEquals(List.of(true), latest(), "it is now");
        remove(ids.get(2));
        put(1);
        assertEquals(List.of(ids.get(1)), next(1));
        assertEquals(List.of(false), latest());
    }

    @Test
    void behindAMarkerThatIsGone() {
        List<VersionId> ids = put(2);
        VersionId older = hide();
        VersionId newer = hide();
        assertEquals(List.of(newer), first(1));
        remove(newer);
        assertEquals(List.of(older), next(1));
        assertEquals(List.of(true), latest());
        remove(older);
        assertEquals(List.of(ids.get(1)), next(1));
        assertEquals(List.of(true), latest());
    }

    @Test
    void behindTheNullVersionThatWasReplaced() {
        VersionId oldest = put(newVersion());
        catalog.updateBucket(BUCKET, bucket -> bucket.withVersioning(Versioning.SUSPENDED));
        put(VersionId.NULL);
        catalog.updateBucket(BUCKET, bucket -> bucket.withVersioning(Versioning.ENABLED));
        VersionId newest = put(newVersion());
        assertEquals(List.of(newest, VersionId.NULL), first(2));
        catalog.updateBucket(BUCKET, bucket -> bucket.withVersioning(Versioning.SUSPENDED));
        put(VersionId.NULL);
        assertEquals(List.of(oldest), next(2));
        assertEquals(List.of(false), latest());
    }
}
