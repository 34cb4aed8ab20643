/* MD5 of 16, 8 and 4 streams at a time. */
#if defined(__x86_64__)
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl")
#include <immintrin.h>
#include "kintsugi.h"

/* BITS(add_epi32) is the intrinsic of this name for the width that the sections below are about. */
#define ADD(a, b) BITS(add_epi32)(a, b)
#define ROTATE(v, n) BITS(rol_epi32)(v, n)
#define BROADCAST(k) BITS(set1_epi32)((int)k)
/* The last argument is the truth table of the function, b, c, d from the highest bit of its index to the lowest. */
#define TERNARY(b, c, d, table) BITS(ternarylogic_epi32)(b, c, d, table)
#define F(b, c, d) TERNARY(b, c, d, 0xca)
#define G(b, c, d) TERNARY(b, c, d, 0xe4)
#define H(b, c, d) TERNARY(b, c, d, 0x96)
#define I(b, c, d) TERNARY(b, c, d, 0x39)
#define INLINE static inline __attribute__((always_inline))

/* Four rows to four columns in each quarter of 64 bytes. */
#define QUARTERS(w, r0, r1, r2, r3)                                                                        \
    do {                                                                                                   \
        VECTOR ab0 = BITS(unpacklo_epi32)(r0, r1), ab2 = BITS(unpackhi_epi32)(r0, r1);                      \
        VECTOR cd0 = BITS(unpacklo_epi32)(r2, r3), cd2 = BITS(unpackhi_epi32)(r2, r3);                      \
        (w)[0] = BITS(unpacklo_epi64)(ab0, cd0), (w)[1] = BITS(unpackhi_epi64)(ab0, cd0);                   \
        (w)[2] = BITS(unpacklo_epi64)(ab2, cd2), (w)[3] = BITS(unpackhi_epi64)(ab2, cd2);                   \
    } while (0)

#define BITS(name) _mm512_##name
#define VECTOR __m512i
#define LANES 16
#define LOAD(p) _mm512_loadu_si512(p)
#define STORE(p, v) _mm512_storeu_si512(p, v)

INLINE void transpose_16(__m512i w[16], const uint8_t *const p[16])
{
    __m512i r[16];
#pragma GCC unroll 16
    for (int i = 0; i < 16; i++)
        r[i] = LOAD(p[i]);
#pragma GCC unroll 4
    for (int i = 0; i < 16; i += 4)
        QUARTERS(r + i, r[i], r[i + 1], r[i + 2], r[i + 3]);
    /* r[4 g + i] has in quarter q word 4 q + i of the lanes 4 g to 4 g + 3. */
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
        __m512i low01 = _mm512_shuffle_i32x4(r[i], r[4 + i], 0x44), high01 = _mm512_shuffle_i32x4(r[i], r[4 + i], 0xee);
        __m512i low23 = _mm512_shuffle_i32x4(r[8 + i], r[12 + i], 0x44);
        __m512i high23 = _mm512_shuffle_i32x4(r[8 + i], r[12 + i], 0xee);
        w[i] = _mm512_shuffle_i32x4(low01, low23, 0x88);
        w[4 + i] = _mm512_shuffle_i32x4(low01, low23, 0xdd);
        w[8 + i] = _mm512_shuffle_i32x4(high01, high23, 0x88);
        w[12 + i] = _mm512_shuffle_i32x4(high01, high23, 0xdd);
    }
}

#define TRANSPOSE(w, p) transpose_16(w, p)
#define FUNCTION ks_md5_lanes_avx512
#include "md5_lanes.h"

#undef BITS
#undef LOAD
#undef STORE
#define BITS(name) _mm256_##name
#define VECTOR __m256i
#define LANES 8
#define LOAD(p) _mm256_loadu_si256((const __m256i *)(p))
#define STORE(p, v) _mm256_storeu_si256((__m256i *)(p), v)

INLINE __m256i halves(const uint8_t *low, const uint8_t *high)
{
    __m256i both = _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)low));
    return _mm256_inserti128_si256(both, _mm_loadu_si128((const __m128i *)high), 1);
}

INLINE void transpose_8(__m256i w[16], const uint8_t *const p[8])
{
#pragma GCC unroll 4
    for (int i = 0; i < 16; i += 4) {
        __m256i r0 = halves(p[0] + 4 * i, p[4] + 4 * i), r1 = halves(p[1] + 4 * i, p[5] + 4 * i);
        __m256i r2 = halves(p[2] + 4 * i, p[6] + 4 * i), r3 = halves(p[3] + 4 * i, p[7] + 4 * i);
        QUARTERS(w + i, r0, r1, r2, r3);
    }
}

#define TRANSPOSE(w, p) transpose_8(w, p)
#define FUNCTION ks_md5_lanes_avx512_8
#include "md5_lanes.h"

#undef BITS
#undef LOAD
#undef STORE
#define BITS(name) _mm_##name
#define VECTOR __m128i
#define LANES 4
#define LOAD(p) _mm_loadu_si128((const __m128i *)(p))
#define STORE(p, v) _mm_storeu_si128((__m128i *)(p), v)

INLINE void transpose_4(__m128i w[16], const uint8_t *const p[4])
{
#pragma GCC unroll 4
    for (int i = 0; i < 16; i += 4)
        QUARTERS(w + i, LOAD(p[0] + 4 * i), LOAD(p[1] + 4 * i), LOAD(p[2] + 4 * i), LOAD(p[3] + 4 * i));
}

#define TRANSPOSE(w, p) transpose_4(w, p)
#define FUNCTION ks_md5_lanes_avx512_4
#include "md5_lanes.h"
#else
typedef int ks_not_for_this_machine;
#endif
