/*
 * Runs every path that this CPU has on all short lengths and on odd places in memory, and compares it with slow code of
 * another kind. Built by check.sh with the address and undefined behaviour sanitizers: each buffer is allocated to its
 * exact size, so that one byte read or written too far is caught. Exits non-zero at the first difference.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "../kintsugi.h"

#define MAX_LENGTH 1200

static const char *const kernel_names[KS_KERNELS] = {"reed-solomon", "crc32", "crc32c", "crc64nvme", "sha1", "sha256",
                                                     "sha512", "md5", "xxhash64", "xxhash3", "xxhash128", "md5-lanes"};
static unsigned long cases;

static void fail(const char *what, int kernel, int path, size_t a, size_t b)
{
    fprintf(stderr, "check: %s differs: kernel %s, path %d, case %zu / %zu\n", what, kernel_names[kernel], path, a, b);
    exit(1);
}

static uint8_t random_byte(void)
{
    static uint32_t x = 1;
    x = x * 1664525u + 1013904223u;
    return (uint8_t)(x >> 24);
}

/* Exactly n bytes (at least one is allocated), off bytes behind the begin of an allocation. */
struct piece {
    uint8_t *allocation, *p;
};

static struct piece piece(size_t n, size_t off)
{
    struct piece out;
    out.allocation = malloc(n + off + (n + off == 0));
    if (out.allocation == NULL)
        exit(2);
    out.p = out.allocation + off;
    for (size_t i = 0; i < n; i++)
        out.p[i] = random_byte();
    return out;
}

static uint64_t slow_crc(uint64_t polynomial, int bits, const uint8_t *p, size_t n)
{
    uint64_t ones = ~(uint64_t)0 >> (64 - bits), crc = ones;
    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ polynomial : crc >> 1;
    }
    return crc ^ ones;
}

static void check_crc(int kernel, uint64_t polynomial, int bits)
{
    for (size_t n = 0; n <= MAX_LENGTH; n++) {
        struct piece in = piece(n, n * 7 % 64);
        uint64_t want = slow_crc(polynomial, bits, in.p, n);
        for (int path = 0; path < KS_PATHS; path++) {
            if (!(ks_paths(kernel) >> path & 1))
                continue;
            size_t cut = n / 3;
            uint64_t whole = ks_crc_update(kernel, path, 0, in.p, n);
            uint64_t first = ks_crc_update(kernel, path, 0, in.p, cut);
            if (whole != want || ks_crc_update(kernel, path, first, in.p + cut, n - cut) != want)
                fail("crc", kernel, path, n, cut);
            cases++;
        }
        free(in.allocation);
    }
}

static int digest(int kernel, int path, const uint8_t *p, size_t n, size_t step, uint8_t out[64])
{
    struct ks_context c;
    ks_digest_begin(kernel, &c);
    for (size_t at = 0; at < n; at += step)
        ks_digest_update(kernel, path, &c, p + at, n - at < step ? n - at : step);
    return ks_digest_finish(kernel, path, &c, out);
}

/* All paths, in one piece and in small ones, agree with the portable one in one piece. */
static void check_digest(int kernel)
{
    for (size_t n = 0; n <= MAX_LENGTH; n++) {
        struct piece in = piece(n, n * 5 % 64);
        uint8_t want[64], got[64];
        int length = digest(kernel, KS_SCALAR, in.p, n, n + 1, want);
        for (int path = 0; path < KS_PATHS; path++) {
            if (!(ks_paths(kernel) >> path & 1))
                continue;
            const size_t steps[] = {n + 1, 1 + n * 13 % 67, 63, 64, 65, 200, 257};
            for (size_t s = 0; s < sizeof steps / sizeof *steps; s++) {
                digest(kernel, path, in.p, n, steps[s], got);
                if (memcmp(want, got, (size_t)length) != 0)
                    fail("digest", kernel, path, n, steps[s]);
                cases++;
            }
        }
        free(in.allocation);
    }
}

/*
 * Streams of one length in 1 to 16 lanes, at odd places, that begin in the middle of what their digests saw, agree
 * with one stream at a time.
 */
