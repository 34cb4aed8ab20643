/* SHA-1 and SHA-256 by ARMv8's cryptographic instructions (Arm C Language Extensions, "Crypto intrinsics"). */
#if defined(__aarch64__)
#pragma GCC target("+crypto")
#include <arm_neon.h>
#include "kintsugi.h"

#define INLINE static inline __attribute__((always_inline))

INLINE uint32x4_t words(const uint8_t *p)
{
    return vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(p)));
}

/* Four constants: the upper halves of SHA-512's. */
INLINE uint32x4_t constants(int t)
{
    return vuzp2q_u32(vreinterpretq_u32_u64(vld1q_u64(ks_sha512_k + t)),
                      vreinterpretq_u32_u64(vld1q_u64(ks_sha512_k + t + 2)));
}

/* Two streams in turns, as in sha_ni.c: the rounds of one fill the time that the other waits for its own. */
INLINE void sha256(uint64_t *const *state, const uint8_t *const *from, size_t blocks, const int streams)
{
    uint32x4_t abcd[2], efgh[2], abcd0[2], efgh0[2], m[2][4];
    const uint8_t *p[2];
    uint32_t h[8];
    for (int s = 0; s < streams; s++) {
        for (int i = 0; i < 8; i++)
            h[i] = (uint32_t)state[s][i];
        abcd[s] = vld1q_u32(h), efgh[s] = vld1q_u32(h + 4);
        p[s] = from[s];
    }
    for (; blocks > 0; blocks--) {
#pragma GCC unroll 2
        for (int s = 0; s < streams; s++) {
            abcd0[s] = abcd[s], efgh0[s] = efgh[s];
#pragma GCC unroll 4
            for (int i = 0; i < 4; i++)
                m[s][i] = words(p[s] + 16 * i);
            p[s] += 64;
        }
#pragma GCC unroll 16
        for (int i = 0; i < 16; i++) {
            uint32x4_t k = constants(4 * i);
#pragma GCC unroll 2
            for (int s = 0; s < streams; s++) {
                uint32x4_t wk = vaddq_u32(m[s][i & 3], k), before = abcd[s];
                abcd[s] = vsha256hq_u32(abcd[s], efgh[s], wk);
                efgh[s] = vsha256h2q_u32(efgh[s], before, wk);
                if (i < 12)
                    m[s][i & 3] = vsha256su1q_u32(vsha256su0q_u32(m[s][i & 3], m[s][(i + 1) & 3]), m[s][(i + 2) & 3],
                                                  m[s][(i + 3) & 3]);
            }
        }
#pragma GCC unroll 2
        for (int s = 0; s < streams; s++) {
            abcd[s] = vaddq_u32(abcd[s], abcd0[s]);
            efgh[s] = vaddq_u32(efgh[s], efgh0[s]);
        }
    }
    for (int s = 0; s < streams; s++) {
        vst1q_u32(h, abcd[s]);
        vst1q_u32(h + 4, efgh[s]);
        for (int i = 0; i < 8; i++)
            state[s][i] = h[i];
    }
}

void ks_sha256_arm(uint64_t *state, const uint8_t *p, size_t blocks)
{
    sha256(&state, &p, blocks, 1);
}

void ks_sha256_pair_arm(uint64_t *const *state, const uint8_t *const *p, size_t blocks)
{
    sha256(state, p, blocks, 2);
}

INLINE uint32x4_t sha1_rounds(uint32x4_t abcd, uint32_t e, uint32x4_t w, int function)
{
    static const uint32_t k[4] = {0x5a827999u, 0x6ed9eba1u, 0x8f1bbcdcu, 0xca62c1d6u};
    uint32x4_t wk = vaddq_u32(w, vdupq_n_u32(k[function]));
    if (function == 0)
        return vsha1cq_u32(abcd, e, wk);
    return function == 2 ? vsha1mq_u32(abcd, e, wk) : vsha1pq_u32(abcd, e, wk);
}

void ks_sha1_arm(uint64_t *state, const uint8_t *p, size_t blocks)
{
    uint32_t s[4], e = (uint32_t)state[4];
    for (int i = 0; i < 4; i++)
        s[i] = (uint32_t)state[i];
    uint32x4_t abcd = vld1q_u32(s);
    for (; blocks > 0; blocks--, p += 64) {
        uint32x4_t abcd0 = abcd, m[4];
        uint32_t e0 = e;
        for (int i = 0; i < 4; i++)
            m[i] = words(p + 16 * i);
#pragma GCC unroll 20
        for (int i = 0; i < 20; i++) {
            uint32_t next = vsha1h_u32(vgetq_lane_u32(abcd, 0));
            abcd = sha1_rounds(abcd, e, m[i & 3], i / 5);
            e = next;
            if (i < 16)
                m[i & 3] = vsha1su1q_u32(vsha1su0q_u32(m[i & 3], m[(i + 1) & 3], m[(i + 2) & 3]), m[(i + 3) & 3]);
        }
        e += e0;
        abcd = vaddq_u32(abcd, abcd0);
    }
    vst1q_u32(s, abcd);
    for (int i = 0; i < 4; i++)
        state[i] = s[i];
    state[4] = e;
}
#else
typedef int ks_not_for_this_machine;
#endif
