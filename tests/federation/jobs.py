"""Jobs of a federation's nodes: submitted, waited for, looked at."""

import base64

from world import say

LONG = {"resources": {"fuel": 1_000_000_000_000}, "max_execution_secs": 120, "max_price": 50}


def run_job(node, spec, wait=30):
    """The answer to a job of the node's own operator, when it has ended."""
    answer = node.post(f"/mesh/jobs?wait={wait}", {"spec": spec}, key=node.operator_key, timeout=wait + 20)
    return answer.json() if answer.status == 201 else {"status": str(answer)}


def put(node, data):
    """A private block of the node's operator."""
    return node.post("/dag/blocks", {"data": base64.b64encode(data).decode()}, key=node.operator_key).json()["cid"]


def echo(text):
    return {"kind": "echo", "args": [text], "max_price": 20}


def meet(checks, federation):
    """Every node knows the executors of the others."""
    def know():
        return all(len(node.get("/mesh/executors").json()["items"]) == len(federation.nodes) for node in federation.nodes)
    took = federation.wait_until("all know all executors", know, 40)
    say(f"   all know all executors after {took:.1f} s")
    for did in federation.dids[1:]:
        federation.nodes[0].grant(did)
    federation.wait_for_equal_heights()


def submit(node, module, **more):
    """The id of a job that is not waited for."""
    spec = {"kind": "wasm", "module_cid": module, **LONG, **more}
    answer = node.post("/mesh/jobs", {"spec": spec}, key=node.operator_key)
    assert answer.status == 201, answer
    return answer.json()["job_id"]


def job_of(node, job):
    return node.get(f"/mesh/jobs/{job}").json()["job"]


def cancel(node, job):
    return node.post(f"/mesh/jobs/{job}/cancel", {}, key=node.operator_key)


def start_elsewhere(federation, node, module, avoid=()):
    """A job of `node` that another node runs, and its index; those that other nodes run are cancelled."""
    for _ in range(20):
        job = submit(node, module)
        federation.wait_until("it is assigned", lambda: job_of(node, job).get("executor"), 30)
        executor = federation.dids.index(job_of(node, job)["executor"])
        if federation.nodes[executor] is not node and executor not in avoid:
            return job, executor
        cancel(node, job)
    raise RuntimeError("no other node won")
