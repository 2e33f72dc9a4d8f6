#!/usr/bin/env bash
# Makes the AOT cache OUT with the image's root file system ROOT: starts a small farm in it, asks it for its status, stops it,
# and lets the JVM keep what it loaded. The root is read-only and the user nobody in particular, as in a pod.
# Usage: train.sh ROOT OUT
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../tools/toolchain.sh
source "$here/../tools/toolchain.sh"

readonly root=$1 out=$2
readonly within_seconds=120
work=$(mktemp -d)
farm=

clean_up() {
  [[ -z $farm ]] || kill -KILL "$farm" 2>/dev/null || true
  rm -rf "$work"
}
trap clean_up EXIT

in_image() {
  bwrap --unshare-user --uid 65532 --gid 65532 --cap-drop ALL --die-with-parent --clearenv --setenv PATH /usr/bin \
    --ro-bind "$root" / --proc /proc --dev /dev --bind "$work" /tmp --chdir /tmp "$@"
}

# Whether the condition holds within the time allowed and before the farm has ended.
await() {
  local tenths
  for ((tenths = 0; tenths < within_seconds * 10; tenths++)); do
    "$@" && return 0
    has_ended && return 1
    sleep 0.1
  done
  return 1
}

is_ready() { grep -q '^Endpoint: ' "$work/out"; }
has_ended() { ! kill -0 "$farm" 2>/dev/null; }

cat >"$work/farm.yaml" <<'YAML'
apiVersion: sparrow.build/v1alpha1
kind: BuildFarm
metadata: {name: training}
spec:
  storage: {volume: {size: 64Mi}}
  executorPools:
  - {name: linux, slots: 1, sandbox: {type: None}, inputCache: {sizeLimit: 64Mi}}
YAML
# Without a process namespace of its own, so that the JVM's number is true outside; it is the one to stop.
in_image --setenv SPARROW_AOT_OUTPUT /tmp/sparrow.aot /bin/sh -c 'echo $$ >pid && exec /opt/sparrow/bin/sparrow "$@"' \
  sh up -f farm.yaml --port 0 --data-dir data >"$work/out" 2>"$work/err" &
farm=$!
await is_ready ||
  fail "The image does not work, its farm did not start: $(tail -n 1 "$work/err")"
endpoint=$(sed -n 's/^Endpoint: //p' "$work/out")
in_image --setenv SPARROW_JAVA_OPTS -XX:AOTMode=off /opt/sparrow/bin/sparrow status --endpoint "$endpoint" >/dev/null
kill -TERM "$(<"$work/pid")"
await has_ended || fail "The farm that the AOT cache is made with did not stop within $within_seconds s."
wait "$farm" || fail "The farm that the AOT cache is made with ended with an error: $(tail -n 1 "$work/err")"
farm=
[[ -s $work/sparrow.aot ]] || fail "The JVM wrote no AOT cache: $(tail -n 1 "$work/err")"
cp "$work/sparrow.aot" "$out.new"
mv "$out.new" "$out"
