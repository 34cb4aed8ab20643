package io.kintsugi.sim.engine;

/**
 * What is simulated: ordinary Java, with a constructor without parameters. {@link SimEngine} loads it with everything
 * of {@code io.kintsugi} that it uses into a class loader of its own and runs it in the first simulated thread.
 */
@FunctionalInterface
public interface SimScenario {
    /** The run ends well when this returns; whatever it throws, or any other simulated thread, is its failure. */
    void run(SimContext context) throws Exception;
}
