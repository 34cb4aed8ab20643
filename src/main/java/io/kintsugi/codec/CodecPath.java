package io.kintsugi.codec;

/**
 * A way to compute something, slowest first; {@link Kernel} says which exist for what. The order is that of {@code enum
 * ks_path} in {@code native/kintsugi.h}.
 */
enum CodecPath {
    JAVA("java"),
    SCALAR("scalar C"),
    NEON("neon"),
    ARM_CRYPTO("armv8 crypto"),
    SSE42("sse4.2+pclmul"),
    BMI2("bmi2"),
    AVX2("avx2"),
    GFNI_AVX2("gfni+avx2"),
    SHA_NI("sha-ni"),
    AVX512("avx512"),
    VPCLMUL("vpclmul+avx512"),
    GFNI_AVX512("gfni+avx512");

    private final String title;

    CodecPath(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
