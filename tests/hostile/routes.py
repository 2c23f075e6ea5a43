#!/usr/bin/env python3
"""Every route of the served OpenAPI document, asked by a hostile client: for each field of a body, each part of a path, each query
parameter and header what no honest client sends (guesses.py), by somebody without credentials, a member and an operator. What
is right: a problem document with every refusal and no 5xx but those of `BUSY`, an answer soon, no trace of what was refused in
the ledger or elsewhere, and a ledger that verifies at the end. The first argument is the seed.
"""

import json
import random
import re
import sys
import time
import urllib.parse

import guesses
from guesses import Raw, changed, encode, places
from wire import MIB, Checks, Cut, Process, Wire, Witness, icn_node, request, say

WINDOW = 24  # requests under way
SECONDS_MAX = 3  # for one answer
# 5xx answers that say what they mean: a DID method that is not resolved; what needs peers, a federation or an engine that is not here.
BUSY = {(503, "unavailable")}
PROBLEM = {"type", "title", "status", "detail", "code", "correlation_id"}
VALUES_EACH, SEGMENTS_EACH, QUERIES_EACH = 14, 16, 12
# Transactions the node sends by itself.
OWN = {"dag.charge", "mesh.assign", "mesh.settle", "mesh.claim", "mesh.start", "mesh.withdraw", "mesh.judge", "mesh.confirm", "governance.advance"}
# Not blocks and pins: the node keeps records of the ledger when it has time, and texts before the ledger decides.
WATCHED = ("/system/api-keys", "/identity/invitations", "/network/bans", "/governance/proposals", "/economics/mana/supply")


class Asker:
    """Sends requests in order over connections of its own and judges every answer."""

    def __init__(self, node):
        self.node, self.wire = node, None
        self.sent, self.accepted, self.problems, self.slow, self.counts, self.codes = 0, 0, [], [], {}, {}

    def ask(self, requests):
        """[(method, bytes)]: returns how many were accepted."""
        self.accepted = 0
        for begin in range(0, len(requests), WINDOW):
            left = requests[begin:begin + WINDOW]
            while left:
                left = left[self.exchange(left):]
        return self.accepted

    def exchange(self, requests):
        """Sends all and reads until the connection ends; returns how many are done with."""
        if self.wire is None:
            if not self.node.is_running():
                raise RuntimeError(f"the node has ended with {self.node.process.poll()}; the last requests: {self.problems[-2:]}\n{self.node.log()}")
            self.wire = Wire(self.node.port, SECONDS_MAX * 5)
        self.wire.send(b"".join(data for _, data in requests))
        started = time.monotonic()
        for number, (method, data) in enumerate(requests):
            self.sent += 1
            try:
                answer = self.wire.answer(method)
            except Cut as cut:
                self.wire.close()
                self.wire = None
                self.problems.append(f"{cut} instead of an answer to {data[:600]!r}")
                return number + 1
            now = time.monotonic()
            if now - started > SECONDS_MAX:
                self.slow.append(f"{now - started:.1f} s for {data[:600]!r}")
            started = now
            self.judge(method, data, answer)
            if answer.body is None or answer.headers.get(b"connection") == b"close":
                self.wire.close()
                self.wire = None
                return number + 1
        return len(requests)

    def judge(self, method, data, answer):
        self.counts[answer.status] = self.counts.get(answer.status, 0) + 1
        wrong = self.problem_of(method, answer)
        if wrong:
            self.problems.append(f"{wrong}: {answer!r} to {data[:600]!r}")
        if answer.status < 400 and method not in ("GET", "HEAD", "OPTIONS"):
            self.accepted += 1

    def problem_of(self, method, answer):
        if answer.status < 400 or method == "HEAD":
            return None
        if answer.headers.get(b"content-type") != b"application/problem+json":
            return self.other_document(answer)
        try:
            problem = json.loads(answer.body.decode())
        except ValueError:
            return "a problem that is no JSON"
        if not PROBLEM <= set(problem) <= PROBLEM | {"instance"} or problem["status"] != answer.status:
            return "a problem with other members"
        if problem["correlation_id"].encode() != answer.mark or not re.fullmatch(r"[A-Za-z0-9_]+", problem["code"]):
            return "a problem with another correlation id, or no code"
        if any(not isinstance(problem[name], str) or not problem[name] for name in ("title", "detail", "type")):
            return "a problem that says nothing"
        needed = {401: b"www-authenticate", 405: b"allow", 429: b"retry-after", 503: b"retry-after"}.get(answer.status)
        if needed and needed not in answer.headers:
            return f"{answer.status} without {needed.decode()}"
        self.codes[answer.status, problem["code"]] = self.codes.get((answer.status, problem["code"]), 0) + 1
        if answer.status >= 500 and (answer.status, problem["code"]) not in BUSY:
            return "a 5xx"
        return None

    @staticmethod
    def other_document(answer):
        """Resolution of a DID answers with a document of its own when that is asked for."""
        return None if answer.headers.get(b"content-type", b"").startswith(b"application/did-resolution") else "a refusal that is no problem document"


