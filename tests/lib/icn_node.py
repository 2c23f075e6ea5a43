"""Real nodes for tests: start and stop one, speak to it over HTTP, make and sign what members send.

Standard library only, and Ed25519 of python3-cryptography (a slower signer of our own where that is missing).

    import icn_node
    with icn_node.Node() as node:                     # a development node on a free port of 127.0.0.1
        alice = icn_node.Member("alice")              # a did:key; the same name gives the same key
        bob = icn_node.Member("bob")
        node.grant(alice)                             # the start grant, given by the operator
        answer = node.post("/economics/mana/transfer",
                           alice.transaction(node, "economics.transfer", {"to": bob.did, "amount": 1.5}))
        assert answer.status == 200, answer
        assert node.get("/economics/mana/balance?did=" + alice.did).json()["balance"] > 0
        node.kill()                                   # SIGKILL; node.start() opens the same folder again

With $ICN_TEST_ENGINE (sled, sqlite, ...) every node whose settings name no engine keeps its data with that one; postgresql also
needs $ICN_TEST_POSTGRESQL, the URL of a server (tests/lib/servers.py starts one), where each data folder has its own schema.

Node(binary=, folder=, settings={"rate_limit.failures": 0}, wrapper=["prlimit", ...]): `binary` is $ICN_BIN or
build/icn of this repository. Without `folder` a temporary one is made, and removed by close(). stop() sends
SIGTERM, kill() SIGKILL, both to the node's own process. Node.url, .port, .did, .network, .operator_key,
.process, .log() are there after start(). Requests: node.get, node.post, node.request; `key=` sends an API
key (node.operator_key). Each request opens a connection of its own; Client(node.port) keeps one open, for load.
"""

import base64
import hashlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIFETIME_SECS = 300

# ---- Ed25519 -----------------------------------------------------------------------------------------------

try:
    from cryptography.hazmat.primitives.asymmetric import ed25519 as _ed25519
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
except ImportError:
    _ed25519 = None


class _SlowKey:
    """Ed25519 as RFC 8032, 5.1 describes it, over Python's integers. For tests: nothing here is constant-time."""

    P = 2**255 - 19
    L = 2**252 + 27742317777372353535851937790883648493
    D = -121665 * pow(121666, -1, P) % P
    BY = 4 * pow(5, -1, P) % P

    def __init__(self, seed):
        digest = hashlib.sha512(seed).digest()
        scalar = int.from_bytes(digest[:32], "little")
        self.scalar = (scalar & ((1 << 254) - 8)) | (1 << 254)
        self.prefix = digest[32:]
        self.public = self._encode(self._times(self.scalar))

    @classmethod
    def _base(cls):
        squared = (cls.BY**2 - 1) * pow(cls.D * cls.BY**2 + 1, -1, cls.P) % cls.P
        x = pow(squared, (cls.P + 3) // 8, cls.P)
        if (x * x - squared) % cls.P:
            x = x * pow(2, (cls.P - 1) // 4, cls.P) % cls.P
        return (x if x % 2 == 0 else cls.P - x), cls.BY

    @classmethod
    def _add(cls, left, right):
        (x1, y1), (x2, y2) = left, right
        product = cls.D * x1 * x2 * y1 * y2 % cls.P
        x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, cls.P)
        y = (y1 * y2 + x1 * x2) * pow(1 - product, -1, cls.P)
        return x % cls.P, y % cls.P

    @classmethod
    def _times(cls, scalar):
        total, step = (0, 1), cls._base()
        while scalar:
            if scalar & 1:
                total = cls._add(total, step)
            step = cls._add(step, step)
            scalar >>= 1
        return total

    @staticmethod
    def _encode(point):
        return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")

    def sign(self, message):
        r = int.from_bytes(hashlib.sha512(self.prefix + message).digest(), "little") % self.L
        big_r = self._encode(self._times(r))
        k = int.from_bytes(hashlib.sha512(big_r + self.public + message).digest(), "little") % self.L
        return big_r + ((r + k * self.scalar) % self.L).to_bytes(32, "little")


class Key:
    """An Ed25519 key of a 32-byte seed."""

    def __init__(self, seed):
        if _ed25519 is None:
            slow = _SlowKey(seed)
            self.public, self._sign = slow.public, slow.sign
        else:
            fast = _ed25519.Ed25519PrivateKey.from_private_bytes(seed)
            self.public = fast.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
            self._sign = fast.sign
        self.seed = seed

    def sign(self, message):
        return self._sign(message)

    @property
    def multibase(self):
        """"z6Mk...": base58btc of the Multikey bytes, ed 01 and the key."""
        return "z" + base58(b"\xed\x01" + self.public)


# ---- Texts -------------------------------------------------------------------------------------------------

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def base58(data):
    number = int.from_bytes(data, "big")
    text = ""
    while number:
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def raw_cid(data):
    """The CIDv1 of a raw block: base32 of 01 55 12 20 and its SHA-256."""
    digest = b"\x01\x55\x12\x20" + hashlib.sha256(data).digest()
    return "b" + base64.b32encode(digest).decode().lower().rstrip("=")


def _canonical_number(value):
    if isinstance(value, int):
        return str(value)
    if value == int(value) and abs(value) < 1e21:
        return str(int(value))
    text = repr(value)
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    power = int(exponent)
    if -7 < power < 0:
        digits = mantissa.replace(".", "").lstrip("-")
        return ("-" if value < 0 else "") + "0." + "0" * (-power - 1) + digits
    return f"{mantissa}e{'+' if power > 0 else '-'}{abs(power)}"


def canonical_json(value):
    """RFC 8785 as text."""
    if value is None or isinstance(value, (bool, str)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (int, float)):
        return _canonical_number(value)
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(canonical_json, value)) + "]"
    names = sorted(value, key=lambda name: name.encode("utf-16-be"))
    return "{" + ",".join(json.dumps(name, ensure_ascii=False) + ":" + canonical_json(value[name]) for name in names) + "}"


