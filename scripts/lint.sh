#!/usr/bin/env bash
# lint.sh [all|changed|format]: format, clang-tidy and the tidy test. `format` formats in place, the others change
# nothing; `changed` looks only at files that differ from the main branch.
set -uo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
mode=${1:-all}
[[ $mode == all || $mode == changed || $mode == format ]] || { echo 'usage: scripts/lint.sh [all|changed|format]' >&2; exit 2; }
scripts/setup.sh test || exit 1

# sources PATTERN...: files that are or would be committed, those that exist, one a line.
sources() {
  if [[ $mode == changed ]]; then
    local base
    base=$(git merge-base HEAD main 2>/dev/null || git merge-base HEAD origin/main) || exit 1
    { git diff --name-only --diff-filter=d "$base" -- "$@"; git ls-files --others --exclude-standard -- "$@"; } | sort -u
  else
    git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do [[ -e $file ]] && echo "$file"; done
  fi
}

mapfile -t formatted < <(sources 'src/*.h' 'src/*.cc' 'sdk/*.h' 'sdk/*.c' 'examples/*.[ch]' 'tests/*.h' 'tests/*.cc')
if [[ $mode == format ]]; then
  ((${#formatted[@]} == 0)) || clang-format -i "${formatted[@]}"
  exit
fi

failed=0
say "clang-format, ${#formatted[@]} files"
((${#formatted[@]} == 0)) || clang-format --dry-run -Werror "${formatted[@]}" || { echo 'make fmt repairs this'; failed=1; }

mapfile -t compiled < <(sources 'src/*.cc' 'tests/*.cc' | grep -vE '_(bench|fuzz)\.cc$')
say "clang-tidy, ${#compiled[@]} files"
if ((${#compiled[@]})); then
  # Its files compile one by one, as clang-tidy wants them.
  mkdir -p build/debug
  cmake --preset debug >build/debug/configure.log 2>&1 || { cat build/debug/configure.log; exit 1; }
  # Generated headers, wasmtime's among them.
  scripts/build.sh debug icn_native_build || exit 1
  # The compile commands are g++'s: clang does not know all of its warnings.
  printf '%s\n' "${compiled[@]}" |
    xargs -P "$JOBS" -n 1 clang-tidy -p build/debug --quiet --extra-arg=-Wno-unknown-warning-option 2> >(grep -v 'warnings\? generated' >&2) ||
    failed=1
fi

say 'tidy test'
tests/tidy/run.sh || failed=1
((failed == 0)) && echo 'lint: nothing to complain about'
exit "$failed"
