"""A federation whose members vote on whom they take: a cooperative asks, is voted for, joins and is one of them."""

import json
import pathlib
import sys
import tempfile

from founding import alone, icn, wait_until
from one_ledger import transfer
from world import Checks, free_ports, headers, icn_node, is_ready, remove, say, stop_all, verify_all


def state_of(node, proposal):
    return node.get("/governance/proposals/" + proposal).json()["state"]


def vote_for(checks, valley, hill, choice):
    """Valley, the one member so far, proposes hill and decides; what became of the proposal."""
    admission = {"proposer_did": valley.did, "scope": "federation:valley", "title": "Hill", "duration_secs": 2,
                 "description": "Hill bakes what we grow, and asks to join us. Their books were open to us for a year now, and we "
                                "found nothing that would speak against it.",
                 "actions": [{"type": "AdmitMember", "data": {"did": hill.did}}]}
    made = valley.post("/governance/proposals", admission, key=valley.operator_key)
    checks.equal("a proposal in the federation's scope", made.status, 201)
    proposal = made.json()["proposal_id"]
    wait_until("voting begins", lambda: state_of(valley, proposal) == "voting", [valley])
    ballot = {"voter_did": valley.did, "choice": choice}
    checks.equal("a ballot", valley.post(f"/governance/proposals/{proposal}/vote", ballot, key=valley.operator_key).status // 100, 2)
    over = ("executed", "rejected", "execution_failed", "expired", "cancelled")
    wait_until("it is decided", lambda: state_of(valley, proposal) in over, [valley])
    return state_of(valley, proposal)


def join(hill, invitation):
    done = icn(hill, "--json", "federation", "join", invitation, "--name", "Hill")
    return done, json.loads(done.stdout or "{}").get("status")


def run(checks, valley, hill, invitation):
    alice, bob = icn_node.Member("alice"), icn_node.Member("bob")
    valley.start()
    hill.start()
    valley.grant(alice)
    done = icn(valley, "federation", "init", "Valley", "--policy", "vote")
    checks.equal("init with the policy vote", done.returncode, 0)
    valley.stop()
    valley.start()
    wait_until("valley is ready", lambda: is_ready(valley), [valley])
    checks.equal("the policy is told", valley.get("/federation/status").json()["policy"], "vote")
    made = icn(valley, "federation", "invite")
    invitation.write_text(made.stdout)

    asked, status = join(hill, invitation)
    checks.equal("hill asks", (asked.returncode, status), (0, "pending"))
    checks.equal("it is told where that is decided", json.loads(asked.stdout).get("scope"), "federation:valley")
    change, = valley.get("/federation/changes").json()["items"]
    checks.equal("valley sees who asks", (change["organization"], change["decided_by"], change["status"]), (hill.did, "members", "open"))
    refused = icn(valley, "federation", "approve", change["change_id"])
    checks.check("operators do not decide it", refused.returncode != 0 and "decided_by_vote" in refused.stderr, refused)

    checks.equal("no is no", vote_for(checks, valley, hill, "no"), "rejected")
    checks.equal("hill still waits", join(hill, invitation)[1], "pending")
    checks.equal("yes is yes", vote_for(checks, valley, hill, "yes"), "executed")
    checks.equal("and takes nobody by itself", valley.get("/federation/status").json()["members"], 1)
    checks.equal("hill joins", join(hill, invitation)[1], "joined")
    hill.stop()
    hill.start()
    wait_until("equal heights", lambda: hill.height() == valley.height(), [valley, hill])
    checks.equal("it is a member", hill.get("/federation/status").json()["role"], "member")
    checks.equal("the change is in force", valley.get("/federation/changes/" + change["change_id"]).json()["status"], "applied")
    checks.equal("blocks go on", transfer(hill, alice, bob, 1).status, 200)
    wait_until("equal heights", lambda: hill.height() == valley.height(), [valley, hill])
    checks.equal("one history", headers(hill), headers(valley))


def main():
    checks = Checks()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="icn-voted-"))
    nodes = [alone(folder, name, port) for name, port in zip(("valley", "hill"), free_ports(2))]
    try:
        say(__doc__)
        run(checks, *nodes, folder / "invitation.json")
        verify_all(checks, nodes)
    finally:
        stop_all(nodes)
        remove(folder)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
