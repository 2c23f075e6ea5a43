#!/usr/bin/env bash
# Federations of real nodes on loopback. The last line is `N passed, M failed`. `run.sh one_ledger` runs that alone.
# `run.sh soak` (make soak) runs what takes minutes and would make every `make test` that much longer: a federation that
# is watched for 80 s while it does nothing, ten validators on two cores, and kill -9 again and again.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
source ../lib/suites.sh
export PYTHONDONTWRITEBYTECODE=1
names=("$@")
((${#names[@]})) || names=(reach one_ledger life founding voted invited checkpoints state_sync followed restored double_vote market market_faults judged content partition kills abci_kills engine_gone hostile_validator 'idle short')
if [[ ${names[0]} == soak ]]; then
  names=(idle 'partition ten' kills)
  export ICN_KILL_ROUNDS=${ICN_KILL_ROUNDS:-5}
fi

run_script() {
  local words
  read -ra words <<<"$1"
  python3 "${words[0]}.py" "${words[@]:1}"
}
add_up run_script
