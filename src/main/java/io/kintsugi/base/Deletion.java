package io.kintsugi.base;

import java.time.Instant;

/** One change that makes an object disappear. */
public sealed interface Deletion {
    ObjectKey key();

    WriteCondition condition();

    /** Removes this version and its bytes for good; a version that is not there is success. */
    record Remove(ObjectKey key, VersionId version, WriteCondition condition) implements Deletion {}

    /** Puts a delete marker on top; a marker with {@link VersionId#NULL} replaces the null version. */
    record Mark(ObjectKey key, VersionId marker, Instant when, WriteCondition condition) implements Deletion {}

    /** What came of it. */
    sealed interface Outcome {}

    /** Done. @param removedMarker whether what was removed was a delete marker */
    record Done(boolean existed, boolean removedMarker) implements Outcome {}

    /** Not done. */
    record Refused(StoreException reason) implements Outcome {}
}
