package io.kintsugi;

import io.kintsugi.drives.OpenFiles;
import io.kintsugi.s3.S3Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How many files and sockets the process may have open (RLIMIT_NOFILE, {@code ulimit -n}), and what the store makes of
 * it. The JVM and the native image raise the soft limit to the hard one when they start.
 *
 * @param files that may be open; empty when nobody says
 */
record FileLimit(OptionalLong files) {
    /** See proc(5). */
    private static final Path LIMITS = Path.of("/proc/self/limits");

    private static final String LINE = "Max open files";
    private static final String BLANKS = " +";
    /** The application itself, its event loops, and what it listens on. */
    private static final long BASE = 256;
    /** A shard is opened once to be written, and up to twice to be read. */
    private static final long OF_SHARD_IN_USE = 2;

    static FileLimit ofThisProcess() {
        try {
            return parse(Files.readString(LIMITS));
        } catch (IOException e) {
            return new FileLimit(OptionalLong.empty());
        }
    }

    /** @param limits the text of {@code /proc/self/limits}; the soft limit counts */
    static FileLimit parse(String limits) {
        Optional<String> soft = limits.lines()
                .filter(line -> line.startsWith(LINE))
                .map(line -> line.substring(LINE.length()).trim().split(BLANKS)[0])
                .findFirst();
        try {
            return new FileLimit(soft.map(Long::parseLong).map(OptionalLong::of).orElse(OptionalLong.empty()));
        } catch (NumberFormatException e) {
            // "unlimited"
            return new FileLimit(OptionalLong.empty());
        }
    }

    /** With all clients that are let in, each at all drives, and everything open that is of use. */
    static long most(int drives) {
        return BASE
                + S3Limits.DEFAULT.load().maxConnections()
                + drives
                        * (OpenFiles.MOST.descriptors()
                                + OF_SHARD_IN_USE * S3Limits.DEFAULT.load().maxRequests());
    }

    /** With a few clients. */
    static long least(int drives) {
        return 2 * BASE + drives * OpenFiles.LEAST.descriptors();
    }

    /**
     * What each drive may keep open: half of what is there is left to clients.
     *
     * @throws IllegalArgumentException when the store could not work
     */
    OpenFiles share(int drives) {
        if (files.isEmpty() || files.getAsLong() >= most(drives)) {
            return OpenFiles.MOST;
        }
        long limit = files.getAsLong();
        if (limit < least(drives)) {
            throw new IllegalArgumentException("this process may have " + limit + " files open, and the store needs "
                    + least(drives) + " at least with " + drives + " drives" + cure(drives));
        }
        long spare = limit - least(drives);
        return OpenFiles.within(OpenFiles.LEAST.descriptors() + spare / 2 / drives);
    }

    /** A line for the log when there are fewer than may be needed. */
    Optional<String> warning(int drives) {
        if (files.isEmpty() || files.getAsLong() >= most(drives)) {
            return Optional.empty();
        }
        OpenFiles each = share(drives);
        return Optional.of("This process may have " + files.getAsLong() + " files open, and the store may need "
                + most(drives) + " with " + drives + " drives: each keeps " + each.tables() + " tables and "
                + each.shards() + " shards open at most, and under load requests may fail" + cure(drives));
    }

    private static String cure(int drives) {
        return ". Raise the limit (LimitNOFILE of systemd, ulimit -n, --ulimit nofile of a container) to "
                + most(drives);
    }
}
