package io.kintsugi.sim;

import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.base.VersionId;
import io.kintsugi.sim.Step.Key;
import io.kintsugi.sim.engine.OneStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * What the clients know together: buckets, keys, and the version ids that they were told. No monitors: each method is
 * one step, and threads of the store come here too, which a kill would let keep a monitor for ever.
 */
@OneStep
final class Knowledge {
    static final String PLAIN = "plain";
    static final String VERSIONED = "versioned";
    static final String SUSPENDED = "suspended";
    static final Map<String, Versioning> BUCKETS =
            Map.of(PLAIN, Versioning.OFF, VERSIONED, Versioning.ENABLED, SUSPENDED, Versioning.SUSPENDED);
    static final List<String> NAMES = List.of("a", "b", "d/x", "d/y");

    private static final long HOT_NANOS = Duration.ofSeconds(4).toNanos();

    private final Map<Key, Map<Integer, VersionId>> versions = new HashMap<>();
    private final Map<Key, String> lastTags = new HashMap<>();

    /** One key is hot for a while, so that clients meet. */
    Key anyKey(Random random) {
        if (random.nextBoolean()) {
            return allKeys()
                    .get(Math.floorMod(
                            (int) (System.nanoTime() / HOT_NANOS), allKeys().size()));
        }
        return new Key(
                BUCKETS.keySet().stream().sorted().toList().get(random.nextInt(BUCKETS.size())),
                NAMES.get(random.nextInt(NAMES.size())));
    }

    static List<Key> allKeys() {
        List<Key> keys = new ArrayList<>();
        BUCKETS.keySet().stream().sorted().forEach(bucket -> NAMES.forEach(name -> keys.add(new Key(bucket, name))));
        return keys;
    }

    void made(Key key, int write, VersionId version) {
        versions.computeIfAbsent(key, k -> new HashMap<>()).put(write, version);
    }

    Optional<Map.Entry<Integer, VersionId>> anyVersion(Key key, Random random) {
        List<Map.Entry<Integer, VersionId>> known =
                List.copyOf(versions.getOrDefault(key, Map.of()).entrySet());
        return known.isEmpty() ? Optional.empty() : Optional.of(known.get(random.nextInt(known.size())));
    }

    void sawTag(Key key, String etag) {
        lastTags.put(key, etag);
    }

    Optional<String> lastTag(Key key) {
        return Optional.ofNullable(lastTags.get(key));
    }
}
