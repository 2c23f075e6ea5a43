#!/usr/bin/env python3
"""A node whose blocks lie on two PostgreSQL servers, moved there with the statements of docs/partitions.md: puts and reads on both, killed
under load, the second server away and back, an index made while the node writes."""

import base64
import pathlib
import re
import subprocess
import sys
import threading
import time

import support
import icn_node
from servers import Postgres
from support import RANDOM, Icn, Transfers, load_checks, store_file

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATIENCE_SECS = 60
KILLS = 3


def statements():
    """Of each section, in the order of the page."""
    text = (ROOT / "docs" / "partitions.md").read_text()
    other, server, move, index, other_index = re.findall(r"```sql\n(.*?)```", text, re.S)
    return {"other": other, "server": server, "move": move, "index": index, "other_index": other_index}


def eventually(is_so, seconds=PATIENCE_SECS):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.1)
    return False


def plain_key(key):
    """The one text of a key of src/storage/keys.h."""
    return key.removesuffix(b"\0\1").replace(b"\0\xff", b"\0")


class Puts:
    """Blocks put by threads until stop(); what was answered is in `answered`, by CID; `odd`: neither put nor refused with 503."""

    def __init__(self, node, name):
        self.node, self.name = node, name
        self.key = node.operator_key
        self.answered, self.odd, self.refused = {}, [], 0
        self.is_over = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(number,), daemon=True) for number in range(2)]
        for each in self.threads:
            each.start()

    def run(self, number):
        client = icn_node.Client(self.node.port)
        made = 0
        while not self.is_over.is_set():
            made += 1
            data = f"{self.name} {number} {made} ".encode() * 50
            body = {"data": base64.b64encode(data).decode(), "visibility": "public"}
            try:
                answer = client.request("POST", "/dag/blocks", body, key=self.key)
            except Exception:  # noqa: BLE001 - the node was killed in the middle of an answer
                return
            if answer.status in (200, 201):
                self.answered[answer.json()["cid"]] = data
            elif answer.status == 503:
                self.refused += 1
                time.sleep(0.02)
            else:
                self.odd.append(str(answer))

    def stop(self):
        self.is_over.set()
        for each in self.threads:
            each.join(60)
        return self.answered