class World:
    """A node with something of most kinds in it, and the requests to each of its routes."""

    def __init__(self, node, seed):
        self.node, self.rng = node, random.Random(seed)
        self.alice = node.member("hostile alice")
        self.member_key = node.api_key("member")
        made = node.post("/identity/did/create", {}, key=self.member_key).json()
        self.did = made["did"]
        self.member_key = node.api_key("member", [self.did])
        self.document = node.get("/system/openapi.json").json()
        self.known = {"did": self.did, "other_did": self.alice.did, "cid": icn_node.raw_cid(b"hello")}
        self.ids = self.make_things()
        self.guesser = guesses.Guesser(self.document, self.known)

    def must(self, path, body, status=201, key=None):
        answer = self.node.post(path, body, key=key or self.member_key)
        if answer.status != status:
            raise RuntimeError(f"{path}: {answer}")
        return answer.json()

    def make_things(self):
        self.must("/dag/blocks", {"data": "aGVsbG8=", "visibility": "public"})
        text = {"type": "GenericText", "data": {"text": "We bake on Mondays."}}
        proposal = self.must("/governance/proposals", {"proposer_did": self.did, "title": "Bread", "proposal": text, "description": "We bake on Mondays.", "duration_secs": 86400})
        job = self.must("/mesh/jobs?wait=10", {"spec": {"kind": "echo", "args": ["hello"]}, "max_price": 20})
        key = self.node.post("/system/api-keys", {"label": "to be fuzzed", "role": "read"}, key=self.node.operator_key).json()["info"]["id"]
        height = str(self.node.height())
        return {"/governance/proposals/": proposal["proposal_id"], "/mesh/jobs/": job["job_id"], "/system/api-keys/": key, "/ledger/blocks/": height,
                "/identity/did/": self.did, "/governance/members/": self.did, "/reputation/": self.did, "/dag/": self.known["cid"], "/ipfs/": self.known["cid"]}

    def headers(self, who):
        key = {"member": self.member_key, "operator": self.node.operator_key}.get(who)
        return b"X-Api-Key: " + key.encode() + b"\r\n" if key else b""

    def callers(self, operation):
        """Who asks: (name, how much of it)."""
        role = operation.get("x-role")
        if role == "operator":
            return [("operator", 1), ("member", 0.1), (None, 0.1)]
        return [("member", 0.8), (None, 0.4)] if role is None else [("member", 1), (None, 0.1)]

    def good_path(self, template):
        """The path with real ids."""
        def part(match):
            name = match.group(1)
            for beginning, value in self.ids.items():
                if template.startswith(beginning) and template.index("{" + name + "}") == len(beginning) + (template[len(beginning):].find("{")):
                    return urllib.parse.quote(value, safe="")
            return {"did": urllib.parse.quote(self.did), "cid": self.known["cid"], "method": "simple_majority", "type": "compute"}.get(name, "1")
        return re.sub(r"\{(\w+)\}", part, template).encode()

    def requests(self, method, template, operation, who, share):
        """All that is sent to one route by one caller."""
        sent, headers, path = [], self.headers(who), self.good_path(template)
        verb = method.upper().encode()
        body = self.good_body(template, operation) if method == "post" else None
        text = encode(body) if body is not None else b""
        some = lambda values, count: self.rng.sample(values, max(1, min(len(values), round(count * share))))  # noqa: E731

        def add(target=path, content=text, more=b"", own=headers):
            sent.append((method.upper(), request(verb, target, content, own + more)))

        parts = re.findall(r"\{(\w+)\}", template)
        for name in parts:
            for value in some(guesses.SEGMENTS, SEGMENTS_EACH):
                prefix, suffix = template.split("{" + name + "}")
                add(self.good_path(prefix) + value + self.good_path(suffix))
        declared = [each["name"].encode() for each in operation.get("parameters", []) if each["in"] == "query"]
        for name in declared + some(guesses.EXTRA_QUERIES, 3):
            for value in some(guesses.QUERY_VALUES, QUERIES_EACH if name in declared else 3):
                add(path + b"?" + name + b"=" + value)
            add(path + b"?" + name + b"=1&" + name + b"=2&&=&" + name)
        for name, values in guesses.HEADERS:
            for value in some(values, 2):
                add(more=name + b": " + value + b"\r\n")
        for name, values in guesses.CREDENTIALS:
            for value in some(values, 2):
                add(more=name + b": " + value + b"\r\n", own=b"" if self.rng.random() < 0.7 else headers)
        if method != "post":
            add(content=b"{}")
            return sent
        for value in some(guesses.CONTENT_TYPES, 4):
            add(more=b"Content-Type: " + value + b"\r\n")
        bodies = list(guesses.whole_bodies(text, self.rng))
        for value in some(bodies, len(bodies)):
            add(content=value)
        for place in places(body) if body else ():
            add(content=encode(changed(body, place, None)))
            for value in some(guesses.VALUES, VALUES_EACH):
                add(content=encode(changed(body, place, Raw(value))))
        return sent

    def good_body(self, template, operation):
        content = operation.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        special = {
            "/governance/proposals": {"proposer_did": self.did, "title": "Bread", "proposal": {"type": "GenericText", "data": {"text": "x"}}, "description": "We bake.", "duration_secs": 86400},
            "/governance/proposals/{id}/vote": {"voter_did": self.did, "choice": "yes", "reason": "why not"},
            "/economics/mana/transfer": {"from": self.did, "to": self.alice.did, "amount": 0.001, "memo": "x"},
            "/governance/tally/{method}": {"options": ["a", "b"], "ballots": [{"choice": "yes"}]},
            "/system/batch": {"requests": [{"method": "POST", "path": "/identity/session", "body": {}}, {"path": "/system/info"}]},
            "/mesh/jobs": {"spec": {"kind": "echo", "args": ["x"], "env": {"A": "b"}, "resources": {"memory_mb": 1}}, "max_price": 2},
            "/identity/credentials/verify": {"verifiableCredential": {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"], "issuer": self.did,
                                                                      "credentialSubject": {"id": self.did}}, "options": {}},
            "/identity/credentials/schemas": {"name": "bread:skill", "json_schema": {"type": "object", "properties": {"a": {"type": "string", "pattern": "^(a+)+$"}}}, "issuers": [self.did],
                                              "author": self.did},
        }.get(template)
        return special if special is not None else self.guesser.body(schema)


