#!/usr/bin/env python3
"""A node whose data lies in PostgreSQL, when that goes wrong: flipped bits, a full disk, a server that falls and another that takes over."""

import collections
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from support import RANDOM, Icn, Transfers, load_checks
import icn_node
from servers import Postgres

PATIENCE_SECS = 90
ACCOUNTS = "mana_accounts"


def eventually(is_so):
    deadline = time.monotonic() + PATIENCE_SECS
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.1)
    return False


def start(url, **settings):
    """A node, and `icn` with the same database."""
    node = icn_node.Node(settings={"storage.backend": "postgresql", "storage.postgresql.url": url, **settings})
    icn = Icn(node)
    icn.environment |= {"ICN_STORAGE_BACKEND": "postgresql", "ICN_STORAGE_POSTGRESQL_URL": url}
    return node, icn


def doctor(icn):
    found = {each["check"]: each for each in (icn.run("doctor").json or {"items": []})["items"]}
    return found.get("database", {})


def without_sums(checks):
    """Debian's initdb leaves data_checksums off: who runs a node is told, three times over."""
    with Postgres(has_page_sums=False) as server:
        node, icn = start(server.url)
        try:
            checks.check("the node's log says that the server keeps no sums", "data_checksums is off" in node.log(), node.log())
            said = doctor(icn)
            checks.check("so does icn doctor", said.get("verdict") == "hint" and "pg_checksums --enable" in said.get("detail", ""), said)
            node.stop()
            done = icn.run("storage", "verify")
            checks.check("and icn storage verify", done.returncode == 0 and "data_checksums is off" in done.json.get("warnings", [""])[0]
                         and "data_checksums is off" in done.said, (done.json, done.said))
        finally:
            node.close()


def flipped_bit(checks):
    """In the newest balance of a member: named, in the table it is of, and never served."""
    with Postgres() as server:
        node, icn = start(server.url)
        try:
            checks.check("with sums nobody is warned", "data_checksums" not in node.log() and doctor(icn).get("verdict") == "ok", doctor(icn))
            member = icn_node.Member("ann")
            node.grant(member)
            before = node.balance(member.did)["balance"]
            node.stop()
            server.ask("VACUUM FULL icn_store." + ACCOUNTS)
            page = pathlib.Path(server.data) / server.ask(f"SELECT pg_relation_filepath('icn_store.{ACCOUNTS}')").strip()
            server.ask("CHECKPOINT")
            server.stop()
            with open(page, "r+b") as file:
                file.seek(8192 - 200)  # rows fill a page from its end
                byte = file.read(1)[0]
                file.seek(8192 - 200)
                file.write(bytes([byte ^ 4]))
            server.start()
            done = icn.run("storage", "verify")
            problems = (done.json or {}).get("problems", [])
            checks.check("icn storage verify names the table, and that one alone", done.returncode == 3 and len(problems) == 1 and ACCOUNTS in problems[0],
                         (done.returncode, done.json, done.said))
            try:
                node.start()
                answer = node.get("/economics/mana/balance?did=" + member.did)
                checks.check("the balance is not served", answer.status == 500 and str(before) not in answer.text, answer)
                node.stop()
            except RuntimeError as refused:
                checks.check("the node does not start", "invalid page" in str(refused), refused)
            server.stop()
            with open(page, "r+b") as file:
                file.seek(8192 - 200)
                file.write(bytes([byte]))
            server.start()
            node.start()
            checks.check("mended it is served again", node.balance(member.did)["balance"] >= before, node.balance(member.did))
            node.stop()
        finally:
            node.close()


