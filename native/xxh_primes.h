/* Numbers and the two final mixes that the XXHash family shares, from its specification. */
#ifndef KINTSUGI_XXH_PRIMES_H
#define KINTSUGI_XXH_PRIMES_H

#include <stdint.h>

#define P32_1 0x9E3779B1u
#define P32_2 0x85EBCA77u
#define P32_3 0xC2B2AE3Du
#define P64_1 UINT64_C(0x9E3779B185EBCA87)
#define P64_2 UINT64_C(0xC2B2AE3D27D4EB4F)
#define P64_3 UINT64_C(0x165667B19E3779F9)
#define P64_4 UINT64_C(0x85EBCA77C2B2AE63)
#define P64_5 UINT64_C(0x27D4EB2F165667C5)
#define P_MX1 UINT64_C(0x165667919E3779F9)
#define P_MX2 UINT64_C(0x9FB21C651E98DF25)

static inline uint64_t xxh64_avalanche(uint64_t x)
{
    x = (x ^ x >> 33) * P64_2;
    x = (x ^ x >> 29) * P64_3;
    return x ^ x >> 32;
}

static inline uint64_t xxh3_avalanche(uint64_t x)
{
    x = (x ^ x >> 37) * P_MX1;
    return x ^ x >> 32;
}

static inline uint64_t xxh_high(uint64_t x, uint64_t y)
{
    return (uint64_t)((unsigned __int128)x * y >> 64);
}

/* The halves of the 128-bit product, xored. */
static inline uint64_t xxh_fold(uint64_t x, uint64_t y)
{
    return x * y ^ xxh_high(x, y);
}

#endif
