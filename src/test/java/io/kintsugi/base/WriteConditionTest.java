package io.kintsugi.base;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class WriteConditionTest {
    private static final Instant WHEN = Instant.parse("2026-03-04T05:06:07.089Z");
    private static final ObjectKey KEY = ObjectKey.of("k");
    private static final Optional<ObjectVersion> NOTHING = Optional.empty();
    private static final Optional<ObjectVersion> FIVE_BYTES = Optional.of(new ObjectVersion(
            new BucketName("bucket"),
            KEY,
            VersionId.NULL,
            false,
            5,
            new ETag("0123"),
            WHEN,
            ObjectMetadata.NONE,
            false,
            List.of(),
            Optional.empty()));

    private static WriteCondition match(String etag) {
        return new WriteCondition(Optional.of(etag), false, Optional.empty(), OptionalLong.empty());
    }

    private static WriteCondition of(Instant when, long size) {
        return new WriteCondition(Optional.empty(), false, Optional.of(when), OptionalLong.of(size));
    }

    private static void fails(WriteCondition condition, Optional<ObjectVersion> current) {
        assertThrows(StoreException.PreconditionFailed.class, () -> condition.check(KEY, current));
    }

    private static void holds(WriteCondition condition, Optional<ObjectVersion> current) {
        assertDoesNotThrow(() -> condition.check(KEY, current));
    }

    @Test
    void absence() {
        var absent = new WriteCondition(Optional.empty(), true, Optional.empty(), OptionalLong.empty());
        holds(absent, NOTHING);
        fails(absent, FIVE_BYTES);
    }

    @Test
    void tags() {
        holds(match("\"0123\""), FIVE_BYTES);
        holds(match("*"), FIVE_BYTES);
        fails(match("\"other\""), FIVE_BYTES);
        assertThrows(StoreException.NotFound.class, () -> match("*").check(KEY, NOTHING));
    }

    /** What is gone already is deleted: the answer of AWS is 204. */
    @Test
    void timeAndSizeOfWhatIsToBeDeleted() {
        holds(of(WHEN.minusMillis(89), 5), FIVE_BYTES);
        fails(of(WHEN.plusSeconds(1), 5), FIVE_BYTES);
        fails(of(WHEN, 6), FIVE_BYTES);
        holds(of(WHEN, 6), NOTHING);
    }
}