static void check_lanes(int lanes, size_t blocks)
{
    struct piece in[KS_MD5_LANES_MAX];
    struct ks_context want[KS_MD5_LANES_MAX], got[KS_MD5_LANES_MAX], *each[KS_MD5_LANES_MAX];
    const uint8_t *p[KS_MD5_LANES_MAX];
    for (int lane = 0; lane < lanes; lane++) {
        in[lane] = piece(64 * blocks, (size_t)(lane * 7 + lanes) % 64);
        p[lane] = in[lane].p;
        each[lane] = &got[lane];
    }
    for (int path = 0; path < KS_PATHS; path++) {
        if (!(ks_paths(KS_MD5_LANES) >> path & 1))
            continue;
        for (int lane = 0; lane < lanes; lane++) {
            ks_digest_begin(KS_MD5, &want[lane]);
            for (int i = 0; i < lane % 3; i++)
                ks_digest_update(KS_MD5, KS_SCALAR, &want[lane], (const uint8_t *)ks_sha512_k, 64);
            got[lane] = want[lane];
            ks_digest_update(KS_MD5, KS_SCALAR, &want[lane], p[lane], 64 * blocks);
        }
        ks_md5_lanes(path, each, p, lanes, blocks);
        for (int lane = 0; lane < lanes; lane++) {
            uint8_t a[64], b[64];
            ks_digest_finish(KS_MD5, KS_SCALAR, &want[lane], a);
            ks_digest_finish(KS_MD5, KS_SCALAR, &got[lane], b);
            if (memcmp(a, b, 16) != 0)
                fail("lane", KS_MD5_LANES, path, (size_t)lanes, (size_t)lane);
        }
        cases++;
    }
    for (int lane = 0; lane < lanes; lane++)
        free(in[lane].allocation);
}

/* Two streams at a time, at odd places, that begin in the middle of what their digests saw, agree with each alone. */
static void check_pair(size_t off, size_t blocks)
{
    struct piece in[2] = {piece(64 * blocks, off), piece(64 * blocks, (off * 29 + 3) % 64)};
    const uint8_t *const p[2] = {in[0].p, in[1].p};
    for (int path = 0; path < KS_PATHS; path++) {
        if (!(ks_paths(KS_SHA256) >> path & 1))
            continue;
        struct ks_context want[2], got[2], *const each[2] = {&got[0], &got[1]};
        for (int s = 0; s < 2; s++) {
            ks_digest_begin(KS_SHA256, &want[s]);
            ks_digest_update(KS_SHA256, KS_SCALAR, &want[s], (const uint8_t *)ks_sha512_k, 64 * (size_t)(1 - s));
            got[s] = want[s];
            ks_digest_update(KS_SHA256, KS_SCALAR, &want[s], p[s], 64 * blocks);
        }
        ks_sha256_pair(path, each, p, blocks);
        for (int s = 0; s < 2; s++) {
            uint8_t a[64], b[64];
            ks_digest_finish(KS_SHA256, KS_SCALAR, &want[s], a);
            ks_digest_finish(KS_SHA256, KS_SCALAR, &got[s], b);
            if (memcmp(a, b, 32) != 0)
                fail("pair", KS_SHA256, path, off, blocks);
        }
        cases++;
    }
    free(in[0].allocation);
    free(in[1].allocation);
}

static void check_known(int kernel, const char *text, const char *hex)
{
    uint8_t out[64];
    char got[129] = "";
    for (int path = 0; path < KS_PATHS; path++) {
        if (!(ks_paths(kernel) >> path & 1))
            continue;
        int length = digest(kernel, path, (const uint8_t *)text, strlen(text), 1000, out);
        for (int i = 0; i < length; i++)
            snprintf(got + 2 * i, 3, "%02x", out[i]);
        if (strcmp(got, hex) != 0)
            fail(hex, kernel, path, strlen(text), 0);
        cases++;
    }
}

static uint8_t slow_product(unsigned a, unsigned b)
{
    unsigned out = 0;
    for (int i = 7; i >= 0; i--) {
        out = out << 1 ^ (out & 0x80 ? 0x11d : 0);
        out = (out ^ (b >> i & 1 ? a : 0)) & 0xff;
    }
    return (uint8_t)out;
}

static uint8_t *new_plan(unsigned inputs, unsigned outputs)
{
    size_t cells = (size_t)inputs * outputs, size = KS_RS_HEADER + 41 * cells + 3 * 64;
    uint8_t *block = aligned_alloc(64, (size + 63) & ~(size_t)63);
    if (block == NULL)
        exit(2);
    memcpy(block, &inputs, 4);
    memcpy(block + 4, &outputs, 4);
    for (unsigned i = 0; i < inputs; i++)
        block[8 + i] = (uint8_t)(outputs + i); /* outputs first, so that both overruns are near an edge or an input */
    for (unsigned i = 0; i < outputs; i++)
        block[8 + 256 + i] = (uint8_t)i;
    for (size_t i = 0; i < cells; i++)
        block[KS_RS_HEADER + i] = i == 0 ? 0 : random_byte();
    ks_rs_prepare(block);
    return block;
}

static uint8_t slow_output(const uint8_t *block, const uint8_t *base, size_t stride, unsigned r, size_t i)
{
    unsigned inputs = ks_load32(block), outputs = ks_load32(block + 4);
    uint8_t out = 0;
    for (unsigned c = 0; c < inputs; c++)
        out ^= slow_product(block[KS_RS_HEADER + r * inputs + c], base[(outputs + c) * stride + i]);
    return out;
}

