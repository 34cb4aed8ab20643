/*
 * The 64 steps of MD5 (RFC 1321, 3.4). MD5_STEPS(step) does step(f, a, b, c, d, i, s, k) for each, in order, the words
 * of the state in the roles that they have there: a = b + rotate(a + f(b, c, d) + word i of the block + k, s).
 */
#define MD5_FOUR(step, f, i0, i1, i2, i3, s0, s1, s2, s3, k0, k1, k2, k3) \
    do {                                                                  \
        step(f, a, b, c, d, i0, s0, k0);                                  \
        step(f, d, a, b, c, i1, s1, k1);                                  \
        step(f, c, d, a, b, i2, s2, k2);                                  \
        step(f, b, c, d, a, i3, s3, k3);                                  \
    } while (0)
#define MD5_STEPS(step)                                                                                   \
    MD5_FOUR(step, F, 0, 1, 2, 3, 7, 12, 17, 22, 0xd76aa478u, 0xe8c7b756u, 0x242070dbu, 0xc1bdceeeu);     \
    MD5_FOUR(step, F, 4, 5, 6, 7, 7, 12, 17, 22, 0xf57c0fafu, 0x4787c62au, 0xa8304613u, 0xfd469501u);     \
    MD5_FOUR(step, F, 8, 9, 10, 11, 7, 12, 17, 22, 0x698098d8u, 0x8b44f7afu, 0xffff5bb1u, 0x895cd7beu);   \
    MD5_FOUR(step, F, 12, 13, 14, 15, 7, 12, 17, 22, 0x6b901122u, 0xfd987193u, 0xa679438eu, 0x49b40821u); \
    MD5_FOUR(step, G, 1, 6, 11, 0, 5, 9, 14, 20, 0xf61e2562u, 0xc040b340u, 0x265e5a51u, 0xe9b6c7aau);     \
    MD5_FOUR(step, G, 5, 10, 15, 4, 5, 9, 14, 20, 0xd62f105du, 0x02441453u, 0xd8a1e681u, 0xe7d3fbc8u);    \
    MD5_FOUR(step, G, 9, 14, 3, 8, 5, 9, 14, 20, 0x21e1cde6u, 0xc33707d6u, 0xf4d50d87u, 0x455a14edu);     \
    MD5_FOUR(step, G, 13, 2, 7, 12, 5, 9, 14, 20, 0xa9e3e905u, 0xfcefa3f8u, 0x676f02d9u, 0x8d2a4c8au);    \
    MD5_FOUR(step, H, 5, 8, 11, 14, 4, 11, 16, 23, 0xfffa3942u, 0x8771f681u, 0x6d9d6122u, 0xfde5380cu);   \
    MD5_FOUR(step, H, 1, 4, 7, 10, 4, 11, 16, 23, 0xa4beea44u, 0x4bdecfa9u, 0xf6bb4b60u, 0xbebfbc70u);    \
    MD5_FOUR(step, H, 13, 0, 3, 6, 4, 11, 16, 23, 0x289b7ec6u, 0xeaa127fau, 0xd4ef3085u, 0x04881d05u);    \
    MD5_FOUR(step, H, 9, 12, 15, 2, 4, 11, 16, 23, 0xd9d4d039u, 0xe6db99e5u, 0x1fa27cf8u, 0xc4ac5665u);   \
    MD5_FOUR(step, I, 0, 7, 14, 5, 6, 10, 15, 21, 0xf4292244u, 0x432aff97u, 0xab9423a7u, 0xfc93a039u);    \
    MD5_FOUR(step, I, 12, 3, 10, 1, 6, 10, 15, 21, 0x655b59c3u, 0x8f0ccc92u, 0xffeff47du, 0x85845dd1u);   \
    MD5_FOUR(step, I, 8, 15, 6, 13, 6, 10, 15, 21, 0x6fa87e4fu, 0xfe2ce6e0u, 0xa3014314u, 0x4e0811a1u);   \
    MD5_FOUR(step, I, 4, 11, 2, 9, 6, 10, 15, 21, 0xf7537e82u, 0xbd3af235u, 0x2ad7d2bbu, 0xeb86d391u)
