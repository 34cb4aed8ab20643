package io.kintsugi.objects;

import io.kintsugi.base.Checksum;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.ETag;
import io.kintsugi.codec.Digest;
import io.kintsugi.shards.StripeTap;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;

/** The digests of one body, in one pass: MD5 for the tag, and at most one checksum. */
final class Digests implements StripeTap {
    private static final HexFormat HEX = HexFormat.of();

    private final Digest md5 = Digest.of(ChecksumAlgorithm.MD5);
    private final Optional<ChecksumAlgorithm> algorithm;
    private final Optional<Digest> checksum;
    private Optional<Sums> sums = Optional.empty();

    Digests(Optional<ChecksumAlgorithm> algorithm) {
        this.algorithm = algorithm;
        this.checksum = algorithm.filter(a -> a != ChecksumAlgorithm.MD5).map(Digest::of);
    }

    /** @param checksum of the algorithm that was asked for */
    @SuppressWarnings("ArrayRecordComponent")
    record Sums(byte[] md5, Optional<Checksum> checksum) {
        ETag etag() {
            return new ETag(HEX.formatHex(md5));
        }
    }

    @Override
    public void accept(ByteBuffer... pieces) {
        if (checksum.isPresent()) {
            checksum.get().updateAll(pieces);
        }
        md5.updateAll(pieces);
    }

    Optional<ChecksumAlgorithm> algorithm() {
        return algorithm;
    }

    /** The digests of all bytes; nothing more is accepted then. May be asked for again. */
    Sums finish() {
        Sums known = sums.orElseGet(this::compute);
        sums = Optional.of(known);
        return known;
    }

    private Sums compute() {
        byte[] tag = md5.finish();
        return new Sums(
                tag,
                algorithm.map(
                        a -> Checksum.fullObject(a, checksum.map(Digest::finish).orElse(tag))));
    }
}
