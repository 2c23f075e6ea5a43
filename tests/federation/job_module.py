"""A WebAssembly module that talks while it works, put together by hand."""


def number(value):
    """Signed LEB128."""
    out = bytearray()
    while True:
        low, value = value & 0x7F, value >> 7
        if (value, low & 0x40) in ((0, 0), (-1, 0x40)):
            return bytes(out + bytes([low]))
        out.append(low | 0x80)


def items(*parts):
    return number(len(parts)) + b"".join(parts)


def section(code, content):
    return bytes([code]) + number(len(content)) + content


def text(value):
    return number(len(value)) + value.encode()


def talking_module(words=20, work=50_000_000):
    """`words` times: counts to `work`, logs "tick" and reports its progress in per cent; then its result is "done"."""
    i32 = b"\x7f"
    types = items(b"\x60" + items(i32, i32, i32) + items(i32), b"\x60" + items(i32, i32) + items(i32), b"\x60" + items() + items())
    imports = items(*(text("icn") + text(name) + b"\x00" + number(kind)
                      for name, kind in (("log", 0), ("report_progress", 0), ("set_result", 1))))
    code = (b"\x03\x40" b"\x03\x40"                                           # loop loop
            b"\x20\x01\x41\x01\x6a\x22\x01" + b"\x41" + number(work) + b"\x49\x0d\x00\x0b"  # j += 1; again while j < work
            b"\x41\x00\x21\x01" b"\x20\x00\x41\x01\x6a\x21\x00"               # j = 0; i += 1
            b"\x41\x01\x41\x00\x41\x04\x10\x00\x1a"                           # log(1, "tick")
            b"\x20\x00\x41" + number(100) + b"\x6c\x41" + number(words) + b"\x6e"  # i * 100 / words
            b"\x41\x00\x41\x04\x10\x01\x1a"                                   # report_progress(it, "tick")
            b"\x20\x00\x41" + number(words) + b"\x49\x0d\x00\x0b"             # again while i < words
            b"\x41\x08\x41\x04\x10\x02\x1a\x0b")                              # set_result("done")
    body = items(number(2) + i32) + code
    data = b"tick\0\0\0\0done"
    return (b"\0asm\x01\0\0\0" + section(1, types) + section(2, imports) + section(3, items(number(2)))
            + section(5, items(b"\x00\x01")) + section(7, items(text("memory") + b"\x02\x00", text("_start") + b"\x00\x03"))
            + section(10, items(number(len(body)) + body)) + section(11, items(b"\x00\x41\x00\x0b" + number(len(data)) + data)))
