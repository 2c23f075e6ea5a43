"""A node that was alone becomes a federation, another one with a history of its own joins it, they run each other's
jobs, a third follows, and one leaves again. Kill -9 on the way leaves either what was or what is to be."""

import base64
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import pathlib

from one_ledger import transfer
from jobs import echo, run_job
from life import decide, proposal_of_validator
from world import BINARY, Checks, free_ports, headers, icn_node, is_ready, peer_id, remove, say, stop_all, verify_all


def wait_until(what, is_so, nodes, timeout=60):
    started = time.monotonic()
    while not is_so():
        if time.monotonic() - started > timeout:
            raise RuntimeError(f"not within {timeout} s: {what}\n" + "\n".join(node.log(15) for node in nodes))
        time.sleep(0.05)
    return time.monotonic() - started


def alone(folder, name, port):
    """A node of its own network, not started yet."""
    (folder / name).mkdir()
    settings = {"network_id": name, "node_name": name, "http.threads": 1, "mesh.parallel": 1, "p2p.heartbeat_ms": 1000,
                "consensus.listen": f"127.0.0.1:{port}"}
    return icn_node.Node(BINARY, folder / name, "development", settings, start=False)


def icn(node, *arguments):
    return node.run("--url", node.url, "--data", node.data, *arguments)


def flags(node):
    given = {"profile": node.profile, "data_path": node.data, **node.settings}
    return [f"--{name}={str(value).lower() if isinstance(value, bool) else value}" for name, value in given.items()]


def restart_killed(node, times):
    """Started and killed with -9 at any moment of the start, then started for good."""
    for _ in range(times):
        process = node
        try:
            process.start(timeout=random.uniform(0.05, 1.5))
            process.kill()
        except RuntimeError:
            pass  # killed before it served
    node.start()
    wait_until("the node is ready", lambda: is_ready(node), [node])


def found(checks, valley, alice, bob):
    """init: nothing is lost, and the node goes on as the federation's first validator."""
    valley.start()
    valley.grant(alice)
    checks.equal("a transfer before", transfer(valley, alice, bob, 7).status, 200)
    job = valley.post("/mesh/jobs?wait=20", {"spec": {"kind": "echo", "args": ["before"], "max_price": 5}}, key=valley.operator_key).json()
    checks.equal("a job before", job.get("status"), "completed")
    before = {path: valley.get(path).json() for path in (
        "/economics/mana/balance?did=" + bob.did, "/mesh/jobs/" + job["job_id"], "/identity/did/" + alice.did)}
    old = headers(valley)
    done = icn(valley, "federation", "init", "Valley", "--policy", "invite_only")
    checks.check("init says what is next", done.returncode == 0 and "restart" in done.stderr, done)
    refused = transfer(valley, alice, bob, 1)
    checks.check("until the restart nothing is written", refused.status == 503 and "restart" in refused.text, refused)
    checks.equal("init cannot be repeated", icn(valley, "federation", "init", "Again").returncode != 0, True)
    valley.kill()
    restart_killed(valley, 4)
    for path, answer in before.items():
        now = valley.get(path).json()
        for member in ("as_of", "balance", "available"):  # they regenerate
            now.pop(member, None), answer.pop(member, None)
        checks.equal("as before: " + path, now, answer)
    status = valley.get("/federation/status").json()
    checks.equal("one validator tolerates no fault", (status["role"], len(status["validators"]), status["faults_tolerated"]), ("validator", 1, 0))
    for _ in range(3):
        checks.equal("blocks go on", transfer(valley, alice, bob, 1).status, 200)
    new = headers(valley)
    checks.check("on top of the old ones", len(new) > len(old) + 1 and all(new[h] == old[h] for h in old), new)
    genesis = json.loads((valley.data / "federation-genesis.json").read_text())
    checks.equal("the engine begins after them", genesis["initial_height"], str(genesis["app_state"]["continues"]["height"] + 1))