/* Each shard is followed by a gap that must stay as it was, or by the end of the allocation. */
static void check_code(unsigned inputs, unsigned outputs, size_t length)
{
    size_t gap = length % 3, stride = length + gap, size = (inputs + outputs) * stride - gap;
    uint8_t *block = new_plan(inputs, outputs);
    struct piece in = piece(size, length * 11 % 64), copy = piece(size, 0);
    memcpy(copy.p, in.p, size);
    for (int path = 0; path < KS_PATHS; path++) {
        if (!(ks_paths(KS_REED_SOLOMON) >> path & 1))
            continue;
        for (unsigned r = 0; r < outputs; r++)
            memset(in.p + r * stride, path, length);
        ks_rs_code(path, block, in.p, stride, length);
        for (unsigned s = 0; s < inputs + outputs; s++) {
            for (size_t i = 0; i < stride && s * stride + i < size; i++) {
                int computed = s < outputs && i < length;
                uint8_t want = computed ? slow_output(block, copy.p, stride, s, i) : copy.p[s * stride + i];
                if (in.p[s * stride + i] != want)
                    fail("code", KS_REED_SOLOMON, path, length, inputs * 1000 + outputs);
            }
        }
        cases++;
    }
    free(block);
    free(in.allocation);
    free(copy.allocation);
}

static void check_codes(void)
{
    for (size_t length = 0; length <= 330; length++)
        check_code(1 + length % 5, 1 + length % 9, length);
    for (unsigned inputs = 1; inputs <= 20; inputs++)
        for (unsigned outputs = 1; outputs <= 14; outputs++)
            check_code(inputs, outputs, 64 + inputs * 3 + outputs);
    check_code(200, 56, 130);
}

static uint8_t *map_private(const char *path, size_t bytes)
{
    FILE *file = fopen(path, "r");
    uint8_t *p = file == NULL ? MAP_FAILED : mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, fileno(file), 0);
    if (p == MAP_FAILED)
        exit(2);
    fclose(file);
    return p;
}

/*
 * Pages of the executable that were only read are given back, and come again; a mapping with one byte that was written,
 * before it became read-only, is kept, and so is every other file.
 */
static void check_give_back(void)
{
    const size_t bytes = 64 << 10;
    uint8_t *read = map_private("/proc/self/exe", bytes), *written = map_private("/proc/self/exe", bytes);
    uint8_t *kept = malloc(bytes);
    memcpy(kept, read, bytes);
    written[bytes / 2] ^= 255;
    mprotect(read, bytes, PROT_READ);
    mprotect(written, bytes, PROT_READ);
    uint64_t given = ks_give_back();
    if (given < bytes)
        fail("given back", 0, 0, (size_t)given, 0);
    if ((written[bytes / 2] ^ kept[bytes / 2]) != 255)
        fail("what was written", 0, 0, bytes / 2, 0);
    if (memcmp(read, kept, bytes) != 0)
        fail("what came again", 0, 0, 0, 0);
    free(kept);
    munmap(read, bytes);
    munmap(written, bytes);
    cases++;
}

int main(void)
{
    check_give_back();
    check_codes();
    check_crc(KS_CRC32, 0xedb88320u, 32);
    check_crc(KS_CRC32C, 0x82f63b78u, 32);
    check_crc(KS_CRC64NVME, 0x9a6c9329ac4bc9b5u, 64);
    for (int kernel = KS_CRC32; kernel < KS_MD5_LANES; kernel++)
        check_digest(kernel);
    for (int lanes = 1; lanes <= KS_MD5_LANES_MAX; lanes++)
        for (size_t blocks = 0; blocks <= 9; blocks++)
            check_lanes(lanes, blocks);
    for (size_t off = 0; off < 64; off++)
        for (size_t blocks = 0; blocks <= 9; blocks++)
            check_pair(off, blocks);
    check_known(KS_CRC32, "123456789", "cbf43926");
    check_known(KS_CRC32C, "123456789", "e3069283");
    check_known(KS_CRC64NVME, "123456789", "ae8b14860a799888");
    check_known(KS_MD5, "abc", "900150983cd24fb0d6963f7d28e17f72");
    check_known(KS_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d");
    check_known(KS_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check_known(KS_SHA512, "abc",
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
    check_known(KS_XXHASH64, "", "ef46db3751d8e999");
    check_known(KS_XXHASH3, "", "2d06800538d394c2");
    check_known(KS_XXHASH128, "", "99aa06d3014798d86001c324468d497f");
    printf("check: %lu cases agree; paths of this CPU: 0x%x\n", cases, ks_cpu_paths());
    return 0;
}
