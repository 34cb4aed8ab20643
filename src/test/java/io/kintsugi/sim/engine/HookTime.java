package io.kintsugi.sim.engine;

import io.kintsugi.sim.engine.Instead.Kind;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Time, chance and the machine, as rewritten code sees them. */
public final class HookTime {
    /** When every run begins: 2040-01-01T00:00:00Z. */
    private static final Instant EPOCH = Instant.ofEpochSecond(2_208_988_800L);

    private HookTime() {}

    @Instead(of = System.class, kind = Kind.STATIC)
    public static long nanoTime() {
        Task task = Task.current();
        task.requireNoInitialiser("asks for the time");
        return task.run().nanos();
    }

    @Instead(of = System.class, kind = Kind.STATIC)
    public static long currentTimeMillis() {
        return now().toEpochMilli();
    }

    /** The kernels in C can't be loaded for each run; Java computes the same. */
    @Instead(of = System.class, kind = Kind.STATIC)
    public static String getProperty(String name, String otherwise) {
        return name.equals("kintsugi.codec.library") ? "none" : System.getProperty(name, otherwise);
    }

    @Instead(of = Instant.class, kind = Kind.STATIC)
    public static Instant now() {
        return EPOCH.plusNanos(nanoTime()).plus(Task.current().run().clockAhead());
    }

    @Instead(of = ThreadLocalRandom.class, kind = Kind.STATIC)
    public static Random current() {
        Task task = Task.current();
        task.requireNoInitialiser("draws chance");
        return task.run().entropy();
    }

    @Instead(of = ThreadLocalRandom.class)
    public static long nextLong(Random random) {
        return random.nextLong();
    }

    @Instead(of = Math.class, kind = Kind.STATIC)
    public static double random() {
        return current().nextDouble();
    }

    @Instead(of = UUID.class, kind = Kind.STATIC)
    public static UUID randomUUID() {
        return new UUID(current().nextLong(), current().nextLong());
    }

    @Instead(of = SecureRandom.class, kind = Kind.NEW)
    public static SecureRandom create() {
        return new Chance(current());
    }

    @Instead(of = Runtime.class)
    public static int availableProcessors(Runtime runtime) {
        return 2;
    }

    /** Not secure at all. */
    private static final class Chance extends SecureRandom {
        private static final long serialVersionUID = 1;
        private final transient Random random;

        Chance(Random random) {
            this.random = random;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            random.nextBytes(bytes);
        }
    }
}