# ---- Members -----------------------------------------------------------------------------------------------


class Member:
    """A DID and the key that signs for it. Without `did` it is the did:key of the key."""

    def __init__(self, name, did=None, key_id=None):
        self.name = name
        self.key = Key(hashlib.sha256(("icn test member " + name).encode()).digest())
        self.did = did or "did:key:" + self.key.multibase
        self.key_id = key_id or self.did + "#" + self.key.multibase

    def unsigned(self, network, kind, body, now=None, **changes):
        transaction = {
            "network": network,
            "sender": self.did,
            "key": self.key_id,
            "nonce": os.urandom(16).hex(),
            "type": kind,
            "body": body,
            "expires": int(now or time.time()) + LIFETIME_SECS,
        }
        transaction.update(changes)
        return transaction

    def signed(self, transaction):
        """The transaction with its signature (design.md 4)."""
        message = b"icn:tx:v1\0" + canonical_json(transaction).encode()
        return {**transaction, "signature": self.key.sign(message).hex()}

    def transaction(self, node, kind, body, **changes):
        return self.signed(self.unsigned(node.network, kind, body, **changes))

    def create_body(self, network, kind="person", nonce=None, services=()):
        """The body of identity.create for a did:icn of this key, and the DID it makes."""
        nonce = nonce or os.urandom(16)
        did = f"did:icn:{kind}:" + base58(hashlib.sha256(self.key.public + nonce).digest()[:16])
        body = {"type": kind, "public_key": self.key.multibase, "nonce": nonce.hex(), "proof": self.key_proof(network, did, nonce)}
        return ({**body, "services": list(services)} if services else body), did

    def rotate_body(self, network, new_key, nonce=None):
        nonce = nonce or os.urandom(16)
        proof = new_key.key_proof(network, self.did, nonce)
        return {"new_key": new_key.key.multibase, "nonce": nonce.hex(), "proof": proof}

    def key_proof(self, network, did, nonce):
        """docs/formats/identity.md: that who names this key for `did` has it."""
        what = {"did": did, "network": network, "nonce": nonce.hex(), "public_key": self.key.multibase}
        return self.key.sign(b"icn:key-proof:v1\0" + canonical_json(what).encode()).hex()

    def sign_request(self, port, method, path, body=None, created=None, nonce=None):
        """The headers of an HTTP message signature (RFC 9421, content digest by RFC 9530) over a request to a node."""
        target, _, query = path.partition("?")
        values = {"@method": method, "@authority": f"127.0.0.1:{port}", "@path": target, "@query": "?" + query}
        headers = {}
        if body:
            headers["content-digest"] = values["content-digest"] = "sha-256=:" + base64.b64encode(hashlib.sha256(body).digest()).decode() + ":"
        parameters = "(" + " ".join(f'"{name}"' for name in values) + ")" + (
            f';created={int(created or time.time())};keyid="{self.key_id}";nonce="{nonce or os.urandom(16).hex()}";alg="ed25519"')
        base = "".join(f'"{name}": {value}\n' for name, value in values.items()) + f'"@signature-params": {parameters}'
        headers["signature-input"] = "sig1=" + parameters
        headers["signature"] = "sig1=:" + base64.b64encode(self.key.sign(base.encode())).decode() + ":"
        return headers

    def session_signature(self, challenge, audience):
        what = {"audience": audience, "challenge": challenge, "key": self.key_id}
        return self.key.sign(b"icn:session:v1\0" + canonical_json(what).encode()).hex()


