#!/usr/bin/env python3
"""Jobs that mean harm: 100 of each kind at once, while normal jobs and requests go on.

Each ends as failed with the code and trap of its kind, is paid no more than its price, and the rest of its escrow comes
back; the normal jobs all complete and every request is answered. Latencies are printed beside those without hostile jobs.
After a first round that fills caches, another one leaves the memory as it was, +10 % at most.
The modules are assembled by modules.py. Codes: domain.md 7 and 8 (J005 the job failed, J008 sandbox, J009 used up).
"""

import os
import random
import statistics
import sys
import threading
import time

import support  # noqa: F401  (finds tests/lib)
import icn_node
import modules
from support import Checks, Pipe, ask_all, http_request, say, store_module, submission

COUNT = 100
ROUND_SECS = 40
MAX_PRICE = 4
CACHED_PER_JOB = 2048  # bytes of records and blocks that bounded caches may keep; an instance or a buffer is far more
MIB = 1 << 20


def milli(mana):
    return round(mana * 1000)


class Kind:
    """100 jobs of it and how each must end: its status and code, the trap of its receipt, and what it may cost: all, a part
    (at least the smallest fee of 1 mana), or nothing, since its end depended on the machine."""

    def __init__(self, name, made, code, trap="", costs="part", resources=None, attempts=1):
        self.name, self.code, self.trap, self.costs, self.attempts = name, code, trap, costs, attempts
        self.modules = made if isinstance(made, list) else [made]
        self.resources = resources or {}
        self.status = "failed" if code else "completed"

    def problem(self, job):
        """What is wrong with the way a job ended."""
        escrow = {part: milli(amount) for part, amount in job["escrow"].items()}
        if (job["status"], job.get("code") or "", job["attempt"]) != (self.status, self.code, self.attempts):
            return f"ended as {job['status']} {job.get('code')} in attempt {job['attempt']}"
        trap = (job.get("receipt") or {}).get("trap") or ""
        if trap != self.trap:
            return f"trap {trap!r}"
        right = {"all": escrow["paid"] == escrow["locked"], "part": 1000 <= escrow["paid"] < escrow["locked"], "nothing": escrow["paid"] == 0}
        if escrow["paid"] + escrow["refunded"] + escrow["burned"] != escrow["locked"] or escrow["burned"] or not right[self.costs]:
            return f"escrow {job['escrow']}"
        return None


def kinds():
    rng = random.Random(8)
    good = modules.counting(1000)
    return [
        Kind("loops for ever", modules.endless_loop(), "J009", "fuel", "all", {"fuel": 3_000_000}),
        # The depth of the stack depends on the machine: each attempt ends so, and the third one is the last.
        Kind("recurses without end", modules.endless_recursion(), "J009", "", "nothing", attempts=3),
        Kind("allocates without end", modules.memory_bomb(), "J009", "fuel", "all", {"memory_mb": 32, "fuel": 3_000_000}),
        Kind("unreachable", modules.trap(), "J005", "unreachable"),
        Kind("divides by zero", modules.divide_by_zero(), "J005", "unreachable"),
        Kind("writes to stdout for ever", modules.stdout_flood(), "J008", "host", resources={"fuel": 10_000_000_000}),
        # Each call answers that the pointer is wrong, and the job goes on.
        Kind("wild pointers", modules.wild_pointers(), "", costs="all"),
        Kind("truncated modules", [good[:length] for length in range(len(good))][-COUNT:], "J005"),
        Kind("random bytes", [rng.randbytes(rng.randint(0, 3000)) for _ in range(COUNT)], "J005"),
        Kind("random code", [modules.program(rng.randbytes(rng.randint(1, 400))) for _ in range(COUNT)], "J005"),
    ]


