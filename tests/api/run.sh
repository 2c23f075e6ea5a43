#!/usr/bin/env bash
# The HTTP interface against text cases: first the runner against cases that must fail, then cases/ against real nodes.
# The last line is `N passed, M failed`.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
export PYTHONDONTWRITEBYTECODE=1
passed=0
failed=0

# run ARGUMENT...: adds up the last line of run.py.
run() {
  local line
  line=$(python3 run.py "$@" | tee -a /dev/stderr | tail -1)
  if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
  else
    failed=$((failed + 1))
    echo "run.py $* did not end"
  fi
}

run --self-test
run
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
