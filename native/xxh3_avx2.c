/* XXH3's loop over stripes on 32 bytes at a time. */
#if defined(__x86_64__)
#pragma GCC target("avx2")
#include <immintrin.h>
#include "kintsugi.h"
#include "xxh_primes.h"

#define INLINE static inline __attribute__((always_inline))

INLINE __m256i load(const void *p)
{
    return _mm256_loadu_si256((const __m256i *)p);
}

INLINE __m256i accumulate(__m256i acc, const uint8_t *p, const uint8_t *secret)
{
    __m256i lanes = load(p);
    __m256i value = _mm256_xor_si256(lanes, load(secret));
    __m256i product = _mm256_mul_epu32(value, _mm256_srli_epi64(value, 32));
    return _mm256_add_epi64(_mm256_add_epi64(acc, product), _mm256_shuffle_epi32(lanes, 0x4e));
}

INLINE __m256i scramble(__m256i acc, const uint8_t *secret)
{
    const __m256i prime = _mm256_set1_epi64x(P32_1);
    __m256i x = _mm256_xor_si256(_mm256_xor_si256(acc, _mm256_srli_epi64(acc, 47)), load(secret));
    __m256i high = _mm256_mul_epu32(_mm256_srli_epi64(x, 32), prime);
    return _mm256_add_epi64(_mm256_mul_epu32(x, prime), _mm256_slli_epi64(high, 32));
}

unsigned ks_xxh3_avx2(uint64_t *state, const uint8_t *p, size_t count, unsigned n)
{
    __m256i a = load(state), b = load(state + 4);
    for (; count > 0; count--, p += 64) {
        a = accumulate(a, p, ks_xxh3_secret + 8 * n);
        b = accumulate(b, p + 32, ks_xxh3_secret + 8 * n + 32);
        if (++n == 16) {
            a = scramble(a, ks_xxh3_secret + 128);
            b = scramble(b, ks_xxh3_secret + 160);
            n = 0;
        }
    }
    _mm256_storeu_si256((__m256i *)(void *)state, a);
    _mm256_storeu_si256((__m256i *)(void *)(state + 4), b);
    return n;
}
#else
typedef int ks_not_for_this_machine;
#endif
