#!/bin/sh
# Runs the C kernels under the address and undefined behaviour sanitizers: sh native/check.sh
# Status 0: every path of this CPU agrees with slow code on all short lengths and odd places. CC names the compiler.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cc=${CC:-cc}
command -v "$cc" >/dev/null 2>&1 || { echo "native/check.sh: no C compiler $cc; set CC" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

sources=$(find "$here" -maxdepth 1 -name '*.c' ! -name jni.c)
# shellcheck disable=SC2086  # one word a source
"$cc" -std=gnu11 -O1 -g -Wall -Wextra -Werror -fno-strict-aliasing -fno-omit-frame-pointer \
  -fsanitize=address,undefined -fno-sanitize-recover=all -o "$work/check" $sources "$here/test/check.c"
"$work/check"
