package io.kintsugi.cluster;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.StoreException.Unavailable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * Where a new blob goes: a pure function of its id and of the drives' states. Drives are ranked by weighted rendezvous
 * hashing (Thaler and Ravishankar 1998; weights by the logarithmic method of Schindelhauer and Schomaker 2005), so each
 * gets blobs in proportion to its free space, and a pool that grows or shrinks changes nothing of what was placed
 * before. Live drives come before those that are away; the latter are mended when they return.
 */
final class PlacementPolicy {
    private static final int WEIGHT_SHIFT = 30;
    private static final int MAX_WEIGHT_CLASS = 30;
    private static final double UNIT = 0x1.0p-53;

    private PlacementPolicy() {}

    /**
     * A drive as placement sees it.
     *
     * @param writable whether it takes new shards now
     * @param reachable whether it answers at all
     * @param weightClass see {@link #weightClass}
     */
    record Candidate(DriveId id, boolean writable, boolean reachable, int weightClass) {}

    /** Free space in powers of two from 1 GiB on: small changes of free space do not move anything. */
    static int weightClass(long freeBytes) {
        long gib = freeBytes >> WEIGHT_SHIFT;
        return gib <= 0 ? 0 : Math.min(MAX_WEIGHT_CLASS, Long.SIZE - Long.numberOfLeadingZeros(gib));
    }

    /**
     * @param code the pool's code when all drives are there
     * @throws Unavailable when more drives are away than the code can lose
     */
    static Placement place(BlobId blob, List<Candidate> pool, ErasureCode code) {
        int writable = count(pool);
        int live = Math.min(writable, code.totalShards());
        if (live < code.totalShards() - code.parityShards()) {
            throw refusal(pool, code, writable);
        }
        ErasureCode chosen = ErasureCodes.degraded(code, live);
        List<DriveId> drives = ranked(blob, pool, chosen.totalShards());
        return new Placement(chosen, drives, ErasureCodes.writeQuorum(chosen, live));
    }

    /** The drives of a pool, and the code of new blobs there. */
    record Pool(List<Candidate> drives, ErasureCode code) {}

    /**
     * The same for a store of several pools, of which each gets blobs in proportion to its free space; one that takes
     * no writes is the last choice.
     *
     * @param pools in their order, which is part of what decides
     */
    static Placement place(BlobId blob, List<Pool> pools) {
        Pool best = pools.getFirst();
        double bestScore = -1;
        for (int i = 0; i < pools.size(); i++) {
            double score = score(blob, pools.get(i), i);
            if (score > bestScore) {
                best = pools.get(i);
                bestScore = score;
            }
        }
        return place(blob, best.drives(), best.code());
    }

    private static double score(BlobId blob, Pool pool, int index) {
        if (!canPlace(pool.drives(), pool.code())) {
            return 0;
        }
        int weightClass =
                pool.drives().stream().mapToInt(Candidate::weightClass).max().orElse(0);
        long hash = mix(mix(blob.value().low() + index) ^ blob.value().high());
        return weighted(hash, weightClass) * pool.drives().size();
    }

    /**
     * The placement of a blob without the drives that are leaving, as far as the pool has others: those that take
     * shards and have none of the blob, the best for it first. Shards on other drives stay where they are.
     */
    static List<DriveId> elsewhere(BlobRef blob, Set<DriveId> leaving, List<Candidate> pool) {
        List<Candidate> free = pool.stream()
                .filter(drive -> drive.writable()
                        && !leaving.contains(drive.id())
                        && !blob.placement().contains(drive.id()))
                .toList();
        Iterator<DriveId> next = ranked(blob.id(), free, free.size()).iterator();
        return blob.placement().stream()
                .map(drive -> leaving.contains(drive) && next.hasNext() ? next.next() : drive)
                .toList();
    }

    /** Whether {@link #place} would find enough drives. */
    private static boolean canPlace(List<Candidate> pool, ErasureCode code) {
        return count(pool) >= code.dataShards();
    }

    private static int count(List<Candidate> pool) {
        int writable = 0;
        for (Candidate drive : pool) {
            writable += drive.writable() ? 1 : 0;
        }
        return writable;
    }

    private static Unavailable refusal(List<Candidate> pool, ErasureCode code, int writable) {
        long reachable = pool.stream().filter(Candidate::reachable).count();
        String needed = code.dataShards() + " of " + pool.size() + " drives are needed to write with code " + code;
        return reachable >= code.dataShards()
                ? new Unavailable(
                        Unavailable.Kind.FULL,
                        "Too little space: " + writable + " drives take writes, " + needed
                                + ": free some space or add drives")
                : new Unavailable(
                        Unavailable.Kind.QUORUM,
                        "Too few drives: " + writable + " are there, " + needed + ": bring drives back");
    }

    private static List<DriveId> ranked(BlobId blob, List<Candidate> pool, int count) {
        List<Ranked> all = new ArrayList<>(pool.size());
        for (Candidate drive : pool) {
            all.add(new Ranked(drive, score(blob, drive)));
        }
        all.sort(Ranked.ORDER);
        List<DriveId> drives = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            drives.add(all.get(i).drive().id());
        }
        return drives;
    }

    /** The rendezvous score: the higher, the better. */
    private static double score(BlobId blob, Candidate drive) {
        return weighted(hash(blob, drive.id()), drive.weightClass());
    }

    /** The score of a weight for a uniformly spread hash; also ranks pools. */
    private static double weighted(long hash, int weightClass) {
        double uniform = ((hash >>> 11) + 0.5) * UNIT;
        return (double) (1L << weightClass) / -Math.log(uniform);
    }

    private static long hash(BlobId blob, DriveId drive) {
        long hash = mix(blob.value().high() ^ drive.value().low());
        return mix(mix(hash ^ blob.value().low()) ^ drive.value().high());
    }

    /** The finaliser of SplitMix64 (Steele, Lea and Flood 2014). */
    static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }

    private record Ranked(Candidate drive, double score) {
        static final Comparator<Ranked> ORDER = Comparator.comparing(
                        (Ranked r) -> !r.drive().writable())
                .thenComparing(Comparator.comparingDouble(Ranked::score).reversed())
                .thenComparing(r -> r.drive().id());
    }
}
