#!/usr/bin/env bash
# Runs the suites below this folder and adds them up.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
passed=0
failed=0
for script in */run.sh; do
  echo "$(dirname "$script"):"
  output=$("$script" 2>&1)
  echo "$output" | sed 's/^/  /'
  if [[ $(tail -1 <<<"$output") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
  else
    failed=$((failed + 1))
  fi
done
echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
