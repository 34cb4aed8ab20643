/*
 * Reed-Solomon over GF(2^8) modulo x^8+x^4+x^3+x^2+1: the tables of a plan, the portable path and the choice among
 * paths. The matrix comes from Java, which builds the one of JavaReedSolomon.
 */
#include "kintsugi.h"

static uint8_t product[256][256];

static uint8_t multiply(unsigned a, unsigned b)
{
    unsigned out = 0;
    for (; b != 0; b >>= 1) {
        if (b & 1)
            out ^= a;
        a = a << 1 ^ (a & 0x80 ? 0x11d : 0);
    }
    return (uint8_t)out;
}

__attribute__((constructor)) static void fill_products(void)
{
    for (unsigned a = 0; a < 256; a++)
        for (unsigned b = 0; b < 256; b++)
            product[a][b] = multiply(a, b);
}

static size_t align64(size_t n)
{
    return (n + 63) & ~(size_t)63;
}

static size_t affine_offset(size_t cells)
{
    return align64(KS_RS_HEADER + cells);
}

static size_t nibbles_offset(size_t cells)
{
    return align64(affine_offset(cells) + 8 * cells);
}

/* Row i of the bit matrix, which GF2P8AFFINEQB keeps in byte 7 - i, gives bit i of c * x. */
static uint64_t affine_matrix(uint8_t c)
{
    uint64_t matrix = 0;
    for (int i = 0; i < 8; i++) {
        uint64_t row = 0;
        for (int j = 0; j < 8; j++)
            row |= (uint64_t)(product[c][1 << j] >> i & 1) << j;
        matrix |= row << (8 * (7 - i));
    }
    return matrix;
}

void ks_rs_prepare(uint8_t *block)
{
    size_t cells = (size_t)ks_load32(block) * ks_load32(block + 4);
    const uint8_t *coefficients = block + KS_RS_HEADER;
    uint8_t *affine = block + affine_offset(cells);
    uint8_t *nibbles = block + nibbles_offset(cells);
    for (size_t i = 0; i < cells; i++) {
        uint8_t c = coefficients[i];
        ks_store64(affine + 8 * i, affine_matrix(c));
        for (int n = 0; n < 16; n++) {
            nibbles[32 * i + n] = product[c][n];
            nibbles[32 * i + 16 + n] = product[c][n << 4];
        }
    }
}

void ks_rs_scalar_from(const struct ks_rs *rs, size_t from, size_t length)
{
    for (unsigned r = 0; r < rs->outputs; r++) {
        const uint8_t *row = rs->coefficients + (size_t)r * rs->inputs;
        uint8_t *out = rs->out[r];
        for (unsigned c = 0; c < rs->inputs; c++) {
            const uint8_t *in = rs->in[c];
            const uint8_t *times = product[row[c]];
            if (c == 0)
                for (size_t i = from; i < length; i++)
                    out[i] = times[in[i]];
            else
                for (size_t i = from; i < length; i++)
                    out[i] ^= times[in[i]];
        }
    }
}

void ks_rs_scalar(const struct ks_rs *rs, size_t length)
{
    ks_rs_scalar_from(rs, 0, length);
}

static ks_rs_fn *function(enum ks_path path)
{
    switch (path) {
#if defined(__x86_64__)
    case KS_AVX2:
        return ks_rs_avx2;
    case KS_GFNI_AVX2:
        return ks_rs_gfni_avx2;
    case KS_GFNI_AVX512:
        return ks_rs_gfni_avx512;
#elif defined(__aarch64__)
    case KS_NEON:
        return ks_rs_neon;
#endif
    default:
        return ks_rs_scalar;
    }
}

void ks_rs_code(enum ks_path path, const uint8_t *block, uint8_t *base, size_t stride, size_t length)
{
    struct ks_rs rs;
    rs.inputs = ks_load32(block);
    rs.outputs = ks_load32(block + 4);
    size_t cells = (size_t)rs.inputs * rs.outputs;
    rs.coefficients = block + KS_RS_HEADER;
    rs.affine = (const uint64_t *)(const void *)(block + affine_offset(cells));
    rs.nibbles = block + nibbles_offset(cells);
    for (unsigned i = 0; i < rs.inputs; i++)
        rs.in[i] = base + block[8 + i] * stride;
    for (unsigned i = 0; i < rs.outputs; i++)
        rs.out[i] = base + block[8 + 256 + i] * stride;
    function(path)(&rs, length);
}
