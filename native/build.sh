#!/bin/sh
# Builds the C kernels for this machine's kind: sh native/build.sh OUT_DIR JAVA_HOME
# Result: OUT_DIR/native/linux-ARCH/libkintsugi.so. Nothing is done when that is newer than all sources.
# Without a C compiler: one sentence, status 0, no library; Kintsugi then computes in Java, slower.
# CC names the compiler (gcc or cc otherwise; it must be GCC, for its target pragmas); CFLAGS is added at the end.
set -eu

[ $# -eq 2 ] || { echo "usage: sh native/build.sh OUT_DIR JAVA_HOME" >&2; exit 2; }
out_dir=$1
java_home=$2
here=$(cd "$(dirname "$0")" && pwd)

compiler() {
  for c in ${CC-} gcc cc; do
    if command -v "$c" >/dev/null 2>&1; then
      echo "$c"
      return
    fi
  done
}

none() {
  echo "native/build.sh: $1: no kernels; Kintsugi will compute in Java"
  exit 0
}

[ "$(uname -s)" = Linux ] || none "this is not Linux"
arch=$(uname -m)
case $arch in
  arm64) arch=aarch64 ;;
esac
cc=$(compiler)
[ -n "$cc" ] || none "there is no C compiler (gcc, cc)"
if echo | "$cc" -dM -E - | grep -q __clang__; then none "$cc is clang, and the kernels need GCC"; fi
[ -f "$java_home/include/jni.h" ] || none "there is no $java_home/include/jni.h (give a JDK)"

library=$out_dir/native/linux-$arch/libkintsugi.so
newer() {
  find "$here" -maxdepth 1 -newer "$library" \( -name '*.[ch]' -o -name build.sh \)
}
if [ -f "$library" ] && [ -z "$(newer)" ]; then
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
flags="-std=gnu11 -O3 -g0 -fPIC -fvisibility=hidden -fno-strict-aliasing -Wall -Wextra ${CFLAGS-}"
pids=
for source in "$here"/*.c; do
  # shellcheck disable=SC2086  # flags are words
  "$cc" $flags -I"$java_home/include" -I"$java_home/include/linux" -c "$source" -o "$work/$(basename "$source" .c).o" &
  pids="$pids $!"
done
for pid in $pids; do
  wait "$pid" || { echo "native/build.sh: $cc failed; see above" >&2; exit 1; }
done
# shellcheck disable=SC2086
"$cc" $flags -shared -Wl,-z,relro,-z,now -Wl,--build-id=none -Wl,--no-undefined -o "$work/libkintsugi.so" "$work"/*.o
mkdir -p "$(dirname "$library")"
cp "$work/libkintsugi.so" "$library.new"
mv "$library.new" "$library"
echo "native/build.sh: built $library with $cc"
