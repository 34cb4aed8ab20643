/* Reed-Solomon by two table look-ups of 16 bytes: the products of the low and of the high nibble. */
#if defined(__aarch64__)
#include <arm_neon.h>
#include "kintsugi.h"

static inline __attribute__((always_inline)) uint8x16_t
add_product(uint8x16_t acc, uint8x16_t x, const uint8_t *nibbles)
{
    uint8x16_t low = vqtbl1q_u8(vld1q_u8(nibbles), vandq_u8(x, vdupq_n_u8(0x0f)));
    uint8x16_t high = vqtbl1q_u8(vld1q_u8(nibbles + 16), vshrq_n_u8(x, 4));
    return veorq_u8(acc, veorq_u8(low, high));
}

#define FUNCTION ks_rs_neon
#define VECTOR uint8x16_t
#define WIDTH 16
#define GROUP 4
#define ZERO() vdupq_n_u8(0)
#define LOAD(p) vld1q_u8(p)
#define STORE(p, v) vst1q_u8(p, v)
#define ADD_PRODUCT(acc, x, rs, cell) add_product(acc, x, (rs)->nibbles + 32 * (cell))
#define KS_STEP step
#define KS_PASS pass
#include "rs_vector.h"
#else
typedef int ks_not_for_this_machine;
#endif
