#!/usr/bin/env bash
# A node meets the JavaScript implementation of libp2p and of Bitswap, then hostile peers made of it, then foreign peers over
# QUIC, through relays and by mDNS. Starts nodes of its own. Without npm, or when its packages cannot be fetched the first
# time, the suite is skipped. `run.sh NAME...` runs some parts.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../../lib/npm.sh"
source "$here/../../lib/suites.sh"
export PYTHONDONTWRITEBYTECODE=1

npm_install interop-libp2p
names=("$@")
((${#names[@]})) || names=(check hostile transports mdns)
add_up python3 "$here/meet.py" "$cache"
