#!/usr/bin/env bash
# A cooperative's first day. Five people found a bakery on a node of their own, decide a budget by consent and a board
# by ranked choice, pay a job from the budget, and count both votes again with the node switched off.
#
#   examples/first-day/first-day.sh [FOLDER]
#
# Everything happens in FOLDER (default: a temporary one, removed at the end) on a node of its own and a free port.
# Needs build/icn (`make build`), the example jobs that `make run` builds, and jq. What a line shows after `$` is the
# command that runs; where a DID would stand the name of its owner is shown.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
icn=$(realpath "${ICN_BIN:-$root/build/icn}")
job=$root/build/release/examples/patronage_refund.wasm
purchases=$root/examples/jobs/patronage_refund/input.csv
unset ICN_BIN ICN_URL ICN_API_KEY ICN_DID ICN_KEY_FILE ICN_DATA_PATH ICN_PROFILE ICN_KEY_PASSPHRASE

people=(ada ben cyd dee eli)
declare -A did=() # whose DID is which
names=()          # the same, for sed

step() { printf '\n== %s\n' "$*"; }
# run WORD...: shows an icn command and runs it.
run() {
  local word line='$ icn'
  for word in "$@"; do
    [[ $word == *[[:space:]]* ]] && word="'$word'"
    line+=" $word"
  done
  { echo "$line" && "$icn" "$@" 2>&1; } | with_names
}
# as WHO WORD...: the same, signed with the key of WHO, which the node never sees.
as() {
  local who=$1
  shift
  run --key "$who.key" "$@"
}
# sorted: a table by the names of people; the command and the titles stay in front.
sorted() { LC_ALL=C sort; }
# Credentials of one second stand in any order: those of a table by their holder.
by_holder() {
  local line
  for _ in command heading; do IFS= read -r line && printf '%s\n' "$line"; done
  LC_ALL=C sort -k4,4
}
with_names() { sed "${names[@]}" -e 's/ *$//'; }
# call NAME DID: what is shown for a DID from now on, as wide as it, so that tables stay in line.
call() { names+=(-e "s/$2#/$1#/g" -e "s/$2/$(printf "%-${#2}s" "$1")/g"); }
# ask WORD...: what a program reads: one JSON value.
ask() { "$icn" --json "$@"; }

if (($# > 0)); then
  mkdir -p "$1" && cd "$1"
else
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  cd "$folder"
fi

step 'A node'
# The development profile is for days like this: no discussion period, and who has a DID made is a member at once.
# A production node waits days where this one waits for nothing: `icn parameter list` shows how long.
"$icn" node --development --data_path=data --http_listen_addr=127.0.0.1:0 >node.out 2>node.log &
node=$!
stop_node() {
  [[ -z $node ]] || { kill "$node" && wait "$node" || true; }
  node=
}
trap 'stop_node; [[ -z ${folder:-} ]] || rm -rf "$folder"' EXIT
until grep -qs ^serving node.out; do
  kill -0 "$node" || { cat node.log && exit 1; }
  sleep 0.1
done
export ICN_URL ICN_DATA_PATH=data
ICN_URL=$(sed -nE 's/^serving +([^ ]+).*/\1/p' node.out)
ask status | jq -r '"network \(.info.network_id), \(.info.backend), version \(.info.version)"'

step 'Five people'
# Each makes a key in a file of her own; what she does from now on is signed there.
for who in "${people[@]}"; do
  "$icn" did key new "$who.key" --no-passphrase >key.out
  did[$who]=$(ask --key "$who.key" did create | jq -r .did)
  call "$who" "${did[$who]}"
  echo "$who is ${did[$who]}"
done

step 'A cooperative'
# It has an identity of its own, to sign what it says. It is no person: it leaves the votes to its members.
"$icn" did key new bakery.key --no-passphrase >key.out
did[bakery]=$(ask --key bakery.key did create --type coop | jq -r .did)
call bakery "${did[bakery]}"
echo "bakery is ${did[bakery]}"
ask --key bakery.key member leave >left.json
cat >profile.json <<'END'
{"name": "Rheingasse Bakery", "type": "worker", "geo_scope": "Basel, CH", "member_count": 5,
 "description": "Bread for the quarter, baked by those who own the oven."}
END
as bakery cooperative register profile.json
run member list --status active | sorted

step 'Membership credentials'
for who in "${people[@]}"; do
  ask --key bakery.key credential issue "${did[$who]}" --type OrganizationMember --claim role=baker \
    --schema icn:cooperative:membership:v1 --out "$who.member.json" >issued.json
done
run credential list --type OrganizationMember | by_holder
# Whom Ada shows hers needs no node, but once a day what a node they trust knows: here their own.
run credential evidence ada.member.json --out evidence.json
run credential verify ada.member.json --offline --evidence evidence.json --authority "$(ask status | jq -r .info.node_did)"

step 'What they share'
# A pool that a decision alone can pay from. The bakery puts in all but a few mana of what its account was given.
pool=$(ask member pool | jq -r .did)
call pool "$pool"
for who in "${people[@]}"; do ask --key "$who.key" mana transfer "$pool" 20 >paid.json; done
ask --key bakery.key mana transfer "$pool" 1740 >paid.json
run member pool

step 'A budget, by consent'
# Consent asks whether anybody objects. Such a vote may close early: as soon as all have spoken, and a ballot is final.
budget=$(ask --key ada.key proposal create --title 'Refund by purchases' --method consent --closes-early \
  --budget "${did[bakery]}=60" 'The bakery works out at the end of each year what every customer gets back, by what they
bought. It needs a machine for an hour to do so: 60 mana out of what we share.' | jq -r .proposal_id)
names+=(-e "s/$budget/BUDGET/g")
run proposal simulate "$budget"
as ada vote cast "$budget" --position strong_support --receipt ada.receipt.json
ask --key ben.key vote cast "$budget" --position support >ben.json
ask --key cyd.key vote cast "$budget" --position concern --reason 'An hour is a lot. Let us look at the bill afterwards.' >cyd.json
ask --key dee.key vote cast "$budget" --position neutral >dee.json
ask --key eli.key vote cast "$budget" --position support >eli.json
ask proposal show "$budget" | jq -r '"the budget is \(.state): \(.result.participated) of \(.eligible_count) spoke, objections \(.result.objections // 0)"'
run mana balance "${did[bakery]}"

step 'A board of three, by ranked choice'
# Single transferable vote: who has more first ranks than needed passes the surplus on, who has the fewest is out.
board=$(ask --key ben.key proposal create --title 'The board' --method ranked_choice --seats 3 --closes-early \
  --choice ada=Ada --choice ben=Ben --choice cyd=Cyd --choice dee=Dee 'Who sits on the board until next spring?' \
  --action '{"type":"GenericText","data":{}}' | jq -r .proposal_id)
names+=(-e "s/$board/BOARD/g")
# ranks WHO OPTION...: the most wanted first.
ranks() {
  local who=$1 option words=()
  shift
  for option in "$@"; do words+=(--rank "$option"); done
  ask --key "$who.key" vote cast "$board" "${words[@]}" --receipt "$who.board.json" >cast.json
  echo "$who: $*"
}
ranks ada ada ben dee
ranks ben ada ben
ranks cyd ada dee ben
ranks dee dee cyd
ranks eli cyd dee
ask proposal show "$board" | jq -r '"the board is \(.state): \(.result.winners | join(", "))"'

step 'A job that the budget pays'
cp "$job" refund.wasm && cp "$purchases" purchases.csv
as bakery job submit refund.wasm --input purchases.csv --arg 4210.07 --wait --output refunds.csv
head -3 refunds.csv
as bakery mana history --kind transfer_in
as bakery mana history --kind settle_pay

step 'Counted again, without the node'
run proposal audit "$budget" --output budget.json
run proposal audit "$board" --output board.json
# Ada's ballot again: now its receipt leads to the root over all ballots.
ask vote receipt "$board" "$(jq -r .vote_id ada.board.json)" >ada.closed.json
node_did=$(ask status | jq -r .info.node_did)
stop_node
unset ICN_URL
# Who counts again names the node whose word on the list of ballots is taken: a forger would have one of their own.
run proposal recount budget.json --node-did "$node_did"
run proposal recount board.json --node-did "$node_did"
run vote verify ada.closed.json --bundle board.json --node-did "$node_did"
run ledger verify
