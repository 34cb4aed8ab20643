package io.kintsugi.catalog;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The checker: remembers what the catalog acknowledged and what it was asked for, key by key, with values that only
 * grow. What is read must be the last acknowledged value, or one that was asked for after it and never answered.
 */
final class Acked {
    private static final String VALUE = "value";

    private record State(int acked, int asked) {}

    private final SortedMap<String, State> keys = new TreeMap<>();

    /** Puts the next value; what comes of it is remembered. Returns whether it was acknowledged. */
    boolean put(Catalog catalog, String key) {
        State before = keys.getOrDefault(key, new State(0, 0));
        int value = before.asked() + 1;
        keys.put(key, new State(before.acked(), value));
        try {
            catalog.put(object(key, value), Optional.of(new byte[] {(byte) value}), WriteCondition.NONE);
        } catch (StoreException.Unavailable e) {
            return false;
        }
        keys.put(key, new State(value, value));
        return true;
    }

    /** A put that somebody else does, and that is not known to have been acknowledged. */
    ObjectVersion ask(String key) {
        State before = keys.getOrDefault(key, new State(0, 0));
        keys.put(key, new State(before.acked(), before.asked() + 1));
        return object(key, before.asked() + 1);
    }

    private static ObjectVersion object(String key, int value) {
        ObjectVersion plain = Samples.object(key, VersionId.NULL, Samples.blob(BlobRef.Form.INLINE, 1));
        ObjectMetadata metadata = new ObjectMetadata(Map.of(), Map.of(VALUE, "" + value), Map.of());
        return new ObjectVersion(
                plain.bucket(),
                plain.key(),
                plain.id(),
                false,
                1,
                plain.etag(),
                plain.lastModified(),
                metadata,
                false,
                plain.parts(),
                plain.checksum());
    }

    /** @throws AssertionError when something acknowledged is missing, or something is there that nobody asked for */
    void check(Catalog catalog) {
        keys.forEach((key, state) -> {
            Optional<ObjectVersion> found = catalog.find(Samples.BUCKET, Samples.key(key), Optional.empty());
            int value = found.map(v -> Integer.parseInt(v.metadata().user().get(VALUE)))
                    .orElse(0);
            assertTrue(
                    value >= state.acked() && value <= state.asked(),
                    key + " is " + value + "; acknowledged was " + state.acked() + ", asked for " + state.asked());
            found.ifPresent(v -> assertTrue(
                    catalog.inlineAtOnce(Samples.blobOf(v).id()).orWait().orElseThrow()[0] == (byte) value,
                    "the bytes of " + key));
        });
    }
}
