"""A node that joins with an invitation fetches the state of a checkpoint: the invitation names the engines that give it
signed headers, and a header to trust. The nodes know each other as peers, and tell how far they are behind."""

import json
import pathlib
import sys
import tempfile

from founding import alone, icn, wait_until
from one_ledger import transfer
from world import Checks, ask_engine, free_ports, icn_node, is_ready, remove, say, stop_all


def peers_of(node):
    return node.get("/federation/peers").json()["items"]


def begin(checks, valley, alice, bob):
    """A federation of one with a checkpoint whose state it keeps."""
    valley.start()
    valley.grant(alice)
    done = icn(valley, "federation", "init", "Valley", "--policy", "open")
    checks.equal("init", done.returncode, 0)
    valley.stop()
    valley.start()
    wait_until("the federation writes", lambda: is_ready(valley), [valley])
    for _ in range(12):
        checks.equal("a transfer", transfer(valley, alice, bob, 1).status, 200)
    taken = valley.post("/dag/checkpoints", {"reason": "a test"}, key=valley.operator_key)
    checks.equal("a checkpoint is asked for", taken.status, 201)
    epoch = taken.json()["epoch"]

    def is_kept():
        found = valley.get(f"/dag/checkpoints/{epoch}")
        return found.status == 200 and found.json()["is_state_kept"]
    wait_until("its state is kept", is_kept, [valley], 60)
    for _ in range(3):
        checks.equal("a transfer", transfer(valley, alice, bob, 1).status, 200)
    return valley.get(f"/dag/checkpoints/{epoch}").json()["checkpoint"]["height"]


def join(checks, valley, hill, invitation, checkpoint, rpc, bob):
    """The newcomer's engine begins at the checkpoint."""
    told = json.loads(invitation.read_text())
    checks.equal("the invitation names where headers are", told["rpc"], [rpc])
    checks.check("and a header to trust", told["trusted_height"] > 0 and len(told["trusted_hash"]) == 64, told)
    hill.start()
    joined = icn(hill, "federation", "join", invitation, "--name", "Hill")
    checks.equal("joined", joined.returncode, 0)
    hill.stop()
    hill.start()
    wait_until("the newcomer is ready", lambda: is_ready(hill) and hill.height() == valley.height(), [valley, hill], 90)
    config = (hill.data / "cometbft" / "config" / "config.toml").read_text()
    checks.check("its engine asked those the invitation names", rpc in config and told["trusted_hash"] in config, config)
    pruned = hill.get(f"/ledger/blocks/{checkpoint}")
    checks.check("it has no block up to the checkpoint", pruned.status == 404 and pruned.json()["code"] == "block_pruned", pruned)
    head = hill.height()
    checks.equal("one history", hill.get(f"/ledger/blocks/{head}").json()["hash"], valley.get(f"/ledger/blocks/{head}").json()["hash"])
    checks.equal("one state", hill.balance(bob.did)["balance"], valley.balance(bob.did)["balance"])


def peers(checks, valley, hill):
    """Each knows the other; what is wrong to add is refused; nobody is behind."""
    valley_id, hill_id = (ask_engine(node, "/status")["node_info"]["id"] for node in (valley, hill))
    seen = {each["node_id"]: each for each in peers_of(hill)}
    checks.check("the newcomer is connected to the validator", seen[valley_id]["is_connected"] and seen[valley_id]["is_validator"], seen)
    checks.equal("and names its organisation", seen[valley_id]["organization"], valley.get("/system/info").json()["node_did"])
    wait_until("the validator sees the newcomer", lambda: hill_id in {each["node_id"] for each in peers_of(valley)}, [valley, hill])
    # Its joining made blocks; while they are on their way it lags.
    wait_until("nothing is missing", lambda: hill.get("/federation/status").json()["lag"] == 0, [valley, hill])
    status = hill.get("/federation/status").json()
    checks.equal("and nobody is cut off", (status["partitioned"], status["peer_count"]), (False, 1))
    known = hill.post("/federation/peers", {"peer": seen[valley_id]["peer"]}, key=hill.operator_key)
    checks.equal("it is known already", known.json()["code"], "peer_exists")
    port = free_ports(1)[0]
    added = icn(hill, "--json", "federation", "add-peer", f"{'ab' * 20}@127.0.0.1:{port}")
    checks.equal("another one is added", json.loads(added.stdout).get("is_connected"), False)
    hill.kill()
    hill.start()
    wait_until("it is ready again", lambda: is_ready(hill), [valley, hill])
    checks.check("and is known after a restart", "ab" * 20 in {each["node_id"] for each in peers_of(hill)}, peers_of(hill))
    config = (hill.data / "cometbft" / "config" / "config.toml").read_text()
    checks.check("its engine dials it", "ab" * 20 in config, config)
    synced = hill.post("/federation/sync", {}, key=hill.operator_key)
    checks.equal("there is nothing to fetch", synced.json(), {"started": False, "behind": 0})
    early = hill.post("/federation/sync", {"from_epoch": 1}, key=hill.operator_key)
    checks.check("from its checkpoint on it has every block", early.status == 200, early)


def not_ready_without_peers(checks, valley, hill):
    """A newcomer whose validator is away is not ready, and its reads say that they may be old."""
    hill.stop()
    valley.stop()
    hill.start()
    answer = hill.get("/system/ready")
    checks.equal("not ready", answer.status, 503)
    status = hill.get("/federation/status")
    checks.equal("no peer", status.json()["peer_count"], 0)
    checks.check("its reads say so", "x-stale" in {name.lower() for name in status.headers}, dict(status.headers))
    valley.start()
    wait_until("ready again", lambda: is_ready(hill) and is_ready(valley), [valley, hill])


def main():
    checks = Checks()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="icn-invited-"))
    valley_port, rpc_port, hill_port = free_ports(3)
    valley, hill = alone(folder, "valley", valley_port), alone(folder, "hill", hill_port)
    rpc = f"127.0.0.1:{rpc_port}"
    valley.settings["consensus.rpc_listen"] = rpc
    alice, bob = icn_node.Member("alice"), icn_node.Member("bob")
    invitation = folder / "invitation.json"
    try:
        say(begin.__doc__)
        checkpoint = begin(checks, valley, alice, bob)
        made = icn(valley, "federation", "invite")
        checks.equal("an invitation", made.returncode, 0)
        invitation.write_text(made.stdout)
        say(join.__doc__)
        join(checks, valley, hill, invitation, checkpoint, rpc, bob)
        say(peers.__doc__)
        peers(checks, valley, hill)
        say(not_ready_without_peers.__doc__)
        not_ready_without_peers(checks, valley, hill)
    finally:
        stop_all((valley, hill))
        remove(folder)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
