package io.kintsugi.catalog;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Clock;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.drives.KvSpace;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What becomes of blobs that a commit unlinks: inline bytes go with it, all others to the reclaim queue. */
final class Dropping {
    private final View view;
    private final Clock clock;

    Dropping(View view, Clock clock) {
        this.view = view;
        this.clock = clock;
    }

    /** @param kept parts of what takes its place; their blobs stay */
    void version(VersionRow dropped, List<ObjectPart> kept) {
        dropped.upload().ifPresent(upload -> view.delete(KvSpace.PARTS, Keys.became(upload)));
        // first: parts without a manifest are those of an unfinished upload, a manifest without parts a loss
        dropped.manifest().ifPresent(this::blob);
        parts(dropped.version().parts(), kept);
    }

    void parts(Collection<ObjectPart> dropped, List<ObjectPart> kept) {
        Set<BlobId> keep = kept.stream().map(part -> part.blob().id()).collect(Collectors.toSet());
        for (ObjectPart part : dropped) {
            if (!keep.contains(part.blob().id())) {
                blob(part.blob());
            }
        }
    }

    private void blob(BlobRef blob) {
        if (blob.form() == BlobRef.Form.INLINE) {
            view.delete(KvSpace.INLINE, Keys.inline(blob.id()));
            return;
        }
        long sequence = view.order();
        view.put(KvSpace.RECLAIM, Keys.reclaim(sequence), SmallRow.encodeReclaim(blob, clock.now()));
        view.put(KvSpace.RECLAIM, Keys.reclaimOf(blob.id()), SmallRow.encodeNumber(sequence));
    }
}
