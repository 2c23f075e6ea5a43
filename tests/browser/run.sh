#!/usr/bin/env bash
# Opens the pages of a node in a real browser. Starts a node of its own. The last line is `N passed, M failed`.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../lib/npm.sh"

[[ $(node --version 2>/dev/null) =~ ^v([0-9]+) ]] && ((BASH_REMATCH[1] >= 20)) || skip "Node.js is older than 20"
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || skip "Chromium is not installed"

npm_install browser

PYTHONPATH=$here/../lib exec python3 - "$cache/check.mjs" "$chromium" <<'PYTHON'
import subprocess, sys
import icn_node
with icn_node.Node() as node:
    sys.exit(subprocess.run(["node", sys.argv[1], sys.argv[2], node.url, node.operator_key]).returncode)
PYTHON
