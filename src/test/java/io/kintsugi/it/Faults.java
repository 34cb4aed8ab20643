package io.kintsugi.it;

import io.kintsugi.crash.Preload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Makes the drives of a store fail while it runs: the other end of {@code src/test/c/faults.c}. */
final class Faults {
    private static final int PAGE = 4096;

    private final Path library;
    private final Path control;

    private Faults(Path library, Path control) {
        this.library = library;
        this.control = control;
    }

    /** Empty where there is no compiler. */
    static Optional<Faults> in(Path folder) throws IOException, InterruptedException {
        Path control = folder.resolve("faults");
        Files.write(control, new byte[PAGE]);
        return Preload.library("faults", folder).map(library -> new Faults(library, control));
    }

    /**
     * A way to fail.
     *
     * @param calls of r (reads), w (writes, changes of names), s (syncs)
     * @param what EIO, ENOSPC, EROFS, HANG, or the milliseconds that each call takes longer
     */
    record Fault(String calls, String what) {
        @Override
        public String toString() {
            return what + " on " + calls;
        }
    }

    StoreProcess.Setup under(StoreProcess.Setup setup) {
        return setup.with("LD_PRELOAD", library.toString()).with("KINTSUGI_FAULTS", control.toString());
    }

    /** From now on all calls of this kind on these drives fail so. */
    void begin(Fault fault, List<Path> drives) {
        set(drives.stream()
                .map(drive -> fault.calls() + " " + fault.what() + " " + drive.toAbsolutePath())
                .collect(Collectors.joining("\n", "", "\n")));
    }

    /** All is well again; what hangs goes on. */
    void end() {
        set("");
    }

    private void set(String lines) {
        // in place, since the process has the file mapped
        byte[] page = Arrays.copyOf(lines.getBytes(StandardCharsets.UTF_8), PAGE);
        try {
            Files.write(control, page, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
