#!/usr/bin/env python3
"""kill -9 at random moments while credentials are issued.

A credential's block and the anchor that names it lie in two stores that are synced at the same time. After each start:
  * every anchor of the ledger has its block, whether its issuer was answered or not
  * every credential that was answered is anchored, and reads as it was answered
"""

import os
import random
import sys
import threading
import time

from support import BINARY, Checks, Pipe, http_request, icn_node, say

ROUNDS = int(os.environ.get("ICN_CRASH_ROUNDS") or 12)
SEED = int(os.environ.get("ICN_CRASH_SEED") or random.SystemRandom().randrange(10**9))
THREADS = 4


class Issuing:
    """Threads that issue until the node is gone."""

    def __init__(self, node, issuers):
        self.node, self.issuers = node, issuers
        self.answered = {}
        self.problems = []
        self.threads = [threading.Thread(target=self.run, args=(index,), daemon=True) for index in range(THREADS)]
        for thread in self.threads:
            thread.start()

    def run(self, index):
        try:
            pipe = Pipe(self.node.port)
            while True:
                issuer = self.issuers[index % len(self.issuers)]
                holder = self.issuers[(index + 1) % len(self.issuers)]
                pipe.send(http_request("POST", "/identity/credentials/issue",
                                       {"issuer": issuer, "holder": holder, "type": "Skill",
                                        "claims": {"skill": f"baking {index}"}, "options": {"public": True}},
                                       self.node.operator_key))
                answer = pipe.receive()
                if answer.status != 201:
                    self.problems.append(repr(answer))
                    return
                self.answered[answer.json()["cid"]] = answer.json()["verifiableCredential"]
        except OSError:
            pass  # killed
        except Exception as problem:  # a thread must not end in silence
            self.problems.append(repr(problem))

    def end(self):
        for thread in self.threads:
            thread.join(30)


def anchored(node):
    """The CIDs of all credentials of the ledger."""
    found, cursor = [], None
    while True:
        page = node.get("/identity/credentials?limit=200" + (f"&cursor={cursor}" if cursor else ""),
                        key=node.operator_key).json()
        found += [item["cid"] for item in page["items"]]
        cursor = page.get("next_cursor")
        if not cursor:
            return found


def new_issuers(node):
    issuers = []
    for _ in range(THREADS):
        issuers.append(node.post("/identity/did/create", {}, key=node.operator_key).json()["did"])
        node.post("/economics/mana/grants", {"to": issuers[-1]}, key=node.operator_key)
    return issuers


def main():
    say(f"seed {SEED}, {ROUNDS} rounds")
    rng = random.Random(SEED)
    checks = Checks()
    answered, known = {}, set()
    with icn_node.Node(binary=BINARY) as node:
        for number in range(ROUNDS):
            issuers = new_issuers(node)  # one DID holds at most 1,000 credentials
            load = Issuing(node, issuers)
            time.sleep(rng.uniform(0.05, 0.8))
            node.kill()
            load.end()
            checks.none(f"round {number}: nothing was refused", load.problems)
            node.start()
            answered.update(load.answered)
            now = anchored(node)
            checks.none(f"round {number}: what was answered is anchored", sorted(set(load.answered) - set(now)))
            lost, changed = [], []
            for cid in set(now) - known:
                read = node.get(f"/identity/credentials/{cid}", key=node.operator_key).json()
                if "verifiableCredential" not in read:
                    lost.append(cid)
                elif cid in answered and read["verifiableCredential"] != answered[cid]:
                    changed.append(cid)
            checks.none(f"round {number}: every anchor has its block", lost)
            checks.none(f"round {number}: each reads as it was answered", changed)
            known.update(now)
        say(f"{len(answered)} answered, {len(known)} anchored")
        checks.check("every round issued some", len(answered) >= ROUNDS, len(answered))
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
