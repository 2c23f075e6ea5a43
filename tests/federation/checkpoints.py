"""Checkpoints of a federation: equal roots, proofs anybody can check, and histories that replay elsewhere."""

import calendar
import hashlib
import json
import random
import struct
import sys
import time
import urllib.request

from one_ledger import transfer
from world import Checks, Federation, free_ports, icn_node, say, verify


def take_checkpoint(federation, node=0):
    """Asks for a checkpoint; its epoch, once every node in `federation` that runs has its header and signatures."""
    operator = federation.nodes[node]
    answer = operator.post("/dag/checkpoints", {"reason": "a test"}, key=operator.operator_key)
    assert answer.status == 201, answer
    epoch = answer.json()["epoch"]
    running = [each for each in federation.nodes if each.process is not None]

    def is_there(each):
        found = each.get(f"/dag/checkpoints/{epoch}")
        return found.status == 200 and "attestation" in found.json() and found.json()["is_state_kept"]
    took = federation.wait_until("the checkpoint is signed everywhere", lambda: all(is_there(each) for each in running), 60)
    return epoch, took


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def merkle(leaves):
    """RFC 6962, 2.1, over leaves of any length."""
    if not leaves:
        return sha()
    if len(leaves) == 1:
        return sha(b"\0", leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha(b"\1", merkle(leaves[:split]), merkle(leaves[split:]))


def climb(leaf, index, count, path):
    """The root by RFC 9162, 2.1.3.2."""
    node, last = sha(b"\0", leaf), count - 1
    for sibling in path:
        assert last > 0
        if index % 2 or index == last:
            node = sha(b"\1", sibling, node)
            while index % 2 == 0 and index:
                index, last = index >> 1, last >> 1
        else:
            node = sha(b"\1", node, sibling)
        index, last = index >> 1, last >> 1
    assert last == 0
    return node


def cbor(value):
    """DAG-CBOR: shortest heads, keys by length and then by bytes."""
    def head(kind, number):
        for extra, (limit, code) in enumerate([(24, None), (1 << 8, ">B"), (1 << 16, ">H"), (1 << 32, ">I"), (1 << 64, ">Q")]):
            if number < limit:
                return bytes([kind << 5 | (number if extra == 0 else 23 + extra)]) + (struct.pack(code, number) if code else b"")
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(cbor(each) for each in value)
    keys = sorted(value, key=lambda each: (len(each.encode()), each.encode()))
    return head(5, len(keys)) + b"".join(cbor(key) + cbor(value[key]) for key in keys)


def varint(number):
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def field(number, value):
    """A protobuf field; nothing when it is 0 or empty."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value) if value else b""
    return varint(number << 3 | 2) + varint(len(value)) + value if value else b""


def message(number, value):
    return varint(number << 3 | 2) + varint(len(value)) + value


def block_id(value):
    parts = field(1, value["parts"]) + field(2, bytes.fromhex(value["parts_hash"]))
    return field(1, bytes.fromhex(value["hash"])) + message(2, parts)


def stamp(value):
    return field(1, value["seconds"]) + field(2, value["nanos"])


def verify_key(public, signature, text):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    Ed25519PublicKey.from_public_bytes(public).verify(signature, text)


def millimana(value):
    return round(float(value) * 1000)


def check_by_hand(proof):
    """The proof checked by the formats' descriptions alone; AssertionError or InvalidSignature when it does not hold."""
    key, record = bytes.fromhex(proof["key"]), bytes.fromhex(proof["record"])
    leaf = sha(cbor([proof["table"], key, record]))
    domain = {40: "economic", 20: "membership", 60: "jobs", 121: "governance", 122: "governance"}[proof["table"]]
    summary = proof["summary"]
    root = next(each for each in summary["domains"] if each["name"] == domain)
    assert climb(leaf, proof["index"], root["rows"], [bytes.fromhex(each) for each in proof["path"]]).hex() == root["root"]
    agreed = dict(summary, header=bytes.fromhex(summary["header"]), previous=bytes.fromhex(summary["previous"]),
                  domains=[dict(each, root=bytes.fromhex(each["root"])) for each in summary["domains"]],
                  **{name: millimana(summary[name]) for name in ("total", "locked", "burned")})
    header = proof["header"]
    assert sha(b"icn:checkpoint:v1\0", cbor(agreed)).hex() == header["checkpoint_root"]
    hashes = ("previous", "transactions_root", "outcomes_root", "state_delta_hash", "checkpoint_root")
    block = {name: bytes.fromhex(value) if name in hashes else value for name, value in header.items()}
    ours = sha(b"icn:block:v1\0", cbor(block))
    assert ours.hex() == proof["header_hash"]
    if "attestation" not in proof:
        return
    engine = proof["attestation"]["header"]
    assert engine["app_hash"] == ours.hex()
    raw = lambda name: field(1, bytes.fromhex(engine[name]))  # noqa: E731
    leaves = [field(1, engine["block_version"]) + field(2, engine["app_version"]), field(1, engine["chain_id"].encode()),
              field(1, engine["height"]), stamp(engine["time"]), block_id(engine["last_block_id"])]
    leaves += [raw(name) for name in ("last_commit_hash", "data_hash", "validators_hash", "next_validators_hash",
                                      "consensus_hash", "app_hash", "last_results_hash", "evidence_hash", "proposer_address")]
    assert merkle(leaves).hex() == proof["attestation"]["block_id"]["hash"]
    validators = proof["attestation"]["validators"]
    simple = [message(1, field(1, bytes.fromhex(each["public_key"]))) + field(2, each["power"]) for each in validators]
    assert merkle(simple).hex() == engine["validators_hash"]
    power = 0
    for validator, signature in zip(validators, proof["attestation"]["signatures"], strict=True):
        if signature["flag"] != 2:
            continue
        vote = field(1, 2) + b"\x11" + struct.pack("<q", engine["height"])
        vote += b"\x19" + struct.pack("<q", proof["attestation"]["round"]) if proof["attestation"]["round"] else b""
        vote += message(4, block_id(proof["attestation"]["block_id"])) + message(5, stamp(signature["time"]))
        vote += field(6, engine["chain_id"].encode())
        verify_key(bytes.fromhex(validator["public_key"]), bytes.fromhex(signature["signature"]), varint(len(vote)) + vote)
        power += validator["power"]
    assert power >= sum(each["power"] for each in validators) * 2 // 3 + 1


def same_roots(checks, federation, alice, bob):
    epoch, took = take_checkpoint(federation)
    say(f"   checkpoint {epoch} was signed everywhere {took:.1f} s after it was asked for")
    found = [node.get(f"/dag/checkpoints/{epoch}").json() for node in federation.nodes]
    checks.equal("one root on all nodes", len({each["checkpoint"]["root"] for each in found}), 1)
    checks.equal("named 20 heights later", found[0]["checkpoint"]["header_height"] - found[0]["checkpoint"]["height"], 20)
    refused = federation.nodes[1].post("/dag/checkpoints", {"reason": ""}, key=federation.nodes[1].operator_key)
    checks.check("only the network's operator asks for one", refused.status in (403, 404, 422), refused)
    return epoch


def killed_before_its_header(checks, federation, alice, bob):
    """kill -9 of a validator as soon as a checkpoint has begun: it comes back with the same root."""
    operator, victim = federation.nodes[0], federation.nodes[2]
    answer = operator.post("/dag/checkpoints", {"reason": "a crash"}, key=operator.operator_key)
    victim.kill()
    checks.equal("a checkpoint begins", answer.status, 201)
    epoch, height = answer.json()["epoch"], answer.json()["checkpoint_height"]
    victim.start()
    federation.wait_for_equal_heights(at_least=height + 20)
    roots = [node.get(f"/dag/checkpoints/{epoch}").json()["checkpoint"]["root"] for node in federation.nodes]
    checks.equal("the same root after a crash", len(set(roots)), 1)


def proofs(checks, federation, alice, epoch):
    node = federation.nodes[1]
    file = federation.folder / "proof.json"
    for subject, identifier in (("balance", alice.did), ("balance", federation.dids[0])):
        done = node.run("--url", node.url, "ledger", "prove", subject, identifier, "--epoch", str(epoch))
        checks.equal(f"a proof of the {subject} of {identifier[:16]}", done.returncode, 0)
        file.write_text(done.stdout)
        checked = node.run("--json", "ledger", "check", str(file), "--genesis", str(federation.genesis))
        checks.equal("holds offline, signed by the genesis file's validators", checked.returncode, 0)
        if checked.returncode != 0:
            say(checked.stdout + checked.stderr)
    proof = json.loads(file.read_text())
    try:
        check_by_hand(proof)
        checks.check("and by an independent calculation", True)
    except Exception as problem:
        checks.check("and by an independent calculation", False, repr(problem))
    record = json.loads(checked.stdout)["record"]
    checks.check("it shows the record", "balance" in record, record)
    missing = node.run("--url", node.url, "ledger", "prove", "balance", "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK")
    checks.check("nobody has a proof of what is not there", missing.returncode != 0, missing)
    flip_bits(checks, node, federation, file)


def decide(checks, federation, alice, bob):
    """A proposal that both members have decided; its id."""
    node = federation.nodes[0]
    people = {"members": [{"did": alice.did}, {"did": bob.did}]}
    checks.equal("the first members", node.post("/governance/members", people, key=node.operator_key).status // 100, 2)
    terms = {"content": "bafyreigdmqpykrgxyaxtlafqpqhzrb7qy2rh75nldvfd4tucqmqqme5yje", "discussion_secs": 0, "duration_secs": 600,
             "actions": [{"type": "GenericText", "data": {}}], "method_params": {"closes_early": True}}
    made = node.post("/governance/proposals", alice.transaction(node, "governance.propose", terms))
    checks.equal("a proposal", made.status, 201)
    proposal = made.json()["proposal_id"]
    for member, at in ((alice, 1), (bob, 2)):
        ballot = {"proposal_id": proposal, "revision": 1, "choice": "yes"}
        other = federation.nodes[at]
        cast = other.post(f"/governance/proposals/{proposal}/vote", member.transaction(other, "governance.vote", ballot))
        checks.equal("a ballot", cast.status // 100, 2)
    federation.wait_until("it is decided everywhere", lambda: all(
        "result" in each.get("/governance/proposals/" + proposal).json() for each in federation.nodes))
    return proposal


def tallies(checks, federation, alice, proposal):
    """What members decided, and that somebody is one, proved to who has nothing but the genesis file."""
    node, file = federation.nodes[3], federation.folder / "tally.json"
    told = node.get("/governance/proposals/" + proposal).json()["result"]
    checks.equal("two of two said yes", (told["yes"], told["no"], told["eligible"], told["passed"]), (2, 0, 2, True))
    for subject, identifier, expected in (("tally", proposal, ("result", told)), ("membership", "local " + alice.did, ("did", alice.did))):
        done = node.run("--url", node.url, "ledger", "prove", subject, identifier)
        checks.equal("a proof of the " + subject, done.returncode, 0)
        file.write_text(done.stdout)
        checked = node.run("--json", "ledger", "check", str(file), "--genesis", str(federation.genesis))
        checks.equal("holds offline, signed by the validators", checked.returncode, 0)
        member, value = expected
        checks.equal("it shows what the node tells", json.loads(checked.stdout or "{}").get("record", {}).get(member), value)
        try:
            check_by_hand(json.loads(file.read_text()))
            checks.check("and holds by an independent calculation", True)
        except Exception as problem:
            checks.check("and holds by an independent calculation", False, repr(problem))
    file.write_text(file.read_text().replace(f'"local {alice.did}"', f'"local {federation.dids[0]}"'))
    refused = node.run("ledger", "check", str(file))
    checks.check("it is nobody else's", refused.returncode != 0 and "key: not the one of id" in refused.stderr, refused)


def flip_bits(checks, node, federation, file):
    """One bit changed anywhere: each is refused, by name."""
    text = file.read_bytes()
    chance = random.Random(20)
    places = chance.sample(range(len(text)), 120)
    names, accepted = set(), []
    wrong = federation.folder / "wrong.json"
    for place in places:
        changed = bytearray(text)
        changed[place] ^= 1 << chance.randrange(8)
        wrong.write_bytes(changed)
        done = node.run("ledger", "check", str(wrong))
        if done.returncode == 0:
            accepted.append(place)
        names.add((done.stderr + done.stdout).split("does not hold: ")[-1].split(":")[0][:30])
    checks.equal("of 120 flipped bits none is accepted", accepted, [])
    say(f"   named {len(names)} different parts")
    # Changes that keep the text well formed reach every check behind the parser.
    proof = json.loads(text)
    def other(value):
        return ("0" if value[0] != "0" else "1") + value[1:]
    paths = [("record",), ("path", 0), ("header", "state_delta_hash"), ("header_hash",), ("summary", "previous"),
             ("summary", "domains", 2, "root"), ("attestation", "header", "app_hash"), ("attestation", "header", "data_hash"),
             ("attestation", "block_id", "hash"), ("attestation", "validators", 0, "public_key"),
             ("attestation", "signatures", 0, "signature")]
    for path in paths:
        changed = json.loads(text)
        at = changed
        for step in path[:-1]:
            at = at[step]
        if not at or (isinstance(path[-1], int) and len(at) <= path[-1]) or not at[path[-1]]:
            continue
        at[path[-1]] = other(at[path[-1]])
        wrong.write_text(rewritten(file, proof, changed))
        done = node.run("ledger", "check", str(wrong))
        checks.check(f"another {'.'.join(map(str, path))} is refused", done.returncode != 0, done)


def rewritten(file, before, after):
    """The proof's text with one value changed in place, so that it stays as it was written."""
    text = file.read_text()
    def differing(left, right):
        if isinstance(left, dict):
            return [pair for key in left for pair in differing(left[key], right[key])]
        if isinstance(left, list):
            return [pair for one, two in zip(left, right) for pair in differing(one, two)]
        return [(left, right)] if left != right else []
    (old, new), = differing(before, after)
    return text.replace(json.dumps(old), json.dumps(new), 1)


def replays(checks, federation, rpc):
    """What CometBFT decided, through the executor of a node alone: every header equal."""
    def ask(path):
        with urllib.request.urlopen(f"http://{rpc}/{path}", timeout=10) as answer:
            return json.load(answer)["result"]
    last = int(ask("status")["sync_info"]["latest_block_height"])
    file = federation.folder / "decided.jsonl"
    evidence = 0
    with file.open("w") as out:
        for height in range(1, last + 1):
            block = ask(f"block?height={height}")["block"]
            seconds = time.strptime(block["header"]["time"][:19], "%Y-%m-%dT%H:%M:%S")
            evidence += len(block["evidence"]["evidence"])
            line = {"height": height, "time": calendar.timegm(seconds), "transactions": block["data"]["txs"] or [], "misconduct": []}
            out.write(json.dumps(line) + "\n")
    node = federation.nodes[0]
    done = node.run("ledger", "replay", str(federation.genesis), str(file))
    checks.equal("the blocks replay", done.returncode, 0)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    different = [line for line in lines if node.get(f"/ledger/blocks/{line['height']}").json()["hash"] != line["hash"]]
    checks.check("many blocks", len(lines) > 50, len(lines))
    checks.equal("every header is equal", different, [])
    with_root = [line for line in lines if "checkpoint_root" in node.get(f"/ledger/blocks/{line['height']}").json()["header"]]
    checks.check("with the roots of checkpoints among them", len(with_root) >= 2, with_root)
    say(f"   {last} engine blocks, {len(lines)} of ours, {len(with_root)} roots, {evidence} pieces of evidence")


def verified(checks, federation):
    for i, node in enumerate(federation.nodes):
        node.stop()
        verify(checks, node, f"icn ledger verify of node {i}")
    node = federation.nodes[1]
    done = node.run("--json", "--data", str(node.data), "ledger", "verify", "--from-checkpoint", "0")
    report = json.loads(done.stdout) if done.returncode == 0 else {}
    checks.check("icn ledger verify from a checkpoint", done.returncode == 0 and report.get("from_height", 0) > 0, done)
    checks.check("with the signatures of checkpoints", report.get("signed_checkpoints", 0) >= 1, report)


def main():
    checks = Checks()
    alice, bob = icn_node.Member("alice"), icn_node.Member("bob")
    rpc, = free_ports(1)
    federation = Federation(validators=4)
    federation.nodes[0].settings["consensus.rpc_listen"] = f"127.0.0.1:{rpc}"
    with federation:
        federation.nodes[0].grant(alice)
        for i in range(6):
            checks.equal("a transfer", transfer(federation.nodes[i % 4], alice, bob, 1).status, 200)
        say("checkpoints")
        epoch = same_roots(checks, federation, alice, bob)
        killed_before_its_header(checks, federation, alice, bob)
        proposal = decide(checks, federation, alice, bob)
        epoch, _ = take_checkpoint(federation)
        say("proofs")
        proofs(checks, federation, alice, epoch)
        tallies(checks, federation, alice, proposal)
        for i in range(6):
            checks.equal("a transfer", transfer(federation.nodes[i % 4], alice, bob, 1).status, 200)
        say("replay")
        federation.wait_for_equal_heights()
        replays(checks, federation, f"127.0.0.1:{rpc}")
        verified(checks, federation)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
