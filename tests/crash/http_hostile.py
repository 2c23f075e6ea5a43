#!/usr/bin/env python3
"""Clients that mean harm, against a running node: slow heads and bodies, heads without end, broken chunks, request
smuggling, floods of pipelined requests, hundreds of half-open connections, TLS and random bytes on the plain port, bodies
beyond the limit, deep JSON. Each is answered with its status or cut, costs no memory that stays, and meanwhile others are
served: a client asks and transfers all the time. At the end the node holds as many connections as before.
Source of the expected answers: RFC 9110 and 9112 (smuggling: 9112, 6.3, 11.2), the limits of src/http/server.h.
"""

import os
import random
import socket
import ssl
import statistics
import sys
import threading
import time

import support  # noqa: F401  (finds tests/lib)
import icn_node
from support import Checks, Pipe, http_request, memory_bytes, say

HEADER_TIMEOUT, IDLE_TIMEOUT, TRANSFER_TIMEOUT = 2, 4, 30  # s; the last is fixed
SLACK = 15  # s that a busy machine may add to a time limit
HOST = b"Host: 127.0.0.1\r\n"


class Customer:
    """Asks for /system/info and sends transfers over connections of its own, all the time."""

    def __init__(self, node):
        self.node, self.problems, self.latencies, self.transfers = node, [], [], 0
        self.alice, self.bob = node.member("http alice"), node.member("http bob")
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        pipe = Pipe(self.node.port)
        try:
            while not self.is_over.is_set():
                transfer = self.alice.transaction(self.node, "economics.transfer", {"to": self.bob.did, "amount": 0.001})
                for request in (http_request("GET", "/system/info"), http_request("POST", "/economics/mana/transfer", transfer)):
                    started = time.monotonic()
                    pipe.send(request)
                    answer = pipe.receive()
                    self.latencies.append(time.monotonic() - started)
                    if answer.status != 200:
                        self.problems.append(repr(answer))
                self.transfers += 1
                fresh = self.node.get("/system/info")  # and over a new connection
                if fresh.status != 200:
                    self.problems.append(repr(fresh))
                time.sleep(0.02)
        except Exception as problem:
            self.problems.append(repr(problem))
        pipe.close()

    def end(self):
        self.is_over.set()
        self.thread.join(30)


def connections(node):
    return node.get("/system/status").json()["network_stats"]["open_connections"]


def receive_all(connection, seconds):
    """All that comes until the node closes; None in the second place: it did not within `seconds`."""
    deadline, got = time.monotonic() + seconds, b""
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            return got, None
        connection.settimeout(left)
        try:
            part = connection.recv(65536)
        except socket.timeout:
            return got, None
        except OSError:
            return got, "reset"
        if not part:
            return got, "closed"
        got += part


def say_it(node, data, seconds=SLACK):
    connection = socket.create_connection(("127.0.0.1", node.port), timeout=SLACK)
    try:
        connection.sendall(data)
    except OSError:
        pass  # refused early; the answer may still be there
    try:
        return receive_all(connection, seconds)
    finally:
        connection.close()


