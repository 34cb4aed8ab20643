/* Reed-Solomon by two byte shuffles: the products of the low and of the high nibble (Plank et al., FAST 2013). */
#if defined(__x86_64__)
#pragma GCC target("avx2")
#include <immintrin.h>
#include "kintsugi.h"

static inline __attribute__((always_inline)) __m256i table(const uint8_t *p)
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)p));
}

static inline __attribute__((always_inline)) __m256i add_product(__m256i acc, __m256i x, const uint8_t *nibbles)
{
    const __m256i low_mask = _mm256_set1_epi8(0x0f);
    __m256i low = _mm256_shuffle_epi8(table(nibbles), _mm256_and_si256(x, low_mask));
    __m256i high = _mm256_shuffle_epi8(table(nibbles + 16), _mm256_and_si256(_mm256_srli_epi64(x, 4), low_mask));
    return _mm256_xor_si256(acc, _mm256_xor_si256(low, high));
}

#define FUNCTION ks_rs_avx2
#define VECTOR __m256i
#define WIDTH 32
#define GROUP 4
#define ZERO() _mm256_setzero_si256()
#define LOAD(p) _mm256_loadu_si256((const __m256i *)(const void *)(p))
#define STORE(p, v) _mm256_storeu_si256((__m256i *)(void *)(p), v)
#define ADD_PRODUCT(acc, x, rs, cell) add_product(acc, x, (rs)->nibbles + 32 * (cell))
#define KS_STEP step
#define KS_PASS pass
#include "rs_vector.h"
#else
typedef int ks_not_for_this_machine;
#endif
