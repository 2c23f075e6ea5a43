"""Four nodes run each other's jobs: bids, assignment, results, money."""

import concurrent.futures
import sys
import time

from jobs import echo, meet, put, run_job
from world import NETWORK, Checks, Federation, icn_node, say, verify_all

MODULE = icn_node.ROOT / "build/release/examples/patronage_refund.wasm"
EXAMPLE = icn_node.ROOT / "examples/jobs/patronage_refund"


def everybody_runs(checks, federation):
    """Jobs of one node run on several; why is shown, and the money is right."""
    node = federation.nodes[1]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        jobs = list(pool.map(lambda i: run_job(node, echo(f"job {i}")), range(24)))
    checks.equal("24 jobs are completed", [job["status"] for job in jobs], ["completed"] * 24)
    federation.wait_for_equal_heights()
    found = [node.get("/mesh/jobs/" + job["job_id"]).json() for job in jobs]
    executors = {job["job"]["executor"] for job in found}
    checks.check("several executors ran them", len(executors) >= 3, executors)
    for i, job in enumerate(found):
        winner = [bid for bid in job["bids"] if bid["executor"] == job["job"]["executor"]]
        best = max(bid["score_ppm"] for bid in job["bids"] if not bid["refusal"])
        checks.check("the winner had the best score", winner and winner[0]["score_ppm"] == best, job["bids"])
        for bid in job["bids"]:
            near = max(0, 1_000_000 - 2_000 * bid["rtt_ms"]) if "rtt_ms" in bid else 500_000
            checks.check("the way to a bidder counts", bid["refusal"] or bid["locality_ppm"] == near, bid)
        escrow = job["job"]["escrow"]
        checks.equal("price and refund are what was locked", escrow["paid"] + escrow["refunded"], escrow["locked"])
        checks.equal("the receipt is the executor's", job["receipt"]["executor"], job["job"]["executor"])
        result = node.get(f"/mesh/jobs/{job['job']['job_id']}/result", key=node.operator_key)
        checks.equal("the result is here", result.text, f"job {i}")
    ways = {bid["executor"]: bid.get("rtt_ms") for job in found for bid in job["bids"]}
    checks.check("and was measured: to itself it is none", ways[federation.dids[1]] == 0 and None not in ways.values(), ways)
    elsewhere = federation.nodes[3].get("/mesh/jobs/" + jobs[0]["job_id"]).json()
    checks.equal("every node tells the same of a job", elsewhere["job"]["escrow"], found[0]["job"]["escrow"])


def one_ledger(checks, federation):
    """Every node finds that its peers have the ledger it has."""
    def told():
        return [node.post(f"/network/peers/{each['peer_id']}/ping", {}, key=node.operator_key).json()
                for node in federation.nodes
                for each in node.get("/network/peers", key=node.operator_key).json()["items"]]
    found = told()
    checks.equal("each asks all others", len(found), len(federation.nodes) * (len(federation.nodes) - 1))
    checks.check("none has another history", all(each.get("ledger") in ("identical", "ahead", "behind") for each in found), found)
    federation.wait_for_equal_heights()
    federation.wait_until("all are identical", lambda: {each.get("ledger") for each in told()} == {"identical"}, 20)
    height = federation.nodes[0].height()
    checks.check("with the height of each", all(each["height"] >= height for each in told()), height)


def private_inputs(checks, federation):
    """Module and input lie at the submitter's node only, and reach the executor, but no stranger."""
    node = federation.nodes[2]
    module, secret = (put(node, file.read_bytes()) for file in (MODULE, EXAMPLE / "input.csv"))
    spec = {"kind": "wasm", "module_cid": module, "inputs": [{"cid": secret}], "args": ["4210.07"], "max_price": 20}
    jobs = [run_job(node, spec) for _ in range(6)]
    checks.equal("6 jobs are completed", [job["status"] for job in jobs], ["completed"] * 6)
    results = {node.get(f"/mesh/jobs/{job['job_id']}/result", key=node.operator_key).text for job in jobs}
    checks.equal("with the example's result", results, {(EXAMPLE / "expected.csv").read_text()})
    others = {node.get("/mesh/jobs/" + job["job_id"]).json()["job"]["executor"] for job in jobs} - {federation.dids[2]}
    checks.check("others ran them", bool(others), jobs)
    for other in federation.nodes[:2]:
        checks.equal("the input is at no other node", other.get("/dag/blocks/" + secret, key=other.operator_key).status, 404)
        fetched = other.post("/network/fetch", {"cid": secret, "timeout_ms": 1500}, key=other.operator_key, timeout=30)
        checks.check("nor does a stranger get it", fetched.status >= 400, fetched)


