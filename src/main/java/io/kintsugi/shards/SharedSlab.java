package io.kintsugi.shards;

import io.kintsugi.codec.Slab;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A slab with several owners at a time: the thread that fills it, each drive that reads or writes it, each sink that
 * sends from it. The last one to release it gives it back, so that memory which a hanging drive may still touch is
 * never lent to anybody else. Any thread.
 */
final class SharedSlab {
    private final Slab slab;
    private final AtomicInteger owners = new AtomicInteger(1);

    SharedSlab(Slab slab) {
        this.slab = slab;
    }

    Slab slab() {
        return slab;
    }

    /** One more owner; called by one. */
    void retain() {
        owners.incrementAndGet();
    }

    void release() {
        if (owners.decrementAndGet() == 0) {
            slab.close();
        }
    }
}
