#!/usr/bin/env python3
"""A large archive is exported by one node and imported by another, each in bounded memory: what passes by once stays in no cache.
`export.py 1024` takes a file of that many MiB."""

import hashlib
import http.client
import json
import random
import sys
import time

import support
import icn_node
from support import load_checks

MIB = 1 << 20


def limits(size):
    """How much the node may grow by an export, and the most it may have resident at either end. What is held against is that an archive of
    N bytes is ever in memory: it would show as N bytes at least. What a node of two busy cores really needs depends on how far the
    engine's own threads fall behind (buffers that wait to be written, pages of a cache), not on the archive: so a bound below the size of the file tells
    the two apart wherever it runs, and one close to what was measured once does not. A large file passes in 200 MiB all the same."""
    return size // 2, 200 * MIB if size >= 1024 * MIB else size


def memory(node, name):
    with open(f"/proc/{node.process.pid}/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(name))


def upload(node, size):
    """A file of random bytes, sent in pieces; its CID."""
    rng = random.Random(support.SEED)
    connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=600)
    headers = {"content-type": "application/octet-stream", "x-api-key": node.operator_key, "content-length": str(size)}
    connection.request("POST", "/dag/files?visibility=public", (rng.randbytes(MIB) for _ in range(size // MIB)), headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    if answer.status != 201:
        raise RuntimeError(f"the file was not stored: {answer.status} {text}")
    return json.loads(text)["cid"]


def export(node, cid):
    """Bytes and the highest resident size meanwhile."""
    with open(f"/proc/{node.process.pid}/clear_refs", "w") as refs:
        refs.write("5")  # the peak begins anew
    connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=600)
    connection.request("GET", "/dag/export/" + cid, headers={"x-api-key": node.operator_key})
    answer = connection.getresponse()
    digest, size = hashlib.sha256(), 0
    while piece := answer.read(MIB):
        digest.update(piece)
        size += len(piece)
    return answer.status, size, digest.hexdigest(), memory(node, "VmHWM:")


def import_from(node, source, cid, size):
    """The archive of `cid`, piece by piece from `source` into `node`: the answer, and the node's highest resident size meanwhile."""
    with open(f"/proc/{node.process.pid}/clear_refs", "w") as refs:
        refs.write("5")
    reader = http.client.HTTPConnection("127.0.0.1", source.port, timeout=600)
    reader.request("GET", "/dag/export/" + cid, headers={"x-api-key": source.operator_key})
    archive = reader.getresponse()
    writer = http.client.HTTPConnection("127.0.0.1", node.port, timeout=600)
    headers = {"content-type": "application/vnd.ipld.car", "x-api-key": node.operator_key, "content-length": str(size)}
    writer.request("POST", "/dag/import", iter(lambda: archive.read(MIB), b""), headers)
    answer = writer.getresponse()
    return answer.status, json.loads(answer.read()), memory(node, "VmHWM:")


def main():
    checks = load_checks()
    size = int(sys.argv[1]) * MIB if len(sys.argv) > 1 else 256 * MIB
    with icn_node.Node() as node:
        cid = upload(node, size)
        checks.equal("the node stops", node.stop(), 0)
        node.start()
        before = memory(node, "VmRSS:")
        started = time.monotonic()
        first = export(node, cid)
        took = time.monotonic() - started
        second = export(node, cid)
        checks.check("the archive holds the file", first[0] == 200 and first[1] > size, first)
        checks.equal("it is the same again", second[:3], first[:3])
        peak = max(first[3], second[3])
        print(f"  {size // MIB} MiB in {took:.1f} s, at most {peak / MIB:.0f} MiB of memory, {before / MIB:.0f} MiB before", flush=True)
        growth_max, peak_max = limits(size)
        checks.check("the export needs little memory", peak < peak_max and peak - before < growth_max, (before, peak))
        with icn_node.Node() as other:
            started = time.monotonic()
            status, taken, peak = import_from(other, node, cid, first[1])
            print(f"  imported in {time.monotonic() - started:.1f} s, at most {peak / MIB:.0f} MiB of memory", flush=True)
            checks.check("another node takes the archive", status == 201 and taken["roots"] == [cid], (status, taken))
            checks.check("the import needs little memory", peak < peak_max, peak)
            checks.equal("what it exports is the same archive", export(other, cid)[:3], first[:3])
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
