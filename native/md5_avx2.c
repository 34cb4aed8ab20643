/* MD5 of 8 streams at a time. */
#if defined(__x86_64__)
#pragma GCC target("avx2")
#include <immintrin.h>
#include "kintsugi.h"

#define VECTOR __m256i
#define LANES 8
#define ADD(a, b) _mm256_add_epi32(a, b)
#define ROTATE(v, n) rotate(v, n)
#define BROADCAST(k) _mm256_set1_epi32((int)k)
#define LOAD(p) _mm256_loadu_si256((const __m256i *)(p))
#define STORE(p, v) _mm256_storeu_si256((__m256i *)(p), v)
#define XOR(a, b) _mm256_xor_si256(a, b)
#define AND(a, b) _mm256_and_si256(a, b)
#define F(b, c, d) XOR(AND(XOR(c, d), b), d)
#define G(b, c, d) XOR(AND(XOR(b, c), d), c)
#define H(b, c, d) XOR(b, XOR(c, d))
#define I(b, c, d) XOR(c, _mm256_or_si256(b, XOR(d, _mm256_set1_epi32(-1))))
#define INLINE static inline __attribute__((always_inline))

INLINE __m256i rotate(__m256i v, int n)
{
    return _mm256_or_si256(_mm256_slli_epi32(v, n), _mm256_srli_epi32(v, 32 - n));
}

/* Four rows to four columns in each half of the vectors. */
INLINE void halves(__m256i r[4])
{
    __m256i ab0 = _mm256_unpacklo_epi32(r[0], r[1]), ab2 = _mm256_unpackhi_epi32(r[0], r[1]);
    __m256i cd0 = _mm256_unpacklo_epi32(r[2], r[3]), cd2 = _mm256_unpackhi_epi32(r[2], r[3]);
    r[0] = _mm256_unpacklo_epi64(ab0, cd0), r[1] = _mm256_unpackhi_epi64(ab0, cd0);
    r[2] = _mm256_unpacklo_epi64(ab2, cd2), r[3] = _mm256_unpackhi_epi64(ab2, cd2);
}

/* Eight words of each of eight lanes. */
INLINE void transpose(__m256i w[8], const uint8_t *const p[8], size_t offset)
{
    __m256i r[8];
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++)
        r[i] = LOAD(p[i] + offset);
    halves(r);
    halves(r + 4);
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
        w[i] = _mm256_permute2x128_si256(r[i], r[4 + i], 0x20);
        w[4 + i] = _mm256_permute2x128_si256(r[i], r[4 + i], 0x31);
    }
}

#define TRANSPOSE(w, p)            \
    do {                           \
        transpose(w, p, 0);        \
        transpose((w) + 8, p, 32); \
    } while (0)
#define FUNCTION ks_md5_lanes_avx2
#include "md5_lanes.h"
#else
typedef int ks_not_for_this_machine;
#endif