class Partitions:
    def __init__(self):
        self.checks = load_checks()
        self.server, self.other = Postgres(), Postgres()
        self.node = icn_node.Node(settings={"storage.backend": "postgresql", "storage.postgresql.url": self.server.url,
                                            "storage.postgresql.connection_timeout": 5})
        self.icn = Icn(self.node)
        self.icn.environment |= {"ICN_STORAGE_BACKEND": "postgresql", "ICN_STORAGE_POSTGRESQL_URL": self.server.url}
        self.files, self.blocks = {}, {}

    def tell(self, server, text):
        """As psql does with a file: each statement by itself, since `CREATE INDEX CONCURRENTLY` stands in no transaction."""
        done = subprocess.run([server.bin / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", server.url], input=text, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)

    def count(self, server, table):
        return int(server.ask(f"SELECT count(*) FROM {table}"))

    def spread(self):
        return [self.count(self.server, f"icn_node.dag_blocks_{number}") for number in (0, 1)] + \
               [self.count(self.other, f"icn_blocks.dag_blocks_{number}") for number in (2, 3)]

    def look(self, when):
        node = self.node
        wrong = [cid for cid, data in self.files.items() if node.get("/ipfs/" + cid, key=node.operator_key).body != data]
        self.checks.none(f"{when}: every file is there", wrong)
        client = icn_node.Client(node.port)
        wrong = [cid for cid, data in self.blocks.items() if client.request("GET", "/dag/blocks/" + cid, key=node.operator_key).body != data]
        self.checks.none(f"{when}: {len(self.blocks)} blocks are there", wrong)
        client.close()

    def look_below(self, when):
        """Of a stopped node: what is named is stored, whatever else may be."""
        named, stored = (self.server.ask(f"SELECT encode(key, 'hex') FROM icn_node.{table}").split() for table in ("dag_block_meta", "dag_blocks"))
        stored = set(map(bytes.fromhex, stored))
        self.checks.none(f"{when}: what the node names is stored", [key for key in named if plain_key(bytes.fromhex(key)) not in stored])
        done = self.icn.run("storage", "verify")
        self.checks.check(f"{when}: icn storage verify", done.returncode == 0 and done.json, done.said)

    def move(self):
        """The page, with our addresses."""
        checks, page = self.checks, statements()
        cid, data = store_file(self.node, 8 << 20)
        self.files[cid] = data
        checks.equal("the node stops", self.node.stop(), 0)
        rows = self.count(self.server, "icn_node.dag_blocks")
        self.tell(self.other, page["other"])
        own = page["server"].replace("db2.example", "127.0.0.1").replace("'5432'", f"'{self.other.port}'").replace("dbname 'icn'", "dbname 'postgres'")
        self.tell(self.server, own)
        self.tell(self.server, page["move"])
        checks.check("blocks lie on both servers", sum(self.spread()) == rows and all(self.spread()), (rows, self.spread()))
        self.look_below("moved")
        self.node.start()
        self.look("moved")

    def go_on(self):
        checks, before = self.checks, self.spread()
        cid, data = store_file(self.node, 8 << 20, "later")
        self.files[cid] = data
        checks.check("new blocks go to both", all(now > then for now, then in zip(self.spread(), before)), (before, self.spread()))
        rows = self.spread()
        again, _ = store_file(self.node, 8 << 20, "later")
        checks.check("the same file again is the same, and adds nothing", again == cid and self.spread() == rows, (rows, self.spread()))
        self.look("written")

    def killed(self):
        for turn in range(KILLS):
            puts = Puts(self.node, f"kill {support.SEED} {turn}")
            time.sleep(RANDOM.uniform(0.3, 1.0))
            self.node.kill()
            self.blocks |= puts.stop()
            self.checks.none(f"kill {turn}: every answer was one", puts.odd)
            self.look_below(f"kill {turn}")
            self.node.start()
            self.look(f"kill {turn}")
        self.checks.check("blocks were put meanwhile", len(self.blocks) > 20, len(self.blocks))

    def place_of(self, cid):
        data = self.blocks[cid].hex()
        for server, tables in ((self.server, ("icn_node.dag_blocks_0", "icn_node.dag_blocks_1")), (self.other, ("icn_blocks.dag_blocks_2", "icn_blocks.dag_blocks_3"))):
            if any(server.ask(f"SELECT 1 FROM {table} WHERE record = '\\x{data}'").strip() for table in tables):
                return server
        return None

    def away(self):
        checks, node = self.checks, self.node
        near = next(cid for cid in self.blocks if self.place_of(cid) is self.server)
        far = next(cid for cid in self.blocks if self.place_of(cid) is self.other)
        checks.equal("the node stops", node.stop(), 0)  # what it keeps in memory would hide it
        node.start()
        transfers = Transfers(node, ["ann", "bob"])
        self.other.stop()
        lost = node.get("/dag/blocks/" + far, key=node.operator_key, timeout=60)
        checks.check("a block of the server that is away: 503", lost.status == 503 and lost.json()["code"] == "storage_unavailable", lost)
        checks.check("where that server is, is told to nobody", str(self.other.port) not in lost.text and "127.0.0.1" not in lost.text, lost.text)
        found = node.get("/dag/blocks/" + near, key=node.operator_key)
        checks.check("one of the node's own server is read", found.status == 200 and found.body == self.blocks[near], found)
        transfers.some(20)
        checks.check("the ledger goes on", len(transfers.answered) == 20)
        puts = Puts(node, f"away {support.SEED}")
        time.sleep(2)
        checks.check("puts that belong there are refused", puts.refused > 0, (puts.refused, len(puts.answered)))
        self.other.start()
        before = len(puts.answered)
        checks.check("it goes on by itself", eventually(lambda: len(puts.answered) > before + 50), (before, len(puts.answered)))
        self.blocks |= puts.stop()
        checks.none("nothing was refused for another reason", puts.odd)
        checks.check("the block is read again", node.get("/dag/blocks/" + far, key=node.operator_key).status == 200)
        self.look("back again")

    def index(self):
        """While the node writes."""
        checks, page = self.checks, statements()
        puts = Puts(self.node, f"index {support.SEED}")
        time.sleep(0.3)
        self.tell(self.server, page["index"])
        self.tell(self.other, page["other_index"])
        self.blocks |= puts.stop()
        checks.check("blocks were put while the index was made", len(puts.answered) > 20 and not puts.odd and not puts.refused,
                     (len(puts.answered), puts.odd, puts.refused))
        query = ("SELECT string_agg(c.relname || ' ' || i.indisvalid, ', ' ORDER BY c.relname) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
                 "WHERE c.relname LIKE 'idx_dag_blocks_cid_hash_%'")
        checks.equal("each partition has its own", [server.ask(query).strip() for server in (self.server, self.other)],
                     ["idx_dag_blocks_cid_hash_0 true, idx_dag_blocks_cid_hash_1 true", "idx_dag_blocks_cid_hash_2 true, idx_dag_blocks_cid_hash_3 true"])
        attached = self.server.ask("SELECT count(*) FROM pg_inherits WHERE inhparent = 'icn_node.idx_dag_blocks_cid_hash'::regclass").strip()
        checks.equal("and is attached to that of the table", attached, "2")
        self.look("with the index")
        checks.equal("the node stops", self.node.stop(), 0)
        self.look_below("with the index")

    def run(self):
        print(f"seed {support.SEED}", flush=True)
        try:
            for step in (self.move, self.go_on, self.killed, self.away, self.index):
                started = time.monotonic()
                step()
                print(f"  {step.__name__}: {time.monotonic() - started:.1f} s", flush=True)
        finally:
            self.node.close()
            self.other.close()
            self.server.close()
        return self.checks.finish()


if __name__ == "__main__":
    sys.exit(Partitions().run())
