"""A full node without CometBFT: it follows what validators have signed, whoever tells it, and believes nobody's word."""

import json
import re
import sys
import time

import rpc_proxy
from checkpoints import take_checkpoint
from double_vote import ask, evidence
from kills import Load
from life import address, decide, engine_validators, proposal_of_validator
from one_ledger import balances, transfer
from relay import engines_of
from world import Checks, Federation, engine_status, free_ports, headers, icn_node, is_ready, say, verify

ALL_LINES = 1_000_000
TAIL = 30  # headers that are compared on the way; all at the end


class FollowedFederation(Federation):
    """Four validators, and a node that reads from the engines of the first two through proxies: `first` is asked first,
    `second` when that one does not serve. A fifth validator is ours, and never runs."""

    ghost = icn_node.Member("a ghost")
    key = icn_node.Key(b"a ghost's key".ljust(32, b"."))

    def __init__(self):
        super().__init__(validators=4, followers=1)
        self.rpc = [f"127.0.0.1:{port}" for port in free_ports(2)]
        for node, listen in zip(self.nodes, self.rpc):
            node.settings["consensus.rpc_listen"] = listen
        for i, node in enumerate(self.nodes[:4]):
            node.settings["consensus.peers"] = ",".join(self.infos[k]["peer"] for k in range(4) if k != i)
        self.first, self.second = self.proxies = [rpc_proxy.Proxy(each) for each in self.rpc]
        self.validators, self.follower = self.nodes[:4], self.nodes[4]
        make_follower(self.follower, [each.address for each in self.proxies])

    def close(self):
        super().close()
        for each in self.proxies:
            each.leave()


def make_follower(node, servers):
    node.settings.pop("consensus.peers", None)
    node.settings["consensus.engine"] = "follow"
    node.settings["consensus.followed"] = ",".join(servers)


def soon(is_so, within_secs=10):
    """Whether it comes about in time."""
    end = time.monotonic() + within_secs
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.03)
    return True


def problem(node):
    """What it says of its ledger; "ok" when it is ready."""
    return node.get("/system/ready").json()["checks"]["ledger"]


def is_marked(node):
    return "x-stale" in node.get("/system/status").headers


def told(node, identifier):
    return node.get("/ledger/transactions/" + identifier).json()


def heights_of(federation, identifier):
    """At which heights the nodes have a transaction."""
    return {told(node, identifier).get("height") for node in federation.nodes}


def tail(node, head):
    """Hashes of the newest headers up to a height."""
    return [node.get(f"/ledger/blocks/{height}").json()["hash"] for height in range(max(0, head - TAIL), head + 1)]


def level(checks, federation, name, within_secs=20):
    """The follower has what the validators have."""
    follower, validator = federation.follower, federation.validators[1]
    federation.wait_for_equal_heights(federation.validators)
    is_level = soon(lambda: follower.height() == validator.height() and is_ready(follower), within_secs)
    checks.check(f"{name}: it is level and ready", is_level, (federation.heights(), problem(follower)))
    head = min(follower.height(), validator.height())
    checks.equal(f"{name}: with the same headers", tail(follower, head), tail(validator, head))


def reads_from_first(federation):
    """The second server is gone, and the first is honest and asked."""
    first, follower = federation.first, federation.follower
    first.lie = first.instead = None
    federation.second.leave()
    asked = first.asked
    federation.wait_until("it reads from the first", lambda: first.asked > asked + 2 and is_ready(follower), 20)


# ---- Every day


