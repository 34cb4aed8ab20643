# shellcheck shell=sh
# Sourced by ./mvnw and ./kintsugi: finds a JDK 25 and exports it as JAVA_HOME.
# Looked at in this order: JAVA_HOME, PATH, then the places where distributions, SDKMAN, IDEs and macOS put JDKs.
# When there is none: one sentence on standard error, status 1.

is_jdk_25() {
  [ -n "${1-}" ] && [ -x "$1/bin/javac" ] && grep -q '^JAVA_VERSION="25["+.-]' "$1/release" 2>/dev/null
}

jdk_candidates() {
  set +f
  printf '%s\n' "${JAVA_HOME-}"
  on_path=$(command -v javac) && printf '%s\n' "$(dirname "$(dirname "$(readlink -f "$on_path")")")"
  printf '%s\n' /usr/lib/jvm/*25* /usr/lib/jvm/* /usr/java/*25* /opt/*25* /opt/java/*25* /opt/jdk* /usr/local/*jdk*25* \
    "$HOME"/.sdkman/candidates/java/25* "$HOME"/.sdkman/candidates/java/current "$HOME"/.jdks/*25* "$HOME"/.asdf/installs/java/*25*
  [ ! -x /usr/libexec/java_home ] || /usr/libexec/java_home -v 25 2>/dev/null
  printf '%s\n' /Library/Java/JavaVirtualMachines/*25*/Contents/Home /opt/homebrew/opt/openjdk@25 /usr/local/opt/openjdk@25
}

found_jdk=
while IFS= read -r candidate; do
  if is_jdk_25 "$candidate"; then
    found_jdk=$candidate
    break
  fi
done <<JDKS
$(jdk_candidates)
JDKS

if [ -z "$found_jdk" ]; then
  echo "Kintsugi needs a JDK 25: install one (for example Eclipse Temurin 25 from https://adoptium.net) and set JAVA_HOME to its folder." >&2
  exit 1
fi
JAVA_HOME=$found_jdk
export JAVA_HOME
unset found_jdk candidate
