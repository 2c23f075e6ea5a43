"""Ballots sent around the end of a vote: each is counted or refused, none is lost.

closing_moment.py URL API_KEY: makes members whose keys the node keeps, lets some vote early and all others from
some tenths of a second before the deadline until some after it. Prints what came of it; exit code 1: a ballot that
was accepted is not counted, or one that was refused is."""

import http.client
import json
import sys
import threading
import time
import urllib.parse

EARLY = 60
LATE = 140
THREADS = 7
VOTING_SECS = 5
AROUND_SECS = 0.6  # before the deadline, and after it


class Node:
    def __init__(self, url, key):
        self.address = urllib.parse.urlsplit(url).netloc
        self.key = key
        self.connection = http.client.HTTPConnection(self.address, timeout=60)

    def ask(self, method, path, body=None):
        headers = {"x-api-key": self.key, "content-type": "application/json"}
        self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")

    def must(self, method, path, body=None):
        status, answer = self.ask(method, path, body)
        if status >= 300:
            sys.exit(f"{method} {path} answered {status}: {answer}")
        return answer


def vote(node, proposal, did):
    return node.ask("POST", f"/governance/proposals/{proposal}/vote", {"voter_did": did, "choice": "yes"})


def vote_around(url, key, proposal, dids, begin, end, outcomes):
    """Spreads the ballots of `dids` evenly over the time from `begin` to `end`."""
    node = Node(url, key)
    for i, did in enumerate(dids):
        time.sleep(max(0, begin + (end - begin) * i / len(dids) - time.time()))
        outcomes[did] = vote(node, proposal, did)


def main(url, key):
    node = Node(url, key)
    members = [node.must("POST", "/identity/did/create", {})["did"] for _ in range(EARLY + LATE)]
    proposal = node.must("POST", "/governance/proposals", {
        "proposer_did": members[0], "description": "Shall the bakery open on Sundays?",
        "actions": [{"type": "GenericText", "data": {"text": "It opens on Sundays."}}],
        "discussion_secs": 0, "duration_secs": VOTING_SECS})["proposal_id"]
    # Enough for the quorum, long before the end: nothing extends the voting.
    outcomes = {did: vote(node, proposal, did) for did in members[:EARLY]}
    ends = node.must("GET", f"/governance/proposals/{proposal}")["voting_ends"]
    late = members[EARLY:]
    threads = [threading.Thread(target=vote_around, args=(
        url, key, proposal, late[i::THREADS], ends - AROUND_SECS, ends + AROUND_SECS, outcomes)) for i in range(THREADS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    for _ in range(300):
        shown = node.must("GET", f"/governance/proposals/{proposal}")
        if shown["state"] not in ("voting", "counting"):
            break
        time.sleep(0.1)
    accepted = {did for did, (status, _) in outcomes.items() if status == 200}
    refused = [answer["code"] for status, answer in outcomes.values() if status != 200]
    bundle = node.must("GET", f"/governance/proposals/{proposal}/audit")
    counted = {entry["transaction"]["sender"] for entry in bundle["ballots"]}
    result = shown["result"]
    print(f"{len(outcomes)} ballots, {len(accepted)} accepted, {len(refused)} refused, {result['yes']} counted")
    ok = (len(outcomes) == EARLY + LATE and counted == accepted and result["yes"] == len(accepted)
          and set(refused) == {"G003"} and len(accepted) > EARLY)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