def everyday(checks, federation, alice, bob):
    """What is final anywhere is final at the follower, and what it is handed is final everywhere."""
    follower, validator = federation.follower, federation.validators[2]
    checks.equal("it has no engine", engines_of(follower.process.pid), [])
    checks.equal("a validator has one", len(engines_of(validator.process.pid)), 1)
    checks.equal("it is ready", follower.get("/system/ready").status, 200)
    status = follower.get("/federation/status").json()
    checks.equal("it is a full node", status["role"], "full_node")
    checks.equal("it does not tell the lag of an engine it has not", status.get("lag"), None)
    for path, body in (("/federation/sync", {}), ("/federation/peers", {"peer": "ab" * 20 + "@127.0.0.1:26656"})):
        answer = follower.post(path, body, key=follower.operator_key)
        checks.check(f"{path} has nobody to carry it out", answer.status == 503 and "runs no engine" in answer.text, answer)
    checks.check("its reads are not marked", not is_marked(follower))
    times = []
    for i in range(8):
        started = time.monotonic()
        answer = transfer(follower, alice, bob, 1)
        times.append(time.monotonic() - started)
        if not checks.equal(f"transfer {i} at the follower is final", answer.status, 200):
            continue
        identifier, height = answer.json()["transaction_id"], answer.json()["height"]
        checks.equal("it reads its own write", told(follower, identifier).get("height"), height)
        checks.check("all others have it at that height", soon(lambda: heights_of(federation, identifier) == {height}), answer)
    times.sort()
    say(f"   finality of 8 transfers at the follower: median {times[4] * 1000:.0f} ms, longest {times[-1] * 1000:.0f} ms")
    answer = transfer(validator, alice, bob, 1)
    identifier = answer.json()["transaction_id"]
    started = time.monotonic()
    checks.check("a transfer at a validator is seen", soon(lambda: told(follower, identifier)["status"] == "committed"), problem(follower))
    say(f"   a transfer at a validator was here {(time.monotonic() - started) * 1000:.0f} ms after its answer")
    checks.equal("just as there", told(follower, identifier), told(validator, identifier))
    level(checks, federation, "every day")
    checks.equal("all tell one balance", len(set(balances(federation, bob.did))), 1)


def repeats_and_refusals(checks, federation, alice, bob, carol):
    """The follower answers what a validator answers."""
    follower, validator = federation.follower, federation.validators[2]
    body = alice.transaction(follower, "economics.transfer", {"to": bob.did, "amount": 2})
    first, again, there = (node.post("/economics/mana/transfer", body) for node in (follower, follower, validator))
    checks.equal("a transfer", first.status, 200)
    checks.equal("a repeat has the first outcome", again.json(), first.json())
    checks.equal("at a validator too", there.json(), first.json())
    known = alice.transaction(validator, "economics.transfer", {"to": bob.did, "amount": 2})
    answers = [node.post("/economics/mana/transfer", known).json() for node in (validator, follower)]
    checks.equal("a validator's repeat too", answers[1], answers[0])
    checks.equal("a transfer to who has had no grant", transfer(validator, alice, carol, 1).status, 200)
    level(checks, federation, "before what is refused")
    for what, payer, amount in (("too little mana", alice, 1_000_000), ("no account", icn_node.Member("nobody"), 1), ("no grant", carol, 1)):
        started = time.monotonic()
        here, there = (transfer(node, payer, bob, amount) for node in (follower, validator))
        took = time.monotonic() - started
        checks.check(f"{what}: refused", there.status in (402, 403), there)
        checks.equal(f"{what}: as at a validator", (here.status, here.json().get("code")), (there.status, there.json().get("code")))
        checks.check(f"{what}: at once", took < 5, took)
    forged = alice.transaction(follower, "economics.transfer", {"to": bob.did, "amount": 2})
    forged["body"]["amount"] = 3
    checks.equal("a forged one is refused", follower.post("/economics/mana/transfer", forged).status, 401)


def same_checkpoint(checks, federation):
    """Its checkpoint has the same root, with signatures it has fetched."""
    epoch, took = take_checkpoint(federation)
    roots = {node.get(f"/dag/checkpoints/{epoch}").json()["checkpoint"]["root"] for node in federation.nodes}
    checks.equal("one root on all nodes", len(roots), 1)
    say(f"   checkpoint {epoch} was signed everywhere {took:.1f} s after it was asked for")


