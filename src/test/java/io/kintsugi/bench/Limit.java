package io.kintsugi.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The most that this machine could do of a work, computed from what its parts do by themselves, each measured here just
 * before. It says how much of a figure is the machine and how much the store: the store has to do all of these parts,
 * and this leaves out everything else (HTTP, signatures, placement, the catalog's commit, directories, threads).
 *
 * <pre>
 * PUT, processor seconds a byte:  socket + MD5 + codec + writing
 * GET, processor seconds a byte:  socket + frame checksums + reading
 * limit = min(cores / processor seconds a byte,
 *             bytes a second of the disk,
 *             PUT only: clients / processor seconds a byte of one MD5 stream)
 * </pre>
 *
 * <ul>
 *   <li><i>socket</i>: sending and receiving over loopback, both ends, since the generator shares the cores
 *   <li><i>MD5</i>: as many streams as there are clients, in lanes where the machine has them
 *   <li><i>codec</i>: Reed–Solomon 2+2, CRC32C of all frames of all shards, CRC-64/NVME of the bytes
 *   <li><i>writing</i>: all shards of the objects, so two bytes for each of EC 2+2, {@code O_DIRECT}, each file synced;
 *       as many files at once as the clients would write; <i>reading</i>: the data shards, {@code O_DIRECT}
 * </ul>
 *
 * The bytes of the disk are counted as bytes of objects. All figures are those of the moment: on a busy machine the
 * bound of the disk is too low, and that of the processor, which counts all cores, too high.
 *
 * @param clients of the work
 * @param md5One one stream alone, the others as above
 */
record Limit(
        int clients,
        Measured socket,
        Measured md5One,
        Measured md5,
        Measured codec,
        Measured verify,
        Measured write,
        Measured read) {
    private static final int CORES = Runtime.getRuntime().availableProcessors();

    /**
     * What one part came to.
     *
     * @param cpuSeconds of the processor for a byte of an object
     * @param bytesPerSecond by the clock
     */
    record Measured(double cpuSeconds, double bytesPerSecond) {}

    /**
     * Measures everything, which takes some seconds.
     *
     * @param dir where files may be written; they are removed
     * @param objectBytes of the work
     * @param clients of the work
     */
    static Limit measure(Path dir, long objectBytes, int clients) throws IOException {
        try (MachineParts parts = new MachineParts(dir.resolve("limit"), objectBytes, clients)) {
            return new Limit(
                    clients,
                    parts.socket(),
                    parts.md5(1),
                    parts.md5(clients),
                    parts.codec(),
                    parts.verify(),
                    parts.write(),
                    parts.read());
        }
    }

    /** Bytes a second. */
    double put() {
        double cpu = socket.cpuSeconds() + md5.cpuSeconds() + codec.cpuSeconds() + write.cpuSeconds();
        double streams = clients / md5One.cpuSeconds();
        return Math.min(Math.min(CORES / cpu, write.bytesPerSecond()), streams);
    }

    /** Bytes a second. */
    double get() {
        double cpu = socket.cpuSeconds() + verify.cpuSeconds() + read.cpuSeconds();
        return Math.min(CORES / cpu, read.bytesPerSecond());
    }

    /** One line about a figure in bytes a second. */
    String beside(double figure, boolean put) {
        double limit = put ? put() : get();
        String parts = put
                ? String.format(
                        Locale.ROOT,
                        "ns/KiB: socket %.0f, MD5 %.0f (alone %.0f), codec %.0f, writing %.0f; disk %.0f MB/s",
                        nanosPerKib(socket),
                        nanosPerKib(md5),
                        nanosPerKib(md5One),
                        nanosPerKib(codec),
                        nanosPerKib(write),
                        write.bytesPerSecond() / 1e6)
                : String.format(
                        Locale.ROOT,
                        "ns/KiB: socket %.0f, checksums %.0f, reading %.0f; disk %.0f MB/s",
                        nanosPerKib(socket),
                        nanosPerKib(verify),
                        nanosPerKib(read),
                        read.bytesPerSecond() / 1e6);
        return String.format(
                Locale.ROOT, "    limit %.0f MB/s, reached %.0f %% (%s)", limit / 1e6, 100 * figure / limit, parts);
    }

    private static double nanosPerKib(Measured part) {
        return part.cpuSeconds() * 1e9 * 1024;
    }
}
