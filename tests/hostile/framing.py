#!/usr/bin/env python3
"""How messages begin and end, with the intent to deceive: what must be refused is refused and nothing behind it is read as a
request, what must be taken is taken and the next request is answered. Source of what is right: RFC 9110 and 9112; their
sections stand behind the names. tests/crash/http_hostile.py has more of the plainer cases.
"""

import sys
import threading
import time

from wire import HOST, MIB, SLACK, Checks, Cut, Process, Wire, Witness, icn_node, marked, request, say

SECOND = marked(b"second")
JSON = b"Content-Type: application/json\r\n"
CHUNKED = JSON + b"Transfer-Encoding: chunked\r\n"
CLOSED = ("closed", "reset")


def post(headers, body=b"", path=b"/identity/session", version=b"1.1", host=HOST):
    return b"POST " + path + b" HTTP/" + version + b"\r\n" + host + headers + b"\r\n" + body


def get(line=b"GET /system/info HTTP/1.1", headers=HOST):
    return line + b"\r\n" + headers + b"\r\n"


def must_refuse():
    """(name, bytes, statuses): one refusal, then the end."""
    lines = {
        "two spaces before the target (9112, 3)": b"GET  /system/info HTTP/1.1",
        "two spaces before the version (9112, 3)": b"GET /system/info  HTTP/1.1",
        "tabs for spaces (9112, 3)": b"GET\t/system/info\tHTTP/1.1",
        "a space behind the version (9112, 3)": b"GET /system/info HTTP/1.1 ",
        "a space before the method (9112, 3)": b" GET /system/info HTTP/1.1",
        "a space in the target (9112, 3.2)": b"GET /system/in fo HTTP/1.1",
        "a version in small letters (9112, 2.3)": b"GET /system/info http/1.1",
        "a version of two digits (9112, 2.3)": b"GET /system/info HTTP/1.10",
        "a version without a dot (9112, 2.3)": b"GET /system/info HTTP/11",
        "no version (9112, 3)": b"GET /system/info",
        "a method that is no token (9110, 9.1)": b"G@T /system/info HTTP/1.1",
        "a NUL in the method": b"G\0T /system/info HTTP/1.1",
        "a NUL in the target": b"GET /system/\0info HTTP/1.1",
        "a DEL in the target": b"GET /system/\x7finfo HTTP/1.1",
        "a bare CR in the line (9112, 2.2)": b"GET /system/info\rHTTP/1.1",
        "a target without a slash (9112, 3.2)": b"GET system/info HTTP/1.1",
        "an asterisk for GET (9112, 3.2.4)": b"GET * HTTP/1.1",
        "no target at all": b"GET HTTP/1.1",
    }
    for name, line in lines.items():
        yield name, get(line), {400, 505}  # what stands where the version should be is none that is spoken
    yield "version 2.0 (9110, 15.6.6)", get(b"GET /system/info HTTP/2.0"), {505, 400}
    yield "version 0.9", get(b"GET /system/info HTTP/0.9"), {505, 400}
    yield "a tunnel (9110, 9.3.6)", get(b"CONNECT 127.0.0.1:22 HTTP/1.1"), {400, 405, 501}
    yield "the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\x12\x04" + b"\0" * 23, {400, 505}
    fields = {
        "white space before the first field (9112, 2.2)": b" X: y\r\n" + HOST,
        "a field without a name (9112, 5)": HOST + b": y\r\n",
        "a space before the colon (9112, 5.1)": HOST + b"X : y\r\n",
        "a name of 8 bits (9110, 5.1)": HOST + b"X\xe9: y\r\n",
        "a NUL in a name": HOST + b"X\0: y\r\n",
        "a NUL in a value (9110, 5.5)": HOST + b"X: a\0b\r\n",
        "a bare CR in a value (9112, 2.2)": HOST + b"X: a\rb\r\n",
        "a bare CR before the end (9112, 2.2)": HOST + b"X: a\r\r\n",
        "a line without a colon": HOST + b"Xy\r\n",
        "two equal hosts (9112, 3.2)": HOST + HOST,
        "a host with a space (9112, 3.2)": b"Host: 127.0.0.1 evil.example\r\n",
        "a host with a path (9112, 3.2)": b"Host: 127.0.0.1/evil.example\r\n",
        "a host with a user (9112, 3.2)": b"Host: user@127.0.0.1\r\n",
        "a host with a comma (9112, 3.2)": b"Host: 127.0.0.1, evil.example\r\n",
        "a host with a port that is none (9112, 3.2)": b"Host: 127.0.0.1:80x\r\n",
        "a host with half a bracket (9112, 3.2)": b"Host: [::1\r\n",
        "no host (9112, 3.2)": b"X: y\r\n",
    }
    for name, headers in fields.items():
        yield name, get(headers=headers), {400}
    yield "65 fields", get(headers=HOST + b"".join(b"X-%d: y\r\n" % number for number in range(64))), {431}
    yield "a head of 9 KiB", get(headers=HOST + b"X: " + b"y" * 9216 + b"\r\n"), {431}
    yield "a head of 9 KiB in one target", get(b"GET /" + b"y" * 9216 + b" HTTP/1.1"), {400, 414, 431}


