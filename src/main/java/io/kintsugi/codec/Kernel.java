package io.kintsugi.codec;

import java.util.ArrayList;
import java.util.List;

/** What there are kernels for. The order is that of {@code enum ks_kernel} in {@code native/kintsugi.h}. */
enum Kernel {
    REED_SOLOMON("reed-solomon"),
    CRC32("crc32"),
    CRC32C("crc32c"),
    CRC64NVME("crc64nvme"),
    SHA1("sha1"),
    SHA256("sha256"),
    SHA512("sha512"),
    MD5("md5"),
    XXHASH64("xxhash64"),
    XXHASH3("xxhash3"),
    XXHASH128("xxhash128");

    private final String title;

    Kernel(String title) {
        this.title = title;
    }

    String title() {
        return title;
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
