package io.kintsugi.codec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/**
 * The C kernels of {@code native/}. The only class with native methods; it loads the library when it is first used (so
 * a native image must initialise it at run time), from the class path resource {@code native/linux-ARCH/libkintsugi.so}
 * or the file that the system property {@code kintsugi.codec.library} names ({@code none}: no kernels). When that
 * fails, {@link #AVAILABLE} is false, {@link #REASON} says why, and everybody takes the Java path.
 *
 * <p>Native methods do not check ranges: callers did. Addresses stay valid since the caller holds the buffer.
 */
final class Kernels {
    /** Names a library outside of the class path, or {@code none}. */
    static final String LIBRARY_PROPERTY = "kintsugi.codec.library";
    /** Of {@link #interfaceVersion}: a library of another build is refused instead of misread. */
    static final int INTERFACE_VERSION = 5;
    /** Size of the context of the hungriest digest, in bytes ({@code KS_CONTEXT_BYTES} in C). */
    static final int CONTEXT_BYTES = 512;

    static final boolean AVAILABLE;
    /** Why there are no kernels; empty when there are. */
    static final String REASON;

    private static final CodecPath[] BEST = new CodecPath[Kernel.values().length];

    static {
        REASON = load();
        AVAILABLE = REASON.isEmpty();
        for (Kernel k : Kernel.values()) {
            int mask = AVAILABLE ? paths(k.ordinal()) : 0;
            BEST[k.ordinal()] = CodecPath.values()[31 - Integer.numberOfLeadingZeros(mask | 1)];
        }
    }

    private Kernels() {}

    static CodecPath best(Kernel kernel) {
        return BEST[kernel.ordinal()];
    }

    static native int interfaceVersion();

    /** The paths that this CPU and build have for a kernel: bit {@link CodecPath#ordinal()} for each. */
    static native int paths(int kernel);

    static native long address(ByteBuffer direct);

    /** Fills the tables of a coding plan at that address; see {@link CodingPlan}. */
    static native void prepare(long plan);

    /** Computes the plan's outputs from its inputs; shard i lies at {@code base + i * stride}. */
    static native void code(int path, long plan, long base, long stride, long length);

    /** Continues a CRC32C (0 to begin). */
    static native int crc32c(int path, int crc, long address, long length);

    static native int crc32cBuffer(int path, int crc, ByteBuffer direct, int offset, int length);

    static native int crc32cArray(int path, int crc, byte[] bytes, int offset, int length);

    static native void digestBegin(int kernel, byte[] context);

    static native void digestUpdate(int kernel, int path, byte[] context, long address, long length);

    static native void digestBuffer(int kernel, int path, byte[] context, ByteBuffer direct, int offset, int length);

    /** The next blocks of some MD5 digests, lane by lane, none of which holds a part of a block. */
    static native void md5Lanes(int path, byte[][] contexts, long[] addresses, int lanes, long blocks);

    /** The next blocks of two SHA-256 digests, neither of which holds a part of a block. */
    static native void sha256Pair(
            int path, byte[] first, long firstAddress, byte[] second, long secondAddress, long blocks);

    static native void digestArray(int kernel, int path, byte[] context, byte[] bytes, int offset, int length);

    /** Writes the big-endian value; its length is the algorithm's. */
    static native void digestFinish(int kernel, int path, byte[] context, byte[] value);

    /** Gives memory back to the system that nothing needs now; bytes of mapped code and data among it. */
    static native long giveBack();

    /** Opens a file for {@link #fileCached}; negative when that can't be. @param path ends with a zero */
    static native int fileOpen(byte[] path);

    static native void fileClose(int fd);

    /** Reads what of these bytes, from the first on, is in the page cache, without waiting; returns how many. */
    static native int fileCached(int fd, long position, ByteBuffer direct, int offset, int length);

    private static String load() {
        String named = System.getProperty(LIBRARY_PROPERTY, "");
        if (named.equals("none")) {
            return "switched off by -D" + LIBRARY_PROPERTY + "=none";
        }
        try {
            String problem = named.isEmpty() ? loadResource() : loadFile(Path.of(named));
            return problem.isEmpty() ? checkVersion() : problem;
        } catch (IOException | UnsatisfiedLinkError | SecurityException e) {
            return "the kernel library could not be loaded: " + e.getMessage()
                    + " (java.io.tmpdir must be writable and not " + "mounted noexec; or name the library by -D"
                    + LIBRARY_PROPERTY + "=FILE)";
        }
    }

    private static String checkVersion() {
        int version = interfaceVersion();
        return version == INTERFACE_VERSION
                ? ""
                : "the kernel library has interface version " + version + ", not " + INTERFACE_VERSION
                        + ": rebuild it with native/build.sh";
    }

    private static String loadFile(Path file) {
        System.load(file.toAbsolutePath().toString());
        return "";
    }

    private static String loadResource() throws IOException {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String arch = switch (System.getProperty("os.arch", "")) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "aarch64";
            default -> System.getProperty("os.arch", "unknown");
        };
        String name = "native/" + os + "-" + arch + "/libkintsugi.so";
        try (InputStream in = Kernels.class.getClassLoader().getResourceAsStream(name)) {
            if (in == null) {
                return "this build has no kernels for " + os + "-" + arch + " (" + name + " is not on the class path: "
                        + "no C compiler when it was built?)";
            }
            Path copy = Files.createTempFile("libkintsugi", ".so");
            try {
                Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
                return loadFile(copy);
            } finally {
                Files.deleteIfExists(copy);
            }
        }
    }
}
