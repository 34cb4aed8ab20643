/* SHA-512 where rotations need no copy of the register (RORX); SHA-1 and SHA-256 have better ways on such CPUs. */
#if defined(__x86_64__)
#pragma GCC target("bmi,bmi2")
#include "kintsugi.h"

#define SHA512 ks_sha512_bmi2
#include "sha_rounds.h"
#else
typedef int ks_not_for_this_machine;
#endif
