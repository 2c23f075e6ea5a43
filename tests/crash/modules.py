"""WebAssembly modules of a few dozen bytes, assembled here so that the tests need no compiler.

Each function below says the module in the text format; `program` writes the binary of the specification
(WebAssembly core 2.0, chapter 5).
"""

I32, I64 = 0x7F, 0x7E
PAGE = 65536


def unsigned(number):
    out = b""
    while True:
        byte, number = number & 0x7F, number >> 7
        if not number:
            return out + bytes([byte])
        out += bytes([byte | 0x80])


def signed(number):
    out = b""
    while True:
        byte, number = number & 0x7F, number >> 7
        if (number == 0 and not byte & 0x40) or (number == -1 and byte & 0x40):
            return out + bytes([byte])
        out += bytes([byte | 0x80])


def constant(number):
    return b"\x41" + signed(number)  # i32.const


def _name(text):
    return unsigned(len(text)) + text.encode()


def _section(number, items):
    body = unsigned(len(items)) + b"".join(items)
    return bytes([number]) + unsigned(len(body)) + body if items else b""


def program(code, imports=(), local_count=0, pages=1, data=b"", pages_max=None, result=True):
    """A module whose function `main: [] -> [i32]` is `code` (`_start: [] -> []` when `result` is false).

    imports: (module, name, parameter types, result types); they are functions 0, 1, ... and main comes after them.
    Memory of `pages` is exported; `data` lies at its start.
    """
    types = [b"\x60" + unsigned(len(takes)) + bytes(takes) + unsigned(len(gives)) + bytes(gives)
             for _, _, takes, gives in imports]
    types.append(b"\x60\x00" + (b"\x01\x7f" if result else b"\x00"))
    imported = [_name(module) + _name(name) + b"\x00" + unsigned(index)
                for index, (module, name, _, _) in enumerate(imports)]
    local = b"\x01" + unsigned(local_count) + b"\x7f" if local_count else b"\x00"
    body = local + code + b"\x0b"
    limits = b"\x00" + unsigned(pages) if pages_max is None else b"\x01" + unsigned(pages) + unsigned(pages_max)
    exports = [_name("main" if result else "_start") + b"\x00" + unsigned(len(imports)), _name("memory") + b"\x02\x00"]
    segments = [b"\x00" + constant(0) + b"\x0b" + unsigned(len(data)) + data] if data else []
    return (b"\0asm\1\0\0\0" + _section(1, types) + _section(2, imported) + _section(3, [unsigned(len(imports))])
            + _section(5, [limits]) + _section(7, exports) + _section(10, [unsigned(len(body)) + body])
            + _section(11, segments))


def counting(rounds):
    """Counts down from `rounds` and answers 0.
    (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"""
    return program(constant(rounds) + b"\x21\x00\x03\x40\x20\x00\x41\x01\x6b\x22\x00\x0d\x00\x0b\x20\x00", local_count=1)


def endless_loop():
    """(loop (br 0)) (unreachable)"""
    return program(b"\x03\x40\x0c\x00\x0b\x00")


def endless_recursion():
    """(func $main (result i32) (i32.add (call $main) (i32.const 1)))"""
    return program(b"\x10\x00\x41\x01\x6a")


def memory_bomb():
    """Grows its memory and writes to each new page for ever; where growing fails, goes on trying.
    (local 0: the address of the next page)
    (loop (if (i32.ne (memory.grow (i32.const 1)) (i32.const -1))
            (then (i32.store (local.get 0) (i32.const 1)) (local.set 0 (i32.add (local.get 0) (i32.const 65536)))))
          (br 0)) (unreachable)"""
    grow = b"\x41\x01\x40\x00\x41\x7f\x47"
    touch = b"\x20\x00\x41\x01\x36\x02\x00\x20\x00" + constant(PAGE) + b"\x6a\x21\x00"
    return program(b"\x03\x40" + grow + b"\x04\x40" + touch + b"\x0b\x0c\x00\x0b\x00", local_count=1)


def trap():
    """(unreachable)"""
    return program(b"\x00")


def divide_by_zero():
    """(i32.div_s (i32.const 1) (i32.const 0))"""
    return program(b"\x41\x01\x41\x00\x6d")


def stdout_flood():
    """Writes its whole memory of 1 MiB to standard output for ever.
    (loop (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))) (br 0))
    At 0 stands the vector: address 16, length 1048560."""
    call = constant(1) + constant(0) + constant(1) + constant(8) + b"\x10\x00\x1a"
    vector = (16).to_bytes(4, "little") + (16 * PAGE - 16).to_bytes(4, "little")
    return program(b"\x03\x40" + call + b"\x0c\x00\x0b", [("wasi_snapshot_preview1", "fd_write", [I32] * 4, [I32])],
                   pages=16, data=vector, result=False)


def wild_pointers():
    """Gives host functions pointers and lengths outside its memory, one after the other; answers the last code.
    (drop (call $sha256 (i32.const -8) (i32.const -1) (i32.const -4) (i32.const 32))) ..."""
    calls = b""
    for pointer, length in ((-8, -1), (PAGE - 1, 2), (0x7FFFFFFF, 0x7FFFFFFF), (0, -1), (-1, 0)):
        calls += constant(pointer) + constant(length) + constant(-4) + constant(32) + b"\x10\x00\x1a"  # sha256
        calls += constant(1) + constant(pointer) + constant(length) + b"\x10\x01\x1a"  # log
        calls += constant(pointer) + constant(length) + b"\x10\x02\x1a"  # random
    vector = constant(1) + constant(-16) + constant(0x10000) + constant(-1) + b"\x10\x03"  # fd_write
    return program(calls + vector, WILD_IMPORTS)


WILD_IMPORTS = [("icn", "sha256", [I32] * 4, [I32]), ("icn", "log", [I32] * 3, [I32]), ("icn", "random", [I32] * 2, [I32]),
                ("wasi_snapshot_preview1", "fd_write", [I32] * 4, [I32])]
