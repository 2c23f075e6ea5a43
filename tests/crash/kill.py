#!/usr/bin/env python3
"""kill -9 at random moments, under load of signed transfers and jobs.

Environment: ICN_CRASH_ROUNDS (50), ICN_CRASH_SEED (random; printed). After each restart, over the round's writes:
  * what was answered is there: its transaction answers committed with the same outcome and height, and a repeat
    gives the first answer
  * what was not answered is sent again and then applied exactly once
  * a plain transfer or job sent again under its Idempotency-Key is the first one
  * the history of every account has no gap, adds up to its balance, and names every write exactly once
  * every job reaches its final state in time: paid + refunded + burned = locked, paid once, by the submitter to the node
  * all accounts add up (/economics/mana/supply)
and every tenth round `icn ledger verify` replays the folder of the stopped node.
"""

import collections
import os
import random
import sys
import threading
import time

import support  # noqa: F401  (finds tests/lib)
import icn_node
import modules
from support import Checks, Pipe, ask_all, http_request, say, store_module, submission, verify

ROUNDS = int(os.environ.get("ICN_CRASH_ROUNDS") or 50)
SEED = int(os.environ.get("ICN_CRASH_SEED") or random.SystemRandom().randrange(10**9))
MEMBERS = 24
TRANSFER_THREADS = 3
JOB_SECS = 15  # in which every job must have ended after a restart


def milli(mana):
    return round(mana * 1000)


class Write:
    """Something sent to the node: the request to repeat, and the first answer if one came."""

    def __init__(self, path, body, transaction=None, key=None, headers=None, is_job=False):
        self.path, self.body, self.transaction = path, body, transaction
        self.id = icn_node.transaction_id(transaction) if transaction else None
        self.is_job = is_job
        self.request = http_request("POST", path, body, key, headers)
        self.answer = None
        self.was_answered = False


class Load:
    """Threads that write until the node is gone."""

    def __init__(self, world, number):
        self.world, self.writes, self.number = world, [], number
        self.is_over = threading.Event()
        self.problems = []
        jobs = [(self.signed_job, 2), (self.plain, 3)]
        self.threads = [threading.Thread(target=self.run, args=(make, window, f"{SEED}/{number}/{index}"), daemon=True)
                        for index, (make, window) in enumerate([(self.transfer, 8)] * TRANSFER_THREADS + jobs)]
        for thread in self.threads:
            thread.start()

    def run(self, make, window, seed):
        rng = random.Random(seed)
        try:
            pipe = Pipe(self.world.node.port)
            while not self.is_over.is_set():
                part = [make(rng) for _ in range(rng.randint(1, window))]
                self.writes += part
                pipe.send(b"".join(write.request for write in part))
                for write in part:
                    write.answer = pipe.receive()
                    write.was_answered = True
        except OSError:
            pass  # killed
        except Exception as problem:  # a thread must not end in silence
            self.problems.append(repr(problem))

    def transfer(self, rng):
        sender, to = rng.sample(self.world.members, 2)
        transaction = sender.transaction(self.world.node, "economics.transfer", {"to": to.did, "amount": rng.randint(1, 900) / 1000})
        return Write("/economics/mana/transfer", transaction, transaction)

    def signed_job(self, rng):
        spec, manifest = rng.choice(self.world.specs)
        sender = rng.choice(self.world.members)
        transaction = sender.transaction(self.world.node, "mesh.submit", submission(spec, manifest, self.world.node.did))
        wait = rng.choice(["", "?wait=2"])
        return Write("/mesh/jobs" + wait, {**transaction, "spec": spec}, transaction, is_job=True)

    def plain(self, rng):
        """Signed by the node, for the operator: under an Idempotency-Key."""
        headers = {"idempotency-key": f"crash-{SEED}-{self.number}-{rng.getrandbits(64):016x}"}
        key = self.world.node.operator_key
        if rng.random() < 0.2:
            spec, _ = rng.choice(self.world.specs)
            return Write("/mesh/jobs", {"spec": spec}, None, key, headers, is_job=True)
        body = {"from": self.world.node.did, "to": rng.choice(self.world.members).did, "amount": rng.randint(1, 90) / 1000}
        return Write("/economics/mana/transfer", body, None, key, headers)

    def end(self):
        self.is_over.set()
        for thread in self.threads:
            thread.join(60)
        return self.writes


