#!/usr/bin/env bash
# setup.sh against emulated machines: a PATH that holds only fake programs and a few real ones.
# Each case says what is installed and who we are; apt-get and sudo only note how they were called.
# And what failure_lines.py tells of logs.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# fake NAME SCRIPT: a program of the emulated machine.
fake() {
  printf '#!/bin/bash\n%s\n' "$2" >"$work/bin/$1"
  chmod +x "$work/bin/$1"
}

# machine: all is installed, root, new compilers. Cases then change it.
machine() {
  rm -rf "${work:?}/bin" "${work:?}/home" "${work:?}/calls"
  mkdir -p "$work/bin" "$work/home"
  : >"$work/calls"
  local program
  for program in bash cat dirname grep nproc sed env; do ln -s "$(command -v "$program")" "$work/bin/$program"; done
  # Every package of the table, and every program it names.
  installed=$(sed -nE 's/^([a-z0-9.+-]+) +\| .*\|.*\|.*/\1/p' scripts/setup.sh)
  for program in ninja ccache mold pkg-config protoc clang wasm-ld python3 clang-format clang-tidy curl jq wrk; do
    fake "$program" ''
  done
  mkdir -p "$work/home/.cache/icn/go/bin"
  ln -s "$work/cometbft" "$work/home/.cache/icn/go/bin/cometbft"
  printf '#!/bin/bash\n# v0.40.0-icn.1\n' >"$work/cometbft"
  chmod +x "$work/cometbft"
  fake id 'echo 0'
  fake cargo ''
  fake rustc 'echo "rustc 1.95.0 (abc 2026-01-01)"'
  fake cmake 'echo "cmake version 3.25.1"'
  fake g++ 'echo 12.2.0'
  fake apt-get "echo \"apt-get \$*\" >>$work/calls"
  fake dpkg-query "for package in \$(cat $work/installed); do printf 'ii %s ' \"\$package\"; done"
}

without() {
  local package
  for package in "$@"; do installed=$(grep -vx -- "$package" <<<"$installed"); done
}

# setup ARGUMENT...: fills `output` and `status`.
setup() {
  printf '%s\n' "$installed" >"$work/installed"
  output=$(env -i PATH="$work/bin" HOME="$work/home" /bin/bash scripts/setup.sh "$@" </dev/null 2>&1)
  status=$?
}

# expect TEXT CONDITION...: CONDITION is a command.
expect() {
  local text=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED: %s\n  exit code %s, output:\n%s\n  calls:\n%s\n' "$text" "$status" "$output" "$(cat "$work/calls")"
  fi
}
prints() { grep -qF -- "$1" <<<"$output"; }
prints_not() { ! prints "$1"; }
exits() { [[ $status == "$1" ]]; }
calls() { grep -qF -- "$1" "$work/calls"; }
calls_nothing() { [[ ! -s $work/calls ]]; }

machine
setup test
expect 'all installed: succeeds' exits 0
expect 'all installed: says so' prints 'nothing to install for `test`'
expect 'all installed: no package list is fetched' calls_nothing

machine
without libboost1.81-dev wasi-libc
setup build
expect 'root: succeeds' exits 0
expect 'root: says why a package is needed' prints 'C library of example jobs'
expect 'root: refreshes the lists first' calls 'update'
expect 'root: installs what is missing and nothing else' grep -qE 'install libboost1.81-dev wasi-libc$|install wasi-libc libboost1.81-dev$' "$work/calls"

machine
without libsodium-dev libgtest-dev
fake id 'echo 1000'
setup test
expect 'no root, no sudo: fails' exits 1
expect 'no root, no sudo: prints the one command' \
  prints 'apt-get update && apt-get install --yes --no-install-recommends libsodium-dev libgtest-dev'
expect 'no root, no sudo: installs nothing' calls_nothing

machine
without libsodium-dev
fake id 'echo 1000'
fake sudo "[[ \$1 == -n ]] && exit 1; echo \"sudo \$*\" >>$work/calls"
setup build
expect 'sudo asks for a password and nobody is there: prints the command' prints 'apt-get install --yes'
expect 'sudo asks for a password and nobody is there: installs nothing' calls_nothing

machine
without libsodium-dev
fake id 'echo 1000'
fake sudo "[[ \$1 == -n ]] && exit 0; echo \"sudo \$*\" >>$work/calls"
setup build
expect 'sudo at hand: uses it' calls 'sudo env DEBIAN_FRONTEND=noninteractive apt-get'

machine
without wrk libgtest-dev
rm "$work/bin/wrk"
setup build
expect 'another purpose: its packages are not asked for' calls_nothing
setup bench
expect 'purpose bench: asks for wrk' calls 'install wrk'

machine
without cmake
setup build
expect 'a program from elsewhere counts as installed' calls_nothing

machine
fake rustc 'echo "rustc 1.94.1 (abc 2026-01-01)"'
setup build
expect 'old Rust: fails' exits 1
expect 'old Rust: names both versions' prints 'Rust 1.94 is too old. icn needs 1.95'

machine
rm "$work/bin/cargo"
setup build
expect 'no Rust: fails' exits 1
expect 'no Rust: says what to do' prints 'install it with rustup'

machine
fake cmake 'echo "cmake version 3.22.1"'
setup build
expect 'old CMake: names both versions' prints 'CMake 3.22 is too old. icn needs 3.25'

machine
fake g++ 'echo 11.4.0'
setup build
expect 'old g++: names both versions' prints 'g++ 11.4.0 is too old. icn needs 12'

