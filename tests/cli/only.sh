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
unset ICN_BIN ICN_URL ICN_API_KEY ICN_DID ICN_KEY_FILE ICN_DATA_PATH ICN_PROFILE ICN_KEY_PASSPHRASE

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

start_node() {
  "$icn" node --development "--data_path=$work/data" --http_listen_addr=127.0.0.1:0 >"$work/node.out" 2>"$work/node.log" &
  node=$!
  for ((i = 0; i < 100; i++)); do
    url=$(sed -nE 's/^serving +([^ ]+).*/\1/p' "$work/node.out" 2>/dev/null)
    [[ -n $url ]] && break
    sleep 0.1
  done
  export ICN_URL=$url ICN_DATA_PATH=$work/data
}

stop_node() {
  kill -TERM "$node"
  wait "$node"
  local code=$?
  node=''
  return $code
}

"$icn" did key new "$work/carol.key" --no-passphrase >/dev/null
# --- founding a cooperative
. "$here/wizard.sh"


printf "%d passed, %d failed\n" "$passed" "$failed"
