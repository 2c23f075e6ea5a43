#!/usr/bin/env bash
# What a node keeps survives: each script beside this one against real nodes. The last line is `N passed, M failed`.
# `run.sh drill` runs that one alone.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
source ../lib/suites.sh
export PYTHONDONTWRITEBYTECODE=1
names=("$@")
((${#names[@]})) || names=(drill move apart database partitions export)

run_script() { python3 "$1.py"; }
add_up run_script
