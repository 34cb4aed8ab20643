package io.kintsugi.objects;

import io.kintsugi.base.ChecksumAlgorithm;
import java.time.Duration;
import java.util.Optional;

/**
 * Everything about the use cases that may be set.
 *
 * @param defaultChecksum what is computed and stored when a client names no checksum. AWS does CRC64NVME since 2024; so
 *     do we, since with a kernel it adds a twentieth to the MD5 that every object needs for its tag, and lets every
 *     object be verified end to end later. Empty switches it off
 */
public record ObjectSettings(Limits limits, Optional<ChecksumAlgorithm> defaultChecksum, Upkeep upkeep) {
    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final long TIB = 1L << 40;

    public static final ObjectSettings DEFAULTS =
            new ObjectSettings(Limits.DEFAULTS, Optional.of(ChecksumAlgorithm.CRC64NVME), Upkeep.DEFAULTS);

    /**
     * Sizes in bytes.
     *
     * @param inline up to this size an object's bytes ride in the catalog commit. Less than {@code minPart}, so that
     *     only the last part of an object can be inline
     * @param userMetadata names and values of user metadata together, in UTF-8
     * @param put one PUT
     * @param object an object of parts
     * @param copySource of CopyObject
     * @param minPart every part of an object but the last
     * @param maxPart one part
     * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html">S3 multipart upload limits</a>
     */
    public record Limits(
            int inline, int userMetadata, long put, long object, long copySource, long minPart, long maxPart) {
        public static final Limits DEFAULTS =
                new Limits((int) (16 * KIB), (int) (2 * KIB), 5 * GIB, 5 * TIB, 5 * GIB, 5 * MIB, 5 * GIB);

        public Limits {
            if (inline < 0 || inline >= minPart) {
                throw new IllegalArgumentException("the inline limit (" + inline
                        + " bytes) must be less than the least size of a part (" + minPart + "): lower it");
            }
        }

        /** Lifts the greatest size of an object, however it is uploaded. A part stays at most what it is. */
        public Limits withMaxObject(long bytes) {
            long inOneGo = Math.max(put, bytes);
            return new Limits(inline, userMetadata, inOneGo, Math.max(object, bytes), copySource, minPart, maxPart);
        }
    }

    /**
     * The background work.
     *
     * @param reclaimGrace how long a blob stays on the drives after nothing refers to it any more. Reads under way in
     *     this process keep theirs however long they take; the grace is for the moment between finding a version and
     *     opening its blobs
     * @param reclaimInterval between looks at the reclaim queue when it was empty
     * @param orphanAge shards of younger blobs are not judged: they may belong to a write under way
     * @param orphanConfirmation an orphan must be one for this long, seen twice, before it is removed
     * @param sweepInterval between sweeps
     * @param sweepPause between pages of a sweep
     * @param backgroundShare the most of the time that all background work together may have while clients are served,
     *     1 to 100 percent
     * @param healAfter how long a drive may be away before what it had is rebuilt on others; empty for ever
     * @param scrubPeriod in which every blob is verified once; empty for never
     * @param unevenBytes by which a drive may be off its share before shards move for it, beside a tenth of the share
     */
    public record Upkeep(
            Duration reclaimGrace,
            Duration reclaimInterval,
            Duration orphanAge,
            Duration orphanConfirmation,
            Duration sweepInterval,
            Duration sweepPause,
            int backgroundShare,
            Optional<Duration> healAfter,
            Optional<Duration> scrubPeriod,
            long unevenBytes) {
        private static final long UNEVEN_BYTES = 8 * MIB;

        public static final Upkeep DEFAULTS = new Upkeep(
                Duration.ofSeconds(60),
                Duration.ofSeconds(5),
                Duration.ofHours(24),
                Duration.ofMinutes(10),
                Duration.ofHours(1),
                Duration.ofMillis(50),
                25,
                Optional.of(Duration.ofMinutes(30)),
                Optional.of(Duration.ofDays(30)),
                UNEVEN_BYTES);

        /** No drive is ever given up, and nothing is scrubbed. */
        public Upkeep(
                Duration reclaimGrace,
                Duration reclaimInterval,
                Duration orphanAge,
                Duration orphanConfirmation,
                Duration sweepInterval,
                Duration sweepPause,
                int backgroundShare) {
            this(
                    reclaimGrace,
                    reclaimInterval,
                    orphanAge,
                    orphanConfirmation,
                    sweepInterval,
                    sweepPause,
                    backgroundShare,
                    Optional.empty(),
                    Optional.empty(),
                    UNEVEN_BYTES);
        }

        public Upkeep with(int percent, Optional<Duration> rebuiltAfter, Optional<Duration> scrubbedIn) {
            return new Upkeep(
                    reclaimGrace,
                    reclaimInterval,
                    orphanAge,
                    orphanConfirmation,
                    sweepInterval,
                    sweepPause,
                    percent,
                    rebuiltAfter,
                    scrubbedIn,
                    unevenBytes);
        }

        public Upkeep {
            if (backgroundShare < 1 || backgroundShare > 100) {
                throw new IllegalArgumentException(
                        "background work has 1 to 100 percent of the time, not " + backgroundShare);
            }
        }
    }
}