def live_alone(checks, hill, carol):
    """A cooperative of its own: a DID with a history, people, mana, content."""
    hill.start()
    body, did = carol.create_body("hill")
    checks.equal("a DID is made", hill.post("/identity/did/create", carol.transaction(hill, "identity.create", body)).status, 201)
    first = icn_node.Member("carol", did, did + "#key-1")
    second = icn_node.Member("carol again", did, did + "#key-2")
    checks.equal("and rotated", hill.post("/ledger/transactions", first.transaction(hill, "identity.rotate", first.rotate_body("hill", second))).status, 200)
    dave = hill.member("dave")
    hill.post("/economics/mana/transfer", dave.transaction(hill, "economics.transfer", {"to": did, "amount": 100}))
    put = hill.post("/dag/blocks", {"data": base64.b64encode(b"minutes of the hill").decode(), "visibility": "public"}, key=hill.operator_key)
    # What stays behind: a member with an open proposal, and a credential.
    key = hill.api_key()
    ada = hill.post("/identity/did/create", {}, key=key).json()["did"]
    bread = {"type": "GenericText", "data": {"text": "We bake on Mondays."}}
    proposed = hill.post("/governance/proposals", {"proposer_did": ada, "title": "Bread", "proposal": bread, "duration_secs": 86400}, key=key)
    checks.equal("a proposal", proposed.status, 201)
    issued = hill.post("/identity/credentials/issue", {"issuer": ada, "holder": did, "type": "Baker", "claims": {"role": "baker"}}, key=key)
    checks.equal("a credential", issued.status, 201)
    return did, first, second, dave, put.json()["cid"]


def join_killed(hill, invitation, times):
    """The node killed while it joins; started again as long as it has not gone over. Whether it has: it is not running then."""
    for _ in range(times):
        command = [hill.binary, "--url", hill.url, "--data", hill.data, "federation", "join", invitation, "--name", "Hill"]
        asked = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(random.uniform(0.01, 0.4))
        hill.kill()
        asked.wait(60)
        if (hill.data / "federation.json").exists():
            say("   it had gone over when it was killed")
            return True
        hill.start()
    return False


def join(checks, valley, hill, alice, bob, invitation, wrong):
    """join: DIDs cross with their histories, people cross, mana does not; the old ledger is sealed and verifies."""
    did, first, second, dave, cid = live_alone(checks, hill, icn_node.Member("carol"))
    documents = [hill.get(f"/identity/did/{did}?version={version}").json() for version in (1, 2)]
    height = hill.height()
    refused = icn(hill, "federation", "join", wrong)
    checks.check("an address that names no peer is refused", refused.returncode != 0 and "addresses" in refused.stderr, refused)
    dry = icn(hill, "--json", "federation", "join", invitation, "--dry-run")
    told = json.loads(dry.stdout or "{}")
    crossing = told["crossing"]
    checks.equal("dry run: two DIDs, one with two versions, cross", (crossing["dids"], crossing["versions"]), (2, 3))
    checks.equal("a proposal and a credential's status stay", (crossing["open_proposals"], crossing["credentials"]), (1, 1))
    checks.check("and memberships", crossing["members"] >= 1, crossing)
    checks.check("and mana does not", told["crossing"]["mana"] > 0 and told["status"] == "would_join", told)
    checks.equal("it changes nothing", (hill.height(), hill.get("/federation/status").json()["role"]), (height, "alone"))
    if not join_killed(hill, invitation, 4):
        joined = icn(hill, "federation", "join", invitation, "--name", "Hill")
        checks.check("join says what is next", joined.returncode == 0 and "restart" in joined.stderr, joined)
        refused = hill.post("/economics/mana/transfer", dave.transaction(hill, "economics.transfer", {"to": did, "amount": 1}))
        checks.equal("the old ledger is sealed", refused.status, 503)
        checks.equal("and readable", hill.get("/identity/did/" + did).status, 200)
        hill.kill()
    former = hill.run("--data", hill.data, "--json", "ledger", "verify", "--former")
    checks.check("and verifies", former.returncode == 0 and json.loads(former.stdout)["ok"], former)
    restart_killed(hill, 3)
    wait_until("equal heights", lambda: hill.height() == valley.height(), [valley, hill])
    checks.equal("it is in the other network", hill.network, "valley")
    checks.equal("as a member", hill.get("/federation/status").json()["role"], "member")
    for node in (valley, hill):
        now = [node.get(f"/identity/did/{did}?version={version}").json() for version in (1, 2)]
        checks.equal("the DID has all its versions", now, documents)
        # On the hill dave gave carol 100 of his 1,750; here both have the start grant alone.
        found = [node.balance(each)["balance"] for each in (dave.did, did)]
        checks.check("mana did not cross", all(1750 <= each < 1760 for each in found), found)
    services = {"add": [{"id": "home", "type": "Home", "endpoint": "https://hill.example"}]}
    checks.equal("its key signs here", valley.post("/ledger/transactions", second.transaction(valley, "identity.services", services)).status, 200)
    checks.equal("its retired key does not", valley.post("/ledger/transactions", first.transaction(valley, "identity.services", services)).status, 403)
    checks.equal("content is still there", hill.get("/dag/blocks/" + cid).status, 200)
    checks.equal("the invitation is spent", valley.get("/federation/members").json()["total"], 2)
    return second, dave


