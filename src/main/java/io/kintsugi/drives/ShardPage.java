package io.kintsugi.drives;

import java.util.List;

/** A page of a drive's shards. {@code more} says whether another page follows the last name. */
public record ShardPage(List<ShardName> names, boolean more) {
    public ShardPage {
        names = List.copyOf(names);
    }
}
