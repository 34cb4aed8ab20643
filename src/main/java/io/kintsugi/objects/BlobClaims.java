package io.kintsugi.objects;

import io.kintsugi.base.BlobId;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Blobs whose shards some background work is changing now: moving, mending or removing them. One at a time may, so that
 * none of them removes what another has just written. Bounded by the workers, and by moves whose commit is not known.
 * Thread-safe, never waits.
 */
final class BlobClaims {
    private final Set<BlobId> claimed = ConcurrentHashMap.newKeySet();

    /** The right to change shards of a blob, until it is closed. */
    final class Claim implements AutoCloseable {
        private final BlobId blob;

        private Claim(BlobId blob) {
            this.blob = blob;
        }

        @Override
        public void close() {
            claimed.remove(blob);
        }
    }

    /** Empty when somebody else has it: to be tried again later. */
    Optional<Claim> claim(BlobId blob) {
        return claimed.add(blob) ? Optional.of(new Claim(blob)) : Optional.empty();
    }

    boolean isClaimed(BlobId blob) {
        return claimed.contains(blob);
    }
}
