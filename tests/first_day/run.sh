#!/usr/bin/env bash
# Runs examples/first-day, counts its votes with a counter of our own, and holds what its README and the first one show against
# what it printed. The last line is `N passed, M failed`.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.." || exit 1
. tests/lib/check.sh
icn=$(realpath "${ICN_BIN:-build/icn}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[[ -e build/release/examples/patronage_refund.wasm ]] || scripts/build.sh release icn_wasm_programs >/dev/null

check 'the first day' bash -c "ICN_BIN='$icn' timeout 120 examples/first-day/first-day.sh '$work/day' >'$work/printed' 2>'$work/errors'"
check 'nothing went wrong' bash -c "! grep -v '^$' '$work/errors'"
tail -5 "$work/errors"
# The node of the script has ended: none has the lock of its ledger.
check 'the node is gone' "$icn" ledger verify --data "$work/day/data"

# Its votes, by the rules as domain texts have them and nothing of icn.
python3 "$here/count.py" "$work/day" >"$work/counted"
cat "$work/counted"
read -r counted_passed counted_failed < <(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' "$work/counted")
passed=$((passed + ${counted_passed:-0}))
failed=$((failed + ${counted_failed:-1}))

check 'the refunds are those of the example' cmp "$work/day/refunds.csv" examples/jobs/patronage_refund/expected.csv
for page in examples/first-day/README.md README.md; do
  check "$page shows what it prints" python3 "$here/shown.py" "$page" "$work/printed"
done
# The check of what is shown can fail: a line that is not printed, and one that is out of place.
sed 's/^the count holds$/the count holds twice/' examples/first-day/README.md >"$work/other.md"
check 'another line is found' bash -c "! python3 '$here/shown.py' '$work/other.md' '$work/printed'"
sed '/^== A board/d' "$work/printed" >"$work/shorter"
check 'a missing line is found' bash -c "! python3 '$here/shown.py' examples/first-day/README.md '$work/shorter'"

# What others do to the bundles is found without a node.
differs() { ! "$icn" proposal recount "$1" >"$work/found" 2>&1 && grep -q -- "$2" "$work/found"; }
node_did=$(jq -r .node_did "$work/day/board.json")
differs_pinned() { ! "$icn" proposal recount "$1" --node-did "$node_did" >"$work/found" 2>&1 && grep -q -- "$2" "$work/found"; }
jq -c '.ballots |= .[1:]' "$work/day/board.json" >"$work/missing.json"
check 'a missing ballot is found' differs "$work/missing.json" ballot_missing
jq -c '.statement.outcome.winners = ["ben"]' "$work/day/board.json" >"$work/stated.json"
# A bundle that was made up as a whole agrees with itself, and is found by who names the node.
python3 "$here/forge.py" "$work/day/board.json" >"$work/forged.json"
check 'a forged board warns' bash -c "'$icn' proposal recount '$work/forged.json' | grep -q '^no node was named'"
check 'and says so to programs' test "$("$icn" --json proposal recount "$work/forged.json" | jq -c '[.holds, .is_pinned]')" = '[true,false]'
check 'a forged board is found' differs_pinned "$work/forged.json" statement_signature
check 'the true board is not' "$icn" proposal recount "$work/day/board.json" --node-did "$node_did"
check 'another board is found' differs "$work/stated.json" statement_signature

echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