class Account:
    """The history of one account, read further after each round."""

    def __init__(self, did):
        self.did = did
        self.seq = 0
        self.sum = 0
        self.lines = collections.Counter()  # (kind, ref) -> how many
        self.amounts = {}

    def read(self, node):
        """Reads what is new; returns what is wrong with it."""
        items, cursor = [], None
        while True:
            path = f"/economics/mana/history?did={self.did}&limit=200" + (f"&cursor={cursor}" if cursor else "")
            page = node.get(path).json()
            new = [item for item in page["items"] if item["seq"] > self.seq]
            items += new
            cursor = page.get("next_cursor")
            if len(new) < len(page["items"]) or not cursor:
                break
        problems = []
        for item in reversed(items):
            if item["seq"] != self.seq + 1:
                problems.append(f"{self.did}: item {item['seq']} follows {self.seq}")
            self.seq = item["seq"]
            if item["kind"] not in ("lock", "release"):
                self.sum += milli(item["amount"])
            if self.sum != milli(item["balance_after"]):
                problems.append(f"{self.did}: balance after item {self.seq} is {item['balance_after']}, the sum {self.sum}")
            self.lines[item["kind"], item.get("ref")] += 1
            self.amounts[item["kind"], item.get("ref")] = milli(item["amount"])
        balance = node.get("/economics/mana/balance?did=" + self.did).json()
        grown = milli(balance["balance"]) - self.sum
        if not 0 <= grown <= milli(balance["rate_per_hour"]) * 7200 // 3600 + 1:  # what 2 h may regenerate
            problems.append(f"{self.did}: balance {balance['balance']}, history {self.sum}")
        return problems


class World:
    def __init__(self, node):
        self.node = node
        self.members = [node.member(f"crash {index}") for index in range(MEMBERS)]
        self.accounts = {member.did: Account(member.did) for member in self.members}
        self.accounts[node.did] = Account(node.did)
        self.jobs = {}
        counting = store_module(node, modules.counting(3_000_000))
        self.specs = []
        for spec in ({"kind": "echo", "args": ["crash"], "max_price": 20},
                     {"kind": "wasm", "module_cid": counting, "resources": {"fuel": 40_000_000}, "max_price": 20}):
            answer = node.post("/mesh/jobs?wait=30", {"spec": spec}, key=node.operator_key)
            if answer.status != 201 or answer.json()["status"] != "completed":
                raise RuntimeError(f"a job does not run: {answer}")
            job = node.get("/mesh/jobs/" + answer.json()["job_id"]).json()["job"]
            self.specs.append((spec, job["manifest_cid"]))


def outcome_of(answer):
    """What an answer says of a write, without what a later look at a job shows differently."""
    body = answer.json()
    return answer.status, body.get("transaction_id"), body.get("height"), body.get("transfer_id"), body.get("job_id")


def check_answered(checks, world, name, writes):
    refused = [f"{write.path}: {write.answer}" for write in writes if write.answer.status not in (200, 201)]
    checks.none(f"{name}: nothing was refused before the kill", refused)
    writes = [write for write in writes if write.answer.status in (200, 201)]
    for write in writes:
        write.id = write.id or write.answer.json()["transaction_id"]
    stored = ask_all(world.node.port, [http_request("GET", "/ledger/transactions/" + write.id) for write in writes])
    lost = []
    for write, answer in zip(writes, stored):
        first, now = write.answer.json(), answer.json() if answer.status == 200 else {}
        output = now.get("outcome", {}).get("output", {})
        same = all(output.get(field) == first.get(field) for field in ("transfer_id", "from_balance", "to_balance", "job_id"))
        if now.get("status") != "committed" or not now["outcome"]["ok"] or now["height"] != first["height"] or not same:
            lost.append(f"{write.path} answered {write.answer}, now {answer}")
    checks.none(f"{name}: every answered write is there", lost)


def check_repeats(checks, world, name, writes):
    """Sends every write again, twice what had no answer."""
    again = ask_all(world.node.port, [write.request for write in writes], window=16)
    wrong = []
    for write, answer in zip(writes, again):
        if answer.status not in (200, 201):
            wrong.append(f"{write.path} again: {answer}")
        elif write.was_answered and outcome_of(write.answer) != outcome_of(answer):
            wrong.append(f"{write.path} answered {write.answer}, again {answer}")
        else:
            write.answer = answer
            write.id = write.id or answer.json()["transaction_id"]
    checks.none(f"{name}: a repeat gives the first outcome, an unanswered write is applied", wrong)
    unanswered = [write for write in writes if not write.was_answered and write.answer]
    third = ask_all(world.node.port, [write.request for write in unanswered], window=16)
    wrong = [f"{write.path}: {write.answer}, then {answer}" for write, answer in zip(unanswered, third)
             if answer.status not in (200, 201) or outcome_of(write.answer) != outcome_of(answer)]
    checks.none(f"{name}: and its own repeat is no second one", wrong)


