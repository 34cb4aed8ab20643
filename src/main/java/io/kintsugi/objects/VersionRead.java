package io.kintsugi.objects;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ByteRange;
import io.kintsugi.base.ByteSink;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.shards.BlobStore;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** The pieces of a version that a range touches, in order. */
final class VersionRead implements ObjectRead {
    private static final Runnable NOTHING = () -> {};

    private final ObjectVersion version;
    private final Selection selection;
    private final List<Piece> pieces;
    private final Hands hands;

    VersionRead(ObjectVersion version, Selection selection, List<Piece> pieces, Hands hands) {
        this.version = version;
        this.selection = selection;
        this.pieces = pieces;
        this.hands = hands;
    }

    /**
     * What reads are done with.
     *
     * @param lost hears which blobs could not be read
     */
    record Hands(BlobStore blobs, ReadPins pins, LostBlobs lost) {}

    /** What of one part the range touches; never empty. */
    sealed interface Piece {}

    @SuppressWarnings("ArrayRecordComponent")
    record Inline(byte[] bytes, ByteRange range) implements Piece {}

    record OnDrives(BlobRef blob, ByteRange range) implements Piece {}

    @Override
    public ObjectVersion version() {
        return version;
    }

    @Override
    public ByteRange range() {
        return selection.range();
    }

    @Override
    public boolean partial() {
        return selection.partial();
    }

    @Override
    public boolean isInMemory() {
        return pieces.isEmpty() || pieces.size() == 1 && pieces.getFirst() instanceof Inline;
    }

    @Override
    public int pieces() {
        return pieces.size();
    }

    @Override
    public ObjectRead withoutParts() {
        return version.parts().size() <= 1 ? this : new VersionRead(version.with(List.of()), selection, pieces, hands);
    }

    @Override
    public void sendTo(ByteSink sink) {
        List<BlobId> onDrives = onDrives();
        hands.pins().pin(onDrives);
        try {
            for (Piece piece : pieces) {
                send(piece, sink);
            }
        } finally {
            hands.pins().unpin(onDrives);
        }
    }

    private List<BlobId> onDrives() {
        return pieces.stream()
                .filter(OnDrives.class::isInstance)
                .map(piece -> ((OnDrives) piece).blob().id())
                .toList();
    }

    private void send(Piece piece, ByteSink sink) {
        switch (piece) {
            case Inline(byte[] bytes, ByteRange range) ->
                sink.write(ByteBuffer.wrap(bytes, (int) range.offset(), (int) range.length()), NOTHING);
            case OnDrives(BlobRef blob, ByteRange range) -> read(blob, range, sink);
        }
    }

    private void read(BlobRef blob, ByteRange range, ByteSink sink) {
        try {
            hands.blobs().read(blob, range, sink);
        } catch (Unavailable e) {
            if (e.kind() == Unavailable.Kind.QUORUM) {
                BlobOrigin origin = new BlobOrigin(version.bucket(), version.key(), version.id(), Optional.empty());
                hands.lost().suspect(blob.id(), origin);
            }
            throw e;
        }
    }
}
