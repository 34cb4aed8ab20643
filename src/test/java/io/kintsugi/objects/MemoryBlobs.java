package io.kintsugi.objects;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ByteRange;
import io.kintsugi.base.ByteSink;
import io.kintsugi.base.ByteSource;
import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.shards.BlobStore;
import io.kintsugi.shards.HealResult;
import io.kintsugi.shards.StripeTap;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/** Blobs in memory, in pieces of 64 KiB. */
final class MemoryBlobs implements BlobStore {
    private static final int PIECE = 64 * 1024;
    private static final List<DriveId> DRIVE = List.of(new DriveId(new Id128(1, 1)));

    final Map<BlobId, byte[]> bytes = new ConcurrentHashMap<>();
    private final Clock clock;

    MemoryBlobs(Clock clock) {
        this.clock = clock;
    }

    @Override
    public BlobRef write(BlobOrigin origin, OptionalLong length, ByteSource source, StripeTap tap) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer piece = ByteBuffer.allocate(PIECE);
        while (source.readFully(piece.clear()) > 0) {
            tap.accept(piece.flip());
            all.write(piece.array(), 0, piece.limit());
        }
        BlobId id = BlobId.next(clock, Entropy.FAST);
        bytes.put(id, all.toByteArray());
        return new BlobRef(id, BlobRef.Form.FILES, all.size(), new ErasureCode(1, 0), PIECE, DRIVE);
    }

    @Override
    public void read(BlobRef blob, ByteRange range, ByteSink sink) {
        byte[] all = bytes.get(blob.id());
        for (long at = range.offset(); at < range.end(); at += PIECE) {
            sink.write(ByteBuffer.wrap(all, (int) at, (int) Math.min(PIECE, range.end() - at)), () -> {});
        }
    }

    @Override
    public void discard(BlobRef blob) {
        bytes.remove(blob.id());
    }

    @Override
    public HealResult heal(BlobRef blob, BlobOrigin origin) {
        return new HealResult(0, 0, 0, true);
    }
}
