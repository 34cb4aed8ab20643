package io.kintsugi.objects;

import io.kintsugi.base.Clock;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.catalog.BlobFacts;
import io.kintsugi.shards.BlobNote;
import java.time.Instant;
import java.util.Optional;

/**
 * What is kept with a blob that is taken in, beside its bytes: enough to make its row of the catalog again. The date is
 * that of the moment at which its bytes have arrived, and becomes that of the row. One thread.
 */
final class IntakeNote implements BlobNote {
    private final ObjectMetadata metadata;
    private final Digests digests;
    private final Clock clock;
    private Optional<Instant> when = Optional.empty();

    IntakeNote(ObjectMetadata metadata, Digests digests, Clock clock) {
        this.metadata = metadata;
        this.digests = digests;
        this.clock = clock;
    }

    /** When the bytes had arrived: now, unless it was asked for before. */
    Instant when() {
        Instant known = when.orElseGet(clock::now);
        when = Optional.of(known);
        return known;
    }

    @Override
    public int packedBytes() {
        return undigested(Instant.EPOCH).length;
    }

    @Override
    public byte[] packed() {
        return undigested(when());
    }

    private byte[] undigested(Instant at) {
        return new BlobFacts(at, metadata, Optional.empty(), Optional.empty(), digests.algorithm()).encode();
    }

    @Override
    public byte[] files() {
        Digests.Sums sums = digests.finish();
        return new BlobFacts(when(), metadata, Optional.of(sums.etag()), sums.checksum(), Optional.empty()).encode();
    }
}
