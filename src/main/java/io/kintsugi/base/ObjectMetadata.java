package io.kintsugi.base;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a client said about an object when it was written, and gets back with it.
 *
 * @param headers the content headers that were given: {@code content-type}, {@code content-encoding},
 *     {@code content-language}, {@code content-disposition}, {@code cache-control}, {@code expires}, and
 *     {@code x-amz-website-redirect-location}, by lower-case name
 * @param user user metadata, by lower-case name without {@code x-amz-meta-}
 * @param tags the tag set
 * @param storageClass as AWS names it, {@code STANDARD} when nothing was said
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html">Object metadata</a>
 */
public record ObjectMetadata(
        SortedMap<String, String> headers,
        SortedMap<String, String> user,
        SortedMap<String, String> tags,
        String storageClass) {
    public static final String STANDARD = "STANDARD";
    public static final ObjectMetadata NONE = new ObjectMetadata(Map.of(), Map.of(), Map.of());

    public ObjectMetadata {
        headers = copy(headers);
        user = copy(user);
        tags = copy(tags);
    }

    /** Nothing but that storage class, as a listing of many objects has it. */
    public static ObjectMetadata ofStorageClass(String name) {
        return name.equals(STANDARD)
                ? NONE
                : new ObjectMetadata(
                        Collections.emptySortedMap(), Collections.emptySortedMap(), Collections.emptySortedMap(), name);
    }

    private static SortedMap<String, String> copy(SortedMap<String, String> map) {
        return map.isEmpty() ? Collections.emptySortedMap() : Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }

    public ObjectMetadata(Map<String, String> headers, Map<String, String> user, Map<String, String> tags) {
        this(new TreeMap<>(headers), new TreeMap<>(user), new TreeMap<>(tags), STANDARD);
    }
}
