#!/usr/bin/env bash
# Makes a workload of the simulator from an action log (sparrow up --action-log FILE): reads the log from standard input, writes
# a line of tab-separated columns for each action to standard output: mnemonic, target, microseconds that it took at its executor
# (inputs, process, outputs), and the numbers of the lines that it needs, from 0, with commas between them. Needs jq.
set -euo pipefail
command -v jq >/dev/null || {
  printf 'jq is not installed; install it (on Debian: apt-get install jq) and try again.\n' >&2
  exit 1
}
exec jq -rs '
  (to_entries | map({(.value.action): .key}) | add) as $line
  | to_entries[]
  | .key as $number
  | .value
  | [
      .mnemonic,
      .target,
      .fetchMicros + .executeMicros + .uploadMicros,
      # An action that ran twice is known by its last line; what came before cannot need it.
      ([.needs[] | $line[.] | select(. != null and . < $number) | tostring] | join(","))
    ]
  | @tsv'
