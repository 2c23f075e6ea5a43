#!/usr/bin/env bash
# A node meets the JavaScript implementation of libp2p and of Bitswap. Starts a node of its own.
# Without npm, or when its packages cannot be fetched the first time, the suite is skipped.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../../lib/npm.sh"

npm_install interop-libp2p

PYTHONPATH=$here/../../lib exec python3 - "$cache/check.mjs" <<'PYTHON'
import subprocess, sys
import icn_node
with icn_node.Node(settings={"p2p.heartbeat_ms": 1000}) as node:
    sys.exit(subprocess.run(["node", sys.argv[1], node.url, node.operator_key, node.network]).returncode)
PYTHON
