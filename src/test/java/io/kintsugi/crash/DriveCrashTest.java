package io.kintsugi.crash;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kintsugi.crash.CrashStates.Effort;
import io.kintsugi.crash.CrashStates.Result;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A drive by itself: whatever a crash leaves of its files, it opens, and holds what it has acknowledged. The process
 * that was recorded was killed in the middle and started again. With one sync left out of the record the same must be
 * noticed.
 */
@Timeout(3600)
class DriveCrashTest {
    private static final String DRIVE = "drive";

    @TempDir
    static Path top;

    private static Optional<Trace> recorded = Optional.empty();
    private static Recording recording;

    @BeforeAll
    static void record() throws Exception {
        Optional<Path> library = Preload.library("recorder", top);
        if (library.isPresent()) {
            recording = new Recording(library.get(), top, List.of(DRIVE));
            Path drive = recording.root().resolve(DRIVE);
            String half = Integer.toString(DrivePlan.STEPS / 2);
            recording.run(DriveWorkload.class, drive, "0", half, "halt");
            recording.run(DriveWorkload.class, drive, half, Integer.toString(DrivePlan.STEPS));
            recorded = Optional.of(recording.trace());
        }
    }

    private static Trace trace() {
        assumeTrue(recorded.isPresent(), "no C compiler");
        return recorded.get();
    }

    private static Result walk(Trace trace, Effort effort) throws Exception {
        Path work = CrashStates.newWork();
        try {
            CrashStates states = new CrashStates(
                    List.of(DRIVE),
                    work,
                    effort,
                    (root, heard) -> new DriveExpectation(heard).check(root.resolve(DRIVE)));
            Result result = states.walk(trace, recording.root());
            System.err.println("Crash states of a drive: " + trace.entries().size() + " entries, " + result);
            return result;
        } finally {
            CrashStates.delete(work);
        }
    }

    @Test
    void everyStateOpensAndHoldsWhatWasAcknowledged() throws Exception {
        Result result = walk(trace(), Effort.of(60, 1));
        result.failure().ifPresent(failure -> {
            throw failure;
        });
        assertTrue(result.states() > result.points(), result.toString());
    }

    /** The log of the key-value store, a published shard's directory and bytes, an identity. */
    @ParameterizedTest
    @ValueSource(strings = {".*/kv/.*\\.log", ".*/shards/..", ".*/incoming/.*", ".*/kintsugi\\.json\\.tmp"})
    void aSyncThatIsLeftOutIsNoticed(String path) throws Exception {
        Predicate<String> dropped = Pattern.compile(path).asMatchPredicate();
        Result result = walk(trace().withoutSyncs(dropped), new Effort(150, 2, 42));
        assertTrue(result.failure().isPresent(), "nobody noticed that " + path + " was not synced");
    }
}
