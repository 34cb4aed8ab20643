/* Reed-Solomon by GF2P8AFFINEQB on 32 bytes at a time, for CPUs with GFNI and without AVX-512. */
#if defined(__x86_64__)
#pragma GCC target("avx2,gfni")
#include <immintrin.h>
#include "kintsugi.h"

#define FUNCTION ks_rs_gfni_avx2
#define VECTOR __m256i
#define WIDTH 32
#define GROUP 4
#define ZERO() _mm256_setzero_si256()
#define LOAD(p) _mm256_loadu_si256((const __m256i *)(const void *)(p))
#define STORE(p, v) _mm256_storeu_si256((__m256i *)(void *)(p), v)
#define ADD_PRODUCT(acc, x, rs, cell) \
    _mm256_xor_si256(acc, _mm256_gf2p8affine_epi64_epi8(x, _mm256_set1_epi64x((long long)(rs)->affine[cell]), 0))
#define KS_STEP step
#define KS_PASS pass
#include "rs_vector.h"
#else
typedef int ks_not_for_this_machine;
#endif
