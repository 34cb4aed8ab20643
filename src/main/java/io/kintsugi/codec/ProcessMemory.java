package io.kintsugi.codec;

/** Memory of this process that nothing needs at the moment. */
public final class ProcessMemory {
    private ProcessMemory() {}

    /**
     * Gives back to the system what the C library keeps of freed memory, and the pages of the executable and of the
     * JVM's library that are as they lie in their files: code and data that only the start needed. They come again, one
     * fault for some of them, from the page cache. For a process that has nothing else to do.
     *
     * @return bytes of such pages that were given back; 0 where there are no kernels
     */
    public static long giveBack() {
        return Kernels.AVAILABLE ? Kernels.giveBack() : 0;
    }
}
