"""A job that is doubted: nodes that had no part in it run it again, fetch what they need, and vote; the pay is held meanwhile."""

import sys

from jobs import echo, meet, run_job
from world import Checks, Federation, say, verify

ENDED = ("completed", "failed", "cancelled")


def job_of(node, job):
    return node.get("/mesh/jobs/" + job).json()["job"]


def run_elsewhere(checks, node, own, text):
    """A job that another node than its own has completed."""
    for i in range(20):
        job = run_job(node, echo(f"{text} {i}"))
        checks.equal("a job is completed", job["status"], "completed")
        if job_of(node, job["job_id"])["executor"] != own:
            return job["job_id"]
    raise RuntimeError("every job was run by its own node")


def doubted(checks, federation):
    """The result was right: judges of other nodes say so, the stake is burned and the pay comes free."""
    node, own = federation.nodes[1], federation.dids[1]
    job = run_elsewhere(checks, node, own, "what is right")
    before = job_of(node, job)
    executor = next(each for each, did in zip(federation.nodes, federation.dids) if did == before["executor"])
    held = executor.balance(before["executor"])
    checks.check("its pay is held", held["locked"] >= before["escrow"]["paid"] > 0, (held, before["escrow"]))
    answer = node.post(f"/mesh/jobs/{job}/dispute", {"reason": "it came too fast"}, key=node.operator_key)
    checks.equal("it may be doubted", answer.status, 200)
    checks.equal("and is", answer.json()["status"], "disputed")
    again = node.post(f"/mesh/jobs/{job}/dispute", {}, key=node.operator_key)
    checks.check("once", again.status == 409, again)
    dispute = job_of(node, job)["dispute"]
    judges = set(dispute["judges"])
    checks.check("its judges had no part in it", judges and not judges & {own, before["executor"]}, dispute)
    took = federation.wait_until("it is judged", lambda: job_of(node, job)["status"] in ENDED, 60)
    say(f"   {len(judges)} judges; judged after {took:.1f} s")
    federation.wait_for_equal_heights()
    after = job_of(node, job)
    checks.equal("the job is what it was", (after["status"], after["escrow"]["paid"]), ("completed", before["escrow"]["paid"]))
    checks.equal("the doubt is rejected", after["dispute"]["state"], "rejected")
    votes = after["dispute"]["votes"]
    checks.check("judges ran it again and agree", votes and {each["judge"] for each in votes} <= judges and all(each["agrees"] for each in votes), after["dispute"])
    free = executor.balance(before["executor"])
    checks.check("its pay is free", free["locked"] < held["locked"], (held, free))
    checks.equal("all nodes tell the same of it", [job_of(each, job)["escrow"] for each in federation.nodes], [after["escrow"]] * len(federation.nodes))
    supplies = [each.get("/economics/mana/supply").json() for each in federation.nodes]
    checks.check("the mana adds up", all(each["consistent"] for each in supplies), supplies)


def main():
    checks = Checks()
    with Federation(peers=True, profile="production", settings={"p2p.heartbeat_ms": 1000}) as federation:
        for part in (meet, doubted):
            say(part.__doc__)
            part(checks, federation)
        federation.wait_for_equal_heights()
        for node in federation.nodes:
            node.stop()
        for i, node in enumerate(federation.nodes):
            verify(checks, node, f"the ledger of node {i} verifies")
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
