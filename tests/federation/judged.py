"""Real nodes judge a job that another one ran: a receipt that holds, one that is false, and executors that differ."""

import base64
import json
import sys
import time

from followed import make_follower
from forged import Receipt, node_signer, sha
from job_module import talking_module
from jobs import echo, job_of, meet, put, run_job, submit
from world import Checks, Federation, free_ports, icn_node, say, verify_all

SUBMITTER, HONEST, LIAR = 1, 2, 3  # nodes; the first one judges
LIE = b"a result that nobody computed"


class JudgedFederation(Federation):
    """Two validators and two full nodes without CometBFT, all of which run jobs. Pay is held for an hour, as in production. A job
    that asks for `node-N` is run by that node alone, one that asks for `pair` by any but its submitter's."""

    def __init__(self):
        super().__init__(validators=2, followers=2, peers=True, settings={"p2p.heartbeat_ms": 1000})
        rpc = [f"127.0.0.1:{port}" for port in free_ports(2)]
        for i, node in enumerate(self.nodes):
            node.settings["mesh.capabilities"] = f"node-{i}" + ("" if i == SUBMITTER else ",pair")
        for i, node in enumerate(self.nodes[:2]):
            node.settings["consensus.rpc_listen"] = rpc[i]
            node.settings["consensus.peers"] = self.infos[1 - i]["peer"]
        for node in self.nodes[2:]:
            make_follower(node, rpc)

    def _write_genesis(self, infos, profile):
        super()._write_genesis(infos, "production")


# ---- Mana


def milli(mana):
    return round(mana * 1000)


def held(federation, who):
    """Millimana that are locked for a node, pay that is still held among them."""
    return milli(federation.nodes[0].balance(federation.dids[who])["locked"])


def all_held(federation):
    return [held(federation, who) for who in range(4)]


def moves(federation, job):
    """Who gained and lost by a job, in millimana: without what was only locked and came back."""
    out = {}
    answer = federation.nodes[0].get(f"/mesh/jobs/{job}/ledger").json()
    assert answer["is_complete"], answer
    for each in answer["items"]:
        sign = {"settle_receive": 1, "settle_pay": -1, "slash_burn": -1}.get(each["kind"], 0)
        who = federation.dids.index(each["did"])
        out[who] = out.get(who, 0) + sign * abs(milli(each["amount"]))
    return {who: amount for who, amount in out.items() if amount}


def all_burned(federation):
    """What was ever burned, in millimana, of a count that is as new as the ledger: nodes keep one for 10 s."""
    node = federation.nodes[0]

    def supply():
        return node.get("/economics/mana/supply").json()
    federation.wait_until("the newest supply", lambda: supply()["height"] == node.height(), 15)
    found = supply()
    assert found["consistent"], found
    return milli(found["burned"])


def price_of(checks, node, job):
    """What was agreed on, in millimana: 5 + 2 a core + memory / 100 + minutes, more by reputation, 0.9 to 1.1 of it."""
    told = node.get(f"/mesh/jobs/{job}").json()
    bid = next(each for each in told["bids"] if each["executor"] == told["job"]["executor"])
    base = 5000 + 2000 + 10 * told["job"]["memory_mb"] + 1000 * told["job"]["max_execution_secs"] // 60
    checks.check("a price within its bounds", 0.9 * base <= milli(bid["price"]) <= 1.21 * base, (bid, base))
    checks.equal("the bid's price is the job's", bid["price"], told["job"]["price"])
    return milli(bid["price"])


# ---- Judges


def drawn_judges(federation, dispute, job):
    """Who is called, by the rule of docs/formats/job.md: all nodes have places, in the order in which they were first paid."""
    before = federation.nodes[0].get(f"/ledger/blocks/{dispute['height'] - 1}").json()["hash"]
    seed = sha(job["job_id"], job["receipt_cid"], bytes.fromhex(before), "judges")
    places, parties = list(range(4)), {job["submitter"], job["coordinator"], job["executor"]}
    for i in range(4):
        at = i + int.from_bytes(sha(seed, str(i))[:8], "big") % (4 - i)
        places[i], places[at] = places[at], places[i]
    return [federation.dids[place] for place in places if federation.dids[place] not in parties]


