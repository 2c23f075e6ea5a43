#!/usr/bin/env bash
# A node meets the JavaScript implementation of libp2p and of Bitswap, then hostile peers made of it. Starts nodes of
# its own. Without npm, or when its packages cannot be fetched the first time, the suite is skipped.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../../lib/npm.sh"
source "$here/../../lib/suites.sh"

npm_install interop-libp2p

meet() {
  PYTHONPATH=$here/../../lib python3 - "$cache/$1.mjs" <<'PYTHON'
import subprocess, sys
import icn_node
with icn_node.Node(settings={"p2p.heartbeat_ms": 1000, "p2p.max_per_address": 50}) as node:
    sys.exit(subprocess.run(["node", sys.argv[1], node.url, node.operator_key, node.network]).returncode)
PYTHON
}
names=(check hostile)
add_up meet
