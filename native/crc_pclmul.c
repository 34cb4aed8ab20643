/*
 * CRC by carry-less multiplication, 16 bytes at a time (V. Gopal et al., "Fast CRC Computation for Generic Polynomials
 * Using PCLMULQDQ Instruction", Intel 2009): a 128-bit remainder is moved on by multiplying its halves with powers of
 * x. What is left in the end goes through the table.
 */
#if defined(__x86_64__)
#pragma GCC target("sse4.2,pclmul")
#include <immintrin.h>
#include "kintsugi.h"

#define INLINE static inline __attribute__((always_inline))

INLINE __m128i load(const uint8_t *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

INLINE __m128i fold(__m128i x, __m128i factors, __m128i next)
{
    __m128i low = _mm_clmulepi64_si128(x, factors, 0x00);
    __m128i high = _mm_clmulepi64_si128(x, factors, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

uint64_t ks_crc_pclmul(const struct ks_crc *crc, uint64_t state, const uint8_t *p, size_t n)
{
    if (n < 32)
        return ks_crc_scalar(crc, state, p, n);
    const __m128i by128 = load((const uint8_t *)crc->fold128);
    __m128i x = _mm_xor_si128(load(p), _mm_cvtsi64_si128((long long)state));
    p += 16, n -= 16;
    if (n >= 48 + 64) {
        const __m128i by512 = load((const uint8_t *)crc->fold512);
        __m128i a = x, b = load(p), c = load(p + 16), d = load(p + 32);
        for (p += 48, n -= 48; n >= 64; p += 64, n -= 64) {
            a = fold(a, by512, load(p));
            b = fold(b, by512, load(p + 16));
            c = fold(c, by512, load(p + 32));
            d = fold(d, by512, load(p + 48));
        }
        x = fold(fold(fold(a, by128, b), by128, c), by128, d);
    }
    for (; n >= 16; p += 16, n -= 16)
        x = fold(x, by128, load(p));
    uint8_t rest[16];
    _mm_storeu_si128((__m128i *)(void *)rest, x);
    return ks_crc_scalar(crc, ks_crc_scalar(crc, 0, rest, 16), p, n);
}
#else
typedef int ks_not_for_this_machine;
#endif
