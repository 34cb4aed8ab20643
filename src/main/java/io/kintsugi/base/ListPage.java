package io.kintsugi.base;

import java.util.List;
import java.util.OptionalLong;

/**
 * A page of a listing, in the order of the keys' UTF-8 bytes.
 *
 * @param truncated whether more follows the last entry
 * @param place that of the last entry, when more follows and it is one of several versions: for
 *     {@link ListQuery.AfterVersion}
 */
public record ListPage(List<Entry> entries, boolean truncated, OptionalLong place) {
    public ListPage(List<Entry> entries, boolean truncated) {
        this(entries, truncated, OptionalLong.empty());
    }

    /** One line of a listing. */
    public sealed interface Entry {}

    /**
     * @param version as {@link ObjectVersion#listed} has it
     * @param latest whether it is the current version of its key
     */
    public record Version(ObjectVersion version, boolean latest) implements Entry {}

    /** Keys that were rolled up; ends with the delimiter. */
    public record CommonPrefix(String prefix) implements Entry {}

    public ListPage {
        entries = List.copyOf(entries);
    }
}