def full_disk(checks):
    """Of the server: its tables lie on a small tmpfs."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="icn-tablespace-"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m,mode=0777", "tmpfs", folder], capture_output=True).returncode == 0
    if not mounted:
        print("  full disk: skipped, no tmpfs can be mounted here", flush=True)
        shutil.rmtree(folder)
        return
    try:
        with Postgres() as server:
            space = folder / "space"
            space.mkdir()
            os.chown(space, server.user.get("user", os.geteuid()), server.user.get("group", os.getegid()))
            space.chmod(0o700)
            server.ask(f"CREATE TABLESPACE small LOCATION '{space}'")
            server.ask("ALTER DATABASE postgres SET default_tablespace = 'small'")
            node, _ = start(server.url)
            try:
                transfers = Transfers(node, ["ann", "bob"])
                transfers.some(5)
                with open(folder / "filler", "wb", buffering=0) as filler:
                    for size in (1 << 20, 4096):
                        try:
                            while True:
                                filler.write(bytes(size))
                        except OSError:
                            pass
                client = icn_node.Client(node.port)
                refused = None
                for number in range(100_000):
                    refused = transfers.one(client, number)
                    if refused.status != 200:
                        break
                checks.check("a write is refused as full", refused.status == 507 and refused.json()["code"] == "storage_full", refused)
                ready = node.get("/system/ready")
                checks.check("/system/ready says why", ready.status == 503 and "full" in ready.json()["checks"]["mana_ledger"], ready.text)
                stores = {each["name"]: each["refuses"] for each in node.get("/system/storage", key=node.operator_key).json()["stores"]}
                checks.check("so does /system/storage", "full" in stores["ledger"], stores)
                checks.equal("reads go on", node.get("/economics/mana/supply").status, 200)
                (folder / "filler").unlink()
                checks.check("with room writes go on by themselves", eventually(lambda: transfers.one(client, 0).status == 200))
                checks.equal("and it is ready", node.get("/system/ready").status, 200)
                missing = [each for each in transfers.answered if node.get(f"/ledger/transactions/{each}").json()["status"] != "committed"]
                checks.none("what was answered is there", missing)
                client.close()
                node.stop()
            finally:
                node.close()
    finally:
        subprocess.run(["umount", "-l", folder])
        shutil.rmtree(folder, ignore_errors=True)


def failover(checks):
    """The server falls, its synchronous replica is promoted, and the node, whose URL names both, goes on with all it answered."""
    with Postgres() as first, Postgres.replica_of(first) as second:
        first.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
        first.ask("SELECT pg_reload_conf()")
        checks.check("the replica is synchronous", eventually(lambda: first.ask("SELECT sync_state FROM pg_stat_replication").strip() == "sync"))
        url = f"postgresql://icn@127.0.0.1:{first.port},127.0.0.1:{second.port}/postgres?target_session_attrs=read-write"
        # How long a write may wait for the server that takes over.
        node, icn = start(url, **{"storage.postgresql.connection_timeout": 60})
        try:
            transfers = Transfers(node, ["ann", "bob"])
            transfers.some(20)
            transfers.start()
            time.sleep(0.5)
            first.stop(signal.SIGQUIT)
            time.sleep(2)
            before = len(transfers.answered)
            second.ask("SELECT pg_promote()")
            checks.check("writes go on", eventually(lambda: len(transfers.answered) > before + 5), len(transfers.answered))
            transfers.stop()
            missing = [each for each in transfers.answered if node.get(f"/ledger/transactions/{each}").json()["status"] != "committed"]
            checks.none("what was answered is there", missing)
            checks.equal("the node is ready", node.get("/system/ready").status, 200)
            node.stop()
            done = icn.run("ledger", "verify")
            checks.check("icn ledger verify", done.returncode == 0, done.said)
        finally:
            node.close()


def pay(node, members, number, sent):
    """Signed transfers until the node has none of it; each answer goes to `sent`, by transaction id: status and code."""
    client = icn_node.Client(node.port)
    while not sent["over"].is_set():
        sender, to = members[number % len(members)], members[(number + 1) % len(members)]
        number += 1
        transaction = sender.transaction(node, "economics.transfer", {"to": to.did, "amount": 0.001})
        answer = client.post("/economics/mana/transfer", transaction)
        sent["answers"][icn_node.transaction_id(transaction)] = (answer.status, answer.json().get("code"))
        if answer.status != 200:
            time.sleep(0.02)
    client.close()


def away(checks):
    """Gone under transfers for longer than the node waits: what became of those under way is not known until it is back, and no answer says
    that it is. The node goes on by itself."""
    with Postgres() as server:
        node, icn = start(server.url, **{"storage.postgresql.connection_timeout": 1})
        try:
            members = [icn_node.Member(name) for name in ("ann", "bob", "cid")]
            for member in members:
                node.grant(member)
            answers = {}
            for number in range(4):
                sent = {"over": threading.Event(), "answers": {}}
                threads = [threading.Thread(target=pay, args=(node, members, each, sent), daemon=True) for each in range(2)]
                for thread in threads:
                    thread.start()
                time.sleep(RANDOM.uniform(0.2, 0.5))
                server.stop(signal.SIGQUIT)
                time.sleep(3)
                server.start()
                before = sum(status == 200 for status, _ in list(sent["answers"].values()))
                checks.check(f"away {number}: writes go on by themselves",
                             eventually(lambda: sum(status == 200 for status, _ in list(sent["answers"].values())) > before + 5), node.log()[-3000:])
                sent["over"].set()
                for thread in threads:
                    thread.join(60)
                answers |= sent["answers"]
            codes = collections.Counter(code or status for status, code in answers.values())
            print(f"  away: {dict(codes)}", flush=True)
            checks.check("some were not known", codes["outcome_unknown"] > 0, codes)
            committed = {each: node.get(f"/ledger/transactions/{each}").json()["status"] == "committed" for each in answers}
            checks.none("what was answered is there", [each for each, (status, _) in answers.items() if status == 200 and not committed[each]])
            unknown = ("outcome_unknown",)
            checks.none("what was refused is not", [(each, code) for each, (status, code) in answers.items()
                                                    if status != 200 and code not in unknown and committed[each]])
            node.stop()
            done = icn.run("ledger", "verify")
            checks.check("icn ledger verify", done.returncode == 0, done.said)
        finally:
            node.close()


def main():
    checks = load_checks()
    for step in (without_sums, flipped_bit, full_disk, away, failover):
        step(checks)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
