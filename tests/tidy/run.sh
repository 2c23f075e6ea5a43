#!/usr/bin/env bash
# The rules' own tests, then the rules on the tree.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
export PYTHONDONTWRITEBYTECODE=1
passed=0
failed=0
for part in tidy_test.py tidy.py; do
  output=$(python3 "$part" 2>&1)
  printf '%s\n' "$output" | sed '$d'
  if [[ $(tail -1 <<<"$output") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
  else
    printf '%s\n' "$output"
    failed=$((failed + 1))
  fi
done
printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
