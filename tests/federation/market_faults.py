"""Four nodes run each other's long jobs: followed and stopped from afar, an executor killed, nobody who can, others' eyes."""

import http.client
import sys
import threading
import time

from job_module import talking_module
from jobs import cancel, echo, job_of, meet, put, run_job, start_elsewhere
from world import Checks, Federation, say, verify_all


class Follower(threading.Thread):
    """Reads the stream of a job through one node."""

    def __init__(self, node, job):
        super().__init__(daemon=True)
        self.node, self.job, self.seen = node, job, ""
        self.start()

    def run(self):
        link = http.client.HTTPConnection("127.0.0.1", self.node.port, timeout=120)
        link.request("GET", f"/mesh/jobs/{self.job}/stream", headers={"x-api-key": self.node.operator_key})
        answer = link.getresponse()
        while piece := answer.read1(65536):
            self.seen += piece.decode()
        link.close()


def followed_from_afar(checks, federation):
    """The submitter's node tells what a job says that runs elsewhere, while it runs."""
    node = federation.nodes[1]
    module = put(node, talking_module(words=20, work=300_000_000))
    job, _ = start_elsewhere(federation, node, module)
    follower = Follower(node, job)
    took = federation.wait_until("the stream tells of progress", lambda: "event: progress" in follower.seen, 40)
    checks.check("what it logs too", "event: log" in follower.seen, follower.seen[:500])
    checks.check("while it runs", "event: end" not in follower.seen, follower.seen[-500:])
    checks.equal("it is shown as running", job_of(node, job)["status"], "running")
    checks.check("its log can be read", "tick" in node.get(f"/mesh/jobs/{job}/logs", key=node.operator_key).text, job)
    say(f"   told after {took:.1f} s")
    follower.join(100)
    checks.check("the stream ends with the job", "event: end" in follower.seen and '"stage":"completed"' in follower.seen, follower.seen[-500:])
    log = node.get(f"/mesh/jobs/{job}/logs", key=node.operator_key).text
    checks.equal("and the log is whole", log, "info: tick\n" * 20)


def stopped_from_afar(checks, federation):
    """A job that is cancelled while another node runs it pays for what ran."""
    node = federation.nodes[2]
    module = put(node, talking_module(words=50, work=400_000_000))
    job, executor = start_elsewhere(federation, node, module)

    def percent():
        return node.get(f"/mesh/jobs/{job}/progress").json()["percent"]
    federation.wait_until("it has come some way", lambda: percent() >= 20, 60)
    # Block time stands where the last block was agreed on: another block brings it to now.
    checks.equal("another node runs a job meanwhile", run_job(federation.nodes[3], echo("time goes on"))["status"], "completed")
    answer = cancel(node, job)
    checks.equal("it is cancelled", answer.status, 200)
    escrow = answer.json()["escrow"]
    price = job_of(node, job)["price"]
    checks.check("the executor is paid for a part", 0 < escrow["paid"] < 50, (escrow, price))
    checks.equal("the rest is back", escrow["paid"] + escrow["refunded"], escrow["locked"])
    other = federation.nodes[executor]
    took = federation.wait_until("its executor stops", lambda: other.get("/mesh/metrics").json()["running"] == 0, 15)
    say(f"   paid {escrow['paid']} of {price}; stopped after {took:.1f} s")


def executor_killed(checks, federation):
    """A killed executor costs seconds, not the time limit of its job; nobody is paid twice."""
    node = federation.nodes[1]
    module = put(node, talking_module(words=20, work=800_000_000))
    job, executor = start_elsewhere(federation, node, module, avoid=(0,))
    federation.wait_until("it runs", lambda: job_of(node, job)["status"] == "running", 20)
    federation.nodes[executor].kill()
    took = federation.wait_until("it is tried elsewhere", lambda: job_of(node, job)["attempt"] == 2, 60)
    say(f"   taken from the dead after {took:.1f} s")
    checks.check("within 15 s", took < 15, took)
    federation.wait_until("it ends", lambda: job_of(node, job)["status"] == "completed", 90)
    ended = job_of(node, job)
    checks.check("another node ran it", ended["executor"] != federation.dids[executor], ended)
    checks.check("the timeline says why", any(each["reason"] == "attempt_2_withdrawn" for each in ended["timeline"]), ended["timeline"])
    checks.equal("paid once", ended["escrow"]["paid"] + ended["escrow"]["refunded"], ended["escrow"]["locked"])
    federation.nodes[executor].start()
    federation.wait_for_equal_heights()
    checks.equal("whoever comes back changes nothing", job_of(federation.nodes[executor], job)["escrow"], ended["escrow"])


def nobody_can(checks, federation):
    """A job that nobody offers to run is refunded at once."""
    node = federation.nodes[3]
    # One that has just begun goes on asking: it may not know its network yet.
    federation.wait_until("it has run for a while", lambda: node.get("/system/health").json()["uptime_secs"] >= 22, 40)
    started = time.monotonic()
    spec = {"kind": "echo", "args": ["x"], "max_price": 20, "capabilities": ["nobody-has-this"]}
    answer = node.post("/mesh/jobs?wait=30", {"spec": spec}, key=node.operator_key, timeout=50).json()
    took = time.monotonic() - started
    say(f"   refunded after {took:.1f} s")
    checks.equal("it fails for want of an executor", (answer["status"], answer.get("code")), ("failed", "J003"))
    checks.equal("with a full refund", answer["escrow"]["refunded"], 20)
    checks.check("soon", took < 10, took)


def others_eyes(checks, federation):
    """What a job reads is for its parties: others' gateways, block reads and Bitswap do not get it."""
    node, stranger = federation.nodes[2], federation.nodes[0]
    secret = put(node, b"a private input")
    answer = node.post("/mesh/jobs?wait=30", {"spec": {"kind": "echo", "inputs": [{"cid": secret}], "max_price": 20}}, key=node.operator_key, timeout=50)
    checks.equal("the job has read it", answer.json()["status"], "completed")
    for who, key in (("anybody", None), ("a stranger", node.api_key("member"))):
        checks.check(f"the gateway gives {who} nothing", node.get("/ipfs/" + secret, key=key).status in (403, 404), who)
        checks.check(f"nor does the block read, {who}", node.get("/dag/blocks/" + secret, key=key).status in (403, 404), who)
    fetched = stranger.post("/network/fetch", {"cid": secret, "timeout_ms": 1500}, key=stranger.operator_key, timeout=30)
    checks.check("nor Bitswap another node", fetched.status >= 400, fetched)


def run():
    checks = Checks()
    with Federation(peers=True, settings={"p2p.heartbeat_ms": 1000}) as federation:
        for part in (meet, followed_from_afar, stopped_from_afar, nobody_can, others_eyes, executor_killed):
            started = time.monotonic()
            say(part.__doc__)
            part(checks, federation)
            say(f"   {time.monotonic() - started:.1f} s")
        federation.wait_for_equal_heights()
        verify_all(checks, federation.nodes)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(run())
