#!/usr/bin/env bash
# What a node's gateway and archives look like to the JavaScript implementation of IPFS. Starts a node of its own.
# Without npm, or when its packages cannot be fetched the first time, the suite is skipped.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../../lib/npm.sh"

npm_install interop-ipfs

PYTHONPATH=$here/../../lib exec python3 - "$cache/check.mjs" <<'PYTHON'
import subprocess, sys
import icn_node
with icn_node.Node() as node:
    sys.exit(subprocess.run(["node", sys.argv[1], node.url, node.operator_key]).returncode)
PYTHON