# ---- Gone


def killed(checks, federation, payers, payee):
    """kill -9 of the follower under load: it goes on from where it stood, and nothing it has answered is lost."""
    follower = federation.follower
    before = balances(federation, payee.did)[0]
    load = Load(federation, payers, payee, 1)
    try:
        for i, running_secs in enumerate((1.2, 0.1, 0.8)):
            time.sleep(running_secs)
            height = follower.height()
            follower.kill()
            if i == 0:
                verify(checks, follower, "icn ledger verify of what was killed")
            follower.start()
            checks.check("it goes on from where it stood", follower.height() >= height, (follower.height(), height))
        time.sleep(0.8)
    finally:
        load.stop()
    level(checks, federation, "after kill -9")
    lost = [each for each, (_, height) in load.final.items() if told(follower, each).get("height") != height]
    checks.equal("what was final is where it was", lost, [])
    checks.check("transfers were final meanwhile", len(load.final) > 5, len(load.final))
    done = sum(each["status"] == "committed" and each["outcome"]["ok"] for each in (told(follower, each) for each in load.sent))
    checks.equal("each was paid once", balances(federation, payee.did), [round(before + 0.01 * done, 3)] * 5)
    say(f"   {len(load.sent)} transfers sent, {len(load.final)} answered as final, {done} done")


def server_killed(checks, federation, alice, bob):
    """The validator it reads from is killed: it goes on by the next one."""
    reads_from_first(federation)
    federation.second.come_back()
    victim, follower = federation.validators[0], federation.follower
    victim.kill()
    started = time.monotonic()
    answer = transfer(follower, alice, bob, 1)
    took = time.monotonic() - started
    checks.equal("a transfer right after that", answer.status, 200)
    checks.check("within some seconds", took < 10, took)
    say(f"   a transfer was final {took:.1f} s after the server was killed")
    asked = federation.second.asked
    checks.check("it asks the next one", soon(lambda: federation.second.asked > asked), asked)
    checks.check("and is ready", soon(lambda: is_ready(follower)), problem(follower))
    checks.check("its reads are not marked", soon(lambda: not is_marked(follower)))
    victim.start()
    federation.wait_until("all are ready", lambda: all(is_ready(node) for node in federation.nodes))
    level(checks, federation, "after its server was killed")


def both_gone(checks, federation, alice, bob):
    """Nobody is left to read from: it says so, and goes on when one is back."""
    follower, validator = federation.follower, federation.validators[2]
    before, height = balances(federation, bob.did)[0], follower.height()
    for each in federation.proxies:
        each.leave()
    pending = transfer(follower, alice, bob, 5, timeout=1)
    checks.check("a write of that moment waits, or is refused", pending.status in (202, 503), pending)
    checks.check("it is not ready", soon(lambda: not is_ready(follower)))
    checks.check("and names who does not answer", soon(lambda: any(each.address in problem(follower) for each in federation.proxies)), problem(follower))
    refused = transfer(follower, alice, bob, 1)
    checks.check("a write is refused: not_writing", refused.status == 503 and refused.json()["code"] == "not_writing", refused)
    checks.check("a refused write bears no mark", "x-stale" not in refused.headers, refused.headers)
    read = follower.get("/system/status")
    checks.check("reads are marked", read.headers.get("x-stale", "").startswith(f"height={height}, age="), read.headers)
    checks.equal("the status says it", (read.json()["in_sync"], read.json()["has_quorum"]), (False, True))
    checks.equal("the others go on", transfer(validator, alice, bob, 1).status, 200)
    checks.equal("it knows nothing of that", follower.height(), height)
    checks.equal("reads go on", follower.balance(bob.did).get("balance"), before)
    federation.first.come_back()
    started = time.monotonic()
    checks.check("it is ready when one is back", soon(lambda: is_ready(follower), 20), problem(follower))
    say(f"   ready {time.monotonic() - started:.1f} s after one was back")
    checks.equal("a transfer", transfer(follower, alice, bob, 1).status, 200)
    checks.check("no read is marked any more", soon(lambda: not is_marked(follower)))
    gained = 1 + 1
    if pending.status == 202:
        gained += 5
        identifier = pending.json()["transaction_id"]
        checks.check("what waited is done", soon(lambda: told(follower, identifier)["status"] == "committed", 20), told(follower, identifier))
    level(checks, federation, "after both were gone")
    checks.equal("each was done once", balances(federation, bob.did), [before + gained] * 5)
    federation.second.come_back()


