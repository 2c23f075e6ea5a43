#!/usr/bin/env python3
"""A node with TLS and clients that speak it badly: plain HTTP, noise, records that lie about their length, handshakes that stop in
the middle, older versions, noise where the closing alert should be, connections cut inside a message. Each is refused or cut in
time, and who speaks well is answered meanwhile (RFC 8446).
"""

import pathlib
import random
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import time

from wire import MIB, SLACK, Checks, Process, Wire, Witness, icn_node, request, say

HANDSHAKE_SECS = 2


def certificate(folder):
    files = folder / "key.pem", folder / "cert.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost", "-keyout", files[0], "-out", files[1]], check=True, capture_output=True)
    return files


def client_hello():
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="localhost").do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def end_of(node, data, seconds, ends_sending=False):
    """What comes back, and whether the node ended it within `seconds`."""
    with socket.create_connection(("127.0.0.1", node.port), timeout=SLACK) as connection:
        try:
            connection.sendall(data)
            if ends_sending:
                connection.shutdown(socket.SHUT_WR)
            connection.settimeout(seconds)
            got = b""
            while part := connection.recv(65536):
                got += part
            return got, True
        except socket.timeout:
            return b"", False
        except OSError:
            return b"", True


def check_noise(checks, node, rng):
    hello = client_hello()
    record = lambda kind, data, length=None: struct.pack(">BHH", kind, 0x0303, len(data) if length is None else length) + data  # noqa: E731
    messages = {
        "plain HTTP": request(b"GET", b"/system/info"),
        "plain HTTP, 1,000 times": request(b"GET", b"/system/info") * 1000,
        "SSH": b"SSH-2.0-OpenSSH_9.2\r\n",
        "zeros": bytes(20_000),
        "the hello of SSL 2": b"\x80\x2e\x01\x00\x02" + bytes(41),
        "a record of 65,535 bytes": record(22, bytes(65_535)),
        "a record that says 16,641 bytes": record(22, bytes(16_641)),
        "empty records": record(22, b"") * 200,
        "an alert first": record(21, b"\x02\x28"),
        "data first": record(23, b"GET / HTTP/1.1\r\n\r\n"),
        "a changed hello": hello[:43] + bytes(len(hello) - 43),
        "a hello of 16 MiB": record(22, b"\x01\xff\xff\xff" + bytes(16_000)),
        "a hello twice": hello + hello,
        "a hello and noise": hello + rng.randbytes(4000),
        "warnings without end": record(21, b"\x01\x5a") * 2000,
    }
    for name, data in messages.items():
        got, is_ended = end_of(node, data, HANDSHAKE_SECS + SLACK)
        checks.check(f"{name} is cut and not answered", is_ended and not got.startswith(b"HTTP/") or b" 400 " in got[:20], (got[:60], is_ended))
    wrong = []
    for _ in range(150):
        data = bytearray(hello)
        for _ in range(rng.randint(1, 6)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        _, is_ended = end_of(node, bytes(data[:rng.choice((len(data), rng.randrange(1, len(data))))]), HANDSHAKE_SECS + SLACK, True)
        if not is_ended:
            wrong.append(bytes(data).hex())
    checks.none("150 damaged hellos are cut", wrong)


def check_versions(checks, node, trusted):
    old = ssl.create_default_context(cafile=trusted)
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    try:
        Wire(node.port, tls=old).close()
        outcome = "taken"
    except (ssl.SSLError, OSError):
        outcome = "refused"
    checks.equal("TLS 1.2 (domain.md 14: 1.3 at least)", outcome, "refused")


def check_half_handshakes(checks, node):
    """300 connections that begin a handshake and go no further."""
    hello = client_hello()
    parts = (b"", hello[:1], hello[:5], hello[:100], hello, hello + b"\x14\x03\x03\x00\x01\x01")
    opened, started = [], time.monotonic()
    for number in range(300):
        connection = socket.create_connection(("127.0.0.1", node.port), timeout=SLACK)
        connection.sendall(parts[number % len(parts)])
        opened.append(connection)
    ended = 0
    for connection in opened:
        try:
            while True:
                connection.settimeout(max(0.05, started + HANDSHAKE_SECS + SLACK - time.monotonic()))
                if not connection.recv(65536):
                    ended += 1
                    break
        except socket.timeout:
            pass
        except OSError:
            ended += 1
        connection.close()
    checks.equal("300 handshakes that stop are cut in time", ended, 300)


def check_inside(checks, node, context, rng):
    """After a good handshake: noise, a cut without farewell, half requests, pipelines, requests a byte a record."""
    with Wire(node.port, tls=context) as wire:
        wire.send(rng.randbytes(2000) + b"\r\n\r\n")
        found, end = wire.answers_to_end(SLACK)
        checks.check("noise inside is refused", [answer.status for answer in found] in ([400], []) and end in ("closed", "reset"), (found, end))
    with Wire(node.port, tls=context) as wire:
        for byte in request(b"GET", b"/system/info"):
            wire.send(bytes([byte]))
        checks.equal("a request of one byte a record", wire.answer().status, 200)
        wire.send(request(b"GET", b"/system/info") * 500)
        checks.equal("500 requests in a row", [wire.answer().status for _ in range(500)], [200] * 500)
    for number in range(60):
        wire = Wire(node.port, tls=context)
        wire.send((request(b"POST", b"/identity/session", b"{}") * 20)[:number * 50])
        raw = wire.socket.detach() if number % 3 == 0 else None
        if raw is not None:  # cut below TLS: no closing alert
            plain = socket.socket(fileno=raw)
            plain.sendall(b"\x17\x03\x03\x00\x20" + bytes(7 + 25 * (number % 2)))
            plain.close()
        elif number % 3 == 1:
            wire.reset()
        else:
            wire.close()
    with Wire(node.port, tls=context) as wire:
        checks.equal("the node serves", (wire.send(request(b"GET", b"/system/info")), wire.answer().status)[1], 200)


def main():
    checks = Checks()
    say("clients that speak TLS badly")
    rng = random.Random(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
    with tempfile.TemporaryDirectory(prefix="icn-test-") as name:
        key, trusted = certificate(pathlib.Path(name))
        settings = {"http.header_timeout_ms": HANDSHAKE_SECS * 1000, "http.idle_timeout_ms": 5000, "rate_limit.failures": 0, "log.level": "error",
                    "tls.cert": trusted, "tls.key": key}
        context = ssl.create_default_context(cafile=trusted)
        with TlsNode(context, settings=settings) as node:
            process = Process(node)
            files, memory = process.files(), process.memory()
            witness = Witness(node, context, 0.05)
            check_noise(checks, node, rng)
            check_versions(checks, node, trusted)
            check_half_handshakes(checks, node)
            check_inside(checks, node, context, rng)
            witness.end(checks, "TLS", 1)
            process.settles(checks, files)
            grown = process.memory() - memory
            checks.check("the memory is as before", grown < 64 * MIB, f"{grown / MIB:.0f} MiB more")
            checks.equal("the node stops", node.stop(), 0)
    return checks.finish()


class TlsNode(icn_node.Node):
    """A node whose start is seen over TLS."""

    def __init__(self, context, **options):
        self.context = context
        super().__init__(**options)

    def request(self, method, path, body=None, headers=None, key=None, timeout=30):
        with Wire(self.port, timeout, self.context) as wire:
            extra = f"X-Api-Key: {key}\r\n".encode() if key else b""
            wire.send(request(method.encode(), path.encode(), icn_node.encode_body(body) or b"", extra))
            answer = wire.answer(method)
        return icn_node.Answer(answer.status, {name.decode(): value.decode() for name, value in answer.headers.items()}, answer.body)


if __name__ == "__main__":
    sys.exit(main())
