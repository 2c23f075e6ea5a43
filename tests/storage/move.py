#!/usr/bin/env python3
"""Moves a node from engine to engine and back, online and killed on the way; compacts; keeps a memory node's data."""

import pathlib
import re
import subprocess
import sys
import tempfile

import support
import icn_node
from servers import Postgres
from support import RANDOM, Icn, Transfers, load_checks, refused_start, store_file


def engines(node):
    """As the command names them."""
    said = subprocess.run([node.binary, "storage", "migrate", "--help"], capture_output=True, text=True).stdout
    found = re.search(r"\{([a-z,]+)\}", said)
    return found.group(1).split(",") if found else []


def marker(folder):
    return (pathlib.Path(folder) / "ICN_STORE").read_text()


class Move:
    def __init__(self):
        self.checks = load_checks()
        self.server = Postgres()
        self.node = icn_node.Node(settings={"storage.backend": "rocksdb", "storage.postgresql.url": self.server.url})
        self.icn = Icn(self.node)
        self.icn.environment["ICN_STORAGE_POSTGRESQL_URL"] = self.server.url
        self.engine = "rocksdb"

    def state(self, name):
        done = self.icn.run("ledger", "verify", engine=self.engine)
        self.checks.check(f"{name}: icn ledger verify", done.returncode == 0, done.said)
        done = self.icn.run("storage", "verify", engine=self.engine)
        self.checks.check(f"{name}: icn storage verify", done.returncode == 0 and done.json, done.said)
        return {each: (done.json or {}).get(each) for each in ("ledger", "node", "state_hash")}

    def fill(self):
        transfers = Transfers(self.node, ["ann", "bob", "cid"])
        self.cid, self.content = store_file(self.node, 12 << 20)
        transfers.some(200)
        self.known = list(transfers.answered)

    def ahead(self, to):
        """While the node runs and writes; more than once."""
        node, checks = self.node, self.checks
        transfers = Transfers(node, ["ann", "bob", "cid"])
        transfers.start()
        first = self.icn.run("storage", "migrate", "--to", to, engine=self.engine)
        second = self.icn.run("storage", "migrate", "--to", to, engine=self.engine)
        transfers.stop()
        checks.check(f"to {to}: copied while the node runs", first.returncode == 0 and second.returncode == 0, (first.said, second.said))
        if first.json and second.json:
            checks.check(f"to {to}: the second copy writes only what changed", second.json["rows_written"] < second.json["rows"],
                         (first.json, second.json))
        self.known += list(transfers.answered)

    def move(self, to):
        node, checks, former = self.node, self.checks, self.engine
        before = self.state(f"before {to}")
        stores = [node.data / "store", node.data / "node"]
        killed = 0
        for turn in range(8):  # sooner first: a move of a small store is quickly over
            if not (node.data / "store.former").exists() and marker(stores[0]).count(f"engine {former}\n") == 1:
                killed += self.icn.kill_after(RANDOM.uniform(0.01, 0.05 * (turn + 1)), "storage", "migrate", "--to", to, engine=former)
            if (node.data / "UNFINISHED").exists():
                said = refused_start(self.icn, node.data, former)
                checks.check(f"to {to}: no node starts between", "icn storage migrate" in said, said)
                break
            if not (node.data / "store.former").exists():
                checks.equal(f"to {to}: killed, the stores are as they were", self.state("killed"), before)
        checks.check(f"to {to}: moves were killed", killed >= 1, killed)
        if (node.data / "UNFINISHED").exists() or not (node.data / "store.former").exists():
            done = self.icn.run("storage", "migrate", "--to", to, engine=former)
            checks.check(f"to {to}: the next run finishes", done.returncode == 0, done.said)
        for store in stores:
            checks.check(f"to {to}: {store.name} is of it", f"engine {to}\n" in marker(store), marker(store))
        checks.check(f"to {to}: a node of the former engine says so", "change the engine setting" in refused_start(self.icn, node.data, former))
        self.engine = to
        checks.equal(f"to {to}: rows, indexes and state are the same", self.state(f"after {to}"), before)
        node.settings["storage.backend"] = to
        node.start()
        missing = [each for each in self.known if node.get(f"/ledger/transactions/{each}").json()["status"] != "committed"]
        checks.none(f"to {to}: all transfers are there", missing)
        answer = node.get("/ipfs/" + self.cid, key=node.operator_key)
        checks.check(f"to {to}: content is there", answer.status == 200 and answer.body == self.content, answer.status)
        self.known += self.more()

    def more(self):
        transfers = Transfers(self.node, ["ann", "bob", "cid"])
        transfers.some(20)
        return list(transfers.answered)

    def clean(self, to):
        done = self.icn.run("storage", "gc", "--former", engine=self.engine)
        left = [path.name for path in self.node.data.iterdir() if ".former" in path.name or ".to-" in path.name]
        self.checks.check(f"after {to}: gc removes what was before", done.returncode == 0 and not left, (done.said, left))
        schemas = self.server.ask("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'icn%' ORDER BY 1").split()
        self.checks.equal(f"after {to}: the database holds what is in use, no more", schemas, ["icn_node", "icn_store"] if to == "postgresql" else [])

    def compact(self):
        before = self.state("before compact")
        done = self.icn.run("storage", "compact", engine=self.engine)
        self.checks.check("icn storage compact", done.returncode == 0 and done.json["bytes_after"] > 0, done.said)
        self.checks.equal("compact changes no row", self.state("after compact"), before)

    def round(self):
        self.fill()
        order = [each for each in engines(self.node) if each != "rocksdb"] + ["rocksdb"]
        self.checks.check("PostgreSQL is among them", "postgresql" in order, order)
        for to in order:
            self.ahead(to)
            self.node.stop()
            self.move(to)
            self.node.stop()
            self.clean(to)
            self.node.start()
        self.node.stop()
        self.compact()

    def memory(self):
        """The memory engine says that it forgets, and keeps what it is told to keep over an orderly stop."""
        checks = self.checks
        with tempfile.TemporaryDirectory(prefix="icn-memory-") as work:
            settings = {"storage.backend": "memory", "storage.memory.snapshot": work + "/snapshot"}
            with icn_node.Node(settings=settings) as node:
                checks.check("it says that it is volatile", "is lost" in node.log(), node.log())
                transfers = Transfers(node, ["ann", "bob"])
                transfers.some(30)
                height = node.get("/system/status").json()["current_block_height"]
                checks.equal("an orderly stop", node.stop(), 0)
                node.start()
                missing = [each for each in transfers.answered if node.get(f"/ledger/transactions/{each}").json()["status"] != "committed"]
                checks.none("transfers came back", missing)
                checks.check("and the ledger goes on from there", node.get("/system/status").json()["current_block_height"] >= height)
                later = Transfers(node, ["ann", "bob"])
                later.some(5)
                node.kill()
                node.start()
                found = [each for each in later.answered if node.get(f"/ledger/transactions/{each}").json()["status"] == "committed"]
                checks.none("after a kill it is as the last stop left it", found)
            with icn_node.Node(settings={"storage.backend": "memory"}) as node:
                checks.check("without a folder it says that it forgets all", "everything is forgotten" in node.log(), node.log())

    def run(self):
        print(f"seed {support.SEED}", flush=True)
        try:
            self.round()
            self.memory()
        finally:
            self.node.close()
            self.server.close()
        return self.checks.finish()


if __name__ == "__main__":
    sys.exit(Move().run())
