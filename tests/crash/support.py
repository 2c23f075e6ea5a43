"""What the crash tests share: counted checks, and a connection that pipelines requests."""

import os
import pathlib
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import icn_node  # noqa: E402

BINARY = os.environ.get("ICN_BIN") or str(icn_node.ROOT / "build" / "icn")


class Checks:
    """Counts checks and says each one that fails; every suite ends with `finish()`."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, name, is_right, found=""):
        if is_right:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {name}: {str(found)[:1500]}", flush=True)
        return bool(is_right)

    def none(self, name, problems):
        """Right when the list of problems is empty."""
        return self.check(name, not problems, f"{len(problems)} of them, the first: {problems[:3]}")

    def equal(self, name, found, wanted):
        return self.check(name, found == wanted, f"found {found!r}, wanted {wanted!r}")

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 0 if self.failed == 0 and self.passed > 0 else 1


def say(text):
    print(text, flush=True)


def http_request(method, path, body=None, key=None, headers=None):
    """The bytes of a request that keeps the connection open."""
    payload = icn_node.encode_body(body) or b""
    head = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1"]
    if payload:
        head += ["content-type: application/json", f"content-length: {len(payload)}"]
    if key:
        head.append(f"x-api-key: {key}")
    head += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + payload


class Pipe:
    """A connection over which many requests are sent before the first answer is read."""

    def __init__(self, port, timeout=30):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def send(self, data):
        self.socket.sendall(data)

    def _more(self):
        got = self.socket.recv(65536)
        if not got:
            raise ConnectionResetError("the node closed the connection")
        self.buffer += got

    def receive(self):
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines[1:])}
        length = int(headers.get("content-length", 0))
        while len(self.buffer) < length:
            self._more()
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return icn_node.Answer(int(lines[0].split()[1]), headers, body)

    def close(self):
        self.socket.close()


def ask_all(port, requests, window=64):
    """Sends requests and returns their answers in order, `window` of them on the way at a time."""
    pipe = Pipe(port)
    answers = []
    try:
        for begin in range(0, len(requests), window):
            part = requests[begin:begin + window]
            pipe.send(b"".join(part))
            answers += [pipe.receive() for _ in part]
    finally:
        pipe.close()
    return answers


def memory_bytes(node):
    for line in node.get("/system/metrics").text.splitlines():
        if line.startswith("icn_process_memory_bytes "):
            return float(line.split()[1])
    raise RuntimeError("no icn_process_memory_bytes in /system/metrics")


def verify(checks, node, name):
    """`icn ledger verify` of a node that is not running."""
    done = node.run("ledger", "verify", "--data", node.data)
    return checks.check(name, done.returncode == 0, f"exit code {done.returncode}: {done.stdout}{done.stderr}")


def store_module(node, module):
    """Puts a module as a public block; returns its CID."""
    import base64
    answer = node.post("/dag/blocks", {"data": base64.b64encode(module).decode(), "visibility": "public"}, key=node.operator_key)
    if answer.status != 201:
        raise RuntimeError(f"the module was not stored: {answer}")
    return answer.json()["cid"]


def submission(spec, manifest_cid, coordinator):
    """The body of mesh.submit for a spec (docs/formats/job.md)."""
    resources = spec.get("resources", {})
    return {
        "manifest_cid": manifest_cid, "coordinator": coordinator, "kind": spec["kind"], "max_price": spec["max_price"],
        **{name: resources[name] for name in ("cpu_cores", "memory_mb", "storage_mb", "gpu", "fuel") if name in resources},
        **{name: spec[name] for name in ("max_execution_secs", "deadline") if name in spec},
    }
