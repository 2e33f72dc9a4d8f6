#!/usr/bin/env bash
# Prints the archive of an image with the C++ compiler of the toolchain root (make setup), after making it if it is not there.
# It is for image volumes: executors mount it and use it as the root of their actions, so that nothing in it needs to start.
# The name is SPARROW_TOOLCHAIN_IMAGE (default docker.io/sparrow/toolchain:dev).
set -euo pipefail
umask 022
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../tools/toolchain.sh
source "$here/../tools/toolchain.sh"
# shellcheck source-path=SCRIPTDIR source=archive.sh
source "$here/archive.sh"
export LC_ALL=C

readonly name=${SPARROW_TOOLCHAIN_IMAGE:-docker.io/sparrow/toolchain:dev}
root=$(toolchain_root)
[[ $root != / ]] || root=$made_root
[[ -r $root/var/lib/dpkg/status ]] ||
  fail "There is no toolchain root in $cache, because this machine has a Bazel and a compiler itself; the image needs a root."

mkdir -p "$cache/image"
exec 9>"$cache/image/toolchain.lock"
flock 9

id=$(cat "$root/var/lib/dpkg/status" "$here/toolchain-image.sh" "$here/archive.sh" <(say "$name") | sha256sum)
readonly out="$cache/image/toolchain-${id:0:12}.tar"

# The packages that would go if Bazel went: it, its JDK, and all that is there for them.
packages_of_bazel() {
  apt-get -o Dir="$root" -o Dir::State="$root/var/lib/apt" -o Dir::State::status="$root/var/lib/dpkg/status" \
    --simulate --auto-remove purge bazel-bootstrap | awk '$1 == "Purg" || $1 == "Remv" { print $2 }'
}

files_of() {
  local package
  while read -r package; do
    cat "$root/var/lib/dpkg/info/$package"{,:*}.list 2>/dev/null || true
  done | sed 's|^|.|' | sort -u
}

# The paths of the root that an action may want; directories that something is mounted on are there, empty.
paths() { # find's test
  find . -path './dev/*' -prune -o -path './proc/*' -prune -o -path './run/*' -prune -o -path './sys/*' -prune \
    -o -path './tmp/*' -prune -o -path './root/*' -prune -o -path './home/*' -prune -o -path './boot' -prune \
    -o -path './var/cache/*' -prune -o -path './var/log/*' -prune -o -path './var/lib/*' -prune \
    -o -path './usr/share/doc' -prune -o -path './usr/share/man' -prune -o -path './usr/share/locale' -prune \
    -o -path './usr/lib/jvm' -prune -o -path './etc/ssl/certs/java' -prune -o -path './etc/*shadow*' -prune \
    -o "$@" -print | sort
}

# The times stay the packages': a Python that found its sources changed would compile them for each action.
make_layer() { # out.tar
  cd "$root"
  { paths -type d && comm -23 <(paths ! -type d) <(packages_of_bazel | files_of); } | sort |
    tar "${same_bytes[@]}" --no-recursion --files-from=- -cf "$1"
}

if [[ ! -s $out ]]; then
  rm -f "$cache"/image/toolchain-*.tar
  layer="$cache/image/toolchain-layer.tar"
  (make_layer "$layer")
  archive "$out" "$name" "$(dpkg --print-architecture)" '{}' "$layer" >/dev/null
  rm "$layer"
fi
say "$out"
