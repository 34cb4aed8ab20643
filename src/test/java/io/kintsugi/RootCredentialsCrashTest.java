package io.kintsugi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kintsugi.crash.CrashStates;
import io.kintsugi.crash.CrashStates.Effort;
import io.kintsugi.crash.CrashStates.Result;
import io.kintsugi.crash.Marks;
import io.kintsugi.crash.Preload;
import io.kintsugi.crash.Recording;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a power cut leaves: credentials that somebody may have been shown are those of the next start. */
class RootCredentialsCrashTest {
    private static final List<String> DRIVES = List.of("drive1", "drive2", "drive3");
    private static final int SHOWN = 1;

    @TempDir
    Path top;

    /** A process that is recorded: settles the credentials, and then shows them. */
    static final class Workload {
        private Workload() {}

        public static void main(String[] arguments) throws IOException {
            try (Marks marks = new Marks(Path.of(arguments[1]))) {
                marks.done(SHOWN, token(settle(Path.of(arguments[0])).credentials()));
            }
        }
    }

    private static RootCredentialsFile.Found settle(Path root) {
        return RootCredentialsFile.settle(DRIVES.stream().map(root::resolve).toList());
    }

    /** A mark has a number only. */
    private static int token(Settings.Credentials credentials) {
        return (credentials.user() + credentials.password()).hashCode() >>> 2;
    }

    private static void check(Path root, Marks.Heard heard) {
        RootCredentialsFile.Found found = settle(root);
        if (heard.done(SHOWN) > 0) {
            assertEquals(heard.done(SHOWN) - 1, token(found.credentials()));
            assertFalse(found.fresh());
        }
        Stream.of(1, 2)
                .forEach(_ -> assertEquals(found.credentials(), settle(root).credentials()));
    }

    @Test
    void whatWasShownIsKept() throws Exception {
        Optional<Path> library = Preload.library("recorder", top);
        assumeTrue(library.isPresent(), "no C compiler");
        Recording recording = new Recording(library.get(), top, DRIVES);
        recording.run(Workload.class, recording.root());
        Path work = CrashStates.newWork();
        try {
            CrashStates states = new CrashStates(
                    DRIVES, work, new Effort(Integer.MAX_VALUE, 20, 42), RootCredentialsCrashTest::check);
            Result result = states.walk(recording.trace(), recording.root());
            result.failure().ifPresent(failure -> {
                throw failure;
            });
            assertTrue(result.states() > result.points(), result.toString());
        } finally {
            CrashStates.delete(work);
        }
    }
}