# ---- Lies

def lies_of(federation):
    """A name, what makes it up or is told instead of any answer, and words of which one says what does not fit."""
    return [
        ("a transaction changed", rpc_proxy.transaction_changed, "data_hash"),
        ("a transaction left out", rpc_proxy.transaction_left_out, "data_hash"),
        ("a transaction twice", rpc_proxy.transaction_twice, "data_hash"),
        ("an accusation added", rpc_proxy.EvidenceAdded(evidence(federation, federation.rpc[1], 2)), "evidence"),
        ("a signature changed", rpc_proxy.signature_changed, "signature"),
        ("half of the signatures left out", rpc_proxy.signatures_left_out, "signature"),
        ("another app hash", rpc_proxy.app_hash_changed, "block_id|app_hash"),
        ("another app hash in a block of that name", rpc_proxy.app_hash_and_name_changed, "signature|app_hash"),
        ("validators of its own, who signed", rpc_proxy.OwnValidators(), "validators"),
        ("the block before once more", rpc_proxy.BlockBefore(federation.first), "height|last_block_id"),
        ("a block it no longer keeps", rpc_proxy.block_dropped, "lowest height"),
        ("transactions that cannot be read", rpc_proxy.transactions_unread, "txs"),
        ("something that is no answer", b"<html>hello</html>", "JSON"),
    ]


def names(federation, mark, words):
    """Whether the follower says what does not fit of the first server: in its log since `mark`, or where it is asked."""
    said = federation.follower.log(ALL_LINES)[mark:] + problem(federation.follower)
    return re.search(rf"{re.escape(federation.first.address)}: [^\n]*({words})", said, re.IGNORECASE) is not None


def begin_lie(federation, lie):
    """From now on the first server lies, and there is no other; where the follower's log stands."""
    reads_from_first(federation)
    mark = len(federation.follower.log(ALL_LINES))
    if isinstance(lie, bytes):
        federation.first.instead = lie
    else:
        federation.first.lie = lie
    return mark


def end_lie(checks, federation, name):
    """The liar goes on lying; the second server is back and honest."""
    started = time.monotonic()
    federation.second.come_back()
    level(checks, federation, f"{name}, and an honest server")
    federation.first.lie = federation.first.instead = None
    return time.monotonic() - started


def lied_to(checks, federation, alice, bob):
    """A server lies: its block is not taken. By an honest one it goes on."""
    follower, validator = federation.follower, federation.validators[2]
    for name, lie, words in lies_of(federation):
        mark = begin_lie(federation, lie)
        height, before = follower.height(), follower.balance(bob.did).get("balance")
        answer = transfer(validator, alice, bob, 1)
        checks.equal(f"{name}: a transfer among validators", answer.status, 200)
        checks.check(f"{name}: it says what does not fit", soon(lambda: names(federation, mark, words)), follower.log(5))
        checks.equal(f"{name}: it is not ready", follower.get("/system/ready").status, 503)
        time.sleep(0.3)
        checks.equal(f"{name}: its height stands still", follower.height(), height)
        checks.equal(f"{name}: nothing is paid", follower.balance(bob.did).get("balance"), before)
        checks.equal(f"{name}: it knows nothing of the transfer", told(follower, answer.json()["transaction_id"])["status"], "unknown")
        took = end_lie(checks, federation, name)
        say(f"   {name}: refused; level {took:.1f} s after an honest one was there")
        checks.equal(f"{name}: it tells the same balance", len(set(balances(federation, bob.did))), 1)


