#!/usr/bin/env python3
"""A node that writes, two gateways of it, PostgreSQL and Redis: one behaviour, whichever is asked and whichever falls."""

import hashlib
import json
import pathlib
import signal
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "lib"), str(ROOT / "tests" / "crash")]
sys.dont_write_bytecode = True
import icn_node  # noqa: E402
from servers import Postgres, Redis, free_port  # noqa: E402
from support import Checks, say  # noqa: E402

SEEN_WITHIN_SECS = 1.0  # gateway.look_ms, twice


class Site:
    """All five, wired."""

    def __init__(self):
        self.postgres = Postgres()
        self.redis = Redis()
        self.common = {"storage.backend": "postgresql", "storage.postgresql.url": self.postgres.url, "cache.redis_url": self.redis.url}
        self.leader = icn_node.Node(settings={**self.common, "http_listen_addr": f"127.0.0.1:{free_port()}"})
        # Gateways may read, no more (docs/gateways.md).
        self.postgres.ask("CREATE ROLE icn_reader LOGIN; GRANT USAGE ON SCHEMA icn_store, icn_node TO icn_reader; "
                          "GRANT SELECT ON ALL TABLES IN SCHEMA icn_store, icn_node TO icn_reader")
        self.reader_url = self.postgres.url.replace("icn@", "icn_reader@")
        self.grant = self.leader.folder / "gateway-grant.json"
        self.gateways = []

    def gateway(self, **changes):
        settings = {**self.common, "storage.postgresql.url": self.reader_url, "node.role": "gateway", "gateway.leader_url": self.leader.url, "gateway.grant_file": self.grant, **changes}
        return icn_node.Node(settings=settings)

    def with_tls(self):
        """Settings of a gateway that reaches the same Redis server by TLS."""
        return {"cache.redis_url": self.redis.tls_url, "cache.redis_ca_file": self.redis.certificate, "cache.redis_cert": self.redis.certificate,
                "cache.redis_key": self.redis.key}

    def close(self):
        for each in [*self.gateways, self.leader]:
            each.close()
        self.redis.close()
        self.postgres.close()


def eventually(is_so, seconds=10.0):
    """How long it took; none: it did not come."""
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        if is_so():
            return time.monotonic() - start
        time.sleep(0.01)
    return None


def transfer(node, sender, to, amount=0.001, **options):
    return node.post("/economics/mana/transfer", sender.transaction(node, "economics.transfer", {"to": to.did, "amount": amount}), **options)


def refusals(checks, site):
    """What does not start, and says why."""
    def run(**changes):
        flags = {**site.common, "node.role": "gateway", "gateway.leader_url": site.leader.url, "gateway.grant_file": site.grant, **changes}
        return site.leader.run("node", "--profile=development", f"--data_path={site.leader.folder}/other", "--http_listen_addr=127.0.0.1:0",
                               *[f"--{name}={value}" for name, value in flags.items()], timeout=60)

    done = run()
    checks.check("a gateway without its grant", done.returncode != 0 and "gateway-grant.json" in done.stderr, done)
    done = run(**{"gateway.leader_url": ""})
    checks.check("a gateway that knows no node", done.returncode == 6 and "gateway.leader_url" in done.stderr, done)
    done = run(**{"storage.backend": "rocksdb"})
    checks.check("a gateway without a shared database", done.returncode == 6 and "postgresql" in done.stderr, done)
    done = site.leader.run("--json", "gateway", "grant", site.grant, f"--data_path={site.leader.data}", "--profile=development")
    checks.check("the grant is made while the node runs", done.returncode == 0 and json.loads(done.stdout)["node_did"] == site.leader.did, done)
    checks.equal("only its owner may read the grant", site.grant.stat().st_mode & 0o777, 0o600)
    text = site.grant.read_text()
    site.grant.write_text(text.replace(site.leader.network, "another"))
    done = run()
    checks.check("a grant of another network", done.returncode != 0 and "network" in done.stderr, done)
    site.grant.write_text(text)
    site.grant.chmod(0o644)
    done = run()
    checks.check("a grant that others may read", done.returncode != 0 and "chmod 600" in done.stderr, done)
    site.grant.chmod(0o600)
    done = site.leader.run("node", "--profile=development", f"--data_path={site.leader.data}", "--http_listen_addr=127.0.0.1:0",
                           *[f"--{name}={value}" for name, value in site.common.items()], timeout=60)
    checks.equal("a second node that writes is refused", done.returncode, 10)


