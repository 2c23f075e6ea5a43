"""A federation falls apart and becomes whole again: one history, nothing lost that was final, no job paid twice.

`partition.py ten` does it with ten validators, five on either side.
"""

import collections
import concurrent.futures
import sys
import time

from jobs import echo
from one_ledger import balances, queued_transfer, standing, transfer
from world import Checks, Federation, headers, icn_node, is_ready, say, verify_all

QUICK = {"p2p.heartbeat_ms": 1000, "p2p.discover_secs": 2}
ENDED = ("completed", "failed", "cancelled")


def submit(node, text):
    """A job of the node's operator; its id, or None when it was not taken."""
    spec = {**echo(text), "max_execution_secs": 5}
    answer = node.post("/mesh/jobs?timeout=5", {"spec": spec}, key=node.operator_key, timeout=15)
    return answer.json().get("job_id") if answer.status == 201 else None


def has_no_quorum(node):
    return node.get("/system/status").json()["has_quorum"] is False


def is_marked(node):
    return "x-stale" in node.get("/system/status").headers


def heal(federation, checks, name):
    """Joined again, everything resumes within 60 s."""
    federation.relays.join()
    started = time.monotonic()
    federation.wait_until(f"{name}: all are ready", lambda: all(is_ready(node) for node in federation.nodes), 60)
    federation.wait_for_equal_heights(timeout=60)
    took = time.monotonic() - started
    checks.check(f"{name}: all resumes within 60 s", took < 60, took)
    say(f"   {name}: ready and level {took:.1f} s after they were joined")


def final_everywhere(federation, answers, timeout=60):
    ids = [each.json()["transaction_id"] for each in answers]
    def told(node):
        return {node.get("/ledger/transactions/" + each).json()["status"] for each in ids}
    federation.wait_until("what waited is final everywhere", lambda: all(told(node) == {"committed"} for node in federation.nodes), timeout)


def submit_everywhere(federation, count):
    """Jobs that are under way when this returns."""
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        nodes = [federation.nodes[i % len(federation.nodes)] for i in range(count)]
        return list(pool.map(lambda pair: submit(pair[1], f"job {pair[0]} {time.monotonic()}"), enumerate(nodes)))


def halves(checks, federation, alice, bob, carol, one, other, jobs=0):
    """Neither half commits; what each was asked meanwhile is done once, in one order. The ids of the jobs that were under
    way then."""
    first, second = federation.nodes[one[0]], federation.nodes[other[0]]
    before = balances(federation, bob.did)[0]
    final = transfer(first, alice, bob, 1)
    checks.equal("a transfer before", final.status, 200)
    federation.wait_for_equal_heights()
    jobs = submit_everywhere(federation, jobs) if jobs else []
    federation.relays.part(one, other)
    time.sleep(2)  # what was decided already is committed
    heights = federation.heights()
    pending = [transfer(node, alice, bob, 1, timeout=1) for node in (first, second)]
    checks.equal("writes on both sides wait", [each.status for each in pending], [202, 202])
    federation.wait_until("both sides see that they have no quorum", lambda: has_no_quorum(first) and has_no_quorum(second), 40)
    checks.equal("new ones are refused on both", [transfer(node, alice, bob, 1).status for node in (first, second)], [503, 503])
    federation.wait_until("reads go on, marked", lambda: is_marked(first) and is_marked(second), 5)
    # Each side is asked to give away the same mana.
    rest = round(0.6 * float(first.balance(alice.did)["available"]), 1)
    twice = [queued_transfer(first, alice, bob, rest), queued_transfer(second, alice, carol, rest)]
    kept = [queued_transfer(node, alice, bob, 1) for node in (first, second)]
    checks.equal("both keep what may be kept", [each.status for each in twice + kept], [202] * 4)
    time.sleep(5)
    checks.equal("nothing was committed on either side", federation.heights(), heights)
    heal(federation, checks, "halves")
    def came_to():
        return [standing(node, each) for node, each in zip((first, second), twice)]
    federation.wait_until("both that spend the same have ended", lambda: all(each["status"] in ("committed", "refused") for each in came_to()), 60)
    spent = [each["status"] == "committed" and each["outcome"]["ok"] for each in came_to()]
    checks.equal("of two that spend the same one was done", sorted(spent), [False, True])
    say(f"   the other one: {came_to()[spent.index(False)]}")
    final_everywhere(federation, pending + kept + [twice[spent.index(True)]])
    federation.wait_for_equal_heights()
    gained = 1 + 2 + 2 + (rest if spent[0] else 0)
    checks.equal("what was final before is, and the rest was done once", balances(federation, bob.did), [round(before + gained, 3)] * len(federation.nodes))
    return jobs


