package io.kintsugi.rescue;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.shards.SurveyedShard;
import java.util.List;

/** All shards of one blob that lie on the drives, in the order of their indices. */
record FoundBlob(BlobId id, BlobRef.Form form, List<SurveyedShard> shards) {
    FoundBlob {
        shards = List.copyOf(shards);
    }

    long indices() {
        return shards.stream().mapToInt(SurveyedShard::index).distinct().count();
    }
}
