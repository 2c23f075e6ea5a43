#!/usr/bin/env python3
"""Many connections at once, and connections that end in the middle of something: as many idle ones as the node takes, uploads
and bodies that break off in each way they can, readers of events that never read. Each costs little and leaves nothing.
"""

import json
import resource
import select
import socket
import sys
import threading
import time

from wire import MIB, SLACK, Checks, Process, Wire, Witness, icn_node, request, say

CONNECTIONS_MAX = 4096
IDLE_SECS = 6
WHOLE = b"whole" * 50_000  # one block


def as_operator(node):
    return b"X-Api-Key: " + node.operator_key.encode() + b"\r\n"


def check_idle_crowd(checks, node, process):
    """As many connections as the node takes, and 200 more: those are closed at once, the others when they said nothing for long."""
    files, memory, height = process.files(), process.memory(), node.height()
    witness = Witness(node, pause=0.05)
    time.sleep(0.5)
    witness.is_fresh = False  # there is no place for anybody else soon
    time.sleep(0.5)
    poll, opened, heads = select.poll(), {}, (b"", b"", b"GET /system/info HTTP/1.1\r\nHost: a\r\n", b"\r\n")
    started = time.monotonic()
    for number in range(CONNECTIONS_MAX + 200):
        connection = socket.create_connection(("127.0.0.1", node.port), timeout=SLACK)
        connection.setblocking(False)
        try:
            connection.send(heads[number % len(heads)])
        except OSError:
            pass  # closed at once
        opened[connection.fileno()] = connection
        poll.register(connection, select.POLLIN | select.POLLHUP)
    seconds = time.monotonic() - started
    time.sleep(0.2)
    ended, grown = close_ended(poll, opened), process.memory() - memory
    say(f"  {len(opened)} connections open, {ended} closed at once, after {seconds:.1f} s; {grown / MIB:.0f} MiB")
    if seconds < IDLE_SECS - 1:  # else some had their time
        checks.check("connections beyond the limit are closed at once, no others", 200 <= ended <= 210, f"{ended} of {CONNECTIONS_MAX + 200}")
    checks.check("a connection costs less than 32 KiB", grown < CONNECTIONS_MAX * 32_768, f"{grown / MIB:.0f} MiB")
    deadline = time.monotonic() + IDLE_SECS + SLACK
    while opened and time.monotonic() < deadline:
        close_ended(poll, opened, 100)
    checks.equal("all of them are closed in time", len(opened), 0)
    for connection in opened.values():
        connection.close()
    witness.is_fresh = True
    time.sleep(0.3)
    witness.end(checks, "a crowd that says nothing", 1)
    process.settles(checks, files)
    checks.equal("nothing was done", node.height(), height)


def close_ended(poll, opened, milliseconds=0):
    """Closes those that the node has closed; returns how many."""
    count = 0
    for number, _ in poll.poll(milliseconds):
        connection = opened[number]
        try:
            while connection.recv(65536):
                pass
        except BlockingIOError:
            continue
        except OSError:
            pass
        poll.unregister(number)
        connection.close()
        del opened[number]
        count += 1
    return count


def upload_heads(node):
    key = as_operator(node)
    sized = b"Content-Length: 8388608\r\n"
    chunked = b"Transfer-Encoding: chunked\r\n"
    line = b"10000\r\n" + b"u" * 65536 + b"\r\n"
    for path, kind in ((b"/dag/files", b"application/octet-stream"), (b"/dag/import", b"application/vnd.ipld.car"), (b"/system/storage/backup", b"application/json"),
                       (b"/dag/blocks", b"application/json"), (b"/system/batch", b"application/json")):
        head = b"POST " + path + b" HTTP/1.1\r\nHost: a\r\nContent-Type: " + kind + b"\r\n" + key
        yield head + sized + b"\r\n", b"u" * 65536
        yield head + chunked + b"\r\n", line


