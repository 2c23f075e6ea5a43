#!/usr/bin/env python3
"""A node whose ledger is of one engine and whose own store (blocks, keys, API keys) of another: moved apart while it has content, killed,
backed up and restored, moved together again."""

import pathlib
import sys
import tempfile

import support
import icn_node
from servers import Postgres
from support import RANDOM, Icn, Transfers, copy_passphrase, load_checks, refused_start, store_file

# Of the ledger and of the node's own store; between them every durable engine stands on either side.
PAIRS = [("rocksdb", "sqlite"), ("sqlite", "postgresql"), ("postgresql", "sled"), ("sled", "rocksdb")]


class Apart:
    def __init__(self, checks, server, ledger, own):
        self.checks, self.server, self.ledger, self.own = checks, server, ledger, own
        self.name = f"{ledger} and {own}"
        self.node = icn_node.Node(settings={"storage.backend": ledger, "storage.postgresql.url": server.url,
                                            "storage.postgresql.schema": f"icn_{ledger}"})
        self.icn = Icn(self.node)
        self.icn.environment |= {"ICN_STORAGE_POSTGRESQL_URL": server.url, "ICN_STORAGE_POSTGRESQL_SCHEMA": f"icn_{ledger}",
                                 "ICN_STORAGE_BACKEND": ledger}
        self.contents = {}
        self.known = []

    def fill(self, seed):
        transfers = Transfers(self.node, ["ann", "bob"])
        cid, data = store_file(self.node, 3 << 20, seed)
        self.contents[cid] = data
        transfers.some(30)
        self.known += list(transfers.answered)

    def look(self, when):
        node, name = self.node, f"{self.name}, {when}"
        missing = [each for each in self.known if node.get(f"/ledger/transactions/{each}").json()["status"] != "committed"]
        self.checks.none(f"{name}: every transfer is there", missing)
        wrong = [cid for cid, data in self.contents.items() if node.get("/ipfs/" + cid, key=node.operator_key).body != data]
        self.checks.none(f"{name}: every file is there", wrong)
        engines = {each["name"]: each["engine"] for each in node.get("/system/storage", key=node.operator_key).json()["stores"]}
        return engines

    def moved(self, ledger, own, when):
        self.checks.equal(f"{self.name}, {when}: the engines", self.look(when), {"ledger": ledger, "node": own})
        self.checks.check(f"{self.name}, {when}: it stops", self.node.stop() == 0, self.node.log()[-2000:])
        for folder, engine in (("store", ledger), ("node", own)):
            marker = (self.node.data / folder / "ICN_STORE").read_text()
            self.checks.check(f"{self.name}, {when}: {folder} is of {engine}", f"engine {engine}\n" in marker, marker)
        done = self.icn.run("storage", "verify")
        self.checks.check(f"{self.name}, {when}: icn storage verify", done.returncode == 0 and done.json, done.said)
        return (done.json or {}).get("state_hash"), (done.json or {}).get("node")

    def migrate(self, to, when):
        done = self.icn.run("storage", "migrate", "--to", to, "--store", "node")
        self.checks.check(f"{self.name}, {when}", done.returncode == 0 and done.json, done.said)
        return done

    def set_own(self, engine):
        self.icn.environment["ICN_STORAGE_NODE_BACKEND"] = engine
        self.node.settings["storage.node_backend"] = engine

    def move_apart(self):
        self.fill("before")
        self.migrate(self.own, "copied while the node runs")
        before = self.moved(self.ledger, self.ledger, "before the move")
        self.migrate(self.own, "moved")
        said = refused_start(self.icn, self.node.data)
        self.checks.check(f"{self.name}: a start with the former engine is refused", "change the engine setting" in said, said)
        self.set_own(self.own)
        done = self.icn.run("storage", "verify")
        self.checks.equal(f"{self.name}: rows and state are the same", ((done.json or {}).get("state_hash"), (done.json or {}).get("node")), before)

    def go_on(self):
        node = self.node
        node.start()
        transfers = Transfers(node, ["ann", "bob"])
        transfers.start()
        self.fill("apart")
        node.kill()
        transfers.stop()
        self.known += list(transfers.answered)
        node.start()
        self.look("killed under load")
        self.fill("after a kill")

    def restore(self):
        """A backup of the running node and one of the stopped node, which is restored onto one engine."""
        with tempfile.TemporaryDirectory(prefix="icn-apart-") as work:
            done = self.icn.run("storage", "backup", work + "/backups")
            self.checks.check(f"{self.name}: a backup while it runs", done.returncode == 0, done.said)
            state = self.moved(self.ledger, self.own, "backed up")
            done = self.icn.run("storage", "backup", work + "/backups")
            self.checks.check(f"{self.name}: a backup", done.returncode == 0, done.said)
            target = pathlib.Path(work) / "restored"
            copy_passphrase(self.node.data, target)
            own = self.icn.environment.pop("ICN_STORAGE_NODE_BACKEND")
            self.icn.environment["ICN_STORAGE_BACKEND"] = "rocksdb"
            done = self.icn.run("storage", "restore", work + "/backups", data=target)
            self.checks.check(f"{self.name}: restored onto one engine", done.returncode == 0, done.said)
            done = self.icn.run("storage", "verify", data=target)
            self.checks.equal(f"{self.name}: with the same rows and state", ((done.json or {}).get("state_hash"), (done.json or {}).get("node")), state)
            self.icn.environment |= {"ICN_STORAGE_BACKEND": self.ledger, "ICN_STORAGE_NODE_BACKEND": own}

    def move_together(self):
        done = self.icn.run("storage", "gc", "--former")
        self.checks.check(f"{self.name}: gc removes what was before", done.returncode == 0 and not (self.node.data / "node.former").exists(), done.said)
        killed = False
        for turn in range(4):
            if (self.node.data / "node.former").exists():
                break
            killed |= self.icn.kill_after(RANDOM.uniform(0.01, 0.05 * (turn + 1)), "storage", "migrate", "--to", self.ledger, "--store", "node")
        self.checks.check(f"{self.name}: a move was killed", killed)
        if (self.node.data / "UNFINISHED").exists() or not (self.node.data / "node.former").exists():
            self.migrate(self.ledger, "together again")
        self.checks.check(f"{self.name}: the ledger stayed where it was", not (self.node.data / "store.former").exists())
        self.set_own("same")
        self.node.start()
        self.fill("together")
        self.moved(self.ledger, self.ledger, "together again")

    def run(self):
        try:
            self.move_apart()
            self.go_on()
            self.restore()
            self.move_together()
        finally:
            self.node.close()


def refusals(checks):
    with tempfile.TemporaryDirectory(prefix="icn-apart-") as work:
        node = icn_node.Node(folder=work, start=False)
        done = node.run("node", f"--data_path={work}/data", "--storage.backend=memory", "--storage.node_backend=rocksdb", timeout=30)
        checks.check("memory is for both", done.returncode != 0 and "storage.node_backend must be" in done.stderr, done.stderr)


def main():
    print(f"seed {support.SEED}", flush=True)
    checks = load_checks()
    with Postgres() as server:
        for ledger, own in PAIRS:
            Apart(checks, server, ledger, own).run()
    refusals(checks)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
