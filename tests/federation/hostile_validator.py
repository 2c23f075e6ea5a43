"""One of four validators is hostile: it proposes blocks that have no good form, or signs twice. The others refuse the one
and have the other's name; the ledger goes on, the same for all honest nodes.
"""

import pathlib
import shutil
import sys
import time

from one_ledger import transfer
from world import BINARY, Checks, Federation, engine_program, free_ports, headers, icn_node, say, verify_all

HOSTILE_ENGINE = """#!/bin/sh
exec {python} {proxy} {engine} "$@"
"""


def whole_log(node):
    return node.log(100_000)


def honest_agree(checks, nodes, federation):
    federation.wait_for_equal_heights(nodes)
    found = [headers(node) for node in nodes]
    checks.check("the honest tell one history", all(each == found[0] for each in found), found)
    verify_all(checks, nodes)


def bad_proposals(checks):
    """Each block the fourth proposes holds bytes that are no transaction: refused by form, and the next in turn proposes."""
    alice, bob = icn_node.Member("alice"), icn_node.Member("bob")
    federation = Federation()
    hostile = federation.folder / "hostile-engine"
    proxy = pathlib.Path(__file__).with_name("abci_proxy.py")
    hostile.write_text(HOSTILE_ENGINE.format(python=sys.executable, proxy=proxy, engine=engine_program()))
    hostile.chmod(0o755)
    federation.nodes[3].settings["consensus.program"] = hostile
    with federation:
        honest = federation.nodes[:3]
        honest[0].grant(alice)
        times = []
        for i in range(16):
            started = time.monotonic()
            checks.equal(f"transfer {i} is final", transfer(honest[i % 3], alice, bob, 1).status, 200)
            times.append(time.monotonic() - started)
        times.sort()
        say(f"   16 transfers final: median {times[8] * 1000:.0f} ms, longest {times[-1] * 1000:.0f} ms")
        refusals = [whole_log(node).count("refused: ") for node in honest]
        checks.check("each honest one refused its proposals", all(count > 0 for count in refusals), refusals)
        say(f"   proposals refused: {refusals}")
        blocks = honest[0].height()
        taken = [honest[0].get(f"/ledger/blocks/{height}").json() for height in range(1, blocks + 1)]
        checks.check("no block holds what it put in", "this is no transaction" not in str(taken))
        checks.check("the hostile one runs yet", federation.nodes[3].is_running())
        honest_agree(checks, honest, federation)


def two_signatures(checks):
    """The fourth validator runs twice, from a copy of its folder: whatever the two sign at one height is evidence."""
    alice, bob = icn_node.Member("alice"), icn_node.Member("bob")
    federation = Federation(relays=True)
    first = federation.nodes[3]
    folder = federation.folder / "twin"
    shutil.copytree(first.folder, folder)
    twin = icn_node.Node(BINARY, folder, first.profile, {**first.settings, "consensus.listen": f"127.0.0.1:{free_ports(1)[0]}"}, start=False)
    federation.nodes.append(twin)
    # Both are one peer to the others, who would take no second connection: each has neighbours of its own.
    federation.relays.part([0, 1, 2], [0, 2, 3], [1, 4])
    with federation:
        honest = federation.nodes[:3]
        honest[0].grant(alice)
        honest[0].grant(federation.dids[3])
        def is_found_out():
            transfer(honest[0], alice, bob, 0.1)
            return all("misbehaved" in whole_log(node) for node in honest)
        took = federation.wait_until("the ledger has the evidence", is_found_out, 120)
        say(f"   evidence in a block after {took:.1f} s")
        named = {line.split("validator ")[1].split()[0] for node in honest for line in whole_log(node).splitlines() if "misbehaved" in line}
        checks.equal("it names one validator, on all nodes the same", len(named), 1)
        checks.equal("transfers go on", transfer(honest[1], alice, bob, 1).status, 200)
        # Evidence that came before its operator had any mana locked none: the two go on signing, and more follows.
        def is_locked():
            transfer(honest[0], alice, bob, 0.1)
            federation.wait_for_equal_heights(honest)
            locked = {node.balance(federation.dids[3])["locked"] for node in honest}
            return len(locked) == 1 and locked.pop() > 0
        federation.wait_until("a share of its operator's mana is locked, on all nodes the same", is_locked, 30)
        twin.stop()
        first.stop()
        checks.equal("also without both", transfer(honest[2], alice, bob, 1).status, 200)
        honest_agree(checks, honest, federation)


def main():
    checks = Checks()
    for part in (bad_proposals, two_signatures):
        started = time.monotonic()
        say(part.__doc__)
        part(checks)
        say(f"   {time.monotonic() - started:.1f} s")
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