def check_broken_uploads(checks, node, process):
    """Bodies that break off: by a reset, by the end of the connection, half-closed, in the middle of a chunk's size; and what was sent is gone."""
    files, memory = process.files(), process.memory()
    before = held(node)
    witness = Witness(node)
    heads, ways = list(upload_heads(node)), ("reset", "close", "half", "size")
    for number in range(160):
        head, part = heads[number % len(heads)]
        way = ways[number // len(heads) % len(ways)]
        wire = Wire(node.port)
        wire.send(head)
        for _ in range(number % 7):
            wire.send(part)
        if way == "reset":
            wire.reset()
            continue
        if way == "half":
            wire.end_sending()
            found, end = wire.answers_to_end(SLACK)
            if not all(400 <= answer.status < 500 for answer in found) or end == "silent":
                checks.check("a half-closed upload is refused or cut", False, (head, found, end))
        if way == "size":
            wire.send(b"ff")
        wire.close()
    whole = request(b"POST", b"/dag/files", WHOLE, as_operator(node) + b"Content-Type: application/octet-stream\r\n")
    with Wire(node.port) as wire:
        wire.send(whole)
        checks.equal("a whole upload is taken", wire.answer().status, 201)
    witness.end(checks, "uploads that break off", 1)
    process.settles(checks, files)
    grown = process.memory() - memory
    checks.check("uploads that broke off hold no memory", grown < 96 * MIB, f"{grown / MIB:.0f} MiB")
    after = held(node)
    checks.equal("and no blocks", {name: after[name] - before[name] for name in after}, {"blocks": 1, "bytes": len(WHOLE)})


def held(node):
    status = node.get("/dag/status").json()
    return {"blocks": status["blocks"], "bytes": status["bytes"]}


def check_broken_bodies(checks, node, alice, bob):
    """Transfers whose body breaks off, and such whose client goes before the answer."""
    files = Process(node).files()
    history = f"/economics/mana/history?did={bob.did}&limit=1"
    before, height = node.get(history).json()["items"], node.height()
    for number in range(120):
        body = json.dumps(alice.transaction(node, "economics.transfer", {"to": bob.did, "amount": 0.001})).encode()
        whole = request(b"POST", b"/economics/mana/transfer", body)
        wire = Wire(node.port)
        wire.send(whole[:-1 - number % 50])
        (wire.reset, wire.close, wire.end_sending)[number % 3]()
        wire.close()
    Process(node).settles(checks, files)
    checks.equal("a transfer whose body broke off did not happen", (node.get(history).json()["items"], node.height()), (before, height))
    for number in range(60):
        body = json.dumps(alice.transaction(node, "economics.transfer", {"to": bob.did, "amount": 0.001})).encode()
        wire = Wire(node.port)
        wire.send(request(b"POST", b"/economics/mana/transfer", body) * 3)
        (wire.reset if number % 2 else wire.close)()
    Process(node).settles(checks, files)
    checks.check("no transfer happened twice", node.height() - height <= 60, node.height() - height)


def check_deaf_readers(checks, node, alice, bob):
    """150 who ask for events and never read them, while 6,000 transfers happen and one reads."""
    process = Process(node)
    files, memory = process.files(), process.memory()
    deaf = [Wire(node.port, receive_bytes=2048) for _ in range(150)]
    for wire in deaf:
        wire.send(request(b"GET", b"/system/events?since=0"))
    half = Wire(node.port)
    half.send(request(b"GET", b"/system/events"))
    half.end_sending()
    got, reader = [], Wire(node.port, 60)
    reader.send(request(b"GET", b"/system/events?types=ManaBalanceChanged"))
    checks.equal("a reader of events", reader.answer().status, 200)

    def read():
        try:
            while len(got) < 6000:
                line = reader._line() if b"\r\n" in reader.buffer else (reader._more() or b"")
                got.extend([1] * line.count(b"\nid: ") + [1] * line.startswith(b"id: "))
        except Exception as problem:
            problems.append(repr(problem))

    problems, witness = [], Witness(node)
    listener = threading.Thread(target=read, daemon=True)
    listener.start()
    started, refused = time.monotonic(), []
    wires = [Wire(node.port) for _ in range(20)]
    for _ in range(15):
        for wire in wires:
            bodies = [json.dumps(alice.transaction(node, "economics.transfer", {"to": bob.did, "amount": 0.001})).encode() for _ in range(10)]
            wire.send(b"".join(request(b"POST", b"/economics/mana/transfer", body) for body in bodies))
        refused += [answer for answer in (wire.answer() for wire in wires for _ in range(10)) if answer.status != 200]
    for wire in wires:
        wire.close()
    checks.none("transfers go on beside 150 readers that never read", refused)
    listener.join(SLACK)
    say(f"  3,000 transfers beside 150 deaf readers took {time.monotonic() - started:.1f} s; the one who reads got {len(got)} events")
    checks.check("who reads gets every event", len(got) >= 6000 and not problems, (len(got), problems))
    grown = process.memory() - memory
    checks.check("readers that never read cost less than 512 KiB each", grown < 150 * MIB // 2, f"{grown / MIB:.0f} MiB")
    found, end = half.answers_to_end(SLACK)
    checks.check("who half closes reads no more events", end in ("closed", "reset"), (found, end))
    for wire in (*deaf, half, reader):
        wire.close()
    witness.end(checks, "readers that never read", 1)
    process.settles(checks, files)


def main():
    checks = Checks()
    say("crowds, and what breaks off")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 2 * CONNECTIONS_MAX)), hard))
    settings = {"http.header_timeout_ms": IDLE_SECS * 1000, "http.idle_timeout_ms": IDLE_SECS * 1000, "rate_limit.failures": 0, "log.level": "error",
                "http.connections_max": CONNECTIONS_MAX}
    with icn_node.Node(settings=settings) as node:
        process = Process(node)
        alice, bob = node.member("hostile alice"), node.member("hostile bob")
        node.get("/system/status")
        for part, arguments in ((check_broken_bodies, (alice, bob)), (check_broken_uploads, (process,)), (check_deaf_readers, (alice, bob)),
                                (check_idle_crowd, (process,))):
            started = time.monotonic()
            part(checks, node, *arguments)
            say(f"  {part.__name__[6:]}: {time.monotonic() - started:.1f} s")
        checks.equal("ready", node.get("/system/ready").status, 200)
        checks.equal("the node stops", node.stop(), 0)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
