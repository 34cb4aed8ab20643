/*
 * MD5 of several streams at a time, one in each 32-bit lane of a vector: a round waits for the one before it, so a
 * stream by itself leaves most of the CPU idle. The including file names the instruction set by a target pragma and
 * defines: VECTOR, LANES, ADD(a, b), ROTATE(v, n), the round functions F, G, H, I(b, c, d), BROADCAST(k), LOAD(p),
 * STORE(p, v), and TRANSPOSE(w, p): word i of the 64 bytes at p[lane] becomes lane of w[i]. FUNCTION is the name of the
 * result; the state is four rows of LANES words. May be included several times, for several widths: VECTOR, LANES,
 * TRANSPOSE and FUNCTION are undefined at the end.
 */

#include "md5_steps.h"

#define STEP(f, a, b, c, d, i, s, k) \
    a = ADD(b, ROTATE(ADD(ADD(a, ADD(w[i], BROADCAST(k))), f(b, c, d)), s))

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
        MD5_STEPS(STEP);
        a = ADD(a, a0), b = ADD(b, b0), c = ADD(c, c0), d = ADD(d, d0);
    }
    STORE(state, a);
    STORE(state + LANES, b);
    STORE(state + 2 * LANES, c);
    STORE(state + 3 * LANES, d);
}

#undef STEP
#undef VECTOR
#undef LANES
#undef TRANSPOSE
#undef FUNCTION
