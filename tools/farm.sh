# A farm of this machine, started and stopped; sourced by the scripts beside it, after toolchain.sh.
# shellcheck shell=bash disable=SC2034,SC2154

readonly ready_within_seconds=60
readonly stop_within_seconds=20
farm_pid=
endpoint=

free_port() {
  local port
  for ((port = 8980; port < 9080; port++)); do
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      say "$port"
      return
    fi
  done
  fail "No port from 8980 to 9079 is free on 127.0.0.1."
}

# Starts the farm of the examples with its data and its log in the directory $1; the rest goes to sparrow up. Sets farm_pid and
# endpoint; returns when the farm accepts work.
start_farm() {
  local log="$1/farm.log" data="$1/farm" port waited
  shift
  port=$(free_port)
  : >"$log" # The farm's shell may open it only after we first look into it.
  "$tools/sparrow" up -f "${tools%/*}/examples/local/buildfarm.yaml" --port "$port" --data-dir "$data" "$@" >"$log" 2>&1 &
  farm_pid=$!
  for ((waited = 0; waited < ready_within_seconds * 10; waited++)); do
    endpoint=$(sed -n 's/^Endpoint: \(grpc:.*\)$/\1/p' "$log")
    if [[ -n $endpoint ]]; then
      say "The farm listens on $endpoint; its log is $log."
      return
    fi
    if ! kill -0 "$farm_pid" 2>/dev/null; then
      farm_pid=
      tail -n 20 "$log" >&2
      fail "The farm ended before it was ready; the end of its log ($log) stands above."
    fi
    sleep 0.1
  done
  tail -n 20 "$log" >&2
  fail "The farm was not ready within $ready_within_seconds s; the end of its log ($log) stands above."
}

# Asks the farm to stop and waits for it; a farm that does not stop is killed, which fails the demo.
stop_farm() {
  local pid=$farm_pid waited
  farm_pid=
  [[ -n $pid ]] || return 0
  kill -TERM "$pid" 2>/dev/null || true
  for ((waited = 0; waited < stop_within_seconds * 10; waited++)); do
    if ! kill -0 "$pid" 2>/dev/null; then
      wait "$pid"
      return
    fi
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null || true
  say "The farm did not stop within $stop_within_seconds s of SIGTERM and was killed." >&2
  return 1
}

# Peak resident memory of the farm's process so far, in MiB.
peak_memory() { awk '/^VmHWM:/ { printf "%d", $2 / 1024 }' "/proc/$farm_pid/status"; }
