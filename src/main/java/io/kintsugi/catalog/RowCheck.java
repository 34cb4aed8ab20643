package io.kintsugi.catalog;

import io.kintsugi.base.DriveId;
import java.util.List;
import java.util.Optional;

/**
 * What was found in a page of rows of all live replicas.
 *
 * @param rows that were read and verified, the copy of each replica counted
 * @param bytes of their keys and values
 * @param damaged drives whose replica was found to have a row that can't be read, is not as it was written, or is not
 *     as most others have it; it is made anew from the others
 * @param undecided rows of which the replicas have whole copies that differ, none of them in most replicas; nothing was
 *     changed
 * @param next the cursor of the next page; empty at the end
 */
public record RowCheck(long rows, long bytes, List<DriveId> damaged, long undecided, Optional<String> next) {
    public RowCheck {
        damaged = List.copyOf(damaged);
    }
}
