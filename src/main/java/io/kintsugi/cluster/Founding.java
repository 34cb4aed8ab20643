package io.kintsugi.cluster;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.drives.DriveIdentity;
import io.kintsugi.drives.DriveInspection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Decides at start which deployment the named folders are: the one that most of our drives among them belong to, or a
 * new one when all are empty. A pure function of what was found, but for the new names.
 */
final class Founding {
    private final Asked asked;
    private final List<List<DriveInspection>> pools;
    private final CodeWish code;
    private final Supplier<Id128> names;

    /**
     * @param pools what was found in each folder of each pool
     * @param mounts folders that are file systems of their own
     * @param code the operator's choice for new blobs
     */
    record Asked(List<List<DriveInspection>> pools, Set<Path> mounts, CodeWish code, DrainRequest drain) {}

    private Founding(Asked asked, Supplier<Id128> names) {
        this.asked = asked;
        this.pools = asked.pools();
        this.code = asked.code();
        this.names = names;
    }

    /** @throws TopologyException when the folders cannot be a store */
    static Deployment decide(Asked asked, Supplier<Id128> names) {
        return new Founding(asked, names).decide();
    }

    private Deployment decide() {
        Optional<Id128> known = majority();
        if (known.isEmpty()) {
            requireNew(pools.stream().flatMap(List::stream).toList(), true);
        }
        Id128 id = known.orElseGet(names);
        List<Deployment.Pool> all = new ArrayList<>();
        for (int i = 0; i < pools.size(); i++) {
            all.add(pool(id, i));
        }
        if (all.stream().map(Deployment.Pool::name).distinct().count() < all.size()) {
            throw new TopologyException(
                    "the drives of one pool are spread over several words of the volumes: name all folders of a"
                            + " pool in one word");
        }
        long epoch = pools.stream()
                .flatMap(slots -> identities(slots).stream())
                .filter(identity -> identity.deployment().equals(id))
                .mapToLong(DriveIdentity::catalogEpoch)
                .max()
                .orElse(0);
        return new Deployment(id, all, epoch);
    }

    private Optional<Id128> majority() {
        Map<Id128, Integer> votes = new HashMap<>();
        for (List<DriveInspection> pool : pools) {
            identities(pool).forEach(identity -> votes.merge(identity.deployment(), 1, Integer::sum));
        }
        int most = votes.values().stream().mapToInt(v -> v).max().orElse(0);
        List<Id128> leaders = votes.entrySet().stream()
                .filter(e -> e.getValue() == most)
                .map(Map.Entry::getKey)
                .toList();
        if (leaders.size() > 1) {
            throw new TopologyException("the drives belong to different deployments, as many to one as to another: "
                    + describe(pools.stream().flatMap(List::stream).toList())
                    + "; name only the drives of one deployment");
        }
        return leaders.stream().findFirst();
    }

    private Deployment.Pool pool(Id128 id, int index) {
        List<DriveInspection> slots = pools.get(index);
        List<DriveIdentity> ours = identities(slots).stream()
                .filter(identity -> identity.deployment().equals(id))
                .toList();
        return ours.isEmpty() ? newPool(index, slots) : knownPool(id, slots, ours);
    }

    /** A pool none of whose drives is known: the first, or one that was added. */
    private Deployment.Pool newPool(int index, List<DriveInspection> slots) {
        boolean first = pools.stream().allMatch(pool -> identities(pool).isEmpty());
        requireNew(slots, first);
        List<DriveId> roster = IntStream.range(0, slots.size())
                .mapToObj(i -> new DriveId(names.get()))
                .toList();
        return new Deployment.Pool("pool" + (index + 1), codeOf(slots.size()), roster, true);
    }

    private Deployment.Pool knownPool(Id128 id, List<DriveInspection> slots, List<DriveIdentity> ours) {
        String name = mostCommonPool(ours);
        ErasureCode recorded = ours.stream()
                .filter(i -> i.pool().equals(name))
                .findFirst()
                .orElseThrow()
                .defaultCode();
        // a pool that has grown keeps its width: how many drives a blob is spread over is no matter of their number
        ErasureCode now =
                code.isNone() ? recorded : codeOf(code.data().isEmpty() ? recorded.totalShards() : slots.size());
        RosterPolicy.Decision decision = RosterPolicy.decide(
                new RosterPolicy.Asked(id, name, slots, recorded, now, asked.mounts(), asked.drain()), names);
        boolean changed = ours.stream()
                .anyMatch(i -> i.pool().equals(name) && decision.roster().newerThan(i.roster()));
        return new Deployment.Pool(name, now, recorded, decision.roster(), false, decision.added(), changed);
    }

    private static String mostCommonPool(List<DriveIdentity> ours) {
        Map<String, Long> votes =
                ours.stream().collect(Collectors.groupingBy(DriveIdentity::pool, TreeMap::new, Collectors.counting()));
        return Collections.max(votes.entrySet(), Map.Entry.comparingByValue()).getKey();
    }

    private ErasureCode codeOf(int drives) {
        try {
            return code.of(drives);
        } catch (IllegalArgumentException e) {
            throw new TopologyException(e.getMessage());
        }
    }

    /** @param create whether folders that do not exist are made */
    private static void requireNew(List<DriveInspection> slots, boolean create) {
        List<DriveInspection> wrong = slots.stream()
                .filter(slot -> !(slot instanceof DriveInspection.Empty)
                        && !(create && slot instanceof DriveInspection.Missing))
                .toList();
        if (!wrong.isEmpty()) {
            throw new TopologyException("a new pool needs empty folders: " + describe(wrong));
        }
    }

    private static List<DriveIdentity> identities(List<DriveInspection> slots) {
        return slots.stream()
                .filter(DriveInspection.Ours.class::isInstance)
                .map(slot -> ((DriveInspection.Ours) slot).identity())
                .toList();
    }

    private static String describe(List<DriveInspection> slots) {
        return slots.stream()
                .map(slot -> slot.cure().isEmpty() ? slot.message() : slot.message() + " (" + slot.cure() + ")")
                .collect(Collectors.joining("; "));
    }
}