def check_jobs(checks, world, name, writes):
    ids = {write.answer.json()["job_id"] for write in writes if write.is_job and write.answer and write.answer.status == 201}
    open_ids, deadline = set(ids), time.monotonic() + JOB_SECS
    wrong = []
    while open_ids:
        wanted = sorted(open_ids)
        for job_id, answer in zip(wanted, ask_all(world.node.port, [http_request("GET", "/mesh/jobs/" + each) for each in wanted])):
            job = answer.json()["job"] if answer.status == 200 else {}
            if job.get("status") in ("completed", "failed", "cancelled"):
                open_ids.discard(job_id)
                world.jobs[job_id] = job
                escrow = {part: milli(amount) for part, amount in job["escrow"].items()}
                if escrow["paid"] + escrow["refunded"] + escrow["burned"] != escrow["locked"]:
                    wrong.append(f"escrow of {job_id}: {job['escrow']}")
                if job["status"] != "completed" or job["attempt"] != 1 or escrow["burned"]:
                    wrong.append(f"{job_id} ended as {job}")
        if time.monotonic() > deadline:
            break
        if open_ids:
            time.sleep(0.02)
    checks.none(f"{name}: every job has ended within {JOB_SECS} s", sorted(open_ids))
    checks.none(f"{name}: every job is completed and its escrow adds up", wrong)
    return ids


def check_accounts(checks, world, name, writes, job_ids):
    problems = []
    for account in world.accounts.values():
        problems += account.read(world.node)
    checks.none(f"{name}: histories have no gap and add up to the balances", problems)
    wrong = []
    for write in writes:
        if write.is_job or not write.answer or write.answer.status != 200:
            continue
        sender = write.transaction["sender"] if write.transaction else world.node.did
        body = write.transaction["body"] if write.transaction else write.body
        entry = (write.answer.json()["transfer_id"], milli(body["amount"]))
        for did, kind, amount in ((sender, "transfer_out", -entry[1]), (body["to"], "transfer_in", entry[1])):
            account = world.accounts[did]
            if account.lines[kind, entry[0]] != 1 or account.amounts[kind, entry[0]] != amount:
                wrong.append(f"{kind} {entry} of {did}: {account.lines[kind, entry[0]]} times")
    checks.none(f"{name}: every transfer stands once in both histories", wrong)
    wrong = []
    for job_id in job_ids & world.jobs.keys():
        job = world.jobs[job_id]
        paid, submitter = milli(job["escrow"]["paid"]), job["submitter"]
        if submitter == world.node.did:
            if paid:
                wrong.append(f"{job_id}: the node paid itself {paid}")
            continue
        for did, kind, amount in ((submitter, "settle_pay", -paid), (world.node.did, "settle_receive", paid)):
            account = world.accounts[did]
            if account.lines[kind, job_id] != 1 or account.amounts[kind, job_id] != amount or not paid:
                wrong.append(f"{kind} {paid} of {did} for {job_id}: {account.lines[kind, job_id]} times")
    checks.none(f"{name}: every job was paid once", wrong)
    supply = world.node.get("/economics/mana/supply")
    checks.check(f"{name}: all accounts add up", supply.status == 200 and supply.json()["consistent"], supply)


def play_round(checks, world, rng, number):
    node, name = world.node, f"round {number}"
    load = Load(world, number)
    time.sleep(rng.uniform(0.01, 0.35))
    node.kill()
    writes = load.end()
    checks.none(f"{name}: the load threads", load.problems)
    if rng.random() < 0.2:  # and again, while it starts
        start_and_kill(node, rng.uniform(0, 0.3))
    if number % 10 == 0:
        verify(checks, node, f"{name}: icn ledger verify")
    try:
        node.start()
    except RuntimeError as problem:
        checks.check(f"{name}: the node starts again", False, problem)
        return None
    answered = [write for write in writes if write.was_answered]
    check_answered(checks, world, name, answered)
    check_repeats(checks, world, name, writes)
    job_ids = check_jobs(checks, world, name, writes)
    check_accounts(checks, world, name, writes, job_ids)
    return len(writes), len(answered), len(job_ids)


def start_and_kill(node, delay):
    """Kills a node `delay` seconds after its process was made, whatever it is doing then."""
    timer = threading.Timer(delay, lambda: node.process and node.process.kill())
    timer.start()
    try:
        node.start()
    except (RuntimeError, OSError):
        pass
    timer.cancel()
    timer.join()
    node.kill()


def main():
    checks = Checks()
    say(f"kill -9: {ROUNDS} rounds, seed {SEED} (ICN_CRASH_SEED={SEED} repeats the choices)")
    rng = random.Random(SEED)
    totals = [0, 0, 0]
    with icn_node.Node() as node:
        world = World(node)
        for number in range(1, ROUNDS + 1):
            counts = play_round(checks, world, rng, number)
            if counts is None:
                break
            totals = [total + count for total, count in zip(totals, counts)]
            if number % 10 == 0:
                say(f"  {number} rounds: {totals[0]} writes, {totals[1]} answered before a kill, {totals[2]} jobs, height {node.height()}")
        if node.is_running():
            metrics = node.get("/mesh/metrics").json()
            checks.equal("no job is open at the end", (metrics["active"], metrics["queued"], metrics["settling"]), (0, 0, 0))
            checks.equal("the node stops", node.stop(), 0)
        verify(checks, node, "icn ledger verify at the end")
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
