package io.kintsugi.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** One kind of work that several servers are given in turns. */
interface Workload {
    String name();

    /** What {@link #run} counts: {@code obj/s}, {@code MB/s}. */
    String unit();

    /** Puts what the work needs in place, once for each server. */
    void prepare(Contender server) throws IOException;

    /** Works once; how much was done in a second. */
    double run(Contender server, int round) throws IOException;

    /**
     * A line about what the machine could do at most, measured now; empty where nobody computes that.
     *
     * @param dir where files may be written
     * @param rate what {@link #run} returned
     */
    default Optional<String> beside(Path dir, double rate) throws IOException {
        return Optional.empty();
    }
}