def must_refuse_bodies():
    lengths = (b"-0", b"+0", b" 5 5", b"5;", b"5 ,", b"0x5", b"5e0", b"5.0", b"18446744073709551616", b"9" * 200, b"\xb2", b"5, 6", b"5,,6", b"5\t6", b",")
    for value in lengths:
        yield f"a length of {value[:24]!r} (9112, 6.3)", post(JSON + b"Content-Length: " + value + b"\r\n", b"{}"), {400}
    yield "three lengths, one other (9112, 6.3)", post(JSON + b"Content-Length: 2\r\n" * 2 + b"Content-Length: 3\r\n", b"{}"), {400}
    yield "a length in the name's other case too", post(JSON + b"content-length: 2\r\nCONTENT-LENGTH: 3\r\n", b"{}"), {400}
    codings = (b"chunked, chunked", b"gzip, chunked", b"chunked, gzip", b"chunked;q=1", b'"chunked"', b"\x0cchunked", b"chunked\x0b", b"chunke", b"chunked,", b",chunked", b"identity", b"")
    for value in codings:
        yield f"a coding of {value!r} (9112, 6.1)", post(JSON + b"Transfer-Encoding: " + value + b"\r\n", b"2\r\n{}\r\n0\r\n\r\n"), {400, 501}
    sizes = (b"+2", b"-2", b"0x2", b"", b" ", b"2 2", b"2h", b"\xb2", b"10000000000000002", b"fffffffffffffffff", b"2\0", b"2;a\0b", b"2;a\rb")
    for value in sizes:
        yield f"a chunk of size {value!r} (9112, 7.1)", post(CHUNKED, value + b"\r\n{}\r\n0\r\n\r\n"), {400}
    yield "a chunk of 2^64 - 1 bytes", post(CHUNKED, b"ffffffffffffffff\r\n" + b" " * 65536), {400, 413}
    broken = {
        "a chunk ends by LF (9112, 7.1)": b"2\r\n{}\n0\r\n\r\n",
        "a size line ends by LF (9112, 7.1)": b"2\n{}\r\n0\r\n\r\n",
        "the last size line ends by LF": b"2\r\n{}\r\n0\n\r\n",
        "a size line ends by CR": b"2\r{}\r\n0\r\n\r\n",
        "a chunk is a byte longer than its size": b"2\r\n{} \r\n0\r\n\r\n",
        "a trailer that is no field": b"2\r\n{}\r\n0\r\nnonsense\r\n\r\n",
        "a trailer with a NUL": b"2\r\n{}\r\n0\r\nX: a\0\r\n\r\n",
        "a trailer of white space": b"2\r\n{}\r\n0\r\n X: y\r\n\r\n",
    }
    for name, body in broken.items():
        yield name, post(CHUNKED, body), {400}
    yield "trailers of 100 fields", post(CHUNKED, b"2\r\n{}\r\n0\r\n" + b"X: y\r\n" * 100 + b"\r\n"), {400, 431}
    yield "a size line of 70 KiB", post(CHUNKED, b"2;" + b"x" * 71_680 + b"\r\n{}\r\n0\r\n\r\n"), {400, 431}


def must_close():
    """The framing may be taken or refused, but the connection ends with the answer (9112, 6.1 and 9.3)."""
    for keep in (b"", b"Connection: keep-alive\r\n"):
        yield "chunks in HTTP/1.0, " + (keep.decode().strip() or "nothing said"), post(CHUNKED + keep, b"2\r\n{}\r\n0\r\n\r\n", version=b"1.0")
    yield "HTTP/1.0", get(b"GET /system/info HTTP/1.0", b"")
    yield "Connection: close", get(headers=HOST + b"Connection: close\r\n")
    yield "Connection: close among others", get(headers=HOST + b"Connection: x, ClOsE ,y\r\n")
    yield "close and keep-alive", get(headers=HOST + b"Connection: keep-alive\r\nConnection: close\r\n")


