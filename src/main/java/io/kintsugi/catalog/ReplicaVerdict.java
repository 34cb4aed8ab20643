package io.kintsugi.catalog;

import java.util.List;

/**
 * Which replicas a start would take, by the rules of {@code docs/DISK-FORMAT.md}.
 *
 * @param floor the newest epoch that any drive has recorded; a replica below it is stale
 * @param good those of the newest epoch, if that is not below the floor
 * @param newestEpoch the greatest epoch that anything speaks of: a new one must be greater
 * @param newestSequence of all replicas
 * @param newestOrder the next number of the replica that has given out most
 */
public record ReplicaVerdict(
        long floor, List<ReplicaSource> good, long newestEpoch, long newestSequence, long newestOrder) {
    private static final int FEWEST = 3;

    /**
     * How many replicas there are to be: as many drives may be lost as the code allows, and three let a reader choose.
     *
     * @param homes drives that may have one: those that are not being drained
     * @param parity of the default code
     */
    public static int wanted(int homes, int parity) {
        return Math.min(homes, Math.max(FEWEST, parity + 1));
    }

    public static ReplicaVerdict of(List<ReplicaSource> sources) {
        long floor =
                sources.stream().mapToLong(ReplicaSource::identityEpoch).max().orElse(0);
        long top = sources.stream().mapToLong(ReplicaSource::epoch).max().orElse(0);
        List<ReplicaSource> good = sources.stream()
                .filter(source -> source.state().isPresent() && source.epoch() == top && top >= floor)
                .toList();
        long announced =
                sources.stream().mapToLong(ReplicaSource::announced).max().orElse(0);
        return new ReplicaVerdict(
                floor,
                good,
                Math.max(Math.max(top, floor), announced),
                sources.stream().mapToLong(ReplicaSource::sequence).max().orElse(0),
                sources.stream()
                        .flatMap(source -> source.state().stream())
                        .mapToLong(ReplicaSource.State::nextOrder)
                        .max()
                        .orElse(0));
    }
}
