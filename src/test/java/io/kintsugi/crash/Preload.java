package io.kintsugi.crash;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Compiles the small C libraries of {@code src/test/c}, which are preloaded into processes under test. */
public final class Preload {
    private static final Path SOURCES = Path.of("src/test/c");
    private static final List<String> COMPILERS = List.of("gcc", "cc");
    private static final int SECONDS = 300;

    private Preload() {}

    /**
     * The library of {@code src/test/c/NAME.c}, newly compiled into {@code into}; empty where there is no compiler,
     * which is said on the standard error.
     *
     * @throws IllegalStateException when the compiler refuses the source
     */
    public static Optional<Path> library(String name, Path into) throws IOException, InterruptedException {
        for (String compiler : COMPILERS) {
            if (runs(compiler, "--version")) {
                Path library = into.resolve(name + ".so").toAbsolutePath();
                String source = SOURCES.resolve(name + ".c").toString();
                if (!runs(
                        compiler,
                        "-std=gnu11",
                        "-O2",
                        "-Wall",
                        "-Wextra",
                        "-Werror",
                        "-fPIC",
                        "-shared",
                        "-o",
                        library.toString(),
                        source,
                        "-ldl",
                        "-lpthread")) {
                    throw new IllegalStateException(compiler + " could not compile " + source + ", see above");
                }
                return Optional.of(library);
            }
        }
        System.err.println("No C compiler (gcc, cc): tests that preload " + name + " are skipped");
        return Optional.empty();
    }

    private static boolean runs(String... command) throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("no end of " + List.of(command));
            }
            return process.exitValue() == 0;
        } catch (IOException e) {
            return false; // there is no such command
        }
    }
}