machine
rm "$work/home/.cache/icn/go/bin/cometbft"
setup test
expect 'no CometBFT and no Go: fails' exits 1
expect 'no CometBFT and no Go: says what to do' prints 'Go was not found. CometBFT v0.40.0 is built with Go 1.25'
setup build
expect 'no CometBFT: a node alone needs none' exits 0

machine
rm "$work/home/.cache/icn/go/bin/cometbft"
fake go 'echo "go version go1.22.1 linux/amd64"'
setup test
expect 'old Go: names both versions' prints 'go1.22.1 linux/amd64 is too old. CometBFT v0.40.0 is built with Go 1.25'

machine
rm "$work/home/.cache/icn/go/bin/cometbft"
mkdir -p "$work/release/abci/client"
printf 'const (\n\tflushThrottleMS = 20  // comment\n)\n' >"$work/release/abci/client/socket_client.go"
for program in cp chmod mktemp mv rm mkdir; do ln -sf "$(command -v "$program")" "$work/bin/$program"; done
fake go "case \$1 in
version) echo 'go version go1.25.0 linux/amd64' ;;
mod) echo \"go \$*\" >>$work/calls; printf '{\n\t\"Dir\": \"%s\",\n\t\"Sum\": \"\"\n}\n' '$work/release' ;;
build) /bin/grep flushThrottle abci/client/socket_client.go >>$work/calls; while [[ \$1 != -o ]]; do shift; done; /bin/cp $work/cometbft \"\$2\" ;;
esac"
setup test
expect 'no CometBFT: fetches the release' calls "go mod download -json github.com/cometbft/cometbft@v0.40.0"
expect 'no CometBFT: mends its timer' calls "flushThrottleMS = time.Millisecond"
expect 'no CometBFT: succeeds' exits 0

machine
setup everything
expect 'unknown purpose: exit code 2' exits 2

machine
without libsodium-dev
rm "$work/bin/dpkg-query"
setup build
expect 'not Debian: goes on' exits 0
expect 'not Debian: points to the table' prints 'see the table in scripts/setup.sh'
expect 'not Debian: does not claim that nothing is missing' prints_not 'nothing to install'

# lines_of: what is told of the log that comes in.
lines_of() {
  cat >"$work/log"
  output=$(python3 scripts/failure_lines.py "$work/log" 2>&1)
  status=$?
}
is_all() { [[ $output == "$1" ]]; }

lines_of <<'LOG'
 1/2 Test  #3: storage_test .....................***Failed    2.13 sec
[ RUN      ] Keys.AreOrdered
[       OK ] Keys.AreOrdered (0 ms)
[ RUN      ] Engines/Conformance.Scans/0
=================================================================
==4711==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010
    #0 0x55 in f keys.cc:12
SUMMARY: AddressSanitizer: heap-use-after-free keys.cc:12 in f

 2/2 Test  #9: http_test ........................   Passed    1.00 sec
LOG
expect 'of a sanitizer: what it found and where' is_all '1/2 Test  #3: storage_test .....................***Failed    2.13 sec
in Engines/Conformance.Scans/0: ==4711==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010
in Engines/Conformance.Scans/0: SUMMARY: AddressSanitizer: heap-use-after-free keys.cc:12 in f'

lines_of <<'LOG'
1/4 Test #1: a_test ...***Exception: SegFault  0.13 sec
[ RUN      ] Waits.ForNobody
2/4 Test #2: b_test ...***Failed  0.13 sec
[ RUN      ] Sums.Overflow
sum.cc:3:9: runtime error: signed integer overflow
[       OK ] Sums.Overflow (0 ms)
[ RUN      ] Sums.Differ
[  FAILED  ] Sums.Differ, where GetParam() = 7 (1 ms)
3/4 Test #3: c_test ...***Failed  0.13 sec
[ RUN      ] Threads.Meet
WARNING: ThreadSanitizer: data race (pid=1)
4/4 Test #4: d_test ...***Failed  0.13 sec
[ RUN      ] Last.One
[       OK ] Last.One (0 ms)
==9==ERROR: LeakSanitizer: detected memory leaks
LOG
expect 'a case that a crash ended' prints 'Waits.ForNobody was running when its program ended'
expect 'undefined behaviour' prints 'in Sums.Overflow: sum.cc:3:9: runtime error: signed integer overflow'
expect 'a failed case is not running' prints_not 'Sums.Differ was running'
expect 'a race' prints 'in Threads.Meet: WARNING: ThreadSanitizer: data race'
expect 'leaks are of no case' prints '==9==ERROR: LeakSanitizer: detected memory leaks'
expect 'a case that ended is not running' prints_not 'Last.One'

lines_of <<'LOG'
 1/1 Test  #3: storage_test .....................***Failed    2.13 sec
[ RUN      ] Store.TakesRows
/somewhere/src/storage/store_test.cc:12: Failure
Value of: written.ok()
  Actual: false
Expected: true
storage_full: 7 bytes are free

[  FAILED  ] Store.TakesRows (3 ms)
LOG
expect 'what an assertion expected and got' prints \
  'in Store.TakesRows: store_test.cc:12: Value of: written.ok() Actual: false Expected: true storage_full: 7 bytes are free'

lines_of <<'LOG'
[ RUN      ] Sums.Differ/0
[  FAILED  ] Sums.Differ/0, where GetParam() = 7 (1 ms)
[  FAILED  ] 1 test, listed below:
[  FAILED  ] Sums.Differ/0, where GetParam() = 7
LOG
expect 'a failed case is named once' is_all '[  FAILED  ] Sums.Differ/0, where GetParam() = 7'

printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
