"""A node whose CometBFT does not come up any more says so, serves reads, and goes on once it is there again."""

import re
import sys

from one_ledger import transfer
from world import Checks, Federation, engine_program, icn_node, is_ready, say

LINE = "panic: the disk is on fire"


def broken_engine(federation):
    """A program in CometBFT's place that ends at once; a file beside it makes it the real one."""
    program = federation.folder / "engine"
    program.write_text(f"""#!/bin/sh
[ -e "{federation.folder}/repaired" ] && exec "{engine_program()}" "$@"
[ "$1" = node ] || [ "$1" = start ] || exec "{engine_program()}" "$@"
echo '{LINE}'
exit 2
""")
    program.chmod(0o755)
    return program


def is_told(node):
    ready = node.get("/system/ready")
    return ready.status == 503 and LINE in ready.json()["checks"]["ledger"]


def main():
    checks = Checks()
    alice, bob = icn_node.Member("alice"), icn_node.Member("bob")
    with Federation(validators=1) as federation:
        node = federation.nodes[0]
        node.grant(alice)
        checks.equal("a transfer", transfer(node, alice, bob, 5).status, 200)
        balance, height = node.balance(bob.did)["balance"], node.height()
        node.stop()
        node.settings["consensus.program"] = broken_engine(federation)
        node.start()
        took = federation.wait_until("the node says that its engine is gone, and why", lambda: is_told(node), 60)
        say(f"   told after {took:.1f} s")
        checks.equal("a balance can be read", node.balance(bob.did)["balance"], balance)
        read = node.get(f"/ledger/blocks/{height}")
        checks.equal("so can a block", read.status, 200)
        checks.check("reads are marked", read.headers.get("x-stale", "").startswith(f"height={height}, "), read.headers)
        refused = transfer(node, alice, bob, 1)
        checks.check("writes are refused with the reason", refused.status == 503 and LINE in refused.text, refused)
        federation.wait_until("it was started four times", lambda: node.log(400).count("starting it again in") >= 4, 60)
        pauses = [int(each) for each in re.findall(r"starting it again in (\d+) ms", node.log(400))]
        checks.equal("later each time", pauses[:4], [500, 1000, 2000, 4000])
        (federation.folder / "repaired").touch()
        took = federation.wait_until("the node is ready again", lambda: is_ready(node), 90)
        say(f"   ready {took:.1f} s after the engine was repaired")
        checks.equal("a transfer again", transfer(node, alice, bob, 1).status, 200)
        checks.check("on top of what was there", node.height() > height, node.height())
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
