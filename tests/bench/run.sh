#!/usr/bin/env bash
# A short run of some areas of `icn bench`: rows are produced, whole and with figures. The last line is `N passed, M failed`.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
icn=$PWD/build/icn
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

source tests/lib/check.sh

# rows FILTER: the jq filter holds for the last report.
rows() { jq -e "$1" "$work/rows" || { cat "$work/rows" && false; }; }

# measure AREA: 0 or 3, and JSON on standard output.
measure() {
  local code
  "$icn" bench "$1" --seconds 1 --json >"$work/rows"
  code=$?
  [[ $code == 0 || $code == 3 ]] && jq -e 'type == "array"' "$work/rows"
}

lists() { "$icn" bench | grep -E '^(http|ledger|wasm|storage|startup) ' | [[ $(wc -l) == 5 ]]; }
refuses() { "$icn" bench "$@" && return 1 || [[ $? == 2 ]]; }

check 'the areas are listed' lists
check 'an unknown area is a mistake' refuses nonsense
check 'no time is a mistake' refuses wasm --seconds 0

members='["work","figure","unit","limit","limit_name","ratio","target","met","durable"]'
for area in wasm startup; do
  check "$area runs" measure "$area"
  check "$area: rows are whole" rows "length > 0 and all(.[]; (. | keys) as \$have | $members - \$have == [])"
  check "$area: met says what figure and target say" rows \
    'all(.[]; .figure == null or .met == if .direction == "at_most" then .figure <= .target else .figure >= .target end)'
done
check 'startup measures every row' rows 'all(.[]; .figure > 0)'

# --- against an earlier run: of itself, and of one that was a million times faster
compare() { "$icn" bench wasm --seconds 1 --json --against "$work/$1" --alert-percent "${@:2}" >"$work/rows"; }
slower() { compare "$@" && return 1 || [[ $? == 3 ]]; }
measure wasm >/dev/null && cp "$work/rows" "$work/before"
jq 'map(if .figure == null then . elif .direction == "at_most" then .figure /= 1000000 | .ratio = null else .figure *= 1000000 | .ratio = null end)' \
  "$work/before" >"$work/faster"
check 'no row is a thousand times worse than a moment ago' compare before 99999
check 'every measured row says what it was' rows 'all(.[]; .figure == null or (.was != null and .worse == false))'
check 'a run that has become slower ends with 3' slower faster 200
check 'and says which rows' rows 'any(.[]; .worse)'
echo '{}' >"$work/none"
check 'a file that is no report is a mistake' refuses wasm --seconds 1 --against "$work/none"
check 'so is a threshold below what was' refuses wasm --seconds 1 --against "$work/before" --alert-percent 99

# --- a node, requests, signed transfers; the peer may be missing here
check 'ledger runs' measure ledger
check 'ledger: every row has a figure' rows 'length == 3 and all(.[]; .figure > 0)'
check 'ledger: its rows are durable' rows 'all(.[]; .durable)'
check 'ledger: a ratio where there is a peer' rows \
  'all(.[]; .limit == null or ((.ratio - .figure / .limit) | fabs) <= .ratio * 0.01)'

# --- every path of the performance guide, at its rate
check 'http runs' measure http
check 'http: each path of the guide is measured' rows \
  '[.[] | select(.work | endswith(" at 1,000/s: p95"))] | length == 16 and all(.[]; .figure > 0)'

printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
