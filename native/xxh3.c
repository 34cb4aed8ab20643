/*
 * XXH3 with seed 0 and the default secret, 64 and 128 bits, from the specification (doc/xxhash_spec.md of xxHash):
 * the stream. Short inputs are in xxh3_short.c, faster loops over stripes in xxh3_avx2.c and xxh3_avx512.c.
 */
#include "kintsugi.h"
#include "xxh_primes.h"

#define STRIPE 64
#define BUFFER 256
#define SHORT_MAX 240

const uint8_t ks_xxh3_secret[192] = {
    0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c, 0xde, 0xd4, 0x6d,
    0xe9, 0x83, 0x90, 0x97, 0xdb, 0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f, 0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0,
    0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21, 0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0,
    0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c, 0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb, 0x88, 0xd0, 0x65, 0x8b,
    0x1b, 0x53, 0x2e, 0xa3, 0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac,
    0xd8, 0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7, 0xc7, 0x0b, 0x4f, 0x1d, 0x8a, 0x51,
    0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31, 0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64, 0xea, 0xc5, 0xac, 0x83, 0x34,
    0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb, 0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49,
    0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e, 0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc, 0x8f, 0xf8, 0xb8,
    0xd1, 0x7a, 0xd0, 0x31, 0xce, 0x45, 0xcb, 0x3a, 0x8f, 0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b,
    0x40, 0x7e};

void ks_xxh3_accumulate(uint64_t *acc, const uint8_t *p, const uint8_t *secret)
{
    for (int i = 0; i < 8; i++) {
        uint64_t lane = ks_load64(p + 8 * i);
        uint64_t value = lane ^ ks_load64(secret + 8 * i);
        acc[i ^ 1] += lane;
        acc[i] += (value & 0xffffffffu) * (value >> 32);
    }
}

static void scramble(uint64_t *acc)
{
    for (int i = 0; i < 8; i++)
        acc[i] = (acc[i] ^ acc[i] >> 47 ^ ks_load64(ks_xxh3_secret + 128 + 8 * i)) * P32_1;
}

unsigned ks_xxh3_scalar(uint64_t *acc, const uint8_t *p, size_t count, unsigned n)
{
    for (; count > 0; count--, p += STRIPE) {
        ks_xxh3_accumulate(acc, p, ks_xxh3_secret + 8 * n);
        if (++n == 16) {
            scramble(acc);
            n = 0;
        }
    }
    return n;
}

static ks_xxh3_fn *function(enum ks_path path)
{
    switch (path) {
#if defined(__x86_64__)
    case KS_AVX2:
        return ks_xxh3_avx2;
    case KS_AVX512:
        return ks_xxh3_avx512;
#endif
    default:
        return ks_xxh3_scalar;
    }
}

void ks_xxh3_begin(struct ks_context *c)
{
    static const uint64_t start[8] = {P32_3, P64_1, P64_2, P64_3, P64_4, P32_2, P64_5, P32_1};
    memcpy(c->state, start, sizeof start);
}

static void eat(enum ks_path path, struct ks_context *c, const uint8_t *p, size_t stripes)
{
    c->stripes = function(path)(c->state, p, stripes, c->stripes);
    memcpy(c->last, p + (stripes - 1) * STRIPE, STRIPE);
}

/* Stripes are eaten only when bytes follow them: the end of the input is treated in another way. */
void ks_xxh3_update(enum ks_path path, struct ks_context *c, const uint8_t *p, size_t n)
{
    c->total += n;
    size_t space = BUFFER - c->buffered;
    if (n <= space) {
        memcpy(c->buffer + c->buffered, p, n);
        c->buffered += (uint32_t)n;
        return;
    }
    if (c->buffered > 0) {
        memcpy(c->buffer + c->buffered, p, space);
        p += space, n -= space;
        eat(path, c, c->buffer, BUFFER / STRIPE);
    }
    size_t stripes = (n - 1) / STRIPE;
    if (stripes > 0)
        eat(path, c, p, stripes);
    c->buffered = (uint32_t)(n - stripes * STRIPE);
    memcpy(c->buffer, p + stripes * STRIPE, c->buffered);
}

static uint64_t merge(const uint64_t *acc, uint64_t start, const uint8_t *secret)
{
    for (int i = 0; i < 4; i++)
        start += xxh_fold(acc[2 * i] ^ ks_load64(secret + 16 * i), acc[2 * i + 1] ^ ks_load64(secret + 16 * i + 8));
    return xxh3_avalanche(start);
}

/* The last 64 bytes: what is buffered, with the end of the stripe before it where that is less. */
static void last_stripe(const struct ks_context *c, uint8_t out[STRIPE])
{
    size_t here = c->buffered < STRIPE ? c->buffered : STRIPE;
    memcpy(out, c->last + here, STRIPE - here);
    memcpy(out + STRIPE - here, c->buffer + c->buffered - here, here);
}

void ks_xxh3_finish(struct ks_context *c, uint64_t *low, uint64_t *high)
{
    uint8_t stripe[STRIPE];
    ks_xxh3_scalar(c->state, c->buffer, (c->buffered - 1) / STRIPE, c->stripes);
    last_stripe(c, stripe);
    ks_xxh3_accumulate(c->state, stripe, ks_xxh3_secret + 192 - 71);
    *low = merge(c->state, c->total * P64_1, ks_xxh3_secret + 11);
    *high = merge(c->state, ~(c->total * P64_2), ks_xxh3_secret + 192 - 75);
}
