package io.kintsugi.crash;

import io.kintsugi.crash.Loss.Much;
import io.kintsugi.crash.Loss.State;
import io.kintsugi.crash.Node.Folder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Walks along a trace, and at its points makes the states that a crash there may leave, each of them once, and has them
 * checked. Drives lose power together, and each loses what it loses by itself.
 */
public final class CrashStates {
    /** Opens what is in the folder, and compares it with what was heard by then. */
    public interface Check {
        void check(Path root, Marks.Heard heard) throws Exception;
    }

    /**
     * How much is looked at.
     *
     * @param points after so many entries, evenly spread over the trace; all when there are not so many
     * @param states at each point, of those that chance chooses; those where all drives lose all or nothing come first
     */
    public record Effort(int points, int states, long seed) {
        private static final String POINTS = "kintsugi.crash.points";
        private static final String STATES = "kintsugi.crash.states";

        /** As the system properties say; {@code all} points is the long mode. */
        public static Effort of(int points, int states) {
            String wanted = System.getProperty(POINTS, Integer.toString(points));
            return new Effort(
                    wanted.equals("all") ? Integer.MAX_VALUE : Integer.parseInt(wanted),
                    Integer.getInteger(STATES, states),
                    Long.getLong("kintsugi.crash.seed", 42));
        }
    }

    /** What was looked at, and the first state that was wrong. */
    public record Result(int points, int states, int duplicates, Optional<AssertionError> failure) {}

    /** One state takes a small part of it; containers often have 64 MiB of memory file system only. */
    private static final long ROOM_BYTES = 1L << 30;

    private static final List<Much> EXTREMES = List.of(Much.NOTHING, Much.ALL, Much.EARLIEST, Much.ANY);

    private final List<String> drives;
    private final Path work;
    private final Effort effort;
    private final Check check;
    private final Marks.Heard heard = new Marks.Heard();
    private final Set<Long> known = new HashSet<>();
    private int points;
    private int states;
    private int duplicates;
    private Optional<AssertionError> failure = Optional.empty();

    /** @param work for the states, one at a time: a file system in memory is faster, since opening syncs */
    public CrashStates(List<String> drives, Path work, Effort effort, Check check) {
        this.drives = drives;
        this.work = work;
        this.effort = effort;
        this.check = check;
    }

    /** Ends with the first failure. */
    public Result walk(Trace trace, Path root) {
        Disk disk = new Disk(root.toString(), drives);
        long interesting = trace.entries().stream().filter(Trace.Entry::matters).count();
        double step = Math.max(1, (double) interesting / effort.points());
        double next = 0;
        long at = 0;
        for (int i = 0; i < trace.entries().size() && failure.isEmpty(); i++) {
            Trace.Entry entry = trace.entries().get(i);
            disk.apply(entry);
            if (entry.kind() == Trace.Kind.MARK) {
                heard.hear(entry);
            }
            if (entry.matters() && at++ >= next) {
                next += step;
                points++;
                crashAfter(i, entry, disk);
            }
        }
        return new Result(points, states, duplicates, failure);
    }

    private void crashAfter(int number, Trace.Entry entry, Disk disk) {
        List<Folder> folders = drives.stream()
                .map(drive -> (Folder) disk.top().name(drive).visible().orElseThrow())
                .toList();
        Random random = new Random(effort.seed() + number);
        for (int i = 0; i < EXTREMES.size() + effort.states() && failure.isEmpty(); i++) {
            Map<String, Loss> losses = new TreeMap<>();
            State all = new State();
            for (int d = 0; d < folders.size(); d++) {
                String drive = drives.get(d);
                Loss loss = i < EXTREMES.size()
                        ? new Loss(EXTREMES.get(i), EXTREMES.get(i), random.nextLong())
                        : Loss.random(random.nextLong());
                losses.put(drive, loss);
                all.put(drive, Optional.empty());
                loss.state(folders.get(d)).forEach((path, content) -> all.put(drive + "/" + path, content));
            }
            look(all, () -> "after entry " + number + " (" + entry + "), " + losses + ", " + heard);
        }
    }

    private void look(State state, Supplier<String> where) {
        // what was acknowledged is part of the question
        if (!known.add(state.fingerprint() * 31 + heard.toString().hashCode())) {
            duplicates++;
            return;
        }
        states++;
        try {
            Path root = materialise(state);
            try {
                check.check(root, heard);
            } catch (Exception | AssertionError e) {
                failure = Optional.of(new AssertionError("a crash " + where.get() + ": " + e.getMessage(), e));
            }
            delete(root);
        } catch (IOException e) {
            // trouble of the test itself: no finding
            throw new UncheckedIOException("cannot make the state of a crash " + where.get(), e);
        }
    }

    private Path materialise(State state) throws IOException {
        Path root = work.resolve("state" + states);
        Files.createDirectories(root);
        for (Map.Entry<String, Optional<byte[]>> entry : state.entrySet()) {
            Path path = root.resolve(entry.getKey());
            if (entry.getValue().isPresent()) {
                Files.write(path, entry.getValue().get());
            } else {
                Files.createDirectory(path);
            }
        }
        return root;
    }

    /** A new folder in the memory file system that Linux has for programs if it has room, or a temporary directory. */
    public static Path newWork() throws IOException {
        Path memory = Path.of("/dev/shm");
        return Files.isWritable(memory) && Files.getFileStore(memory).getUsableSpace() > ROOM_BYTES
                ? Files.createTempDirectory(memory, "kintsugi-crash")
                : Files.createTempDirectory("kintsugi-crash");
    }

    public static void delete(Path directory) throws IOException {
        List<Path> all = new ArrayList<>();
        try (Stream<Path> tree = Files.walk(directory)) {
            tree.sorted(Comparator.reverseOrder()).forEach(all::add);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }
}