def writes_and_reads(checks, site, members):
    """What is written through one is read through the other at once; the leader says the same."""
    one, other = site.gateways
    for number, (writer, reader) in enumerate([(one, other), (other, one)] * 10):
        answer = transfer(writer, members[number % 2], members[(number + 1) % 2], (number + 1) / 1000)
        if not checks.check(f"write {number} through a gateway", answer.status == 200, answer):
            continue
        done = answer.json()
        found = reader.get("/ledger/transactions/" + done["transaction_id"])
        checks.check(f"write {number} is read through the other", found.status == 200 and found.json()["status"] == "committed", found)
        block = reader.get(f"/ledger/blocks/{done['height']}")
        checks.equal(f"the block of write {number}", block.json(), site.leader.get(f"/ledger/blocks/{done['height']}").json())
    for member in members:
        path = "/economics/mana/history?did=" + member.did
        checks.equal("histories are the same", one.get(path).json(), site.leader.get(path).json())
    did = members[0].did
    for path in ("/governance/parameters", "/governance/members", "/identity/credentials/schemas", f"/reputation/{did}/history",
                 f"/economics/mana/penalties?did={did}", f"/economics/mana/capacity?did={did}"):
        found, wanted = other.get(path), site.leader.get(path)
        fields = [{name: value for name, value in answer.json().items() if name != "correlation_id"} for answer in (found, wanted)]
        checks.equal(f"{path} is the same", (found.status, fields[0]), (wanted.status, fields[1]))
    checks.equal("the reputation is the same", other.get(f"/reputation/{did}").json()["score"], site.leader.get(f"/reputation/{did}").json()["score"])


def retries(checks, site, members):
    one, other = site.gateways
    key = site.leader.api_key()
    made = one.post("/identity/did/create", {}, key=key)
    if not checks.check("a DID whose key the node keeps is made through a gateway", made.status == 201, made):
        return
    for gateway in site.gateways:
        balance = gateway.get("/economics/mana/balance", key=key)
        checks.check("who names no DID means that one", balance.status == 200 and balance.json()["did"] == made.json()["did"], balance)
    stranger = one.get("/economics/mana/balance", key=site.leader.api_key())
    checks.equal("somebody else has none", stranger.status, 400)
    body = {"to": members[0].did, "amount": 0.5, "from": made.json()["did"]}
    options = {"key": key, "headers": {"idempotency-key": "pay-once"}}
    first = one.post("/economics/mana/transfer", body, **options)
    if not checks.check("a plain write is signed by the node", first.status == 200, first):
        return
    second = other.post("/economics/mana/transfer", body, **options)
    checks.check("its retry through the other gateway is the first answer", second.status == 200 and second.json() == first.json()
                 and second.headers.get("idempotency-replayed") == "true", second)
    different = other.post("/economics/mana/transfer", {**body, "amount": 1}, **options)
    checks.equal("the same key with another body", different.status, 409)


def callers(checks, site, members):
    """Who may do what is decided as on the node itself."""
    one, other = site.gateways
    key = site.leader.api_key(role="read")
    info = one.get("/system/cache", key=key)
    checks.check("a new API key counts at once", info.status == 200 and [each["level"] for each in info.json()["levels"]] == ["l1", "l2"], info)
    listed = site.leader.get("/system/api-keys", key=site.leader.operator_key).json()["items"]
    made = next(each for each in listed if each["role"] == "read")
    ended = other.request("DELETE", "/system/api-keys/" + made["id"], key=site.leader.operator_key)
    checks.equal("it is revoked through a gateway", ended.status, 200)
    checks.equal("and refused by the other at once", one.get("/system/cache", key=key).status, 401)
    checks.equal("no key", one.get("/system/cache").status, 401)
    checks.equal("a key nobody made", one.get("/system/info", key="icn_" + "A" * 43).status, 401)
    checks.equal("a role too low, passed on", one.post("/system/api-keys", {"label": "x", "role": "operator"}, key=site.leader.api_key()).status, 403)

    # Loopback is the gateway's machine, not the node's: nobody is its local client.
    anonymous = one.post("/identity/did/create", {})
    direct = site.leader.post("/identity/did/create", {})
    checks.check("a stranger does not become the local client by a gateway", direct.status == 201 and anonymous.status in (401, 403), (direct, anonymous))
    forged = site.leader.get("/system/info", headers={"x-icn-forwarded": "10.0.0.1;http;1;" + "0" * 32})
    checks.equal("a forged x-icn-forwarded", forged.status, 401)

    member = members[0]
    challenge = one.post("/identity/session", {}).json()
    opened = other.post("/identity/session", {"challenge": challenge["challenge"], "key": member.key_id,
                                              "signature": member.session_signature(challenge["challenge"], challenge["audience"])})
    if checks.check("a session is opened through gateways", opened.status == 201 or opened.status == 200, opened):
        bearer = {"authorization": "Bearer " + opened.json()["token"]}
        checks.equal("the session is known to the other", one.get("/system/info", headers=bearer).status, 200)
        checks.equal("another token is not", one.get("/system/info", headers={"authorization": "Bearer x"}).status, 401)
    # A gateway takes no signature of the second it started in: what it saw before is forgotten.
    time.sleep(1.1)
    headers = member.sign_request(one.port, "GET", "/mesh/jobs?limit=1")
    signed = one.get("/mesh/jobs?limit=1", headers=headers)
    checks.check("a signed read", signed.status == 200, signed)
    checks.equal("the same signature once more", one.get("/mesh/jobs?limit=1", headers=headers).status, 401)


