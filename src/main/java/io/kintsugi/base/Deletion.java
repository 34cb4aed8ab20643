package io.kintsugi.base;

import java.time.Instant;
import java.util.Optional;

/** One change that makes an object disappear. */
public sealed interface Deletion {
    ObjectKey key();

    WriteCondition condition();

    /** Removes this version and its bytes for good; a version that is not there is success. */
    record Remove(ObjectKey key, VersionId version, WriteCondition condition) implements Deletion {}

    /**
     * Makes the key disappear as its bucket has it when the commit is made: without versioning the null version goes
     * for good; with it a delete marker comes on top; when that is suspended the marker takes the name and the place of
     * the null version.
     *
     * @param marker the name of the marker where versions are kept
     * @param when the date of the marker
     */
    record Hide(ObjectKey key, VersionId marker, Instant when, WriteCondition condition) implements Deletion {}

    /** What came of it. */
    sealed interface Outcome {}

    /** Done. @param marker the delete marker that was made or removed */
    record Done(boolean existed, Optional<VersionId> marker) implements Outcome {}

    /** Not done. */
    record Refused(StoreException reason) implements Outcome {}
}
