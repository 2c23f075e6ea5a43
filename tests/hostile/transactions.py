#!/usr/bin/env python3
"""Transactions of every type (src/registry/transactions.def) signed by members who mean harm: bodies that were right, with what others have
made in them, and one or two fields that are not. And envelopes that are wrong: other networks, keys, times and nonces, signatures over
something else. Nothing but what was answered as done is in the ledger, and the books stay right.
"""

import json
import os
import random
import re
import sys
import time

import guesses
from guesses import Raw, changed, encode, places
from routes import Asker
from wire import Checks, Process, Witness, icn_node, request, say

BODIES_EACH, BODIES_MIXED = 90, 1500
# They end who sends them: last.
ENDS = ("governance.leave", "identity.rotate", "identity.deactivate")
# Values that have a meaning somewhere, or lie at the end of a range.
EDGES = [b"0", b"1", b"2", b"3", b"9", b"0.001", b"1000", b"1000000000000", b"1000000000000.001", b"-1", b"4294967295", b"4294967296", b'"9007199254740993"',
         b'"18446744073709551615"', b"9223372036854775807", b"true", b"false", b"null", b'""', b'"active"', b'"yes"', b'"completed"', b'"failed"', b'"timed_out"', b'"J005"', b'"local"',
         b'"full"', b'"sampling"', b'"ranked_choice"', b'"consent"', b'"conviction"', b'"weighted"', b'"quadratic"', b'"private_until_end"', b'"constitutional"', b'"emergency"']


def types():
    text = (icn_node.ROOT / "src" / "registry" / "transactions.def").read_text()
    return re.findall(r'^TRANSACTION\(\d+, [\w:]+, "([\w.]+)"', text, re.MULTILINE)


def post(data):
    return "POST", request(b"POST", b"/ledger/transactions", data)


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


