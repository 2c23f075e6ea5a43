#!/usr/bin/env python3
"""A restore drill: transfers go on, a backup is made, the node is killed, and another one goes on from the backup."""

import pathlib
import sys
import tempfile
import time

import support
import icn_node
from support import RANDOM, Icn, Transfers, copy_passphrase, files_below, flip, load_checks, refused_start, store_file


class Drill:
    def __init__(self, work):
        self.work = pathlib.Path(work)
        self.checks = load_checks()
        self.backups = self.work / "backups"
        self.node = icn_node.Node()
        self.icn = Icn(self.node)

    def verify_ledger(self, name, data):
        done = self.icn.run("ledger", "verify", data=data)
        self.checks.check(f"{name}: icn ledger verify", done.returncode == 0, done.said)
        return done.json["state_hash"] if done.json else None

    def backup(self, name, target=None):
        done = self.icn.run("storage", "backup", target or self.backups)
        self.checks.check(f"{name}: icn storage backup", done.returncode == 0 and done.json, done.said)
        return done.json or {}

    def back_up_under_load(self):
        node, checks = self.node, self.checks
        self.transfers = Transfers(node, ["ann", "bob", "cid"])
        self.cid, self.content = store_file(node, 24 << 20)
        self.transfers.some(50)
        self.transfers.start()
        time.sleep(1)
        first = self.backup("under load")
        begun = time.monotonic()
        self.second = self.backup("again under load")
        self.answered = [each for each, at in self.transfers.answered.items() if at < begun]
        checks.check("transfers went on meanwhile", len(self.transfers.answered) > len(self.answered) >= 50, len(self.answered))
        checks.check("blocks that are there are not copied again", self.second.get("bytes_written", 0) * 10 < first.get("bytes_written", 0),
                     (first, self.second))
        checks.check("and the second backup is of a later block", self.second.get("height", 0) > first.get("height", 0), (first, self.second))

    def a_stopped_node(self):
        """Killed under load: the backup holds, and so does one of what is left."""
        node, checks = self.node, self.checks
        node.kill()
        self.transfers.stop()
        done = self.icn.run("storage", "verify", self.backups)
        checks.check("icn storage verify of the backup", done.returncode == 0 and done.json["ok"], done.said)
        done = self.icn.run("storage", "verify")
        checks.check("icn storage verify of the stores", done.returncode == 0 and done.json["ok"], (done.json, done.said))
        self.state = self.verify_ledger("the killed node", node.data)
        checks.equal("its rows are read the same way twice", done.json.get("state_hash"), self.state)
        third = self.backup("of the stopped node")
        checks.equal("the backup of the stopped node has its state", third.get("state_hash"), self.state)

    def restored(self, name, target, *source, stdin=None):
        done = self.icn.run("storage", "restore", *source, data=target, stdin=stdin)
        self.checks.check(f"{name}: icn storage restore", done.returncode == 0 and done.json, done.said)
        return (done.json or {}).get("state_hash")

    def restore(self):
        checks = self.checks
        target = self.work / "second"
        copy_passphrase(self.node.data, target)
        hash_ = self.restored("the backup under load", target, self.backups, "--name", "backup-000002")
        checks.equal("its state is the one of the backup", hash_, self.second.get("state_hash"))
        checks.equal("and the one that its blocks give", self.verify_ledger("the restored node", target), hash_)
        done = self.icn.run("storage", "verify", data=target)
        checks.check("its indexes are whole", done.returncode == 0, done.said)
        other = icn_node.Node(folder=self.work, settings={"data_path": target}, start=False)
        other.data = target
        other.start()
        try:
            missing = [each for each in self.answered if other.get(f"/ledger/transactions/{each}").json()["status"] != "committed"]
            checks.none("what was answered before the backup is there", missing)
            checks.equal("the node has its key", other.did, self.node.did)
            answer = other.get("/ipfs/" + self.cid, key=self.node.operator_key)
            checks.check("content and API keys are there", answer.status == 200 and answer.body == self.content, answer.status)
            supply = other.get("/economics/mana/supply").json()
            checks.check("the mana adds up", supply.get("consistent"), supply)
            Transfers(other, ["ann", "bob"]).some(5)
        finally:
            other.stop()
        self.verify_ledger("the restored node after it ran", target)

    def without_ledger(self):
        """What a node of a federation restores: its key, API keys and content; the ledger comes from the others."""
        checks = self.checks
        target = self.work / "without-ledger"
        copy_passphrase(self.node.data, target)
        done = self.icn.run("storage", "restore", self.backups, "--without-ledger", data=target)
        checks.check("icn storage restore --without-ledger", done.returncode == 0 and done.json, (done.returncode, done.said))
        checks.check("names no state of a ledger", not (done.json or {}).get("state_hash"), done.json)
        rows = self.icn.run("storage", "stats", "--tables", data=target)
        tables = {(each["store"], each["table"]): each["rows"] for each in (rows.json or {"items": []})["items"]}
        checks.check("content is restored", tables.get(("node", "dag_blocks"), 0) > 10, (tables, rows.said))
        checks.none("of the ledger nothing is", [each for each, count in tables.items() if each[0] == "ledger" and count])
        done = self.icn.run("storage", "verify", data=target)
        checks.check("what is there is whole", done.returncode == 0, done.said)
        other = icn_node.Node(folder=self.work, settings={"data_path": target}, start=False)
        other.data = target
        other.start()
        try:
            checks.equal("the node has its key", other.did, self.node.did)
            answer = other.get("/ipfs/" + self.cid, key=self.node.operator_key)
            checks.check("content and API keys are there", answer.status == 200 and answer.body == self.content, answer.status)
            first = self.answered[0]
            checks.check("no transaction of the former ledger is", '"committed"' not in other.get(f"/ledger/transactions/{first}").text)
            Transfers(other, ["ann", "bob"]).some(5)
        finally:
            other.stop()
        self.verify_ledger("the node without its former ledger", target)

    def streams(self):
        checks = self.checks
        path = self.work / "stream"
        with open(path, "wb") as out:
            done = self.icn.run("storage", "backup", "-", stdout=out)
        checks.check("a backup as a stream", done.returncode == 0, done.said)
        checks.equal("of a file", self.restored("a stream from a file", self.work / "from-file", path), self.state)
        with open(path, "rb") as stream:
            checks.equal("of a pipe", self.restored("a stream from a pipe", self.work / "from-pipe", "-", stdin=stream), self.state)
        whole = path.read_bytes()
        for name, wrong in (("cut off", whole[:len(whole) * 2 // 3]), ("flipped", None)):
            path.write_bytes(wrong if wrong is not None else whole)
            if wrong is None:
                flip(path, RANDOM)
            target = self.work / f"from-{name.replace(' ', '-')}"
            with open(path, "rb") as stream:
                done = self.icn.run("storage", "restore", "-", data=target, stdin=stream)
            checks.check(f"a stream that is {name} is refused", done.returncode in (9, 11), (done.returncode, done.said))
            checks.equal(f"a stream that is {name} leaves nothing", files_below(target), [])

    def damage(self):
        checks = self.checks
        pieces = [path for path in (self.backups / "pieces").rglob("*") if path.is_file()]
        newest = (self.backups / "backup-000003").read_text()
        pieces = [path for path in pieces if path.name in newest]
        for path in RANDOM.sample(pieces, 6):
            whole = path.read_bytes()
            at = flip(path, RANDOM)
            done = self.icn.run("storage", "verify", self.backups)
            checks.check(f"byte {at} of a piece: found and named",
                         done.returncode == 3 and done.json and any(path.name in each for each in done.json["problems"]), (done.json, done.said))
            target = self.work / "damaged"
            done = self.icn.run("storage", "restore", self.backups, data=target)
            checks.check("a damaged backup is not restored", done.returncode == 11 and path.name in done.said, (done.returncode, done.said))
            checks.equal("and leaves nothing", files_below(target) if target.exists() else [], [])
            path.write_bytes(whole)
        done = self.icn.run("storage", "verify", self.backups)
        checks.check("mended it is whole", done.returncode == 0, done.said)

    def killed_backups(self):
        checks = self.checks
        target = self.work / "killed-backups"
        killed = sum(self.icn.kill_after(RANDOM.uniform(0.01, 0.25), "storage", "backup", target) for _ in range(12))
        checks.check("backups were killed half-way", killed >= 3, killed)
        done = self.icn.run("storage", "backup", target)
        checks.check("the next run finishes", done.returncode == 0 and done.json["state_hash"] == self.state, (done.json, done.said))
        checks.equal("the source is as it was", self.verify_ledger("after killed backups", self.node.data), self.state)

    def killed_restores(self):
        checks = self.checks
        target = self.work / "killed-restore"
        copy_passphrase(self.node.data, target)
        killed, refused = 0, 0
        for turn in range(12):
            if not self.icn.kill_after(RANDOM.uniform(0.02, 0.6), "storage", "restore", self.backups, data=target):
                target = self.work / f"killed-restore-{turn}"  # a database keeps what a folder that is gone left there
                copy_passphrase(self.node.data, target)
                continue
            killed += 1
            if (target / "UNFINISHED").exists():
                said = refused_start(self.icn, target)
                refused += "icn storage restore" in said
                checks.check("no node starts on half a restore", "icn storage restore" in said, said)
        checks.check("restores were killed half-way", killed >= 3 and refused >= 1, (killed, refused))
        checks.equal("the next run finishes", self.restored("after kills", target, self.backups), self.state)
        checks.equal("with the same ledger", self.verify_ledger("after killed restores", target), self.state)
        done = self.icn.run("storage", "restore", self.backups, data=target)
        checks.check("what is there is not written over", done.returncode == 8, (done.returncode, done.said))

    def schemas(self):
        """A store or backup of a newer version is refused and left alone."""
        checks = self.checks
        marker = self.node.data / "store" / "ICN_STORE"
        text = marker.read_text()
        marker.write_text(text.replace("schema 1\n", "schema 999\n"))
        checks.check("the marker names a schema", marker.read_text() != text, text)
        done = self.icn.run("storage", "verify")
        checks.check("a newer store is refused", done.returncode == 9 and "update icn" in done.said, (done.returncode, done.said))
        marker.write_text(text)

    def access(self):
        """The operator's endpoint, and who may not use it."""
        node, checks = self.node, self.checks
        node.start()
        self.icn = Icn(node)
        checks.equal("no key", node.post("/system/storage/backup", b"", headers={"content-type": "application/octet-stream"}).status, 401)
        checks.equal("a body that is no hashes", node.request("POST", "/system/storage/backup", b"x", key=node.operator_key,
                                                              headers={"content-type": "application/octet-stream"}).status, 400)
        stats = self.icn.run("storage", "stats")
        names = [each["name"] for each in (stats.json or {"items": []})["items"]]
        checks.equal("icn storage stats", names, ["ledger", "node"])
        node.stop()
        stats = self.icn.run("storage", "stats", "--tables")
        tables = {each["table"]: each["rows"] for each in (stats.json or {"items": []})["items"]}
        checks.check("rows of each table", tables.get("ledger_headers", 0) > 50 and tables.get("dag_blocks", 0) > 10, tables)

    def collect(self):
        done = self.icn.run("storage", "gc", "--backups", self.backups, "--keep", "1")
        self.checks.check("old backups go", done.returncode == 0 and done.json["backups"] == 2, (done.json, done.said))
        self.checks.equal("the newest is whole", self.restored("after gc", self.work / "after-gc", self.backups), self.state)

    def run(self):
        print(f"seed {support.SEED}", flush=True)
        try:
            for step in (self.back_up_under_load, self.a_stopped_node, self.restore, self.without_ledger, self.streams, self.damage, self.killed_backups,
                         self.killed_restores, self.schemas, self.collect, self.access):
                step()
        finally:
            self.node.close()
        return self.checks.finish()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="icn-drill-") as work:
        sys.exit(Drill(work).run())
