/*
 * Kernels of io.kintsugi.codec: what the C files share. Plain C: only jni.c knows Java.
 *
 * Every kernel exists as portable C and in faster ways ("paths") that need certain instructions; ks_paths() tells
 * which of them this CPU and this build have. All paths of a kernel give the same bytes.
 */
#ifndef KINTSUGI_H
#define KINTSUGI_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the kernels are written for little-endian machines"
#endif

/* Raised when a native method or a layout changes; Kernels.INTERFACE_VERSION in Java. */
#define KS_INTERFACE_VERSION 5

/* The order of io.kintsugi.codec.Kernel. */
enum ks_kernel {
    KS_REED_SOLOMON,
    KS_CRC32,
    KS_CRC32C,
    KS_CRC64NVME,
    KS_SHA1,
    KS_SHA256,
    KS_SHA512,
    KS_MD5,
    KS_XXHASH64,
    KS_XXHASH3,
    KS_XXHASH128,
    KS_MD5_LANES,
    KS_KERNELS
};

/* The order of io.kintsugi.codec.CodecPath, slowest first. */
enum ks_path {
    KS_JAVA,
    KS_SCALAR,
    KS_NEON,
    KS_ARM_CRYPTO,
    KS_SSE42,
    KS_BMI2,
    KS_AVX2,
    KS_GFNI_AVX2,
    KS_SHA_NI,
    KS_AVX512,
    KS_VPCLMUL,
    KS_GFNI_AVX512,
    KS_PATHS
};

/* Bit p is set when path p of the kernel can run here. */
unsigned ks_paths(enum ks_kernel kernel);
/* The same for all kernels, from the CPU alone: bits of enum ks_path (cpu.c). */
unsigned ks_cpu_paths(void);

static inline uint64_t ks_load64(const void *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
    return v;
}

static inline uint32_t ks_load32(const void *p)
{
    uint32_t v;
    memcpy(&v, p, 4);
    return v;
}

static inline void ks_store64(void *p, uint64_t v)
{
    memcpy(p, &v, 8);
}

static inline uint64_t ks_rotl64(uint64_t v, int n)
{
    return v << n | v >> (64 - n);
}

static inline uint64_t ks_rotr64(uint64_t v, int n)
{
    return v >> n | v << (64 - n);
}

static inline uint32_t ks_rotl32(uint32_t v, int n)
{
    return v << n | v >> (32 - n);
}

/* ---- Reed-Solomon: see CodingPlan.java for the block that a plan is ---- */

#define KS_RS_HEADER (8 + 256 + 256)

/* A plan, read from its block, with the shards' places for one run. */
struct ks_rs {
    unsigned inputs;
    unsigned outputs;
    const uint8_t *coefficients; /* outputs rows of inputs bytes */
    const uint64_t *affine;      /* the same as 8x8 bit matrices for GF2P8AFFINEQB */
    const uint8_t *nibbles;      /* the same as products of low nibbles (16 bytes) and high nibbles (16 bytes) */
    const uint8_t *in[256];
    uint8_t *out[256];
};

typedef void ks_rs_fn(const struct ks_rs *rs, size_t length);

/* Fills the tables of a plan's block. */
void ks_rs_prepare(uint8_t *block);
/* Computes all outputs of the plan; shard i is length bytes at base + i * stride. */
void ks_rs_code(enum ks_path path, const uint8_t *block, uint8_t *base, size_t stride, size_t length);
/* Bytes from..length of all outputs, byte by byte. */
void ks_rs_scalar_from(const struct ks_rs *rs, size_t from, size_t length);
ks_rs_fn ks_rs_scalar, ks_rs_avx2, ks_rs_gfni_avx2, ks_rs_gfni_avx512, ks_rs_neon;

/* ---- CRC, bit-reflected, up to 64 bits ---- */

/* A CRC's polynomial with what follows from it; the state is the register before the final inversion. */
struct ks_crc {
    uint64_t polynomial; /* reflected */
    int bits;
    uint64_t table[8][256];
    /* Pairs to move a 128-bit remainder on by that many bits: low half's factor, high half's factor. */
    uint64_t fold128[2], fold512[2], fold2048[2];
};

typedef uint64_t ks_crc_fn(const struct ks_crc *crc, uint64_t state, const uint8_t *p, size_t n);

extern struct ks_crc ks_crc32, ks_crc32c, ks_crc64nvme;
ks_crc_fn ks_crc_scalar, ks_crc_pclmul, ks_crc_vpclmul, ks_crc_pmull;
/* From and to finished values, as the functions of this name everywhere: 0 to begin. */
uint64_t ks_crc_update(enum ks_kernel kernel, enum ks_path path, uint64_t value, const uint8_t *p, size_t n);

