#!/usr/bin/env bash
# What a node must survive: each script beside this one against real nodes. The last line is `N passed, M failed`.
# `run.sh kill disk_full` runs those alone.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
source ../lib/suites.sh
export PYTHONDONTWRITEBYTECODE=1
names=("$@")
((${#names[@]})) || names=(restart disk_full hostile http_hostile kill credentials)

run_script() { python3 "$1.py"; }
add_up run_script
