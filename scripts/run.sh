#!/usr/bin/env bash
# run.sh: builds the node and runs it in the foreground on port 7845, with a store of its own and the parameters of
# the development profile. Ctrl-C stops it; the next start goes on with the same data.
# Any setting of the node may come as ICN_* from the environment, the folder of its data as ICN_DATA_PATH.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
scripts/setup.sh run
scripts/build.sh release icn

export ICN_PROFILE=${ICN_PROFILE:-development}
export ICN_DATA_PATH=${ICN_DATA_PATH:-${XDG_DATA_HOME:-$HOME/.local/share}/icn/first-node}
mkdir -p "$ICN_DATA_PATH"
say "Node on http://127.0.0.1:7845, data in $ICN_DATA_PATH"
exec build/icn node
