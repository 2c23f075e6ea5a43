# Sourced by suites that are made of parts.

# add_up COMMAND...: runs `COMMAND NAME` for each NAME of `names`, adds up the lines `N passed, M failed` that
# they end with, prints the sum as the last line, and fails when a part failed or none passed.
add_up() {
  local passed=0 failed=0 name started line
  for name in "${names[@]}"; do
    started=$SECONDS
    line=$("$@" "$name" | tee -a /dev/stderr | tail -1)
    if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
      passed=$((passed + BASH_REMATCH[1]))
      failed=$((failed + BASH_REMATCH[2]))
    else
      failed=$((failed + 1))
      echo "FAILED $name did not end"
    fi
    echo "$name took $((SECONDS - started)) s"
  done
  echo "$passed passed, $failed failed"
  ((failed == 0 && passed > 0))
}
