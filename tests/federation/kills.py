"""kill -9 under load: of each node in turn and of its CometBFT alone, at moments nobody chose. Three of four never stop,
and what was final is never lost.

ICN_KILL_ROUNDS (1) and ICN_KILL_SEED change how often and when.
"""

import os
import random
import signal
import sys
import threading
import time

from jobs import echo, run_job
from one_ledger import balances
from partition import QUICK
from relay import engines_of
from world import Checks, Federation, engine_peers, headers, icn_node, is_ready, say, verify_all

ROUNDS = int(os.environ.get("ICN_KILL_ROUNDS", "1"))
SEED = int(os.environ.get("ICN_KILL_SEED", str(int(time.time()))))
OUTAGE_SECS = 4
# Longer than the 5 s that a payer waits whose node has no engine.
ENGINE_OUTAGE_SECS = 8


class Load:
    """Transfers of one payer each, one after another, sent to whichever node serves."""

    def __init__(self, federation, payers, payee, seed):
        self.federation, self.payee = federation, payee
        self.random = random.Random(seed)
        self.sent = []   # transaction ids
        self.final = {}  # id: (when, height)
        self.is_over = False
        self.threads = [threading.Thread(target=self._run, args=(payer,)) for payer in payers]
        for each in self.threads:
            each.start()

    def _run(self, payer):
        while not self.is_over:
            node = self.random.choice(self.federation.nodes)
            try:
                body = payer.transaction(node, "economics.transfer", {"to": self.payee.did, "amount": 0.01})
                self.sent.append(icn_node.transaction_id(body))
                answer = node.post("/economics/mana/transfer?timeout=5", body, timeout=10)
            except OSError:
                time.sleep(0.02)  # it is not there, or was killed while it worked
                continue
            except Exception:  # cut in the middle of an answer
                continue
            if answer.status == 200:
                self.final[self.sent_id(answer)] = (time.monotonic(), answer.json()["height"])
            time.sleep(0.02)

    @staticmethod
    def sent_id(answer):
        return answer.json()["transaction_id"]

    def stop(self):
        self.is_over = True
        for each in self.threads:
            each.join()

    def between(self, begin, end):
        return sum(begin <= when < end for when, _ in list(self.final.values()))


def engine_of(node):
    return engines_of(node.process.pid)


def whole(federation):
    """Four of four again: with one more gone before that, two would be."""
    federation.wait_until("all engines have met", lambda: all(engine_peers(node) == 3 for node in federation.nodes), 60)
    federation.wait_until("all are ready", lambda: all(is_ready(node) for node in federation.nodes), 60)


def kill_node(checks, federation, load, number, chance):
    victim = federation.nodes[number]
    time.sleep(chance.uniform(0, 1))
    victim.kill()
    begin = time.monotonic()
    time.sleep(OUTAGE_SECS)
    count = load.between(begin + 1.5, time.monotonic())
    checks.check(f"the others go on without node {number}", count > 0, count)
    victim.start()
    federation.wait_until(f"node {number} is ready again", lambda: is_ready(victim), 60)
    say(f"   node {number}: {count} transfers in its last {OUTAGE_SECS - 1.5} s away, back after {time.monotonic() - begin - OUTAGE_SECS:.1f} s")


def kill_engine(checks, federation, load, number, chance):
    node = federation.nodes[number]
    time.sleep(chance.uniform(0, 1))
    engines = engine_of(node)
    checks.equal(f"node {number} has one engine", len(engines), 1)
    # A killed one is back within a round of agreement: first it stands still, then it dies where it stood.
    for each in engines:
        os.kill(each, signal.SIGSTOP)
    begin = time.monotonic()
    time.sleep(ENGINE_OUTAGE_SECS)
    for each in engines:
        os.kill(each, signal.SIGKILL)
    end = time.monotonic()
    count = load.between(begin, end)
    checks.check(f"transfers go on without the engine of node {number}", count > 0, count)
    federation.wait_until("a new engine runs", lambda: engine_of(node) not in ([], engines), 30)
    federation.wait_until("and follows", lambda: is_ready(node), 60)
    say(f"   engine of node {number}: {count} transfers in {ENGINE_OUTAGE_SECS} s without it, back after {time.monotonic() - end:.1f} s")


def bootstrap_gone(checks, federation):
    """Without the node all have met at, the others stay peers and run jobs; it finds them again."""
    first, rest = federation.nodes[0], federation.nodes[1:]
    def peers(nodes):
        return [node.get("/network/stats").json()["peers"] for node in nodes]
    federation.wait_until("all are peers", lambda: peers(federation.nodes) == [3] * 4, 60)
    first.kill()
    federation.wait_until("it is missed", lambda: peers(rest) == [2] * 3, 60)
    jobs = [run_job(node, echo(f"without the first {i}")) for i, node in enumerate(rest)]
    checks.equal("jobs are run without it", [job["status"] for job in jobs], ["completed"] * 3)
    first.start()
    federation.wait_until("it is found again", lambda: peers(federation.nodes) == [3] * 4, 90)
    checks.equal("and runs jobs", run_job(first, echo("with the first"))["status"], "completed")


def nothing_lost(checks, federation, load, before, payee):
    federation.wait_for_equal_heights()
    done = 0
    for identifier in load.sent:
        told = [node.get("/ledger/transactions/" + identifier).json() for node in federation.nodes]
        if not checks.check("all tell the same of a transaction", all(each == told[0] for each in told), told):
            return
        if identifier in load.final:
            checks.equal("what was final is where it was", told[0].get("height"), load.final[identifier][1])
        done += told[0]["status"] == "committed" and told[0]["outcome"]["ok"]
    say(f"   {len(load.sent)} transfers sent, {len(load.final)} answered as final, {done} done")
    checks.equal("each was paid once", balances(federation, payee.did), [round(before + 0.01 * done, 3)] * 4)
    supplies = [node.get("/economics/mana/supply").json() for node in federation.nodes]
    checks.check("the mana adds up on all", all(each["consistent"] for each in supplies), supplies)
    found = [headers(node) for node in federation.nodes]
    checks.check("all headers are equal", all(each == found[0] for each in found))
    verify_all(checks, federation.nodes)


def main():
    checks = Checks()
    say(f"seed {SEED}")
    chance = random.Random(SEED)
    payee = icn_node.Member("payee")
    payers = [icn_node.Member(f"payer {i}") for i in range(3)]
    with Federation(peers=True, settings=QUICK) as federation:
        for each in [*payers, *federation.dids[1:]]:
            federation.nodes[0].grant(each)
        federation.nodes[0].post("/economics/mana/transfer", payers[0].transaction(federation.nodes[0], "economics.transfer", {"to": payee.did, "amount": 1}))
        federation.wait_for_equal_heights()
        before = balances(federation, payee.did)[0]
        load = Load(federation, payers, payee, SEED)
        try:
            for _ in range(ROUNDS):
                for number in range(4):
                    kill_node(checks, federation, load, number, chance)
                    whole(federation)
                    kill_engine(checks, federation, load, chance.randrange(4), chance)
                    whole(federation)
        finally:
            load.stop()
        say("the node all have met at is gone")
        bootstrap_gone(checks, federation)
        nothing_lost(checks, federation, load, before, payee)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
