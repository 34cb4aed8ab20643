package io.kintsugi.objects;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ByteRange;
import io.kintsugi.base.ByteSink;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.shards.BlobStore;
import java.nio.ByteBuffer;
import java.util.List;

/** The pieces of a version that a range touches, in order. */
final class VersionRead implements ObjectRead {
    private static final Runnable NOTHING = () -> {};

    private final ObjectVersion version;
    private final Selection selection;
    private final List<Piece> pieces;
    private final BlobStore blobs;
    private final ReadPins pins;

    VersionRead(ObjectVersion version, Selection selection, List<Piece> pieces, BlobStore blobs, ReadPins pins) {
        this.version = version;
        this.selection = selection;
        this.pieces = pieces;
        this.blobs = blobs;
        this.pins = pins;
    }

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
        return version.parts().size() <= 1
                ? this
                : new VersionRead(version.with(List.of()), selection, pieces, blobs, pins);
    }

    @Override
    public void sendTo(ByteSink sink) {
        List<BlobId> onDrives = onDrives();
        pins.pin(onDrives);
        try {
            for (Piece piece : pieces) {
                send(piece, sink);
            }
        } finally {
            pins.unpin(onDrives);
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
            case OnDrives(BlobRef blob, ByteRange range) -> blobs.read(blob, range, sink);
        }
    }
}
