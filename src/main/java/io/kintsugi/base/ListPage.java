package io.kintsugi.base;

import java.util.List;

/**
 * A page of a listing, in the order of the keys' UTF-8 bytes.
 *
 * @param truncated whether more follows the last entry
 */
public record ListPage(List<Entry> entries, boolean truncated) {
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
