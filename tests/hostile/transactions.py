#!/usr/bin/env python3
"""Transactions of every type (src/registry/transactions.def) by a member whose signature is right and whose body is not: what a field
needs is learnt from the refusals, then each is spoilt in turn. And envelopes that are wrong: other networks, keys, times and
nonces, signatures over something else. Nothing but what was answered as done is in the ledger, and the books stay right.
"""

import json
import os
import random
import re
import sys
import time

import guesses
from guesses import Raw, changed, encode, places
from routes import Asker, done_since
from wire import Checks, Process, Witness, icn_node, request, say

VALUES_EACH = 8
LEARNING_ROUNDS = 4


def types():
    text = (icn_node.ROOT / "src" / "registry" / "transactions.def").read_text()
    return re.findall(r'^TRANSACTION\(\d+, [\w:]+, "([\w.]+)"', text, re.MULTILINE)


class Signer:
    """Signs whatever a body is, also what our canonical JSON cannot write: then over the text as it stands."""

    def __init__(self, node, member):
        self.node, self.member = node, member

    def signed(self, kind, body, **changes):
        unsigned = {**self.member.unsigned(self.node.network, kind, {}), **changes}
        text = encode(body)
        try:
            told = json.loads(text.decode(), parse_constant=float)
            canonical = icn_node.canonical_json({**unsigned, "body": told}).encode()
        except (ValueError, TypeError, OverflowError, UnicodeError, RecursionError):
            canonical = encode({**unsigned, "body": Raw(text)})
        signature = self.member.key.sign(b"icn:tx:v1\0" + canonical).hex()
        return encode({**unsigned, "body": Raw(text), "signature": signature})


def post(data):
    return "POST", request(b"POST", b"/ledger/transactions", data)


def learn(node, signer, guesser, kind):
    """A body that has what the type asks for, as far as its refusals say."""
    body = {}
    for _ in range(LEARNING_ROUNDS):
        answer = node.post("/ledger/transactions", signer.signed(kind, body))
        detail = answer.json().get("detail", "") if answer.status == 400 else ""
        missing = [name for name in re.findall(r"([a-z_]+): is required", detail) if name not in body]
        wanted_number = [name for name in re.findall(r"([a-z_]+): (?:must be|expected|needs) (?:a|an) (?:number|integer)", detail)]
        wanted_list = [name for name in re.findall(r"([a-z_]+): (?:must be|expected|needs) an array", detail)]
        if not missing and not wanted_number and not wanted_list:
            break
        for name in missing:
            body[name] = guesser.text({}, name)
        for name in wanted_number:
            body[name] = 1
        for name in wanted_list:
            body[name] = []
    return body


def envelopes(node, signer, other, rng):
    """The same transfer in envelopes that are wrong, each for another reason."""
    body = {"to": other.did, "amount": 0.001}
    now = int(time.time())
    for name, values in {"network": ["", "other", "x" * 65, "\u0000"], "sender": ["", other.did, "did:key:z", "did:icn:person:" + "1" * 30, "x" * 5000],
                         "key": ["", other.key_id, signer.member.did, signer.member.did + "#", signer.member.did + "#key-1"],
                         "nonce": ["", "00", "zz" * 16, "AB" * 16, "00" * 17], "type": ["", "x", "economics.transfer ", "economics.TRANSFER", "x" * 65, "governance.advance", "mesh.settle",
                                                                                        "federation.depart", "dag.charge"],
                         "expires": [0, 1, now - 1, now + 10**9, -1, 2**63, 2**64 - 1, 1.5, "1", "x", None]}.items():
        for value in values:
            changes = {name: value}
            kind = changes.pop("type", "economics.transfer")
            yield signer.signed(kind, body, **changes)
    whole = json.loads(signer.signed("economics.transfer", body))
    for name in whole:
        for value in rng.sample(guesses.VALUES, 12):
            yield encode({**whole, name: Raw(value)})
        yield encode({each: value for each, value in whole.items() if each != name})
    signature = whole["signature"]
    for value in (signature.upper(), signature[:-1], signature + "00", "00" * 64, "ff" * 64, signature[64:] + signature[:64],
                  signature[:64] + "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"):
        yield encode({**whole, "signature": value})
    yield encode({**whole, "more": 1})
    yield encode({**whole, "body": {**body, "amount": 1000}})


def main():
    checks = Checks()
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    say(f"transactions signed by a member who means harm (seed {seed})")
    rng = random.Random(seed)
    with icn_node.Node(settings={"rate_limit.failures": 0, "log.level": "error"}) as node:
        alice, bob = node.member("hostile alice"), node.member("hostile bob")
        signer, asker = Signer(node, alice), Asker(node)
        document = node.get("/system/openapi.json").json()
        guesser = guesses.Guesser(document, {"did": alice.did, "other_did": bob.did, "cid": icn_node.raw_cid(b"x")})
        files = Process(node).files()
        witness = Witness(node, pause=0.05)
        height = node.height()
        for data in envelopes(node, signer, bob, rng):
            asker.ask([post(data)])
        height, done = done_since(node, height)
        checks.none("wrong envelopes are answered well", asker.problems)
        checks.equal("and none of them is done", done, [])
        for kind in types():
            asker.problems, asker.slow = [], []
            body = learn(node, signer, guesser, kind)
            height, _ = done_since(node, height)
            bodies = [encode(changed(body, place, Raw(value))) for place in places(body) for value in rng.sample(guesses.VALUES, VALUES_EACH)]
            bodies += [encode(changed(body, place, None)) for place in places(body)]
            bodies += [value for value in rng.sample(guesses.SHAPES, 6)] + [encode({**body, os.urandom(4).hex(): 1}), encode(body)]
            accepted = asker.ask([post(signer.signed(kind, Raw(each))) for each in bodies])
            height, done = done_since(node, height)
            checks.none(f"{kind}: {len(bodies)} bodies are answered well", asker.problems)
            checks.none(f"{kind}: and soon", asker.slow)
            checks.equal(f"{kind}: what is in the ledger is what was answered as done", len(done), accepted)
        if asker.wire:
            asker.wire.close()
        witness.end(checks, "transactions", 1)
        say(f"  {asker.sent} transactions; by status {dict(sorted(asker.counts.items()))}")
        Process(node).settles(checks, files)
        invariants = node.get("/system/invariants", key=node.operator_key).json()
        checks.check("the invariants hold", all(each["ok"] for each in invariants["items"]), invariants)
        checks.equal("the node stops", node.stop(), 0)
        verified = node.run("ledger", "verify", "--data", node.data)
        checks.check("the ledger verifies", verified.returncode == 0, verified.stdout + verified.stderr)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
