/* XXH3 of 0 to 240 bytes, seed 0; the cases follow the specification. */
#include "kintsugi.h"
#include "xxh_primes.h"

static inline uint64_t secret(size_t at)
{
    return ks_load64(ks_xxh3_secret + at);
}

static inline uint64_t mix(const uint8_t *p, size_t at)
{
    return xxh_fold(ks_load64(p) ^ secret(at), ks_load64(p + 8) ^ secret(at + 8));
}

static uint32_t combined(const uint8_t *in, size_t n)
{
    return (uint32_t)in[n - 1] | (uint32_t)n << 8 | (uint32_t)in[0] << 16 | (uint32_t)in[n >> 1] << 24;
}

static uint64_t secret32x2(size_t at)
{
    return ks_load32(ks_xxh3_secret + at) ^ ks_load32(ks_xxh3_secret + at + 4);
}

static uint64_t four64(const uint8_t *in, size_t n)
{
    uint64_t v = secret(8) ^ secret(16) ^ (ks_load32(in + n - 4) | (uint64_t)ks_load32(in) << 32);
    v ^= ks_rotl64(v, 49) ^ ks_rotl64(v, 24);
    v *= P_MX2;
    v ^= (v >> 35) + n;
    v *= P_MX2;
    return v ^ v >> 28;
}

static uint64_t nine64(const uint8_t *in, size_t n)
{
    uint64_t low = secret(24) ^ secret(32) ^ ks_load64(in);
    uint64_t high = secret(40) ^ secret(48) ^ ks_load64(in + n - 8);
    return xxh3_avalanche(n + __builtin_bswap64(low) + high + xxh_fold(low, high));
}

static uint64_t long64(const uint8_t *in, size_t n)
{
    uint64_t acc = n * P64_1;
    if (n <= 128) {
        for (size_t i = ((n - 1) >> 5) + 1; i-- > 0;)
            acc += mix(in + 16 * i, 32 * i) + mix(in + n - 16 * i - 16, 32 * i + 16);
        return xxh3_avalanche(acc);
    }
    for (size_t i = 0; i < 8; i++)
        acc += mix(in + 16 * i, 16 * i);
    acc = xxh3_avalanche(acc);
    for (size_t i = 8; i < n >> 4; i++)
        acc += mix(in + 16 * i, (i - 8) * 16 + 3);
    return xxh3_avalanche(acc + mix(in + n - 16, 119));
}

uint64_t ks_xxh3_short64(const uint8_t *in, size_t n)
{
    if (n == 0)
        return xxh64_avalanche(secret(56) ^ secret(64));
    if (n <= 3)
        return xxh64_avalanche(secret32x2(0) ^ combined(in, n));
    if (n <= 8)
        return four64(in, n);
    return n <= 16 ? nine64(in, n) : long64(in, n);
}

static void four128(const uint8_t *in, size_t n, uint64_t *low, uint64_t *high)
{
    uint64_t v = secret(16) ^ secret(24) ^ (ks_load32(in) | (uint64_t)ks_load32(in + n - 4) << 32);
    uint64_t by = P64_1 + (n << 2), l = v * by, h = xxh_high(v, by) + (l << 1);
    l ^= h >> 3;
    l ^= l >> 35;
    l *= P_MX2;
    *low = l ^ l >> 28;
    *high = xxh3_avalanche(h);
}

static void nine128(const uint8_t *in, size_t n, uint64_t *low, uint64_t *high)
{
    uint64_t last = ks_load64(in + n - 8);
    uint64_t v1 = secret(32) ^ secret(40) ^ ks_load64(in) ^ last, v2 = secret(48) ^ secret(56) ^ last;
    uint64_t l = v1 * P64_1 + ((uint64_t)(n - 1) << 54);
    uint64_t h = xxh_high(v1, P64_1) + v2 + (v2 & 0xffffffffu) * (P32_2 - 1);
    l ^= __builtin_bswap64(h);
    *high = xxh3_avalanche(xxh_high(l, P64_2) + h * P64_2);
    *low = xxh3_avalanche(l * P64_2);
}

static void mix_two(uint64_t acc[2], const uint8_t *a, const uint8_t *b, size_t at)
{
    acc[0] = (acc[0] + mix(a, at)) ^ (ks_load64(b) + ks_load64(b + 8));
    acc[1] = (acc[1] + mix(b, at + 16)) ^ (ks_load64(a) + ks_load64(a + 8));
}

static void long128(const uint8_t *in, size_t n, uint64_t *low, uint64_t *high)
{
    uint64_t acc[2] = {n * P64_1, 0};
    if (n <= 128) {
        for (size_t i = ((n - 1) >> 5) + 1; i-- > 0;)
            mix_two(acc, in + 16 * i, in + n - 16 * i - 16, 32 * i);
    } else {
        for (size_t i = 0; i < 4; i++)
            mix_two(acc, in + 32 * i, in + 32 * i + 16, 32 * i);
        acc[0] = xxh3_avalanche(acc[0]);
        acc[1] = xxh3_avalanche(acc[1]);
        for (size_t i = 4; i < n >> 5; i++)
            mix_two(acc, in + 32 * i, in + 32 * i + 16, (i - 4) * 32 + 3);
        mix_two(acc, in + n - 16, in + n - 32, 103);
    }
    *low = xxh3_avalanche(acc[0] + acc[1]);
    *high = 0 - xxh3_avalanche(acc[0] * P64_1 + acc[1] * P64_4 + n * P64_2);
}

void ks_xxh3_short128(const uint8_t *in, size_t n, uint64_t *low, uint64_t *high)
{
    if (n == 0) {
        *low = xxh64_avalanche(secret(64) ^ secret(72));
        *high = xxh64_avalanche(secret(80) ^ secret(88));
    } else if (n <= 3) {
        *low = ks_xxh3_short64(in, n);
        *high = xxh64_avalanche(secret32x2(8) ^ ks_rotl32(__builtin_bswap32(combined(in, n)), 13));
    } else if (n <= 8) {
        four128(in, n, low, high);
    } else if (n <= 16) {
        nine128(in, n, low, high);
    } else {
        long128(in, n, low, high);
    }
}
