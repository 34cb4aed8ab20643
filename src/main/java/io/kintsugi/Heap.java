package io.kintsugi;

import org.graalvm.nativeimage.RuntimeOptions;

/**
 * Collects garbage, and lets go of the memory that it was in.
 *
 * <p>The serial collector of a native image keeps as much free memory as its young generation may need next. A process
 * that has nothing to do is told to keep little, for that one collection: what it needs comes again with the work.
 *
 * @see <a
 *     href="https://www.graalvm.org/latest/reference-manual/native-image/optimizations-and-performance/MemoryManagement/">Memory
 *     management of native images, {@code MaxHeapFree}</a>
 */
final class Heap {
    private static final boolean IN_IMAGE = System.getProperty("org.graalvm.nativeimage.imagecode") != null;
    private static final String FREE = "MaxHeapFree";
    private static final long LITTLE_BYTES = 2L << 20;

    private Heap() {}

    /** All threads stand still meanwhile. */
    static void collect() {
        if (IN_IMAGE) {
            InImage.collect();
        } else {
            System.gc();
        }
    }

    /** A class of its own: the JVM has none of what it uses. */
    private static final class InImage {
        static void collect() {
            Object before = RuntimeOptions.get(FREE);
            RuntimeOptions.set(FREE, LITTLE_BYTES);
            try {
                System.gc();
            } finally {
                RuntimeOptions.set(FREE, before);
            }
        }
    }
}
