/*
 * MD5 of several streams at a time, one in each 32-bit lane of a vector: a round waits for the one before it, so a
 * stream by itself leaves most of the CPU idle. The including file names the instruction set by a target pragma and
 * defines: VECTOR, LANES, ADD(a, b), ROTATE(v, n), the round functions F, G, H, I(b, c, d), BROADCAST(k), LOAD(p),
 * STORE(p, v), and TRANSPOSE(w, p): word i of the 64 bytes at p[lane] becomes lane of w[i]. FUNCTION is the name of the
 * result; the state is four rows of LANES words.
 */

#define STEP(f, a, b, c, d, i, s, k) \
    a = ADD(b, ROTATE(ADD(ADD(a, ADD(w[i], BROADCAST(k))), f(b, c, d)), s))
#define FOUR(f, i0, i1, i2, i3, s0, s1, s2, s3, k0, k1, k2, k3) \
    do {                                                        \
        STEP(f, a, b, c, d, i0, s0, k0);                        \
        STEP(f, d, a, b, c, i1, s1, k1);                        \
        STEP(f, c, d, a, b, i2, s2, k2);                        \
        STEP(f, b, c, d, a, i3, s3, k3);                        \
    } while (0)

void FUNCTION(uint32_t *state, const uint8_t *const *streams, size_t blocks)
{
    VECTOR a = LOAD(state), b = LOAD(state + LANES), c = LOAD(state + 2 * LANES), d = LOAD(state + 3 * LANES);
    const uint8_t *p[LANES];
    memcpy(p, streams, sizeof p);
    for (; blocks > 0; blocks--) {
        VECTOR a0 = a, b0 = b, c0 = c, d0 = d, w[16];
        TRANSPOSE(w, p);
        for (int lane = 0; lane < LANES; lane++)
            p[lane] += 64;
        FOUR(F, 0, 1, 2, 3, 7, 12, 17, 22,
             0xd76aa478u, 0xe8c7b756u, 0x242070dbu, 0xc1bdceeeu);
        FOUR(F, 4, 5, 6, 7, 7, 12, 17, 22,
             0xf57c0fafu, 0x4787c62au, 0xa8304613u, 0xfd469501u);
        FOUR(F, 8, 9, 10, 11, 7, 12, 17, 22,
             0x698098d8u, 0x8b44f7afu, 0xffff5bb1u, 0x895cd7beu);
        FOUR(F, 12, 13, 14, 15, 7, 12, 17, 22,
             0x6b901122u, 0xfd987193u, 0xa679438eu, 0x49b40821u);
        FOUR(G, 1, 6, 11, 0, 5, 9, 14, 20,
             0xf61e2562u, 0xc040b340u, 0x265e5a51u, 0xe9b6c7aau);
        FOUR(G, 5, 10, 15, 4, 5, 9, 14, 20,
             0xd62f105du, 0x02441453u, 0xd8a1e681u, 0xe7d3fbc8u);
        FOUR(G, 9, 14, 3, 8, 5, 9, 14, 20,
             0x21e1cde6u, 0xc33707d6u, 0xf4d50d87u, 0x455a14edu);
        FOUR(G, 13, 2, 7, 12, 5, 9, 14, 20,
             0xa9e3e905u, 0xfcefa3f8u, 0x676f02d9u, 0x8d2a4c8au);
        FOUR(H, 5, 8, 11, 14, 4, 11, 16, 23,
             0xfffa3942u, 0x8771f681u, 0x6d9d6122u, 0xfde5380cu);
        FOUR(H, 1, 4, 7, 10, 4, 11, 16, 23,
             0xa4beea44u, 0x4bdecfa9u, 0xf6bb4b60u, 0xbebfbc70u);
        FOUR(H, 13, 0, 3, 6, 4, 11, 16, 23,
             0x289b7ec6u, 0xeaa127fau, 0xd4ef3085u, 0x04881d05u);
        FOUR(H, 9, 12, 15, 2, 4, 11, 16, 23,
             0xd9d4d039u, 0xe6db99e5u, 0x1fa27cf8u, 0xc4ac5665u);
        FOUR(I, 0, 7, 14, 5, 6, 10, 15, 21,
             0xf4292244u, 0x432aff97u, 0xab9423a7u, 0xfc93a039u);
        FOUR(I, 12, 3, 10, 1, 6, 10, 15, 21,
             0x655b59c3u, 0x8f0ccc92u, 0xffeff47du, 0x85845dd1u);
        FOUR(I, 8, 15, 6, 13, 6, 10, 15, 21,
             0x6fa87e4fu, 0xfe2ce6e0u, 0xa3014314u, 0x4e0811a1u);
        FOUR(I, 4, 11, 2, 9, 6, 10, 15, 21,
             0xf7537e82u, 0xbd3af235u, 0x2ad7d2bbu, 0xeb86d391u);
        a = ADD(a, a0), b = ADD(b, b0), c = ADD(c, c0), d = ADD(d, d0);
    }
    STORE(state, a);
    STORE(state + LANES, b);
    STORE(state + 2 * LANES, c);
    STORE(state + 3 * LANES, d);
}
