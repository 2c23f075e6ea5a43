"""A connection that says what it is told to, byte for byte, and reads answers strictly; and what the process of a node holds."""

import json
import os
import pathlib
import socket
import struct
import sys
import threading
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / name) for name in ("lib", "crash")]
import icn_node  # noqa: E402
from support import Checks, say  # noqa: E402, F401

SLACK = 15  # s that a busy machine may add to a time limit
MIB = 1 << 20
HOST = b"Host: 127.0.0.1\r\n"


class Cut(Exception):
    """The connection ended, or nothing came, where an answer should have: `how` is closed, reset or silent."""

    def __init__(self, how, rest=b""):
        super().__init__(f"{how} {rest[:200]!r}")
        self.how = how


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def mark(self):
        return self.headers.get(b"x-correlation-id", b"")

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


class Wire:
    def __init__(self, port, seconds=SLACK, tls=None, receive_bytes=None):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.socket.settimeout(seconds)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        """Right when a node that refused the rest has cut the connection meanwhile: the answer may still be there."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def end_sending(self):
        self.socket.shutdown(socket.SHUT_WR)

    def _more(self):
        try:
            got = self.socket.recv(262144)
        except socket.timeout:
            raise Cut("silent", self.buffer) from None
        except OSError:
            raise Cut("reset", self.buffer) from None
        if not got:
            raise Cut("closed", self.buffer)
        self.buffer += got

    def _take(self, count):
        while len(self.buffer) < count:
            self._more()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def _line(self):
        while b"\r\n" not in self.buffer:
            self._more()
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line

    def answer(self, method="GET"):
        """The next answer; of an endless one (server-sent events) the head, with None for a body."""
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        if not lines[0].startswith(b"HTTP/1.1 "):
            raise Cut("no HTTP", head)
        status = int(lines[0][9:12])
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(b":")
            headers[name.lower()] = value.strip()
        if status == 100:
            return self.answer(method)
        if headers.get(b"content-type", b"").startswith(b"text/event-stream"):
            return Answer(status, headers, None)
        return Answer(status, headers, self._body(method, status, headers))

    def _body(self, method, status, headers):
        if method == "HEAD" or status in (204, 304):
            return b""
        if b"content-length" in headers:
            return self._take(int(headers[b"content-length"]))
        if headers.get(b"transfer-encoding") != b"chunked":
            return self._rest()
        body = b""
        while True:
            size = int(self._line(), 16)
            if size == 0:
                self._take(2)
                return body
            body += self._take(size)
            self._take(2)

    def _rest(self):
        try:
            while True:
                self._more()
        except Cut as cut:
            if cut.how != "closed":
                raise
        body, self.buffer = self.buffer, b""
        return body

    def answers_to_end(self, seconds):
        """All answers until the node ends the connection, and how that was: silent means it did not within `seconds`."""
        found, deadline = [], time.monotonic() + seconds
        while True:
            self.socket.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                found.append(self.answer())
            except Cut as cut:
                return found, cut.how


def request(method, path, body=b"", headers=b""):
    """The bytes of a request whose framing is right, whatever is in it."""
    head = b"%s %s HTTP/1.1\r\n%s%s" % (method, path, HOST, headers)
    if body or method == b"POST":
        head += b"Content-Length: %d\r\n" % len(body)
        if b"content-type" not in headers.lower():
            head += b"Content-Type: application/json\r\n"
    return head + b"\r\n" + body


def marked(name, path=b"/system/info"):
    return request(b"GET", path, headers=b"X-Correlation-Id: " + name + b"\r\n")


class Process:
    """What the process of a node holds."""

    def __init__(self, node):
        self.node, self.folder = node, f"/proc/{node.process.pid}"

    def memory(self):
        with open(self.folder + "/status", encoding="ascii", errors="replace") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS:"))

    def files(self):
        """How many sockets of the HTTP port it has open, and how many descriptors beside them (files, peers)."""
        with open("/proc/net/tcp", encoding="ascii") as table:
            rows = [line.split() for line in table.readlines()[1:]]
        of_port = {row[9] for row in rows if int(row[1].rpartition(":")[2], 16) == self.node.port}
        sockets = others = 0
        for name in os.listdir(self.folder + "/fd"):
            try:
                target = os.readlink(f"{self.folder}/fd/{name}")
            except OSError:
                continue
            is_ours = target.startswith("socket:[") and target[8:-1] in of_port
            sockets, others = sockets + is_ours, others + (not is_ours)
        return sockets, others

    def settles(self, checks, before, seconds=SLACK):
        """As many sockets as before, and no more than some files of the storage engine and peers beside."""
        deadline = time.monotonic() + seconds
        while True:
            now = self.files()
            if now[0] <= before[0] and now[1] <= before[1] + 16:
                return checks.check("no descriptor stays open", True)
            if time.monotonic() > deadline:
                return checks.check("no descriptor stays open", False, f"sockets of the port, others: {before} before, {now} after")
            time.sleep(0.1)


class Witness:
    """Another client, which must be answered all the time: over one connection that stays, and over new ones while `is_fresh`."""

    def __init__(self, node, tls=None, pause=0.02):
        self.port, self.tls, self.pause = node.port, tls, pause
        self.problems, self.latencies, self.is_fresh = [], [], True
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def ask(self, wire):
        started = time.monotonic()
        wire.send(request(b"GET", b"/system/status"))
        answer = wire.answer()
        self.latencies.append(time.monotonic() - started)
        if answer.status != 200:
            self.problems.append(repr(answer))

    def run(self):
        try:
            with Wire(self.port, tls=self.tls) as kept:
                while not self.is_over.is_set():
                    self.ask(kept)
                    if self.is_fresh:
                        with Wire(self.port, tls=self.tls) as fresh:
                            self.ask(fresh)
                    time.sleep(self.pause)
        except Exception as problem:
            self.problems.append(repr(problem))

    def end(self, checks, name, seconds):
        """Checks that all was answered, and 99 of 100 within `seconds`."""
        patience = time.monotonic() + 10
        while len(self.latencies) <= 5 and not self.problems and time.monotonic() < patience:  # what was tried took no time
            time.sleep(self.pause)
        self.is_over.set()
        self.thread.join(30)
        ordered = sorted(self.latencies) or [99]
        most, longest = ordered[len(ordered) * 99 // 100], ordered[-1]
        say(f"  {name}: others asked {len(self.latencies)} times, 99 % within {most * 1000:.0f} ms, the longest {longest * 1000:.0f} ms")
        checks.none(f"{name}: others are answered", self.problems)
        checks.check(f"{name}: and soon", most < seconds and len(self.latencies) > 5, f"{most:.2f} s of {len(self.latencies)}")
