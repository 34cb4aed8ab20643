/* Reed-Solomon by GF2P8AFFINEQB on 64 bytes at a time. */
#if defined(__x86_64__)
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,gfni")
#include <immintrin.h>
#include "kintsugi.h"

#define FUNCTION ks_rs_gfni_avx512
#define VECTOR __m512i
#define WIDTH 64
#define GROUP 6
#define ZERO() _mm512_setzero_si512()
#define LOAD(p) _mm512_loadu_si512(p)
#define STORE(p, v) _mm512_storeu_si512(p, v)
#define ADD_PRODUCT(acc, x, rs, cell) \
    _mm512_xor_si512(acc, _mm512_gf2p8affine_epi64_epi8(x, _mm512_set1_epi64((long long)(rs)->affine[cell]), 0))
#define KS_STEP step
#define KS_PASS pass
#include "rs_vector.h"
#else
typedef int ks_not_for_this_machine;
#endif
