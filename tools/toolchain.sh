# Where the toolchain root and what was made with it lie; sourced by the scripts beside it.
# shellcheck shell=bash disable=SC2034

# The one directory outside the repository that Sparrow's scripts write to; it may be deleted at any time.
readonly cache="${SPARROW_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/sparrow}"

# Raised whenever the way the root is made changes, so that an older root is made again.
readonly root_recipe=1
readonly made_root="$cache/toolchain"
readonly root_stamp=etc/sparrow-toolchain
readonly unavailable="$cache/toolchain.unavailable"
readonly made_jdk="$cache/jdk-25"
readonly abseil="$cache/abseil"

say() { printf '%s\n' "$*"; }

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# True if the Bazel on PATH and g++ make a root directory of our own needless.
host_has_toolchain() {
  local bazel version
  bazel=$(type -P bazel) && type -P g++ >/dev/null || return 1
  version=$("$bazel" --version 2>/dev/null) || return 1
  [[ $version =~ ^bazel\ ([0-9]+)\. ]] && ((BASH_REMATCH[1] >= 7))
}

made_root_is_current() {
  [[ -r $made_root/$root_stamp && $(<"$made_root/$root_stamp") == "recipe=$root_recipe" ]]
}

# Prints the directory whose Bazel and compiler are used; says why and returns 1 if there is none.
toolchain_root() {
  if host_has_toolchain; then
    say /
  elif made_root_is_current; then
    say "$made_root"
  elif [[ -s $unavailable ]]; then
    cat "$unavailable" >&2
    return 1
  else
    say "There is no toolchain root in $cache yet: run make setup." >&2
    return 1
  fi
}
