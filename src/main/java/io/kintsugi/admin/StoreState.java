package io.kintsugi.admin;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Where the process is in its life, and the rooms while there are any. Set by whoever starts and stops the store. */
@ApplicationScoped
public class StoreState {
    /** The life of the store, in order. */
    public enum Phase {
        STARTING,
        SERVING,
        STOPPING
    }

    private record Now(Phase phase, Optional<Rooms> rooms) {}

    private volatile Now now = new Now(Phase.STARTING, Optional.empty());

    public void serving(Rooms rooms) {
        now = new Now(Phase.SERVING, Optional.of(rooms));
    }

    /** From now on the store is not ready: load balancers turn away while what is under way is finished. */
    public void stopping() {
        now = new Now(Phase.STOPPING, now.rooms);
    }

    public Phase phase() {
        return now.phase;
    }

    public Optional<Rooms> rooms() {
        return now.rooms;
    }
}
