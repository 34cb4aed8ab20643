package io.kintsugi.catalog;

import java.util.function.Consumer;

/** Counts what a rescue of the catalog met, and hands every loss to whoever lists them. One thread. */
public final class RescueLog {
    private final Consumer<String> listener;
    private long salvagedRows;
    private long damagedRows;
    private long salvagedVersions;
    private long foundVersions;
    private long leftOut;
    private long lostVersions;
    private long listsCutShort;

    /** @param listener gets a line for each thing that is lost or in doubt */
    public RescueLog(Consumer<String> listener) {
        this.listener = listener;
    }

    /**
     * @param salvagedRows of replicas
     * @param damagedRows that no replica has whole
     * @param salvagedVersions that rows tell of
     * @param foundVersions that only shards tell of, and that are visible again
     * @param leftOut blobs on the drives that become no version: they were replaced, deleted or never finished
     * @param lostVersions of which bytes are missing
     * @param listsCutShort of shards, that could not be read to their ends: what is behind that was not seen
     */
    public record Counts(
            long salvagedRows,
            long damagedRows,
            long salvagedVersions,
            long foundVersions,
            long leftOut,
            long lostVersions,
            long listsCutShort) {
        /** Whether nothing that is known to have been is missing, and nothing was out of sight. */
        public boolean lossless() {
            return damagedRows == 0 && lostVersions == 0 && listsCutShort == 0;
        }
    }

    public Counts counts() {
        return new Counts(
                salvagedRows, damagedRows, salvagedVersions, foundVersions, leftOut, lostVersions, listsCutShort);
    }

    /** A line for people. */
    public void say(String line) {
        listener.accept(line);
    }

    void row() {
        salvagedRows++;
    }

    void damaged(String what) {
        damagedRows++;
        say("damaged: " + what);
    }

    void salvagedVersion() {
        salvagedVersions++;
    }

    void foundVersion() {
        foundVersions++;
    }

    /** A drive's list of shards that can't be read to its end. */
    public void cutShort(String what) {
        listsCutShort++;
        say(what);
    }

    /** A blob that becomes no version. */
    public void leftOut() {
        leftOut++;
    }

    /** An object that rows have told to be current, and that others hide. */
    void hidden(String what) {
        say("hidden: " + what);
    }

    /** A version, part or blob whose bytes are not there any more. */
    public void lost(String what) {
        lostVersions++;
        say("lost: " + what);
    }
}
