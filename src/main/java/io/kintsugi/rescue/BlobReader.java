package io.kintsugi.rescue;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.ByteRange;
import io.kintsugi.base.Checksum;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ETag;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.catalog.BlobFacts;
import io.kintsugi.cluster.StoppedTopology;
import io.kintsugi.codec.Digest;
import io.kintsugi.codec.SlabPool;
import io.kintsugi.shards.BlobTimes;
import io.kintsugi.shards.DriveSurvey;
import io.kintsugi.shards.ErasureBlobStore;
import io.kintsugi.shards.HealResult;
import io.kintsugi.shards.ShardFacts;
import io.kintsugi.shards.ShardSurvey;
import io.kintsugi.shards.SurveyedShard;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Reads blobs of a store that is stopped. One thread. */
final class BlobReader {
    private static final Duration DEADLINE = Duration.ofMinutes(1);
    private static final long SLAB_BYTES = 64L << 20;

    private final StoppedTopology topology;
    private final ShardSurvey survey;
    private final ErasureBlobStore blobs;

    BlobReader(StoppedTopology topology) {
        this.topology = topology;
        this.survey = new DriveSurvey(topology, DEADLINE);
        this.blobs = new ErasureBlobStore(
                new ErasureBlobStore.Parts(
                        topology, new SlabPool(SLAB_BYTES), Clock.SYSTEM, Entropy.FAST, BlobTimes.DEFAULT),
                (blob, spare) -> {});
    }

    ShardSurvey survey() {
        return survey;
    }

    /** What the first shard says that can be read and trusted. */
    Optional<ShardFacts> facts(FoundBlob blob) {
        for (SurveyedShard shard : blob.shards()) {
            Optional<ShardFacts> facts = asked(() -> survey.facts(shard));
            if (facts.isPresent()) {
                return facts;
            }
        }
        return Optional.empty();
    }

    /** What its first header that can be read and trusted says that it was written for. */
    Optional<BlobOrigin> origin(FoundBlob blob) {
        return blob.shards().stream()
                .flatMap(shard -> asked(() -> survey.origin(shard)).stream())
                .findFirst();
    }

    /** A shard that can't be read is as one that is damaged: the next may tell. */
    private static <T> Optional<T> asked(Supplier<Optional<T>> question) {
        try {
            return question.get();
        } catch (Unavailable e) {
            if (e.kind() == Unavailable.Kind.STOPPING) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** Where each of the shards lies; empty for one that was not found. */
    static List<Optional<DriveId>> places(FoundBlob blob, ShardFacts facts) {
        List<Optional<DriveId>> places = new ArrayList<>();
        for (int i = 0; i < facts.code().totalShards(); i++) {
            int index = i;
            places.add(blob.shards().stream()
                    .filter(shard -> shard.index() == index)
                    .map(SurveyedShard::drive)
                    .findFirst());
        }
        return places;
    }

    /** The blob as the catalog would name it. A shard that is not there belongs on a drive that has none. */
    BlobRef ref(FoundBlob blob, ShardFacts facts) {
        List<Optional<DriveId>> places = places(blob, facts);
        DriveId any = blob.shards().getFirst().drive();
        List<DriveId> free = new ArrayList<>(topology.pool(any));
        places.forEach(place -> place.ifPresent(free::remove));
        List<DriveId> placement = new ArrayList<>();
        for (Optional<DriveId> place : places) {
            placement.add(place.orElseGet(() -> free.isEmpty() ? any : free.removeFirst()));
        }
        return new BlobRef(blob.id(), blob.form(), facts.size(), facts.code(), facts.stripeBytes(), placement);
    }

    /** The same facts with etag and checksum, which are computed from the bytes if need be. */
    BlobFacts digested(BlobRef blob, BlobFacts facts) {
        if (facts.etag().isPresent()) {
            return facts;
        }
        Digest md5 = Digest.of(ChecksumAlgorithm.MD5);
        Optional<Digest> sum = facts.algorithm()
                .filter(algorithm -> algorithm != ChecksumAlgorithm.MD5)
                .map(Digest::of);
        read(blob, bytes -> {
            md5.update(bytes.duplicate());
            sum.ifPresent(digest -> digest.update(bytes.duplicate()));
        });
        byte[] tag = md5.finish();
        Optional<Checksum> checksum = facts.algorithm()
                .map(algorithm ->
                        Checksum.fullObject(algorithm, sum.map(Digest::finish).orElse(tag)));
        return new BlobFacts(
                facts.when(),
                facts.metadata(),
                Optional.of(new ETag(HexFormat.of().formatHex(tag))),
                checksum,
                Optional.empty());
    }

    byte[] content(BlobRef blob) {
        ByteArrayOutputStream content = new ByteArrayOutputStream((int) blob.size());
        read(blob, bytes -> {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            content.writeBytes(copy);
        });
        return content.toByteArray();
    }

    private void read(BlobRef blob, Consumer<ByteBuffer> to) {
        blobs.read(blob, new ByteRange(0, blob.size()), (bytes, release) -> {
            try {
                to.accept(bytes);
            } finally {
                release.run();
            }
        });
    }

    HealResult verify(BlobRef blob) {
        return blobs.verify(blob);
    }
}
