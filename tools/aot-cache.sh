#!/usr/bin/env bash
# Makes cli/target/sparrow.aot, with which the sparrow command starts in a third of the processor time: starts a small farm, asks
# it for its status, stops it, and lets the JVM keep what it loaded. Run by the build of module cli. Whatever goes wrong costs
# only that time, so the exit code is always 0.
set -uo pipefail

tools=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
readonly tools target=${tools%/*}/cli/target
readonly within_seconds=120
work=$(mktemp -d) || exit 0
farm=

clean_up() {
  [[ -z $farm ]] || kill -KILL "$farm" 2>/dev/null
  rm -rf "$work" "$target/sparrow.aot.new" "$target/sparrow.aot.new.config"
}
trap clean_up EXIT

skip() {
  printf 'No AOT cache was made, sparrow will start more slowly: %s.\n' "$1" >&2
  exit 0
}

# Whether the condition holds within the time allowed.
await() {
  local tenths
  for ((tenths = 0; tenths < within_seconds * 10; tenths++)); do
    "$@" && return 0
    kill -0 "$farm" 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}

is_ready() { grep -q '^Endpoint: ' "$work/out"; }
has_ended() { ! kill -0 "$farm" 2>/dev/null; }

if [[ $target/sparrow.aot -nt $target/classes ]] &&
  [[ -z $(find "$target"/cli-*.jar "$target/lib" -newer "$target/sparrow.aot" -print -quit) ]]; then
  exit 0
fi
cat >"$work/farm.yaml" <<'YAML'
apiVersion: sparrow.build/v1alpha1
kind: BuildFarm
metadata: {name: training}
spec:
  storage: {volume: {size: 64Mi}}
  executorPools:
  - {name: linux, slots: 1, sandbox: {type: None}, inputCache: {sizeLimit: 64Mi}}
YAML
rm -f "$target/sparrow.aot"
SPARROW_AOT_OUTPUT="$target/sparrow.aot.new" "$tools/sparrow" up -f "$work/farm.yaml" --port 0 --data-dir "$work/data" \
  >"$work/out" 2>"$work/err" &
farm=$!
await is_ready || skip "the farm that it learns from did not start: $(tail -n 1 "$work/err")"
"$tools/sparrow" status --endpoint "$(sed -n 's/^Endpoint: //p' "$work/out")" >/dev/null 2>&1
kill -TERM "$farm"
await has_ended || has_ended || skip "the farm that it learns from did not stop"
farm=
[[ -s $target/sparrow.aot.new ]] || skip "the JVM wrote none"
mv "$target/sparrow.aot.new" "$target/sparrow.aot"
