/* All digests and checksums behind one streaming interface, and which paths they have. */
#include "kintsugi.h"

unsigned ks_paths(enum ks_kernel kernel)
{
    static const unsigned crc = 1u << KS_ARM_CRYPTO | 1u << KS_SSE42 | 1u << KS_VPCLMUL;
    static const unsigned sha = 1u << KS_ARM_CRYPTO | 1u << KS_SHA_NI, bmi2 = 1u << KS_BMI2;
    static const unsigned wide = 1u << KS_AVX2 | 1u << KS_AVX512;
    static const unsigned rs = 1u << KS_NEON | 1u << KS_AVX2 | 1u << KS_GFNI_AVX2 | 1u << KS_GFNI_AVX512;
    static const unsigned written[KS_KERNELS] = {
        [KS_REED_SOLOMON] = rs, [KS_CRC32] = crc, [KS_CRC32C] = crc, [KS_CRC64NVME] = crc,
        [KS_SHA1] = sha, [KS_SHA256] = sha, [KS_SHA512] = bmi2, [KS_XXHASH3] = wide, [KS_XXHASH128] = wide,
        [KS_MD5_LANES] = wide};
    return ks_cpu_paths() & (written[kernel] | 1u << KS_SCALAR);
}

static ks_block_fn *block_function(enum ks_kernel kernel, enum ks_path path)
{
    static ks_block_fn *const written[KS_KERNELS][KS_PATHS] = {
#if defined(__x86_64__)
        [KS_SHA1][KS_SHA_NI] = ks_sha1_ni,
        [KS_SHA256][KS_SHA_NI] = ks_sha256_ni,
        [KS_SHA512][KS_BMI2] = ks_sha512_bmi2,
#elif defined(__aarch64__)
        [KS_SHA1][KS_ARM_CRYPTO] = ks_sha1_arm,
        [KS_SHA256][KS_ARM_CRYPTO] = ks_sha256_arm,
#endif
        [KS_SHA1][KS_SCALAR] = ks_sha1_blocks,
        [KS_SHA256][KS_SCALAR] = ks_sha256_blocks,
        [KS_SHA512][KS_SCALAR] = ks_sha512_blocks,
        [KS_MD5][KS_SCALAR] = ks_md5_blocks};
    return written[kernel][path];
}

static void begin_blocks(enum ks_kernel kernel, struct ks_context *c)
{
    static const uint32_t sha1[5] = {0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u};
    static const uint64_t sha512[8] = {0x6a09e667f3bcc908u, 0xbb67ae8584caa73bu, 0x3c6ef372fe94f82bu,
                                       0xa54ff53a5f1d36f1u, 0x510e527fade682d1u, 0x9b05688c2b3e6c1fu,
                                       0x1f83d9abfb41bd6bu, 0x5be0cd19137e2179u};
    /* MD5 begins with the first four of SHA-1, SHA-256 with the upper halves of SHA-512. */
    for (int i = 0; i < 8; i++) {
        if (kernel == KS_SHA512)
            c->state[i] = sha512[i];
        else if (kernel == KS_SHA256)
            c->state[i] = sha512[i] >> 32;
        else if (i < 5)
            c->state[i] = sha1[i];
    }
}

static void update_blocks(enum ks_kernel kernel, enum ks_path path, struct ks_context *c, const uint8_t *p, size_t n)
{
    ks_block_fn *eat = block_function(kernel, path);
    size_t block = kernel == KS_SHA512 ? 128 : 64;
    c->total += n;
    if (c->buffered > 0) {
        size_t take = block - c->buffered < n ? block - c->buffered : n;
        memcpy(c->buffer + c->buffered, p, take);
        c->buffered += (uint32_t)take;
        p += take, n -= take;
        if (c->buffered < block)
            return;
        eat(c->state, c->buffer, 1);
    }
    eat(c->state, p, n / block);
    c->buffered = (uint32_t)(n % block);
    memcpy(c->buffer, p + (n - c->buffered), c->buffered);
}

