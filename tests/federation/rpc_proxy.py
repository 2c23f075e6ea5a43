"""Stands between who follows a validator and the RPC of its CometBFT: passes on what is asked, tells lies, withholds what
is new, or is gone. The lies are as far as a server can go that has none of the validators' keys.
"""

import base64
import calendar
import hashlib
import http.client
import http.server
import json
import socket
import struct
import threading
import time

from checkpoints import block_id, field, merkle, message, stamp, varint
from world import icn_node

HASHES = ("last_commit_hash", "data_hash", "validators_hash", "next_validators_hash", "consensus_hash", "app_hash",
          "last_results_hash", "evidence_hash", "proposer_address")
ABSENT = {"block_id_flag": 1, "validator_address": "", "timestamp": "0001-01-01T00:00:00Z", "signature": None}


class Withheld(Exception):
    """What is told instead of a result."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one piece
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        self.server.open.add(self.connection)
        self.behind = http.client.HTTPConnection(self.server.proxy.target, timeout=10)

    def do_POST(self):
        asked = self.rfile.read(int(self.headers["content-length"]))
        told = self.server.proxy.told(self.behind, asked) if self.server.proxy.is_there else None
        if told is None:
            self.close_connection = True
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def finish(self):
        self.server.open.discard(self.connection)
        self.behind.close()
        try:
            super().finish()
        except OSError:
            pass  # the other side has closed

    def log_message(self, *_):
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port, proxy):
        super().__init__(("127.0.0.1", port), _Handler)
        self.proxy, self.open = proxy, set()

    def handle_error(self, *_):
        pass


class Proxy:
    """Listens at `address` and asks `target` ("host:port"). `lie(method, params, result)` gives back what is told instead
    of a result, or raises Withheld; `instead` is told instead of any answer. `before` has what was told honestly last,
    by method."""

    def __init__(self, target):
        self.target = target
        self.lie = self.instead = None
        self.before = {}
        self.asked = 0  # requests that were answered
        self.is_there = False
        self.port = 0
        self.come_back()

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def come_back(self):
        if self.is_there:
            return
        self.server = _Server(self.port, self)
        self.port = self.server.server_port
        self.is_there = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def leave(self):
        """Nobody listens any more, and what is open is closed."""
        if not self.is_there:
            return
        self.is_there = False
        self.server.shutdown()
        self.server.server_close()
        for each in list(self.server.open):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def told(self, behind, asked):
        """None: it is gone, or who is behind it."""
        for _ in range(2):  # a connection that was idle may have been closed
            try:
                behind.request("POST", "/", asked, {"Content-Type": "application/json"})
                answer = behind.getresponse().read()
                break
            except (OSError, http.client.HTTPException):
                behind.close()
        else:
            return None
        lie, instead = self.lie, self.instead
        self.asked += 1
        return instead if instead is not None else self._altered(lie, json.loads(asked), answer)

    def _altered(self, lie, asked, answer):
        given = json.loads(answer)
        requests = {each["id"]: each for each in _listed(asked)}
        for each in _listed(given):
            request = requests.get(each.get("id"))
            if request is None or "result" not in each:
                continue
            if lie is None:
                self.before[request["method"]] = each["result"]
                continue
            try:
                each["result"] = lie(request["method"], request.get("params") or {}, each["result"])
            except Withheld as reason:
                del each["result"]
                each["error"] = {"code": -32603, "message": "Internal error", "data": str(reason)}
        return answer if lie is None else json.dumps(given).encode()


def _listed(value):
    return value if isinstance(value, list) else [value]


# ---- What CometBFT computes


def moment(text):
    """"2026-01-31T12:00:00.123456789Z"."""
    return {"seconds": calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")), "nanos": int(text[20:-1].ljust(9, "0"))}


def identity(value):
    return block_id({"hash": value["hash"], "parts": value["parts"]["total"], "parts_hash": value["parts"]["hash"]})


def header_hash(header):
    version = header["version"]
    leaves = [field(1, int(version["block"])) + field(2, int(version.get("app", 0))), field(1, header["chain_id"].encode()),
              field(1, int(header["height"])), stamp(moment(header["time"])), identity(header["last_block_id"])]
    leaves += [field(1, bytes.fromhex(header[name])) for name in HASHES]
    return merkle(leaves).hex().upper()


def validators_hash(keys):
    return merkle([message(1, field(1, each.public)) + field(2, 10) for each in keys]).hex().upper()


def vote_bytes(chain, commit, at):
    """What a validator signs for the block of a commit."""
    vote = field(1, 2) + b"\x11" + struct.pack("<q", int(commit["height"]))
    vote += b"\x19" + struct.pack("<q", commit["round"]) if commit["round"] else b""
    vote += message(4, identity(commit["block_id"])) + message(5, stamp(moment(at))) + field(6, chain.encode())
    return varint(len(vote)) + vote


def engine_address(key):
    return hashlib.sha256(key.public).hexdigest()[:40].upper()


def header_in(method, result):
    if method == "block":
        return result["block"]["header"]
    return result["signed_header"]["header"] if method == "commit" else None


def block_id_in(method, result):
    return result["block_id"] if method == "block" else result["signed_header"]["commit"]["block_id"]


# ---- Lies


def other_text(encoded):
    """With one bit changed."""
    data = bytearray(base64.b64decode(encoded))
    data[len(data) // 2] ^= 1
    return base64.b64encode(data).decode()


def transactions_in(method, result):
    return (result["block"]["data"]["txs"] or []) if method == "block" else []


def transaction_changed(method, _, result):
    found = transactions_in(method, result)
    if found:
        found[-1] = other_text(found[-1])
    return result


def transaction_left_out(method, _, result):
    del transactions_in(method, result)[-1:]
    return result


def transaction_twice(method, _, result):
    found = transactions_in(method, result)
    found += found[-1:]
    return result


def transactions_unread(method, _, result):
    """Texts that are no base64."""
    found = transactions_in(method, result)
    found[:] = ["?" for _ in found]
    return result


class EvidenceAdded:
    """Somebody is accused in a block that says nothing of it."""

    def __init__(self, evidence):
        self.evidence = evidence

    def __call__(self, method, _, result):
        if method == "block":
            result["block"]["evidence"]["evidence"] = [self.evidence]
        return result


def evidence_left_out(method, _, result):
    if method == "block":
        result["block"]["evidence"]["evidence"] = []
    return result


def signature_changed(method, _, result):
    if method == "commit":
        signed = next(each for each in result["signed_header"]["commit"]["signatures"] if each["signature"])
        signed["signature"] = other_text(signed["signature"])
    return result


def signatures_left_out(method, _, result):
    """Two of four are left."""
    if method == "commit":
        signatures = result["signed_header"]["commit"]["signatures"]
        signed = [i for i, each in enumerate(signatures) if each["signature"]]
        for i in signed[2:]:
            signatures[i] = dict(ABSENT)
    return result


def app_hash_changed(method, _, result):
    header = header_in(method, result)
    if header:
        header["app_hash"] = "AB" * 32
    return result


def app_hash_and_name_changed(method, params, result):
    """The header has the hash it is called by, which nobody signed."""
    app_hash_changed(method, params, result)
    header = header_in(method, result)
    if header:
        block_id_in(method, result)["hash"] = header_hash(header)
    return result


class OwnValidators:
    """A set of four keys that nobody has heard of: blocks are theirs and signed by all of them, so that each answer fits
    the others. With `is_quiet` only the list of validators is theirs."""

    def __init__(self, is_quiet=False):
        self.is_quiet = is_quiet
        keys = [icn_node.Key(hashlib.sha256(b"a liar's validator %d" % i).digest()) for i in range(4)]
        self.keys = sorted(keys, key=engine_address)

    def __call__(self, method, _, result):
        if method == "validators":
            shown = [{"address": engine_address(each), "voting_power": "10", "proposer_priority": "0",
                      "pub_key": {"type": "tendermint/PubKeyEd25519", "value": base64.b64encode(each.public).decode()}}
                     for each in self.keys]
            return dict(result, validators=shown, count=str(len(shown)), total=str(len(shown)))
        header = header_in(method, result)
        if self.is_quiet or header is None:
            return result
        header["validators_hash"] = header["next_validators_hash"] = validators_hash(self.keys)
        header["proposer_address"] = engine_address(self.keys[0])
        block_id_in(method, result)["hash"] = header_hash(header)
        if method == "commit":
            commit = result["signed_header"]["commit"]
            commit["signatures"] = [self._signed(each, header, commit) for each in self.keys]
        return result

    @staticmethod
    def _signed(key, header, commit):
        signature = base64.b64encode(key.sign(vote_bytes(header["chain_id"], commit, header["time"]))).decode()
        return {"block_id_flag": 2, "validator_address": engine_address(key), "timestamp": header["time"], "signature": signature}


class BlockBefore:
    """What a proxy told last, once more in the place of what is new."""

    def __init__(self, proxy):
        self.before = proxy.before

    def __call__(self, method, _, result):
        return self.before.get(method, result) if method in ("block", "commit", "validators") else result


def block_dropped(method, params, result):
    if header_in(method, result):
        height = int(header_in(method, result)["height"])
        raise Withheld(f"height {height} is not available, lowest height is {height + 100}")
    return result


class NothingAfter:
    """The engine seems to stand still at a height."""

    def __init__(self, height):
        self.height = height

    def __call__(self, method, params, result):
        header = header_in(method, result)
        height = int(header["height"]) if header else int(params.get("height") or self.height)
        if height > self.height:
            raise Withheld(f"height {height} must be less than or equal to the current blockchain height {self.height}")
        return result
