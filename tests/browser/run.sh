#!/usr/bin/env bash
# Opens the pages of a node in a real browser. Starts a node of its own. The last line is `N passed, M failed`.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

skip() {
  echo "skipped: $1"
  echo "0 passed, 0 failed"
  exit 0
}
command -v npm >/dev/null || skip "npm is not installed"
[[ $(node --version 2>/dev/null) =~ ^v([0-9]+) ]] && ((BASH_REMATCH[1] >= 20)) || skip "Node.js is older than 20"
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || skip "Chromium is not installed"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/icn/browser
mkdir -p "$cache" && cp "$here"/package.json "$here"/package-lock.json "$here"/check.mjs "$cache/" || exit 1
(cd "$cache" && npm ci --no-audit --no-fund --prefer-offline >npm.log 2>&1) ||
  skip "npm could not install: $(tail -1 "$cache/npm.log")"

PYTHONPATH=$here/../lib exec python3 - "$cache/check.mjs" "$chromium" <<'PYTHON'
import subprocess, sys
import icn_node
with icn_node.Node() as node:
    sys.exit(subprocess.run(["node", sys.argv[1], sys.argv[2], node.url, node.operator_key]).returncode)
PYTHON
