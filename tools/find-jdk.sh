#!/usr/bin/env bash
# Prints the home of a JDK 25, or says what to install and exits 1. A JDK, not a runtime: javac and jlink must be there.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=toolchain.sh
source "$(dirname "${BASH_SOURCE[0]}")/toolchain.sh"

readonly wanted=25

is_wanted() {
  [[ -x $1/bin/javac && -x $1/bin/jlink && -r $1/release ]] &&
    grep -qE "^JAVA_VERSION=\"$wanted([.\"+-]|$)" "$1/release"
}

of_path() {
  local javac
  javac=$(command -v javac) || return 0
  dirname "$(dirname "$(readlink -f "$javac")")"
}

shopt -s nullglob
candidates=("${JAVA_HOME:-}" "$(of_path)")
candidates+=(/usr/lib/jvm/* /opt/* /opt/java/* /usr/java/*)
if [[ -n ${HOME:-} ]]; then
  candidates+=("$made_jdk" "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.m2/jdks/*)
fi

for home in "${candidates[@]}"; do
  if [[ -n $home ]] && is_wanted "$home"; then
    readlink -f "$home"
    exit 0
  fi
done

cat >&2 <<MESSAGE
Sparrow needs a JDK $wanted with javac and jlink; none was found in JAVA_HOME, PATH, /usr/lib/jvm, /opt, /usr/java,
~/.sdkman/candidates/java, ~/.jdks or ~/.m2/jdks.
Run "make setup", or install one (Debian 13 and later: apt-get install openjdk-$wanted-jdk-headless; any other Linux: a build of
Eclipse Temurin $wanted unpacked under /opt) and try again, or set JAVA_HOME to where it is.
MESSAGE
exit 1
