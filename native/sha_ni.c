/* SHA-1 and SHA-256 by the SHA extensions (Intel, "New Instructions Supporting the Secure Hash Algorithm", 2013). */
#if defined(__x86_64__)
#pragma GCC target("sha,sse4.1,ssse3")
#include <immintrin.h>
#include "kintsugi.h"

#define INLINE static inline __attribute__((always_inline))

static const uint32_t k256[64] __attribute__((aligned(16))) = {
    0x428a2f98u, 0x71374491u, 0xb5c0fbcfu, 0xe9b5dba5u, 0x3956c25bu, 0x59f111f1u, 0x923f82a4u, 0xab1c5ed5u,
    0xd807aa98u, 0x12835b01u, 0x243185beu, 0x550c7dc3u, 0x72be5d74u, 0x80deb1feu, 0x9bdc06a7u, 0xc19bf174u,
    0xe49b69c1u, 0xefbe4786u, 0x0fc19dc6u, 0x240ca1ccu, 0x2de92c6fu, 0x4a7484aau, 0x5cb0a9dcu, 0x76f988dau,
    0x983e5152u, 0xa831c66du, 0xb00327c8u, 0xbf597fc7u, 0xc6e00bf3u, 0xd5a79147u, 0x06ca6351u, 0x14292967u,
    0x27b70a85u, 0x2e1b2138u, 0x4d2c6dfcu, 0x53380d13u, 0x650a7354u, 0x766a0abbu, 0x81c2c92eu, 0x92722c85u,
    0xa2bfe8a1u, 0xa81a664bu, 0xc24b8b70u, 0xc76c51a3u, 0xd192e819u, 0xd6990624u, 0xf40e3585u, 0x106aa070u,
    0x19a4c116u, 0x1e376c08u, 0x2748774cu, 0x34b0bcb5u, 0x391c0cb3u, 0x4ed8aa4au, 0x5b9cca4fu, 0x682e6ff3u,
    0x748f82eeu, 0x78a5636fu, 0x84c87814u, 0x8cc70208u, 0x90befffau, 0xa4506cebu, 0xbef9a3f7u, 0xc67178f2u};

INLINE __m128i load(const void *p)
{
    return _mm_loadu_si128((const __m128i *)p);
}

INLINE __m128i words(const uint64_t *s, int i3, int i2, int i1, int i0)
{
    return _mm_set_epi32((int)s[i3], (int)s[i2], (int)s[i1], (int)s[i0]);
}

INLINE void store_words(uint64_t *s, __m128i v, int i3, int i2, int i1, int i0)
{
    s[i0] = (uint32_t)_mm_extract_epi32(v, 0);
    s[i1] = (uint32_t)_mm_extract_epi32(v, 1);
    s[i2] = (uint32_t)_mm_extract_epi32(v, 2);
    s[i3] = (uint32_t)_mm_extract_epi32(v, 3);
}

/*
 * A round waits four cycles for the one before it, and one can begin every two: two streams in turns take little longer
 * than one. "streams" is a constant where this is inlined, 1 or 2.
 */
