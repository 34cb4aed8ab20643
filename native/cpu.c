/* What this CPU and its operating system allow, asked once when the library is loaded. */
#include "kintsugi.h"

#if defined(__x86_64__)
#include <cpuid.h>

static int bit(unsigned word, int n)
{
    return word >> n & 1;
}

static uint64_t enabled_state(void)
{
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

static unsigned detect(void)
{
    unsigned a, b, c, d, b7 = 0, c7 = 0, paths = 1u << KS_SCALAR;
    if (!__get_cpuid(1, &a, &b, &c, &d))
        return paths;
    int sse42 = bit(c, 20) && bit(c, 1) && bit(c, 19) && bit(c, 9); /* SSE4.2, PCLMULQDQ, SSE4.1, SSSE3 */
    uint64_t xcr0 = bit(c, 27) ? enabled_state() : 0;
    int ymm = bit(c, 28) && (xcr0 & 0x06) == 0x06;
    int zmm = ymm && (xcr0 & 0xe6) == 0xe6;
    unsigned d7;
    if (__get_cpuid_max(0, NULL) >= 7)
        __cpuid_count(7, 0, a, b7, c7, d7);
    int avx2 = ymm && bit(b7, 5);
    int avx512 = zmm && bit(b7, 16) && bit(b7, 17) && bit(b7, 30) && bit(b7, 31); /* F, DQ, BW, VL */
    int gfni = bit(c7, 8);
    paths |= (unsigned)(bit(b7, 3) && bit(b7, 8)) << KS_BMI2;
    paths |= (unsigned)sse42 << KS_SSE42 | (unsigned)avx2 << KS_AVX2;
    paths |= (unsigned)(sse42 && bit(b7, 29)) << KS_SHA_NI;
    paths |= (unsigned)(avx2 && gfni) << KS_GFNI_AVX2;
    paths |= (unsigned)avx512 << KS_AVX512;
    paths |= (unsigned)(avx512 && sse42 && bit(c7, 10)) << KS_VPCLMUL;
    paths |= (unsigned)(avx512 && gfni) << KS_GFNI_AVX512;
    return paths;
}

#elif defined(__aarch64__)
#include <sys/auxv.h>

/* HWCAP_PMULL, HWCAP_SHA1 and HWCAP_SHA2 of Linux's asm/hwcap.h. */
#define CRYPTO (1ul << 4 | 1ul << 5 | 1ul << 6)

static unsigned detect(void)
{
    unsigned crypto = (getauxval(AT_HWCAP) & CRYPTO) == CRYPTO;
    return 1u << KS_SCALAR | 1u << KS_NEON | crypto << KS_ARM_CRYPTO; /* Advanced SIMD is part of ARMv8-A */
}

#else

static unsigned detect(void)
{
    return 1u << KS_SCALAR;
}

#endif

static unsigned known;

__attribute__((constructor)) static void ask_cpu(void)
{
    known = detect();
}

unsigned ks_cpu_paths(void)
{
    return known;
}