class World:
    """A node with three members, a person and a thing among them, and something of what each can make."""

    def __init__(self, node, rng):
        self.node, self.rng = node, rng
        self.alice, self.bob = node.member("hostile alice"), node.member("hostile bob")
        self.person, self.thing = self.made("person", 1), self.made("device", 2)
        self.spare = icn_node.Member("hostile spare")
        self.senders = [self.alice, self.bob, self.person, self.thing, icn_node.Member("hostile stranger")]
        self.ids = {"cid": [icn_node.raw_cid(b"x"), icn_node.raw_cid(b"y")], "did": [each.did for each in self.senders] + [node.did], "job": [], "proposal": [], "dispute": [], "credential": []}
        founders = [{"did": each.did, "roles": ["steward", "committee", "mediator"]} for each in (self.alice, self.bob)]
        self.must("/governance/members", {"scope": "local", "members": founders}, node.operator_key)
        for kind, of in (("mesh.submit", "job"), ("mesh.submit", "job"), ("governance.propose", "proposal"), ("credential.issue", "credential"), ("governance.open_dispute", "dispute")):
            self.make(kind, of)

    def made(self, kind, number):
        """A did:icn with a key of its own."""
        owner = icn_node.Member(f"hostile {kind} {number}")
        body, did = owner.create_body(self.node.network, kind)
        self.do(owner, "identity.create", body)
        return icn_node.Member(f"hostile {kind} {number}", did, did + "#key-1")

    def must(self, path, body, key=None):
        answer = self.node.post(path, body, key=key)
        if answer.status not in (200, 201):
            raise RuntimeError(f"{path}: {answer}")
        return answer.json()

    def do(self, member, kind, body):
        return self.must("/ledger/transactions", Signer(self.node, member).signed(kind, body))

    def make(self, kind, kept):
        """The first body of the kind that is taken: what is in them is drawn."""
        for _ in range(20):
            answer = self.node.post("/ledger/transactions", Signer(self.node, self.alice).signed(kind, self.body(kind)))
            if answer.status == 200:
                done = answer.json()
                return self.ids[kept].append(next(done[name] for name in ("job_id", "proposal_id", "dispute_id", "cid") if name in done))
        raise RuntimeError(f"no {kind}: {answer}")

    def one(self, kind):
        return self.rng.choice(self.ids[kind] or [""])

    def key_of(self, member):
        """A new key for somebody, with the proof that who names it has it."""
        nonce = os.urandom(16)
        return {"new_key": self.spare.key.multibase, "nonce": nonce.hex(), "proof": self.spare.key_proof(self.node.network, member.did, nonce)}

    def bid(self, job):
        bid = {"job_id": job, "attempt": 1, "executor": self.bob.did, "key": self.bob.key_id, "price": 5, "cpu_cores": 4, "memory_mb": 512, "storage_mb": 0, "gpu": 0,
               "capabilities": [], "federations": [], "trust_scopes": [], "est_secs": 1, "valid_until": int(time.time()) + 60}
        return {**bid, "signature": self.bob.key.sign(b"icn:bid:v1\0" + icn_node.canonical_json(bid).encode()).hex()}

    def receipt(self, job):
        return {"job_id": job, "attempt": self.rng.choice((1, 1, 2)), "end": self.rng.choice(("completed", "failed", "unavailable")), "fuel_used": 10, "receipt_cid": self.one("cid"),
                "result_cid": self.one("cid")}

    def body(self, kind):
        """One that is right, or nearly: with what is there."""
        cid, did, job, proposal, dispute, credential = (self.one(each) for each in ("cid", "did", "job", "proposal", "dispute", "credential"))
        now, rng = int(time.time()), self.rng
        bodies = {
            "ledger.checkpoint": lambda: {"reason": "x"},
            "identity.create": lambda: self.spare.create_body(self.node.network, rng.choice(("person", "coop", "service")), services=[{"id": "s", "type": "T", "endpoint": "a:b"}])[0],
            "identity.rotate": lambda: self.key_of(rng.choice((self.person, self.thing))),
            "identity.deactivate": lambda: {"reason": "x"},
            "identity.services": lambda: {"add": [{"id": "s" + os.urandom(2).hex(), "type": "T", "endpoint": "a:b"}], "remove": []},
            "identity.controllers": lambda: {"controllers": [self.alice.did, did]},
            "identity.manage": lambda: {"did": self.thing.did, **rng.choice(({"controllers": [self.bob.did]}, {"add": [{"id": "m", "type": "T", "endpoint": "a:b"}], "remove": []}))},
            "identity.guardians": lambda: {"guardians": [self.alice.did, self.bob.did, self.node.did], "threshold": 3, "delay_secs": 604800},
            "identity.recover": lambda: {"did": self.person.did, **self.key_of(self.person)},
            "identity.approve_recovery": lambda: {"did": self.person.did, "new_key": self.spare.key.multibase},
            "identity.cancel_recovery": lambda: {"new_key": self.spare.key.multibase},
            "credential.schema": lambda: {"name": "bread:" + os.urandom(3).hex(), "version": 1, "cid": cid, "issuers": [did]},
            "credential.issue": lambda: {"cid": icn_node.raw_cid(os.urandom(8)), "holder": self.alice.did, "type": "Skill", "schema": "", "expires_at": now + 1000, "list": 1,
                                         "index": rng.randrange(131072), "revocable_by": [did], "usage_limit": 2, "stored": cid},
            "credential.revoke": lambda: {"cid": credential, "change": rng.choice(("suspend", "lift", "revoke")), "reason": cid},
            "credential.anchor": lambda: {"credential_cid": credential, "disclosure_cid": icn_node.raw_cid(os.urandom(8)), "verifier": did},
            "economics.transfer": lambda: {"to": did, "amount": 0.001, "memo_cid": cid},
            "economics.grant": lambda: {"to": did},
            "economics.declare_capacity": lambda: {"cpu_cores": 4, "memory_mb": 8000, "storage_gb": 10, "bandwidth_mbps": 100, "gpu": rng.randrange(3)},
            "economics.vouch": lambda: {"to": did},
            "economics.contest_penalty": lambda: {"proposal_id": proposal, "reason_cid": cid},
            "mesh.submit": lambda: {"manifest_cid": cid, "coordinator": self.alice.did, "kind": "echo", "max_price": 9, "fuel": 1000, "capabilities": ["a"],
                                    **rng.choice(({}, {"redundancy": {"kind": "full", "count": 2}}, {"ledger_use": {"grants": ["spend"], "allowance": {"mana_max": 2}}},
                                                  {"ledger_use": {"reads": [f"mana_balance:{did}", "governance_state:"]}}, {"deadline": now + 2}))},
            "mesh.assign": lambda: {"assignments": [{"job_id": job, "attempt": 1, "bids": [self.bid(job)], "winner": self.bob.did, "rtt_ms": [5]}]},
            "mesh.settle": lambda: {"receipts": [self.receipt(job), self.receipt(self.one("job"))]},
            "mesh.claim": lambda: {"receipts": [self.receipt(job)]},
            "mesh.cancel": lambda: {"job_id": job, "reason_cid": cid},
            "mesh.start": lambda: {"attempts": [{"job_id": job, "attempt": 1}]},
            "mesh.withdraw": lambda: {"withdrawals": [{"job_id": job, "attempt": 1, "executor": self.bob.did}]},
            "mesh.object": lambda: {"job_id": job, "reason_cid": cid},
            "mesh.judge": lambda: {"votes": [{"job_id": job, "agrees": rng.random() < 0.5}]},
            "mesh.confirm": lambda: {"job_id": job, "effects_cid": cid, "effects": [{"kind": "spend", "id": "", "body": {"amount": 1}}]},
            "dag.charge": lambda: {"items": [{"account": did, "amount": 1, "blocks": 1, "bytes": 1}]},
            "federation.init": lambda: {"name": "f", "policy": "open", "validators": [{"name": "v", "organization": did, "operator_did": did,
                                                                                      "key": {"public_key": "ab" * 32, "peer": "x@127.0.0.1:1", "proof": "00" * 64}}]},
            "federation.propose": lambda: {"kind": rng.choice(("admit_member", "remove_member")), "organization": did, "name": "x", "operator_did": did},
            "federation.approve": lambda: {"change_id": "ch_" + "0" * 32},
            "federation.join": lambda: {"name": "x", "former_network": "y", "charter_cid": cid},
            "federation.leave": lambda: {},
            "federation.bring": lambda: {"network": "old", "histories": [[{"transaction": {"a": 1}, "at": 1, "height": 1}]], "people": [did]},
            "federation.seal": lambda: {"network": "other"},
            "federation.depart": lambda: {"network": "other"},
            "federation.contest": lambda: {"offence": "duplicate_vote " + "ab" * 20 + " 7", "reason_cid": cid},
            "cooperative.register": lambda: {"profile_cid": cid, "type": "general", "regions": ["a", "b"], "capabilities": ["compute"]},
            "cooperative.trust": lambda: {"to": did, "level": "full", "context": "general", "metadata_cid": cid},
            "governance.enroll": lambda: {"scope": "local", "members": [{"did": did, "roles": ["steward"]}]},
            "governance.leave": lambda: {"scope": "local"},
            "governance.propose": lambda: {"scope": "local", "content": cid, "discussion_secs": rng.choice((0, 0, 9)), "duration_secs": rng.choice((1, 86400)),
                                           "actions": rng.choice(([], [{"type": "GenericText", "data": {"text_cid": cid}}], [{"type": "GrantRole", "data": {"did": did, "role": "baker"}}],
                                                                  [{"type": "BudgetAllocation", "data": {"recipient": did, "amount": 1}}])),
                                           **rng.choice(({}, {"voting_method": "ranked_choice", "method_params": {"options": ["a", "b", "c"], "seats": 2}}, {"privacy": "private_until_end"},
                                                         {"quorum": {"kind": "fixed", "value": 1}}, {"voting_method": "score", "method_params": {"options": ["a", "b"]}},
                                                         {"voting_method": "consent"}, {"method_params": {"closes_early": True}}))},
            "governance.sponsor": lambda: {"proposal_id": proposal},
            "governance.amend": lambda: {"proposal_id": proposal, "content": cid, "actions": []},
            "governance.cancel": lambda: {"proposal_id": proposal},
            "governance.advance": lambda: {"proposal_id": proposal, "step": rng.choice(("open", "close", "execute"))},
            "governance.veto": lambda: {"proposal_id": proposal, "reason_cid": cid},
            "governance.declare_emergency": lambda: {"scope": "local", "kind": "sybil_storm", "evidence_cid": cid},
            "governance.open_dispute": lambda: {"scope": "local", "type": "technical", "level": rng.choice(("direct", "mediation", "arbitration")), "against": self.bob.did,
                                                "statement_cid": cid, "value": 20, "subject": "x"},
            "governance.vote": lambda: {"proposal_id": proposal, "revision": 1, **rng.choice(({"choice": "yes"}, {"ranking": ["a", "b"]}, {"scores": {"a": 3}}, {"position": "objection",
                                        "reason": "this harms whoever bakes at night"}, {"credits": {"a": 50}}, {"approvals": ["a"]}))},
            "governance.commit": lambda: {"proposal_id": proposal, "revision": 1, "commitment": "ab" * 32},
            "governance.reveal": lambda: {"proposal_id": proposal, "revision": 1, "choice": "yes", "salt": "ab" * 32},
            "governance.delegate": lambda: {"to": did, "scope": "local", "categories": ["operational"], "valid_until": now + 900},
            "governance.revoke_delegation": lambda: {"delegation_id": "de_" + "0" * 32},
            "governance.judge_objection": lambda: {"proposal_id": proposal, "revision": 1, "objection_id": "vo_" + "0" * 32, "is_paramount": False},
            "governance.add_evidence": lambda: {"dispute_id": dispute, "evidence_cid": cid},
            "governance.resolve_dispute": lambda: {"dispute_id": dispute, "outcome": rng.choice(("settled", "upheld", "withdrawn"))},
            "reputation.endorse": lambda: {"to": did, "context": "baking", "reason_cid": cid},
            "reputation.appeal": lambda: {"event_id": 1, "reason_cid": cid},
            "reputation.attest": lambda: {"about": did, "claim": "skill:baking", "evidence_cid": cid},
            "reputation.challenge": lambda: {"about": did, "claim": "skill:baking", "reason_cid": cid},
        }
        return bodies[kind]() if kind in bodies else {}

    def spoilt(self, body):
        """One or two of its values are others, or are not there."""
        for _ in range(self.rng.choice((1, 1, 2))):
            here = list(places(body))
            if not here:
                return Raw(self.rng.choice(guesses.SHAPES))
            place = self.rng.choice(here)
            known = [json.dumps(each).encode() for each in self.ids["did"] + self.ids["job"] + self.ids["proposal"] + self.ids["cid"]]
            values = self.rng.choice((guesses.VALUES, guesses.VALUES, EDGES, EDGES, known))
            body = changed(body, place, None if self.rng.random() < 0.1 else Raw(self.rng.choice(values)))
        return body

    def any_body(self, kind, number):
        body = self.body(kind)
        if number % 5 == 0 and kind not in ENDS:
            return body
        if number % 23 == 1:
            return Raw(self.rng.choice(guesses.SHAPES))
        return {**body, os.urandom(4).hex(): 1} if number % 23 == 2 else self.spoilt(body)

    def signed(self, kind, number):
        sender = self.rng.choice(self.senders[:4] if self.rng.random() < 0.9 else self.senders)
        return Signer(self.node, sender).signed(kind, self.any_body(kind, number))

    def look(self):
        """Notes what there is now."""
        for path, name, kind in (("/mesh/jobs", "job_id", "job"), ("/governance/proposals", "proposal_id", "proposal"), ("/disputes", "dispute_id", "dispute")):
            self.ids[kind] += [each[name] for each in self.node.get(path + "?limit=5").json()["items"] if name in each]