def transaction_id(transaction):
    unsigned = {name: value for name, value in transaction.items() if name != "signature"}
    return hashlib.sha256(b"icn:tx:v1\0" + canonical_json(unsigned).encode()).hexdigest()


# ---- HTTP --------------------------------------------------------------------------------------------------


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers  # lower-case names; the last of a repeated one
        self.body = body

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.text[:500]}"


def encode_body(body):
    if body is None or isinstance(body, bytes):
        return body
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


class Client:
    """One connection that is kept open. Not for several threads at once."""

    def __init__(self, port, timeout=30):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def request(self, method, path, body=None, headers=None, key=None):
        payload = encode_body(body)
        fields = {name.lower(): value for name, value in (headers or {}).items()}
        if payload is not None:
            fields.setdefault("content-type", "application/json")
        if key:
            fields.setdefault("x-api-key", key)
        self.connection.request(method, path, payload, {name: value for name, value in fields.items() if value is not None})
        response = self.connection.getresponse()
        head = {name.lower(): value for name, value in response.getheaders()}
        is_endless = head.get("content-type", "").startswith("text/event-stream")
        body = response.read1(65536) if is_endless else response.read()
        if is_endless:
            self.close()
        return Answer(response.status, head, body)

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.request("POST", path, body, **options)

    def close(self):
        self.connection.close()


