/* MD5 of 16 streams at a time. */
#if defined(__x86_64__)
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl")
#include <immintrin.h>
#include "kintsugi.h"

#define VECTOR __m512i
#define LANES 16
#define ADD(a, b) _mm512_add_epi32(a, b)
#define ROTATE(v, n) _mm512_rol_epi32(v, n)
#define BROADCAST(k) _mm512_set1_epi32((int)k)
#define LOAD(p) _mm512_loadu_si512(p)
#define STORE(p, v) _mm512_storeu_si512(p, v)
/* The last argument is the truth table of the function, b, c, d from the highest bit of its index to the lowest. */
#define F(b, c, d) _mm512_ternarylogic_epi32(b, c, d, 0xca)
#define G(b, c, d) _mm512_ternarylogic_epi32(b, c, d, 0xe4)
#define H(b, c, d) _mm512_ternarylogic_epi32(b, c, d, 0x96)
#define I(b, c, d) _mm512_ternarylogic_epi32(b, c, d, 0x39)

/* Four rows to four columns in each quarter of the vectors. */
#define QUARTERS(r)                                                                            \
    do {                                                                                       \
        __m512i ab0 = _mm512_unpacklo_epi32((r)[0], (r)[1]), ab2 = _mm512_unpackhi_epi32((r)[0], (r)[1]); \
        __m512i cd0 = _mm512_unpacklo_epi32((r)[2], (r)[3]), cd2 = _mm512_unpackhi_epi32((r)[2], (r)[3]); \
        (r)[0] = _mm512_unpacklo_epi64(ab0, cd0), (r)[1] = _mm512_unpackhi_epi64(ab0, cd0);     \
        (r)[2] = _mm512_unpacklo_epi64(ab2, cd2), (r)[3] = _mm512_unpackhi_epi64(ab2, cd2);     \
    } while (0)

static inline __attribute__((always_inline)) void transpose(__m512i w[16], const uint8_t *const p[16])
{
    __m512i r[16];
#pragma GCC unroll 16
    for (int i = 0; i < 16; i++)
        r[i] = _mm512_loadu_si512(p[i]);
    QUARTERS(r);
    QUARTERS(r + 4);
    QUARTERS(r + 8);
    QUARTERS(r + 12);
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

#define TRANSPOSE(w, p) transpose(w, p)
#define FUNCTION ks_md5_lanes_avx512
#include "md5_lanes.h"
#else
typedef int ks_not_for_this_machine;
#endif