# ---- Validators come and go


def ghost_info(federation):
    """What is proposed of a validator, as `icn federation validator` prints it."""
    did, public = federation.ghost.did, federation.key.public.hex()
    what = {"network": federation.nodes[0].network, "organization": did, "public_key": public}
    proof = federation.key.sign(b"icn:validator:v1\0" + icn_node.canonical_json(what).encode()).hex()
    return {"organization": did, "did": did, "public_key": public, "peer": "00" * 20 + "@127.0.0.1:1", "proof": proof}


def votes_with(federation, infos):
    return engine_validators(federation.nodes[0]) == {address(info): 10 for info in infos}


def one_comes(checks, federation, alice, bob):
    """A fifth validator, while a server tells of others in their place."""
    nodes, ghost = federation.validators, ghost_info(federation)
    body = {"kind": "admit_member", "organization": ghost["did"], "name": "ghost", "operator_did": ghost["did"]}
    decide(checks, "a fifth becomes a member", body, nodes[0], nodes[1:3])
    mark = begin_lie(federation, rpc_proxy.OwnValidators(is_quiet=True))
    decide(checks, "its validator", proposal_of_validator(ghost), nodes[1], nodes[2:4])
    for i in range(3):
        checks.equal("blocks go on", transfer(nodes[i], alice, bob, 1).status, 200)
    federation.wait_until("CometBFT votes with five", lambda: votes_with(federation, [*federation.infos[:4], ghost]), 30)
    checks.check("it does not believe in the false ones", soon(lambda: names(federation, mark, "validators")), federation.follower.log(5))
    checks.check("and stands still", federation.follower.height() < nodes[0].height(), federation.heights())
    end_lie(checks, federation, "a set of five")
    checks.equal("it tells of five validators", len(federation.follower.get("/federation/status").json()["validators"]), 5)
    checks.equal("a transfer at the follower", transfer(federation.follower, alice, bob, 1).status, 200)


def one_signs_twice(checks, federation, alice, bob):
    """Evidence in a block counts at the follower too, and cannot be left out."""
    nodes, follower, ghost = federation.validators, federation.follower, federation.ghost.did
    mark = begin_lie(federation, rpc_proxy.evidence_left_out)
    found = evidence(federation, federation.rpc[1], int(engine_status(nodes[0])["latest_block_height"]))
    found["value"]["TotalVotingPower"] = "50"
    answer = ask(federation.rpc[1], "broadcast_evidence", {"evidence": found})
    checks.check("CometBFT takes the evidence", "error" not in answer, answer)

    def is_locked(node):
        return node.balance(ghost)["locked"] > 0
    for i in range(12):
        checks.equal("blocks go on", transfer(nodes[i % 4], alice, bob, 1).status, 200)
        if is_locked(nodes[1]):
            break
    federation.wait_until("the stake is locked at the validators", lambda: all(is_locked(node) for node in nodes), 30)
    checks.check("a block without its evidence does not fit", soon(lambda: names(federation, mark, "evidence")), follower.log(5))
    checks.check("nothing is locked by it", not is_locked(follower))
    end_lie(checks, federation, "evidence")
    checks.equal("locked alike everywhere", [node.balance(ghost)["locked"] for node in federation.nodes], [nodes[0].balance(ghost)["locked"]] * 5)


