package io.kintsugi.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded engine on real drives. */
class LocalCatalogTest {
    private static final ListQuery ALL =
            new ListQuery(Samples.BUCKET, "", Optional.empty(), new ListQuery.Beginning(), 1000);

    @TempDir
    private Path folder;

    @Test
    void itAnswersAsTheModelDoesAndRemembers() {
        ListPage before;
        try (LocalCatalogs local = new LocalCatalogs(folder, 3)) {
            CatalogProperty.check(local.catalog(), 42, 400);
            before = local.catalog().listVersions(ALL);
            assertTrue(before.entries().size() > 10);
        }
        try (LocalCatalogs again = new LocalCatalogs(folder, 3)) {
            assertEquals(before, again.catalog().listVersions(ALL));
            assertEquals(3, again.catalog().status().live().size());
        }
    }
}
