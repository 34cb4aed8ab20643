/* XXH3's loop over stripes on 64 bytes at a time. */
#if defined(__x86_64__)
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl")
#include <immintrin.h>
#include "kintsugi.h"
#include "xxh_primes.h"

unsigned ks_xxh3_avx512(uint64_t *state, const uint8_t *p, size_t count, unsigned n)
{
    const __m512i prime = _mm512_set1_epi64(P32_1);
    __m512i acc = _mm512_loadu_si512(state);
    for (; count > 0; count--, p += 64) {
        __m512i lanes = _mm512_loadu_si512(p);
        __m512i value = _mm512_xor_si512(lanes, _mm512_loadu_si512(ks_xxh3_secret + 8 * n));
        __m512i product = _mm512_mul_epu32(value, _mm512_srli_epi64(value, 32));
        acc = _mm512_add_epi64(acc, _mm512_add_epi64(product, _mm512_shuffle_epi32(lanes, (_MM_PERM_ENUM)0x4e)));
        if (++n == 16) {
            __m512i x = _mm512_xor_si512(_mm512_xor_si512(acc, _mm512_srli_epi64(acc, 47)),
                                         _mm512_loadu_si512(ks_xxh3_secret + 128));
            __m512i high = _mm512_mul_epu32(_mm512_srli_epi64(x, 32), prime);
            acc = _mm512_add_epi64(_mm512_mul_epu32(x, prime), _mm512_slli_epi64(high, 32));
            n = 0;
        }
    }
    _mm512_storeu_si512(state, acc);
    return n;
}
#else
typedef int ks_not_for_this_machine;
#endif
