package io.kintsugi.drives;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether a look at memory is worth its time for values that may well not be there. A look in vain costs a third of
 * what it saves when the value is found, which is two changes of threads. So it is done while a third or more of the
 * last looks found something; when fewer did, now and then, to notice when that changes.
 *
 * <p>Threads: any, without locks. An update that gets lost costs nothing.
 */
final class PeekOdds {
    private static final int ALL = 1 << 16;
    private static final int ENOUGH = ALL / 3;
    /** Of the average that a new look makes up. */
    private static final int WEIGHT = 32;
    /** One of so many is looked for all the same. */
    private static final int PROBE = 16;

    private final AtomicInteger found = new AtomicInteger(ALL);
    private final AtomicInteger skipped = new AtomicInteger();

    boolean areGood() {
        if (found.getPlain() >= ENOUGH) {
            return true;
        }
        int count = skipped.getPlain() + 1;
        skipped.setPlain(count);
        return count % PROBE == 0;
    }

    void looked(boolean known) {
        int before = found.getPlain();
        found.setPlain(before + ((known ? ALL : 0) - before) / WEIGHT);
    }
}
