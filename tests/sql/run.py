#!/usr/bin/env python3
"""The same small cooperative on each SQL engine: what is answered over HTTP is what SQL says, also after kill -9."""

import pathlib
import re
import sqlite3
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "lib"), str(ROOT / "tests" / "crash")]
sys.dont_write_bytecode = True
import icn_node  # noqa: E402
from servers import Postgres  # noqa: E402
from support import Checks, say  # noqa: E402

QUESTIONS_MIN = 10
SQLITE_MIN = (3, 38, 0)  # the operator ->>
# performance-guide.md, "PostgreSQL Tuning"; the hash index of blocks is asked for below.
INDEXES = {"idx_proposals_status", "idx_active_proposals", "idx_mana_transactions_timestamp", "idx_jobs_status_created"}
VIEWS = {"members", "balances", "open_proposals", "job_costs"}


class OnSqlite:
    name = "sqlite"
    settings = {"storage.backend": "sqlite"}
    indexes = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    views = "SELECT name FROM sqlite_master WHERE type = 'view'"

    def rows(self, node, sql):
        connection = sqlite3.connect(f"file:{node.data}/store/store.db?mode=ro", uri=True)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def close(self):
        pass


class OnPostgres:
    name = "postgresql"
    indexes = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname IN ('icn_store', 'icn_node')"
    views = "SELECT viewname FROM pg_views WHERE schemaname = 'icn_store'"

    def __init__(self):
        self.server = Postgres()
        self.settings = {"storage.backend": "postgresql", "storage.postgresql.url": self.server.url}

    def rows(self, node, sql):
        done = subprocess.run([self.server.bin / "psql", "-X", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", self.server.url,
                               "-c", "SET search_path = icn_store", "-c", sql], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return [tuple(line.split("\t")) for line in done.stdout.splitlines() if line != "SET"]

    def close(self):
        self.server.close()


def questions():
    text = (ROOT / "docs" / "sql.md").read_text()
    return re.findall(r"^([^\n]+)\n```sql\n(.*?)\n```", text, re.M | re.S)


def verify(checks, node, name):
    config = node.folder / "verify.toml"
    config.write_text("".join(f'{key} = "{value}"\n' for key, value in node.settings.items()))
    done = node.run("ledger", "verify", "--config", config, "--data", node.data)
    checks.check(name, done.returncode == 0, f"{done.returncode}: {done.stdout}{done.stderr}")


def one(engine, node, sql):
    found = engine.rows(node, sql)
    return found[0] if found else None


def run(checks, engine):
    name = engine.name
    with icn_node.Node(settings=engine.settings) as node:
        info = node.get("/system/info").json()
        checks.check(f"{name}: /system/info names it", engine.name in str(info), info)
        members = [node.member(f"{name}-{each}") for each in ("alice", "bob", "carol")]
        answered = []
        for number in range(1, 41):
            sender, to = members[number % 3], members[(number + 1) % 3]
            transaction = sender.transaction(node, "economics.transfer", {"to": to.did, "amount": number / 1000})
            answer = node.post("/economics/mana/transfer", transaction)
            checks.check(f"{name}: transfer {number}", answer.status == 200, answer)
            answered.append(icn_node.transaction_id(transaction))
        node.kill()
        verify(checks, node, f"{name}: the ledger replays after kill -9")
        node.start()
        for each in answered:
            found = node.get("/ledger/transactions/" + each)
            checks.check(f"{name}: {each} is committed", found.status == 200 and found.json()["status"] == "committed", found)
        for member in members:
            row = one(engine, node, f"SELECT balance FROM balances WHERE did = '{member.did}'")
            # SQL has what stood at the last change, the interface also what has regenerated since.
            account = node.balance(member.did)
            checks.check(f"{name}: balance of {member.did}", row and 0 < float(row[0]) <= account["balance"], (row, account))
        supply = node.get("/economics/mana/supply").json()
        row = one(engine, node, "SELECT count(*) FROM balances")
        checks.equal(f"{name}: accounts", int(row[0]), supply["accounts"])
        before = node.height()
        row = one(engine, node, "SELECT count(*) FROM ledger_headers")
        checks.check(f"{name}: one header a block", before + 1 <= int(row[0]) <= node.height() + 1, (before, row))
        indexes = dict(engine.rows(node, engine.indexes))
        checks.none(f"{name}: indexes of the guide", sorted(INDEXES - indexes.keys()))
        checks.check(f"{name}: that of active proposals is partial", " WHERE " in indexes.get("idx_active_proposals", ""), indexes)
        if name == "postgresql":
            checks.check(f"{name}: that of CIDs is a hash", "USING hash" in indexes.get("idx_dag_blocks_cid_hash", ""), indexes)
        checks.none(f"{name}: views", sorted(VIEWS - {row[0] for row in engine.rows(node, engine.views)}))
        for question, sql in questions():
            try:
                engine.rows(node, sql)
                checks.check(f"{name}: {question}", True)
            except (RuntimeError, sqlite3.Error) as problem:
                checks.check(f"{name}: {question}", False, problem)
        second = node.run("node", "--profile=development", f"--data_path={node.data}", "--http_listen_addr=127.0.0.1:0",
                          *[f"--{key}={value}" for key, value in engine.settings.items()], timeout=60)
        checks.check(f"{name}: a second node is refused", second.returncode == 10, f"{second.returncode}: {second.stderr}")
        checks.equal(f"{name}: it stops", node.stop(), 0)
        verify(checks, node, f"{name}: the ledger replays after a stop")


def main():
    checks = Checks()
    checks.check("docs/sql.md has its questions", len(questions()) >= QUESTIONS_MIN, len(questions()))
    checks.check("SQLite knows ->>", sqlite3.sqlite_version_info >= SQLITE_MIN, sqlite3.sqlite_version)
    for make in (OnSqlite, OnPostgres):
        started = time.monotonic()
        engine = make()
        try:
            run(checks, engine)
        finally:
            engine.close()
        say(f"{engine.name}: {time.monotonic() - started:.1f} s")
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
