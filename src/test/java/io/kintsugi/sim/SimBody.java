package io.kintsugi.sim;

import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.Pieces;
import io.kintsugi.base.StoreException;
import io.kintsugi.objects.UploadBody;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A body as a client sends it: in pieces, perhaps with a rest in the middle, perhaps not to its end.
 *
 * @param announced whether its length is told before
 * @param atEnd what happens when its last byte was read
 */
record SimBody(ByteBuffer bytes, boolean announced, Optional<Duration> rest, boolean breaksOff, Runnable atEnd)
        implements UploadBody {
    private static final int PIECE = 9001;

    @Override
    public OptionalLong length() {
        return announced ? OptionalLong.of(bytes.capacity()) : OptionalLong.empty();
    }

    @Override
    public Optional<byte[]> contentMd5() {
        return Optional.empty();
    }

    @Override
    public Optional<ChecksumAlgorithm> checksumAlgorithm() {
        return Optional.empty();
    }

    @Override
    public Optional<byte[]> claimedChecksum() {
        return Optional.empty();
    }

    @Override
    public int read(ByteBuffer target) {
        int middle = bytes.capacity() / 2;
        boolean half = bytes.position() >= middle;
        if (breaksOff && half) {
            throw new StoreException.ClientGone("the client hung up");
        }
        int count = Pieces.next(bytes, target, PIECE);
        if (!half && bytes.position() >= middle) {
            rest.ifPresent(SimHost::pause);
        }
        if (count > 0 && !bytes.hasRemaining()) {
            atEnd.run();
        }
        return count;
    }
}
