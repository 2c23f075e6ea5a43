#!/usr/bin/env bash
# Opens the pages of a node in a real browser. Starts a node of its own. The last line is `N passed, M failed`.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../lib/npm.sh"

[[ $(node --version 2>/dev/null) =~ ^v([0-9]+) ]] && ((BASH_REMATCH[1] >= 20)) || skip "Node.js is older than 20"
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || skip "Chromium is not installed"

npm_install browser

icn=${ICN_BIN:-$here/../../build/icn}
unset ICN_BIN ICN_URL ICN_API_KEY ICN_DID ICN_KEY_FILE ICN_DATA_PATH ICN_PROFILE ICN_KEY_PASSPHRASE

ICN_BIN=$(realpath "$icn") PYTHONPATH=$here/../lib exec python3 - "$cache" "$chromium" <<'PYTHON'
import os, re, subprocess, sys, tempfile
import icn_node

cache, chromium = sys.argv[1:]
icn = os.environ.pop("ICN_BIN")
total = [0, 0]


def run(script, *words, **environment):
    said = subprocess.run(["node", f"{cache}/{script}", chromium, *words], env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True)
    print(said.stdout, end="")
    counts = re.findall(r"^(\d+) passed, (\d+) failed$", said.stdout, re.MULTILINE)
    passed, failed = map(int, counts[-1]) if counts else (0, 1)
    total[0] += passed
    total[1] += failed or said.returncode != 0


with icn_node.Node(binary=icn) as node, tempfile.TemporaryDirectory() as folder:
    run("check.mjs", node.url, node.operator_key)
    run("vote.mjs", node.url, icn, folder, ICN_DATA_PATH=str(node.folder / "data"))
print(f"{total[0]} passed, {total[1]} failed")
sys.exit(total[1] != 0)
PYTHON
