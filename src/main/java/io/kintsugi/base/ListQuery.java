package io.kintsugi.base;

import java.util.Optional;

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
     * Behind this version of this key (version listings). When it is gone, the page begins at the key's next older
     * version that can be told, at the latest behind the key; when it was the null version, at the key's newest.
     */
    public record AfterVersion(String key, VersionId version) implements Start {}

    public ListQuery {
        if (limit < 1 || limit > MAX_LIMIT || delimiter.filter(String::isEmpty).isPresent()) {
            throw new IllegalArgumentException("a page has 1 to " + MAX_LIMIT + " entries, not " + limit);
        }
    }
}
