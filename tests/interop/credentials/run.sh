#!/usr/bin/env bash
# Credentials between a node and foreign libraries. Starts a node of its own.
# Without npm, or when its packages cannot be fetched the first time, the suite is skipped.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../../lib/npm.sh"

npm_install interop-credentials

PYTHONPATH=$here/../../lib exec python3 - "$cache/check.mjs" <<'PYTHON'
import subprocess, sys
import icn_node
with icn_node.Node(settings={"identity.web_loopback": True}) as node:
    dids = []
    for _ in range(2):
        made = node.post("/identity/did/create", {}, key=node.operator_key).json()
        node.post("/economics/mana/grants", {"to": made["did"]}, key=node.operator_key)
        dids.append(made["did"])
    sys.exit(subprocess.run(["node", sys.argv[1], node.url, node.operator_key, *dids]).returncode)
PYTHON
