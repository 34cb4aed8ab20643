package io.kintsugi.sim.engine;

/** Runs scenarios: the code of the store as it is, one run a pure function of one number. */
public final class SimEngine {
    private SimEngine() {}

    /**
     * Runs a scenario in the calling thread, which must be a platform thread. Several runs may go on in as many
     * threads.
     *
     * @param scenario name of a class that implements {@link SimScenario}
     * @throws IllegalArgumentException when there is nothing that a mutation could change
     */
    public static SimReport run(long seed, String scenario, SimOptions options) {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a virtual thread can't carry other threads");
        }
        Rewriter rewriter = Rewriter.of(options.mutations());
        SimLoader loader = rewriter.take();
        SimReport report = run(seed, scenario, options, loader);
        rewriter.giveBack(loader);
        return report;
    }

    static SimReport run(long seed, String scenario, SimOptions options, SimLoader loader) {
        return new Scheduler(seed, options, loader)
                .execute(context -> make(loader, scenario).run(context));
    }

    private static SimScenario make(ClassLoader loader, String name) throws ReflectiveOperationException {
        var constructor = Class.forName(name, true, loader).getDeclaredConstructor();
        constructor.setAccessible(true);
        return (SimScenario) constructor.newInstance();
    }
}