def done_since(node, height):
    """(new height, types of the transactions that were done, but the node's own)."""
    newest, found = node.height(), []
    for each in range(height + 1, newest + 1):
        block = node.get(f"/ledger/blocks/{each}").json()
        found += [transaction["type"] for transaction, outcome in zip(block["transactions"], block["outcomes"]) if outcome["ok"] and transaction["sender"] != node.did]
    return newest, found


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
    # The last one: S and S plus the order of the group are the same number to who does not look.
    for value in (signature.upper(), signature[:-1], signature + "00", "00" * 64, "ff" * 64, signature[64:] + signature[:64],
                  signature[:64] + "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"):
        yield encode({**whole, "signature": value})
    yield encode({**whole, "more": 1})
    yield encode({**whole, "body": {**body, "amount": 1000}})


def check_some(checks, world, asker, name, signed, height):
    """Sends them; returns the new height and what was done."""
    asker.problems, asker.slow = [], []
    accepted = asker.ask([post(each) for each in signed])
    height, done = done_since(world.node, height)
    checks.none(f"{name}: {len(signed)} are answered well", asker.problems)
    checks.none(f"{name}: and soon", asker.slow)
    checks.equal(f"{name}: what is in the ledger is what was answered as done", len(done), accepted)
    world.look()
    return height, set(done)


