/* SHA-1, SHA-256 and SHA-512 (FIPS 180-4) in portable C. */
#include "kintsugi.h"

static inline uint32_t word32(const uint8_t *p)
{
    return __builtin_bswap32(ks_load32(p));
}

static inline uint32_t rotr32(uint32_t v, int n)
{
    return v >> n | v << (32 - n);
}

static uint32_t sha1_f(int t, uint32_t b, uint32_t c, uint32_t d)
{
    if (t < 20)
        return (((c ^ d) & b) ^ d) + 0x5a827999u;
    if (t < 40)
        return (b ^ c ^ d) + 0x6ed9eba1u;
    if (t < 60)
        return ((b & c) | (d & (b | c))) + 0x8f1bbcdcu;
    return (b ^ c ^ d) + 0xca62c1d6u;
}

void ks_sha1_blocks(uint64_t *state, const uint8_t *p, size_t blocks)
{
    for (; blocks > 0; blocks--, p += 64) {
        uint32_t w[80];
        for (int t = 0; t < 16; t++)
            w[t] = word32(p + 4 * t);
        for (int t = 16; t < 80; t++)
            w[t] = ks_rotl32(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
        uint32_t a = (uint32_t)state[0], b = (uint32_t)state[1], c = (uint32_t)state[2], d = (uint32_t)state[3],
                 e = (uint32_t)state[4];
        for (int t = 0; t < 80; t++) {
            uint32_t next = ks_rotl32(a, 5) + sha1_f(t, b, c, d) + e + w[t];
            e = d, d = c, c = ks_rotl32(b, 30), b = a, a = next;
        }
        state[0] = (uint32_t)(state[0] + a), state[1] = (uint32_t)(state[1] + b);
        state[2] = (uint32_t)(state[2] + c), state[3] = (uint32_t)(state[3] + d);
        state[4] = (uint32_t)(state[4] + e);
    }
}

static const uint64_t k512[80] = {
    0x428a2f98d728ae22u, 0x7137449123ef65cdu, 0xb5c0fbcfec4d3b2fu, 0xe9b5dba58189dbbcu, 0x3956c25bf348b538u,
    0x59f111f1b605d019u, 0x923f82a4af194f9bu, 0xab1c5ed5da6d8118u, 0xd807aa98a3030242u, 0x12835b0145706fbeu,
    0x243185be4ee4b28cu, 0x550c7dc3d5ffb4e2u, 0x72be5d74f27b896fu, 0x80deb1fe3b1696b1u, 0x9bdc06a725c71235u,
    0xc19bf174cf692694u, 0xe49b69c19ef14ad2u, 0xefbe4786384f25e3u, 0x0fc19dc68b8cd5b5u, 0x240ca1cc77ac9c65u,
    0x2de92c6f592b0275u, 0x4a7484aa6ea6e483u, 0x5cb0a9dcbd41fbd4u, 0x76f988da831153b5u, 0x983e5152ee66dfabu,
    0xa831c66d2db43210u, 0xb00327c898fb213fu, 0xbf597fc7beef0ee4u, 0xc6e00bf33da88fc2u, 0xd5a79147930aa725u,
    0x06ca6351e003826fu, 0x142929670a0e6e70u, 0x27b70a8546d22ffcu, 0x2e1b21385c26c926u, 0x4d2c6dfc5ac42aedu,
    0x53380d139d95b3dfu, 0x650a73548baf63deu, 0x766a0abb3c77b2a8u, 0x81c2c92e47edaee6u, 0x92722c851482353bu,
    0xa2bfe8a14cf10364u, 0xa81a664bbc423001u, 0xc24b8b70d0f89791u, 0xc76c51a30654be30u, 0xd192e819d6ef5218u,
    0xd69906245565a910u, 0xf40e35855771202au, 0x106aa07032bbd1b8u, 0x19a4c116b8d2d0c8u, 0x1e376c085141ab53u,
    0x2748774cdf8eeb99u, 0x34b0bcb5e19b48a8u, 0x391c0cb3c5c95a63u, 0x4ed8aa4ae3418acbu, 0x5b9cca4f7763e373u,
    0x682e6ff3d6b2b8a3u, 0x748f82ee5defb2fcu, 0x78a5636f43172f60u, 0x84c87814a1f0ab72u, 0x8cc702081a6439ecu,
    0x90befffa23631e28u, 0xa4506cebde82bde9u, 0xbef9a3f7b2c67915u, 0xc67178f2e372532bu, 0xca273eceea26619cu,
    0xd186b8c721c0c207u, 0xeada7dd6cde0eb1eu, 0xf57d4f7fee6ed178u, 0x06f067aa72176fbau, 0x0a637dc5a2c898a6u,
    0x113f9804bef90daeu, 0x1b710b35131c471bu, 0x28db77f523047d84u, 0x32caab7b40c72493u, 0x3c9ebe0a15c9bebcu,
    0x431d67c49c100d4cu, 0x4cc5d4becb3e42b6u, 0x597f299cfc657e2au, 0x5fcb6fab3ad6faecu, 0x6c44198c4a475817u};

/* SHA-256's constants are the upper halves of SHA-512's first 64. */
static inline uint32_t k256(int t)
{
    return (uint32_t)(k512[t] >> 32);
}

void ks_sha256_blocks(uint64_t *state, const uint8_t *p, size_t blocks)
{
    for (; blocks > 0; blocks--, p += 64) {
        uint32_t w[64], s[8];
        for (int t = 0; t < 16; t++)
            w[t] = word32(p + 4 * t);
        for (int t = 16; t < 64; t++) {
            uint32_t x = w[t - 15], y = w[t - 2];
            w[t] = w[t - 16] + (rotr32(x, 7) ^ rotr32(x, 18) ^ x >> 3) + w[t - 7]
                + (rotr32(y, 17) ^ rotr32(y, 19) ^ y >> 10);
        }
        for (int i = 0; i < 8; i++)
            s[i] = (uint32_t)state[i];
        for (int t = 0; t < 64; t++) {
            uint32_t e = s[4], a = s[0];
            uint32_t t1 = s[7] + (rotr32(e, 6) ^ rotr32(e, 11) ^ rotr32(e, 25)) + (((s[5] ^ s[6]) & e) ^ s[6]) + k256(t)
                + w[t];
            uint32_t t2 = (rotr32(a, 2) ^ rotr32(a, 13) ^ rotr32(a, 22)) + ((a & s[1]) | (s[2] & (a | s[1])));
            s[7] = s[6], s[6] = s[5], s[5] = e, s[4] = s[3] + t1;
            s[3] = s[2], s[2] = s[1], s[1] = a, s[0] = t1 + t2;
        }
        for (int i = 0; i < 8; i++)
            state[i] = (uint32_t)(state[i] + s[i]);
    }
}

#define SMALL0(x) (ks_rotr64(x, 1) ^ ks_rotr64(x, 8) ^ (x) >> 7)
#define SMALL1(x) (ks_rotr64(x, 19) ^ ks_rotr64(x, 61) ^ (x) >> 6)
#define BIG0(x) (ks_rotr64(x, 28) ^ ks_rotr64(x, 34) ^ ks_rotr64(x, 39))
#define BIG1(x) (ks_rotr64(x, 14) ^ ks_rotr64(x, 18) ^ ks_rotr64(x, 41))
#define ROUND(a, b, c, d, e, f, g, h, i)                                           \
    do {                                                                           \
        uint64_t t1 = h + BIG1(e) + (((f ^ g) & e) ^ g) + k512[t + i] + w[i];      \
        d += t1;                                                                   \
        h = t1 + BIG0(a) + ((a & b) | (c & (a | b)));                              \
        w[i] += SMALL0(w[(i + 1) & 15]) + w[(i + 9) & 15] + SMALL1(w[(i + 14) & 15]); \
    } while (0)

void ks_sha512_blocks(uint64_t *state, const uint8_t *p, size_t blocks)
{
    for (; blocks > 0; blocks--, p += 128) {
        uint64_t w[16];
        for (int t = 0; t < 16; t++)
            w[t] = __builtin_bswap64(ks_load64(p + 8 * t));
        uint64_t a = state[0], b = state[1], c = state[2], d = state[3];
        uint64_t e = state[4], f = state[5], g = state[6], h = state[7];
        for (int t = 0; t < 80; t += 16) {
            ROUND(a, b, c, d, e, f, g, h, 0);
            ROUND(h, a, b, c, d, e, f, g, 1);
            ROUND(g, h, a, b, c, d, e, f, 2);
            ROUND(f, g, h, a, b, c, d, e, 3);
            ROUND(e, f, g, h, a, b, c, d, 4);
            ROUND(d, e, f, g, h, a, b, c, 5);
            ROUND(c, d, e, f, g, h, a, b, 6);
            ROUND(b, c, d, e, f, g, h, a, 7);
            ROUND(a, b, c, d, e, f, g, h, 8);
            ROUND(h, a, b, c, d, e, f, g, 9);
            ROUND(g, h, a, b, c, d, e, f, 10);
            ROUND(f, g, h, a, b, c, d, e, 11);
            ROUND(e, f, g, h, a, b, c, d, 12);
            ROUND(d, e, f, g, h, a, b, c, 13);
            ROUND(c, d, e, f, g, h, a, b, 14);
            ROUND(b, c, d, e, f, g, h, a, 15);
        }
        state[0] += a, state[1] += b, state[2] += c, state[3] += d;
        state[4] += e, state[5] += f, state[6] += g, state[7] += h;
    }
}
