/* MD5 (RFC 1321). Its speed is the latency of a round, so G is a sum of disjoint halves: one step less to wait for. */
#include "kintsugi.h"

#include "md5_steps.h"

/* What a function takes of c and d alone is added before b is there. */
#define F_OF_CD(c, d) 0
#define F(b, c, d) (((c ^ d) & b) ^ d)
#define G_OF_CD(c, d) (c & ~d)
#define G(b, c, d) (b & d)
#define H_OF_CD(c, d) 0
#define H(b, c, d) (b ^ (c ^ d))
#define I_OF_CD(c, d) 0
#define I(b, c, d) (c ^ (b | ~d))
#define STEP(n, f, a, b, c, d, i, s, k) \
    a##n = b##n + ks_rotl32(a##n + (k + ks_load32(p##n + 4 * (i))) + f##_OF_CD(c##n, d##n) + f(b##n, c##n, d##n), s)
#define STEP_0(f, a, b, c, d, i, s, k) STEP(0, f, a, b, c, d, i, s, k)
#define STEP_BOTH(f, a, b, c, d, i, s, k) \
    do {                                  \
        STEP(0, f, a, b, c, d, i, s, k);  \
        STEP(1, f, a, b, c, d, i, s, k);  \
    } while (0)

void ks_md5_blocks(uint64_t *state, const uint8_t *p0, size_t blocks)
{
    uint32_t a0 = (uint32_t)state[0], b0 = (uint32_t)state[1], c0 = (uint32_t)state[2], d0 = (uint32_t)state[3];
    for (; blocks > 0; blocks--, p0 += 64) {
        uint32_t a = a0, b = b0, c = c0, d = d0;
        MD5_STEPS(STEP_0);
        a0 += a, b0 += b, c0 += c, d0 += d;
    }
    state[0] = a0, state[1] = b0, state[2] = c0, state[3] = d0;
}

/* Two streams: one does its step while the other's waits for the one before, in nearly the time of one of them. */
static void eat_pair(uint64_t *state0, uint64_t *state1, const uint8_t *p0, const uint8_t *p1, size_t blocks)
{
    uint32_t a0 = (uint32_t)state0[0], b0 = (uint32_t)state0[1], c0 = (uint32_t)state0[2], d0 = (uint32_t)state0[3];
    uint32_t a1 = (uint32_t)state1[0], b1 = (uint32_t)state1[1], c1 = (uint32_t)state1[2], d1 = (uint32_t)state1[3];
    for (; blocks > 0; blocks--, p0 += 64, p1 += 64) {
        uint32_t a = a0, b = b0, c = c0, d = d0, e = a1, f = b1, g = c1, h = d1;
        MD5_STEPS(STEP_BOTH);
        a0 += a, b0 += b, c0 += c, d0 += d, a1 += e, b1 += f, c1 += g, d1 += h;
    }
    state0[0] = a0, state0[1] = b0, state0[2] = c0, state0[3] = d0;
    state1[0] = a1, state1[1] = b1, state1[2] = c1, state1[3] = d1;
}

static void eat_lanes(ks_md5_lanes_fn *eat, int width, struct ks_context *const *c, const uint8_t *const *p, int lanes,
                      size_t blocks)
{
    uint32_t state[4 * KS_MD5_LANES_MAX] = {0};
    const uint8_t *streams[KS_MD5_LANES_MAX];
    for (int lane = 0; lane < width; lane++) {
        streams[lane] = p[lane < lanes ? lane : 0]; /* what lanes without a stream compute is of no use to anybody */
        for (int i = 0; lane < lanes && i < 4; i++)
            state[i * width + lane] = (uint32_t)c[lane]->state[i];
    }
    eat(state, streams, blocks);
    for (int lane = 0; lane < lanes; lane++) {
        for (int i = 0; i < 4; i++)
            c[lane]->state[i] = state[i * width + lane];
    }
}

/* The narrowest way for so many streams, or for some of them: its width, and NULL if it takes no vectors. */
static ks_md5_lanes_fn *of_width(enum ks_path path, int lanes, int *width)
{
#if defined(__x86_64__)
    if (path == KS_AVX512 && lanes > 2) {
        *width = lanes > 8 ? 16 : lanes > 4 ? 8 : 4;
        return lanes > 8 ? ks_md5_lanes_avx512 : lanes > 4 ? ks_md5_lanes_avx512_8 : ks_md5_lanes_avx512_4;
    }
    if (path == KS_AVX2 && lanes > 2) {
        *width = 8;
        return ks_md5_lanes_avx2;
    }
#endif
    (void)path;
    *width = lanes > 1 ? 2 : 1;
    return NULL;
}

void ks_md5_lanes(enum ks_path path, struct ks_context *const *c, const uint8_t *const *p, int lanes, size_t blocks)
{
    while (lanes > 0) {
        int width;
        ks_md5_lanes_fn *eat = of_width(path, lanes, &width);
        int some = lanes < width ? lanes : width;
        if (eat != NULL)
            eat_lanes(eat, width, c, p, some, blocks);
        else if (some == 2)
            eat_pair(c[0]->state, c[1]->state, p[0], p[1], blocks);
        else
            ks_md5_blocks(c[0]->state, p[0], blocks);
        for (int lane = 0; lane < some; lane++)
            c[lane]->total += 64 * blocks;
        c += some, p += some, lanes -= some;
    }
}
