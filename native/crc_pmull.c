/* CRC by carry-less multiplication on ARMv8 (PMULL), four times 16 bytes at a time; see crc_pclmul.c for the method. */
#if defined(__aarch64__)
#pragma GCC target("+crypto")
#include <arm_neon.h>
#include "kintsugi.h"

#define INLINE static inline __attribute__((always_inline))

INLINE uint64x2_t load(const uint8_t *p)
{
    return vreinterpretq_u64_u8(vld1q_u8(p));
}

INLINE uint64x2_t product(uint64_t a, uint64_t b)
{
    return vreinterpretq_u64_p128(vmull_p64((poly64_t)a, (poly64_t)b));
}

INLINE uint64x2_t fold(uint64x2_t x, const uint64_t factors[2], uint64x2_t next)
{
    uint64x2_t low = product(vgetq_lane_u64(x, 0), factors[0]);
    uint64x2_t high = product(vgetq_lane_u64(x, 1), factors[1]);
    return veorq_u64(veorq_u64(low, high), next);
}

uint64_t ks_crc_pmull(const struct ks_crc *crc, uint64_t state, const uint8_t *p, size_t n)
{
    if (n < 32)
        return ks_crc_scalar(crc, state, p, n);
    const uint64_t by128[2] = {crc->fold128[0], crc->fold128[1]}, by512[2] = {crc->fold512[0], crc->fold512[1]};
    uint64x2_t x = veorq_u64(load(p), vcombine_u64(vcreate_u64(state), vcreate_u64(0)));
    p += 16, n -= 16;
    if (n >= 48 + 64) {
        uint64x2_t a = x, b = load(p), c = load(p + 16), d = load(p + 32);
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
    vst1q_u8(rest, vreinterpretq_u8_u64(x));
    return ks_crc_scalar(crc, ks_crc_scalar(crc, 0, rest, 16), p, n);
}
#else
typedef int ks_not_for_this_machine;
#endif
