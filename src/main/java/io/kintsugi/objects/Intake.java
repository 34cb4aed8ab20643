package io.kintsugi.objects;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ByteSource;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException.Invalid.Kind;
import io.kintsugi.base.UploadId;
import io.kintsugi.catalog.BlobFacts;
import io.kintsugi.catalog.Manifest;
import io.kintsugi.shards.BlobNote;
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
     * What a body is taken in for.
     *
     * @param metadata of the object; {@link ObjectMetadata#NONE} for a part
     * @param checksum the algorithm when the body names none; empty for the default
     * @param limit the most bytes that the body may have
     */
    record Order(BlobOrigin origin, ObjectMetadata metadata, Optional<ChecksumAlgorithm> checksum, long limit) {}

    /** A body on its way. */
    private record Arriving(Order order, UploadBody body, Digests digests, IntakeNote note, Undo undo) {}

    /** @param undo hears of the blob as soon as there is one */
    Stored store(Order order, UploadBody body, Undo undo) {
        Digests digests =
                new Digests(body.checksumAlgorithm().or(order::checksum).or(() -> defaultChecksum));
        IntakeNote note = new IntakeNote(order.metadata(), digests, clock);
        Arriving arriving = new Arriving(order, body, digests, note, undo);
        OptionalLong length = body.length();
        ByteSource source = new MeasuredSource(body, length, order.limit());
        if (length.isPresent() && length.getAsLong() > inlineLimit) {
            return written(arriving, source);
        }
        byte[] head = new byte[length.isPresent() ? (int) length.getAsLong() : inlineLimit + 1];
        int count = source.readFully(ByteBuffer.wrap(head));
        if (count <= inlineLimit) {
            return inline(arriving, count == head.length ? head : Arrays.copyOf(head, count), source);
        }
        return written(arriving, new PrefixedSource(ByteBuffer.wrap(head), source));
    }

    private Stored inline(Arriving arriving, byte[] bytes, ByteSource source) {
        // what comes behind the last byte is checked here: more bytes, trailers, a signature
        source.read(ByteBuffer.allocate(1));
        arriving.digests().accept(ByteBuffer.wrap(bytes));
        BlobRef blob = BlobRef.inline(BlobId.next(clock, entropy), bytes.length);
        return stored(arriving, blob, Optional.of(bytes));
    }

    private Stored written(Arriving arriving, ByteSource source) {
        Order order = arriving.order();
        OptionalLong length = arriving.body().length();
        BlobRef blob = blobs.write(order.origin(), arriving.note(), length, source, arriving.digests());
        arriving.undo().wrote(blob);
        return stored(arriving, blob, Optional.empty());
    }

    private static Stored stored(Arriving arriving, BlobRef blob, Optional<byte[]> inline) {
        Digests.Sums sums = verified(arriving.body(), arriving.digests().finish());
        return new Stored(blob, inline, sums, arriving.note().when());
    }

    /** Writes a version's {@link Manifest}, if anything could be made of it. */
    Optional<BlobRef> manifest(ObjectVersion version, UploadId upload, Undo undo) {
        if (!Manifest.isWanted(version)) {
            return Optional.empty();
        }
        byte[] content = Manifest.encode(version, upload);
        BlobFacts facts = new BlobFacts(
                version.lastModified(), ObjectMetadata.NONE, Optional.empty(), Optional.empty(), Optional.empty());
        BlobRef blob = blobs.write(
                Manifest.origin(version, upload),
                BlobNote.of(facts.encode()),
                OptionalLong.of(content.length),
                ByteSource.of(ByteBuffer.wrap(content)),
                seen -> {});
        undo.wrote(blob);
        return Optional.of(blob);
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
