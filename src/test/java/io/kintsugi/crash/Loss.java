package io.kintsugi.crash;

import io.kintsugi.crash.Node.Change;
import io.kintsugi.crash.Node.Claim;
import io.kintsugi.crash.Node.Content;
import io.kintsugi.crash.Node.Folder;
import io.kintsugi.crash.Node.Name;
import io.kintsugi.crash.Node.Version;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * How a crash treats what is not durable on one drive. The same loss of the same disk gives the same state.
 *
 * @param names of the directories' changes: which are there
 * @param data of the files' changes: which are there
 * @param seed of everything that is chance
 */
record Loss(Much names, Much data, long seed) {
    /** How much of what may be lost is there. */
    enum Much {
        NOTHING,
        ALL,
        /** All but one name, or one sector. */
        ALL_BUT_ONE,
        ONLY_ONE,
        /** In the order of time, up to a point that each directory and each file has of its own. */
        EARLIEST,
        /** Each name and each sector by itself. */
        ANY
    }

    /** Path to content, relative to the drive; a directory is an entry without content. */
    static final class State extends TreeMap<String, Optional<byte[]>> {
        private static final long serialVersionUID = 1;

        /** Two states with the same number are the same for all purposes of a test. */
        long fingerprint() {
            long sum = 1;
            for (Map.Entry<String, Optional<byte[]>> entry : entrySet()) {
                sum = sum * 1_000_003 + entry.getKey().hashCode();
                sum = sum * 1_000_003 + entry.getValue().map(Arrays::hashCode).orElse(7);
            }
            return sum;
        }
    }

    static Loss random(long seed) {
        Random random = new Random(seed);
        Much[] kinds = Much.values();
        return new Loss(kinds[random.nextInt(kinds.length)], kinds[random.nextInt(kinds.length)], seed);
    }

    /** What the drive holds when it is powered on again. */
    State state(Folder drive) {
        return new Choice(drive).state();
    }

    /** How many choices there are on this drive: names and files that a crash may treat in more than one way. */
    static int open(Folder drive) {
        Choice choice = new Loss(Much.ALL, Much.ALL, 0).new Choice(drive);
        return choice.names.size() + choice.files.size();
    }

    private final class Choice {
        private final Random random = new Random(seed);
        private final Folder drive;
        private final List<Name> names = new ArrayList<>();
        private final List<Content> files = new ArrayList<>();
        private final Map<Name, Integer> kept = new IdentityHashMap<>();
        private final Map<Content, byte[]> images = new IdentityHashMap<>();
        private final Set<Node> seen = new LinkedHashSet<>();

        Choice(Folder drive) {
            this.drive = drive;
            collect(drive);
        }

        private void collect(Node node) {
            if (!seen.add(node)) {
                return;
            }
            switch (node) {
                case Content content -> {
                    if (!content.pending.isEmpty()) {
                        files.add(content);
                    }
                }
                case Folder folder ->
                    folder.names.values().forEach(name -> {
                        name.durable.ifPresent(this::collect);
                        name.pending.forEach(version -> version.node().ifPresent(this::collect));
                        if (!name.pending.isEmpty()) {
                            names.add(name);
                        }
                    });
            }
        }

        State state() {
            chooseNames();
            chooseData();
            State state = new State();
            write(drive, "", state);
            return state;
        }

        // ---- names

        private void chooseNames() {
            int one = names.isEmpty() ? 0 : random.nextInt(names.size());
            for (int i = 0; i < names.size(); i++) {
                int all = names.get(i).pending.size();
                kept.put(
                        names.get(i),
                        switch (Loss.this.names) {
                            case NOTHING, EARLIEST -> 0;
                            case ALL -> all;
                            case ALL_BUT_ONE -> i == one ? all - 1 : all;
                            case ONLY_ONE -> i == one ? all : 0;
                            case ANY -> random.nextInt(all + 1);
                        });
            }
            if (Loss.this.names != Much.NOTHING && Loss.this.names != Much.ALL) {
                seen.forEach(this::keepInOrder);
            }
            keepOneOfEachRename();
        }

        private void keepInOrder(Node node) {
            if (!(node instanceof Folder folder) || Loss.this.names != Much.EARLIEST && !folder.ordered) {
                return;
            }
            List<Name> changed = folder.names.values().stream()
                    .filter(name -> !name.pending.isEmpty())
                    .toList();
            List<Long> times = changed.stream()
                    .flatMap(name -> name.pending.stream())
                    .map(Version::at)
                    .sorted()
                    .toList();
            int count = random.nextInt(times.size() + 1);
            long until = count == 0 ? -1 : times.get(count - 1);
            changed.forEach(name -> kept.put(name, (int) name.pending.stream()
                    .filter(version -> version.at() <= until)
                    .count()));
        }

