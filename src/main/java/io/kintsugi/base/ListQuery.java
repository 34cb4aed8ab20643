package io.kintsugi.base;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a listing asks for.
 *
 * @param prefix only keys that begin with it; may be empty
 * @param delimiter keys that share what lies between the prefix and its first occurrence are rolled up into one entry
 * @param start where the page begins
 * @param limit entries of a page, objects and common prefixes together: 1 to 1,000
 */
public record ListQuery(BucketName bucket, String prefix, Optional<String> delimiter, Start start, int limit) {
    public static final int MAX_LIMIT = 1000;

    /** Where a page begins. All are exclusive. */
    public sealed interface Start {}

    /** At the first key. */
    public record Beginning() implements Start {}

    /** Behind this key and all its versions. Need not be the key of an object. */
    public record AfterKey(String key) implements Start {}

    /** Behind all keys that begin with this common prefix. */
    public record AfterPrefix(String prefix) implements Start {}

    /**
     * Behind this version of this key (version listings). Where it is gone, or is the null version and was replaced,
     * the page begins behind the place that it had; where that is not known, at the key's newest version.
     *
     * @param place {@link ListPage#place} of the page that ended with it
     */
    public record AfterVersion(String key, VersionId version, OptionalLong place) implements Start {
        public AfterVersion(String key, VersionId version) {
            this(key, version, OptionalLong.empty());
        }
    }

    public ListQuery {
        if (limit < 1 || limit > MAX_LIMIT || delimiter.filter(String::isEmpty).isPresent()) {
            throw new IllegalArgumentException("a page has 1 to " + MAX_LIMIT + " entries, not " + limit);
        }
    }
}
