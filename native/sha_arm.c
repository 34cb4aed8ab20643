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

void ks_sha256_arm(uint64_t *state, const uint8_t *p, size_t blocks)
{
    uint32_t s[8];
    for (int i = 0; i < 8; i++)
        s[i] = (uint32_t)state[i];
    uint32x4_t abcd = vld1q_u32(s), efgh = vld1q_u32(s + 4);
    for (; blocks > 0; blocks--, p += 64) {
        uint32x4_t abcd0 = abcd, efgh0 = efgh, m[4];
        for (int i = 0; i < 4; i++)
            m[i] = words(p + 16 * i);
#pragma GCC unroll 16
        for (int i = 0; i < 16; i++) {
            uint32x4_t wk = vaddq_u32(m[i & 3], constants(4 * i)), before = abcd;
            abcd = vsha256hq_u32(abcd, efgh, wk);
            efgh = vsha256h2q_u32(efgh, before, wk);
            if (i < 12)
                m[i & 3] = vsha256su1q_u32(vsha256su0q_u32(m[i & 3], m[(i + 1) & 3]), m[(i + 2) & 3], m[(i + 3) & 3]);
        }
        abcd = vaddq_u32(abcd, abcd0);
        efgh = vaddq_u32(efgh, efgh0);
    }
    vst1q_u32(s, abcd);
    vst1q_u32(s + 4, efgh);
    for (int i = 0; i < 8; i++)
        state[i] = s[i];
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
