#!/usr/bin/env bash
# Three members decide by ranked choice and count it again offline. The last line is `N passed, M failed`.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/check.sh
icn=${ICN_BIN:-$PWD/build/icn}
work=$(mktemp -d)
node=''
cleanup() {
  [[ -n $node ]] && kill -TERM "$node" 2>/dev/null && wait "$node" 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT
unset ICN_BIN ICN_URL ICN_API_KEY ICN_DID ICN_KEY_FILE ICN_DATA_PATH ICN_PROFILE ICN_KEY_PASSPHRASE

"$icn" node --development "--data_path=$work/data" --http_listen_addr=127.0.0.1:0 >"$work/node.out" 2>"$work/node.log" &
node=$!
for ((i = 0; i < 100; i++)); do
  url=$(sed -nE 's/^serving +([^ ]+).*/\1/p' "$work/node.out" 2>/dev/null)
  [[ -n $url ]] && break
  sleep 0.1
done
export ICN_URL=$url ICN_DATA_PATH=$work/data

# member NAME: somebody with a key file of their own; whoever has a DID made is a member here.
member() {
  "$icn" did key new "$work/$1.key" --no-passphrase >/dev/null && "$icn" --json --key "$work/$1.key" did create | jq -r .did
}
ada=$(member ada)
ben=$(member ben)
cyd=$(member cyd)
check 'three members' test -n "$ada" -a -n "$ben" -a -n "$cyd"

# The node itself proposes.
check 'the node is a member' "$icn" member enroll "$("$icn" --json status | jq -r .info.node_did)"
proposal=$("$icn" --json proposal create 'How shall the bakery be called?' --action '{"type":"GenericText","data":{"text":"The name that wins."}}' \
  --method ranked_choice --choice rye=Rye --choice spelt=Spelt --choice oat=Oat --voting-secs 15 | jq -r .proposal_id)
check 'a proposal' grep -qE '^pr_[0-9a-f]{32}$' <<<"$proposal"

# cast NAME OPTION...: a ranking, signed here.
cast() {
  local who=$1
  shift
  local ranks=()
  for option in "$@"; do ranks+=(--rank "$option"); done
  "$icn" --json --key "$work/$who.key" --as "${!who}" vote cast "$proposal" "${ranks[@]}" >"$work/$who.vote"
}
check 'ada votes' cast ada oat rye
check 'ada votes again' cast ada rye oat
check 'ben votes' cast ben spelt rye
check 'cyd votes' cast cyd spelt
jq .receipt "$work/ada.vote" >"$work/ada.receipt"
check 'a receipt before the end' "$icn" vote verify "$work/ada.receipt"

for ((i = 0; i < 300; i++)); do
  state=$("$icn" --json proposal show "$proposal" | jq -r .state)
  [[ $state == voting || $state == counting ]] || break
  sleep 0.1
done
# Spelt has two first ranks of three: a majority in the first round.
check 'spelt won' test "$("$icn" --json proposal show "$proposal" | jq -rc .result.winners)" = '["spelt"]'

"$icn" vote receipt "$proposal" "$(jq -r .vote_id "$work/ada.vote")" >"$work/ada.closed"
check 'a receipt after the end' "$icn" vote verify "$work/ada.closed"
check 'the same, recognised' "$icn" verify "$work/ada.closed"
check 'which leads to the root' test "$(jq -r .inclusion.count "$work/ada.closed")" = 4
"$icn" proposal audit "$proposal" >"$work/bundle.json"

# Whoever votes in the very moment of the end is counted or refused.
check 'no ballot is lost at the end' python3 tests/governance/closing_moment.py "$url" "$(<"$work/data/operator-api-key")"

# From here on without the node.
kill -TERM "$node" && wait "$node"
node=''
unset ICN_URL ICN_DATA_PATH
check 'the count holds' "$icn" proposal recount "$work/bundle.json"
check 'the same, recognised as a bundle' "$icn" verify "$work/bundle.json"
# differs FILE PATTERN: the recount finds something, and names it.
differs() { ! "$icn" proposal recount "$1" >"$work/found" 2>&1 && grep -q -- "$2" "$work/found"; }
sed 's/"ranking":\["spelt","rye"\]/"ranking":["spelt","oat"]/' "$work/bundle.json" >"$work/changed.json"
check 'a ballot was changed for the test' bash -c "! cmp -s '$work/bundle.json' '$work/changed.json'"
check 'a changed ballot is found' differs "$work/changed.json" ballot
jq -c '.ballots |= .[1:]' "$work/bundle.json" >"$work/missing.json"
check 'a missing ballot is found' differs "$work/missing.json" ballot_missing
jq -c '.statement.outcome.winners = ["rye"]' "$work/bundle.json" >"$work/stated.json"
check 'a changed result is found' differs "$work/stated.json" statement_signature

echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