        /** A rename that is not durable shows the old name or the new one, never neither. */
        private void keepOneOfEachRename() {
            boolean again = true;
            while (again) {
                again = false;
                for (Name name : names) {
                    int count = kept.get(name);
                    for (int i = 0; i < count; i++) {
                        Optional<Claim> claim = name.pending.get(i).after();
                        if (claim.isPresent() && !holds(claim.get())) {
                            kept.put(name, i);
                            again = true;
                            break;
                        }
                    }
                }
            }
        }

        private boolean holds(Claim claim) {
            List<Version> versions = claim.name().pending;
            if (versions.isEmpty() || versions.getFirst().at() > claim.at()) {
                return true; // durable already
            }
            int count = kept.getOrDefault(claim.name(), versions.size());
            return count > 0 && versions.get(count - 1).at() >= claim.at();
        }

        // ---- data

        private void chooseData() {
            int one = files.isEmpty() ? 0 : random.nextInt(files.size());
            for (int i = 0; i < files.size(); i++) {
                Content file = files.get(i);
                images.put(
                        file,
                        switch (data) {
                            case NOTHING -> file.durable();
                            case ALL -> file.visible();
                            case ALL_BUT_ONE -> i == one ? sectors(file, 1) : file.visible();
                            case ONLY_ONE -> i == one ? sectors(file, 0) : file.durable();
                            case EARLIEST -> torn(file);
                            case ANY -> sectors(file, -1);
                        });
            }
        }

        /** The first changes whole, the next one torn. */
        private byte[] torn(Content file) {
            int whole = random.nextInt(file.pending.size() + 1);
            byte[] bytes = file.image(whole);
            if (whole < file.pending.size()) {
                Change next = file.pending.get(whole);
                byte[] torn = Arrays.copyOf(bytes, random.nextBoolean() ? next.sizeAfter(bytes.length) : bytes.length);
                int sectors = (torn.length + Node.SECTOR - 1) / Node.SECTOR;
                for (int sector = next.firstSector(); sector < next.endSector(sectors); sector++) {
                    if (random.nextBoolean() && sector < sectors) {
                        next.onSector(torn, sector);
                    }
                }
                return torn;
            }
            return bytes;
        }

        /**
         * Each sector with some of its changes, in their order, since the page cache holds one content of it.
         *
         * @param usual 1: all sectors have all of theirs but for one; 0: none but one has; less: each by itself
         */
        private byte[] sectors(Content file, int usual) {
            int[] sizes = file.sizes();
            int size = usual > 0 ? sizes[sizes.length - 1] : sizes[random.nextInt(sizes.length)];
            byte[] bytes = Arrays.copyOf(file.durable(), size);
            int count = (size + Node.SECTOR - 1) / Node.SECTOR;
            int[] until = new int[count];
            int all = file.pending.size();
            for (int i = 0; i < count; i++) {
                until[i] = usual < 0 ? random.nextInt(all + 1) : usual * all;
            }
            int[] touched = touched(file, count);
            if (usual >= 0 && touched.length > 0) {
                until[touched[random.nextInt(touched.length)]] = (1 - usual) * all;
            }
            for (int i = 0; i < all; i++) {
                Change change = file.pending.get(i);
                int end = Math.min(count, change.endSector(count));
                for (int sector = change.firstSector(); sector < end; sector++) {
                    if (i < until[sector]) {
                        change.onSector(bytes, sector);
                    }
                }
            }
            return bytes;
        }

        private int[] touched(Content file, int count) {
            return file.pending.stream()
                    .flatMapToInt(change -> IntStream.range(
                            change.firstSector(),
                            Math.max(change.firstSector(), Math.min(count, change.endSector(count)))))
                    .distinct()
                    .toArray();
        }

        private void write(Folder folder, String prefix, State state) {
            folder.names.forEach((text, name) -> {
                Integer count = kept.getOrDefault(name, 0);
                Optional<Node> node =
                        count == 0 ? name.durable : name.pending.get(count - 1).node();
                node.ifPresent(found -> {
                    switch (found) {
                        case Content content ->
                            state.put(prefix + text, Optional.of(images.getOrDefault(content, content.durable())));
                        case Folder inner -> {
                            state.put(prefix + text, Optional.empty());
                            write(inner, prefix + text + "/", state);
                        }
                    }
                });
            });
        }
    }
}
