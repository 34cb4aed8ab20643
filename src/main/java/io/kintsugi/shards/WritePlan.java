package io.kintsugi.shards;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.cluster.Placement;
import io.kintsugi.cluster.Quorum;
import io.kintsugi.drives.ShardName;

/** What is decided before the first byte of a blob is written. */
record WritePlan(BlobId blob, BlobOrigin origin, Placement placement, int stripeBytes, BlobNote note) {
    static WritePlan of(BlobId blob, BlobOrigin origin, Placement placement, BlobNote note) {
        return new WritePlan(
                blob, origin, placement, BlobLayout.stripeBytes(placement.code().dataShards()), note);
    }

    /** The same with stripes that take less memory. */
    WritePlan inSmallStripes() {
        return new WritePlan(blob, origin, placement, BlobLayout.smallStripeBytes(code().dataShards()), note);
    }

    /** The plan that a blob was written by, to write some of its shards again. */
    static WritePlan of(BlobRef blob, BlobOrigin origin, byte[] note) {
        Placement placement =
                new Placement(blob.code(), blob.placement(), blob.code().totalShards());
        return new WritePlan(blob.id(), origin, placement, blob.stripeSize(), BlobNote.of(note));
    }

    ErasureCode code() {
        return placement.code();
    }

    int shards() {
        return placement.code().totalShards();
    }

    DriveId drive(int index) {
        return placement.drives().get(index);
    }

    ShardName name(int index) {
        return new ShardName(blob, index);
    }

    ShardHeader header(int index) {
        return new ShardHeader(name(index), code(), stripeBytes, origin);
    }

    Quorum quorum() {
        return new Quorum(shards(), placement.writeQuorum());
    }

    BlobLayout layout(long size) {
        return new BlobLayout(size, code().dataShards(), stripeBytes);
    }

    BlobRef ref(BlobRef.Form form, long size) {
        return new BlobRef(blob, form, size, code(), stripeBytes, placement.drives());
    }

    /** The shape of a packed blob's only stripe, with room for header and footer. */
    StripeImage.Shape packedShape(int plainBytes) {
        StripeImage.Shape bare = StripeImage.Shape.ofChunk(BlobLayout.chunkBytes(plainBytes, code().dataShards()));
        return new StripeImage.Shape(
                ShardHeader.packedBytes(origin),
                note.packedBytes() + ShardFooter.FIXED_BYTES,
                bare.chunkBytes(),
                bare.span());
    }
}
