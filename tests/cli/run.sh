#!/usr/bin/env bash
# The command line against a real node, in a temporary folder and on a free port. The last line is `N passed, M failed`.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
here=$PWD/tests/cli
icn=${ICN_BIN:-$PWD/build/icn}
programs=$PWD/build/release/examples
examples=$PWD/examples/jobs
work=$(mktemp -d)
passed=0
failed=0
node=''

cleanup() {
  [[ -n $node ]] && kill -TERM "$node" 2>/dev/null && wait "$node" 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT
unset ICN_BIN ICN_URL ICN_API_KEY ICN_DID ICN_KEY_FILE ICN_CA_FILE ICN_DATA_PATH ICN_PROFILE ICN_KEY_PASSPHRASE

# check NAME EXIT_CODE PATTERN COMMAND...: PATTERN (extended regular expression) is found in all it prints.
check() {
  local name=$1 wanted=$2 pattern=$3 code
  shift 3
  "$@" >"$work/out" 2>"$work/err" </dev/null
  code=$?
  if [[ $code == "$wanted" ]] && { [[ -z $pattern ]] || cat "$work/out" "$work/err" | grep -E -- "$pattern" >/dev/null; }; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED $name: exit code $code, wanted $wanted and /$pattern/ in:"
    sed 's/^/    /' "$work/out" "$work/err"
  fi
}

# one_line NAME: the last command said exactly one line on standard error, and nothing on standard output.
one_line() {
  if [[ $(wc -l <"$work/err") == 1 && ! -s $work/out ]]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED $1: more than one line:" && sed 's/^/    /' "$work/out" "$work/err"
  fi
}

# field NAME: a member of the JSON the last command printed.
field() { jq -r ".$1" "$work/out"; }

# start_node [FOLDER [SETTING...]]
start_node() {
  local data=${1:-$work/data}
  "$icn" node --development "--data_path=$data" --http_listen_addr=127.0.0.1:0 "${@:2}" >"$work/node.out" 2>"$work/node.log" &
  node=$!
  for ((i = 0; i < 100; i++)); do
    url=$(sed -nE 's/^serving +([^ ]+).*/\1/p' "$work/node.out" 2>/dev/null)
    [[ -n $url ]] && break
    sleep 0.1
  done
  export ICN_URL=$url ICN_DATA_PATH=$data
}

stop_node() {
  kill -TERM "$node"
  wait "$node"
  local code=$?
  node=''
  return $code
}

# --- without a node
check 'a wrong verb' 2 '`nonsense`.*icn --help' "$icn" nonsense
one_line 'a wrong verb'
check 'a wrong option' 2 'icn mana balance --help' "$icn" mana balance --nonsense
one_line 'a wrong option'
check 'no node' 5 'no node answers at http://127.0.0.1:1 ' "$icn" --url http://127.0.0.1:1 status
one_line 'no node'
check 'bad settings' 6 'mesh.parallel' "$icn" node --check --mesh.parallel=many
check 'effective settings' 0 'http_listen_addr' "$icn" node --check
check 'version' 0 '^icn [0-9]' "$icn" --version
check 'completion' 0 'complete ' "$icn" completion bash
ICN_KEY_PASSPHRASE=secret check 'init' 0 'did:key:z6Mk' "$icn" init --data "$work/fresh" --name mill
(umask 077 && echo secret >"$work/passphrase")
ICN_KEY_PASSPHRASE_FILE=$work/passphrase check 'init with a passphrase file' 0 'did:key:z6Mk' "$icn" init --data "$work/fresh2"
printf '[mesh]\n\nparallel = "many"\n' >"$work/bad.toml"
check 'the line of a wrong value' 6 'bad.toml line 3: mesh.parallel = "many"' "$icn" config check "$work/bad.toml"
printf 'node_name = "mill"\nhttp_listen_addr = "0.0.0.0:80"\n' >"$work/bad.toml"
check 'the line of a contradiction' 6 'bad.toml line 2: http_listen_addr' "$icn" config check "$work/bad.toml"
ICN_MAX_MEMORY=1.5G check 'memory as the performance guide sets it' 0 '^max_memory = 1610612736' "$icn" node --check
ICN_MAX_MEMORY=64M check 'too little memory' 6 'ICN_MAX_MEMORY: max_memory = 67108864 leaves no memory to jobs' "$icn" node --check
check 'settings of init are valid' 0 'valid' "$icn" config check "$work/fresh/icn.toml"
ICN_KEY_PASSPHRASE=secret check 'init twice' 1 'exists already' "$icn" init --data "$work/fresh"
check 'doctor without a node' 0 'none answers' "$icn" doctor --data "$work/fresh" --url http://127.0.0.1:1
check 'a move to a database without its address' 6 'storage.postgresql.url' "$icn" storage migrate --to postgresql --data "$work/fresh"
one_line 'a move to a database without its address'
check 'verify without a ledger' 1 'does not exist' "$icn" ledger verify --data "$work/nothing"

# --- completion, in each shell that is installed
for shell in bash zsh fish; do
  command -v "$shell" >/dev/null || { echo "skipped: completion in $shell, which is not installed" && continue; }
  check "$shell completes a verb" 0 'balance' "$here/complete.sh" "$icn" "$shell" 'icn mana b'
  check "$shell offers verbs" 0 'verify' "$here/complete.sh" "$icn" "$shell" 'icn job '
  check "$shell completes an option" 0 '--type' "$here/complete.sh" "$icn" "$shell" 'icn did create --ty'
  check "$shell offers the values of an option" 0 'person' "$here/complete.sh" "$icn" "$shell" 'icn did create --type '
  check "$shell offers the values of an argument" 0 'fish' "$here/complete.sh" "$icn" "$shell" 'icn completion '
done

# --- a node
start_node
check 'status' 0 'takes writes +yes' "$icn" status
check 'monitor' 0 '^GET /system/status +[0-9.]+ +[1-9]' "$icn" monitor --every 1 --count 2
check 'monitor as JSON' 0 '"requests_per_sec".*"memory_bytes":[1-9].*"routes":\[\{' "$icn" --json monitor --every 1 --count 1
unknown_metrics() {
  grep -ohE '\bicn_[a-z0-9_]+' examples/monitoring/alerts.yml examples/monitoring/dashboard.json | sed -E 's/_(bucket|sum|count)$//' | sort -u |
    comm -23 - <(curl -s "$ICN_URL/system/metrics" | sed -nE 's/^# TYPE ([a-z0-9_]+) .*/\1/p' | sort -u) | grep . && return 1
  jq -e '.panels | length > 5' examples/monitoring/dashboard.json
}
check 'the node has the metrics that the shipped rules and dashboard name' 0 true unknown_metrics
check 'monitor, too often' 2 'must be from 1' "$icn" monitor --every 0
check 'status as JSON' 0 '"node_did"' "$icn" status --json
check 'doctor' 0 'node and this program' "$icn" doctor
check 'doctor on the ledger' 0 '^ledger +ok +[1-9][0-9]* invariants hold' "$icn" doctor
check 'doctor on API keys' 0 '^API keys +ok +1, none of them too old' "$icn" doctor
check 'metrics' 0 '^icn_process_memory_bytes [1-9]' "$icn" metrics icn_process_
cp "$work/out" "$work/metrics"
check 'only those asked for' 1 '' grep -vE '^(# (HELP|TYPE) )?icn_process_' "$work/metrics"
check 'metrics as JSON' 0 '"series": ?"icn_api_requests_total\{' "$icn" metrics --json
check 'node key' 0 'did:key:z6Mk' "$icn" keys show
check 'settings of the node' 0 'profile = "development"' "$icn" config show
ICN_DATA_PATH=$work/none check 'without a key' 4 'ICN_API_KEY' "$icn" keys list
ICN_DATA_PATH=$work/none one_line 'without a key'
check 'an API key' 0 'key ' "$icn" keys create --label mill --role member
check 'the list of API keys' 0 'mill' "$icn" keys list
check 'an invitation' 0 'icn-invite-' "$icn" invite create --label Ada --scope coop:bakery --days 1 --json
code=$(field code)
check 'invitations' 0 'Ada.*coop:bakery' "$icn" invite list
ICN_DATA_PATH=$work/none check 'an accepted invitation' 0 'icn_' "$icn" invite accept "$code" --json
ICN_DATA_PATH=$work/none ICN_API_KEY=$(field key) check "the key of an invitation" 0 "kept by +node" "$icn" did create
ICN_DATA_PATH=$work/none check 'a spent invitation' 4 'invitation_used' "$icn" invite accept "$code"
one_line 'a spent invitation'
check 'an invitation of a member' 0 '"id"' "$icn" invite create --scope local --json
ICN_DATA_PATH=$work/none check 'says how to become one' 0 'icn proposal create TEXT --admit YOUR-DID --scope local' "$icn" invite accept "$(field code)"
check 'an invitation to nowhere' 0 '"id"' "$icn" invite create --scope coop:bakery --json
ICN_DATA_PATH=$work/none check 'says that it is nowhere' 0 'coop:bakery: no scope of that name' "$icn" invite accept "$(field code)"
check 'another invitation' 0 '"id"' "$icn" invite create --json
check 'a withdrawn invitation' 0 'revoked +yes' "$icn" invite revoke "$(field info.id)"

# --- peers
peer=12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq
check 'no bans' 0 'no peer is banned' "$icn" peers bans
check 'a ban' 0 'sends nonsense' "$icn" peers ban $peer --secs 60 --reason 'sends nonsense'
check 'the list of bans' 0 'sends nonsense' "$icn" peers bans
check 'a ban of nobody' 4 'bad_peer_id' "$icn" peers ban somebody
one_line 'a ban of nobody'
check 'a lifted ban' 0 'lifted +yes' "$icn" peers unban $peer
check 'a ban that was lifted' 4 'ban_not_found' "$icn" peers unban $peer
one_line 'a ban that was lifted'
check 'the list of peers' 0 'no peers' "$icn" peers
check 'a ping of all peers' 0 'no peers' "$icn" network ping
check 'at start it said where peers reach it' 0 '^peer +/ip4/127\.0\.0\.1/tcp/[0-9]+/p2p/12D3KooW' cat "$work/node.out"
check 'as the interface does' 0 'true' jq --rawfile said "$work/node.out" \
  '[.addresses[] as $each | $said | contains("peer      " + $each + "\n")] | all and length > 0' <(curl -sS "$url/network/local-peer-id")
check 'a ping of nobody' 4 'peer_not_found' "$icn" network ping $peer
one_line 'a ping of nobody'

# --- identities and mana
check 'a member' 0 '"did"' "$icn" did create --json
alice=$(field did)
check 'another member' 0 '"did"' "$icn" did create --json
bob=$(field did)
check 'resolve' 0 '"verificationMethod"' "$icn" did resolve "$alice"
check 'an unknown DID' 4 'not_found' "$icn" did resolve did:icn:person:2Uw1bpgSgLW2F9ydHPfGeD
one_line 'an unknown DID'
check 'balance' 0 '^balance +1750' "$icn" mana balance "$alice"
check 'transfer' 0 '^transfer +tr_' "$icn" mana transfer "$bob" 12.5 --memo bread --as "$alice"
check 'less than nothing' 2 'AMOUNT: -3 is not above 0' "$icn" mana transfer "$bob" --as "$alice" -- -3
one_line 'less than nothing'
check 'too much' 4 'exceeds_balance' "$icn" mana transfer "$bob" 999999 --as "$alice"
one_line 'too much'
check 'history' 0 'transfer_out +-12.5' "$icn" mana history "$alice"
check 'supply' 0 'adds up +yes' "$icn" mana supply
check 'machines' 0 'counted' "$icn" mana declare --cores 2 --memory-mb 4096 --as "$alice"
check 'capacity' 0 'sigma' "$icn" mana capacity "$alice"
check 'explanation' 0 '2 of 2 cores' "$icn" mana explain "$alice"
check 'machines no more' 0 'counted' "$icn" mana declare --as "$alice"
check 'no machines' 4 'nothing_declared' "$icn" mana capacity "$alice"
check 'no voucher is needed' 4 'already_verified' "$icn" mana vouch "$bob" --as "$alice"
check 'no penalties' 0 'no penalties' "$icn" mana penalties "$alice"
check 'nothing to contest' 4 'penalty_not_found' "$icn" mana contest pr_none 'there is none' --as "$alice"
check 'endorsement' 0 '^points +0.5' "$icn" reputation endorse "$bob" bookkeeping --as "$alice"
check 'reputation' 0 '^score +50.5' "$icn" reputation show "$bob"
check 'its events' 0 'peer_endorsement' "$icn" reputation history "$bob"
check 'events since nonsense' 4 'icn: .*since take the seq' "$icn" events --since nonsense
check 'events that there are not' 4 'no event "foo"; there are .*JobStatusChanged' "$icn" events --types foo
one_line 'events that there are not'
check 'appeal' 0 '^state +open' "$icn" reputation appeal 1 'that was another one' --as "$bob"
check 'trust' 0 '^how far +full' "$icn" cooperative trust "$bob" full --as "$alice"
check 'who trusts whom' 0 'full' "$icn" trust list --from "$alice"
check 'a path of trust' 0 '^trust +3' "$icn" trust paths "$alice" "$bob"
check 'a score of trust' 0 '^score' "$icn" trust score "$bob"
check 'all trust' 0 '^edges +1' "$icn" trust stats
check 'rotate' 0 'key-2' "$icn" did rotate "$bob"
check 'deactivate needs a yes' 2 'add --yes' "$icn" did deactivate "$bob"
check 'deactivate' 0 'version +3' "$icn" did deactivate "$bob" --yes

# --- keys that stay with the member
check 'a key file' 0 'did:key:z6Mk' "$icn" did key new "$work/carol.key" --no-passphrase
check 'a DID of it' 0 '"client"' "$icn" did create --json --key "$work/carol.key"
carol=$(field did)
check 'signed here' 0 '^transfer +tr_' "$icn" mana transfer "$alice" 1 --as "$carol" --key "$work/carol.key"
check 'another key file' 0 'did:key:z6Mk' "$icn" did key new "$work/carol2.key" --no-passphrase
check 'rotated here' 0 'key-2' "$icn" did rotate "$carol" --key "$work/carol.key" --new-key "$work/carol2.key"
check 'the retired key' 4 'is none of' "$icn" mana transfer "$alice" 1 --as "$carol" --key "$work/carol.key"
mv "$work/carol2.key" "$work/carol.key"
# Another passphrase, or none: the same key, and the same DID.
(export ICN_KEY_PASSPHRASE=secret && "$icn" did key new "$work/sealed.key" >"$work/sealed.out" && echo "$carol" >"$work/sealed.key.did")
sealed=$(sed -nE 's/^did +//p' "$work/sealed.out")
ICN_KEY_PASSPHRASE=secret check 'a copy without one' 0 "$sealed" "$icn" did key copy "$work/sealed.key" "$work/open.key" --no-passphrase
check 'opens without one' 0 "$sealed" "$icn" did key show "$work/open.key"
check 'it is for nobody else' 0 '^600$' stat -c %a "$work/open.key"
check 'it stands for the same DID' 0 "^$carol$" cat "$work/open.key.did"
check 'a copy over another key' 1 'exists already' "$icn" did key copy "$work/open.key" "$work/carol.key" --no-passphrase
ICN_KEY_PASSPHRASE=other check 'a copy with another one' 0 "$sealed" "$icn" did key copy "$work/open.key" "$work/other.key"
ICN_KEY_PASSPHRASE=secret check 'does not open with the first' 7 'passphrase' "$icn" did key show "$work/other.key"
# A key that the node keeps is given out once: not for a file that cannot be.
check 'somebody whose key the node keeps' 0 '"node"' "$icn" did create --json
eve=$(field did)
check 'a key over another' 1 'exists already' "$icn" did key export "$eve" "$work/open.key" --no-passphrase
check 'a key into no folder' 1 'cannot be written' "$icn" did key export "$eve" "$work/nowhere/eve.key" --no-passphrase
check 'a key without a passphrase' 7 'passphrase' setsid -w "$icn" did key export "$eve" "$work/eve.key"
check 'the key of somebody else' 4 'key_not_kept' "$icn" did key export "$carol" "$work/eve.key" --no-passphrase
check 'no file of these' 1 '' test -e "$work/eve.key"
if [[ $(id -u) == 0 ]]; then # whom access(2) says that this folder can be written
  check 'somebody else whose key the node keeps' 0 '"node"' "$icn" did create --json
  fay=$(field did)
  mkdir "$work/tmp"
  TMPDIR=$work/tmp check 'a key whose file cannot be written' 1 "the key is in $work/tmp/icn-key-" "$icn" did key export "$fay" /proc/fay.key --no-passphrase
  one_line 'a key whose file cannot be written'
  cp "$work/err" "$work/said"
  check 'it is in no output' 1 '' grep -qE 'z3u2|[0-9a-f]{64}' "$work/said"
  check 'it is there, for nobody else' 0 '^600$' stat -c %a "$work"/tmp/icn-key-*
  check 'and is whole' 0 'did:key:z6Mk' "$icn" did key show "$work"/tmp/icn-key-*
  check 'and one more whose key the node keeps' 0 '"node"' "$icn" did create --json
  gil=$(field did)
  TMPDIR=/proc check 'a key that can be written nowhere' 1 'gives it out no more' "$icn" did key export "$gil" /proc/gil.key --no-passphrase
  one_line 'a key that can be written nowhere'
  cp "$work/err" "$work/said"
  check 'it is in no output, either' 1 '' grep -qE 'z3u2|[0-9a-f]{64}' "$work/said"
fi
ICN_KEY_PASSPHRASE=secret check 'a kept key, to a file' 0 'did:key:z6Mk' "$icn" did key export "$eve" "$work/eve.key"
check 'it is for nobody else, either' 0 '^600$' stat -c %a "$work/eve.key"
check 'it stands for its DID' 0 "^$eve$" cat "$work/eve.key.did"
ICN_DATA_PATH=$work/none ICN_KEY_PASSPHRASE=secret check 'it signs' 0 '^transfer +tr_' "$icn" mana transfer "$alice" 1 --key "$work/eve.key"
check 'a kept key, once more' 4 'key_already_exported' "$icn" did key export "$eve" "$work/eve2.key" --no-passphrase
one_line 'a kept key, once more'
ICN_KEY_PASSPHRASE=secret check 'a key that only its file holds' 0 'key-2' "$icn" did rotate "$eve" --key "$work/eve.key" --new-key "$work/open.key"
check 'no services' 0 'no services' "$icn" did services "$carol"
check 'a service that is none' 2 'ID=TYPE=URI' "$icn" did services "$carol" --add shop --key "$work/carol.key"
check 'a service' 0 '^version +3' "$icn" did services "$carol" --add shop=LinkedDomains=https://bakery.example --key "$work/carol.key"
check 'services' 0 'shop +LinkedDomains +https://bakery.example' "$icn" did services "$carol"
check 'a service less' 0 '^version +4' "$icn" did services "$carol" --remove shop --key "$work/carol.key"
check 'signed with the new key' 0 '^transfer +tr_' "$icn" mana transfer "$alice" 1 --as "$carol" --key "$work/carol.key"
check 'a key of somebody else' 4 'is none of' "$icn" mana transfer "$carol" 1 --as "$alice" --key "$work/carol.key"

# --- credentials
export ICN_DID=$alice
check 'issue' 0 '^credential +baf' "$icn" credential issue "$carol" --type OrganizationMember --claim role=baker --claim years=7 -o "$work/member.json"
check 'a number stays one' 0 '"years": 7' cat "$work/member.json"
check 'verify' 0 '^verified' "$icn" credential verify "$work/member.json"
check 'an issuer that is not trusted' 3 'trust +no' "$icn" credential verify "$work/member.json" --trusted-issuer "$carol"
check 'list' 0 '"OrganizationMember"' "$icn" credential list --holder "$carol" --json
credential=$(field 'items[0].cid')
check 'opened with its holders key' 0 'baker' "$icn" credential show "$credential" --as "$carol" --key "$work/carol.key"
sed 's/baker/chair/' "$work/member.json" >"$work/forged.json"
check 'a changed one' 3 'signature +no' "$icn" credential verify "$work/forged.json"
check 'whatever it is' 0 '^verified' "$icn" verify "$work/member.json"
check 'whatever it is, changed' 3 'signature +no' "$icn" verify "$work/forged.json"
echo '{"a": 1}' >"$work/any.json"
check 'nothing that anybody signed' 2 'nothing that can be verified' "$icn" verify "$work/any.json"
check 'no file' 2 'no file' "$icn" verify "$work/nowhere.json"
curl -s "$ICN_URL/identity/did/$alice" >"$work/alice.json"
for purpose in revocation suspension; do
  curl -s "$(jq -r ".credentialStatus[] | select(.statusPurpose == \"$purpose\").statusListCredential" "$work/member.json")" >"$work/$purpose.json"
done
offline=(env ICN_URL=http://127.0.0.1:1 "$icn" credential verify --offline --did-document "$work/alice.json")
check 'offline, without its lists' 3 'status +no' "${offline[@]}" "$work/member.json"
offline+=(--status-list "$work/revocation.json" --status-list "$work/suspension.json")
check 'offline, by lists of nobody' 3 'which nobody named' "${offline[@]}" "$work/member.json"
offline+=(--authority "$(jq -r .issuer "$work/revocation.json")")
check 'offline' 0 '^verified' "${offline[@]}" "$work/member.json"
check 'a changed one offline' 3 'signature +no' "${offline[@]}" "$work/forged.json"
check 'evidence' 0 '' "$icn" credential evidence "$work/member.json" -o "$work/evidence.json"
offline=(env ICN_URL=http://127.0.0.1:1 "$icn" credential verify --offline --evidence "$work/evidence.json")
check 'offline by evidence' 0 'named by --authority +no' "${offline[@]}" "$work/member.json"
check 'by evidence of a node that is named' 0 'named by --authority +yes' "${offline[@]}" "$work/member.json" \
  --authority "$(jq -r .authority "$work/evidence.json")"
check 'by evidence of another than is named' 3 'which nobody named' "${offline[@]}" "$work/member.json" --authority "$carol"
check 'a changed one by evidence' 3 'signature +no' "${offline[@]}" "$work/forged.json"
check 'evidence for a node' 2 'goes with --offline' "$icn" credential verify "$work/member.json" --evidence "$work/evidence.json"
check 'evidence without a node' 5 'no node answers' env ICN_URL=http://127.0.0.1:1 "$icn" credential evidence "$work/member.json"
check 'suspend' 0 '^status +suspended' "$icn" credential revoke "$credential" 'on leave' --suspend
check 'a suspended one' 3 'is suspended' "$icn" credential verify "$work/member.json"
check 'new evidence' 0 '' "$icn" credential evidence "$work/member.json" -o "$work/evidence.json"
check 'a suspended one offline' 3 'is suspended' "${offline[@]}" "$work/member.json"
check 'lift' 0 '^status +active' "$icn" credential revoke "$credential" 'back' --lift
check 'revoke' 0 '^status +revoked' "$icn" credential revoke "$credential" 'left'
check 'revoke once' 4 'already_revoked' "$icn" credential revoke "$credential" 'left'
check 'a revoked one' 3 'was revoked' "$icn" credential verify "$work/member.json"
check 'signed here' 0 '^credential +baf' "$icn" credential issue "$alice" --claim skill=rye --as "$carol" --key "$work/carol.key" -o "$work/skill.json"
check 'verify what was signed here' 0 '^verified' "$icn" credential verify "$work/skill.json"
check 'issue in parts' 0 '^credential +baf' "$icn" credential issue "$carol" --format dc+sd-jwt --claim skill=rye --claim street=Rheingasse \
  --disclosable skill --disclosable street -o "$work/parts.txt"
check 'disclose' 0 '' "$icn" credential disclose "$work/parts.txt" --field skill --verifier shop --challenge n1 --as "$carol" --key "$work/carol.key" -o "$work/shown.txt"
check 'what is shown' 0 '"skill": "rye"' "$icn" credential verify "$work/shown.txt" --challenge n1 --domain shop --json
cp "$work/out" "$work/shown.json"
check 'what is not' 1 '' grep -q Rheingasse "$work/shown.json"
check 'another challenge' 3 'another challenge' "$icn" credential verify "$work/shown.txt" --challenge n2
check 'present' 0 '' "$icn" credential present "$work/skill.json" --verifier shop --challenge n1 -o "$work/presented.json"
check 'a presentation' 0 '^verified' "$icn" credential verify "$work/presented.json" --challenge n1 --domain shop
echo '{"type": "object", "required": ["skill"], "properties": {"skill": {"type": "string"}}}' >"$work/schema.json"
check 'a schema' 0 '^schema +bread:skill:v1' "$icn" credential schema add bread:skill "$work/schema.json"
check 'claims that do not fit' 4 'claims_refused' "$icn" credential issue "$carol" --schema bread:skill:v1 --claim name=x
check 'schemas' 0 'bread:skill:v1' "$icn" credential schema list
check 'a schema, signed here' 0 '^schema +rye:skill:v1' "$icn" credential schema add rye:skill "$work/schema.json" --as "$carol" --key "$work/carol.key"
check 'its author' 0 "$carol" jq -r '.items[] | select(.id == "rye:skill:v1").author' <("$icn" credential schema list --json)
echo '{"type": "array"}' >"$work/no_schema.json"
check 'no schema, signed here' 2 'claims are an object' "$icn" credential schema add rye:none "$work/no_schema.json" --as "$carol" --key "$work/carol.key"
issued_by_carol() { "$icn" --json credential list --issuer "$carol" | jq '.items | length'; }
before=$(issued_by_carol)
signed=("$icn" credential issue "$alice" --as "$carol" --key "$work/carol.key")
check 'claims that do not fit, signed here' 4 'claims_refused' "${signed[@]}" --schema bread:skill:v1 --claim name=x
one_line 'claims that do not fit, signed here'
check 'nor a standard schema' 4 'role.*claims_refused' "${signed[@]}" --schema icn:cooperative:membership:v1 --claim a=1
check 'a schema there is not' 4 'schema_not_found' "${signed[@]}" --schema bread:nothing:v1 --claim a=1
check 'nothing of these is on the ledger' 0 "^$before$" issued_by_carol
check 'claims that fit, signed here' 0 '^credential +baf' "${signed[@]}" --schema bread:skill:v1 --claim skill=rye -o "$work/fits.json"
check 'evidence with its schema' 0 '' "$icn" credential evidence "$work/fits.json" -o "$work/evidence.json"
check 'a schema of the ledger, offline' 0 'fits bread:skill:v1' "${offline[@]}" "$work/fits.json"
check 'evidence of a presentation' 0 '' "$icn" credential evidence "$work/presented.json" -o "$work/evidence.json"
check 'a presentation offline' 0 '^verified' "${offline[@]}" "$work/presented.json" --challenge n1 --domain shop
check 'an issuer with a new key to come' 0 '"did"' "$icn" did create --json
ivy=$(field did)
check 'issued under its first key' 0 '^credential +baf' "$icn" credential issue "$carol" --claim skill=rye --as "$ivy" -o "$work/first.json"
check 'a new key' 0 'key-2' "$icn" did rotate "$ivy"
check 'evidence of then' 0 '' "$icn" credential evidence "$work/first.json" -o "$work/evidence.json"
check 'what its first key signed, offline' 0 '^verified' "${offline[@]}" "$work/first.json"
check 'for few uses, in one place, revocable by another' 0 '^credential +baf' "${signed[@]}" --claim skill=rye --usage-limit 2 \
  --context market --revocable-by "$ivy" -o "$work/terms.json"
terms=$(awk '/^credential/ { print $2 }' "$work/out")
check 'its uses' 0 '0 of 2 uses' "$icn" credential verify "$work/terms.json" --context market
check 'in another place' 3 'not for the context' "$icn" credential verify "$work/terms.json" --context bank
check 'noted that it was shown' 0 '^uses +1' "$icn" credential anchor "$terms" "$carol" --field skill --as "$alice"
check 'a use' 0 '1 of 2 uses' "$icn" credential verify "$work/terms.json" --context market
check 'noted by somebody else' 4 'not_holder' "$icn" credential anchor "$terms" "$ivy" --as "$carol" --key "$work/carol.key"
check 'the same by the node' 0 '"cid"' "$icn" credential issue "$carol" --claim skill=rye --usage-limit 2 \
  --context market --revocable-by "$ivy" -o "$work/terms.json" --json
terms=$(field cid)
check 'in another place, too' 3 'not for the context' "$icn" credential verify "$work/terms.json" --context bank
check 'noted, signed here' 0 '^uses +1' "$icn" credential anchor "$terms" "$ivy" --field skill --as "$carol" --key "$work/carol.key"
check 'revoked by who is named' 0 '^status +revoked' "$icn" credential revoke "$terms" 'lost' --as "$ivy"
unset ICN_DID

# --- disputes, amendments and guardians
check 'a dispute, signed here' 0 '"open"' "$icn" dispute open "$alice" 'She owes me 20 mana.' --level mediation --type economic --value 20 \
  --subject 'trade of Monday' --json --as "$carol" --key "$work/carol.key"
dispute=$(field dispute_id)
check 'a value that is none' 2 'no amount' "$icn" dispute open "$carol" 'x' --value much --as "$alice"
one_line 'a value that is none'
check 'another dispute' 0 '^state +open' "$icn" dispute open "$carol" 'He does not answer.' --as "$alice"
check 'disputes' 0 'mediation +open' "$icn" dispute list --of "$alice"
check 'evidence' 0 '^state +open' "$icn" dispute evidence "$dispute" 'I paid on Tuesday.' --as "$alice"
check 'evidence, signed here' 0 '^state +open' "$icn" dispute evidence "$dispute" 'Nothing came.' --as "$carol" --key "$work/carol.key"
check 'a dispute with its evidence' 0 'I paid on Tuesday' "$icn" dispute show "$dispute"
check 'what was said here' 0 'Nothing came' "$icn" dispute show "$dispute"
check 'an outcome there is not' 2 'withdrawn' "$icn" dispute resolve "$dispute" gone --as "$alice"
check 'an outcome of the other party' 4 'G007' "$icn" dispute resolve "$dispute" upheld --as "$carol" --key "$work/carol.key"
check 'conceded' 0 '^state +upheld' "$icn" dispute resolve "$dispute" upheld --as "$alice"
check 'once' 4 'wrong_state' "$icn" dispute resolve "$dispute" withdrawn --as "$carol" --key "$work/carol.key"
check 'a delegation until a day' 0 '"valid_until"' "$icn" vote delegate "$bob" --until "$(date -u -d '+40 days' +%F)" --as "$alice" --json
check 'to the end of that day' 0 '' test "$(field valid_until)" = "$(date -u -d "$(date -u -d '+41 days' +%F)" +%s)"
check 'no such day' 2 'is no day like' "$icn" vote delegate "$bob" --until 2027-02-30 --as "$alice"
check 'whom it leads to' 0 "generic +follows +$bob" "$icn" vote effective "$alice"
check 'what a member should know' 0 'nothing waits' "$icn" vote notices "$bob"
check 'signs of an emergency' 0 'sybil_storm' "$icn" emergency signs
echo '{"options": ["rye", "oat"], "ballots": [{"approvals": ["rye"], "count": 3}, {"approvals": ["oat", "rye"]}, {"choice": "abstain"}]}' >"$work/ballots.json"
count=(env ICN_URL=http://127.0.0.1:1 "$icn" vote count)
check 'ballots of a file, without a node' 0 '^round 1 +oat 1 +rye 4 +elected rye$' "${count[@]}" approval "$work/ballots.json"
check 'as the node counts them' 0 '' diff <("${count[@]}" approval "$work/ballots.json" --json | jq -S .) \
  <(curl -s -H 'content-type: application/json' -d "@$work/ballots.json" "$url/governance/tally/approval" | jq -S .)
check 'by another method' 2 'ballots\[0\].*ranking' "${count[@]}" ranked_choice "$work/ballots.json"
check 'by no method' 2 'approval' "${count[@]}" lottery "$work/ballots.json"
check 'by consensus, urgent, without delegates' 0 '"voting_ends"' "$icn" proposal create 'Who keeps the key?' --action '{"type":"GenericText","data":{}}' \
  --method consensus --urgency high --falls-back --no-delegation --quorum dynamic --json --as "$alice"
check 'it is shown' 0 '' "$icn" proposal show "$(field proposal_id)" --json
cp "$work/out" "$work/shown.json"
check 'with its terms' 0 '^true$' jq '.urgency == "high" and .method_params.falls_to_supermajority and (.delegation | not)' "$work/shown.json"
check 'the same, signed here' 0 '"voting_ends"' "$icn" proposal create 'Who keeps the other key?' --action '{"type":"GenericText","data":{}}' \
  --method consensus --urgency low --no-delegation --json --as "$carol" --key "$work/carol.key"
check 'it is shown too' 0 '' "$icn" proposal show "$(field proposal_id)" --json
cp "$work/out" "$work/shown.json"
check 'with the terms signed here' 0 '^true$' jq '.urgency == "low" and (.delegation | not)' "$work/shown.json"
check 'a text that is too short, signed here' 4 'too_short' "$icn" proposal create 'Shall we bake rye bread?' --upgrade 2.0 \
  --as "$carol" --key "$work/carol.key"
one_line 'a text that is too short, signed here'
check 'a proposal, signed here' 0 '"discussion"' "$icn" proposal create \
  'Shall we bake rye bread? It would be baked on Mondays and Thursdays, from next week on, for as long as the mill has rye.' --title 'Rye bread' --rationale 'It keeps.' \
  --upgrade 2.0 --discussion-secs 600 --json --as "$carol" --key "$work/carol.key"
proposal=$(field proposal_id)
check 'amended too short, signed here' 4 'too_short' "$icn" proposal amend "$proposal" --text 'Shall we bake spelt bread?' --as "$carol" --key "$work/carol.key"
check 'amended, signed here' 0 '^revision +2' "$icn" proposal amend "$proposal" --as "$carol" --key "$work/carol.key" --text \
  'Shall we bake spelt bread? It would be baked on Mondays and Thursdays, from next week on, for as long as the mill has spelt.'
check 'the new text' 0 'spelt bread' "$icn" proposal show "$proposal"
check 'the former title' 0 '^title +Rye bread' "$icn" proposal show "$proposal"
check 'amended by somebody else' 4 'not_proposer' "$icn" proposal amend "$proposal" --as "$alice" \
  --text 'Shall we bake nothing at all, and none of the breads that were named before, from next Monday on until somebody proposes another bread?'
guardians=()
for name in dee eli fay; do
  check "guardian $name" 0 '"did"' "$icn" did create --json
  declare "$name=$(field did)"
  guardians+=(--guardian "$(field did)")
done
check 'guardians' 0 '^needed +3' "$icn" did guardians "$carol" "${guardians[@]}" --threshold 3 --key "$work/carol.key"
"$icn" did key new "$work/found.key" --no-passphrase >/dev/null
check 'a claim' 0 '' "$icn" did claim "$carol" "$work/found.key" -o "$work/claim.json"
check 'asked for' 0 '^state +collecting' "$icn" did recover "$work/claim.json" --as "$dee"
check 'agreed to' 0 '^state +collecting' "$icn" did approve "$carol" "$(jq -r .new_key "$work/claim.json")" --as "$eli"
check 'by enough' 0 '^state +waiting' "$icn" did approve "$carol" "$(jq -r .new_key "$work/claim.json")" --as "$fay"
check 'taken back' 0 '^state +cancelled' "$icn" did veto "$carol" "$(jq -r .new_key "$work/claim.json")" --key "$work/carol.key"
check 'guardians and what they want' 0 'threshold' "$icn" did guardians "$carol"

# --- ledger
check 'blocks' 0 '^HEIGHT' "$icn" ledger blocks --limit 2
check 'block 0' 0 'genesis' "$icn" ledger show 0
check 'a transaction that is none' 0 'unknown' "$icn" ledger show "$(printf '0%.0s' {1..64})"
check 'verify while the node runs' 10 'stop' "$icn" ledger verify

# --- content
check 'put' 0 '^baf' "$icn" dag put "$examples/echo/input.txt"
cid=$(<"$work/out")
check 'get' 0 '' "$icn" dag get "$cid" -o "$work/got"
check 'the same content' 0 '' cmp "$work/got" "$examples/echo/input.txt"
check 'get what is not there' 4 'E001' "$icn" dag get bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy -o "$work/got"
check 'the file is as it was' 0 '' cmp "$work/got" "$examples/echo/input.txt"
check 'stat' 0 'size' "$icn" dag stat "$cid"
check 'pin' 0 "$cid" "$icn" dag pin "$cid"
check 'pins' 0 "$cid" "$icn" dag pins
check 'export' 0 '' "$icn" dag export "$cid" -o "$work/out.car"
check 'import' 0 "$cid" "$icn" dag import "$work/out.car"
check 'unpin' 0 '' "$icn" dag unpin "$cid"
mkdir -p "$work/folder/inner/empty" && echo 'deep' >"$work/folder/inner/a file.txt" && head -c 3000000 /dev/zero >"$work/folder/zeros"
check 'a folder' 0 '^bafybei' "$icn" dag put "$work/folder"
folder=$(<"$work/out")
check 'a file in it' 0 '^deep$' "$icn" dag get "$folder/inner/a file.txt"
check 'a large file in it' 0 '' "$icn" dag get "$folder/zeros" -o "$work/got"
check 'as it was put' 0 '' cmp "$work/got" "$work/folder/zeros"
check 'a folder is the same again' 0 "^$folder\$" "$icn" dag put "$work/folder" --as "$alice"
ln -s /etc/passwd "$work/folder/link"
check 'a link in a folder' 2 'folder/link is a symbolic link' "$icn" dag put "$work/folder"
one_line 'a link in a folder'
check 'prune' 0 'removed' "$icn" dag prune --dry-run

# --- jobs
check 'a new job' 0 'made' "$icn" job new "$work/counter"
check 'it runs as its Makefile says' 0 '^3$' make -s -C "$work/counter" run
check 'a new job as JSON' 0 'Makefile' "$icn" job new "$work/adder" --json
cp "$work/out" "$work/new.json"
check 'a new job as JSON is one' 0 '' jq -e '.path and (.files | length > 2)' "$work/new.json"
check 'a name for a job' 2 'no name' "$icn" job new "$work/a b"
if [[ -e $programs/patronage_refund.wasm ]]; then
  job=$programs/patronage_refund.wasm
  input=$examples/patronage_refund/input.csv
  check 'run here' 0 'fuel' "$icn" job run --local "$job" --input "$input" --arg 4210.07 --output "$work/here"
  check 'the right shares' 0 '' diff "$work/here" "$examples/patronage_refund/expected.csv"
  check 'the result CID here' 0 'result baf' "$icn" job run --local "$job" --input "$input" --arg 4210.07 --output "$work/here"
  printf '\0asm\1\0\0\0\1\4\1\140\0\0\2\13\1\3icn\3fly\0\0' >"$work/unknown.wasm"
  check 'an unknown import' 3 'get_mana_balance' "$icn" job run --local "$work/unknown.wasm"
  check 'not enough fuel' 3 'fuel' "$icn" job run --local "$job" --input "$input" --arg 4210.07 --fuel 10
  check 'estimate' 0 'price' "$icn" job estimate "$job" --input "$input" --arg 4210.07
  check 'estimate of what nobody has' 0 'no known executor would run it: lacks capability LargeDatasets' "$icn" job estimate "$job" \
    --capability LargeDatasets
  check 'a deadline that is none' 2 'deadline soon' "$icn" job estimate "$job" --deadline soon
  check 'a strategy that is none' 2 'strategy' "$icn" job estimate "$job" --strategy luck
  check 'terms' 0 '"completed"' "$icn" job submit "$job" --input "$input" --arg 4210.07 --wait --as "$alice" --json \
    --strategy lowest_price --privacy public --deadline +600 --min-reputation 10 --capability CclWasm --cores 1 --storage 5 \
    --long-running --may-differ
  cp "$work/out" "$work/terms.json"
  check 'terms as they were given' 0 '' jq -e '.spec | .privacy == "public" and .determinism == false and .strategy == "lowest_price" and .min_executor_reputation == 10 and
    .capabilities == ["CclWasm"] and .resources.storage_mb == 5 and .long_running and .deadline > 1700000000' "$work/terms.json"
  check 'terms that nobody meets' 3 'J003' "$icn" job submit "$job" --input "$input" --arg 4210.07 --wait --as "$alice" --max-price 20 \
    --federation another
  check 'submit and wait' 0 'receipt baf' "$icn" job submit "$job" --input "$input" --arg 4210.07 --wait --as "$alice" \
    --output "$work/there"
  check 'the right shares from the node' 0 '' diff "$work/there" "$examples/patronage_refund/expected.csv"
  check 'jobs' 0 'completed' "$icn" job list --json
  id=$(jq -r '.items[0].job_id' "$work/out")
  check 'a job' 0 'timeline' "$icn" job show "$id"
  check 'its result' 0 '' "$icn" job result "$id" -o "$work/result"
  check 'the same result' 0 '' cmp "$work/result" "$examples/patronage_refund/expected.csv"
  check 'its receipt holds' 0 'the receipt holds' "$icn" job verify "$id"
  check 'a receipt as JSON' 0 'receipt' "$icn" job show "$id" --json
  cp "$work/out" "$work/receipt.json"
  check 'the receipt of a file' 0 'on the ledger +yes' "$icn" job verify "$work/receipt.json"
  check 'the same, recognised' 0 'on the ledger +yes' "$icn" verify "$work/receipt.json"
  check 'and by its id' 0 'the receipt holds' "$icn" verify "$id"
  check 'the receipt of a CID' 0 'the receipt holds' "$icn" job verify "$(jq -r .job.receipt_cid "$work/receipt.json")"
  jq '.receipt.fuel_used += 1' "$work/receipt.json" >"$work/forged.json"
  check 'a forged receipt' 3 'does NOT hold: the signature' "$icn" job verify "$work/forged.json"
  check 'no receipt' 4 'neither a file' "$icn" job verify bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy
  check 'no receipt, and no CID' 4 'neither a file' "$icn" job verify nonsense
  check 'effects of a job that asks for none' 4 'asks nothing of the ledger' "$icn" job effects "$id"
  check 'signed here, with input' 0 'receipt baf' "$icn" job submit "$job" --input "$input" --arg 4210.07 --wait \
    --as "$carol" --key "$work/carol.key" --output "$work/signed"
  check 'the right shares for who signed' 0 '' diff "$work/signed" "$examples/patronage_refund/expected.csv"
  ICN_DATA_PATH=$work/none check 'signed here, without an API key' 0 'receipt baf' "$icn" job submit "$job" --input "$input" \
    --arg 4210.07 --wait --as "$carol" --key "$work/carol.key" --output "$work/signed"
  check 'signed jobs' 0 "$carol" "$icn" job list --submitter "$carol" --json
  signed=$(jq -r '.items[0].job_id' "$work/out")
  ICN_DATA_PATH=$work/none check 'the result for who signed' 0 '' "$icn" job result "$signed" --as "$carol" --key "$work/carol.key"
  ICN_DATA_PATH=$work/none check 'the result for nobody else' 4 'parties' "$icn" job result "$signed"
  check 'executors' 0 '^did:key:z6Mk.* CclWasm' "$icn" job executors
  check 'watch' 0 'completed' "$icn" job watch "$id"
  check 'watch as JSON' 0 '"stage":"completed".*"is_final":true' "$icn" job watch "$id" --json
  check 'logs that are followed' 0 '' "$icn" job logs -f "$id"
  check 'logs as JSON' 0 '' "$icn" job logs "$id" --json
  check 'cancel too late' 4 '\(' "$icn" job cancel "$id" --as "$alice"
fi

# --- what a job asks of the ledger: a module written by hand that pays its first argument 2 mana and submits its second
base64 -d >"$work/asks.wasm" <<'END'
AGFzbQEAAAABGwRgA39/fwF/YAN/f34Bf2AEf39/fwF/YAABfwI1AwNpY24DYXJnAAADaWNuDXRyYW5zZmVyX21hbmEAAQNpY24Pc3VibWl0X21lc2hfam9iAAIDAgEDBQMBAAEHEAIGbWVtb3J5AgADcnVuAAMKOgE4AQF/QQBBAEGABBAAIQBBACAAQtAPEAFB6AdsQQFBgAhBgMAAEAAhAEGACCAAQYCAAUHAABACags=
END
asks=("$icn" job submit "$work/asks.wasm" --arg "$alice" --arg '{}' --read "mana_balance:$alice")
check 'a grant without a ceiling' 2 'mana-max' "${asks[@]}" --grant pay --pay-to "$alice"
one_line 'a grant without a ceiling'
check 'a job that asks, signed here' 0 '"completed"' "${asks[@]}" --grant pay --pay-to "$alice" --mana-max 5 --wait --json \
  --as "$carol" --key "$work/carol.key"
asking=$(jq -r .job.job_id "$work/out")
check 'its effects' 0 'open' "$icn" job effects "$asking" --as "$carol" --key "$work/carol.key"
check 'its effects for who signed alone' 4 'submitter' "$icn" job confirm "$asking" --as "$alice"
one_line 'its effects for who signed alone'
check 'its receipt holds with its effects' 0 'same effects +yes' "$icn" job verify "$asking"
check 'confirm' 0 'applied' "$icn" job confirm "$asking" --as "$carol" --key "$work/carol.key"
check 'confirm once' 4 'effects_ended' "$icn" job confirm "$asking" --as "$carol" --key "$work/carol.key"
check 'a job that asks too much' 0 '"completed"' "${asks[@]}" --grant pay --pay-to "$alice" --mana-max 5 --wait --json \
  --as "$carol" --key "$work/carol.key"
check 'decline' 0 'declined' "$icn" job confirm "$(jq -r .job.job_id "$work/out")" --decline --as "$carol" --key "$work/carol.key"

# --- jobs that go on
. "$here/resume.sh"

# --- all of one's own data, read with nothing of icn
check 'an endorsement' 0 '^points' "$icn" reputation endorse "$carol" baking --as "$alice"
check 'a vote' 0 '"proposal_id"' "$icn" proposal create 'How is the oven called?' --action '{"type":"GenericText","data":{}}' --json --as "$alice"
check 'a ballot' 0 '' "$icn" vote cast "$(field proposal_id)" --choice yes --as "$carol" --key "$work/carol.key"
check 'a delegation' 0 '' "$icn" vote delegate "$alice" --as "$carol" --key "$work/carol.key"
check 'an archive' 0 '^bytes +[0-9]' "$icn" did export -o "$work/carol.car" --as "$carol" --key "$work/carol.key"
check 'is a CAR' 0 "\"did\": \"$carol\"" python3 "$here/archive.py" "$work/carol.car"
cp "$work/out" "$work/archive.json"
holds() { check "the archive holds $1" 0 true jq -e "$2" "$work/archive.json"; }
holds 'its documents' '.documents | length >= 4'
holds 'its proposal with its text' '.parts.governance.proposals | length == 2 and any(.content.description | contains("spelt bread"))'
holds 'its ballot' '.parts.governance.ballots | length == 1 and (.[0].ballot.content | contains("yes"))'
holds 'its delegation' '.parts.governance.delegations | length == 1'
holds 'its disputes with what was said' '.parts.governance.disputes | length == 2 and any(.evidence[]?.cid | tostring | contains("Nothing came"))'
holds 'credentials it holds, sealed' '.parts.credentials.held | length >= 3 and all(.stored | startswith("held "))'
holds 'credentials it issued' '.parts.credentials.issued | length >= 3'
holds 'its reputation' '.parts.reputation | .standing.score != null and (.pages[0].items | length >= 1)'
holds 'its jobs' '.parts.jobs.submitted | length >= 2'
holds 'its mana' '.parts.mana.pages[0].items | length >= 1'
check 'the archive of somebody else' 4 'forbidden' "$icn" did export "$alice" --as "$carol" --key "$work/carol.key" -o "$work/alice.car"

# --- the ledger of the stopped node
if stop_node; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo 'FAILED: the node did not stop cleanly'; fi
check 'verify' 0 'every block replays.*the mana adds up' "$icn" ledger verify
check 'the supply of it' 0 'mana adds up +yes' "$icn" ledger verify
check 'verify as JSON' 0 '"ok": true' "$icn" ledger verify --json

# --- a node whose certificate is from an authority of its own
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=mill -addext 'subjectAltName=IP:127.0.0.1' \
  -keyout "$work/tls.key" -out "$work/tls.pem" 2>/dev/null
start_node "$work/tls" "--tls.cert=$work/tls.pem" "--tls.key=$work/tls.key"
check 'a certificate nobody trusts' 5 'name the file of its authority with --ca' "$icn" status
one_line 'a certificate nobody trusts'
check 'an authority that is named' 0 'takes writes +yes' "$icn" --ca "$work/tls.pem" status
speaks() { openssl s_client -connect "${ICN_URL#https://}" -CAfile "$work/tls.pem" -verify_return_error "$@"; }
check 'TLS 1.3' 0 'TLSv1.3' speaks -tls1_3
check 'TLS 1.2 is not spoken' 1 'alert protocol version' speaks -tls1_2
ICN_CA_FILE=$work/tls.pem check 'an authority in a variable' 0 'takes writes +yes' "$icn" status
check 'an authority that is none' 2 "--ca $work/run.sh: holds no certificates" "$icn" --ca "$work/run.sh" status
one_line 'an authority that is none'
stop_node

# --- a node that trusts one issuer
start_node "$work/trusts"
check 'an issuer to be trusted' 0 '"did"' "$icn" did create --json
trusted=$(field did)
check 'its credential' 0 '^credential' "$icn" credential issue "$trusted" --as "$trusted" --claim skill=rye -o "$work/trusted.json"
check 'another issuer' 0 '"did"' "$icn" did create --json
check 'the credential of that one' 0 '^credential' "$icn" credential issue "$trusted" --as "$(field did)" --claim skill=rye -o "$work/untrusted.json"
check 'without the setting anybody is' 0 '^verified' "$icn" credential verify "$work/untrusted.json"
stop_node
start_node "$work/trusts" "--trusted_credential_issuers=$trusted"
check 'a trusted issuer' 0 'trust +yes.*is a trusted issuer' "$icn" credential verify "$work/trusted.json"
check 'an issuer the node does not trust' 3 'trust +no' "$icn" credential verify "$work/untrusted.json"
check 'who asks may name others' 3 'trust +no' "$icn" credential verify "$work/trusted.json" --trusted-issuer did:web:a.example
stop_node
export ICN_DATA_PATH=$work/data

# --- founding a cooperative
. "$here/wizard.sh"

# --- make run, as somebody new types it, and once more
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
run_script() {
  env -u ICN_URL -u ICN_DID ICN_DATA_PATH="$work/first" ICN_HTTP_LISTEN_ADDR="127.0.0.1:$port" scripts/run.sh >"$work/run.out" 2>&1 &
  node=$!
  for ((i = 0; i < 600; i++)); do
    grep -q '^== The node goes on' "$work/run.out" && break
    kill -0 "$node" 2>/dev/null || break
    sleep 0.1
  done
  kill -TERM "$node" 2>/dev/null
  wait "$node"
  node=''
  cat "$work/run.out"
}
check 'make run' 0 'receipt baf' run_script
check 'make run stops' 0 '^The node has stopped' cat "$work/run.out"
check 'make run goes on' 0 'first member, from an earlier start: did:icn' run_script

printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