def validate(checks, valley, hill, alice, bob):
    """The newcomer becomes a validator by one approval of one."""
    hill_info = json.loads(hill.run("federation", "validator", *flags(hill)).stdout)
    change = decide(checks, "hill's validator", proposal_of_validator(hill_info), valley, [])
    checks.equal("two validators tolerate none", (change["validators"], change["faults_tolerated"]), (2, 0))
    for i in range(4):
        checks.equal("blocks go on", transfer((valley, hill)[i % 2], alice, bob, 1).status, 200)
    wait_until("equal heights", lambda: hill.height() == valley.height(), [valley, hill])
    checks.equal("one history", headers(hill), headers(valley))


def peers_of(node):
    return [each["peer_id"] for each in node.get("/network/peers", key=node.operator_key).json()["items"]]


def invite(checks, valley, invitation):
    """The invitation names where valley is reached as a peer, but not its own machine to somebody on another one."""
    made = icn(valley, "federation", "invite")
    checks.equal("an invitation", made.returncode, 0)
    addresses = json.loads(made.stdout)["addresses"]
    checks.check("it names valley as a peer", valley.settings["p2p.listen"] + "/p2p/" + peer_id(valley.did) in addresses, addresses)
    far = icn(valley, "federation", "invite", "--api", "https://valley.example:7845")
    checks.equal("loopback addresses are for one machine only", (json.loads(far.stdout)["addresses"], "p2p.listen" in far.stderr), ([], True))
    invitation.write_text(made.stdout)
    wrong = invitation.with_name("wrong.json")
    wrong.write_text(json.dumps({**json.loads(made.stdout), "addresses": ["valley.example:4001"]}))
    return wrong


def work_together(checks, valley, hill):
    """What the invitation says is enough: the two are peers, and each runs the other's jobs."""
    for node, other in ((valley, hill), (hill, valley)):
        wait_until("the two are peers", lambda: peers_of(node) == [peer_id(other.did)], [valley, hill])
    for node in (valley, hill):
        wait_until("both executors are known", lambda: len(node.get("/mesh/executors", key=node.operator_key).json()["items"]) == 2, [valley, hill])
        job = run_job(node, {**echo("both"), "redundancy": {"kind": "full", "count": 2}}, wait=45)
        checks.equal("a job that two run is completed", job.get("status"), "completed")
        wait_until("equal heights", lambda: hill.height() == valley.height(), [valley, hill])
        replicas = node.get("/mesh/jobs/" + job["job_id"]).json()["replicas"]
        checks.equal("one of each cooperative", {each["executor"] for each in replicas}, {valley.did, hill.did})


def follow(checks, valley, brook, invitation):
    """follow: a node without a ledger gets all blocks, also those from before the federation."""
    done = brook.run("federation", "follow", invitation, *flags(brook))
    checks.equal("follow", done.returncode, 0)
    brook.start()
    wait_until("equal heights", lambda: brook.height() == valley.height(), [valley, brook])
    checks.equal("it follows", brook.get("/federation/status").json()["role"], "full_node")
    checks.equal("one history from the first block on", headers(brook), headers(valley))


def credentials_of(node, issuer):
    """How many that the operator of `issuer` issued the node knows of."""
    return len(node.get("/identity/credentials?issuer=" + issuer.did, key=node.operator_key).json()["items"])