INLINE void sha256(uint64_t *const *state, const uint8_t *const *from, size_t blocks, const int streams)
{
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
    __m128i abef[2], cdgh[2], abef0[2], cdgh0[2], m[2][4];
    const uint8_t *p[2];
    for (int s = 0; s < streams; s++) {
        abef[s] = words(state[s], 0, 1, 4, 5);
        cdgh[s] = words(state[s], 2, 3, 6, 7);
        p[s] = from[s];
    }
    for (; blocks > 0; blocks--) {
#pragma GCC unroll 2
        for (int s = 0; s < streams; s++) {
            abef0[s] = abef[s], cdgh0[s] = cdgh[s];
#pragma GCC unroll 4
            for (int i = 0; i < 4; i++)
                m[s][i] = _mm_shuffle_epi8(load(p[s] + 16 * i), swap);
            p[s] += 64;
        }
#pragma GCC unroll 16
        for (int i = 0; i < 16; i++) {
#pragma GCC unroll 2
            for (int s = 0; s < streams; s++) {
                __m128i wk = _mm_add_epi32(m[s][i & 3], load(k256 + 4 * i));
                cdgh[s] = _mm_sha256rnds2_epu32(cdgh[s], abef[s], wk);
                abef[s] = _mm_sha256rnds2_epu32(abef[s], cdgh[s], _mm_shuffle_epi32(wk, 0x0e));
                if (i < 12) {
                    __m128i w = _mm_sha256msg1_epu32(m[s][i & 3], m[s][(i + 1) & 3]);
                    w = _mm_add_epi32(w, _mm_alignr_epi8(m[s][(i + 3) & 3], m[s][(i + 2) & 3], 4));
                    m[s][i & 3] = _mm_sha256msg2_epu32(w, m[s][(i + 3) & 3]);
                }
            }
        }
#pragma GCC unroll 2
        for (int s = 0; s < streams; s++) {
            abef[s] = _mm_add_epi32(abef[s], abef0[s]);
            cdgh[s] = _mm_add_epi32(cdgh[s], cdgh0[s]);
        }
    }
    for (int s = 0; s < streams; s++) {
        store_words(state[s], abef[s], 0, 1, 4, 5);
        store_words(state[s], cdgh[s], 2, 3, 6, 7);
    }
}

void ks_sha256_ni(uint64_t *state, const uint8_t *p, size_t blocks)
{
    sha256(&state, &p, blocks, 1);
}

void ks_sha256_pair_ni(uint64_t *const *state, const uint8_t *const *p, size_t blocks)
{
    sha256(state, p, blocks, 2);
}

/* The round function's number must be a constant for the instruction. */
INLINE __m128i sha1_rounds(__m128i abcd, __m128i e, int function)
{
    switch (function) {
    case 0:
        return _mm_sha1rnds4_epu32(abcd, e, 0);
    case 1:
        return _mm_sha1rnds4_epu32(abcd, e, 1);
    case 2:
        return _mm_sha1rnds4_epu32(abcd, e, 2);
    default:
        return _mm_sha1rnds4_epu32(abcd, e, 3);
    }
}

void ks_sha1_ni(uint64_t *state, const uint8_t *p, size_t blocks)
{
    const __m128i swap = _mm_set_epi64x(0x0001020304050607LL, 0x08090a0b0c0d0e0fLL);
    __m128i abcd = words(state, 0, 1, 2, 3);
    __m128i e = _mm_set_epi32((int)state[4], 0, 0, 0);
    for (; blocks > 0; blocks--, p += 64) {
        __m128i abcd0 = abcd, e0 = e, before = abcd, m[4];
#pragma GCC unroll 4
        for (int i = 0; i < 4; i++)
            m[i] = _mm_shuffle_epi8(load(p + 16 * i), swap);
#pragma GCC unroll 20
        for (int i = 0; i < 20; i++) {
            __m128i we = i == 0 ? _mm_add_epi32(e, m[0]) : _mm_sha1nexte_epu32(before, m[i & 3]);
            before = abcd;
            abcd = sha1_rounds(abcd, we, i / 5);
            if (i < 16) {
                __m128i w = _mm_xor_si128(_mm_sha1msg1_epu32(m[i & 3], m[(i + 1) & 3]), m[(i + 2) & 3]);
                m[i & 3] = _mm_sha1msg2_epu32(w, m[(i + 3) & 3]);
            }
        }
        e = _mm_sha1nexte_epu32(before, e0);
        abcd = _mm_add_epi32(abcd, abcd0);
    }
    store_words(state, abcd, 0, 1, 2, 3);
    state[4] = (uint32_t)_mm_extract_epi32(e, 3);
}
#else
typedef int ks_not_for_this_machine;
#endif
