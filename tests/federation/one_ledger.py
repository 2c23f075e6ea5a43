"""Four validators, one ledger: what every member may rely on."""

import sys
import time

from relay import engines_of
from world import Checks, Federation, headers, icn_node, is_ready, say, verify_all


def transfer(node, payer, payee, amount, timeout=30):
    body = payer.transaction(node, "economics.transfer", {"to": payee.did, "amount": amount})
    return node.post(f"/economics/mana/transfer?timeout={timeout}", body, timeout=timeout + 10)


def balances(federation, did, nodes=None):
    return [node.balance(did).get("balance") for node in nodes or federation.nodes]


def everyday(checks, federation, alice, bob):
    """Final at one is final at all, and read there."""
    times = []
    for i in range(12):
        node = federation.nodes[i % 4]
        started = time.monotonic()
        answer = transfer(node, alice, bob, 1)
        times.append(time.monotonic() - started)
        checks.equal(f"transfer {i} is final where it was sent", answer.status, 200)
        checks.check("it reads its own write", node.get("/ledger/transactions/" + answer.json()["transaction_id"]).status == 200)
    federation.wait_for_equal_heights()
    for i, node in enumerate(federation.nodes):
        checks.check(f"the operator of node {i} vouches for its people", node.grant(icn_node.Member(f"of node {i}"))["amount"] > 0)
    found = balances(federation, bob.did)
    checks.check("all nodes tell one balance", len(set(found)) == 1, found)
    times.sort()
    say(f"   finality of 12 transfers one after another: median {times[6] * 1000:.0f} ms, longest {times[-1] * 1000:.0f} ms")


def repeats_and_refusals(checks, federation, alice, bob):
    node, other = federation.nodes[0], federation.nodes[1]
    body = alice.transaction(node, "economics.transfer", {"to": bob.did, "amount": 2})
    first = node.post("/economics/mana/transfer", body)
    again = node.post("/economics/mana/transfer", body)
    elsewhere = other.post("/economics/mana/transfer", body)
    checks.equal("a repeat has the first outcome", again.json(), first.json())
    checks.equal("at another node too", elsewhere.json(), first.json())
    started = time.monotonic()
    refused = transfer(node, icn_node.Member("a stranger without mana"), bob, 1)
    checks.check("who cannot pay is told so", refused.status in (402, 404, 422), refused)
    checks.check("at once", time.monotonic() - started < 5, time.monotonic() - started)
    forged = alice.transaction(node, "economics.transfer", {"to": bob.did, "amount": 2})
    forged["body"]["amount"] = 3
    checks.equal("a forged one is refused", node.post("/economics/mana/transfer", forged).status, 401)


def one_gone(checks, federation, alice, bob):
    """kill -9 of one of four: nothing stops; it catches up when it is back."""
    victim, rest = federation.nodes[3], federation.nodes[:3]
    victim.kill()
    for i in range(6):
        checks.equal("a transfer with three of four", transfer(rest[i % 3], alice, bob, 1).status, 200)
    victim.start()
    took = federation.wait_for_equal_heights(at_least=rest[0].height())
    say(f"   the fourth had caught up {took:.1f} s after it served again")
    checks.check("the fourth tells what was decided without it", len(set(balances(federation, bob.did))) == 1)
    federation.wait_until("the fourth is ready", lambda: is_ready(victim))


def queued_transfer(node, payer, payee, amount):
    body = payer.transaction(node, "economics.transfer", {"to": payee.did, "amount": amount})
    return node.post("/economics/mana/transfer?queue=true&timeout=2", body)


def standing(node, answer):
    return node.get("/ledger/transactions/" + answer.json()["transaction_id"]).json()


def stale_reads(checks, node, height):
    """Every read is marked with the height it stands on and its age; writes' answers are not."""
    answer = node.get("/system/status")
    checks.check("a read is marked", answer.headers.get("x-stale", "").startswith(f"height={height}, age="), answer.headers)
    status = answer.json()
    checks.equal("the status says it", (status["in_sync"], status["has_quorum"], status["is_online"]), (False, False, False))
    age = int(answer.headers["x-stale"].split("age=")[1])
    checks.check("with its age", 5 <= age < 120 and abs(age - status["stale_secs"]) <= 1, (age, status))
    time.sleep(2)
    later = int(node.get("/ledger/blocks").headers["x-stale"].split("age=")[1])
    checks.check("which grows", later > age, (age, later))
    ready = node.get("/system/ready")
    checks.check("not ready, and why", ready.status == 503 and "no_quorum" in ready.json()["checks"]["ledger"], ready)
    health = node.get("/system/health")
    checks.check("its health says it too", health.json()["status"] == "degraded" and "no_quorum" in health.json()["checks"]["ledger"], health)
    metrics = node.get("/system/metrics").text.splitlines()
    checks.check("so do the metrics", "icn_ledger_has_quorum 0" in metrics, [line for line in metrics if "icn_ledger" in line])


