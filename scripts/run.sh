#!/usr/bin/env bash
# run.sh: builds the node, runs it in the foreground on port 7845 with the parameters of the development profile, makes
# a first member, and runs that member's first job: result, signed receipt and what it cost. Ctrl-C stops the node; the
# next start goes on with the same data and the same member.
# Any setting of the node may come as ICN_* from the environment, the folder of its data as ICN_DATA_PATH.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
scripts/setup.sh run
scripts/build.sh release icn icn_wasm_programs

export ICN_PROFILE=${ICN_PROFILE:-development}
export ICN_DATA_PATH=${ICN_DATA_PATH:-$ROOT/icn-data}
address=${ICN_HTTP_LISTEN_ADDR:-127.0.0.1:7845}
export ICN_URL=http://$address
icn=build/icn
member_file=$ICN_DATA_PATH/first-member
log=$ICN_DATA_PATH/node.log
mkdir -p "$ICN_DATA_PATH"
chmod 700 "$ICN_DATA_PATH"

fail() { printf 'run: %s\n' "$*" >&2; exit 1; }

# shown COMMAND...: what a member would type, and its answer.
shown() {
  printf '\n$ %s\n' "$*"
  "$@"
}
icn() { "$ROOT/$icn" "$@"; }

# Somebody on the port? Then the node could not start, and the client would talk to a stranger.
if (exec 3<>"/dev/tcp/${address%:*}/${address##*:}") 2>/dev/null; then
  fail "port ${address##*:} is taken: stop the program that listens there (perhaps a node of an earlier \`make run\`),
     or choose another port with ICN_HTTP_LISTEN_ADDR=127.0.0.1:7846 make run"
fi

# The node has a session of its own, so that Ctrl-C reaches this script alone, which then stops it in order.
setsid "$icn" node >"$log" 2>&1 &
node=$!
stop() {
  trap - INT TERM EXIT
  kill -TERM "$node" 2>/dev/null || true
  wait "$node" 2>/dev/null || true
}
trap 'stop; printf "\nThe node has stopped. Its data stays in %s\n" "$ICN_DATA_PATH"; exit 0' INT TERM
trap stop EXIT

say "Starting a node on $ICN_URL, data in $ICN_DATA_PATH"
for ((tries = 0; ; tries++)); do
  icn status >/dev/null 2>&1 && break
  kill -0 "$node" 2>/dev/null || { cat "$log" >&2; fail "the node did not start; its log is above"; }
  ((tries < 300)) || fail "the node is not ready after 30 s; its log: $log"
  sleep 0.1
done
shown icn status

# member_did: of the JSON that `icn did create --json` prints.
member_did() { sed -nE 's/^ *"did": "([^"]+)".*/\1/p' | head -1; }

if [[ -s $member_file ]]; then
  member=$(<"$member_file")
  say "The first member, from an earlier start: $member"
else
  say "The first member's identity"
  member=$(icn did create --type person --json | member_did)
  [[ $member == did:* ]] || fail "the node made no identity"
  printf '%s\n' "$member" >"$member_file"
  echo "$member"
fi
export ICN_DID=$member
shown icn mana balance

if [[ -e build/release/examples/patronage_refund.wasm ]]; then
  say "A job: each member's share of a cooperative's surplus, from the purchases in input.csv"
  shown icn job submit build/release/examples/patronage_refund.wasm \
    --input examples/jobs/patronage_refund/input.csv --arg 4210.07 --wait || echo 'The job did not run; the node goes on.'
  shown icn mana balance
else
  say 'No job: the example jobs are not built, as clang cannot compile for WASI here'
fi

say "The node goes on at $ICN_URL (docs at $ICN_URL/system/docs, log in $log). Ctrl-C stops it."
echo "In another terminal:  export ICN_DATA_PATH=$ICN_DATA_PATH ICN_DID=$member"
wait "$node" || { tail -5 "$log" >&2; fail "the node ended by itself; its log: $log"; }
