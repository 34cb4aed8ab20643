/*
 * CRC-32, CRC-32C and CRC-64/NVME: one code for all, as a reflected CRC of up to 64 bits. Tables and folding factors
 * are computed when the library is loaded.
 */
#include "kintsugi.h"

struct ks_crc ks_crc32 = {.polynomial = 0xedb88320u, .bits = 32};
struct ks_crc ks_crc32c = {.polynomial = 0x82f63b78u, .bits = 32};
struct ks_crc ks_crc64nvme = {.polynomial = 0x9a6c9329ac4bc9b5u, .bits = 64};

/* x^n modulo the polynomial; bit 63 - e stands for x^e, whatever the CRC's width. */
static uint64_t power(const struct ks_crc *crc, unsigned n)
{
    uint64_t polynomial = crc->polynomial << (64 - crc->bits);
    uint64_t overflow = (uint64_t)1 << (64 - crc->bits);
    uint64_t v = (uint64_t)1 << 63;
    for (; n > 0; n--)
        v = v & overflow ? (v ^ overflow) >> 1 ^ polynomial : v >> 1;
    return v;
}

/*
 * The product of two reflected 64-bit numbers comes out one bit too low in 128 bits, hence the - 1. The low half of a
 * remainder holds the higher powers, 64 above the high half.
 */
static void fill_fold(const struct ks_crc *crc, uint64_t factors[2], unsigned bits)
{
    factors[0] = power(crc, bits + 64 - 1);
    factors[1] = power(crc, bits - 1);
}

static void fill(struct ks_crc *crc)
{
    for (unsigned i = 0; i < 256; i++) {
        uint64_t v = i;
        for (int bit = 0; bit < 8; bit++)
            v = v & 1 ? v >> 1 ^ crc->polynomial : v >> 1;
        crc->table[0][i] = v;
    }
    for (unsigned i = 0; i < 256; i++)
        for (int n = 1; n < 8; n++)
            crc->table[n][i] = crc->table[n - 1][i] >> 8 ^ crc->table[0][crc->table[n - 1][i] & 0xff];
    fill_fold(crc, crc->fold128, 128);
    fill_fold(crc, crc->fold512, 512);
    fill_fold(crc, crc->fold2048, 2048);
}

__attribute__((constructor)) static void fill_all(void)
{
    fill(&ks_crc32);
    fill(&ks_crc32c);
    fill(&ks_crc64nvme);
}

uint64_t ks_crc_scalar(const struct ks_crc *crc, uint64_t state, const uint8_t *p, size_t n)
{
    const uint64_t(*t)[256] = crc->table;
    for (; n >= 8; p += 8, n -= 8) {
        uint64_t x = state ^ ks_load64(p);
        state = t[7][x & 0xff] ^ t[6][x >> 8 & 0xff] ^ t[5][x >> 16 & 0xff] ^ t[4][x >> 24 & 0xff]
            ^ t[3][x >> 32 & 0xff] ^ t[2][x >> 40 & 0xff] ^ t[1][x >> 48 & 0xff] ^ t[0][x >> 56];
    }
    for (; n > 0; p++, n--)
        state = state >> 8 ^ t[0][(state ^ *p) & 0xff];
    return state;
}

static ks_crc_fn *function(enum ks_path path)
{
    switch (path) {
#if defined(__x86_64__)
    case KS_SSE42:
        return ks_crc_pclmul;
    case KS_VPCLMUL:
        return ks_crc_vpclmul;
#elif defined(__aarch64__)
    case KS_ARM_CRYPTO:
        return ks_crc_pmull;
#endif
    default:
        return ks_crc_scalar;
    }
}

uint64_t ks_crc_update(enum ks_kernel kernel, enum ks_path path, uint64_t value, const uint8_t *p, size_t n)
{
    const struct ks_crc *crc = kernel == KS_CRC32 ? &ks_crc32 : kernel == KS_CRC32C ? &ks_crc32c : &ks_crc64nvme;
    uint64_t ones = ~(uint64_t)0 >> (64 - crc->bits);
    return function(path)(crc, value ^ ones, p, n) ^ ones;
}
