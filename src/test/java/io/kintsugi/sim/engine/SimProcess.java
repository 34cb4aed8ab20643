package io.kintsugi.sim.engine;

/** A group of simulated threads that live and die together. A thread belongs to the process of who started it. */
public interface SimProcess {
    String name();

    boolean alive();

    /** Starts a thread in this process; nothing happens, and the thread never runs, when the process is dead. */
    Thread spawn(String name, Runnable body);
}
