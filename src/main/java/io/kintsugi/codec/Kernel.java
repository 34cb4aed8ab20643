package io.kintsugi.codec;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What there are kernels for. The order is that of {@code enum ks_kernel} in {@code native/kintsugi.h}. */
enum Kernel {
    REED_SOLOMON("reed-solomon", CodecPath.GFNI_AVX512, CodecPath.NEON),
    CRC32("crc32", CodecPath.VPCLMUL, CodecPath.ARM_CRYPTO),
    CRC32C("crc32c", CodecPath.VPCLMUL, CodecPath.ARM_CRYPTO),
    CRC64NVME("crc64nvme", CodecPath.VPCLMUL, CodecPath.ARM_CRYPTO),
    SHA1("sha1", CodecPath.SHA_NI, CodecPath.ARM_CRYPTO),
    SHA256("sha256", CodecPath.SHA_NI, CodecPath.ARM_CRYPTO),
    SHA512("sha512", CodecPath.BMI2, CodecPath.SCALAR),
    MD5("md5", CodecPath.SCALAR, CodecPath.SCALAR),
    XXHASH64("xxhash64", CodecPath.SCALAR, CodecPath.SCALAR),
    XXHASH3("xxhash3", CodecPath.AVX512, CodecPath.SCALAR),
    XXHASH128("xxhash128", CodecPath.AVX512, CodecPath.SCALAR),
    MD5_LANES("md5-lanes", CodecPath.AVX512, CodecPath.SCALAR);

    private final String title;
    private final CodecPath fastestOnX86;
    private final CodecPath fastestOnArm;

    Kernel(String title, CodecPath fastestOnX86, CodecPath fastestOnArm) {
        this.title = title;
        this.fastestOnX86 = fastestOnX86;
        this.fastestOnArm = fastestOnArm;
    }

    String title() {
        return title;
    }

    /** The fastest path that is written for machines like this one, whether or not this one can take it. */
    CodecPath fastestWritten() {
        return Set.of("aarch64", "arm64").contains(System.getProperty("os.arch", "")) ? fastestOnArm : fastestOnX86;
    }

    /** All paths that work here, slowest first; the first is {@link CodecPath#JAVA}. */
    List<CodecPath> paths() {
        int mask = Kernels.AVAILABLE ? Kernels.paths(ordinal()) : 0;
        List<CodecPath> out = new ArrayList<>();
        for (CodecPath p : CodecPath.values()) {
            if (p == CodecPath.JAVA || (mask >>> p.ordinal() & 1) != 0) {
                out.add(p);
            }
        }
        return List.copyOf(out);
    }

    /** The fastest path that works here. */
    CodecPath best() {
        return Kernels.best(this);
    }
}
