#!/usr/bin/env bash
# Federations of real nodes on loopback. The last line is `N passed, M failed`. `run.sh one_ledger` runs that alone.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
source ../lib/suites.sh
export PYTHONDONTWRITEBYTECODE=1
names=("$@")
((${#names[@]})) || names=(one_ledger life founding market)

run_script() { python3 "$1.py"; }
add_up run_script
