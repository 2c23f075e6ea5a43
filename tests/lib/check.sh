# Sourced by suites that count commands. The suite has a folder `work`.

passed=0
failed=0

# check NAME COMMAND...: it succeeds.
check() {
  local name=$1
  shift
  if "$@" >"$work/said" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED $name:" && sed 's/^/    /' "$work/said"
  fi
}
