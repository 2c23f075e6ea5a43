"""Members and validators come and go: operators approve, CometBFT's own set follows, blocks go on."""

import http.client
import json
import socket
import sys

from one_ledger import transfer
from world import Checks, Federation, headers, icn_node, is_ready, say, verify_all


def engine_validators(node):
    """Addresses and powers of the set CometBFT itself votes with, by its RPC."""
    connection = http.client.HTTPConnection("localhost", timeout=10)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.settimeout(10)
    connection.sock.connect(str(node.data / "cometbft" / "rpc.sock"))
    connection.request("GET", "/validators?per_page=100")
    found = json.loads(connection.getresponse().read())["result"]["validators"]
    connection.close()
    return {each["address"]: int(each["voting_power"]) for each in found}


def address(info):
    """Of a validator, as CometBFT derives it: the first 20 bytes of the SHA-256 of its key."""
    import hashlib
    return hashlib.sha256(bytes.fromhex(info["public_key"])).hexdigest()[:40].upper()


def propose(node, body):
    return node.post("/federation/changes", body, key=node.operator_key)


def approve(node, change_id):
    return node.post(f"/federation/changes/{change_id}/approve", {}, key=node.operator_key)


def decide(checks, what, body, proposer, approvers):
    """Proposed by one node's operator and approved by others; in force with the last of them and not before."""
    answer = propose(proposer, body)
    checks.equal(f"{what}: proposed", answer.status, 201)
    change = answer.json()
    for i, node in enumerate(approvers):
        checks.equal(f"{what}: open before approval {i + 2}", change["status"], "open")
        answer = approve(node, change["change_id"])
        checks.equal(f"{what}: approved", answer.status, 200)
        change = answer.json()
    checks.equal(f"{what}: in force", change["status"], "applied")
    return change


def proposal_of_validator(info):
    key = {name: info[name] for name in ("public_key", "peer", "proof")}
    return {"kind": "add_validator", "organization": info["organization"], "validator": key}


def fifth_comes(checks, federation, alice, bob):
    nodes, fifth = federation.nodes[:4], federation.infos[4]
    status = nodes[0].get("/federation/status").json()
    checks.equal("four validators tolerate one fault", (len(status["validators"]), status["faults_tolerated"]), (4, 1))
    checks.equal("the fifth node follows", federation.nodes[4].get("/federation/status").json()["role"], "full_node")
    body = {"kind": "admit_member", "organization": fifth["did"], "name": "fifth", "operator_did": fifth["did"]}
    checks.equal("who operates no validator proposes nothing", propose(federation.nodes[4], body).status, 403)
    decide(checks, "the fifth becomes a member", body, nodes[0], nodes[1:3])
    change = decide(checks, "its validator", proposal_of_validator(fifth), nodes[1], nodes[2:4])
    checks.equal("five validators tolerate one", (change["validators"], change["faults_tolerated"]), (5, 1))
    for i in range(6):
        checks.equal("blocks go on", transfer(federation.nodes[i % 5], alice, bob, 1).status, 200)
    wanted = {address(info): 10 for info in federation.infos}
    took = federation.wait_until("CometBFT votes with five", lambda: engine_validators(nodes[0]) == wanted, 30)
    say(f"   CometBFT's own set had five {took:.1f} s after the approval")
    checks.equal("the fifth says that it validates", federation.nodes[4].get("/federation/status").json()["role"], "validator")


def fifth_is_needed(checks, federation, alice, bob):
    """With one of the old four gone the fifth's vote is among the four that are needed."""
    gone = federation.nodes[3]
    gone.kill()
    for i in range(4):
        checks.equal("four of five commit", transfer(federation.nodes[i % 3], alice, bob, 1).status, 200)
    gone.start()
    federation.wait_for_equal_heights()
    federation.wait_until("all are ready", lambda: all(is_ready(node) for node in federation.nodes))


def one_goes(checks, federation, alice, bob):
    nodes, leaving = federation.nodes, federation.infos[1]
    body = {"kind": "remove_validator", "organization": leaving["organization"]}
    change = decide(checks, "a validator is removed", body, nodes[0], [nodes[2], nodes[3], nodes[4]])
    checks.equal("four are left", change["validators"], 4)
    for i in range(6):
        checks.equal("blocks go on", transfer(nodes[i % 5], alice, bob, 1).status, 200)
    wanted = {address(info): 10 for i, info in enumerate(federation.infos) if i != 1}
    federation.wait_until("CometBFT votes with the four others", lambda: engine_validators(nodes[0]) == wanted, 30)
    checks.equal("the one that went follows as a member", nodes[1].get("/federation/status").json()["role"], "member")
    checks.equal("and decides nothing more", approve(nodes[1], change["change_id"]).status, 403)
    nodes[1].kill()
    for i in (0, 2, 3):
        checks.equal("nobody misses its vote", transfer(nodes[i], alice, bob, 1).status, 200)
    nodes[1].start()


def same_history(checks, federation):
    federation.wait_for_equal_heights()
    found = [headers(node) for node in federation.nodes]
    checks.check("all headers are equal", all(each == found[0] for each in found), found)
    members = [node.get("/federation/members").json() for node in federation.nodes]
    checks.check("all tell the same members", all(each == members[0] for each in members), members)
    verify_all(checks, federation.nodes)


def main():
    checks = Checks()
    alice, bob = icn_node.Member("alice"), icn_node.Member("bob")
    with Federation(validators=4, followers=1) as federation:
        federation.nodes[0].grant(alice)
        for part in (fifth_comes, fifth_is_needed, one_goes):
            say((part.__doc__ or part.__name__.replace("_", " ")).strip())
            part(checks, federation, alice, bob)
        same_history(checks, federation)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
