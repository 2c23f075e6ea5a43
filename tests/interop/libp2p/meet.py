"""Starts a node and lets the JavaScript of this folder meet it: meet.py FOLDER-WITH-PACKAGES check|hostile|transports|mdns"""

import contextlib
import pathlib
import socket
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE.parents[1] / "lib"), str(HERE.parents[1] / "federation")]
import icn_node  # noqa: E402
import namespaces  # noqa: E402

RATE, BURST = 10, 50  # of requests: low enough for a flood made of JavaScript
HOST = "10.77.0.1"  # a private one: the foreign peer tells no others by mDNS


def meet(folder, name, settings, arguments=()):
    with icn_node.Node(settings={"p2p.heartbeat_ms": 1000, "p2p.max_per_address": 50, **settings}) as node:
        command = ["node", f"{folder}/{name}.mjs", node.url, node.operator_key, node.network, *map(str, arguments)]
        return subprocess.run(command).returncode


def free_address():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"/ip4/127.0.0.1/tcp/{free.getsockname()[1]}"


def main(folder, name):
    if name == "hostile":
        return meet(folder, name, {"p2p.requests.rate": RATE, "p2p.requests.burst": BURST}, (RATE, BURST))
    if name == "transports":
        over_tcp = free_address()
        return meet(folder, name, {"p2p.relay": True, "p2p.external": over_tcp,
                                   "p2p.listen": f"{over_tcp},/ip4/127.0.0.1/udp/0/quic-v1"})
    if name != "mdns":
        return meet(folder, name, {"p2p.topics": "bakers"})
    if problem := namespaces.why_not():
        print(f"NOT TESTED mdns: {problem}\n0 passed, 0 failed")
        return 0
    with contextlib.ExitStack() as stack:
        network = stack.enter_context(namespaces.Network())
        stack.enter_context(network.host(HOST))
        return meet(folder, name, {"p2p.listen": f"/ip4/{HOST}/tcp/0", "p2p.mdns": True})


sys.exit(main(*sys.argv[1:]))
