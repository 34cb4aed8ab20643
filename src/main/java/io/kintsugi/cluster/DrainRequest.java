package io.kintsugi.cluster;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What the operator wants to be emptied: drives by their folders, and whole pools by their names.
 *
 * @param folders absolute
 */
public record DrainRequest(Set<Path> folders, Set<String> pools) {
    public static final DrainRequest NOTHING = new DrainRequest(Set.of(), Set.of());

    public DrainRequest {
        folders = Set.copyOf(folders);
        pools = Set.copyOf(pools);
    }

    /**
     * @param words folders, as the volumes name them (<code>/data/disk{5...6}</code>), or names of pools
     * @throws IllegalArgumentException with the reason and the cure
     */
    public static DrainRequest parse(List<String> words) {
        Set<Path> folders = new HashSet<>();
        Set<String> pools = new HashSet<>();
        for (String word : words) {
            if (word.indexOf('/') >= 0 || word.indexOf('{') >= 0 || word.startsWith(".")) {
                folders.addAll(VolumeExpression.folders(word));
            } else {
                pools.add(word);
            }
        }
        return new DrainRequest(folders, pools);
    }

    /**
     * What it names in vain, in order.
     *
     * @param volumes the folders of each pool, by its name
     */
    List<String> strangers(Map<String, List<Path>> volumes) {
        Set<String> strangers = new TreeSet<>(pools);
        strangers.removeAll(volumes.keySet());
        Set<Path> known = volumes.values().stream().flatMap(List::stream).collect(Collectors.toSet());
        folders.stream().filter(folder -> !known.contains(folder)).forEach(folder -> strangers.add(folder.toString()));
        return List.copyOf(strangers);
    }

    boolean names(String pool, Path folder) {
        return pools.contains(pool) || folders.contains(folder);
    }
}
