package io.kintsugi.base;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What must hold of the current version of a key for a write or a delete to take effect; all that is given must hold at
 * once. It is checked again inside the commit, so that of two racing writers exactly one wins.
 *
 * @param ifMatch the current version must exist, and have this tag ({@code *} for any)
 * @param ifAbsent there must be no current version ({@code If-None-Match: *}); a delete marker counts as none
 * @param lastModified of a delete: the current version must have this time, to the second; nothing to delete is fine
 * @param size of a delete: the current version must have as many bytes; nothing to delete is fine
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html">Conditional
 *     requests</a>
 */
public record WriteCondition(
        Optional<String> ifMatch, boolean ifAbsent, Optional<Instant> lastModified, OptionalLong size) {
    public static final WriteCondition NONE =
            new WriteCondition(Optional.empty(), false, Optional.empty(), OptionalLong.empty());

    /**
     * @param key for the message
     * @param current the current version; empty when there is none or it is a delete marker
     * @throws StoreException.PreconditionFailed when a condition does not hold
     * @throws StoreException.NotFound when {@code If-Match} meets no object (AWS answers 404 then)
     */
    public void check(ObjectKey key, Optional<ObjectVersion> current) {
        if (ifAbsent && current.isPresent()) {
            throw new StoreException.PreconditionFailed("If-None-Match");
        }
        if (ifMatch.isPresent()) {
            ObjectVersion found = current.orElseThrow(
                    () -> new StoreException.NotFound(StoreException.NotFound.Kind.KEY, key.value()));
            require(found.etag().matches(ifMatch.get()), "If-Match");
        }
        if (lastModified.isPresent()) {
            long wanted = lastModified.get().getEpochSecond();
            require(
                    current.isEmpty() || current.get().lastModified().getEpochSecond() == wanted,
                    "x-amz-if-match-last-modified-time");
        }
        if (size.isPresent()) {
            require(current.isEmpty() || current.get().size() == size.getAsLong(), "x-amz-if-match-size");
        }
    }

    private static void require(boolean holds, String condition) {
        if (!holds) {
            throw new StoreException.PreconditionFailed(condition);
        }
    }
}
