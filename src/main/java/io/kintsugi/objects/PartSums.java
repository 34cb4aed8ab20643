package io.kintsugi.objects;

import io.kintsugi.base.Checksum;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.ChecksumType;
import io.kintsugi.base.ETag;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.Upload;
import io.kintsugi.codec.CrcCombine;
import io.kintsugi.codec.Digest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The tag and the checksum of an object, from those of its parts.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html">Checking
 *     object integrity: full object and composite checksums</a>
 */
final class PartSums {
    private static final HexFormat HEX = HexFormat.of();

    private PartSums() {}

    /** MD5 of the parts' MD5s, a hyphen and their number. */
    static ETag etag(List<ETag> parts) {
        Digest md5 = Digest.of(ChecksumAlgorithm.MD5);
        for (ETag tag : parts) {
            byte[] value = HEX.parseHex(tag.value());
            md5.update(value, 0, value.length);
        }
        return new ETag(HEX.formatHex(md5.finish()) + "-" + parts.size());
    }

    /** As it was agreed on; where nothing was, the full one that the parts' own add up to, if they do. */
    static Optional<Checksum> checksum(Optional<Upload.ChecksumPlan> plan, List<ObjectPart> parts) {
        Optional<ChecksumAlgorithm> common =
                plan.map(Upload.ChecksumPlan::algorithm).or(() -> algorithm(parts));
        if (common.isEmpty() || !parts.stream().allMatch(part -> has(part, common.get()))) {
            return Optional.empty();
        }
        ChecksumAlgorithm algorithm = common.get();
        return switch (plan.map(Upload.ChecksumPlan::type).orElse(ChecksumType.FULL_OBJECT)) {
            case COMPOSITE -> Optional.of(composite(algorithm, parts));
            case FULL_OBJECT ->
                algorithm.allows(ChecksumType.FULL_OBJECT) ? Optional.of(full(algorithm, parts)) : Optional.empty();
        };
    }

    private static Optional<ChecksumAlgorithm> algorithm(List<ObjectPart> parts) {
        return parts.getFirst().checksum().map(Checksum::algorithm);
    }

    private static boolean has(ObjectPart part, ChecksumAlgorithm algorithm) {
        return part.checksum().filter(sum -> sum.algorithm() == algorithm).isPresent();
    }

    private static Checksum composite(ChecksumAlgorithm algorithm, List<ObjectPart> parts) {
        Digest digest = Digest.of(algorithm);
        for (ObjectPart part : parts) {
            digest.update(part.checksum().orElseThrow().value(), 0, algorithm.length());
        }
        return new Checksum(algorithm, ChecksumType.COMPOSITE, digest.finish(), parts.size());
    }

    private static Checksum full(ChecksumAlgorithm algorithm, List<ObjectPart> parts) {
        byte[] value = parts.getFirst().checksum().orElseThrow().value();
        for (ObjectPart part : parts.subList(1, parts.size())) {
            value = CrcCombine.combine(
                    algorithm, value, part.checksum().orElseThrow().value(), part.size());
        }
        return Checksum.fullObject(algorithm, value);
    }
}
