#!/usr/bin/env bash
# Builds and tests a part of Abseil three times with the same Bazel: here (in Bazel's own sandbox, its default), on a farm
# started for it, and on that farm again after bazel clean. Exit code 0 only if every action of the second build ran on the
# farm and every action of the third came from its cache. JOBS sets Bazel's --jobs (default: two per core); with ACTION_LOG=FILE
# the farm logs there each action that it runs.
set -euo pipefail
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=toolchain.sh
source "$tools/toolchain.sh"
# shellcheck source-path=SCRIPTDIR source=farm.sh
source "$tools/farm.sh"

readonly examples=${tools%/*}/examples/local
readonly work="$cache/demo"
readonly jobs=${JOBS:-$((2 * $(nproc)))}

heading() { printf '\n== %s\n' "$*"; }

# Bazel in Abseil's workspace; one server for all three builds, so that none has the advantage of a warmer one.
abseil_bazel() {
  (cd "$abseil" && exec "$tools/toolchain-bazel" --output_base="$cache/bazel/demo" --bazelrc="$examples/abseil.bazelrc" "$@")
}

prepare() {
  root=$(toolchain_root) || fail "The demo needs a real Bazel."
  [[ -r $abseil/WORKSPACE ]] || fail "There is no source of Abseil in $abseil; run make setup, which says why if it cannot get it."
  rm -rf "$work"
  mkdir -p "$work"
}

on_exit() {
  local status=$?
  stop_farm || true
  abseil_bazel shutdown >/dev/null 2>&1 || true
  exit "$status"
}

# Cleans, builds and tests once; $1 names the build, the rest goes to Bazel. Bazel's whole output goes to $work/$1.log.
timed_build() {
  local name=$1 started
  shift
  abseil_bazel clean >"$work/clean.log" 2>&1 || fail "bazel clean failed; its output is in $work/clean.log."
  started=${EPOCHREALTIME/[.,]/}
  abseil_bazel test --color=no --curses=no --show_progress_rate_limit=10 --jobs="$jobs" "$@" \
    --target_pattern_file="$examples/abseil-targets.txt" 2>&1 | tee "$work/$name.log" ||
    fail "The build failed; the whole output is in $work/$name.log."
  seconds[$name]=$(awk -v us=$((${EPOCHREALTIME/[.,]/} - started)) 'BEGIN { printf "%.1f", us / 1e6 }')
  count_actions "$name"
}

# Reads what ran where from Bazel's own count, for example "INFO: 347 processes: 9 remote cache hit, 132 internal, 206 remote."
# Any kind it does not know counts as local, so that nothing passes unseen.
count_actions() {
  local name=$1 line kinds kind
  line=$(grep -E '^INFO: [0-9]+ process(es)?: .*\.$' "$work/$name.log" | tail -n 1) || fail "Bazel did not count its actions."
  remote[$name]=0 hits[$name]=0 here[$name]=0 internal[$name]=0
  IFS=, read -ra kinds <<<"${line#*: *: }"
  for kind in "${kinds[@]}"; do
    [[ $kind =~ ^\ ?([0-9]+)\ ([a-z -]+)\.?$ ]] || fail "Bazel's count of actions has an unknown form: $line"
    case ${BASH_REMATCH[2]} in
      remote) remote[$name]=${BASH_REMATCH[1]} ;;
      "remote cache hit") hits[$name]=${BASH_REMATCH[1]} ;;
      internal) internal[$name]=${BASH_REMATCH[1]} ;;
      *) ((here[$name] += BASH_REMATCH[1])) || true ;;
    esac
  done
  actions[$name]=$((remote[$name] + hits[$name] + here[$name]))
}

row() { printf '%-16s %8s %13s %11s %12s %10s\n' "$@"; }

report() {
  local name
  heading "Abseil, ${actions[first]} actions, --jobs=$jobs"
  row build actions "ran remotely" "cache hits" "ran locally" "wall time"
  for name in local first again; do
    row "${titles[$name]}" "${actions[$name]}" "${remote[$name]}" "${hits[$name]}" "${here[$name]}" "${seconds[$name]} s"
  done
  say "Peak memory of the farm: $peak_mib MiB."
  say "Bazel did ${internal[first]} further steps itself that run no command (files it writes, symbolic links); no build runs those"
  say "elsewhere and they are not counted above."
}

# The same figures for make bench, a line each.
record() {
  local name
  for name in local first again; do
    printf '%s_%s=%s\n' "$name" seconds "${seconds[$name]}" "$name" actions "${actions[$name]}" \
      "$name" remote "${remote[$name]}" "$name" hits "${hits[$name]}" "$name" here "${here[$name]}"
  done
  say "peak_mib=$peak_mib"
  say "jobs=$jobs"
}

# Says what the demo promised and did not hold; returns 1 if there is such a thing.
judge() {
  local broken=()
  ((remote[first] > 0)) || broken+=("no action of the first remote build ran on the farm")
  ((here[first] == 0)) || broken+=("${here[first]} actions of the first remote build ran locally")
  ((here[again] == 0)) || broken+=("${here[again]} actions of the second remote build ran locally")
  ((remote[again] == 0)) || broken+=("${remote[again]} actions of the second remote build were not in the cache")
  ((actions[again] == actions[first])) ||
    broken+=("the second remote build had ${actions[again]} actions, not ${actions[first]} as the first")
  ((farm_stopped)) || broken+=("the farm did not stop in order")
  if ((${#broken[@]} > 0)); then
    printf 'Not as promised: %s.\n' "${broken[@]}" >&2
    return 1
  fi
  say "Every action ran on the farm, and the second time every one came from its cache."
}

declare -A titles=([local]="local" [first]="remote, first" [again]="remote, again")
declare -A seconds actions remote hits here internal
farm_stopped=1

prepare
trap on_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

heading "Bazel here, without the farm"
abseil_bazel build --nobuild --target_pattern_file="$examples/abseil-targets.txt" >"$work/load.log" 2>&1 ||
  fail "Bazel cannot load Abseil; its output is in $work/load.log."
timed_build local

heading "Starting a farm"
start_farm "$work" --pool-root "linux=$root" ${ACTION_LOG:+--action-log "$ACTION_LOG"}

heading "Bazel on the farm"
timed_build first --config=farm --remote_executor="$endpoint"

heading "Bazel on the farm again, after bazel clean"
timed_build again --config=farm --remote_executor="$endpoint"

peak_mib=$(peak_memory)
stop_farm || farm_stopped=0
report
record >"$work/figures"
judge
