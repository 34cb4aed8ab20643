package io.kintsugi.bench;

import java.io.IOException;

/** One kind of work that several servers are given in turns. */
interface Workload {
    String name();

    /** What {@link #run} counts: {@code obj/s}, {@code MB/s}. */
    String unit();

    /** Puts what the work needs in place, once for each server. */
    void prepare(Contender server) throws IOException;

    /** Works once; how much was done in a second. */
    double run(Contender server, int round) throws IOException;
}
