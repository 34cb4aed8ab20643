package io.kintsugi.objects;

import io.kintsugi.base.ETag;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * What the conditions of a read come to. A tag outranks a date: If-Unmodified-Since counts only without If-Match,
 * If-Modified-Since only without If-None-Match. Dates have whole seconds on the wire, so they are compared as such.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2">RFC 9110, precedence of preconditions</a>
 */
enum ReadVerdict {
    PASS(""),
    IF_MATCH("If-Match"),
    IF_UNMODIFIED_SINCE("If-Unmodified-Since"),
    IF_NONE_MATCH("If-None-Match"),
    IF_MODIFIED_SINCE("If-Modified-Since");

    private final String condition;

    ReadVerdict(String condition) {
        this.condition = condition;
    }

    /** The first condition that does not hold. */
    static ReadVerdict of(ReadCondition condition, ObjectVersion version) {
        if (condition.equals(ReadCondition.NONE)) {
            return PASS;
        }
        ReadVerdict first = required(condition, version);
        return first != PASS ? first : novelty(condition, version);
    }

    private static ReadVerdict required(ReadCondition condition, ObjectVersion version) {
        if (condition.ifMatch().isPresent()) {
            return names(condition.ifMatch().get(), version.etag()) ? PASS : IF_MATCH;
        }
        boolean modified = condition.ifUnmodifiedSince().isPresent()
                && modifiedSince(version, condition.ifUnmodifiedSince().get());
        return modified ? IF_UNMODIFIED_SINCE : PASS;
    }

    private static ReadVerdict novelty(ReadCondition condition, ObjectVersion version) {
        if (condition.ifNoneMatch().isPresent()) {
            return names(condition.ifNoneMatch().get(), version.etag()) ? IF_NONE_MATCH : PASS;
        }
        Optional<Instant> since = condition.ifModifiedSince();
        return since.isPresent() && !modifiedSince(version, since.get()) ? IF_MODIFIED_SINCE : PASS;
    }

    private static boolean modifiedSince(ObjectVersion version, Instant since) {
        return version.lastModified().getEpochSecond() > since.getEpochSecond();
    }

    /** Whether a list of tags, as RFC 9110 has it, has this one. Tags of ours have no comma. */
    private static boolean names(String list, ETag tag) {
        int from = 0;
        for (int comma = list.indexOf(','); comma >= 0; comma = list.indexOf(',', from)) {
            if (tag.matches(list.substring(from, comma))) {
                return true;
            }
            from = comma + 1;
        }
        return tag.matches(list.substring(from));
    }

    /** For the source of a copy: whatever does not hold fails the request. */
    void requireForCopy() {
        if (this != PASS) {
            throw new StoreException.PreconditionFailed("x-amz-copy-source-" + condition.toLowerCase(Locale.ROOT));
        }
    }

    /** For a read: what is not new is not an error. */
    void requireForRead(ObjectVersion version) {
        switch (this) {
            case PASS -> {}
            case IF_MATCH, IF_UNMODIFIED_SINCE -> throw new StoreException.PreconditionFailed(condition);
            case IF_NONE_MATCH, IF_MODIFIED_SINCE -> throw new StoreException.NotModified(version);
        }
    }
}