/* ---- Digests ---- */

/* Eats whole blocks. */
typedef void ks_block_fn(uint64_t *state, const uint8_t *p, size_t blocks);

ks_block_fn ks_md5_blocks, ks_sha1_blocks, ks_sha256_blocks, ks_sha512_blocks;
ks_block_fn ks_sha1_ni, ks_sha256_ni, ks_sha512_bmi2, ks_sha1_arm, ks_sha256_arm;
extern const uint64_t ks_sha512_k[80];

/* Eats whole blocks of two streams at a time. */
typedef void ks_pair_fn(uint64_t *const *state, const uint8_t *const *p, size_t blocks);

ks_pair_fn ks_sha256_pair_ni, ks_sha256_pair_arm;

#define KS_MD5_LANES_MAX 16

/* Whole blocks of as many streams as there are lanes: 8 and 16, or what the name ends in; see md5_lanes.h. */
typedef void ks_md5_lanes_fn(uint32_t *state, const uint8_t *const *streams, size_t blocks);

ks_md5_lanes_fn ks_md5_lanes_avx2, ks_md5_lanes_avx512, ks_md5_lanes_avx512_8, ks_md5_lanes_avx512_4;

/* XXH3: count stripes of 64 bytes, n being how many of the block of 16 were eaten before; returns the new n. */
typedef unsigned ks_xxh3_fn(uint64_t *acc, const uint8_t *p, size_t count, unsigned n);

ks_xxh3_fn ks_xxh3_scalar, ks_xxh3_avx2, ks_xxh3_avx512;
extern const uint8_t ks_xxh3_secret[192];
void ks_xxh3_accumulate(uint64_t *acc, const uint8_t *p, const uint8_t *secret);
uint64_t ks_xxh3_short64(const uint8_t *in, size_t n);
void ks_xxh3_short128(const uint8_t *in, size_t n, uint64_t *low, uint64_t *high);

/* What a digest remembers between two pieces; Kernels.CONTEXT_BYTES must hold it. */
struct ks_context {
    uint64_t total;
    uint64_t state[8];
    uint32_t buffered;
    uint32_t stripes; /* XXH3: stripes of the current block */
    uint8_t buffer[256];
    uint8_t last[64]; /* XXH3: the last stripe that was eaten */
};

#define KS_CONTEXT_BYTES 512

void ks_digest_begin(enum ks_kernel kernel, struct ks_context *c);
void ks_digest_update(enum ks_kernel kernel, enum ks_path path, struct ks_context *c, const uint8_t *p, size_t n);
/* The next blocks * 64 bytes of 1 to KS_MD5_LANES_MAX MD5 digests, none of which holds a part of a block. */
void ks_md5_lanes(enum ks_path path, struct ks_context *const *c, const uint8_t *const *p, int lanes, size_t blocks);
/* The next blocks * 64 bytes of two SHA-256 digests, neither of which holds a part of a block. */
void ks_sha256_pair(enum ks_path path, struct ks_context *const *c, const uint8_t *const *p, size_t blocks);
/* Writes the big-endian value and returns its length. */
int ks_digest_finish(enum ks_kernel kernel, enum ks_path path, struct ks_context *c, uint8_t out[64]);

void ks_xxh64_begin(struct ks_context *c);
void ks_xxh64_update(struct ks_context *c, const uint8_t *p, size_t n);
uint64_t ks_xxh64_finish(const struct ks_context *c);
void ks_xxh3_begin(struct ks_context *c);
void ks_xxh3_update(enum ks_path path, struct ks_context *c, const uint8_t *p, size_t n);
void ks_xxh3_finish(struct ks_context *c, uint64_t *low, uint64_t *high);

/* ---- Memory ---- */

/*
 * Gives back what the C library keeps of freed memory, and the pages of the executable and of the JVM's library that
 * are as they lie in their files: they come again, from the page cache, when somebody needs them. Returns bytes of the
 * latter.
 */
uint64_t ks_give_back(void);

/* ---- Files ---- */

/* A file to be read by ks_file_cached: a descriptor, or -errno. */
int ks_file_open(const char *path);
void ks_file_close(int fd);
/* Bytes from position on that were in the page cache; 0 when the first was not. Never waits for a device. */
int64_t ks_file_cached(int fd, void *to, size_t length, int64_t position);

#endif
