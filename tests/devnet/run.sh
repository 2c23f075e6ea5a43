#!/usr/bin/env bash
# Three nodes for a few seconds, and what is left of them. The last line is `N passed, M failed`.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
icn=${ICN_BIN:-$PWD/build/icn}
work=$(mktemp -d)

# processes FOLDER: ids of those that have it in their command line, but this script.
processes() {
  local file
  for file in /proc/[0-9]*/cmdline; do
    tr '\0' ' ' <"$file" 2>/dev/null | grep -qF -- "$1/node-" && basename "$(dirname "$file")"
  done
}

cleanup() {
  "$icn" devnet down --data "$work/up" >/dev/null 2>&1
  rm -rf "$work"
}
trap cleanup EXIT

source tests/lib/check.sh

refuses() { "$icn" devnet "$@" && return 1 || [[ $? == 2 ]]; }
rows() { jq -e "$1" "$work/rows" || { jq -c '.events, (.rows[] | {row, figure, note})' "$work/rows" && false; }; }
row() { rows "[.rows[] | select(.row | startswith(\"$1\"))][0] | $2"; }
none_left() { [[ -z $(processes "$1") ]] || { ps -fp "$(processes "$1" | paste -sd,)" && false; }; }

# The network falls apart and becomes whole again, through the runner's relays.
run_hurt() {
  "$icn" devnet --nodes 4 --jobs 8 --duration "$2" --fault "$1" --data "$work/$1" --json "$work/rows" >"$work/table"
  code=$?
  [[ $code == 0 || $code == 3 ]] || { echo "exit code $code" && false; }
}

# eventually COMMAND...: within 20 s.
eventually() {
  local i
  for ((i = 0; i < 200; i++)); do
    "$@" && return 0
    sleep 0.1
  done
  return 1
}

run_whole() {
  "$icn" devnet --nodes 3 --validators 2 --jobs 10 --duration 8s --data "$work/whole" --json "$work/rows" --html "$work/page" >"$work/table"
  code=$?
  [[ $code == 0 || $code == 3 ]] || { echo "exit code $code" && false; }
}
exit_code_is_told() { [[ $(jq .met "$work/rows") == true ]] && [[ $code == 0 ]] || [[ $code == 3 ]]; }

# run_workload NAME: modules and inputs lie at one node; the other fetches what it runs.
run_workload() {
  "$icn" devnet --nodes 2 --validators 3 --workload "$1" --jobs 4 --duration 6s --data "$work/$1" --json "$work/rows" >"$work/table" 2>"$work/err"
  code=$?
  [[ $code == 0 || $code == 3 ]] || { cat "$work/err" && echo "exit code $code" && false; }
}

# on_terminal COMMAND...: standard error of it is one; what it shows there goes to $work/terminal.
on_terminal() {
  python3 - "$work/terminal" "$@" <<'END'
import os, pty, subprocess, sys
ours, theirs = pty.openpty()
process = subprocess.Popen(sys.argv[2:], stderr=theirs)
os.close(theirs)
with open(sys.argv[1], "wb") as shown:
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # nobody writes to it any more
            break
        if not piece:
            break
        shown.write(piece)
sys.exit(process.wait())
END
}

# A node is lost and comes back; jobs go on.
run_killed() {
  on_terminal "$icn" devnet --nodes 4 --jobs 8 --duration 20s --fault kill --keep --data "$work/faults" --json "$work/rows" >"$work/table"
  code=$?
  [[ $code == 0 || $code == 3 ]] || { echo "exit code $code" && false; }
}
up() { "$icn" devnet up --nodes 2 --data "$work/up" && [[ $("$icn" --json devnet status --data "$work/up" | jq '[.[] | select(.state == "ready")] | length') == 2 ]]; }
# job NODE: of that node's operator, which two other nodes or more run.
job() {
  "$icn" --json devnet status --data "$work/up" | jq -r ".[$1] | [.url, .data_path] | @tsv" >"$work/node" || return 1
  read -r url data <"$work/node"
  curl -sS -m 60 -H "X-API-Key: $(<"$data/operator-api-key")" -H 'Content-Type: application/json' "$url/mesh/jobs?wait=30" \
    -d '{"spec": {"kind": "echo", "args": ["hello"], "max_price": 20, "redundancy": {"kind": "full", "count": 2}}}' >"$work/job"
  jq -e '.status == "completed"' "$work/job" || { cat "$work/job" && false; }
}
all_meet() { [[ $("$icn" --json devnet status --data "$work/up" | jq '[.[] | select(.peers == 1)] | length') == 2 ]]; }
refuses_twice() { ! "$icn" devnet up --nodes 2 --data "$work/up"; }

# start_and_wait FOLDER: a run in the background whose nodes are there; its id in `runner`.
start_and_wait() {
  "$icn" devnet --nodes 3 --jobs 5 --duration 1m --data "$1" >"$work/out" 2>"$work/err" &
  runner=$!
  eventually grep -q 'running 5 jobs' "$work/err"
}
ends_by_signal() {
  start_and_wait "$work/signal" || { cat "$work/err" && return 1; }
  [[ $(processes "$work/signal" | wc -l) -ge 3 ]] || { echo "there were no nodes" && return 1; }
  kill -INT "$runner"
  wait "$runner"
  [[ $? == 1 ]]
}
dies() {
  start_and_wait "$work/killed" || { cat "$work/err" && return 1; }
  kill -KILL "$runner"
  wait "$runner"
  return 0
}