def snapshot(node):
    """What must be as it was where nothing was accepted."""
    seen = {}
    for path in WATCHED:
        text = node.get(path, key=node.operator_key).text
        seen[path] = re.sub(r'"(last_used_at|regenerated|as_of|state|balances|consistent|available|locked|burned|height)":("[^"]*"|[\d.a-z]+)', "", text)
    return seen


def differences(before, after):
    found = []
    for path, text in after.items():
        if text != before[path]:
            at = next((i for i, (left, right) in enumerate(zip(text, before[path])) if left != right), 0)
            found.append(f"{path}: {before[path][max(0, at - 60):at + 120]!r} became {text[max(0, at - 60):at + 120]!r}")
    return found


def done_since(node, height):
    """(new height, types of the transactions that were done, but the node's own)."""
    newest, found = node.height(), []
    for each in range(height + 1, newest + 1):
        block = node.get(f"/ledger/blocks/{each}").json()
        found += [transaction["type"] for transaction, outcome in zip(block["transactions"], block["outcomes"]) if outcome["ok"] and transaction["type"] not in OWN]
    return newest, found


def check_routes(checks, world, asker):
    node, height, last = world.node, world.node.height(), snapshot(world.node)
    for template, operations in world.document["paths"].items():
        for method, operation in operations.items():
            name, started, sent, accepted = f"{method.upper()} {template}", time.monotonic(), asker.sent, 0
            asker.problems, asker.slow = [], []
            for who, share in world.callers(operation):
                accepted += asker.ask(world.requests(method, template, operation, who, share))
            checks.none(f"{name}: {asker.sent - sent} requests are answered well", asker.problems)
            checks.none(f"{name}: and soon", asker.slow)
            now = snapshot(node)
            height, done = done_since(node, height)
            if template not in ("/system/batch", "/governance/votes/batch"):
                checks.check(f"{name}: only what was accepted is in the ledger", len(done) <= accepted, (accepted, done[:10]))
            if accepted == 0:
                checks.none(f"{name}: what was refused left nothing", differences(last, now))
            last = now
            if time.monotonic() - started > 3:
                say(f"  {name} took {time.monotonic() - started:.1f} s, {asker.sent - sent} requests, {accepted} accepted")


def main():
    checks = Checks()
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    say(f"every route, asked badly (seed {seed})")
    with icn_node.Node(settings={"rate_limit.failures": 0, "log.level": "error"}) as node:
        world, asker = World(node, seed), Asker(node)
        process = Process(node)
        files, memory = process.files(), process.memory()
        witness = Witness(node, pause=0.05)
        check_routes(checks, world, asker)
        if asker.wire:
            asker.wire.close()
        witness.end(checks, "routes", 1)
        say(f"  {asker.sent} requests; by status {dict(sorted(asker.counts.items()))}")
        say(f"  5xx: {({code: count for code, count in asker.codes.items() if code[0] >= 500})}")
        process.settles(checks, files)
        grown = process.memory() - memory
        checks.check("the memory is bounded", grown < 512 * MIB, f"{grown / MIB:.0f} MiB more")
        invariants = node.get("/system/invariants", key=node.operator_key).json()
        checks.check("the invariants hold", all(each["ok"] for each in invariants["items"]), invariants)
        checks.equal("ready", node.get("/system/ready").status, 200)
        checks.equal("the node stops", node.stop(), 0)
        verified = node.run("ledger", "verify", "--data", node.data)
        checks.check("the ledger verifies", verified.returncode == 0, verified.stdout + verified.stderr)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
