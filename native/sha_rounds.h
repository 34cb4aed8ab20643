/*
 * The rounds of the SHA family, for files that define the functions' names: SHA1, SHA256, SHA512, each or none. The
 * message schedule is a ring of 16 words: word i of the next 16 is computed right after its last use.
 */

#define WORD32(i) __builtin_bswap32(ks_load32(p + 4 * (i)))
#define WORD64(i) __builtin_bswap64(ks_load64(p + 8 * (i)))
#define CHOOSE(x, y, z) (((y ^ z) & x) ^ z)
#define MAJORITY(x, y, z) ((x & y) | (z & (x | y)))

/* Sixteen rounds of the eight-variable kind, the variables taking each other's place. */
#define SIXTEEN(R)                   \
    R(a, b, c, d, e, f, g, h, 0);    \
    R(h, a, b, c, d, e, f, g, 1);    \
    R(g, h, a, b, c, d, e, f, 2);    \
    R(f, g, h, a, b, c, d, e, 3);    \
    R(e, f, g, h, a, b, c, d, 4);    \
    R(d, e, f, g, h, a, b, c, 5);    \
    R(c, d, e, f, g, h, a, b, 6);    \
    R(b, c, d, e, f, g, h, a, 7);    \
    R(a, b, c, d, e, f, g, h, 8);    \
    R(h, a, b, c, d, e, f, g, 9);    \
    R(g, h, a, b, c, d, e, f, 10);   \
    R(f, g, h, a, b, c, d, e, 11);   \
    R(e, f, g, h, a, b, c, d, 12);   \
    R(d, e, f, g, h, a, b, c, 13);   \
    R(c, d, e, f, g, h, a, b, 14);   \
    R(b, c, d, e, f, g, h, a, 15)

#ifdef SHA512
#define SMALL0(x) (ks_rotr64(x, 1) ^ ks_rotr64(x, 8) ^ (x) >> 7)
#define SMALL1(x) (ks_rotr64(x, 19) ^ ks_rotr64(x, 61) ^ (x) >> 6)
#define BIG0(x) (ks_rotr64(x, 28) ^ ks_rotr64(x, 34) ^ ks_rotr64(x, 39))
#define BIG1(x) (ks_rotr64(x, 14) ^ ks_rotr64(x, 18) ^ ks_rotr64(x, 41))
#define ROUND(a, b, c, d, e, f, g, h, i)                                  \
    do {                                                                  \
        h += BIG1(e) + CHOOSE(e, f, g) + ks_sha512_k[t + i] + w[i];       \
        d += h;                                                           \
        h += BIG0(a) + MAJORITY(a, b, c);                                 \
    } while (0)
#define ROUND_ON(a, b, c, d, e, f, g, h, i)                                                                  \
    do {                                                                                                     \
        w[i] += SMALL0(w[(i + 1) & 15]) + w[(i + 9) & 15] + SMALL1(w[(i + 14) & 15]);                        \
        ROUND(a, b, c, d, e, f, g, h, i);                                                                    \
    } while (0)

void SHA512(uint64_t *state, const uint8_t *p, size_t blocks)
{
    for (; blocks > 0; blocks--, p += 128) {
        uint64_t w[16];
        for (int i = 0; i < 16; i++)
            w[i] = WORD64(i);
        uint64_t a = state[0], b = state[1], c = state[2], d = state[3];
        uint64_t e = state[4], f = state[5], g = state[6], h = state[7];
        int t = 0;
        SIXTEEN(ROUND);
        for (t = 16; t < 80; t += 16) {
            SIXTEEN(ROUND_ON);
        }
        state[0] += a, state[1] += b, state[2] += c, state[3] += d;
        state[4] += e, state[5] += f, state[6] += g, state[7] += h;
    }
}
#undef SMALL0
#undef SMALL1
#undef BIG0
#undef BIG1
#undef ROUND
#undef ROUND_ON
#endif

#ifdef SHA256
#define ROTR(x, n) ks_rotl32(x, 32 - (n))
#define SMALL0(x) (ROTR(x, 7) ^ ROTR(x, 18) ^ (x) >> 3)
#define SMALL1(x) (ROTR(x, 17) ^ ROTR(x, 19) ^ (x) >> 10)
#define BIG0(x) (ROTR(x, 2) ^ ROTR(x, 13) ^ ROTR(x, 22))
#define BIG1(x) (ROTR(x, 6) ^ ROTR(x, 11) ^ ROTR(x, 25))
#define ROUND(a, b, c, d, e, f, g, h, i)                                                         \
    do {                                                                                         \
        h += BIG1(e) + CHOOSE(e, f, g) + (uint32_t)(ks_sha512_k[t + i] >> 32) + w[i];            \
        d += h;                                                                                  \
        h += BIG0(a) + MAJORITY(a, b, c);                                                        \
    } while (0)
