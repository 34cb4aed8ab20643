package io.kintsugi.objects;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Seldom;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Blobs of which too few good shards are left, although every drive that is to have one was asked: nobody can restore
 * them, unless drives come back as they once were. Each is here until a later look finds it whole, or that nothing
 * refers to it any more; whoever mends looks again about every hour. Bounded: what is beyond that is not counted.
 * Thread-safe, never waits.
 */
final class LostBlobs {
    private static final System.Logger LOG = System.getLogger(LostBlobs.class.getName());
    static final int MOST = 1_000;
    private static final Duration QUIET = Duration.ofSeconds(10);

    private final Map<BlobId, BlobOrigin> blobs = new HashMap<>();
    /** The latest. */
    private final SequencedMap<BlobId, BlobOrigin> suspects = new LinkedHashMap<>();

    private final Seldom lines;

    LostBlobs(Clock clock) {
        this.lines = new Seldom(clock, QUIET);
    }

    /** It is told to the log once, with the others of its time as a number. */
    void lost(BlobId blob, BlobOrigin origin) {
        synchronized (this) {
            if (blobs.size() >= MOST || blobs.putIfAbsent(blob, origin) != null) {
                return;
            }
        }
        lines.admit()
                .ifPresent(held -> LOG.log(
                        Level.ERROR,
                        "Object {0} in bucket {1} can not be read whole: too few good shards of blob {2} are left."
                                + " Bring back drives that have them, or delete it{3}",
                        origin.key(),
                        origin.bucket(),
                        blob,
                        Seldom.suffix(held)));
    }

    /**
     * A read has found too few shards of it. Whoever mends is told of the blob, but perhaps not one shard is left that
     * tells what it was written for, and without that nobody could ask the catalog.
     */
    synchronized void suspect(BlobId blob, BlobOrigin origin) {
        if (!blobs.containsKey(blob)) {
            suspects.putLast(blob, origin);
            if (suspects.size() > MOST) {
                suspects.pollFirstEntry();
            }
        }
    }

    /** It is whole, or nothing refers to it. */
    synchronized void settled(BlobId blob) {
        blobs.remove(blob);
        suspects.remove(blob);
    }

    /** What it was written for, if it is known to be lost, or a read has found it so. */
    synchronized Optional<BlobOrigin> origin(BlobId blob) {
        return Optional.ofNullable(blobs.get(blob)).or(() -> Optional.ofNullable(suspects.get(blob)));
    }

    synchronized int size() {
        return blobs.size();
    }
}
