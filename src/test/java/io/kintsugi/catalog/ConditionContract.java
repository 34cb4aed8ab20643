package io.kintsugi.catalog;

import static io.kintsugi.catalog.Samples.key;
import static io.kintsugi.catalog.Samples.newVersion;
import static io.kintsugi.catalog.Samples.object;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.Deletion;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException.NotFound;
import io.kintsugi.base.StoreException.PreconditionFailed;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Conditional writes and deletions: what every engine of {@link Catalog} does. */
public abstract class ConditionContract extends CatalogFixture {
    @Test
    void ifAbsentWantsNoObject() {
        createBucket(Versioning.ENABLED);
        catalog.put(object("k", newVersion()), Optional.empty(), ABSENT);
        assertThrows(PreconditionFailed.class, () -> catalog.put(object("k", newVersion()), Optional.empty(), ABSENT));
        hide("k", newVersion());
        catalog.put(object("k", newVersion()), Optional.empty(), ABSENT);
        assertEquals(3, catalog.listVersions(all()).entries().size());
    }

    @Test
    void ifMatchWantsTheTagOfTheCurrentVersion() {
        createBucket(Versioning.OFF);
        ObjectVersion next = object("k", VersionId.NULL);
        assertThrows(NotFound.class, () -> catalog.put(next, Optional.empty(), match("*")));
        ObjectVersion first = put("k", VersionId.NULL);
        assertThrows(PreconditionFailed.class, () -> catalog.put(next, Optional.empty(), match("other")));
        assertEquals(Optional.of(first), current("k"));
        assertTrue(reclaimable().isEmpty());
        catalog.put(next, Optional.empty(), match(first.etag().quoted()));
        assertEquals(Optional.of(next), current("k"));
    }

    private static WriteCondition match(String tag) {
        return new WriteCondition(Optional.of(tag), false, Optional.empty(), OptionalLong.empty());
    }

    @Test
    void deletionsHaveConditionsToo() {
        createBucket(Versioning.OFF);
        ObjectVersion version = put("k", VersionId.NULL);
        WriteCondition size =
                new WriteCondition(Optional.empty(), false, Optional.of(Samples.NOON), OptionalLong.of(7));
        Deletion wrong = new Deletion.Remove(key("k"), VersionId.NULL, size);
        Deletion.Refused refused = (Deletion.Refused) delete(wrong);
        assertInstanceOf(PreconditionFailed.class, refused.reason());
        assertEquals(Optional.of(version), current("k"));
        WriteCondition right = new WriteCondition(
                Optional.of(version.etag().value()), false, Optional.of(Samples.NOON), OptionalLong.of(1000));
        assertEquals(
                new Deletion.Done(true, Optional.empty()),
                delete(new Deletion.Remove(key("k"), VersionId.NULL, right)));
    }

    @Test
    void ofRacingConditionalWritersExactlyOneWins() throws Exception {
        createBucket(Versioning.OFF);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 20; round++) {
                String name = "k" + round;
                Callable<Boolean> racer = () -> {
                    try {
                        catalog.put(object(name, VersionId.NULL), Optional.empty(), ABSENT);
                        return true;
                    } catch (PreconditionFailed e) {
                        return false;
                    }
                };
                int won = 0;
                for (Future<Boolean> result : threads.invokeAll(Collections.nCopies(16, racer))) {
                    won += result.get() ? 1 : 0;
                }
                assertEquals(1, won);
            }
        }
    }
}
