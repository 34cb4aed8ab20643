/* CRC by carry-less multiplication, four times 64 bytes at a time; short pieces take 16 bytes at a time. */
#if defined(__x86_64__)
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,vpclmulqdq,sse4.2,pclmul")
#include <immintrin.h>
#include "kintsugi.h"

#define INLINE static inline __attribute__((always_inline))

INLINE __m512i load(const uint8_t *p)
{
    return _mm512_loadu_si512(p);
}

INLINE __m512i factors(const uint64_t pair[2])
{
    return _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)pair));
}

/* 0x96: the exclusive or of three. */
INLINE __m512i fold(__m512i x, __m512i by, __m512i next)
{
    return _mm512_ternarylogic_epi64(_mm512_clmulepi64_epi128(x, by, 0x00), _mm512_clmulepi64_epi128(x, by, 0x11),
                                     next, 0x96);
}

INLINE __m128i fold128(__m128i x, __m128i by, __m128i next)
{
    return _mm_ternarylogic_epi64(_mm_clmulepi64_si128(x, by, 0x00), _mm_clmulepi64_si128(x, by, 0x11), next, 0x96);
}

uint64_t ks_crc_vpclmul(const struct ks_crc *crc, uint64_t state, const uint8_t *p, size_t n)
{
    if (n < 256)
        return ks_crc_pclmul(crc, state, p, n);
    const __m512i by512 = factors(crc->fold512), by2048 = factors(crc->fold2048);
    __m512i a = _mm512_xor_si512(load(p), _mm512_zextsi128_si512(_mm_cvtsi64_si128((long long)state)));
    __m512i b = load(p + 64), c = load(p + 128), d = load(p + 192);
    for (p += 256, n -= 256; n >= 256; p += 256, n -= 256) {
        a = fold(a, by2048, load(p));
        b = fold(b, by2048, load(p + 64));
        c = fold(c, by2048, load(p + 128));
        d = fold(d, by2048, load(p + 192));
    }
    a = fold(fold(fold(a, by512, b), by512, c), by512, d);
    for (; n >= 64; p += 64, n -= 64)
        a = fold(a, by512, load(p));
    const __m128i by128 = _mm_loadu_si128((const __m128i *)(const void *)crc->fold128);
    __m128i x = fold128(_mm512_castsi512_si128(a), by128, _mm512_extracti64x2_epi64(a, 1));
    x = fold128(x, by128, _mm512_extracti64x2_epi64(a, 2));
    x = fold128(x, by128, _mm512_extracti64x2_epi64(a, 3));
    for (; n >= 16; p += 16, n -= 16)
        x = fold128(x, by128, _mm_loadu_si128((const __m128i *)(const void *)p));
    uint8_t rest[16];
    _mm_storeu_si128((__m128i *)(void *)rest, x);
    return ks_crc_scalar(crc, ks_crc_scalar(crc, 0, rest, 16), p, n);
}
#else
typedef int ks_not_for_this_machine;
#endif