def two_gone(checks, federation, alice, bob):
    """No quorum: nothing is committed, reads go on and are marked; all resumes when they are back."""
    gone, rest = federation.nodes[2:], federation.nodes[:2]
    checks.check("reads of a whole network are not marked", "x-stale" not in rest[0].get("/system/status").headers)
    for node in gone:
        node.kill()
    before, height = balances(federation, bob.did, rest), rest[0].height()
    pending = transfer(rest[0], alice, bob, 5, timeout=2)
    checks.check("the first write is pending", pending.status == 202, pending)
    federation.wait_until("no quorum is seen", lambda: not is_ready(rest[0]) and not is_ready(rest[1]), 40)
    refused = transfer(rest[0], alice, bob, 1)
    checks.check("the next is refused: no_quorum", refused.status == 503 and refused.json()["code"] == "no_quorum", refused)
    checks.check("with a time to come again", int(refused.headers.get("retry-after", 0)) >= 1, refused.headers)
    checks.check("a refused write bears no mark", "x-stale" not in refused.headers, refused.headers)
    checks.equal("reads go on", balances(federation, bob.did, rest), before)
    stale_reads(checks, rest[0], height)
    kept = [queued_transfer(node, alice, bob, 2) for node in rest]
    checks.equal("writes that may be are queued", [(each.status, each.json().get("status")) for each in kept], [(202, "queued")] * 2)
    checks.equal("which their ids tell", [standing(node, each)["status"] for node, each in zip(rest, kept)], ["queued"] * 2)
    rest[1].kill()
    rest[1].start()
    checks.equal("also after kill -9", standing(rest[1], kept[1])["status"], "queued")
    checks.equal("the other node knows nothing of it", standing(rest[0], kept[1])["status"], "unknown")
    checks.equal("nothing was committed", rest[0].height(), height)
    for node in gone:
        node.start()
    started = time.monotonic()
    federation.wait_until("writes resume", lambda: all(is_ready(node) for node in federation.nodes))
    checks.equal("a transfer after their return", transfer(rest[1], alice, bob, 1).status, 200)
    say(f"   a transfer was final {time.monotonic() - started:.1f} s after the two served again")
    for each in [pending, *kept]:
        identifier = each.json()["transaction_id"]
        told = lambda node: node.get("/ledger/transactions/" + identifier).json()["status"]
        federation.wait_until("what waited is final everywhere", lambda: {told(node) for node in federation.nodes} == {"committed"}, 30)
    took = time.monotonic() - started
    checks.check("all within 60 s", took < 60, took)
    say(f"   all that waited was final everywhere {took:.1f} s after the two served again")
    federation.wait_for_equal_heights()
    checks.equal("each was done once", balances(federation, bob.did), [before[0] + 5 + 2 + 2 + 1] * 4)
    federation.wait_until("no read is marked any more", lambda: not any("x-stale" in node.get("/system/status").headers for node in federation.nodes), 40)


def engine_killed(checks, federation, alice, bob):
    """kill -9 of the engine alone: the node starts it again."""
    import os
    import signal
    node = federation.nodes[1]
    engines = engines_of(node.process.pid)
    checks.equal("a node has one engine", len(engines), 1)
    os.kill(engines[0], signal.SIGKILL)
    checks.equal("a transfer at the node whose engine died", transfer(node, alice, bob, 1).status, 200)
    federation.wait_for_equal_heights()


def same_history(checks, federation):
    federation.wait_for_equal_heights()
    found = [headers(node) for node in federation.nodes]
    checks.check("all headers are equal", all(each == found[0] for each in found), found)
    say(f"   {len(found[0])} blocks, the same on {len(found)} nodes")
    verify_all(checks, federation.nodes)


def main():
    checks = Checks()
    alice, bob = icn_node.Member("alice"), icn_node.Member("bob")
    with Federation() as federation:
        federation.nodes[0].grant(alice)
        say("four validators: every day")
        everyday(checks, federation, alice, bob)
        repeats_and_refusals(checks, federation, alice, bob)
        say("one of four gone")
        one_gone(checks, federation, alice, bob)
        say("an engine gone")
        engine_killed(checks, federation, alice, bob)
        say("two of four gone")
        two_gone(checks, federation, alice, bob)
        same_history(checks, federation)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