def doubt(checks, federation, job, by_command=False):
    """The submitter disputes a job: what its node answers, to a request or to `icn job dispute`."""
    node = federation.nodes[SUBMITTER]
    if by_command:
        done = node.run("--json", "--url", node.url, "--data", node.data, "job", "dispute", job)
        checks.equal("icn job dispute", (done.returncode, done.stderr), (0, ""))
        told = json.loads(done.stdout)
    else:
        answer = node.post(f"/mesh/jobs/{job}/dispute", {"reason": "I doubt it"}, key=node.operator_key)
        checks.equal("the dispute is taken", answer.status, 200)
        told = answer.json()
    checks.equal("the job is disputed", (told["status"], told["dispute"]["state"]), ("disputed", "open"))
    checks.equal("by its submitter", told["dispute"]["by"], federation.dids[SUBMITTER])
    checks.equal("judges are drawn by the rule", told["dispute"]["judges"], drawn_judges(federation, told, job_of(node, job)))
    again = node.post(f"/mesh/jobs/{job}/dispute", {}, key=node.operator_key)
    checks.check("not twice", again.status == 409, again)
    return told["dispute"]


def verdict(federation, job):
    """The dispute of a job, once it is decided at every node."""
    def states():
        return {job_of(each, job).get("dispute", {}).get("state", "open") for each in federation.nodes}
    took = federation.wait_until("the judges decide", lambda: len(states()) == 1 and "open" not in states(), 120)
    say(f"   judged after {took:.1f} s")
    return job_of(federation.nodes[0], job)["dispute"]


# ---- Lies


def honest_receipt(checks, federation, job, signer):
    """The receipt of a job, and that ours of the same content is its block."""
    node = federation.nodes[SUBMITTER]
    told = node.get(f"/mesh/jobs/{job}", key=node.operator_key).json()
    receipt = Receipt(told["receipt"])
    checks.equal("the block of a receipt", receipt.cid(), told["job"]["receipt_cid"])
    checks.equal("its signature", receipt.signed(signer), receipt)
    return receipt


def lie(checks, federation, job, receipt, signers, **more):
    """While the executor works, its attempt is settled with its key, by another result. `more` of the receipt is false too."""
    node = federation.nodes[SUBMITTER]
    told = job_of(node, job)
    liar, coordinator = signers[told["executor"]], signers[told["coordinator"]]
    false = Receipt(receipt, job_id=job, attempt=told["attempt"], executor=liar.did, key=liar.key_id, result_cid=icn_node.raw_cid(LIE),
                    manifest_cid=told["manifest_cid"], job_clock_secs=told["submitted_at"],
                    **{"memory_mb": told["memory_mb"], "execution_secs": told["max_execution_secs"], **more})
    if "replica_of" in told:
        false["replica_of"] = told["replica_of"]
    false = false.signed(liar)
    block = {"data": base64.b64encode(false.block()).decode(), "codec": "dag-cbor"}
    stored = node.post("/dag/blocks", block, key=node.operator_key)
    checks.equal("the false receipt lies at the coordinator", stored.json().get("cid"), false.cid())
    answer = node.post("/ledger/transactions", coordinator.transaction(node, "mesh.settle", {"receipts": [false.claim(liar)]}))
    checks.equal("it is taken", answer.status, 200)
    return answer.json()["outcomes"][0]["result"]


# ---- What is tried


def all_are_paid_once(checks, federation):
    """Every node runs a job and is paid, one after the other: from then on it may be called to judge."""
    for i, did in enumerate(federation.dids):
        job = run_job(federation.nodes[SUBMITTER], {**echo(f"for {i}"), "capabilities": [f"node-{i}"]})
        checks.equal(f"job {i} is completed", job["status"], "completed")
        checks.equal("by the one that was asked for", job_of(federation.nodes[0], job["job_id"])["executor"], did)
    federation.wait_for_equal_heights()


