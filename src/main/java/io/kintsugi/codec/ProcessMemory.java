package io.kintsugi.codec;

/** Memory of this process that nothing needs at the moment. */
public final class ProcessMemory {
    private ProcessMemory() {}

    /**
     * Gives back to the system what the C library keeps of freed memory, and the pages of the executable that are as
     * they lie in its file: code and data of the native image that only the start needed. They come again, one fault
     * for some of them, from the page cache. For a process that has nothing else to do.
     *
     * @return bytes of the executable that were given back; 0 where there are no kernels
     */
    public static long giveBack() {
        return Kernels.AVAILABLE ? Kernels.giveBack() : 0;
    }
}