class Normal:
    """Echo jobs that wait for their end, and requests for /system/info, until end()."""

    def __init__(self, world):
        self.world, self.problems, self.jobs, self.infos = world, [], [], []
        self.is_over = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=each, daemon=True) for each in ((self.job, 0), (self.job, 1), (self.info, 0.005))]
        for thread in self.threads:
            thread.start()

    def run(self, ask, pause):
        pipe = Pipe(self.world.node.port, 120)
        try:
            while not self.is_over.is_set():
                ask(pipe, pause)
        except Exception as problem:
            self.problems.append(repr(problem))
        pipe.close()

    def job(self, pipe, number):
        member, (spec, manifest) = self.world.normal[number], self.world.echo
        transaction = member.transaction(self.world.node, "mesh.submit", submission(spec, manifest, self.world.node.did))
        started = time.monotonic()
        pipe.send(http_request("POST", "/mesh/jobs?wait=60", {**transaction, "spec": spec}))
        answer = pipe.receive()
        self.jobs.append(time.monotonic() - started)
        if answer.status != 201 or answer.json()["status"] != "completed":
            self.problems.append(f"{answer} {answer.text[:300]}")
        time.sleep(0.01)

    def info(self, pipe, pause):
        started = time.monotonic()
        pipe.send(http_request("GET", "/system/info"))
        answer = pipe.receive()
        self.infos.append(time.monotonic() - started)
        if answer.status != 200:
            self.problems.append(repr(answer))
        time.sleep(pause)

    def end(self):
        self.is_over.set()
        for thread in self.threads:
            thread.join(90)

    def words(self):
        parts = []
        for name, found in (("job", self.jobs), ("request", self.infos)):
            found = sorted(found)
            parts.append(f"{len(found)} {name}s median {statistics.median(found) * 1000:.1f} ms, 99 % {found[len(found) * 99 // 100] * 1000:.0f} ms")
        return "; ".join(parts)


class World:
    def __init__(self, node):
        self.node = node
        self.normal = [node.member(f"normal {index}") for index in range(2)]
        self.kinds = kinds()
        for kind in self.kinds:
            kind.key = node.api_key("member")
            kind.did = node.post("/identity/did/create", {}, key=kind.key).json()["did"]
            answer = node.post("/economics/mana/grants", {"to": kind.did}, key=node.operator_key)
            if answer.status not in (201, 409):  # 409: granted when it was made
                raise RuntimeError(f"no grant: {answer} {answer.text}")
            kind.specs = [{"kind": "wasm", "module_cid": store_module(node, module), "resources": kind.resources,
                           "max_execution_secs": 10, "max_price": MAX_PRICE} for module in kind.modules]
        spec = {"kind": "echo", "args": ["still here"], "max_price": 1}
        answer = node.post("/mesh/jobs?wait=30", {"spec": spec}, key=node.operator_key)
        self.echo = spec, node.get("/mesh/jobs/" + answer.json()["job_id"]).json()["job"]["manifest_cid"]


def submit(world):
    """100 jobs of each kind, mixed; {job id: kind}. A job may be refused at once."""
    requests, order = [], [(kind, index) for kind in world.kinds for index in range(COUNT)]
    random.Random(1).shuffle(order)
    for kind, index in order:
        requests.append(http_request("POST", "/mesh/jobs", {"submitter_did": kind.did, "spec": kind.specs[index % len(kind.specs)]}, kind.key))
    answers = ask_all(world.node.port, requests, window=100)
    return [(kind, answer) for (kind, _), answer in zip(order, answers)]


def ended_jobs(world, ids):
    jobs, deadline = {}, time.monotonic() + ROUND_SECS
    while len(jobs) < len(ids) and time.monotonic() < deadline:
        wanted = [job_id for job_id in ids if job_id not in jobs]
        for job_id, answer in zip(wanted, ask_all(world.node.port, [http_request("GET", "/mesh/jobs/" + each) for each in wanted])):
            job = answer.json()["job"]
            if job["status"] in ("completed", "failed", "cancelled"):
                jobs[job_id] = {**job, "receipt": answer.json().get("receipt")}
        time.sleep(0.5)
    return jobs