def honest(checks, federation, module):
    """An honest executor is doubted: judges come to the same, the stake is burned, pay and lock are free."""
    node = federation.nodes[SUBMITTER]
    before = all_held(federation)
    job = run_job(node, {"kind": "wasm", "module_cid": module, "resources": {"fuel": 1_000_000_000_000}, "max_price": 20,
                         "capabilities": [f"node-{HONEST}"]})
    checks.equal("it is completed", job["status"], "completed")
    job = job["job_id"]
    federation.wait_for_equal_heights()
    price = price_of(checks, node, job)
    lock = stake = price // 10
    checks.equal("its pay and its lock are held", held(federation, HONEST), before[HONEST] + price + lock)
    checks.equal("the rest is back", held(federation, SUBMITTER), before[SUBMITTER])
    refused = federation.nodes[HONEST].post(f"/mesh/jobs/{job}/dispute", {}, key=federation.nodes[HONEST].operator_key)
    checks.check("an executor does not doubt itself", refused.status == 409, refused)
    opened = doubt(checks, federation, job)
    checks.equal("the stake is a tenth of the price", milli(opened["stake"]), stake)
    ended = verdict(federation, job)
    checks.equal("it is not upheld", ended["state"], "rejected")
    votes = {each["judge"]: each["agrees"] for each in ended["votes"]}
    checks.equal("both others have run it again", votes, {federation.dids[0]: True, federation.dids[LIAR]: True})
    told = job_of(node, job)
    checks.equal("it stays completed", (told["status"], told["timeline"][-1]["reason"]), ("completed", "dispute_rejected"))
    checks.equal("the price is paid", (milli(told["escrow"]["paid"]), milli(told["escrow"]["refunded"])), (price, 20_000 - price))
    checks.equal("who gained and lost", moves(federation, job), {SUBMITTER: -price - stake, HONEST: price})
    checks.equal("nothing is locked for it any more", all_held(federation), before)
    again = node.post(f"/mesh/jobs/{job}/dispute", {}, key=node.operator_key)
    checks.check("a job is doubted once", again.status == 409, again)
    return job, stake


def all_agree(checks, federation, module):
    """Three run a job and come to the same: each is paid its own price, nobody judges."""
    node = federation.nodes[SUBMITTER]
    before = all_held(federation)
    spec = {"kind": "wasm", "module_cid": module, "resources": {"fuel": 1_000_000_000_000}, "max_price": 20}
    job = run_job(node, {**spec, "redundancy": {"kind": "full", "count": 3}}, wait=45)
    checks.equal("it is completed", job["status"], "completed")
    federation.wait_for_equal_heights()
    replicas = node.get("/mesh/jobs/" + job["job_id"]).json()["replicas"]
    checks.equal("three executors", len({each["executor"] for each in replicas}), 3)
    checks.equal("one result", {each["result_cid"] for each in replicas}, {icn_node.raw_cid(b"done")})
    wanted = list(before)
    for each in replicas:
        who = federation.dids.index(each["executor"])
        price = price_of(checks, node, each["job_id"])
        checks.equal("nobody judges", each.get("dispute"), None)
        if who == SUBMITTER:
            checks.equal("nobody pays itself", moves(federation, each["job_id"]), {})
            wanted[who] += price // 10
        else:
            checks.equal("each is paid its price", moves(federation, each["job_id"]), {SUBMITTER: -price, who: price})
            wanted[who] += price + price // 10
    checks.equal("all pay and all locks are held", all_held(federation), wanted)


def false(checks, federation, module, receipt, signers, **more):
    """A false receipt: judges come to something else, the pay goes back and the executor's lock to who doubted."""
    node = federation.nodes[SUBMITTER]
    before = all_held(federation)
    job = submit(node, module, capabilities=[f"node-{LIAR}"])
    federation.wait_until("it is assigned", lambda: job_of(node, job).get("executor"), 30)
    outcome = lie(checks, federation, job, receipt, signers, **more)
    checks.equal("the lie is settled", outcome, "settled")
    federation.wait_for_equal_heights()
    price = price_of(checks, node, job)
    stake = price // 10
    checks.equal("its pay and its lock are held", held(federation, LIAR), before[LIAR] + price + stake)
    doubt(checks, federation, job, by_command=True)
    ended = verdict(federation, job)
    checks.equal("it is upheld", ended["state"], "upheld")
    votes = {each["judge"]: each["agrees"] for each in ended["votes"]}
    checks.equal("both others came to something else", votes, {federation.dids[0]: False, federation.dids[HONEST]: False})
    told = job_of(node, job)
    checks.equal("it has failed", (told["status"], told["code"]), ("failed", "J005"))
    checks.equal("the submitter has its price back", (told["escrow"]["paid"], told["escrow"]["refunded"]), (0, told["escrow"]["locked"]))
    checks.equal("who gained and lost", moves(federation, job), {SUBMITTER: stake, LIAR: -stake})
    checks.equal("nothing is locked for it any more", all_held(federation), before)
    took = federation.wait_until("its executor stops", lambda: federation.nodes[LIAR].get("/mesh/metrics").json()["running"] == 0, 30)
    say(f"   the executor stopped {took:.1f} s later")