def majority(checks, federation, alice, bob, jobs):
    """Three go on; the fourth tells how old its answers are, and learns what was decided without it. The ids of the jobs
    that were under way then."""
    whole, alone = federation.nodes[:3], federation.nodes[3]
    jobs = submit_everywhere(federation, jobs)
    federation.relays.part([0, 1, 2], [3])
    for i in range(4):
        checks.equal("a transfer among the three", transfer(whole[i % 3], alice, bob, 1).status, 200)
    federation.wait_until("the fourth sees that it is alone", lambda: has_no_quorum(alone) and is_marked(alone), 40)
    height = alone.height()
    checks.check("it marks what it tells", alone.get("/system/status").headers["x-stale"].startswith(f"height={height}, "))
    checks.check("the three do not", not any(is_marked(node) for node in whole))
    kept = queued_transfer(alone, alice, bob, 3)
    checks.equal("and keeps what it is asked", kept.json()["status"], "queued")
    checks.equal("a transfer while it is away", transfer(whole[0], alice, bob, 1).status, 200)
    checks.equal("it knows nothing of that", alone.height(), height)
    heal(federation, checks, "majority")
    final_everywhere(federation, [kept])
    federation.wait_until("nothing is marked any more", lambda: not any(is_marked(node) for node in federation.nodes), 40)
    return jobs


def paid_once(checks, federation, jobs):
    """Every job has ended, for all the same; its executor was paid once at most, and the rest went back."""
    node = federation.nodes[0]
    def told(each):
        return node.get("/mesh/jobs/" + each).json()["job"]
    federation.wait_until("all jobs have ended", lambda: all(told(each)["status"] in ENDED for each in jobs), 150)
    federation.wait_for_equal_heights()
    ends = collections.Counter(told(each)["status"] for each in jobs)
    say(f"   {len(jobs)} jobs: {dict(ends)}")
    checks.check("jobs were completed", ends["completed"] > 0, ends)
    for each in jobs:
        job = told(each)
        escrow = job["escrow"]
        checks.equal("paid and refunded are what was locked", round(escrow["paid"] + escrow["refunded"], 3), escrow["locked"])
        checks.equal("all nodes tell the same of it", [other.get("/mesh/jobs/" + each).json()["job"]["escrow"] for other in federation.nodes], [escrow] * len(federation.nodes))
        kinds = collections.Counter(entry["kind"] for entry in node.get(f"/mesh/jobs/{each}/ledger").json()["items"])
        checks.check("paid once at most", kinds["settle_receive"] <= 1 and kinds["settle_pay"] <= 1, (each, kinds))
    supplies = [other.get("/economics/mana/supply").json() for other in federation.nodes]
    checks.check("the mana adds up", all(each["consistent"] for each in supplies), supplies)
    checks.check("on all alike", all(each["balances"] == supplies[0]["balances"] for each in supplies), supplies)


def one_history(checks, federation):
    federation.wait_for_equal_heights()
    found = [headers(node) for node in federation.nodes]
    checks.check("all headers are equal", all(each == found[0] for each in found), found)
    say(f"   connections that no node has dialled: {federation.relays.strangers}")
    verify_all(checks, federation.nodes)


def four(checks):
    alice, bob, carol = (icn_node.Member(name) for name in ("alice", "bob", "carol"))
    with Federation(peers=True, relays=True, settings=QUICK) as federation:
        for who in [alice, *federation.dids[1:]]:
            federation.nodes[0].grant(who)
        def know():
            return all(len(node.get("/mesh/executors").json()["items"]) == 4 for node in federation.nodes)
        federation.wait_until("all know all executors", know, 60)
        federation.wait_for_equal_heights()
        say("two and two")
        jobs = halves(checks, federation, alice, bob, carol, [0, 1], [2, 3], jobs=12)
        say("three and one")
        jobs += majority(checks, federation, alice, bob, jobs=12)
        checks.check("jobs were taken", all(jobs), jobs)
        paid_once(checks, federation, [each for each in jobs if each])
        one_history(checks, federation)


def ten(checks):
    alice, bob, carol = (icn_node.Member(name) for name in ("alice", "bob", "carol"))
    with Federation(validators=10, relays=True) as federation:
        federation.nodes[0].grant(alice)
        federation.wait_for_equal_heights()
        say("five and five")
        halves(checks, federation, alice, bob, carol, range(5), range(5, 10))
        one_history(checks, federation)


def main():
    checks = Checks()
    (ten if "ten" in sys.argv[1:] else four)(checks)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