void ks_sha256_pair(enum ks_path path, struct ks_context *const *c, const uint8_t *const *p, size_t blocks)
{
    static ks_pair_fn *const written[KS_PATHS] = {
#if defined(__x86_64__)
        [KS_SHA_NI] = ks_sha256_pair_ni,
#elif defined(__aarch64__)
        [KS_ARM_CRYPTO] = ks_sha256_pair_arm,
#endif
        [KS_SCALAR] = NULL};
    uint64_t *const states[2] = {c[0]->state, c[1]->state};
    if (written[path] != NULL) {
        written[path](states, p, blocks);
    } else {
        ks_sha256_blocks(states[0], p[0], blocks);
        ks_sha256_blocks(states[1], p[1], blocks);
    }
    c[0]->total += 64 * blocks;
    c[1]->total += 64 * blocks;
}

static int put(uint8_t *out, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++)
        out[i] = (uint8_t)(v >> 8 * (bytes - 1 - i));
    return bytes;
}

/* Padding: a bit, zeros, and the length in bits (MD5: little-endian) at the end of a block. */
static int finish_blocks(enum ks_kernel kernel, enum ks_path path, struct ks_context *c, uint8_t *out)
{
    size_t block = kernel == KS_SHA512 ? 128 : 64, room = block - block / 8, used = c->buffered;
    uint8_t end[256] = {0};
    memcpy(end, c->buffer, used);
    end[used] = 0x80;
    size_t size = used < room ? block : 2 * block;
    if (kernel == KS_MD5)
        ks_store64(end + size - 8, c->total << 3);
    else
        put(end + size - 8, c->total << 3, 8);
    if (kernel == KS_SHA512)
        end[size - 9] = (uint8_t)(c->total >> 61);
    block_function(kernel, path)(c->state, end, size / block);
    int words = kernel == KS_MD5 ? 4 : kernel == KS_SHA1 ? 5 : 8, width = kernel == KS_SHA512 ? 8 : 4;
    for (int i = 0; i < words; i++)
        put(out + width * i, kernel == KS_MD5 ? __builtin_bswap32((uint32_t)c->state[i]) : c->state[i], width);
    return words * width;
}

void ks_digest_begin(enum ks_kernel kernel, struct ks_context *c)
{
    memset(c, 0, sizeof *c);
    switch (kernel) {
    case KS_MD5:
    case KS_SHA1:
    case KS_SHA256:
    case KS_SHA512:
        begin_blocks(kernel, c);
        break;
    case KS_XXHASH64:
        ks_xxh64_begin(c);
        break;
    case KS_XXHASH3:
    case KS_XXHASH128:
        ks_xxh3_begin(c);
        break;
    default: /* a CRC begins with 0 */
        break;
    }
}

void ks_digest_update(enum ks_kernel kernel, enum ks_path path, struct ks_context *c, const uint8_t *p, size_t n)
{
    if (n == 0)
        return;
    switch (kernel) {
    case KS_MD5:
    case KS_SHA1:
    case KS_SHA256:
    case KS_SHA512:
        update_blocks(kernel, path, c, p, n);
        break;
    case KS_XXHASH64:
        ks_xxh64_update(c, p, n);
        break;
    case KS_XXHASH3:
    case KS_XXHASH128:
        ks_xxh3_update(path, c, p, n);
        break;
    default:
        c->state[0] = ks_crc_update(kernel, path, c->state[0], p, n);
        break;
    }
}

static int finish_xxh3(enum ks_kernel kernel, struct ks_context *c, uint8_t *out)
{
    uint64_t low, high;
    if (c->total > 240)
        ks_xxh3_finish(c, &low, &high);
    else if (kernel == KS_XXHASH3)
        low = ks_xxh3_short64(c->buffer, c->total), high = 0;
    else
        ks_xxh3_short128(c->buffer, c->total, &low, &high);
    if (kernel == KS_XXHASH3)
        return put(out, low, 8);
    return put(out, high, 8) + put(out + 8, low, 8);
}

int ks_digest_finish(enum ks_kernel kernel, enum ks_path path, struct ks_context *c, uint8_t out[64])
{
    switch (kernel) {
    case KS_CRC32:
    case KS_CRC32C:
        return put(out, c->state[0], 4);
    case KS_CRC64NVME:
        return put(out, c->state[0], 8);
    case KS_XXHASH64:
        return put(out, ks_xxh64_finish(c), 8);
    case KS_XXHASH3:
    case KS_XXHASH128:
        return finish_xxh3(kernel, c, out);
    default:
        return finish_blocks(kernel, path, c, out);
    }
}