#define ROUND_ON(a, b, c, d, e, f, g, h, i)                                                      \
    do {                                                                                         \
        w[i] += SMALL0(w[(i + 1) & 15]) + w[(i + 9) & 15] + SMALL1(w[(i + 14) & 15]);            \
        ROUND(a, b, c, d, e, f, g, h, i);                                                        \
    } while (0)

void SHA256(uint64_t *state, const uint8_t *p, size_t blocks)
{
    uint32_t s[8];
    for (int i = 0; i < 8; i++)
        s[i] = (uint32_t)state[i];
    for (; blocks > 0; blocks--, p += 64) {
        uint32_t w[16];
        for (int i = 0; i < 16; i++)
            w[i] = WORD32(i);
        uint32_t a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
        int t = 0;
        SIXTEEN(ROUND);
        for (t = 16; t < 64; t += 16) {
            SIXTEEN(ROUND_ON);
        }
        s[0] += a, s[1] += b, s[2] += c, s[3] += d, s[4] += e, s[5] += f, s[6] += g, s[7] += h;
    }
    for (int i = 0; i < 8; i++)
        state[i] = s[i];
}
#undef ROUND
#undef ROUND_ON
#endif

#ifdef SHA1
#define PARITY(x, y, z) (x ^ y ^ z)
#define NEW(i) (w[(i) & 15] = ks_rotl32(w[((i) + 13) & 15] ^ w[((i) + 8) & 15] ^ w[((i) + 2) & 15] ^ w[(i) & 15], 1))
#define OLD(i) w[i]
#define ROUND(f, k, word, a, b, c, d, e, i)                        \
    do {                                                           \
        e += ks_rotl32(a, 5) + f(b, c, d) + k + word(i);           \
        b = ks_rotl32(b, 30);                                      \
    } while (0)
#define FIVE(f, k, word, i)                       \
    do {                                          \
        ROUND(f, k, word, a, b, c, d, e, i);      \
        ROUND(f, k, word, e, a, b, c, d, i + 1);  \
        ROUND(f, k, word, d, e, a, b, c, i + 2);  \
        ROUND(f, k, word, c, d, e, a, b, i + 3);  \
        ROUND(f, k, word, b, c, d, e, a, i + 4);  \
    } while (0)
#define TWENTY(f, k, i)        \
    do {                       \
        FIVE(f, k, NEW, i);      \
        FIVE(f, k, NEW, i + 5);  \
        FIVE(f, k, NEW, i + 10); \
        FIVE(f, k, NEW, i + 15); \
    } while (0)

void SHA1(uint64_t *state, const uint8_t *p, size_t blocks)
{
    uint32_t s[5];
    for (int i = 0; i < 5; i++)
        s[i] = (uint32_t)state[i];
    for (; blocks > 0; blocks--, p += 64) {
        uint32_t w[16];
        for (int i = 0; i < 16; i++)
            w[i] = WORD32(i);
        uint32_t a = s[0], b = s[1], c = s[2], d = s[3], e = s[4];
        FIVE(CHOOSE, 0x5a827999u, OLD, 0);
        FIVE(CHOOSE, 0x5a827999u, OLD, 5);
        FIVE(CHOOSE, 0x5a827999u, OLD, 10);
        ROUND(CHOOSE, 0x5a827999u, OLD, a, b, c, d, e, 15);
        ROUND(CHOOSE, 0x5a827999u, NEW, e, a, b, c, d, 16);
        ROUND(CHOOSE, 0x5a827999u, NEW, d, e, a, b, c, 17);
        ROUND(CHOOSE, 0x5a827999u, NEW, c, d, e, a, b, 18);
        ROUND(CHOOSE, 0x5a827999u, NEW, b, c, d, e, a, 19);
        TWENTY(PARITY, 0x6ed9eba1u, 20);
        TWENTY(MAJORITY, 0x8f1bbcdcu, 40);
        TWENTY(PARITY, 0xca62c1d6u, 60);
        s[0] += a, s[1] += b, s[2] += c, s[3] += d, s[4] += e;
    }
    for (int i = 0; i < 5; i++)
        state[i] = s[i];
}
#endif
