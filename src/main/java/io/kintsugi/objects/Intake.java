package io.kintsugi.objects;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ByteSource;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.StoreException.Invalid.Kind;
import io.kintsugi.shards.BlobStore;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Takes a body in: small ones into memory, to ride in the commit; others onto the drives, stripe by stripe. Digests are
 * computed in the same pass, and agree with what the client claimed when this returns.
 */
final class Intake {
    private final BlobStore blobs;
    private final Clock clock;
    private final Entropy entropy;
    private final int inlineLimit;
    private final Optional<ChecksumAlgorithm> defaultChecksum;

    Intake(BlobStore blobs, Clock clock, Entropy entropy, ObjectSettings settings) {
        this.blobs = blobs;
        this.clock = clock;
        this.entropy = entropy;
        this.inlineLimit = settings.limits().inline();
        this.defaultChecksum = settings.defaultChecksum();
    }

    /** A guard for what {@link #store} writes. */
    Undo guard() {
        return new Undo(blobs);
    }

    /**
     * @param checksum the algorithm when the body names none; empty for the default
     * @param limit the most bytes that the body may have
     * @param undo hears of the blob as soon as there is one
     */
    Stored store(BlobOrigin origin, UploadBody body, Optional<ChecksumAlgorithm> checksum, long limit, Undo undo) {
        Digests digests =
                new Digests(body.checksumAlgorithm().or(() -> checksum).or(() -> defaultChecksum));
        OptionalLong length = body.length();
        ByteSource source = new MeasuredSource(body, length, limit);
        if (length.isPresent() && length.getAsLong() > inlineLimit) {
            return written(blobs.write(origin, length, source, digests), body, digests, undo);
        }
        byte[] head = new byte[length.isPresent() ? (int) length.getAsLong() : inlineLimit + 1];
        int count = source.readFully(ByteBuffer.wrap(head));
        if (count <= inlineLimit) {
            return inline(count == head.length ? head : Arrays.copyOf(head, count), source, body, digests);
        }
        ByteSource whole = new PrefixedSource(ByteBuffer.wrap(head), source);
        return written(blobs.write(origin, length, whole, digests), body, digests, undo);
    }

    private Stored inline(byte[] bytes, ByteSource source, UploadBody body, Digests digests) {
        // what comes behind the last byte is checked here: more bytes, trailers, a signature
        source.read(ByteBuffer.allocate(1));
        digests.accept(ByteBuffer.wrap(bytes));
        BlobRef blob = BlobRef.inline(BlobId.next(clock, entropy), bytes.length);
        return new Stored(blob, Optional.of(bytes), verified(body, digests.finish()));
    }

    private static Stored written(BlobRef blob, UploadBody body, Digests digests, Undo undo) {
        undo.wrote(blob);
        return new Stored(blob, Optional.empty(), verified(body, digests.finish()));
    }

    private static Digests.Sums verified(UploadBody body, Digests.Sums sums) {
        Optional<byte[]> md5 = body.contentMd5();
        if (md5.isPresent() && !MessageDigest.isEqual(md5.get(), sums.md5())) {
            throw Refusal.invalid(Kind.BAD_DIGEST, "The Content-MD5 you specified did not match what we received");
        }
        Optional<byte[]> claimed = body.claimedChecksum();
        if (claimed.isPresent()) {
            ChecksumAlgorithm algorithm = body.checksumAlgorithm()
                    .orElseThrow(() -> Refusal.request("A checksum was sent without naming its algorithm"));
            byte[] computed = sums.checksum().orElseThrow().value();
            if (!MessageDigest.isEqual(claimed.get(), computed)) {
                throw Refusal.invalid(
                        Kind.BAD_DIGEST,
                        "The " + algorithm.wireName() + " you specified did not match the calculated checksum");
            }
        }
        return sums;
    }
}
