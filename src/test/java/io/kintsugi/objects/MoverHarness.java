package io.kintsugi.objects;

import static io.kintsugi.objects.TestStore.BUCKET;
import static io.kintsugi.objects.TestStore.KEY;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.VersionId;
import io.kintsugi.catalog.CatalogSettings;
import io.kintsugi.objects.ShardMover.Outcome;
import io.kintsugi.shards.Pace;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;

/** A store of seven drives, and what moves the shards of its blobs. */
abstract class MoverHarness {
    /** Seven drives; blobs are on the first four. */
    @AutoClose
    final TestStore store;

    final Superseded superseded;
    final ShardMover mover;

    MoverHarness(CatalogSettings settings) {
        store = new TestStore(ObjectSettings.DEFAULTS, settings, 7);
        superseded = store.superseded();
        mover = new ShardMover(store.catalog, store.blobs, superseded);
    }

    static BlobRef blobOf(ObjectVersion version) {
        return version.parts().getFirst().blob();
    }

    static BlobOrigin origin() {
        return new BlobOrigin(BUCKET, KEY, VersionId.NULL, Optional.empty());
    }

    BlobRef recorded() {
        return blobOf(store.objects.head(TestStore.getRequest(TestStore.WHOLE)).version());
    }

    List<DriveId> placement(int... drives) {
        return IntStream.of(drives).mapToObj(i -> store.drives.sim(i).id()).toList();
    }

    Outcome move(BlobRef blob, int... drives) {
        return mover.move(blob, origin(), placement(drives), Pace.UNPACED);
    }

    List<Integer> shardCounts() {
        return IntStream.range(0, 7).mapToObj(store::shardCount).toList();
    }

    void passGrace() {
        store.clock.pass(ObjectSettings.DEFAULTS.upkeep().reclaimGrace());
        superseded.step(Pace.UNPACED, Pace.UNPACED);
    }
}
