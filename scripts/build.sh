#!/usr/bin/env bash
# build.sh [PRESET] [TARGET...]: configures and builds; without targets, everything.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
preset=${1:-release}
shift || true

mkdir -p "build/$preset"
log=build/$preset/configure.log
if ! cmake --preset "$preset" >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
sed -n 's/^-- \(.* is not built .*\)$/\1/p' "$log"
NINJA_STATUS="[$preset %f/%t, %e s] " ninja -C "build/$preset" -j "$JOBS" "$@"
