#!/usr/bin/env bash
# A node meets the JavaScript implementation of libp2p and of Bitswap. Starts a node of its own.
# Without npm, or when its packages cannot be fetched the first time, the suite is skipped.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

skip() {
  echo "skipped: $1"
  echo "0 passed, 0 failed"
  exit 0
}
command -v npm >/dev/null || skip "npm is not installed"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/icn/interop-libp2p
mkdir -p "$cache" && cp "$here"/package.json "$here"/package-lock.json "$here"/*.mjs "$cache/" || exit 1
(cd "$cache" && npm ci --no-audit --no-fund --prefer-offline >npm.log 2>&1) ||
  skip "npm could not install: $(tail -1 "$cache/npm.log")"

PYTHONPATH=$here/../../lib exec python3 - "$cache/check.mjs" <<'PYTHON'
import subprocess, sys
import icn_node
with icn_node.Node(settings={"p2p.heartbeat_ms": 1000}) as node:
    sys.exit(subprocess.run(["node", sys.argv[1], node.url, node.operator_key, node.network]).returncode)
PYTHON
