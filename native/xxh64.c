/* XXH64 with seed 0, from the specification (doc/xxhash_spec.md of xxHash, "XXH64"). */
#include "kintsugi.h"
#include "xxh_primes.h"

#define STRIPE 32

static inline uint64_t lane_round(uint64_t acc, uint64_t lane)
{
    return ks_rotl64(acc + lane * P64_2, 31) * P64_1;
}

void ks_xxh64_begin(struct ks_context *c)
{
    c->state[0] = P64_1 + P64_2;
    c->state[1] = P64_2;
    c->state[2] = 0;
    c->state[3] = 0 - P64_1;
}

static void stripes(struct ks_context *c, const uint8_t *p, size_t count)
{
    uint64_t a = c->state[0], b = c->state[1], d = c->state[2], e = c->state[3];
    for (; count > 0; count--, p += STRIPE) {
        a = lane_round(a, ks_load64(p));
        b = lane_round(b, ks_load64(p + 8));
        d = lane_round(d, ks_load64(p + 16));
        e = lane_round(e, ks_load64(p + 24));
    }
    c->state[0] = a, c->state[1] = b, c->state[2] = d, c->state[3] = e;
}

void ks_xxh64_update(struct ks_context *c, const uint8_t *p, size_t n)
{
    c->total += n;
    if (c->buffered > 0) {
        size_t take = STRIPE - c->buffered < n ? STRIPE - c->buffered : n;
        memcpy(c->buffer + c->buffered, p, take);
        c->buffered += (uint32_t)take;
        p += take, n -= take;
        if (c->buffered < STRIPE)
            return;
        stripes(c, c->buffer, 1);
    }
    stripes(c, p, n / STRIPE);
    c->buffered = (uint32_t)(n % STRIPE);
    memcpy(c->buffer, p + (n - c->buffered), c->buffered);
}

static uint64_t converged(const struct ks_context *c)
{
    if (c->total < STRIPE)
        return P64_5;
    const uint64_t *s = c->state;
    uint64_t h = ks_rotl64(s[0], 1) + ks_rotl64(s[1], 7) + ks_rotl64(s[2], 12) + ks_rotl64(s[3], 18);
    for (int i = 0; i < 4; i++)
        h = (h ^ lane_round(0, s[i])) * P64_1 + P64_4;
    return h;
}

uint64_t ks_xxh64_finish(const struct ks_context *c)
{
    uint64_t h = converged(c) + c->total;
    const uint8_t *p = c->buffer;
    size_t n = c->buffered;
    for (; n >= 8; p += 8, n -= 8)
        h = ks_rotl64(h ^ lane_round(0, ks_load64(p)), 27) * P64_1 + P64_4;
    if (n >= 4) {
        h = ks_rotl64(h ^ ks_load32(p) * P64_1, 23) * P64_2 + P64_3;
        p += 4, n -= 4;
    }
    for (; n > 0; p++, n--)
        h = ks_rotl64(h ^ *p * P64_5, 11) * P64_1;
    return xxh64_avalanche(h);
}
