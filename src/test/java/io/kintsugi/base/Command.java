package io.kintsugi.base;

import java.io.IOException;

/** A program of the machine that a test needs, as {@code mount}. */
public final class Command {
    private Command() {}

    /** Waits for it; whether it is there and ended with 0. What it prints is the test's. */
    public static boolean succeeds(String... command) throws InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .inheritIO()
                    .start();
        } catch (IOException e) {
            // no such program
            return false;
        }
        return process.waitFor() == 0;
    }
}
