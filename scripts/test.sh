#!/usr/bin/env bash
# test.sh [PHASE...]: runs the named phases, or all: unit suites asan tsan fuzz.
# The last line is `N passed, M failed`; the exit code is 1 when anything failed.
#   unit    every CTest program of the release build, counted by GoogleTest case
#   suites  tests/*/run.sh, each of which ends with its own `N passed, M failed`
#   asan    unit test programs with the address and undefined behaviour sanitizers
#   tsan    those with threads, with the thread sanitizer
#   fuzz    every fuzz target
#   asan-node  the suites api and cli against a whole node with the address and undefined behaviour sanitizers; only when it is
#           named: its build takes an hour of two cores
#   soak    tests/*/run.sh soak of those that have it: minutes of watching and killing; only when it is named
# A sanitizer or fuzz run repeats cases counted before, so there a program counts once.
# Environment: ICN_ASAN_TARGETS and ICN_TSAN_TARGETS name other unit test programs for the sanitizers;
# ICN_TEST_SKIP="asan tsan fuzz" leaves phases out; ICN_FUZZ_SECONDS (10).
# ICN_TEST_MINUTES (75): sanitizers and fuzz targets that would begin later than that are left out, and the summary says so. A
# first run compiles everything four times over, which a slow machine does not end in its 90 minutes; what it compiled is
# cached, and the next run makes up for it.
set -uo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# A node refuses ICN_* variables that are no settings: ours stop here.
export -n ICN_TEST_SKIP ICN_FUZZ_SECONDS ICN_TEST_MINUTES ICN_ASAN_TARGETS ICN_TSAN_TARGETS

# Extended regular expressions of the targets each sanitizer runs.
# A subset, so that a cold run stays within its time on two cores (README, "Tests"); `make asan ICN_ASAN_TARGETS=.*_test`
# runs all of them.
ASAN_TARGETS=${ICN_ASAN_TARGETS:-'(base|codec|crypto|config|telemetry|storage|wasm)_test'}
TSAN_TARGETS=${ICN_TSAN_TARGETS:-'(storage|wasm|http|ledger|consensus|identity|economics)_test'}
# Of one thread, and minutes long with the thread sanitizer: months of block time, files damaged and processes killed.
TSAN_CASES='-GuardianTest.*:*DamagedFiles*:*KilledProcess*'
CASE_TIMEOUT_SECONDS=600

logs=build/test-logs
mkdir -p "$logs"
passed=0
failed=0
summary=()
failures=()

# count NAME PASSED FAILED SECONDS
count() {
  passed=$((passed + $2))
  failed=$((failed + $3))
  summary+=("$(printf '%-22s %6d passed %4d failed   %s' "$1" "$2" "$3" "$(duration "$4")")")
}

# Progress of inner test runners is indented: only our own last line is the total.
indent() { sed -u 's/^/  | /'; }

built_targets() { ninja -C "build/$1" -t targets all 2>/dev/null | sed -nE "s/^($2): phony$/\1/p" | sort -u; }

# remember NAME LOG: what a log says of failures is told again at the end, where one looks.
remember() {
  local line
  while IFS= read -r line; do
    failures+=("$1: ${line:0:400}")
  done < <(python3 scripts/failure_lines.py "$2")
}

# count_programs NAME FOLDER SECONDS: a CTest run, whose log lies beside its folder.
count_programs() {
  local numbers
  numbers=$(python3 scripts/count_tests.py "$2") || numbers='0 1'
  count "$1" $numbers "$3"
  [[ $numbers == *' 0' ]] || remember "$1" "$2.log"
}

# build NAME PRESET [TARGET...]: a failed build counts as one failure.
build() {
  local name=$1 started=$SECONDS
  shift
  if scripts/build.sh "$@"; then
    summary+=("$(printf '%-22s %34s' "build $name" "$(duration $((SECONDS - started)))")")
  else
    count "build $name" 0 1 $((SECONDS - started))
    return 1
  fi
}