def switched_over(checks, federation, alice, bob):
    """A validator is removed, stops, and follows without its engine from then on. Meanwhile the follower's server tells of
    no new block: it is left for the next one."""
    nodes, leaving = federation.validators, federation.infos[3]
    node, rest = nodes[3], [*federation.infos[:3], ghost_info(federation)]
    reads_from_first(federation)
    checks.equal("a transfer before", transfer(federation.follower, alice, bob, 1).status, 200)
    federation.wait_for_equal_heights()
    federation.first.lie = rpc_proxy.NothingAfter(int(engine_status(nodes[0])["latest_block_height"]))
    federation.second.come_back()
    withheld = time.monotonic()
    height = federation.follower.height()
    checks.equal("a transfer that is withheld", transfer(nodes[2], alice, bob, 1).status, 200)
    time.sleep(0.3)
    checks.equal("is not known", federation.follower.height(), height)
    body = {"kind": "remove_validator", "organization": leaving["organization"]}
    decide(checks, "a validator is removed", body, nodes[0], nodes[1:4])
    for i in range(3):
        checks.equal("blocks go on", transfer(nodes[i], alice, bob, 1).status, 200)
    federation.wait_until("CometBFT votes without it", lambda: votes_with(federation, rest), 30)
    federation.wait_for_equal_heights(nodes)
    checks.equal("the one that was removed has an engine", len(engines_of(node.process.pid)), 1)
    before = node.height()
    node.stop()
    make_follower(node, [federation.rpc[1], federation.rpc[0]])
    checks.equal("a transfer without it", transfer(nodes[2], alice, bob, 1).status, 200)
    node.start()
    checks.check("it goes on from its height", node.height() >= before, (node.height(), before))
    took = federation.wait_until("it is ready", lambda: is_ready(node), 20)
    say(f"   it followed {took:.1f} s after its start without an engine")
    checks.equal("it has none", engines_of(node.process.pid), [])
    checks.equal("a transfer there", transfer(node, alice, bob, 1).status, 200)
    federation.wait_for_equal_heights(nodes)
    head = node.height()
    checks.equal("with the same headers", tail(node, head), tail(nodes[0], head))
    is_level = soon(lambda: federation.follower.height() == nodes[1].height(), 30)
    checks.check("the follower has left the one that withholds", is_level, (federation.heights(), problem(federation.follower)))
    say(f"   level {time.monotonic() - withheld:.1f} s after its server told of no new block")
    level(checks, federation, "four validators, one of them gone")
    checks.equal("it tells of four validators", len(federation.follower.get("/federation/status").json()["validators"]), 4)
    federation.first.lie = None


def same_history(checks, federation):
    federation.wait_for_equal_heights()
    found = [headers(node) for node in federation.nodes]
    checks.check("all headers are equal", all(each == found[0] for each in found), found)
    say(f"   {len(found[0])} blocks, the same on {len(found)} nodes")
    for node in federation.nodes:
        node.stop()
    reports = []
    for node in federation.nodes:
        done = node.run("--json", "--data", node.data, "ledger", "verify")
        checks.check("icn ledger verify of " + node.settings["node_name"], done.returncode == 0, (done.stdout + done.stderr)[-1500:])
        report = json.loads(done.stdout) if done.returncode == 0 else {}
        reports.append(tuple(report.get(name) for name in ("height", "head_hash", "state_hash")))
    checks.equal("one state", set(reports), {reports[0]})


def main():
    checks = Checks()
    alice, bob, carol, payee = (icn_node.Member(name) for name in ("alice", "bob", "carol", "payee"))
    payers = [icn_node.Member(f"payer {i}") for i in range(2)]
    with FollowedFederation() as federation:
        first = federation.nodes[0]
        for each in (alice, federation.ghost, *payers):
            first.grant(each)
        checks.equal("a transfer", transfer(first, payers[0], payee, 1).status, 200)
        federation.wait_for_equal_heights()
        both = (alice, bob)
        for part, people in ((everyday, both), (repeats_and_refusals, (alice, bob, carol)), (same_checkpoint, ()),
                             (killed, (payers, payee)), (server_killed, both), (both_gone, both), (lied_to, both),
                             (one_comes, both), (one_signs_twice, both), (switched_over, both), (same_history, ())):
            say((part.__doc__ or part.__name__.replace("_", " ")).strip())
            started = time.monotonic()
            part(checks, federation, *people)
            say(f"   {part.__name__}: {time.monotonic() - started:.1f} s")
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
