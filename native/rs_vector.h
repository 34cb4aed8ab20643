/*
 * The loop of the vector paths of Reed-Solomon. The including file names the instruction set by a target pragma and
 * defines: VECTOR, WIDTH (bytes), GROUP (outputs a pass, what fits into registers), ZERO(), LOAD(p), STORE(p, v),
 * and ADD_PRODUCT(acc, x, rs, cell): acc + coefficient * x. FUNCTION is the name of the result.
 *
 * A pass goes over all inputs once and computes up to GROUP outputs, two vectors at a time. The last vector overlaps
 * the one before it: outputs are never inputs, so computing bytes twice does no harm.
 */

#define INLINE static inline __attribute__((always_inline))

INLINE void KS_STEP(const struct ks_rs *rs, unsigned first, unsigned outputs, size_t at, int vectors)
{
    VECTOR acc[GROUP][2];
#pragma GCC unroll 8
    for (unsigned r = 0; r < outputs; r++)
#pragma GCC unroll 2
        for (int v = 0; v < vectors; v++)
            acc[r][v] = ZERO();
    size_t row = (size_t)first * rs->inputs;
    for (unsigned c = 0; c < rs->inputs; c++) {
        VECTOR x[2];
#pragma GCC unroll 2
        for (int v = 0; v < vectors; v++)
            x[v] = LOAD(rs->in[c] + at + v * WIDTH);
#pragma GCC unroll 8
        for (unsigned r = 0; r < outputs; r++)
#pragma GCC unroll 2
            for (int v = 0; v < vectors; v++)
                acc[r][v] = ADD_PRODUCT(acc[r][v], x[v], rs, row + r * rs->inputs + c);
    }
#pragma GCC unroll 8
    for (unsigned r = 0; r < outputs; r++)
#pragma GCC unroll 2
        for (int v = 0; v < vectors; v++)
            STORE(rs->out[first + r] + at + v * WIDTH, acc[r][v]);
}

INLINE void KS_PASS(const struct ks_rs *rs, unsigned first, unsigned outputs, size_t length)
{
    size_t at = 0;
    for (; at + 2 * WIDTH <= length; at += 2 * WIDTH)
        KS_STEP(rs, first, outputs, at, 2);
    if (at + WIDTH <= length) {
        KS_STEP(rs, first, outputs, at, 1);
        at += WIDTH;
    }
    if (at < length)
        KS_STEP(rs, first, outputs, length - WIDTH, 1);
}

void FUNCTION(const struct ks_rs *rs, size_t length)
{
    if (length < WIDTH) {
        ks_rs_scalar_from(rs, 0, length);
        return;
    }
    unsigned first = 0;
    for (; first + GROUP <= rs->outputs; first += GROUP)
        KS_PASS(rs, first, GROUP, length);
    switch (rs->outputs - first) {
    case 1:
        KS_PASS(rs, first, 1, length);
        break;
    case 2:
        KS_PASS(rs, first, 2, length);
        break;
    case 3:
        KS_PASS(rs, first, 3, length);
        break;
#if GROUP > 4
    case 4:
        KS_PASS(rs, first, 4, length);
        break;
    case 5:
        KS_PASS(rs, first, 5, length);
        break;
#endif
    default:
        break;
    }
}