def without_correlation(answer):
    return answer.status, {name: value for name, value in answer.json().items() if name != "correlation_id"}


def directory_reads(site):
    """Reads of the directory, of trust and of the federation that need no more than the ledger."""
    bakery, farm = site.bakery, site.farm
    return [("GET", path, None) for path in (
        "/federation/members", "/federation/changes", "/federation/changes/none", "/federation/offences", f"/cooperative/profile/{bakery}",
        f"/cooperative/profile/{site.leader.did}", "/cooperative/capabilities/bread?limit=1", "/cooperative/registry/stats",
        f"/cooperative/trust/{bakery}", f"/trust/relationships?to={bakery}", "/trust/relationships?limit=1", f"/trust/score/{bakery}",
        f"/trust/paths?from={farm}&to={bakery}", "/trust/stats")] + [("POST", "/cooperative/search", {"capability": "bread", "query": "sour"})]


def directory(checks, site):
    """Cooperatives and whom they trust, written and read through gateways."""
    one, other = site.gateways
    key = site.leader.api_key()
    site.bakery, site.farm = (one.post("/identity/did/create", {}, key=key).json()["did"] for _ in range(2))
    for did, name in ((site.bakery, "Bread for All"), (site.farm, "Hill Farm")):
        profile = {"did": did, "name": name, "type": "worker", "description": "Sourdough", "geo_scope": "Basel, CH", "capabilities": [{"type": "bread"}]}
        answer = one.post("/cooperative/register", {"profile": profile}, key=key)
        checks.check(f"{name} is registered through a gateway", answer.status == 201, answer)
    answer = other.post("/trust/relationships", {"from": site.farm, "to": site.bakery, "level": "full", "context": "general"}, key=key)
    checks.check("trust is said through a gateway", answer.status in (200, 201), answer)
    for method, path, body in directory_reads(site):
        wanted, found = (node.request(method, path, body) for node in (site.leader, other))
        checks.equal(f"{path} is the same", without_correlation(found), without_correlation(wanted))
    stats = other.get("/cooperative/registry/stats").json()
    checks.equal("both are counted", stats["total"], 2)
    score = other.get(f"/trust/score/{site.bakery}").json()
    checks.check("who is trusted has a rank", score.get("score", 0) > 0, score)
    for path in ("/dag/root", "/dag/status", "/federation/status", "/federation/peers"):
        found = other.get(path)
        checks.check(f"{path} comes from the node while it is there", found.status == 200, found)


def content(checks, site):
    """Long bodies and answers are streamed."""
    one, other = site.gateways
    key = site.leader.api_key(dids=[site.leader.did])
    data = b"".join(hashlib.sha256(str(number).encode()).digest() for number in range(300_000))  # 9.6 MB
    put = one.post("/dag/files?visibility=public", data, key=key, headers={"content-type": "application/octet-stream"}, timeout=120)
    if not checks.check("a file of 9.6 MB goes through a gateway", put.status == 201, put):
        return
    cid = put.json().get("cid") or put.json().get("root")
    back = other.get("/ipfs/" + cid, timeout=120)
    checks.check("and is read through the other", back.status == 200 and back.body == data, back.status)
    with_bad_key = one.post("/dag/files", data, key="icn_" + "A" * 43, headers={"content-type": "application/octet-stream"}, timeout=120)
    checks.equal("an upload that is refused", with_bad_key.status, 401)
    storage = one.post("/system/storage/backup", b"", key=site.leader.operator_key, headers={"content-type": "application/octet-stream"}, timeout=120)
    checks.check("an answer without a length", storage.status == 200 and b"listing " in storage.body[-90:], storage.body[-90:])
    events = one.get("/system/events")
    checks.check("events are followed through a gateway", events.status == 200 and b"retry:" in events.body, events)