def one_differs(checks, federation, module, receipt, signers, liars_replica):
    """Two run a job and one lies: a third judges who came first."""
    node = federation.nodes[SUBMITTER]
    before = all_held(federation)
    job = submit(node, module, capabilities=["pair"], redundancy={"kind": "full", "count": 2})

    def replicas():
        return node.get("/mesh/jobs/" + job).json()["replicas"]
    federation.wait_until("the liar's is assigned", lambda: replicas()[liars_replica - 1].get("executor"), 30)
    false = replicas()[liars_replica - 1]
    outcome = lie(checks, federation, false["job_id"], receipt, signers)
    checks.equal("the lie waits for the other", outcome, "verifying")
    federation.wait_until("it ends", lambda: job_of(node, job)["status"] in ("completed", "failed"), 60)
    federation.wait_for_equal_heights()
    ended = replicas()
    is_lie_judged = liars_replica == 1
    judges = set(federation.dids) - {federation.dids[SUBMITTER], *(each["executor"] for each in ended)}
    judged = ended[0]["dispute"]
    votes = [{"judge": judge, "agrees": not is_lie_judged} for judge in judges]
    checks.equal("the first is judged, by who ran nothing of it", judged["votes"], votes)
    checks.equal("without a stake", ("by" in judged, judged["stake"], judged["state"]), (False, 0, "upheld" if is_lie_judged else "rejected"))
    checks.equal("two of two did not agree", [(each["status"], each["code"]) for each in ended], [("failed", "J005")] * 2)
    wanted = list(before)
    for each in ended:
        price, gains = 0, {}
        if not is_lie_judged and each["replica"] == 1:  # found right
            price, who = price_of(checks, node, each["job_id"]), federation.dids.index(each["executor"])
            wanted[who] += price + price // 10
            gains = {SUBMITTER: -price, who: price}
        checks.equal("paid is who was found right", moves(federation, each["job_id"]), gains)
        checks.equal("the rest is back", milli(each["escrow"]["refunded"]), milli(each["escrow"]["locked"]) - price)
    checks.equal("nothing else is held", all_held(federation), wanted)
    asks = {**echo("x"), "capabilities": [f"node-{federation.dids.index(false['executor'])}"]}
    estimate = node.post("/mesh/jobs/estimate", {"spec": asks}, key=node.operator_key).json()
    checks.equal("the liar's bids are refused", estimate["eligible_executors"], 0)


def run():
    checks = Checks()
    with JudgedFederation() as federation:
        node = federation.nodes[SUBMITTER]
        signers = {did: node_signer(each, did) for each, did in zip(federation.nodes, federation.dids)}
        short, long = (put(node, talking_module(words, work)) for words, work in ((2, 10_000_000), (10, 200_000_000)))
        for part in (meet, all_are_paid_once):
            timed(part, checks, federation)
        job, stake = timed(honest, checks, federation, short)
        timed(all_agree, checks, federation, short)
        receipt = honest_receipt(checks, federation, job, signers[federation.dids[HONEST]])
        receipt["module_cid"] = long
        put(node, LIE)
        timed(false, checks, federation, long, receipt, signers)
        # A second is too short for who runs it again: it would not come to an end, and judges would say nothing.
        timed(false, checks, federation, long, receipt, signers, execution_secs=1)
        # The first liar's bids are refused from then on: the other two make the second pair.
        for replica in (1, 2):
            timed(one_differs, checks, federation, long, receipt, signers, replica)
        federation.wait_for_equal_heights()
        checks.equal("all that was burned is the stake of who doubted an honest one", all_burned(federation), stake)
        verify_all(checks, federation.nodes)
    return checks.finish()


def timed(part, checks, federation, *arguments, **more):
    started = time.monotonic()
    say(part.__doc__)
    out = part(checks, federation, *arguments, **more)
    say(f"   {time.monotonic() - started:.1f} s")
    return out


if __name__ == "__main__":
    sys.exit(run())
