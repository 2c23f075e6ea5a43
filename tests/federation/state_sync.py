"""A node that joins late fetches the state of a checkpoint instead of replaying all blocks, and believes nobody."""

import hashlib
import json
import sys
import time

from checkpoints import take_checkpoint
from one_ledger import transfer
from world import Checks, Federation, free_ports, icn_node, is_ready, say

FIRST_HEIGHT = 100_000  # of the engine: history that lies behind costs nothing here


class LateFederation(Federation):
    """Its last node starts when told to."""

    def __enter__(self):
        try:
            for node in self.nodes[:-1]:
                node.start()
            self.wait_until("the first nodes are ready", lambda: all(is_ready(node) for node in self.nodes[:-1]))
        except BaseException:
            self.close()
            raise
        return self


def start_at(federation, height):
    """The chain begins at `height`."""
    genesis = json.loads(federation.genesis.read_text())
    genesis["initial_height"] = str(height)
    federation.genesis.write_text(json.dumps(genesis, indent=2))


def trust(federation, epoch):
    found = federation.nodes[1].get(f"/dag/checkpoints/{epoch}").json()["attestation"]
    return found["header"]["height"], found["block_id"]["hash"]


def tamper(node, epoch):
    """Changes a balance in the node's snapshot, and its manifest to match; gives back how to undo it."""
    folder = node.data / "store-checkpoints" / str(epoch)
    manifest = (folder / "manifest").read_bytes()
    for file in sorted(folder.glob("rows-*")):
        rows = file.read_bytes()
        # The first economic row: [40, key, record].
        if not rows.startswith(b"\x83\x18\x28"):
            continue
        changed = rows[:-1] + bytes([rows[-1] ^ 1])
        file.write_bytes(changed)
        (folder / "manifest").write_bytes(manifest.replace(hashlib.sha256(rows).digest(), hashlib.sha256(changed).digest()))
        return lambda: (file.write_bytes(rows), (folder / "manifest").write_bytes(manifest))
    raise RuntimeError("the snapshot has no accounts")


def liars(checks, federation, joiner, epoch, rpc):
    """All snapshots that are offered are false: the joiner uses none and serves nothing of them."""
    undo = [tamper(node, epoch) for node in federation.nodes[:-1]]
    height, trusted = trust(federation, epoch)
    joiner.settings |= {"consensus.state_sync_servers": ",".join(rpc), "consensus.state_sync_height": height,
                        "consensus.state_sync_hash": trusted}
    joiner.start()
    federation.wait_until("the false snapshot is refused", lambda: "is not used" in joiner.log(400), 60)
    checks.check("the part that is false is named", "domain economic" in joiner.log(400), joiner.log(20))
    checks.check("the joiner is not ready", not is_ready(joiner))
    checks.equal("it has its first block and no more", joiner.height(), 0)
    for each in undo:
        each()
    joiner.kill()


def joins(checks, federation, joiner, members, rpc):
    alice, bob = members
    epoch, _ = take_checkpoint(federation)
    liars(checks, federation, joiner, epoch, rpc)
    started = time.monotonic()
    joiner.start()
    federation.wait_until("the joiner is ready", lambda: is_ready(joiner), 60)
    took = time.monotonic() - started
    federation.wait_for_equal_heights()
    engine = federation.nodes[0].get(f"/dag/checkpoints/{epoch}").json()["attestation"]["header"]["height"]
    say(f"   engine height {engine}: ready {took:.1f} s after its start")
    checks.check("ready in less than 30 s", took < 30, took)
    pruned = joiner.get("/ledger/blocks/2")
    checks.check("blocks it never had are said to be gone", pruned.status == 404 and pruned.json()["code"] == "block_pruned", pruned)
    head = joiner.height()
    checks.equal("its newest header is that of the others", joiner.get(f"/ledger/blocks/{head}").json()["hash"],
                 federation.nodes[0].get(f"/ledger/blocks/{head}").json()["hash"])
    checks.equal("balances are those of the others", joiner.balance(bob.did)["balance"],
                 federation.nodes[0].balance(bob.did)["balance"])
    # What was committed before it came is known to it, and not done twice.
    for i in range(4):
        checks.equal("a transfer at the joiner", transfer(joiner, alice, bob, 1).status, 200)
    federation.wait_for_equal_heights()
    checks.equal("all nodes tell one balance", len({node.balance(bob.did)["balance"] for node in federation.nodes}), 1)
    proof = joiner.get(f"/dag/checkpoints/0/proof?subject=balance&id={alice.did}")
    checks.equal("it proves records as well", proof.status, 200)


def repeats(checks, federation, joiner, body, first):
    """A transaction of before the snapshot, sent again at the joiner: the network does not take it a second time."""
    federation.wait_for_equal_heights()
    before = federation.nodes[0].balance(body["body"]["to"])["balance"]
    again = joiner.post("/economics/mana/transfer", body)
    checks.check("a repeat at the joiner is no new one", again.status in (200, 404), again)
    federation.wait_for_equal_heights()
    checks.equal("nothing was paid twice", federation.nodes[0].balance(body["body"]["to"])["balance"], before)


def after_a_restart(checks, federation, joiner, alice, bob):
    joiner.kill()
    checks.equal("a transfer without the joiner", transfer(federation.nodes[0], alice, bob, 1).status, 200)
    joiner.start()
    federation.wait_until("the joiner is ready again", lambda: is_ready(joiner), 60)
    federation.wait_for_equal_heights()
    joiner.stop()
    done = joiner.run("--json", "--data", joiner.data, "ledger", "verify", "--from-checkpoint", "0")
    checks.equal("its ledger verifies from its checkpoint", done.returncode, 0)
    if done.returncode != 0:
        say(done.stdout + done.stderr)


def main():
    checks = Checks()
    alice, bob = icn_node.Member("alice"), icn_node.Member("bob")
    federation = LateFederation(validators=3, followers=1)
    start_at(federation, FIRST_HEIGHT)
    rpc = [f"127.0.0.1:{port}" for port in free_ports(2)]
    for node, address in zip(federation.nodes, rpc):
        node.settings["consensus.rpc_listen"] = address
    joiner = federation.nodes[-1]
    with federation:
        node = federation.nodes[0]
        node.grant(alice)
        body = alice.transaction(node, "economics.transfer", {"to": bob.did, "amount": 1})
        first = node.post("/economics/mana/transfer", body)
        checks.equal("a transfer", first.status, 200)
        for i in range(20):
            checks.equal("a transfer", transfer(federation.nodes[i % 3], alice, bob, 1).status, 200)
        say("a node joins")
        joins(checks, federation, joiner, (alice, bob), rpc)
        repeats(checks, federation, joiner, body, first)
        after_a_restart(checks, federation, joiner, alice, bob)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
