#!/usr/bin/env bash
# Installs what the build, the tests and the demo need. Run it as often as you like: what is there already stays.
#
# Exit code 0: all is there. 1: something that the build itself needs is missing. 3: all is there but the toolchain root or
# Abseil, so the demo cannot run and the tests with a real Bazel are skipped; the reason is printed.
set -euo pipefail
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=toolchain.sh
source "$tools/toolchain.sh"

readonly log="$cache/setup.log"
readonly suite=sid
readonly abseil_recipe=1
readonly keyring=/usr/share/keyrings/debian-archive-keyring.gpg
# Mirrors that serve a snapshot have expired indexes; their signatures are checked all the same.
readonly apt_dates=(-o Acquire::Check-Valid-Until=false -o Acquire::Check-Date=false)

remove() { rm -rf --one-file-system "$@"; }
# What is half made has the suffix .new, so that what has its own name is whole.
remove_half_made() { remove "$made_root.new" "$made_jdk.new" "$abseil.new" "$cache/sources.new"; }

is_root_on_debian() { ((EUID == 0)) && command -v apt-get >/dev/null; }

apt_install() {
  say "Debian packages: installing $*"
  apt-get -qq update >"$log" 2>&1 || true # The lists that are there may do; if not, the next line says so.
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$@" >>"$log" 2>&1 ||
    fail "apt-get could not install $*: $(logged_error). The whole output is in $log."
}

# What the log says went wrong: apt's and debootstrap's first error, else its last line; without the period at its end.
logged_error() { { grep -m 1 '^E: ' "$log" || tail -n 1 "$log"; } | sed 's/\.*$//'; }

