#!/usr/bin/env bash
# Measures every figure that the project promises, in one run, and prints a line for each: figure, measured, target, verdict.
# Expects what make build makes. ACTIONS sets how many no-op actions are timed.
set -euo pipefail
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=toolchain.sh
source "$tools/toolchain.sh"
# shellcheck source-path=SCRIPTDIR source=farm.sh
source "$tools/farm.sh"

readonly work="$cache/bench"
readonly measured="$work/figures"
readonly actions=${ACTIONS:-6000}

benchmarks() {
  "$JAVA_HOME/bin/java" -Xmx256m --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -cp "${tools%/*}/benchmarks/target/classes:${tools%/*}/benchmarks/target/lib/*" \
    "build.sparrow.benchmarks.$1" "${@:2}"
}

on_exit() {
  local status=$?
  stop_farm || true
  exit "$status"
}

demo_figures() {
  say "Building Abseil locally, on the farm, and on the farm again (make demo) …"
  "$tools/demo.sh" >"$work/demo.log" 2>&1 || fail "The demo failed; its output is in $work/demo.log."
  awk -F= '{ value[$1] = $2 } END {
    printf "cold_over_local=%.3f\n", value["first_seconds"] / value["local_seconds"]
    printf "cached_over_cold=%.3f\n", value["again_seconds"] / value["first_seconds"]
    printf "farm_peak_mebibytes=%d\n", value["peak_mib"]
  }' "$cache/demo/figures" >>"$measured"
}

noop_figures() {
  local ratio
  say "Running $actions no-op actions after as many to warm up …"
  start_farm "$work"
  benchmarks NoopLoadMain "$endpoint" "$actions" >>"$measured"
  stop_farm || fail "The farm did not stop in order; its log is $work/farm.log."
  say "Running as many sandboxes without a farm …"
  benchmarks SandboxFloor "$work/floor" "$actions" >>"$measured"
  ratio=$(awk -F= '{ value[$1] = $2 } END { print value["noop_actions_per_second"] / value["floor_per_second"] }' "$measured")
  say "noop_over_floor=$ratio" >>"$measured"
}

scheduler_figures() {
  say "Driving the scheduler of one frontend …"
  benchmarks SchedulerBenchmark >>"$measured"
}

test_figures() {
  local started=$EPOCHREALTIME
  say "Running make test …"
  make -s -C "${tools%/*}" test >"$work/test.log" 2>&1 || fail "make test failed; its output is in $work/test.log."
  awk -v from="$started" -v to="$EPOCHREALTIME" 'BEGIN { printf "test_minutes=%.2f\n", (to - from) / 60 }' >>"$measured"
}

JAVA_HOME=$("$tools/find-jdk.sh")
export JAVA_HOME
rm -rf "$work"
mkdir -p "$work"
trap on_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

demo_figures
noop_figures
scheduler_figures
test_figures
benchmarks FiguresMain FARM "$measured"
