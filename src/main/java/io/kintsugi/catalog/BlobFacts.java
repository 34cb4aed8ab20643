package io.kintsugi.catalog;

import io.kintsugi.base.Checksum;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.ETag;
import io.kintsugi.base.ObjectMetadata;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * What the catalog says about a blob and its shards do not say by themselves: kept with each shard, so that a catalog
 * that was lost can be made again. The table is in {@code docs/DISK-FORMAT.md}.
 *
 * @param when the version's or part's last modification
 * @param metadata of the object; none for parts, whose object's is in the manifest
 * @param etag empty when the blob is small: then it is the MD5 of its bytes
 * @param checksum known together with {@code etag}
 * @param algorithm of the checksum to be computed from the bytes, when {@code etag} is empty
 */
public record BlobFacts(
        Instant when,
        ObjectMetadata metadata,
        Optional<ETag> etag,
        Optional<Checksum> checksum,
        Optional<ChecksumAlgorithm> algorithm) {
    static final int FORMAT = 1;
    private static final String WHAT = "what is kept with a shard";
    private static final int METADATA = 1;
    private static final int DIGESTS = 2;
    private static final int ALGORITHM = 4;

    /** The length does not depend on {@code when}. */
    public byte[] encode() {
        RowWriter to = new RowWriter(FORMAT).i64(when.getEpochSecond()).i64(when.getNano());
        boolean says = !metadata.equals(ObjectMetadata.NONE);
        to.u8((says ? METADATA : 0) | (etag.isPresent() ? DIGESTS : 0) | (algorithm.isPresent() ? ALGORITHM : 0));
        if (says) {
            Nouns.writeMetadata(to, metadata);
        }
        if (etag.isPresent()) {
            to.text(etag.get().value());
            Nouns.writeChecksum(to, checksum);
        }
        algorithm.ifPresent(a -> Nouns.writeAlgorithm(to, a));
        return to.finish();
    }

    /** @throws RowException when these bytes are damaged, or of a later release */
    public static BlobFacts decode(byte[] note) {
        RowReader from = new RowReader(note, FORMAT, WHAT);
        Instant when = instant(from);
        int flags = from.u8();
        ObjectMetadata metadata = (flags & METADATA) != 0 ? Nouns.readMetadata(from) : ObjectMetadata.NONE;
        boolean digests = (flags & DIGESTS) != 0;
        Optional<ETag> etag = digests ? Optional.of(new ETag(from.text())) : Optional.empty();
        Optional<Checksum> checksum = digests ? Nouns.readChecksum(from) : Optional.empty();
        Optional<ChecksumAlgorithm> algorithm =
                (flags & ALGORITHM) != 0 ? Optional.of(Nouns.readAlgorithm(from)) : Optional.empty();
        from.end();
        return new BlobFacts(when, metadata, etag, checksum, algorithm);
    }

    private static Instant instant(RowReader from) {
        try {
            return Instant.ofEpochSecond(from.i64(), from.i64());
        } catch (DateTimeException | ArithmeticException e) {
            throw from.corrupt();
        }
    }
}
