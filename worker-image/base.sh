#!/usr/bin/env bash
# Prints the directory of the base root file system, after making it if it is not there: the Debian packages of the file
# packages, of the machine's own release, and a user. It is made once for each list; delete it to have newer packages.
set -euo pipefail
umask 022
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../tools/toolchain.sh
source "$here/../tools/toolchain.sh"

readonly recipe=1
readonly work="$cache/image"
readonly log="$work/base.log"

command -v apt-get >/dev/null ||
  fail "The image's base is made of Debian packages, but there is no apt-get here: use worker-image/Dockerfile."

mkdir -p "$work"
exec 9>"$work/lock"
flock 9

mapfile -t packages < <(grep -vE '^(#|$)' "$here/packages")
# shellcheck source=/dev/null
release=$(. /etc/os-release && say "$ID-${VERSION_CODENAME:-$VERSION_ID}")
architecture=$(dpkg --print-architecture)
id=$(sha256sum "$here/packages" "$here/base.sh" | sha256sum)
readonly base="$work/base-$release-$architecture-$recipe-${id:0:12}"

# Apt with lists and a cache of its own: it needs no root, and the machine's own lists stay as they are. The sources are the
# machine's, or one mirror; mirrors that serve a snapshot have expired indexes, whose signatures are checked all the same.
apt=(apt-get -q -o Acquire::Check-Valid-Until=false -o Acquire::Check-Date=false -o Acquire::Languages=none
  -o APT::Sandbox::User="$(id -un)" -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache")
if [[ -n ${SPARROW_DEBIAN_MIRROR:-} ]]; then
  say "deb $SPARROW_DEBIAN_MIRROR ${release#*-} main" >"$work/sources.list"
  apt+=(-o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null)
fi

download() {
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$1"
  "${apt[@]}" update && (cd "$1" && "${apt[@]}" download "${packages[@]}")
}

# Unpacks the packages into the root $1, and says in it what they were, where scanners look for it.
unpack() {
  local root=$1 debs=$2 deb name
  mkdir -p "$root"/{etc,tmp,proc,dev,run,sys,usr/{bin,sbin,lib,lib64},var/lib/dpkg/status.d}
  chmod 1777 "$root/tmp"
  for name in bin sbin lib lib64; do
    ln -s "usr/$name" "$root/$name"
  done
  for deb in "$debs"/*.deb; do
    # What a program looks up at run time stays, what a person reads goes, but for the licences.
    dpkg-deb --fsys-tarfile "$deb" |
      tar -x -C "$root" --no-same-owner --keep-directory-symlink --wildcards \
        --exclude='./usr/share/doc/*/*[!t]' --exclude='./usr/share/man' --exclude='./usr/share/locale' \
        --exclude='./usr/share/lintian' --exclude='./usr/share/bash-completion' --exclude='./usr/share/zsh' \
        --exclude='./usr/share/bug' --exclude='./usr/share/debianutils' --exclude='*/gconv' || return
    dpkg-deb --field "$deb" >"$root/var/lib/dpkg/status.d/$(dpkg-deb --field "$deb" Package)" || return
  done
  ln -sf dash "$root/usr/bin/sh"
  cp /etc/os-release "$root/etc/os-release"
  say 'hosts: files dns' >"$root/etc/nsswitch.conf"
  printf '%s\n' root:x:0:0:root:/:/bin/sh sparrow:x:65532:65532:Sparrow:/tmp:/bin/sh >"$root/etc/passwd"
  printf '%s\n' root:x:0: sparrow:x:65532: >"$root/etc/group"
}

if [[ ! -d $base ]]; then
  rm -rf "$base.new" "$work/debs"
  { download "$work/debs" && unpack "$base.new" "$work/debs"; } >"$log" 2>&1 ||
    fail "The image's base could not be made: $(grep -m 1 '^E: ' "$log" || tail -n 1 "$log"). The whole output is in $log."
  rm -rf "$work/debs"
  mv "$base.new" "$base"
fi
say "$base"