phase_unit() {
  say 'Unit tests'
  build release release || return
  local started=$SECONDS folder=$logs/unit
  rm -rf "$folder" && mkdir -p "$folder"
  GTEST_OUTPUT=json:$ROOT/$folder/ ctest --test-dir build/release --parallel 2 --output-on-failure \
    --timeout "$CASE_TIMEOUT_SECONDS" --no-tests=error --output-junit "$ROOT/$folder/ctest.xml" 2>&1 |
    tee "$folder.log" | indent
  count_programs unit "$folder" $((SECONDS - started))
}

# phase_suites [ARGUMENT]: given to each suite; with one, only those whose run.sh names it take part.
phase_suites() {
  local script
  for script in tests/*/run.sh; do
    [[ -e $script ]] || continue
    if (($# > 0)) && ! grep -q "run.sh $1" "$script"; then continue; fi
    suite "$script" "$@"
  done
}

# suite SCRIPT [ARGUMENT]
suite() {
  local script=$1 name started=$SECONDS status line
  shift
  name=$(basename "$(dirname "$script")")
  say "Suite $name${1:+ $1}"
  bash "$script" "$@" </dev/null 2>&1 | tee "$logs/$name.log" | indent
  status=${PIPESTATUS[0]}
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$logs/$name.log" | tail -1)
  [[ $status == 0 ]] || remember "$name" "$logs/$name.log"
  if [[ ! $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    echo "  | $script printed no summary line" && count "$name" 0 1 $((SECONDS - started))
  elif ((status != 0 && BASH_REMATCH[2] == 0)); then
    echo "  | $script exited with $status" && count "$name" "${BASH_REMATCH[1]}" 1 $((SECONDS - started))
  else
    count "$name" "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" $((SECONDS - started))
  fi
}

# What a sanitizer says goes to files, whatever becomes of the node that it ends.
phase_asan_node() {
  local reports=$ROOT/$logs/asan-node
  build asan asan icn || return
  rm -rf "$reports" && mkdir -p "$reports"
  export ICN_BIN=$ROOT/build/asan/bin/icn
  export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:log_path=$reports/address
  export UBSAN_OPTIONS=print_stacktrace=1:log_path=$reports/undefined
  export LSAN_OPTIONS=suppressions=$ROOT/scripts/leaks.supp
  suite tests/api/run.sh
  suite tests/cli/run.sh
  unset ICN_BIN ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS
  local found=("$reports"/*)
  if [[ -e ${found[0]} ]]; then head -60 "${found[0]}" | indent; else found=(); fi
  count 'sanitizer reports' $((${#found[@]} == 0)) ${#found[@]} 0
}

# sanitize PRESET TARGETS
sanitize() {
  local preset=$1 targets started=$SECONDS folder=$logs/$1
  say "Sanitizer $preset"
  mkdir -p "build/$preset"
  cmake --preset "$preset" >"build/$preset/configure.log" 2>&1 || cat "build/$preset/configure.log"
  mapfile -t targets < <(built_targets "$preset" "$2")
  if ((${#targets[@]} == 0)); then
    echo "  | no target matches $2" && return
  fi
  build "$preset" "$preset" "${targets[@]}" || return
  started=$SECONDS
  rm -rf "$folder" && mkdir -p "$folder"
  local pattern run=()
  pattern="^($(IFS='|' && echo "${targets[*]}"))\$"
  # The thread sanitizer of GCC 12 cannot map its shadow where the kernel spreads addresses widely.
  if [[ $preset == tsan ]] && setarch "$(uname -m)" -R true 2>/dev/null; then run=(setarch "$(uname -m)" -R); fi
  local cases='*'
  [[ $preset != tsan ]] || cases=$TSAN_CASES
  # Libraries of the distribution (RocksDB) are built without it, so it sees half of their locking: what they do is left
  # out, what our code does is not.
  "${run[@]}" env GTEST_FILTER="$cases" ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1 \
    UBSAN_OPTIONS=print_stacktrace=1 LSAN_OPTIONS="suppressions=$ROOT/scripts/leaks.supp" \
    TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:ignore_noninstrumented_modules=1 \
    ctest --test-dir "build/$preset" --parallel 2 --output-on-failure --timeout "$CASE_TIMEOUT_SECONDS" \
    --no-tests=error --tests-regex "$pattern" --output-junit "$ROOT/$folder/ctest.xml" 2>&1 |
    tee "$folder.log" | indent
  count_programs "$preset" "$folder" $((SECONDS - started))
}

# fuzz_one TARGET SECONDS: its corpus grows in build/fuzz-corpus; seeds may lie in tests/fuzz/TARGET.
fuzz_one() {
  local corpus=build/fuzz-corpus/$1 log=$logs/$1.log folders
  mkdir -p "$corpus" build/fuzz-artifacts
  folders=("$corpus")
  [[ -d tests/fuzz/$1 ]] && folders+=("tests/fuzz/$1")
  if "build/fuzz/fuzz/$1" -max_total_time="$2" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="build/fuzz-artifacts/$1-" "${folders[@]}" >"$log" 2>&1 </dev/null; then
    printf '  | %-32s %s runs\n' "$1" "$(sed -nE 's/^stat::number_of_executed_units: *//p' "$log")"
    touch "$log.ok"
  else
    printf '  | %-32s FAILED, the end of %s:\n' "$1" "$log"
    tail -40 "$log" | indent
  fi
}

