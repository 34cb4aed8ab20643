package io.kintsugi.shards;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ByteRange;
import io.kintsugi.base.ByteSource;
import java.nio.ByteBuffer;

/** The bytes of a blob, pulled stripe by stripe, to be written anew. One thread. */
final class BlobSource implements ByteSource {
    private final BlobContext context;
    private final BlobRef blob;
    private ByteSource stripe = ByteSource.of(ByteBuffer.allocate(0));
    private long next;

    BlobSource(BlobContext context, BlobRef blob) {
        this.context = context;
        this.blob = blob;
    }

    /** @throws io.kintsugi.base.StoreException.Unavailable when a stripe can't be restored */
    @Override
    public int read(ByteBuffer target) {
        int count = stripe.read(target);
        if (count >= 0 || next == blob.size()) {
            return count;
        }
        load();
        return stripe.read(target);
    }

    private void load() {
        int length = (int) Math.min(blob.stripeSize(), blob.size() - next);
        ByteBuffer bytes = ByteBuffer.allocate(length);
        new BlobRead(context, blob, new ByteRange(next, length), BlobShards.Reader.UPKEEP).to((piece, release) -> {
            try {
                bytes.put(piece);
            } finally {
                release.run();
            }
        });
        stripe = ByteSource.of(bytes.flip());
        next += length;
    }
}