def changed_documents(checks, site):
    """A document that is kept in both gateways is the new one soon after it changed, and never an older one again."""
    one, other = site.gateways
    owner = icn_node.Member("gateway owner")
    body, did = owner.create_body(site.leader.network)
    created = one.post("/ledger/transactions", owner.transaction(site.leader, "identity.create", body))
    if not checks.check("a DID is made through a gateway", created.status == 200, created):
        return
    waits = []
    for number in range(12):
        for gateway in site.gateways:
            gateway.get("/identity/did/" + did)  # now it is kept
        key = icn_node.Member(f"gateway owner {number}")
        current = icn_node.Member(owner.name, did, f"{did}#key-{number + 1}")
        current.key = owner.key
        rotated = (one, other)[number % 2].post("/ledger/transactions",
                                                current.transaction(site.leader, "identity.rotate", current.rotate_body(site.leader.network, key)))
        if not checks.check(f"rotation {number}", rotated.status == 200, rotated):
            return
        owner = key
        wanted = site.leader.get("/identity/did/" + did).json()
        for gateway in site.gateways:
            waits.append(eventually(lambda: gateway.get("/identity/did/" + did).json() == wanted, 5))
    found = [each for each in waits if each is not None]
    checks.check("each gateway has each new version in time", len(found) == len(waits) and max(found) < SEEN_WITHIN_SECS, waits)
    say(f"  a new version was seen after {sum(found) / len(found) * 1000:.1f} ms, at most {max(found) * 1000:.1f} ms")


def shared_answers(checks, site):
    """What one gateway has made the other finds in Redis; the node tells both of changes there."""
    one, other = site.gateways
    key = site.leader.api_key(role="read")

    def level(gateway, name):
        return next(each for each in gateway.get("/system/cache", key=key).json()["levels"] if each["level"] == name)

    before = level(other, "l2")["hits"]
    for number in range(10, 20):
        path = f"/governance/proposals?limit={number}"
        first = one.get(path)
        time.sleep(0.05)  # written later
        second = other.get(path)
        checks.check(f"{path} is the same", first.status == 200 and second.body == first.body, (first, second))
    checks.check("the other found some of them in Redis", level(other, "l2")["hits"] - before >= 5, level(other, "l2"))
    before = level(one, "l1")["hits"]
    for _ in range(5):
        one.get("/governance/proposals?limit=19")
    checks.check("and memory is asked first", level(one, "l1")["hits"] - before >= 5, level(one, "l1"))
    text = site.leader.get("/system/metrics").text
    checks.check("the metrics count both levels", all(f'icn_cache_{what}_total{{level="{level}"}}' in text for what in ("hits", "misses") for level in ("l1", "l2")))