phase_fuzz() {
  local targets target seconds=${ICN_FUZZ_SECONDS:-10} started good=0
  say "Fuzz targets, $seconds s each"
  mkdir -p build/fuzz
  cmake --preset fuzz >build/fuzz/configure.log 2>&1 || cat build/fuzz/configure.log
  mapfile -t targets < <(built_targets fuzz 'fuzz_.*')
  if ((${#targets[@]} == 0)); then
    echo '  | there are no fuzz targets' && return
  fi
  build fuzz fuzz "${targets[@]}" || return
  started=$SECONDS
  rm -f "$logs"/fuzz_*.log.ok
  export logs
  export -f fuzz_one indent
  printf '%s\n' "${targets[@]}" | xargs -P 2 -I{} bash -c "fuzz_one {} $seconds"
  for target in "${targets[@]}"; do
    if [[ -e $logs/$target.log.ok ]]; then good=$((good + 1)); else failures+=("fuzz: $target"); fi
  done
  count fuzz "$good" $((${#targets[@]} - good)) $((SECONDS - started))
}

phases=("$@")
late_minutes=
((${#phases[@]})) || { phases=(unit suites asan tsan fuzz) && late_minutes=${ICN_TEST_MINUTES:-75}; }
scripts/setup.sh test || exit 1
for phase in "${phases[@]}"; do
  if [[ " ${ICN_TEST_SKIP:-} " == *" $phase "* ]]; then
    summary+=("$(printf '%-22s skipped' "$phase")")
    continue
  fi
  if [[ -n $late_minutes && $phase =~ ^(asan|tsan|fuzz)$ ]] && ((SECONDS > late_minutes * 60)); then
    summary+=("$(printf '%-22s left out: %d minutes are over; run `make %s`' "$phase" "$late_minutes" "$phase")")
    continue
  fi
  case $phase in
    unit | suites | fuzz) "phase_$phase" ;;
    asan-node) phase_asan_node ;;
    soak) build release release icn && phase_suites soak ;;
    asan) sanitize asan "$ASAN_TARGETS" ;;
    tsan) sanitize tsan "$TSAN_TARGETS" ;;
    *) echo "test: no phase is called '$phase' (unit suites asan tsan fuzz asan-node soak)" >&2 && exit 2 ;;
  esac
done

say "Took $(duration $SECONDS)"
printf '  %s\n' "${summary[@]}"
((${#failures[@]} == 0)) || printf '  %s\n' 'What failed:' "${failures[@]}"
printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0 && passed > 0))
