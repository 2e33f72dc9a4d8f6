#!/usr/bin/env bash
# Measures the figures of the storage, in one run, and prints a line for each: figure, measured, target, verdict. Expects what make
# build makes, and root on Debian for the peer. BLOBS (millions in the index), SMALL (blobs of 4 KiB) and LARGE (MiB of the large
# blob) set how much is written; the defaults are what the targets speak of.
set -euo pipefail
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=toolchain.sh
source "$tools/toolchain.sh"
# shellcheck source-path=SCRIPTDIR source=farm.sh
source "$tools/farm.sh"

readonly work="$cache/bench-storage"
readonly measured="$work/figures"
readonly blobs=${BLOBS:-10} small=${SMALL:-100000} large=${LARGE:-1024}
readonly rounds=3
server_pid=

readonly java_options=(
  --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
  -cp "${tools%/*}/benchmarks/target/classes:${tools%/*}/benchmarks/target/lib/*"
)

benchmarks() { "$JAVA_HOME/bin/java" -Xmx"$1" "${java_options[@]}" "build.sparrow.benchmarks.$2" "${@:3}"; }

# casd may wait for ever for a call that it has refused.
stop_server() {
  local waited
  [[ -n $server_pid ]] || return 0
  kill -TERM "$server_pid" 2>/dev/null || true
  for ((waited = 0; waited < 100; waited++)); do
    kill -0 "$server_pid" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL "$server_pid" 2>/dev/null || true
  wait "$server_pid" 2>/dev/null || true
  server_pid=
}

on_exit() {
  local status=$?
  stop_server
  rm -rf --one-file-system "$work/store" "$work/churn" "$work/shard" "$work/casd"
  exit "$status"
}

await_port() {
  local waited
  for ((waited = 0; waited < 600; waited++)); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then
      return
    fi
    kill -0 "$server_pid" 2>/dev/null || break
    sleep 0.1
  done
  fail "The store did not listen on port $1; its log is in $work."
}

engine_figures() {
  say "Filling a store with $blobs million blobs, and opening it …"
  benchmarks 256m storage.EngineMain fill "$work/store" $((blobs * 1000000)) >"$work/fill.log"
  benchmarks 256m storage.EngineMain open "$work/store" $((blobs * 1000000)) | grep -E '^[a-z0-9_]+=' >>"$measured"
  rm -rf --one-file-system "$work/store"
  say "Writing three times what fits into a store of 1 GiB …"
  benchmarks 256m storage.EngineMain churn "$work/churn" 1024 | grep -E '^[a-z0-9_]+=' >>"$measured"
  rm -rf --one-file-system "$work/churn"
}

# Both on the same volume, both with their own defaults: neither forces what it stored to the disk before it acknowledges it.
start_sparrow() {
  "$tools/sparrow" shard -f "${tools%/*}/examples/local/buildfarm.yaml" --port "$1" --data-dir "$work/shard" >"$work/shard.log" 2>&1 &
  server_pid=$!
}

start_casd() {
  setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child bash -euc '
    mkdir -p "$1/mnt/casd" "$2"
    mount --bind "$2" "$1/mnt/casd"
    mount -t proc proc "$1/proc"
    exec chroot "$1" buildbox-casd --bind "127.0.0.1:$3" /mnt/casd' casd "$peer" "$work/casd" "$1" >"$work/casd.log" 2>&1 &
  server_pid=$!
}

# A hash map that keeps small blobs in memory and checks nothing: little more than what client and gRPC cost by themselves.
start_floor() {
  "$JAVA_HOME/bin/java" -Xmx2g "${java_options[@]}" build.sparrow.benchmarks.storage.HashMapStoreMain "$1" >"$work/floor.log" 2>&1 &
  server_pid=$!
}

# In turns, so that whatever else the machine does hits all; the median of the rounds counts.
load_figures() {
  local round side port mebibytes
  for ((round = 1; round <= rounds; round++)); do
    for side in sparrow casd floor; do
      mebibytes=$large
      [[ $side != floor ]] || mebibytes=0
      say "Round $round: $small blobs of 4 KiB and one of $mebibytes MiB, to $side …"
      rm -rf --one-file-system "$work/shard" "$work/casd"
      port=$(free_port)
      "start_$side" "$port"
      await_port "$port"
      benchmarks 3g storage.StorageLoadMain "127.0.0.1:$port" "$side" "$small" "$mebibytes" | grep -E '^[a-z0-9_]+=' >>"$work/rounds"
      if [[ $side == sparrow ]]; then
        benchmarks 512m storage.ResultLoadMain "127.0.0.1:$port" 10000 "$((small * 4))" | grep -E '^[a-z0-9_]+=' >>"$work/rounds"
      fi
      stop_server
    done
  done
  sort -t= -k1,1 -k2,2g "$work/rounds" | awk -F= '
    $1 != key { key = $1; count = 0 } { value[key, ++count] = $2; counts[key] = count }
    END {
      for (key in counts) median[key] = value[key, int((counts[key] + 1) / 2)]
      for (name in median) printf "%s=%s\n", name, median[name]
      printf "small_up_over_casd=%.3f\n", median["sparrow_small_up_per_second"] / median["casd_small_up_per_second"]
      printf "small_down_over_casd=%.3f\n", median["sparrow_small_down_per_second"] / median["casd_small_down_per_second"]
      printf "found_over_casd=%.3f\n", median["sparrow_small_found_per_second"] / median["casd_small_found_per_second"]
      printf "small_up_of_floor=%.3f\n", median["sparrow_small_up_per_second"] / median["floor_small_up_per_second"]
      printf "small_down_of_floor=%.3f\n", median["sparrow_small_down_per_second"] / median["floor_small_down_per_second"]
      printf "found_of_floor=%.3f\n", median["sparrow_small_found_per_second"] / median["floor_small_found_per_second"]
      printf "large_up_over_casd=%.3f\n", median["sparrow_large_up_mebibytes_per_second"] / median["casd_large_up_mebibytes_per_second"]
      printf "large_down_over_casd=%.3f\n", median["sparrow_large_down_mebibytes_per_second"] / median["casd_large_down_mebibytes_per_second"]
      # Of whoever has no zstd the plain download counts.
      peer = median["casd_large_zstd_down_mebibytes_per_second"]
      if (!peer) peer = median["casd_large_down_mebibytes_per_second"]
      printf "large_zstd_down_over_casd=%.3f\n", median["sparrow_large_zstd_down_mebibytes_per_second"] / peer
    }' >>"$measured"
}

JAVA_HOME=$("$tools/find-jdk.sh")
export JAVA_HOME
rm -rf --one-file-system "$work"
mkdir -p "$work"
trap on_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

peer=$("$tools/storage-peer.sh")
engine_figures
load_figures
say "sparrow of this tree, as sparrow shard starts it; $(chroot "$peer" buildbox-casd --version 2>&1 | head -n 1) of Debian sid, without options"
grep -E '^(sparrow|casd|floor)_(small|large)_|_of_floor=' "$measured" | sort
benchmarks 64m FiguresMain STORAGE "$measured"
