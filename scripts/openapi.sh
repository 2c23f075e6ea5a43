#!/usr/bin/env bash
# openapi.sh [BINARY]: writes docs/reference/openapi.json as a node serves it. BINARY: build/icn.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
ICN_BIN=$(realpath "${1:-build/icn}") PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=tests/lib python3 - <<'PYTHON'
import icn_node

with icn_node.Node() as node:
    answer = node.get("/system/openapi.json")
assert answer.status == 200, answer
target = icn_node.ROOT / "docs" / "reference" / "openapi.json"
target.write_bytes(answer.body)
print(f"{target.relative_to(icn_node.ROOT)}: {len(answer.json()['paths'])} paths")
PYTHON