def exchange_raw(port, data, timeout=10):
    """Sends bytes as they are and returns all that comes back until the node closes or is silent for 1 s."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        try:
            connection.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused early; the answer may still be there
        answer = b""
        while True:
            try:
                got = connection.recv(65536)
            except (ConnectionResetError, socket.timeout):
                return answer
            if not got:
                return answer
            answer += got
            connection.settimeout(1)


# ---- Nodes -------------------------------------------------------------------------------------------------


class Node:
    def __init__(self, binary=None, folder=None, profile="development", settings=None, wrapper=(), start=True):
        self.binary = str(binary or os.environ.get("ICN_BIN") or ROOT / "build" / "icn")
        self.is_own_folder = folder is None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="icn-test-"))
        self.data = self.folder / "data"
        self.profile = profile
        self.settings = dict(settings or {})
        self.wrapper = list(wrapper)
        self.process = None
        self.port = None
        self._lines = []
        if start:
            self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # -- life

    def start(self, timeout=30):
        """Returns once the node serves. RuntimeError with its last lines when it does not."""
        flags = {"profile": self.profile, "data_path": self.data, "http_listen_addr": "127.0.0.1:0", **self.settings}
        command = self.wrapper + [self.binary, "node"] + [f"--{name}={_setting(value)}" for name, value in flags.items()]
        surroundings = self.surroundings()
        if self.profile != "development":
            surroundings["ICN_KEY_PASSPHRASE"] = "correct horse battery staple"
        self._lines = []
        self.port = None
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        text=True, errors="replace", env=surroundings, cwd=self.folder)
        is_serving = threading.Event()
        self._reader = threading.Thread(target=self._read, args=(self.process, is_serving), daemon=True)
        self._reader.start()
        is_serving.wait(timeout)
        if self.port is None:
            self.kill()
            raise RuntimeError(f"the node did not start: {' '.join(command)}\n{self.log()}")
        key_file = self.data / "operator-api-key"
        self.operator_key = key_file.read_text().strip() if key_file.exists() else None
        info = self.get("/system/info").json()
        self.did, self.network = info["node_did"], info["network_id"]
        return self

    def _read(self, process, is_serving):
        for line in process.stdout:
            self._lines.append(line)
            if line.startswith("serving"):
                self.port = int(line.split()[1].rsplit(":", 1)[1])
            elif line.startswith("data "):
                is_serving.set()
        is_serving.set()

    def log(self, lines=40):
        """The last lines the node printed."""
        return "".join(self._lines[-lines:])

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def stop(self, timeout=30):
        """SIGTERM, and waits; returns the exit code."""
        return self._end(signal.SIGTERM, timeout)

    def kill(self):
        return self._end(signal.SIGKILL, 30)

    def _end(self, number, timeout):
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        self._reader.join(5)
        self.process.stdout.close()
        self.process = None
        return code

    def close(self):
        """Ends the node and removes its folder when that is a temporary one."""
        try:
            self.stop()
        finally:
            if self.is_own_folder:
                shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *arguments, timeout=120):
        """`icn ARGUMENTS...` of the same binary, to its end."""
        return subprocess.run([self.binary, *map(str, arguments)], capture_output=True, text=True, timeout=timeout,
                              env=self.surroundings(), stdin=subprocess.DEVNULL)

    def surroundings(self):
        """Our environment without ICN_* (a node refuses those that are no settings), and the engine that $ICN_TEST_ENGINE names."""
        out = {name: value for name, value in os.environ.items() if not name.startswith("ICN_")}
        engine = os.environ.get("ICN_TEST_ENGINE")
        if engine and "storage.backend" not in self.settings:
            out.update(engine_environment(engine, self.data))
        return out

    # -- requests

    def client(self, timeout=30):
        return Client(self.port, timeout)

    def request(self, method, path, body=None, headers=None, key=None, timeout=30):
        client = self.client(timeout)
        try:
            return client.request(method, path, body, headers, key)
        finally:
            client.close()

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.request("POST", path, body, **options)

    def height(self):
        answer = self.get("/system/status")
        if answer.status != 200:
            raise RuntimeError(f"/system/status: {answer}")
        return answer.json()["current_block_height"]

    def balance(self, did):
        return self.get("/economics/mana/balance?did=" + did).json()

    # -- members

    def grant(self, member):
        """The start grant for a member (or a DID); returns what it was."""
        did = member if isinstance(member, str) else member.did
        answer = self.post("/economics/mana/grants", {"to": did}, key=self.operator_key)
        if answer.status != 201:
            raise RuntimeError(f"no start grant for {did}: {answer}")
        return answer.json()

    def member(self, name):
        """A member that has had its start grant."""
        made = Member(name)
        self.grant(made)
        return made

    def api_key(self, role="member", dids=()):
        answer = self.post("/system/api-keys", {"label": "test", "role": role, "dids": list(dids)}, key=self.operator_key)
        if answer.status != 201:
            raise RuntimeError(f"no API key: {answer}")
        return answer.json()["key"]


def engine_environment(engine, data):
    """The settings of an engine for a data folder, as variables."""
    out = {"ICN_STORAGE_BACKEND": engine}
    if engine == "memory":  # keeps what it holds over an orderly stop
        out["ICN_STORAGE_MEMORY_SNAPSHOT"] = f"{data}-snapshot"
    if engine == "postgresql":
        out["ICN_STORAGE_POSTGRESQL_URL"] = os.environ["ICN_TEST_POSTGRESQL"]
        out["ICN_STORAGE_POSTGRESQL_SCHEMA"] = "t_" + hashlib.sha256(str(data).encode()).hexdigest()[:12]
        out["ICN_STORAGE_POSTGRESQL_MIN_CONNECTIONS"] = "1"
    return out


def _setting(value):
    return str(value).lower() if isinstance(value, bool) else value
