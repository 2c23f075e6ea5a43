#!/usr/bin/env bash
# A node meets the JavaScript implementation of libp2p and of Bitswap, then hostile peers made of it, then foreign peers over
# QUIC and relays. Starts nodes of its own. Without npm, or when its packages cannot be fetched the first time, the suite is
# skipped.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../../lib/npm.sh"
source "$here/../../lib/suites.sh"

npm_install interop-libp2p

meet() {
  PYTHONPATH=$here/../../lib python3 - "$cache" "$1" <<'PYTHON'
import socket, subprocess, sys
import icn_node
RATE, BURST = 10, 50  # of requests: low enough for a flood made of JavaScript
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    over_tcp = f"/ip4/127.0.0.1/tcp/{free.getsockname()[1]}"
own = {
    "check": {},
    "hostile": {"p2p.requests.rate": RATE, "p2p.requests.burst": BURST},
    "transports": {"p2p.relay": True, "p2p.external": over_tcp, "p2p.listen": f"{over_tcp},/ip4/127.0.0.1/udp/0/quic-v1"},
}
cache, name = sys.argv[1:]
with icn_node.Node(settings={"p2p.heartbeat_ms": 1000, "p2p.max_per_address": 50, **own[name]}) as node:
    command = ["node", f"{cache}/{name}.mjs", node.url, node.operator_key, node.network]
    sys.exit(subprocess.run(command + ([str(RATE), str(BURST)] if name == "hostile" else [])).returncode)
PYTHON
}
names=("$@")
((${#names[@]})) || names=(check hostile)
add_up meet
