#!/usr/bin/env bash
# Federations of real nodes on loopback. The last line is `N passed, M failed`. `run.sh one_ledger` runs that alone.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
export PYTHONDONTWRITEBYTECODE=1
passed=0
failed=0
scripts=("$@")
((${#scripts[@]})) || scripts=(one_ledger)

for name in "${scripts[@]}"; do
  started=$SECONDS
  line=$(python3 "$name.py" | tee /dev/stderr | tail -1)
  if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
  else
    failed=$((failed + 1))
    echo "$name did not end"
  fi
  echo "$name took $((SECONDS - started)) s"
done

echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
