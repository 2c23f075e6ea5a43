#!/usr/bin/env bash
# Hostile clients of the HTTP interface: each script beside this one against real nodes. The last line is `N passed, M failed`.
# `run.sh framing routes` runs those alone. $ICN_HOSTILE_SEED changes what routes.py and transactions.py send.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
source ../lib/suites.sh
export PYTHONDONTWRITEBYTECODE=1
# The node takes no ICN_* it does not know: the seed goes on as an argument.
seed=${ICN_HOSTILE_SEED:-1}
export -n ICN_HOSTILE_SEED
names=("$@")
((${#names[@]})) || names=(framing crowds tls_port routes transactions)

run_script() { python3 "$1.py" "$seed"; }
add_up run_script