check 'no nodes is a mistake' refuses --nodes 0
check 'no time is a mistake' refuses --duration soon
check 'an unknown workload is a mistake' refuses --workload nonsense
mkdir "$work/used" && touch "$work/used/file"
check 'a folder in use is a mistake' refuses --data "$work/used"
check 'what it held is still there' test -e "$work/used/file"

check 'three nodes run' run_whole
check 'the exit code is what the report says' exit_code_is_told
check 'nothing runs afterwards' none_left "$work/whole"
check 'the folder is empty again' test -z "$(ls -A "$work/whole" 2>/dev/null)"
members='["row","group","figure","unit","guide","must","direction","met","source","note"]'
check 'rows are whole' rows "(.rows | length > 25) and all(.rows[]; (. | keys) as \$have | $members - \$have == [])"
check 'met says what figure and must say' rows \
  'all(.rows[]; .must == null or .met == (.figure != null and if .direction == "at_most" then .figure <= .must else .figure >= .must end))'
check 'what is not measured says why' rows 'all(.rows[]; .figure != null or (.note | length > 0))'
check 'the table has each row' test "$(grep -c . "$work/table")" -gt 25
check 'the page has its plots' test "$(grep -c '<svg' "$work/page")" == 5
check 'the page needs nothing from outside' eval '! grep -E "(src|href)=" "$work/page"'
check 'jobs were completed' row 'jobs completed' '.figure > 0'
check 'all of them' row 'success' '.figure == 100'
check 'both others are peers' row 'peers connected' '.figure == 2'
check 'gossip was measured' row 'gossip, mean' '.figure != null'
check 'the DHT answers' row 'DHT queries' '.figure == 100'
check 'transfers were final everywhere' row 'finality everywhere, p50, during' '.figure > 0'
check 'proposals were taken' row 'proposals taken' '.figure == 100'
check 'and decided everywhere' row 'proposed to decided' '.figure > 0'
check 'ballots were final everywhere' row 'a ballot final' '.figure > 0'
check 'the nodes tell one history' row 'nodes that tell' '.figure == 3'
check 'moments were kept' rows '.moments | length >= 5'

for workload in examples mix; do
  check "two nodes run the jobs of $workload" run_workload "$workload"
  check 'it says that there are fewer validators than asked for' grep -qF -- '--validators 3: there are 2 nodes; all of them validate' "$work/err"
  check 'they were completed' row 'jobs completed' '.figure > 0'
  check 'all of them' row 'success' '.figure == 100'
  check 'and one history was told' row 'nodes that tell' '.figure == 2'
  check 'nothing runs afterwards' none_left "$work/$workload"
done

check 'a node is killed while jobs run' run_killed
check 'it was' rows '.events | map(.text) | any(startswith("kill -9")) and any(endswith("started again"))'
check 'jobs go on' row 'jobs completed' '.figure > 0'
check 'all came back' row 'all ready and level' '.figure != null'
check 'with one history' row 'nodes that tell' '.figure == 4'
check 'nothing runs after that either' none_left "$work/faults"
check 'on a terminal it tells how far it is, in one line' grep -aqP '\r\x1b\[K\d+ of 20 s .* completed .* in flight .* nodes' "$work/terminal"
check '--keep leaves folders and logs' test "$(find "$work/faults" -path '*node-*' -name '*.log' -size +0 | wc -l)" -ge 4

check 'the network falls apart while jobs run' run_hurt partition 30s
check 'it did, and was joined again' rows '.events | map(.text) | any(startswith("parted")) and any(startswith("joined"))'
check 'jobs were completed all the same' row 'jobs completed' '.figure > 0'
check 'all were peers through the relays' row 'peers connected' '.figure == 3'
check 'all were level again' row 'all ready and level' '.figure != null'
check 'there is one history' row 'nodes that tell' '.figure == 4'
check 'nothing runs after the partitions' none_left "$work/partition"

check 'links become slow while jobs run' run_hurt slow 20s
check 'they did' rows '.events | map(.text) | any(endswith("as fast as before"))'
check 'jobs were completed slowly' row 'jobs completed' '.figure > 0'
check 'the slow ones tell one history' row 'nodes that tell' '.figure == 4'
check 'nothing runs after the slow links' none_left "$work/slow"

check 'up leaves nodes running' up
check 'they are peers' eventually all_meet
check 'the first one may submit jobs, and both run them' eventually job 0
check 'so may the other' eventually job 1
check 'up again is refused' refuses_twice
check 'down ends them' "$icn" devnet down --data "$work/up"
check 'none of them is left' none_left "$work/up"
check 'status tells so' eval '! "$icn" devnet status --data "$work/up"'
check 'up goes on with the same nodes' up
check 'down ends them again' "$icn" devnet down --data "$work/up"
check 'none of them is left again' none_left "$work/up"

check 'Ctrl-C ends a run' ends_by_signal
check 'Ctrl-C leaves nothing running' none_left "$work/signal"
check 'kill -9 of the runner' dies
check 'kill -9 leaves nothing running' eventually none_left "$work/killed"

printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
