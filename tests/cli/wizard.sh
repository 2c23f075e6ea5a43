# Sourced by run.sh: `icn wizard`, on a node of real life's profile and on one where membership is open.

# founding_node NAME OPTION...: starts a node with data in $work/NAME.
founding_node() {
  local name=$1
  shift
  ICN_KEY_PASSPHRASE=secret "$icn" node "--data_path=$work/$name" --http_listen_addr=127.0.0.1:0 "$@" >"$work/$name.out" 2>"$work/$name.log" &
  node=$!
  for ((i = 0; i < 100; i++)); do
    url=$(sed -nE 's/^serving +([^ ]+).*/\1/p' "$work/$name.out" 2>/dev/null)
    [[ -n $url ]] && break
    sleep 0.1
  done
  export ICN_URL=$url ICN_DATA_PATH=$work/$name
}
height() { "$icn" --json status | jq -r .status.current_block_height; }
# untouched NAME FOLDER HEIGHT: no folder was made, and no block since HEIGHT.
untouched() {
  check "$1 leaves no folder" 0 '' test ! -e "$2"
  check "$1 changes no ledger" 0 "^$3$" height
}
wizard() { "$icn" wizard --folder "$work/bakery" --no-passphrase "$@"; }
answered() { printf '%s\n' "$@" | "$icn" wizard --folder "$work/bakery" --no-passphrase; }
founders='ada, ben, cyd'

founding_node founded
start=$(height)
check 'a type there is not' 2 'worker, consumer, multi_stakeholder' wizard --type bakery
one_line 'a type there is not'
check 'no name' 2 '1 to 100 characters' wizard --name ''
check 'two founders' 2 '3 to 20 people' wizard --founders 'ada, ben'
check 'a founder twice' 2 '"ada" is taken' wizard --founders 'ada, ben, ada'
check 'a founder no file can be named after' 2 '"../ada"' wizard --founders '../ada, ben, cyd'
check 'a share above the most' 2 'from 0 to 400' wizard --share 400.001
check 'a share of four decimals' 2 'at most 3 decimals' wizard --share 1.2345
check 'no answers' 2 'nothing was changed' wizard --name Bakery
check 'an answer too few' 2 '--share.*nothing was changed' answered 'Rheingasse Bakery' worker 'Basel, CH' "$founders"
check 'no passphrase for the keys' 2 '--no-passphrase leaves' setsid -w "$icn" wizard --folder "$work/bakery" --name Bakery --type worker --place '' \
  --founders "$founders" --share 0
ICN_DATA_PATH=$work/none check 'not the operator' 4 'ICN_API_KEY' wizard --name Bakery
ICN_KEY_FILE=$work/carol.key check 'as a member' 2 'operator' wizard --name Bakery
untouched 'what was refused' "$work/bakery" "$start"

# The answers one by one; each wrong one is asked for again.
check 'five answers' 0 'founded' answered '' 'Rheingasse Bakery' bakery worker 'Basel, CH' 'ada, ben' "$founders" 500 20
cp "$work/err" "$work/asked"
check 'what was wrong is said' 0 'must be one of worker.*' cat "$work/asked"
check 'a founder too few is said' 0 '3 to 20 people' cat "$work/asked"
check 'a share too large is said' 0 'from 0 to 400' cat "$work/asked"
check 'the founders are the members' 0 '"members": 3' "$icn" member list --json
check 'the pool holds their shares' 0 '^balance +60$' "$icn" member pool
bakery=$(jq -r .cooperative.name "$work/bakery/founding.json" && cat "$work/bakery/cooperative.key.did")
check 'it is in the directory' 0 'verified +yes' "$icn" cooperative show "${bakery##*$'\n'}"
for who in ada ben cyd; do
  check "the credential of $who" 0 'fits icn:cooperative:membership:v1' "$icn" credential verify "$work/bakery/$who.member.json"
  check "$who acts with the key file alone" 0 "^account +$(cat "$work/bakery/$who.key.did")" "$icn" --key "$work/bakery/$who.key" mana balance
done
start=$(height)
check 'once more' 0 'founded already: nothing was changed' wizard
check 'once more, with the answers' 0 'founded already' wizard --name 'Rheingasse Bakery' --type worker --founders 'ada,ben,cyd' --share 20.000
check 'once more changes nothing' 0 "^$start$" height
check 'with another answer' 4 'the founding of "Rheingasse Bakery" with --share "20"' wizard --share 30
one_line 'with another answer'
check 'another cooperative on this node' 4 'has a cooperative already' "$icn" wizard --folder "$work/second" --no-passphrase
untouched 'another cooperative on this node' "$work/second" "$start"
if stop_node; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo 'FAILED: the node did not stop cleanly'; fi

# Killed at many moments, each later than the one before, it comes to the same as if it had run once.
founding_node opened --development
check 'a founding on another node' 4 'this is another one' wizard
killed=("$icn" wizard --folder "$work/mill" --no-passphrase --name Mill --type consumer --place '' --founders 'dee, eli, fay' --share 7.5)
interrupted=0
for ((delay_ms = 5; delay_ms < 200; delay_ms += 5)); do
  timeout -s KILL "$(printf '0.%03d' "$delay_ms")" "${killed[@]}" >/dev/null 2>&1 </dev/null
  [[ $? == 137 ]] || break
  interrupted=$((interrupted + 1))
done
check 'it was interrupted' 0 '' test "$interrupted" -gt 3
check 'it goes on' 0 'founded' "${killed[@]}"
check 'then it is whole' 0 'founded already' "${killed[@]}"
check 'each founder is a member once' 0 '^3$' bash -c "'$icn' --json member list | jq '[.items[] | select(.status == \"active\")] | length'"
check 'the cooperative has no vote' 0 '^who may vote +3$' "$icn" member pool
check 'each paid once' 0 '^balance +22.5$' "$icn" member pool
check 'each holds one credential' 0 '^3 3$' bash -c "'$icn' --json credential list --issuer $(cat "$work/mill/cooperative.key.did") | jq -r '[.items[].holder] | \"\\(length) \\(unique | length)\"'"
check 'all keys are protected from others' 0 '^600$' bash -c "stat -c %a '$work'/mill/*.key | sort -u"
stop_node