def check_kinds(checks, world, asker):
    kinds = [each for each in types() if each not in ENDS]
    height, all_done = world.node.height(), set()
    for kind in kinds:
        height, done = check_some(checks, world, asker, kind, [world.signed(kind, number) for number in range(BODIES_EACH)], height)
        all_done |= done
    for begin in range(0, BODIES_MIXED, 100):
        signed = [world.signed(world.rng.choice(kinds), 5 * world.rng.randrange(2) + world.rng.randrange(2)) for _ in range(100)]
        height, done = check_some(checks, world, asker, f"all types, from {begin}", signed, height)
        all_done |= done
    for kind in ENDS:
        height, done = check_some(checks, world, asker, kind, [world.signed(kind, number) for number in range(BODIES_EACH)], height)
        all_done |= done
    say(f"  of {len(kinds) + len(ENDS)} types, done of some: {len(all_done)}")
    checks.check("half of the types got through at all", 2 * len(all_done) > len(kinds), sorted(all_done))


def main():
    checks = Checks()
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    say(f"transactions signed by members who mean harm (seed {seed})")
    rng = random.Random(seed)
    with icn_node.Node(settings={"rate_limit.failures": 0, "log.level": "error"}) as node:
        world, asker = World(node, rng), Asker(node)
        files = Process(node).files()
        witness = Witness(node, pause=0.05)
        height = node.height()
        for data in envelopes(node, Signer(node, world.alice), world.bob, rng):
            asker.ask([post(data)])
        height, done = done_since(node, height)
        checks.none("wrong envelopes are answered well", asker.problems)
        checks.equal("and none of them is done", done, [])
        check_kinds(checks, world, asker)
        if asker.wire:
            asker.wire.close()
        witness.end(checks, "transactions", 1)
        say(f"  {asker.sent} transactions; by status {dict(sorted(asker.counts.items()))}")
        time.sleep(2)  # what is due comes by itself
        Process(node).settles(checks, files)
        invariants = node.get("/system/invariants", key=node.operator_key).json()
        checks.check("the invariants hold", all(each["ok"] for each in invariants["items"]), invariants)
        failed = [line for line in node.log(400).splitlines() if "rule failed" in line]
        checks.equal("no rule of the ledger failed", failed, [])
        checks.equal("the node stops", node.stop(), 0)
        verified = node.run("ledger", "verify", "--data", node.data)
        checks.check("the ledger verifies", verified.returncode == 0, verified.stdout + verified.stderr)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
