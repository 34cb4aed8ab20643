package io.kintsugi;

import java.io.PrintStream;

/** The one place that writes to the terminal rather than to the log: help, refusals, and what is shown once. */
final class Terminal {
    private Terminal() {}

    static void print(String text) {
        write(System.out, text);
    }

    static void complain(String text) {
        write(System.err, "kintsugi: " + text);
    }

    private static void write(PrintStream stream, String text) {
        stream.println(text);
        stream.flush();
    }
}
