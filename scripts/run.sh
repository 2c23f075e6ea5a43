#!/usr/bin/env bash
# run.sh: builds the node and runs it in the foreground on port 7845, with a store of its own and the parameters of
# the development profile. Ctrl-C stops it; the next start goes on with the same data.
# Environment: ICN_DATA, the folder of the data.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
scripts/setup.sh run
scripts/build.sh release icn

data=${ICN_DATA:-${XDG_DATA_HOME:-$HOME/.local/share}/icn/first-node}
mkdir -p "$data"
say "Node on http://127.0.0.1:7845, data in $data"
export ICN_PROFILE=${ICN_PROFILE:-development}
export ICN_STORAGE_PATH=${ICN_STORAGE_PATH:-$data}
exec build/icn node