def leave(checks, valley, hill, alice, bob, carol, dave):
    """leave: the node goes on alone from its last block with the records of its own people, the federation without it."""
    own_job, other_job = (run_job(node, echo("before")) for node in (hill, valley))
    checks.equal("jobs of both are completed", (own_job.get("status"), other_job.get("status")), ("completed", "completed"))
    stranger = valley.post("/identity/did/create", {}, key=valley.api_key()).json()["did"]
    for node, holder in ((hill, dave), (valley, alice)):
        issued = node.post("/identity/credentials/issue", {"issuer": node.did, "holder": holder.did, "type": "Baker",
                                                           "claims": {"role": "baker"}}, key=node.operator_key)
        checks.equal("a credential", issued.status, 201)
    wait_until("equal heights", lambda: hill.height() == valley.height(), [valley, hill])
    checks.equal("hill knows the status of both", [credentials_of(hill, node) for node in (hill, valley)], [1, 1])
    checks.equal("both know each other's DIDs", hill.get("/identity/did/" + stranger).status, 200)
    parties = {}
    for job in (own_job, other_job):
        told = hill.get("/mesh/jobs/" + job["job_id"], key=hill.operator_key).json()["job"]
        parties[job["job_id"]] = (told["submitter"], told["executor"])
    documents = [hill.get(f"/identity/did/{carol.did}?version={version}").json() for version in (1, 2)]
    balance = hill.balance(dave.did)["balance"]
    before = headers(hill)
    left = icn(hill, "federation", "leave", "--network", "hill-alone")
    checks.check("leave says what is next", left.returncode == 0 and "restart" in left.stderr, left)
    wait_until("equal heights", lambda: hill.height() == valley.height(), [valley, hill])
    status = valley.get("/federation/status").json()
    checks.equal("one validator is left", (len(status["validators"]), status["members"]), (1, 1))
    checks.equal("the federation goes on", transfer(valley, alice, bob, 1).status, 200)
    departure = alice.transaction(valley, "federation.depart", {"network": "x"})
    checks.equal("and takes nobody's departure", valley.post("/ledger/transactions", departure).status, 400)
    hill.kill()
    restart_killed(hill, 3)
    checks.equal("it has a network of its own", (hill.network, hill.get("/federation/status").json()["role"]), ("hill-alone", "alone"))
    now = headers(hill)
    checks.check("on top of the same blocks", all(now[height] == each for height, each in before.items()), now)
    now = hill.balance(dave.did)["balance"]
    checks.check("with the accounts of its people", balance <= now < balance + 5, (balance, now))
    checks.equal("and nobody else's", [hill.balance(each.did).get("balance", 0) for each in (alice, bob, valley)], [0, 0, 0])
    supply = hill.get("/economics/mana/supply", key=hill.operator_key).json()
    checks.check("the mana adds up", supply["consistent"] and supply["burned"] == 0 and supply["granted"] > 0, supply)
    checks.equal("a DID of its own has all its versions",
                 [hill.get(f"/identity/did/{carol.did}?version={version}").json() for version in (1, 2)], documents)
    checks.equal("another's stayed behind", hill.get("/identity/did/" + stranger).status, 404)
    checks.equal("a credential of its own is there, another's not", [credentials_of(hill, node) for node in (hill, valley)], [1, 0])
    for what, job in (("its own job", own_job), ("another's job", other_job)):
        kept = hill.did in parties[job["job_id"]]
        checks.equal(f"{what}: there if it had a part in it", hill.get("/mesh/jobs/" + job["job_id"], key=hill.operator_key).status,
                     200 if kept else 404)
    checks.equal("and it goes on", transfer(hill, dave, carol, 1).status, 200)
    hill.kill()
    hill.start()
    checks.equal("also after another start", transfer(hill, dave, carol, 1).status, 200)


def main():
    checks = Checks()
    random.seed(int(os.environ.get("ICN_SEED", "4")))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="icn-founding-"))
    names = ("valley", "hill", "brook")
    *ports, meeting = free_ports(4)
    valley, hill, brook = nodes = [alone(folder, name, port) for name, port in zip(names, ports)]
    valley.settings["p2p.listen"] = f"/ip4/127.0.0.1/tcp/{meeting}"
    alice, bob = icn_node.Member("alice"), icn_node.Member("bob")
    invitation = folder / "invitation.json"
    try:
        say(found.__doc__)
        found(checks, valley, alice, bob)
        say(invite.__doc__)
        wrong = invite(checks, valley, invitation)
        say(join.__doc__)
        carol, dave = join(checks, valley, hill, alice, bob, invitation, wrong)
        say(validate.__doc__)
        validate(checks, valley, hill, alice, bob)
        say(work_together.__doc__)
        work_together(checks, valley, hill)
        say(follow.__doc__)
        follow(checks, valley, brook, invitation)
        say(leave.__doc__)
        leave(checks, valley, hill, alice, bob, carol, dave)
        verify_all(checks, nodes)
    finally:
        stop_all(nodes)
        remove(folder)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
