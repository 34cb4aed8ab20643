/* MD5 (RFC 1321). Its speed is the latency of a round, so G is a sum of disjoint halves: one step less to wait for. */
#include "kintsugi.h"

#define F(b, c, d) (((c ^ d) & b) ^ d)
#define H(b, c, d) (b ^ (c ^ d))
#define I(b, c, d) (c ^ (b | ~d))
#define W(i) ks_load32(p + 4 * (i))
#define STEP(f, a, b, c, d, i, s, k) a = b + ks_rotl32(a + (k + W(i)) + f(b, c, d), s)
#define STEP_G(a, b, c, d, i, s, k) a = b + ks_rotl32(a + (k + W(i)) + (c & ~d) + (b & d), s)

#define FOUR(f, i0, i1, i2, i3, s0, s1, s2, s3, k0, k1, k2, k3) \
    do {                                                        \
        STEP(f, a, b, c, d, i0, s0, k0);                        \
        STEP(f, d, a, b, c, i1, s1, k1);                        \
        STEP(f, c, d, a, b, i2, s2, k2);                        \
        STEP(f, b, c, d, a, i3, s3, k3);                        \
    } while (0)
#define FOUR_G(i0, i1, i2, i3, k0, k1, k2, k3) \
    do {                                       \
        STEP_G(a, b, c, d, i0, 5, k0);         \
        STEP_G(d, a, b, c, i1, 9, k1);         \
        STEP_G(c, d, a, b, i2, 14, k2);        \
        STEP_G(b, c, d, a, i3, 20, k3);        \
    } while (0)
#define FOUR_F(i, k0, k1, k2, k3) FOUR(F, i, i + 1, i + 2, i + 3, 7, 12, 17, 22, k0, k1, k2, k3)
#define FOUR_H(i0, i1, i2, i3, k0, k1, k2, k3) FOUR(H, i0, i1, i2, i3, 4, 11, 16, 23, k0, k1, k2, k3)
#define FOUR_I(i0, i1, i2, i3, k0, k1, k2, k3) FOUR(I, i0, i1, i2, i3, 6, 10, 15, 21, k0, k1, k2, k3)

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
        c[lane]->total += 64 * blocks;
        for (int i = 0; i < 4; i++)
            c[lane]->state[i] = state[i * width + lane];
    }
}

void ks_md5_lanes(enum ks_path path, struct ks_context *const *c, const uint8_t *const *p, int lanes, size_t blocks)
{
#if defined(__x86_64__)
    ks_md5_lanes_fn *eat = path == KS_AVX512 ? ks_md5_lanes_avx512 : path == KS_AVX2 ? ks_md5_lanes_avx2 : NULL;
    int width = path == KS_AVX512 ? 16 : 8;
    for (int first = 0; eat != NULL && first < lanes; first += width) {
        int some = lanes - first < width ? lanes - first : width;
        eat_lanes(eat, width, c + first, p + first, some, blocks);
    }
    if (eat != NULL)
        return;
#endif
    (void)path, (void)eat_lanes;
    for (int lane = 0; lane < lanes; lane++) {
        ks_md5_blocks(c[lane]->state, p[lane], blocks);
        c[lane]->total += 64 * blocks;
    }
}

void ks_md5_blocks(uint64_t *state, const uint8_t *p, size_t blocks)
{
    uint32_t a = (uint32_t)state[0], b = (uint32_t)state[1], c = (uint32_t)state[2], d = (uint32_t)state[3];
    for (; blocks > 0; blocks--, p += 64) {
        uint32_t a0 = a, b0 = b, c0 = c, d0 = d;
        FOUR_F(0, 0xd76aa478u, 0xe8c7b756u, 0x242070dbu, 0xc1bdceeeu);
        FOUR_F(4, 0xf57c0fafu, 0x4787c62au, 0xa8304613u, 0xfd469501u);
        FOUR_F(8, 0x698098d8u, 0x8b44f7afu, 0xffff5bb1u, 0x895cd7beu);
        FOUR_F(12, 0x6b901122u, 0xfd987193u, 0xa679438eu, 0x49b40821u);
        FOUR_G(1, 6, 11, 0, 0xf61e2562u, 0xc040b340u, 0x265e5a51u, 0xe9b6c7aau);
        FOUR_G(5, 10, 15, 4, 0xd62f105du, 0x02441453u, 0xd8a1e681u, 0xe7d3fbc8u);
        FOUR_G(9, 14, 3, 8, 0x21e1cde6u, 0xc33707d6u, 0xf4d50d87u, 0x455a14edu);
        FOUR_G(13, 2, 7, 12, 0xa9e3e905u, 0xfcefa3f8u, 0x676f02d9u, 0x8d2a4c8au);
        FOUR_H(5, 8, 11, 14, 0xfffa3942u, 0x8771f681u, 0x6d9d6122u, 0xfde5380cu);
        FOUR_H(1, 4, 7, 10, 0xa4beea44u, 0x4bdecfa9u, 0xf6bb4b60u, 0xbebfbc70u);
        FOUR_H(13, 0, 3, 6, 0x289b7ec6u, 0xeaa127fau, 0xd4ef3085u, 0x04881d05u);
        FOUR_H(9, 12, 15, 2, 0xd9d4d039u, 0xe6db99e5u, 0x1fa27cf8u, 0xc4ac5665u);
        FOUR_I(0, 7, 14, 5, 0xf4292244u, 0x432aff97u, 0xab9423a7u, 0xfc93a039u);
        FOUR_I(12, 3, 10, 1, 0x655b59c3u, 0x8f0ccc92u, 0xffeff47du, 0x85845dd1u);
        FOUR_I(8, 15, 6, 13, 0x6fa87e4fu, 0xfe2ce6e0u, 0xa3014314u, 0x4e0811a1u);
        FOUR_I(4, 11, 2, 9, 0xf7537e82u, 0xbd3af235u, 0x2ad7d2bbu, 0xeb86d391u);
        a += a0, b += b0, c += c0, d += d0;
    }
    state[0] = a, state[1] = b, state[2] = c, state[3] = d;
}