def check_round(checks, world, name):
    normal, started = Normal(world), time.monotonic()
    submitted = submit(world)
    checks.none(f"{name}: every job is taken", [f"{kind.name}: {answer} {answer.text[:200]}" for kind, answer in submitted if answer.status != 201])
    kind_of = {answer.json()["job_id"]: kind for kind, answer in submitted if answer.status == 201}
    jobs = ended_jobs(world, list(kind_of))
    took = time.monotonic() - started
    normal.end()
    checks.equal(f"{name}: every hostile job has ended", len(jobs), len(kind_of))
    checks.none(f"{name}: every normal job completes and every request is answered", normal.problems)
    say(f"  {name}: {len(jobs)} hostile jobs in {took:.1f} s; meanwhile {normal.words()}")
    for kind in world.kinds:
        mine = [job for job_id, job in jobs.items() if kind_of[job_id] is kind]
        wrong = [f"{problem}: {job}" for job in mine for problem in [kind.problem(job)] if problem]
        checks.check(f"{name}: {kind.name}: {COUNT} ended as they must", len(mine) == COUNT and not wrong, f"{len(mine)}, {len(wrong)} wrong: {wrong[:1]}")
        balance = world.node.balance(kind.did)
        checks.equal(f"{name}: {kind.name}: nothing stays locked", balance["locked"], 0)
    supply = world.node.get("/economics/mana/supply")
    checks.check(f"{name}: all accounts add up", supply.status == 200 and supply.json()["consistent"], supply)
    metrics = world.node.get("/mesh/metrics").json()
    checks.equal(f"{name}: no job is open", (metrics["active"], metrics["queued"], metrics["settling"]), (0, 0, 0))
    return len(jobs) + len(normal.jobs)


def memory(node):
    """Resident bytes of the process."""
    with open(f"/proc/{node.process.pid}/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS:"))


def settled_memory(node, wanted=None):
    """The memory after a pause; with `wanted`, once it is no more than that, 10 s at most."""
    time.sleep(2)
    deadline = time.monotonic() + 10
    while wanted and memory(node) > wanted and time.monotonic() < deadline:
        time.sleep(0.5)
    return memory(node)


def main():
    checks = Checks()
    say(f"hostile jobs, {COUNT} of each kind at once")
    # The allocator gives back at once what is free, else it keeps some buffers of 16 MiB until the next use of a thread
    # (mimalloc 2.0 and later).
    os.environ.update({name: "0" for name in ("MIMALLOC_DECOMMIT_DELAY", "MIMALLOC_SEGMENT_DECOMMIT_DELAY", "MIMALLOC_PURGE_DELAY")})
    # Small write buffers, so that what the stores keep in memory is the same after each round.
    settings = {"storage.rocksdb.write_buffer_size": 2 * MIB, "storage.rocksdb.block_cache_size": 8 * MIB, "mesh.queue_max": 2000,
                "mesh.parallel": 2}
    with icn_node.Node(settings=settings) as node:
        world = World(node)
        alone = Normal(world)
        time.sleep(2)
        alone.end()
        checks.none("without hostile jobs all is well", alone.problems)
        say(f"  alone: {alone.words()}")
        check_round(checks, world, "first round")
        before = settled_memory(node)
        jobs = check_round(checks, world, "second round")
        allowed = before * 1.1 + jobs * CACHED_PER_JOB
        after = settled_memory(node, allowed)
        say(f"  memory {before / MIB:.1f} MiB, after another round of {jobs} jobs {after / MIB:.1f} MiB")
        checks.check("memory is as before, +10 % at most", after <= allowed, f"{before / MIB:.1f} MiB, then {after / MIB:.1f} MiB")
        checks.equal("ready", node.get("/system/ready").status, 200)
        checks.equal("the node stops", node.stop(), 0)
        support.verify(checks, node, "icn ledger verify")
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
