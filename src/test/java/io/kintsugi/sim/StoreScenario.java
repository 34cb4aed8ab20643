package io.kintsugi.sim;

import io.kintsugi.sim.engine.SimContext;
import io.kintsugi.sim.engine.SimScenario;

/** A whole store, its clients, and everything that can happen to its drives, from one seed. */
public final class StoreScenario implements SimScenario {
    /** How many requests each client makes. */
    public static final String REQUESTS = "requests";

    private static final String DEFAULT_REQUESTS = "25";

    @Override
    public void run(SimContext context) throws Exception {
        int clients = 2 + context.random().nextInt(3);
        int requests = Integer.parseInt(context.parameter(REQUESTS).orElse(DEFAULT_REQUESTS));
        new World(context).live(clients, requests);
    }
}
