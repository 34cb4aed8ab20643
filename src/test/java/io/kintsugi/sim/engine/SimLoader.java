package io.kintsugi.sim.engine;

/** Loads the classes of {@code io.kintsugi}, rewritten, apart from those that the rest of the virtual machine uses. */
final class SimLoader extends ClassLoader {
    private static final String ROOT = "io.kintsugi.";
    private static final String ENGINE = SimLoader.class.getPackageName();

    private final Rewriter rewriter;
    private final Statics statics = new Statics(this);

    SimLoader(Rewriter rewriter) {
        super("simulation", SimLoader.class.getClassLoader());
        this.rewriter = rewriter;
    }

    /** What the classes keep from run to run. */
    Statics statics() {
        return statics;
    }

    /** All of io.kintsugi but the engine itself, which both sides share. */
    static boolean isRewritten(String className) {
        return className.startsWith(ROOT)
                && className.lastIndexOf('.') > 0
                && !className.substring(0, className.lastIndexOf('.')).equals(ENGINE);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!isRewritten(name)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            if (known != null) {
                return known;
            }
            byte[] bytes = rewritten(name);
            return defineClass(name, bytes, 0, bytes.length);
        }
    }

    /** What can't be simulated fails the run, whoever catches what is thrown here. */
    private byte[] rewritten(String name) throws ClassNotFoundException {
        try {
            return rewriter.rewritten(name).orElseThrow(() -> new ClassNotFoundException(name));
        } catch (SimFailure e) {
            Task task = Task.currentOrNull();
            if (task != null) {
                task.run().failed(task, e);
            }
            throw e;
        }
    }
}