def several_run_it(checks, federation):
    """A job is run by three executors at once: their results are compared, each is paid its own price."""
    node = federation.nodes[1]
    module, table = (put(node, file.read_bytes()) for file in (MODULE, EXAMPLE / "input.csv"))
    wasm = {"kind": "wasm", "module_cid": module, "inputs": [{"cid": table}], "args": ["4210.07"], "max_price": 20}
    for spec, kind, expected in ((echo("thrice"), "full", "thrice"), (wasm, "sampling", (EXAMPLE / "expected.csv").read_text())):
        job = run_job(node, {**spec, "redundancy": {"kind": kind, "count": 3}}, wait=45)
        checks.equal(f"{kind}: the job is completed", job.get("status"), "completed")
        federation.wait_for_equal_heights()
        replicas = node.get("/mesh/jobs/" + job["job_id"]).json()["replicas"]
        checks.equal("three replicas", [each["replica"] for each in replicas], [1, 2, 3])
        checks.equal("the first is the job", replicas[0]["job_id"], job["job_id"])
        checks.equal("of three executors", len({each["executor"] for each in replicas}), 3)
        checks.equal("with one result", {each["result_cid"] for each in replicas}, {job["result_cid"]})
        for each in replicas:
            escrow = each["escrow"]
            price = 0 if each["executor"] == each["submitter"] else each["price"]
            checks.check("each is paid, but nobody by itself", each["status"] == "completed" and escrow["paid"] == price, each)
            checks.equal("and the rest comes back", escrow["paid"] + escrow["refunded"], escrow["locked"])
        checks.equal("the result is here", node.get(f"/mesh/jobs/{job['job_id']}/result", key=node.operator_key).text, expected)
    refused = run_job(node, {**echo("x"), "redundancy": {"kind": "full", "count": 1}})
    checks.check("one executor is no redundancy", "422" in refused["status"], refused)
    lonely = run_job(node, {**echo("x"), "redundancy": {"kind": "full", "count": 5}}, wait=60)
    checks.equal("five of four nodes: the money comes back", (lonely.get("status"), lonely.get("code")), ("failed", "J003"))


def who_may_run(checks, federation):
    """What a job asks for decides who may run it; an estimate counts by the same rule."""
    node = federation.nodes[1]
    def estimate(spec):
        return node.post("/mesh/jobs/estimate", {"spec": spec}, key=node.operator_key).json()
    large = {**echo("large"), "capabilities": ["LargeDatasets", "CclWasm"]}
    among = {**echo("among members"), "allowed_federations": [NETWORK]}
    checks.equal("all may run a plain job", estimate(echo("x"))["eligible_executors"], 4)
    checks.equal("one has what another asks for", estimate(large)["eligible_executors"], 1)
    checks.equal("all are in the federation", estimate(among)["eligible_executors"], 4)
    checks.equal("too few for five", len(estimate({**echo("x"), "redundancy": {"kind": "full", "count": 5}})["problems"]), 1)
    nobody = [{"capabilities": ["nobody-has-this"]}, {"allowed_federations": ["another"]}, {"trust_scope": "kitchen"},
              {"resources": {"gpu": 1}}, {"min_executor_reputation": 99}]
    for asks in nobody:
        told = estimate({**echo("x"), **asks})
        checks.equal(f"{asks}: nobody is counted", (told["eligible_executors"], len(told["problems"])), (0, 1))
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        ended = list(pool.map(lambda spec: run_job(node, spec, wait=50), [large, among, *({**echo("x"), **each} for each in nobody)]))
    checks.equal("the two are completed", [job["status"] for job in ended[:2]], ["completed"] * 2)
    for asks, job in zip(nobody, ended[2:]):
        checks.equal(f"{asks}: the money comes back", (job.get("status"), job.get("code")), ("failed", "J003"))
    federation.wait_for_equal_heights()
    found = [federation.nodes[2].get("/mesh/jobs/" + job["job_id"]).json() for job in ended[:2]]
    checks.equal("by the one that has it", found[0]["job"]["executor"], federation.dids[3])
    for bid in found[1]["bids"]:
        checks.equal("members of one federation are nearest", (bid["refusal"], bid["affinity_ppm"]), ("", 1_000_000))
    listed = {each["executor"]: each for each in node.get("/mesh/executors").json()["items"]}
    checks.equal("all see what it offers", listed[federation.dids[3]]["capabilities"], ["CclWasm", "LargeDatasets"])
    checks.equal("and whose it is", [each["federations"] for each in listed.values()], [[NETWORK]] * 4)


def run():
    checks = Checks()
    federation = Federation(peers=True, settings={"p2p.heartbeat_ms": 1000})
    federation.nodes[3].settings["mesh.capabilities"] = "LargeDatasets"
    with federation:
        for part in (meet, one_ledger, everybody_runs, private_inputs, several_run_it, who_may_run):
            started = time.monotonic()
            say(part.__doc__)
            part(checks, federation)
            say(f"   {time.monotonic() - started:.1f} s")
        federation.wait_for_equal_heights()
        verify_all(checks, federation.nodes)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(run())
