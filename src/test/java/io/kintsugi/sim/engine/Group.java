package io.kintsugi.sim.engine;

/** {@link SimProcess}. */
final class Group implements SimProcess {
    private final Scheduler scheduler;
    private final String name;
    private boolean dead;

    Group(Scheduler scheduler, String name) {
        this.scheduler = scheduler;
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean alive() {
        return !dead;
    }

    void die() {
        dead = true;
    }

    @Override
    public Thread spawn(String threadName, Runnable body) {
        Thread thread = scheduler
                .create(this, new SimThreadBuilder().name(threadName), body)
                .thread();
        thread.start();
        return thread;
    }
}