def must_take():
    """(name, bytes): answered with 200, and the request behind it too."""
    yield "an empty line before the request (9112, 2.2)", b"\r\n" + get()
    yield "a target with a scheme (9112, 3.2.2)", get(b"GET http://127.0.0.1/system/info HTTP/1.1")
    yield "HTTP/1.0 with keep-alive", get(b"GET /system/info HTTP/1.0", b"Connection: keep-alive\r\n")
    yield "an empty query", get(b"GET /system/info? HTTP/1.1")
    yield "tabs and spaces around a value (9112, 5.1)", get(headers=b"hOST:\t 127.0.0.1 \t \r\n")
    yield "a host with a port", get(headers=b"Host: node.example:7845\r\n")
    yield "an IPv6 host", get(headers=b"Host: [::1]:7845\r\n")
    yield "an empty field", get(headers=HOST + b"X:\r\n")
    yield "64 fields", get(headers=HOST + b"".join(b"X-%d: y\r\n" % number for number in range(63)))
    yield "a head of 8 KiB", get(headers=HOST + b"X: " + b"y" * 8000 + b"\r\n")
    yield "an upgrade to WebSocket (9110, 7.8: may be ignored)", get(headers=HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
                                                                    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
    yield "an upgrade to h2c", get(headers=HOST + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n")
    yield "an empty body by length", post(JSON + b"Content-Length: 0\r\n")
    yield "no length at all (9112, 6.3)", post(b"")
    yield "leading zeros of a size", post(CHUNKED, b"0000000000000002\r\n{}\r\n000\r\n\r\n")
    yield "extensions (9112, 7.1.1)", post(CHUNKED, b'2;a;b=c;d="e f"\r\n{}\r\n0;z\r\n\r\n')
    yield "a chunk for each byte", post(CHUNKED, b"".join(b"1\r\n%c\r\n" % byte for byte in b'{"a": [1, 2]}') + b"0\r\n\r\n")
    yield "trailers (9110, 6.5)", post(CHUNKED, b"2\r\n{}\r\n0\r\nX: y\r\nDigest: z\r\n\r\n")
    yield "upper case", post(JSON + b"TRANSFER-ENCODING: CHUNKED\r\n", b"A\r\n{        }\r\n0\r\n\r\n")


def may_do_either():
    """Taken or refused, but with one mind: what is refused ends the connection, what is taken leaves the next request in its place."""
    yield "HTTP/1.2, which is HTTP/1.1 and more (9110, 2.5)", get(b"GET /system/info HTTP/1.2")
    yield "a size line of 20 KiB", post(CHUNKED, b"2;" + b"x" * 20_480 + b"\r\n{}\r\n0\r\n\r\n")
    yield "a folded field (9112, 5.2)", get(headers=HOST + b"X: a\r\n b\r\n")
    yield "a folded length (9112, 5.2)", post(JSON + b"Content-Length:\r\n 2\r\n", b"{}")
    yield "a folded coding (9112, 5.2)", post(JSON + b"Transfer-Encoding:\r\n chunked\r\n", b"2\r\n{}\r\n0\r\n\r\n")
    yield "lines that end by LF (9112, 2.2)", get().replace(b"\r\n", b"\n")
    yield "a head whose last line ends by LF", get()[:-2] + b"\n"
    yield "one field ends by LF", get(headers=b"X: y\n" + HOST)
    yield "equal lengths (9112, 6.3)", post(JSON + b"Content-Length: 2\r\nContent-Length: 2\r\n", b"{}")
    yield "equal lengths in one (9112, 6.3)", post(JSON + b"Content-Length: 2, 2\r\n", b"{}")
    yield "a length with zeros", post(JSON + b"Content-Length: 00000000002\r\n", b"{}")
    yield "white space behind a size (9112, 7.1.1)", post(CHUNKED, b"2 \r\n{}\r\n0\r\n\r\n")
    yield "a trailer that is a length (9110, 6.5.1)", post(CHUNKED, b"2\r\n{}\r\n0\r\nContent-Length: 77\r\n\r\n")
    yield "a trailer that is a host", post(CHUNKED, b"2\r\n{}\r\n0\r\nHost: evil.example\r\n\r\n")
    yield "an empty chunk extension", post(CHUNKED, b"2;\r\n{}\r\n0\r\n\r\n")
    yield "a length with GET", get(headers=HOST + b"Content-Length: 2\r\n") + b"{}"
    yield "an unknown expectation (9110, 10.1.1)", get(headers=HOST + b"Expect: the-spanish-inquisition\r\n")
    yield "a GET that expects to go on", get(headers=HOST + b"Expect: 100-continue\r\n")
    yield "an absolute target with a user", get(b"GET http://u:p@127.0.0.1/system/info HTTP/1.1")
    yield "an empty host (9112, 3.2)", get(headers=b"Host:\r\n")


def told(node, data, seconds=SLACK):
    """(statuses but that of the second request, whether that was answered, how it ended) of bytes and the second request."""
    with Wire(node.port) as wire:
        wire.send(data + SECOND)
        found = []
        try:
            while not any(answer.mark == b"second" for answer in found):
                found.append(wire.answer())
            wire.socket.settimeout(0.02)
            wire.answer()
            end = "more"
        except Cut as cut:
            end = cut.how
        except TimeoutError:
            end = "silent"
    return [answer.status for answer in found if answer.mark != b"second"], any(answer.mark == b"second" for answer in found), end


def check_framing(checks, node):
    for name, data, allowed in (*must_refuse(), *must_refuse_bodies()):
        statuses, is_second, end = told(node, data)
        # A reset may take the refusal of a client that goes on sending.
        is_refused = len(statuses) == 1 and statuses[0] in allowed or not statuses and end == "reset"
        checks.check(f"refused, and nothing behind it is read: {name}", is_refused and not is_second and end in CLOSED, (statuses, is_second, end))
    for name, data in must_close():
        statuses, is_second, end = told(node, data)
        checks.check(f"the connection ends: {name}", len(statuses) == 1 and not is_second and end in CLOSED, (statuses, is_second, end))
    for name, data in must_take():
        found = told(node, data)
        checks.check(f"taken, and the next request too: {name}", found == ([200], True, "silent"), found)
    for name, data in may_do_either():
        statuses, is_second, end = told(node, data)
        is_taken = len(statuses) == 1 and statuses[0] < 500 and is_second and end == "silent"
        is_refused = len(statuses) == 1 and statuses[0] in (400, 413, 417, 431, 505) and not is_second and end in CLOSED
        checks.check(f"of one mind: {name}", is_taken or is_refused, (statuses, is_second, end))


def check_methods(checks, node):
    cases = [(b"BREW", 501), (b"get", 501), (b"TRACE", 501), (b"PROPFIND", 501), (b"PUT", 405), (b"DELETE", 405), (b"POST", 405)]
    with Wire(node.port) as wire:
        for method, wanted in cases:
            wire.send(request(method, b"/system/info"))
            answer = wire.answer()
            is_right = answer.status == wanted and (wanted != 405 or b"allow" in answer.headers)
            checks.check(f"{method.decode()} of a path that has none: {wanted} (9110, 9.1)", is_right, answer)
        wire.send(request(b"OPTIONS", b"*") + request(b"HEAD", b"/no/such/path"))
        checks.equal("OPTIONS * (9110, 9.3.7)", wire.answer().status, 204)
        checks.equal("HEAD has no body, of a refusal neither", (wire.answer("HEAD").status, wire.buffer), (404, b""))
        wire.send(SECOND)
        checks.equal("the connection goes on", wire.answer().status, 200)


def check_trailers(checks, node):
    """What is said behind a body is no field of the request (9110, 6.5.1)."""
    body = b"2\r\n{}\r\n0\r\nIdempotency-Key: from-a-trailer\r\nX-Api-Key: nonsense\r\n\r\n"
    with Wire(node.port) as wire:
        first_and_second = []
        for _ in range(2):
            wire.send(post(CHUNKED, body))
            first_and_second.append(wire.answer())
        checks.equal("trailers name no Idempotency-Key", [b"idempotency-replayed" in each.headers for each in first_and_second], [False] * 2)
        checks.equal("and no credentials", [each.status for each in first_and_second], [200] * 2)
        wire.send(post(b"Transfer-Encoding: chunked\r\nContent-Type: text/plain\r\n", b"2\r\n{}\r\n0\r\nContent-Type: application/json\r\n\r\n"))
        checks.equal("and no content type", wire.answer().status, 400)


def check_expectations(checks, node):
    with Wire(node.port) as wire:
        wire.send(post(JSON + b"Expect: 100-continue\r\nContent-Length: 2\r\n"))
        checks.equal("who waits is told to go on", wire._line(), b"HTTP/1.1 100 Continue")
        wire._line()
        wire.send(b"{}")
        checks.equal("and answered", wire.answer().status, 200)
        wire.send(post(JSON + b"Expect: 100-continue\r\nContent-Length: 99999999\r\n"))
        checks.equal("a body that is too large is refused before it is sent", wire._line(), b"HTTP/1.1 413 Content Too Large")


def check_mixed_pipeline(checks, node):
    """1,000 requests, good and bad: each is answered in its turn; behind one whose end is in doubt nothing is."""
    kinds = [
        (200, request, (b"GET", b"/system/info")), (404, request, (b"GET", b"/no/such/path")), (405, request, (b"PUT", b"/system/info")),
        (400, request, (b"GET", b"/ledger/blocks?limit=-1")), (400, request, (b"POST", b"/identity/session", b"{")),
        (400, request, (b"POST", b"/economics/mana/transfer", b"[]")), (401, request, (b"GET", b"/system/config")),
        (413, request, (b"POST", b"/identity/session", b"x" * 20_000)), (200, request, (b"POST", b"/identity/session", b"{}")),
        (401, request, (b"GET", b"/system/info", b"", b"Authorization: Bearer nonsense\r\n")), (204, request, (b"OPTIONS", b"/system/info")),
    ]
    wanted, data = [], []
    for number in range(1000):
        status, make, (method, path, *rest) = kinds[number * 7 % len(kinds)]
        body, headers = (*rest, b"", b"")[:2]
        mark = b"p-%d" % number
        data.append(make(method, path, body, headers + b"X-Correlation-Id: " + mark + b"\r\n"))
        wanted.append((status, mark))

    def send_all(wire, messages, ends):
        wire.send(b"".join(messages))
        if ends:
            wire.end_sending()

    def sent(messages, ends):
        with Wire(node.port) as wire:
            sender = threading.Thread(target=send_all, args=(wire, messages, ends), daemon=True)
            sender.start()
            found, end = wire.answers_to_end(SLACK if ends else 2)
            sender.join(5)
            return [(answer.status, answer.mark) for answer in found], end

    found, end = sent(data, True)
    checks.check("1,000 requests of a half-closed connection are answered in order, then it ends", found == wanted and end == "closed",
                 (len(found), end, [pair for pair in zip(found, wanted) if pair[0] != pair[1]][:3]))
    for place in (0, 1, 500, 999):
        broken = data[:place] + [post(JSON + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n")] + data[place:]
        found, end = sent(broken, False)
        is_right = found[:place] == wanted[:place] and [status for status, _ in found[place:]] == [400] and end in CLOSED
        checks.check(f"behind a message without a certain end nothing is answered ({place})", is_right, (len(found), found[place:place + 3], end))
    found, end = sent(data[:100] + [b"GET /system/info HT"], True)
    checks.check("a request that breaks off behind 100", found[:100] == wanted[:100] and [status for status, _ in found[100:]] in ([], [400], [408])
                 and end in CLOSED, (len(found), found[100:], end))


def check_slow(checks, node, header_secs):
    """Heads and size lines that come a byte at a time."""
    heads = [b"GET /system/info HTTP/1.1\r\nX: ", post(CHUNKED)[:-4], b"\r\n", b"G"]
    wires, started, ends = [Wire(node.port) for _ in range(60)], time.monotonic(), {}
    for number, wire in enumerate(wires):
        wire.send(heads[number % len(heads)])
    while len(ends) < len(wires) and time.monotonic() - started < header_secs + SLACK:
        for number, wire in enumerate(wires):
            if number in ends:
                continue
            wire.send(b"\r\n" if number % len(heads) == 2 else b"a")
            wire.socket.settimeout(0.001)
            try:
                ends[number] = wire.answer().status
            except Cut as cut:
                if cut.how != "silent":
                    ends[number] = cut.how
        time.sleep(0.05)
    checks.check("60 clients that send a byte at a time are cut", len(ends) == 60 and set(ends.values()) <= {408, 400, 431, *CLOSED}, ends)
    for wire in wires:
        wire.close()


def main():
    checks = Checks()
    say("messages whose beginning and end deceive")
    header_secs = 2
    settings = {"http.header_timeout_ms": header_secs * 1000, "rate_limit.failures": 0, "log.level": "error"}
    with icn_node.Node(settings=settings) as node:
        process = Process(node)
        told(node, get())
        files, memory, height = process.files(), process.memory(), node.height()
        witness = Witness(node)
        for part in (check_framing, check_methods, check_trailers, check_expectations, check_mixed_pipeline):
            part(checks, node)
        check_slow(checks, node, header_secs)
        witness.end(checks, "framing", 1)
        process.settles(checks, files)
        grown = process.memory() - memory
        checks.check("the memory is as before", grown < 64 * MIB, f"{grown / MIB:.0f} MiB more")
        checks.equal("nothing was done", node.height(), height)
        checks.equal("the node stops", node.stop(), 0)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
