"""archive.py FILE: a DID's archive (CARv1, docs/formats/identity.md) as JSON: its root, in which each link to a DAG-CBOR block of
the archive is the block itself; other links are their CID in hex. Reads CAR and CBOR with nothing of icn.
"""

import hashlib
import json
import sys

DAG_CBOR = 0x71


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def cbor(data, at):
    first = data[at]
    kind, info = first >> 5, first & 31
    at += 1
    if kind == 7:
        return {20: False, 21: True, 22: None}[info], at
    size = 0 if info < 24 else 1 << (info - 24)
    count = info if info < 24 else int.from_bytes(data[at:at + size], "big")
    at += size
    if kind == 0:
        return count, at
    if kind == 1:
        return -1 - count, at
    if kind in (2, 3):
        text = data[at:at + count]
        return (text.decode() if kind == 3 else text), at + count
    if kind == 4:
        items = []
        for _ in range(count):
            item, at = cbor(data, at)
            items.append(item)
        return items, at
    if kind == 5:
        members = {}
        for _ in range(count):
            name, at = cbor(data, at)
            members[name], at = cbor(data, at)
        return members, at
    assert kind == 6 and count == 42, (kind, count)
    link, at = cbor(data, at)
    return ("link", link[1:]), at


def main(path):
    with open(path, "rb") as file:
        data = file.read()
    size, at = varint(data, 0)
    header, _ = cbor(data[at:at + size], 0)
    at += size
    blocks = {}
    while at < len(data):
        size, at = varint(data, at)
        section = data[at:at + size]
        at += size
        cid, block = section[:36], section[36:]
        assert cid[0] == 1 and cid[2:4] == b"\x12\x20", "a CIDv1 of SHA-256"
        assert hashlib.sha256(block).digest() == cid[4:], "a block is not what its CID names"
        assert cid not in blocks, "a block stands there twice"
        blocks[cid] = block

    def shown(value):
        if isinstance(value, tuple):
            cid = value[1]
            if cid in blocks and cid[1] == DAG_CBOR:
                return shown(cbor(blocks[cid], 0)[0])
            return ("held " if cid in blocks else "") + cid.hex()
        if isinstance(value, bytes):
            return value.hex()
        if isinstance(value, list):
            return [shown(each) for each in value]
        if isinstance(value, dict):
            return {name: shown(each) for name, each in value.items()}
        return value

    print(json.dumps(shown(header["roots"][0])))


main(sys.argv[1])
