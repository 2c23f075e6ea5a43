"""A validator that signs two blocks at one height: CometBFT finds it out, the ledger takes a share of its stake."""

import base64
import calendar
import hashlib
import json
import struct
import sys
import time
import urllib.error
import urllib.request

from checkpoints import block_id, field, message, stamp, varint
from one_ledger import transfer
from world import NETWORK, Checks, Federation, free_ports, icn_node, say, verify

PRECOMMIT = 2


class GhostFederation(Federation):
    """Three validators that run, and a fourth whose key is ours and which never runs."""

    ghost = icn_node.Member("a ghost")
    key = icn_node.Key(hashlib.sha256(b"a ghost's validator").digest())

    def _write_genesis(self, infos, profile):
        file = self.folder / "ghost.json"
        file.write_text(json.dumps({"name": "ghost", "did": self.ghost.did, "public_key": self.key.public.hex(),
                                    "peer": "00" * 20 + "@127.0.0.1:1"}))
        files = [str(node.folder / "validator.json") for node in self.nodes] + [str(file)]
        options = [item for each in files for item in ("--validator", each)]
        done = self.nodes[0].run("federation", "genesis", "--network", NETWORK, "--profile", profile, *options)
        if done.returncode != 0:
            raise RuntimeError(f"icn federation genesis: {done.stdout}{done.stderr}")
        self.genesis.write_text(done.stdout)


def ask(rpc, method, params):
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    request = urllib.request.Request(f"http://{rpc}/", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as problem:
        return json.load(problem)


def vote(key, height, first, at):
    """A precommit for a block whose hash begins with `first`."""
    seconds, nanos = at
    identity = {"hash": first + "00" * 31, "parts": 1, "parts_hash": "11" * 32}
    text = field(1, PRECOMMIT) + b"\x11" + struct.pack("<q", height)
    text += message(4, block_id(identity)) + message(5, stamp({"seconds": seconds, "nanos": nanos}))
    text += field(6, NETWORK.encode())
    signature = key.sign(varint(len(text)) + text)
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{nanos:09d}Z"
    return {"type": PRECOMMIT, "height": str(height), "round": 0,
            "block_id": {"hash": identity["hash"], "parts": {"total": 1, "hash": identity["parts_hash"]}},
            "timestamp": moment, "validator_address": hashlib.sha256(key.public).hexdigest()[:40].upper(),
            "validator_index": 0, "signature": base64.b64encode(signature).decode(), "extension": None,
            "extension_signature": None}


def evidence(federation, rpc, height):
    at = ask(rpc, "block", {"height": str(height)})["result"]["block"]["header"]["time"]
    seconds = calendar.timegm(time.strptime(at[:19], "%Y-%m-%dT%H:%M:%S"))
    votes = [vote(federation.key, height, first, (seconds, 1)) for first in ("01", "02")]
    return {"type": "tendermint/DuplicateVoteEvidence",
            "value": {"vote_a": votes[0], "vote_b": votes[1], "TotalVotingPower": "40", "ValidatorPower": "10",
                      "Timestamp": at}}


def main():
    checks = Checks()
    alice, bob = icn_node.Member("alice"), icn_node.Member("bob")
    rpc = f"127.0.0.1:{free_ports(1)[0]}"
    federation = GhostFederation(validators=3)
    federation.nodes[0].settings["consensus.rpc_listen"] = rpc
    with federation:
        node = federation.nodes[0]
        node.grant(alice)
        node.grant(federation.ghost)
        checks.equal("a transfer with three of four", transfer(node, alice, bob, 1).status, 200)
        federation.wait_for_equal_heights()
        before = node.balance(federation.ghost.did)
        checks.equal("nothing is locked", before["locked"], 0)
        answer = ask(rpc, "broadcast_evidence", {"evidence": evidence(federation, rpc, 2)})
        checks.check("CometBFT takes the evidence", "error" not in answer, answer)
        federation.wait_until("the stake is locked everywhere",
                              lambda: all(each.balance(federation.ghost.did)["locked"] > 0 for each in federation.nodes), 30)
        locked = node.balance(federation.ghost.did)["locked"]
        # A quarter of what the account holds, rounded down to thousandths; it regenerates a little meanwhile.
        checks.check("a quarter of it", before["balance"] / 4 - 0.001 <= locked <= before["balance"] / 4 + 1, (before, locked))
        checks.equal("the same on all nodes", len({each.balance(federation.ghost.did)["locked"] for each in federation.nodes}), 1)
        found = [node.get(f"/ledger/blocks/{height}").json()["misconduct"] for height in range(1, node.height() + 1)]
        found = [each for block in found for each in block]
        checks.equal("it stands in one block", [each["kind"] for each in found], ["duplicate_vote"])
        again = ask(rpc, "broadcast_evidence", {"evidence": evidence(federation, rpc, 2)})
        checks.equal("a transfer afterwards", transfer(node, alice, bob, 1).status, 200)
        federation.wait_for_equal_heights()
        checks.equal("once is once", node.balance(federation.ghost.did)["locked"], locked)
        offences = node.get("/federation/offences").json()["items"]
        checks.equal("it is named", [(each["kind"], each["locked"]) for each in offences], [("duplicate_vote", locked)])
        name = offences[0]["offence"]
        stranger = bob.transaction(node, "federation.contest", {"offence": name})
        checks.check("nobody else contests it", node.post("/federation/contest", stranger).status >= 400)
        answer = node.post("/federation/contest", federation.ghost.transaction(node, "federation.contest", {"offence": name}))
        checks.equal("who is punished contests it", answer.status, 201)
        federation.wait_for_equal_heights()
        checks.equal("it stays locked until that is decided", node.balance(federation.ghost.did)["locked"], locked)
        say(f"   locked {locked} of {before['balance']} mana; the same evidence again: {'error' in again}")
        for i, each in enumerate(federation.nodes):
            each.stop()
            verify(checks, each, f"icn ledger verify of node {i}")
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
