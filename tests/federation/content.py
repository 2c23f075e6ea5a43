"""What records of the ledger name is at every node: texts of proposals, reasons, profiles, schemas."""

import sys
import time

from world import Checks, Federation, say, verify

ELSEWHERE = 3  # takes no part in the peer network at first


def must(node, path, body):
    answer = node.post(path, body, key=node.operator_key)
    assert answer.status in (200, 201), answer
    return answer.json()


def kept(node, federation):
    """A member whose key the node keeps."""
    did = must(node, "/identity/did/create", {})["did"]
    federation.wait_for_equal_heights()
    first = federation.nodes[0]
    granted = first.post("/economics/mana/grants", {"to": did}, key=first.operator_key)
    assert granted.status in (200, 201) or granted.json()["code"] == "already_granted", granted
    federation.wait_for_equal_heights()
    return did


def propose(node, did, title, **more):
    return must(node, "/governance/proposals", {
        "proposer_did": did, "title": title, "description": f"All about {title.lower()}.",
        "actions": [{"type": "GenericText", "data": {"text": f"We get {title.lower()}."}}], "duration_secs": 86400, **more})["proposal_id"]


def shown(node, proposal):
    answer = node.get("/governance/proposals/" + proposal)
    return answer.json() if answer.status == 200 else {}


def has(node, cid):
    return node.get("/dag/blocks/" + cid).status == 200


def pins(node):
    """CIDs the node itself has pinned."""
    items = node.get("/dag/pins?limit=100", key=node.operator_key).json()["items"]
    return {each["cid"] for each in items}


def proposals(checks, federation):
    """A proposal made at node 0 shows title, description and action at every node, an amended text and reasons too."""
    first, *others = federation.nodes
    near = others[:ELSEWHERE - 1]
    ada, ben = kept(first, federation), kept(near[0], federation)
    ovens = propose(first, ada, "Ovens")
    took = federation.wait_until("all nodes show its title", lambda: all(shown(node, ovens).get("title") for node in near), 30)
    say(f"   its title after {took:.1f} s")
    for node in near:
        checks.equal("title and description", [shown(node, ovens).get(name) for name in ("title", "description")],
                     ["Ovens", "All about ovens."])
    listed = near[0].get("/governance/proposals").json()["items"]
    checks.equal("the list shows the title", [each.get("title") for each in listed], ["Ovens"])
    words = shown(first, ovens)["actions"][0]["data"]["text_cid"]
    federation.wait_until("all nodes have the action's words", lambda: all(has(node, words) for node in near), 30)

    must(near[0], f"/governance/proposals/{ovens}/vote", {"voter_did": ben, "choice": "no", "reason": "They are hot."})
    ballots = lambda: first.get(f"/governance/proposals/{ovens}/votes").json()["items"]
    federation.wait_until("the ballot is listed", ballots, 30)
    reason = ballots()[0]["reason_cid"]
    mixers = propose(first, ada, "Mixers", discussion_secs=3600)
    must(first, f"/governance/proposals/{mixers}/amend", {"did": ada, "title": "Two mixers"})
    federation.wait_until("all nodes have the reason", lambda: all(has(node, reason) for node in near), 30)
    federation.wait_until("and the amended title", lambda: all(shown(node, mixers).get("title") == "Two mixers" for node in near), 30)
    return ovens, words


def directory(checks, federation):
    """Cooperatives registered at two nodes are found by a word of their profile at every node."""
    near = federation.nodes[:ELSEWHERE]
    profiles = []
    for node, name in ((near[1], "Bread for All"), (near[2], "Hill Farm")):
        did = kept(node, federation)
        profiles.append(must(node, "/cooperative/register", {"profile": {
            "did": did, "name": name, "type": "worker", "description": "one of the valley", "geo_scope": "Basel, CH"}})["cid"])
    names = lambda node: sorted(each.get("name") or "" for each in must(node, "/cooperative/search", {"query": "valley"})["items"])
    took = federation.wait_until("all find both", lambda: all(len(names(node)) == 2 for node in near), 30)
    say(f"   both found after {took:.1f} s")
    for node in near:
        checks.equal("both by name", names(node), ["Bread for All", "Hill Farm"])
    for node in near:
        federation.wait_until("the profiles are pinned", lambda: set(profiles) <= pins(node), 30)
    schema = must(federation.nodes[0], "/identity/credentials/schemas", {
        "name": "valley:baker", "author": federation.dids[0], "json_schema": {"type": "object", "properties": {"since": {"type": "integer"}}}})["cid"]
    federation.wait_until("a schema is at all nodes", lambda: all(has(node, schema) for node in near), 30)
    return profiles


def late(checks, federation, proposal, words, profiles):
    """A node that could fetch nothing finds what is missing when it starts again as a peer."""
    node = federation.nodes[ELSEWHERE]
    federation.wait_for_equal_heights()
    checks.equal("it knows the proposal, but not its text", (shown(node, proposal).get("state"), shown(node, proposal).get("title")),
                 ("voting", None))
    node.stop()
    node.settings["p2p.enabled"] = True
    node.start()
    wanted = {words, *profiles}
    took = federation.wait_until("it shows the title", lambda: shown(node, proposal).get("title") == "Ovens", 60)
    say(f"   its title after {took:.1f} s")
    federation.wait_until("it has pinned the rest", lambda: wanted <= pins(node), 60)
    node.kill()
    node.start()
    checks.check("and still after a kill", wanted <= pins(node), pins(node))


def run():
    checks = Checks()
    federation = Federation(peers=True, settings={"p2p.heartbeat_ms": 1000})
    federation.nodes[ELSEWHERE].settings["p2p.enabled"] = False
    with federation:
        federation.wait_until("the others have met", lambda: all(
            node.get("/network/stats").json()["peers"] >= 1 for node in federation.nodes[:ELSEWHERE]), 40)
        found = {}
        for name, part in (("proposals", proposals), ("directory", directory), ("late", None)):
            started = time.monotonic()
            say((part or late).__doc__)
            if part:
                found[name] = part(checks, federation)
            else:
                late(checks, federation, *found["proposals"], found["directory"])
            say(f"   {time.monotonic() - started:.1f} s")
        federation.wait_for_equal_heights()
        for node in federation.nodes:
            node.stop()
        verify(checks, federation.nodes[ELSEWHERE], "the ledger of the late node verifies")
    return checks.finish()


if __name__ == "__main__":
    sys.exit(run())
