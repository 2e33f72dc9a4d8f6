#!/usr/bin/env bash
# Prints the root directory that holds buildbox-casd, the peer of the storage's figures; makes it first if it is not there:
# Debian sid with the package buildbox and nothing else, by debootstrap, as root (400 MB, a minute or two).
set -euo pipefail
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=toolchain.sh
source "$tools/toolchain.sh"

readonly peer="$cache/buildbox" log="$cache/buildbox.log"

# In namespaces of its own, as with the toolchain root: whatever it mounts and starts ends with it.
fill_root() {
  local root=$1
  debootstrap --variant=minbase sid "$root"
  printf 'Acquire::%s;\n' 'Check-Valid-Until false' 'Check-Date false' 'Languages none' >"$root/etc/apt/apt.conf.d/90sparrow"
  printf '%s\n' force-unsafe-io 'path-exclude=/usr/share/doc/*' 'path-exclude=/usr/share/man/*' >"$root/etc/dpkg/dpkg.cfg.d/sparrow"
  mount -t proc proc "$root/proc"
  chroot "$root" apt-get -q update
  chroot "$root" apt-get -q -y --no-install-recommends install buildbox
  chroot "$root" apt-get clean
  chroot "$root" buildbox-casd --version
}

if [[ ! -x $peer/usr/bin/buildbox-casd ]]; then
  ((EUID == 0)) && command -v debootstrap >/dev/null || fail "Only root with debootstrap can make $peer."
  rm -rf --one-file-system "$peer.new"
  mkdir -p "$cache"
  setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child env LC_ALL=C DEBIAN_FRONTEND=noninteractive \
    bash -euc "$(declare -f fill_root)"'; fill_root "$@"' fill_root "$peer.new" >"$log" 2>&1 ||
    fail "Debian sid with buildbox could not be installed; the output is in $log."
  mv "$peer.new" "$peer"
fi
say "$peer"