def under_load(checks, site, members):
    """Two writers and two readers: nobody reads an older balance or a missing transaction after its answer."""
    problems = []
    counts = [0, 0]
    end = time.monotonic() + 5

    def work(index):
        writer, reader = site.gateways[index].client(), site.gateways[1 - index].client()
        sender, to = members[index + 2], members[index]
        while time.monotonic() < end:
            transaction = sender.transaction(site.leader, "economics.transfer", {"to": to.did, "amount": 0.001})
            answer = writer.post("/economics/mana/transfer", transaction)
            found = reader.get("/ledger/transactions/" + icn_node.transaction_id(transaction))
            newest = reader.get(f"/economics/mana/history?did={sender.did}&limit=1").json()["items"]
            if answer.status != 200 or found.json().get("status") != "committed":
                problems.append((answer, found))
            elif not newest or newest[0]["balance_after"] != answer.json()["from_balance"]:
                problems.append((answer, newest))  # nobody else moves the sender's mana
            counts[index] += 1

    threads = [threading.Thread(target=work, args=(index,)) for index in (0, 1)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    checks.none("reads after writes under load", problems)
    checks.check("both got on", min(counts) > 20, counts)
    say(f"  {sum(counts) / 5:.0f} writes/s, each followed by two reads through the other gateway")


def redis_falls(checks, site, members):
    one, other = site.gateways
    path = "/governance/proposals?limit=5"

    def works(what):
        start = time.monotonic()
        for gateway in site.gateways:
            for _ in range(20):
                if not checks.check(f"{what}: reads go on", gateway.get(path).status == 200):
                    return
        took = time.monotonic() - start
        checks.check(f"{what}: in bounded time", took < 4, took)
        answer = transfer(one, members[0], members[1])
        found = other.get("/ledger/transactions/" + answer.json().get("transaction_id", "none"))
        checks.check(f"{what}: writes are seen", answer.status == 200 and found.json()["status"] == "committed", (answer, found))

    key = site.leader.api_key(role="read")
    def redis_views():  # without TLS, and with it
        return [each.get("/system/cache", key=key).json()["redis"] for each in site.gateways]

    checks.check("Redis is heard", eventually(lambda: all(each["is_listening"] for each in redis_views())) is not None, redis_views())
    site.redis.ask("FLUSHALL")
    works("Redis flushed")
    site.redis.process.send_signal(signal.SIGSTOP)
    works("Redis hangs")
    site.redis.process.send_signal(signal.SIGCONT)
    site.redis.stop(signal.SIGKILL)
    works("Redis gone")
    checks.check("Redis is missed", eventually(lambda: not any(each["is_listening"] for each in redis_views())) is not None, redis_views())
    site.redis.start()
    checks.check("Redis is heard again", eventually(lambda: all(each["is_listening"] and each["is_reachable"] for each in redis_views()), 20)
                 is not None, redis_views())
    works("Redis back")
    site.redis.ask("CONFIG", "SET", "maxmemory", "1mb")
    works("Redis full")
    site.redis.ask("CONFIG", "SET", "maxmemory", "0")


def leader_falls(checks, site, members):
    one, other = site.gateways
    site.leader.process.send_signal(signal.SIGSTOP)
    checks.check("a node that hangs is missed", eventually(lambda: not one.get("/system/status").json()["is_online"]) is not None)
    started = time.monotonic()
    refused = transfer(one, members[0], members[1])
    checks.check("and costs a write no time", refused.status == 503 and time.monotonic() - started < 1, refused)
    checks.equal("reads go on", one.get("/governance/parameters").status, 200)
    site.leader.process.send_signal(signal.SIGCONT)
    checks.check("it is found again", eventually(lambda: one.get("/system/status").json()["is_online"]) is not None)
    checks.equal("and takes writes again", transfer(one, members[0], members[1]).status, 200)
    before = {path: one.get(path).json() for path in ("/economics/mana/history?did=" + members[0].did, "/governance/parameters")}
    height = site.leader.height()
    # All uploads have their rows then, and the root holds all blocks.
    checks.check("the blocks are settled", eventually(lambda: site.leader.get("/dag/status").json()["in_sync"]) is not None)
    site.root = site.leader.get("/dag/root").json()
    site.leader.kill()
    for gateway in site.gateways:
        for path, answer in before.items():
            found = gateway.get(path)
            checks.check("reads go on without the node that writes", found.status == 200 and found.json() == answer, found)
            checks.check("they are the newest there is", "x-stale" not in found.headers, found.headers)
        refused = transfer(gateway, members[0], members[1])
        checks.check("a write is answered 503", refused.status == 503 and refused.json()["code"] == "leader_unreachable"
                     and int(refused.headers["retry-after"]) > 0, (refused, refused.headers))
        upload = gateway.post("/dag/files", b"x" * 3_000_000, key="icn_" + "A" * 43, headers={"content-type": "application/octet-stream"})
        checks.check("so is an upload", upload.status == 503 and upload.json()["code"] == "leader_unreachable", upload)
        for path in ("/reputation/" + members[0].did, "/economics/mana/penalties?did=" + members[0].did):
            checks.equal(f"{path} needs no other node", gateway.get(path).status, 200)
        for method, path, body in directory_reads(site):
            found = gateway.request(method, path, body)
            checks.equal(f"{path} needs no other node", found.status, 404 if path.endswith(("/none", site.leader.did)) else 200)
        name = gateway.get(f"/cooperative/profile/{site.bakery}").json()["profile"]["name"]
        checks.equal("a profile comes from the shared blocks", name, "Bread for All")
        root = gateway.get("/dag/root")
        checks.check("the root over the blocks is told as it stands", root.status == 200 and root.json() == site.root, (root, site.root))
        status = gateway.get("/dag/status")
        checks.check("and their number", status.status == 200 and status.json()["blocks"] == site.root["blocks"] and not status.json()["writing"], status)
        status = gateway.get("/federation/status")
        checks.check("what the records say of the federation", status.status == 200 and not status.json()["is_writing"]
                     and status.json()["height"] == height, status)
        checks.equal("no peer is known to be there", gateway.get("/federation/peers").json().get("items"), [])
        checks.equal("so is what only that node knows", gateway.get("/network/stats").status, 503)
        checks.check("the gateway says so", eventually(lambda: not gateway.get("/system/status").json()["is_online"]) is not None)
        checks.equal("the gateway is ready", gateway.get("/system/ready").status, 200)
        checks.equal("and not quite well", gateway.get("/system/health").json()["status"], "degraded")
        checks.equal("it knows the height", gateway.height(), height)
    started = time.monotonic()
    site.leader.start()
    for gateway in site.gateways:
        checks.check("the node is back for the gateway", eventually(lambda: gateway.get("/system/status").json()["is_online"]) is not None)
    answer = transfer(other, members[0], members[1])
    checks.check("and takes writes", answer.status == 200, answer)
    found = one.get("/ledger/transactions/" + answer.json().get("transaction_id", "none"))
    checks.check("which are read through the other", found.status == 200 and found.json()["status"] == "committed", found)
    say(f"  the node was back after {time.monotonic() - started:.1f} s")


def database_falls(checks, site, members):
    one, other = site.gateways
    site.postgres.stop(signal.SIGQUIT)
    for node in (site.leader, one):
        for answer in (node.get("/economics/mana/supply", timeout=60), transfer(node, members[0], members[1], timeout=60)):
            # Anybody may ask: why goes to the log. A write may also be told that it waits.
            is_pending = answer.status == 202 and answer.json()["status"] == "pending"
            is_refused = answer.status == 503 and int(answer.headers.get("retry-after", 0)) > 0
            checks.check("without the database the answer is 503, and when to ask again", is_refused or is_pending,
                         (answer, answer.headers))
            checks.check("where the database is, is told to nobody", str(site.postgres.port) not in answer.text and "127.0.0.1" not in answer.text, answer.text)
    checks.check("a gateway without its database is not ready", eventually(lambda: one.get("/system/ready", timeout=60).status == 503, 30) is not None)
    started = time.monotonic()
    status = site.leader.get("/system/status", timeout=60)
    took = time.monotonic() - started
    checks.check("how the node is, is no matter of its database", status.status == 200 and took < 5, (status, took))  # a read waits 10 s
    stale = one.get("/system/info", timeout=60)
    checks.check("and marks what it still answers as stale", "age=" in stale.headers.get("x-stale", ""), stale.headers)
    site.postgres.start()
    for gateway in site.gateways:
        checks.check("it is ready again", eventually(lambda: gateway.get("/system/ready", timeout=60).status == 200, 30) is not None)
        checks.check("and its node takes writes", eventually(lambda: gateway.get("/system/status", timeout=60).json().get("is_online"), 30) is not None)
    done = eventually(lambda: transfer(one, members[0], members[1], timeout=60).status == 200, 30)
    checks.check("writes go on", done is not None, transfer(one, members[0], members[1]))
    answer = transfer(other, members[1], members[0])
    found = one.get("/ledger/transactions/" + answer.json().get("transaction_id", "none"))
    checks.check("and are read through the other gateway", found.status == 200 and found.json()["status"] == "committed", (answer, found))


def main():
    checks = Checks()
    site = Site()
    try:
        refusals(checks, site)
        site.gateways = [site.gateway(), site.gateway(**site.with_tls())]
        for gateway in site.gateways:
            checks.check("the gateway finds its node", eventually(lambda: gateway.get("/system/status").json()["is_online"]) is not None)
            checks.equal("it is a door of that node", gateway.did, site.leader.did)
        members = [site.leader.member(f"gateway-{number}") for number in range(4)]
        for step in (writes_and_reads, retries, callers, directory, content, changed_documents, shared_answers, under_load, redis_falls, leader_falls, database_falls):
            started = time.monotonic()
            arguments = (members,) if step not in (directory, content, changed_documents, shared_answers) else ()
            step(checks, site, *arguments)
            say(f"{step.__name__}: {time.monotonic() - started:.1f} s")
        for each in [*site.gateways, site.leader]:
            checks.equal("it stops", each.stop(), 0)
    finally:
        site.close()
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
