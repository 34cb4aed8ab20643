package io.kintsugi.shards;

import java.util.List;

/** A page of a drive's published shards. {@code more} says whether another page follows the last shard. */
public record SurveyPage(List<SurveyedShard> shards, boolean more) {
    public SurveyPage {
        shards = List.copyOf(shards);
    }
}