ensure_packages() {
  local missing=() command package
  while read -r command package; do
    command -v "$command" >/dev/null || missing+=("$package")
  done <<'NEEDED'
mvn maven
bwrap bubblewrap
unshare util-linux
flock util-linux
xz xz-utils
NEEDED
  if ! toolchain_root >/dev/null 2>&1 && ! command -v debootstrap >/dev/null; then
    missing+=(debootstrap)
  fi
  if ((${#missing[@]} == 0)); then
    say "Debian packages: all there"
  elif is_root_on_debian; then
    apt_install "${missing[@]}"
  elif [[ ${missing[*]} == debootstrap ]]; then
    say "Debian packages: all there but debootstrap, which only root can use"
  else
    fail "Please install ${missing[*]} (on Debian, as root: apt-get install ${missing[*]}) and run this again."
  fi
}

# The Debian mirror that this machine installs from; nothing where it is no Debian, and debootstrap's default is used.
mirror() {
  if [[ -n ${SPARROW_DEBIAN_MIRROR:-} ]]; then
    say "$SPARROW_DEBIAN_MIRROR"
  elif command -v apt-get >/dev/null; then
    # shellcheck disable=SC2016 # The variables are apt's.
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' 2>/dev/null |
      grep -m 1 -E '^https?://' || true
  fi
}

# Installs Debian into the root directory $1. In namespaces of its own: whatever it mounts and starts ends with it, and it
# ends with this script.
install_root() {
  setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child env LC_ALL=C DEBIAN_FRONTEND=noninteractive \
    bash -euc "$(declare -f fill_root)"'; fill_root "$@"' fill_root "$1" "$suite" "$(mirror)"
}

# Two steps, because debootstrap does not resolve virtual packages, on which Bazel's dependencies depend, and because what
# Java's packages run after their installation wants /proc.
fill_root() {
  local root=$1 suite=$2 mirror=$3
  debootstrap --variant=minbase "$suite" "$root" ${mirror:+"$mirror"}
  printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
  printf 'Acquire::%s;\n' 'Check-Valid-Until false' 'Check-Date false' 'Languages none' >"$root/etc/apt/apt.conf.d/90sparrow"
  printf '%s\n' force-unsafe-io 'path-exclude=/usr/share/doc/*' 'path-exclude=/usr/share/man/*' \
    'path-exclude=/usr/share/locale/*' >"$root/etc/dpkg/dpkg.cfg.d/sparrow"
  mount -t proc proc "$root/proc"
  chroot "$root" apt-get -q update
  chroot "$root" apt-get -q -y --no-install-recommends install g++ bazel-bootstrap python3 ca-certificates
  chroot "$root" apt-get clean
  rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/debconf/*-old
  chroot "$root" g++ --version
  chroot "$root" bazel --version | tee /dev/stderr | grep -qE '^bazel ([7-9]|[1-9][0-9])\.'
}

cannot_make_root() {
  say "$1" >"$unavailable"
  say "Toolchain root: none. $1"
  return 3
}

ensure_root() {
  if host_has_toolchain; then
    say "Toolchain root: / ($(bazel --version), $(g++ -dumpfullversion) of g++)"
    return
  elif made_root_is_current; then
    say "Toolchain root: $made_root"
    return
  elif ((EUID != 0)) || ! command -v debootstrap >/dev/null; then
    cannot_make_root "Only root on Debian can make it, and there is no Bazel >= 7 with g++ on PATH."
    return
  fi
  say "Toolchain root: making $made_root, Debian $suite with g++ and Bazel (1.3 GB, some two minutes; log in $log)"
  if ! install_root "$made_root.new" >"$log" 2>&1; then
    cannot_make_root "Debian $suite with Bazel could not be installed: $(logged_error). The whole output is in $log."
    return
  fi
  say "recipe=$root_recipe" >"$made_root.new/$root_stamp" &&
    remove "$made_root" "$unavailable" &&
    mv "$made_root.new" "$made_root"
}

ensure_jdk() {
  local home
  if home=$("$tools/find-jdk.sh" 2>/dev/null); then
    say "JDK 25: $home"
  elif is_root_on_debian && apt-cache show openjdk-25-jdk-headless >/dev/null 2>&1; then
    apt_install openjdk-25-jdk-headless
  elif made_root_is_current && java_from_root; then
    say "JDK 25: $made_jdk, from the toolchain root"
  else
    "$tools/find-jdk.sh"
  fi
}

# Takes the JDK of the toolchain root along. It was linked against a newer C library than the machine may have, so its
# programs are told to load that of the root; the programs they start are not affected.
java_from_root() {
  local homes=("$made_root"/usr/lib/jvm/java-25-openjdk-*) home loader libraries program
  home=${homes[0]}
  [[ -x $home/bin/javac ]] || return 1
  command -v patchelf >/dev/null || { is_root_on_debian && apt_install patchelf; } || return 1
  loader=$made_root$(patchelf --print-interpreter "$home/bin/java")
  libraries=$made_root/usr/lib/$(chroot "$made_root" gcc -print-multiarch)
  mkdir -p "$made_jdk.new" &&
    chroot "$made_root" tar -C "${home#"$made_root"}" --dereference --exclude=./lib/src.zip --exclude=./docs --exclude=./man -c . |
    tar -C "$made_jdk.new" -x || return
  for program in "$made_jdk.new"/bin/* "$made_jdk.new"/lib/jspawnhelper; do
    # shellcheck disable=SC2016 # $ORIGIN is the loader's.
    patchelf --set-interpreter "$loader" --force-rpath --set-rpath '$ORIGIN:$ORIGIN/../lib:'"$libraries" "$program" || return
  done
  "$made_jdk.new/bin/java" -version >"$log" 2>&1 && remove "$made_jdk" && mv "$made_jdk.new" "$made_jdk"
}

ensure_abseil() {
  if [[ -r $abseil/.sparrow && $(<"$abseil/.sparrow") == "recipe=$abseil_recipe" ]]; then
    say "Abseil: $abseil"
    return
  fi
  say "Abseil: getting its source and googletest's from Debian's archive"
  if ! { fetch_sources "$cache/sources.new" && unpack_abseil "$cache/sources.new"; } >"$log" 2>&1; then
    say "Abseil: none. Debian's archive did not serve its source: $(logged_error). The whole output is in $log."
    return 3
  fi
  remove "$abseil" && mv "$abseil.new" "$abseil"
}

# Downloads the source packages into $1 with an apt that knows nothing but them: the machine's own lists stay as they are.
fetch_sources() {
  local dir=$1 from
  from=$(mirror)
  if [[ -z $from && -r $made_root/etc/apt/sources.list ]]; then
    from=$(awk '$1 == "deb" { print $2; exit }' "$made_root/etc/apt/sources.list")
  fi
  if [[ -z $from ]]; then
    say "E: this machine installs from no Debian mirror; name one in SPARROW_DEBIAN_MIRROR"
    return 1
  fi
  mkdir -p "$dir/lists" "$dir/cache" || return
  say "deb-src [signed-by=$keyring] $from $suite main" >"$dir/sources.list"
  local apt=(apt-get -q "${apt_dates[@]}" -o Acquire::Languages=none -o APT::Sandbox::User=root
    -o Dir::Etc::SourceList="$dir/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o Dir::State::Lists="$dir/lists" -o Dir::Cache="$dir/cache")
  (cd "$dir" && "${apt[@]}" --error-on=any update && "${apt[@]}" source --download-only abseil googletest)
}

# Lays Abseil's workspace at $abseil.new, with googletest inside so that Bazel has nothing to fetch.
unpack_abseil() {
  local new=$abseil.new test=$abseil.new/third_party/googletest
  mkdir -p "$test" &&
    tar -C "$new" --strip-components=1 -xf "$1"/abseil_*.orig.tar.* &&
    tar -C "$test" --strip-components=1 -xf "$1"/googletest_*.orig.tar.* || return
  # Debian's rules for C++ are older than Abseil's and know no Emscripten compiler to select on.
  find "$new/absl" -name BUILD.bazel -exec sed -i '/"@rules_cc\/\/cc\/compiler:emscripten"/d' {} + || return
  cat >"$new/WORKSPACE" <<'WORKSPACE'
workspace(name = "com_google_absl")

local_repository(
    name = "googletest",
    path = "third_party/googletest",
)
WORKSPACE
  say third_party >"$new/.bazelignore"
  say "recipe=$abseil_recipe" >"$new/.sparrow"
}

main() {
  local status=0
  mkdir -p "$cache"
  ensure_packages
  # One run at a time; the lock goes when the last process of a run has gone.
  exec 9>"$cache/setup.lock"
  flock 9
  trap remove_half_made EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  remove_half_made
  ensure_root || status=$?
  ensure_jdk
  ensure_abseil || status=$?
  return "$status"
}

main "$@"