def statuses(data):
    """The status of each answer in a stream of them; bodies have a length."""
    found = []
    while data.startswith(b"HTTP/1.1 ") and b"\r\n\r\n" in data:
        head, data = data.split(b"\r\n\r\n", 1)
        found.append(int(head.split()[1]))
        length = [int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        data = data[length[0] if length else 0:]
    return found


def post(headers, body=b"", path=b"/economics/mana/transfer"):
    return b"POST " + path + b" HTTP/1.1\r\n" + HOST + headers + b"\r\n" + body


SECOND = b"GET /system/status HTTP/1.1\r\n" + HOST + b"\r\n"  # must never be answered where the first is refused


def refused_messages():
    """(name, bytes, statuses that may be the one answer)"""
    chunked = b"Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n"
    chunks = {
        "a size that is no number": b"zz\r\nhello\r\n0\r\n\r\n",
        "a negative size": b"-5\r\nhello\r\n0\r\n\r\n",
        "a size beyond 64 bits": b"fffffffffffffffffff\r\nhello\r\n",
        "a size with 0x": b"0x5\r\nhello\r\n0\r\n\r\n",
        "data longer than its size": b"3\r\nhello\r\n0\r\n\r\n",
        "no line end after the data": b"5\r\nhelloXX0\r\n\r\n",
        "a size line without end": b"5;" + b"x" * 200_000,
        "a chunk beyond the limit": b"fffffff\r\n" + b"x" * 200_000,
        "chunks beyond the limit": (b"1000\r\n" + b"x" * 4096 + b"\r\n") * 40,
        "trailers without end": b"0\r\n" + b"X-A: b\r\n" * 20_000,
    }
    for name, body in chunks.items():
        yield "chunks: " + name, post(chunked, body + SECOND), {400, 413, 431}
    smuggled = {
        "length and chunked": b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
        "chunked and length": b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n",
        "two lengths": b"Content-Length: 5\r\nContent-Length: 6\r\n",
        "two lengths in one": b"Content-Length: 5, 6\r\n",
        "a signed length": b"Content-Length: +5\r\n",
        "a hex length": b"Content-Length: 0x5\r\n",
        "a length beyond 64 bits": b"Content-Length: 99999999999999999999999\r\n",
        "an empty length": b"Content-Length:\r\n",
        "another coding": b"Transfer-Encoding: xchunked\r\n",
        "chunked twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "chunked, then identity": b"Transfer-Encoding: chunked, identity\r\n",
        "identity, then chunked": b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
        "a coding with a vertical tab": b"Transfer-Encoding: \x0bchunked\r\n",
        "a space before the colon": b"Transfer-Encoding : chunked\r\n",
        "a folded coding": b"Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n",
        "a bare line feed": b"Content-Length: 0\nTransfer-Encoding: chunked\r\n",
        "a bare carriage return": b"X: y\rTransfer-Encoding: chunked\r\n",
        "a NUL in a value": b"X: a\0b\r\n",
        "a space in a name": b"Content Length: 5\r\n",
        "no colon": b"Content-Length 5\r\n",
        "two hosts": HOST,
    }
    for name, headers in smuggled.items():
        yield "smuggling: " + name, post(headers, b"0\r\n\r\n" + SECOND), {400}
    many = b"".join(b"X-%d: y\r\n" % number for number in range(100_000))
    heads = {
        "100,000 header fields": (b"GET / HTTP/1.1\r\n" + HOST + many, {431}),
        "a field of 4 MiB": (b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"y" * (4 << 20), {431}),
        "a name without end": (b"GET / HTTP/1.1\r\n" + HOST + b"y" * (1 << 20), {400, 431}),
        "a target without end": (b"GET /" + b"y" * (1 << 20), {400, 414, 431}),
        "a method without end": (b"Y" * (1 << 20), {400, 431}),
        "blank lines without end": (b"\r\n" * 500_000, {400, 431}),
        "no host": (b"GET / HTTP/1.1\r\n\r\n", {400}),
        "version 2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 505}),
        "version 0.9": (b"GET /\r\n", {400}),
        "a control byte in the target": (b"GET /\x01 HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    }
    for name, (data, allowed) in heads.items():
        yield "head: " + name, data, allowed
    json_head = b"Content-Type: application/json\r\n"
    yield "body: 1 GiB said", post(json_head + b"Content-Length: 1073741824\r\n", b"{"), {413}
    yield "body: 1 MiB for a path of 64 KiB", post(json_head + b"Content-Length: 1048576\r\n", b"x" * 1048576), {413}


def check_refused(checks, node):
    for name, data, allowed in refused_messages():
        got, end = say_it(node, data)
        found = statuses(got)
        # A reset may take the answer of a client that goes on sending.
        checks.check(f"{name}: one refusal, then the end", end is not None and (len(found) == 1 and found[0] in allowed or not found and end == "reset"),
                     f"{found} {end} {got[:200]!r}")


def check_bodies(checks, node):
    """Bodies that HTTP allows and the node refuses, with a clear code; the connection goes on."""
    deep = {"arrays": "[" * 30_000, "objects": '{"a":' * 10_000, "closed arrays": "[" * 20_000 + "]" * 20_000,
            "deep in a field": '{"spec":' + "[" * 10_000 + "]" * 10_000 + "}"}
    pipe = Pipe(node.port)
    for name, text in deep.items():
        for path in ("/economics/mana/transfer", "/mesh/jobs", "/system/batch", "/ledger/transactions"):
            pipe.send(post(b"Content-Type: application/json\r\nContent-Length: %d\r\n" % len(text), text.encode(), path.encode()))
            answer = pipe.receive()
            checks.check(f"deep JSON, {name}, to {path}", (answer.status, answer.json().get("code")) == (413, "too_large"), answer)
    pipe.send(http_request("GET", "/system/info"))
    checks.equal("the connection goes on", pipe.receive().status, 200)
    pipe.close()


def check_foreign(checks, node):
    """Other protocols and noise: cut, and no answer but a 400."""
    rng = random.Random(20)
    hello = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = ssl.create_default_context().wrap_bio(*hello, server_hostname="localhost")
    try:
        tls.do_handshake()
    except ssl.SSLWantReadError:
        pass
    messages = [hello[1].read(), b"SSH-2.0-OpenSSH_9.2\r\n", b"\x16\x03\x01" + b"\xff" * 5000, b"EHLO x\r\n\r\n", b"\0" * 10_000]
    messages += [rng.randbytes(rng.randint(1, 4000)) + b"\r\n\r\n" for _ in range(200)]
    wrong = []
    for data in messages:
        got, end = say_it(node, data)
        if end is None or any(status not in (400, 408, 431, 505) for status in statuses(got)):
            wrong.append(f"{data[:40]!r}: {end} {got[:100]!r}")
    checks.none("other protocols and random bytes are refused and cut", wrong)


def check_flood(checks, node):
    """Pipelined requests without reading: the node stops reading; then every answer comes, in order."""
    count = 20_000
    before = memory_bytes(node)
    data = b"".join(b"GET /system/openapi.json HTTP/1.1\r\n" + HOST + b"x-correlation-id: %d\r\n\r\n" % number for number in range(50))
    deaf = [socket.create_connection(("127.0.0.1", node.port)) for _ in range(50)]
    for connection in deaf:
        connection.setblocking(False)
    for _ in range(20):
        for connection in deaf:
            try:
                connection.send(data * 20)
            except (BlockingIOError, OSError):
                pass
        time.sleep(0.02)
    grown = memory_bytes(node) - before
    checks.check("50 clients that ask and never read cost less than 2 MiB each", grown < 100 * (1 << 20), f"{grown / 2**20:.0f} MiB")
    for connection in deaf:
        connection.close()
    pipe, received, problems = Pipe(node.port, 60), [], []

    def read():
        try:
            received.extend(pipe.receive().status for _ in range(count))
        except Exception as problem:
            problems.append(repr(problem))

    reader = threading.Thread(target=read)
    request = b"GET /system/status HTTP/1.1\r\n" + HOST + b"\r\n"
    reader.start()
    for _ in range(count // 1000):
        pipe.send(request * 1000)
    reader.join(60)
    pipe.close()
    large = [answer.status for answer in support.ask_all(node.port, [b"GET /system/openapi.json HTTP/1.1\r\n" + HOST + b"\r\n"] * 200, window=100)]
    checks.equal("pipelined requests for large answers are all answered", large, [200] * 200)
    checks.check(f"{count} pipelined requests are all answered", received == [200] * count and not problems, f"{len(received)} {problems}")


def open_many(node, count, data=b""):
    opened = []
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", node.port), timeout=SLACK)
        if data:
            connection.sendall(data)
        opened.append(connection)
    return opened


def check_slow_heads(checks, node):
    """Slowloris: a byte of the head at a time; cut at the header time limit, 408."""
    opened, started = open_many(node, 200, b"GET /system/info HTTP/1.1\r\nX-Slow: "), time.monotonic()
    idle = open_many(node, 400)
    checks.check("half-open and slow connections are held meanwhile", connections(node) >= 600 or time.monotonic() - started > HEADER_TIMEOUT, connections(node))
    cut, deadline = {}, started + HEADER_TIMEOUT + SLACK
    while len(cut) < len(opened) and time.monotonic() < deadline:
        for connection in opened:
            if connection in cut:
                continue
            try:
                connection.send(b"a")
                connection.setblocking(False)
                got = connection.recv(65536)
                cut[connection] = statuses(got)
            except BlockingIOError:
                pass
            except OSError:
                cut[connection] = "reset"
        time.sleep(0.1)
    checks.check("200 slow heads are cut in time", len(cut) == 200 and all(end in ([408], [], "reset") for end in cut.values()), list(cut.values())[:5])
    closed = sum(receive_all(connection, max(0.01, started + IDLE_TIMEOUT + SLACK - time.monotonic()))[1] is not None for connection in idle)
    checks.equal("400 connections that say nothing are closed in time", closed, 400)
    for connection in opened + idle:
        connection.close()


class SlowBodies:
    """A byte of the body every second, from the start of the test on: cut some time after 30 s."""

    def __init__(self, node):
        head = post(b"Content-Type: application/json\r\nContent-Length: 60000\r\n", b"{")
        self.started = time.monotonic()
        self.opened = open_many(node, 100, head)

    def feed(self):
        for connection in self.opened:
            try:
                connection.send(b" ")
            except OSError:
                pass

    def check(self, checks):
        ends, deadline = {}, self.started + TRANSFER_TIMEOUT + SLACK
        while len(ends) < len(self.opened) and time.monotonic() < deadline:
            self.feed()
            for connection in self.opened:
                if connection in ends:
                    continue
                got, end = receive_all(connection, 0.005)
                if end is not None or got:
                    ends[connection] = (statuses(got), end)
            time.sleep(0.2)
        wrong = [end for end in ends.values() if end[0] not in ([408], [])]
        checks.check("100 slow bodies are cut with 408", len(ends) == 100 and not wrong and any(end[0] == [408] for end in ends.values()),
                     f"{len(ends)} {wrong[:3]} {list(ends.values())[:3]}")
        say(f"  slow bodies were cut {time.monotonic() - self.started:.1f} s after they began")
        for connection in self.opened:
            connection.close()


def check_short_lives(checks, node):
    """Connections that end at once, in each way a client can end them."""
    linger = b"\1\0\0\0\0\0\0\0"  # on, 0 s: a reset
    for number in range(600):
        connection = socket.create_connection(("127.0.0.1", node.port), timeout=SLACK)
        if number % 3:
            connection.sendall((SECOND * 20)[:number])
        if number % 2:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        connection.close()
    checks.equal("after 600 connections that ended at once the node serves", node.get("/system/info").status, 200)


def settled(node, wanted):
    """(connections by the node's own count, this question's among them; sockets the process has open) once they are `wanted`."""
    deadline = time.monotonic() + IDLE_TIMEOUT + SLACK
    while True:
        found = connections(node), open_sockets(node)
        if found == wanted or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def open_sockets(node):
    folder = f"/proc/{node.process.pid}/fd"
    found = 0
    for name in os.listdir(folder):
        try:
            found += os.readlink(f"{folder}/{name}").startswith("socket:")
        except OSError:
            pass
    return found


def main():
    checks = Checks()
    say("hostile HTTP clients against a running node")
    settings = {"http.header_timeout_ms": HEADER_TIMEOUT * 1000, "http.idle_timeout_ms": IDLE_TIMEOUT * 1000, "rate_limit.failures": 0}
    with icn_node.Node(settings=settings) as node:
        before = settled(node, (1, open_sockets(node)))
        slow = SlowBodies(node)
        customer = Customer(node)
        parts = [check_refused, check_bodies, check_foreign, check_flood, check_short_lives, check_slow_heads]
        for part in parts:
            started = time.monotonic()
            slow.feed()
            part(checks, node)
            say(f"  {part.__name__[6:]}: {time.monotonic() - started:.1f} s")
        slow.check(checks)
        customer.end()
        checks.none("the others were served all the time", customer.problems)
        checks.check("and their transfers happened", customer.transfers > 50 and round(
            node.get("/economics/mana/history?did=" + customer.bob.did + "&limit=1").json()["items"][0]["amount"], 3) == 0.001, customer.transfers)
        ordered = sorted(customer.latencies)
        say(f"  {len(ordered)} requests of others: median {statistics.median(ordered) * 1000:.1f} ms, "
            f"99 % {ordered[len(ordered) * 99 // 100] * 1000:.1f} ms, longest {ordered[-1] * 1000:.0f} ms")
        checks.equal("connections and sockets are as many as at the start", settled(node, before), before)
        checks.equal("ready", node.get("/system/ready").status, 200)
        checks.equal("the node stops", node.stop(), 0)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
