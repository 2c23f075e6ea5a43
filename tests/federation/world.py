"""A federation of real nodes on loopback: made, started, killed and ended by the ids of their own processes."""

import http.client
import json
import os
import pathlib
import shutil
import socket
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "crash"))
import icn_node  # noqa: E402
import relay  # noqa: E402
from support import BINARY, Checks, say, verify  # noqa: E402,F401

NETWORK = "fed-test"


def peer_id(did):
    """The libp2p peer id of a did:key: the identity multihash of its protobuf-coded public key."""
    number = 0
    for letter in did.removeprefix("did:key:z"):
        number = number * 58 + icn_node.BASE58.index(letter)
    public = number.to_bytes(34, "big")[2:]
    return icn_node.base58(b"\x00\x24\x08\x01\x12\x20" + public)


def engine_program():
    """The cometbft that nodes run."""
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "icn/go/bin/cometbft"


def free_ports(count):
    """Ports nobody listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def stop_all(nodes):
    for node in nodes:
        try:
            node.stop()
        except Exception as problem:  # the others are to be ended all the same
            say(f"a node did not stop: {problem}")


def remove(folder):
    """What a test leaves, unless ICN_KEEP is set."""
    if not os.environ.get("ICN_KEEP"):
        shutil.rmtree(folder, ignore_errors=True)


def verify_all(checks, nodes):
    """Their ledgers, once none of them runs any more."""
    for node in nodes:
        node.stop()
    for node in nodes:
        verify(checks, node, "icn ledger verify of " + node.settings["node_name"])


class Federation:
    """`validators` validators, and `followers` more nodes that do not vote. Node 0's DID is the operator. `peers`: they
    meet in a peer network, at node 0. `relays`: all that nodes tell each other runs through `self.relays`."""

    def __init__(self, validators=4, followers=0, profile="development", settings=None, peers=False, relays=False):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="icn-federation-"))
        self.genesis = self.folder / "genesis.json"
        count = validators + followers
        *ports, meeting = free_ports(count + 1)
        self.nodes = []
        self.relays = relay.Relays(self._holder) if relays else None
        for i in range(count):
            own = {"network_id": NETWORK, "node_name": f"node-{i}", "http.threads": 1, "mesh.parallel": 1,
                   "consensus.listen": f"127.0.0.1:{ports[i]}", **(settings or {})}
            if relays:
                own["consensus.external_address"] = f"127.0.0.1:{self.relays.add(i, ports[i])}"
            folder = self.folder / str(i)
            folder.mkdir()
            self.nodes.append(icn_node.Node(BINARY, folder, profile, own, start=False))
        infos = [self._validator(node) for node in self.nodes]
        self._write_genesis(infos[:validators], profile)
        for i, node in enumerate(self.nodes):
            node.settings["consensus.engine"] = "cometbft"
            node.settings["consensus.genesis_file"] = self.genesis
            node.settings["consensus.peers"] = ",".join(each["peer"] for k, each in enumerate(infos) if k != i)
        self.infos = infos
        self.dids = [each["did"] for each in infos]
        if peers:
            self._let_meet([meeting, *(free_ports(count - 1) if relays else [])])

    def _let_meet(self, ports):
        for i, port in enumerate(ports):
            self.nodes[i].settings["p2p.listen"] = f"/ip4/127.0.0.1/tcp/{port}"
            if self.relays:
                ports[i] = self.relays.add(i, port)
                self.nodes[i].settings["p2p.external"] = f"/ip4/127.0.0.1/tcp/{ports[i]}"
                self.nodes[i].settings["p2p.hide_listen"] = True
        for node in self.nodes[1:]:
            node.settings["p2p.bootstrap"] = f"/ip4/127.0.0.1/tcp/{ports[0]}/p2p/{peer_id(self.dids[0])}"

    def _holder(self, inode):
        """The node whose process, or whose CometBFT, has this socket."""
        running = [i for i, node in enumerate(self.nodes) if node.is_running()]
        return next((i for i in running if relay.holds(self.nodes[i].process.pid, inode)), None)

    def _validator(self, node):
        flags = {"profile": node.profile, "data_path": node.data, **node.settings}
        done = node.run("federation", "validator", *[f"--{name}={value}" for name, value in flags.items()])
        if done.returncode != 0:
            raise RuntimeError(f"icn federation validator: {done.stdout}{done.stderr}")
        (node.folder / "validator.json").write_text(done.stdout)
        return json.loads(done.stdout)

    def _write_genesis(self, infos, profile):
        files = [str(node.folder / "validator.json") for node in self.nodes[:len(infos)]]
        options = [item for file in files for item in ("--validator", file)]
        done = self.nodes[0].run("federation", "genesis", "--network", NETWORK, "--profile", profile, *options)
        if done.returncode != 0:
            raise RuntimeError(f"icn federation genesis: {done.stdout}{done.stderr}")
        self.genesis.write_text(done.stdout)

    def __enter__(self):
        try:
            for node in self.nodes:
                node.start()
            self.wait_until("all nodes are ready", lambda: all(is_ready(node) for node in self.nodes))
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        stop_all(self.nodes)
        if self.relays:
            self.relays.close()
        remove(self.folder)

    def wait_until(self, what, is_so, timeout=60):
        """Seconds it took. RuntimeError with the nodes' last lines when it does not come about."""
        started = time.monotonic()
        while not is_so():
            if time.monotonic() - started > timeout:
                logs = "\n".join(f"-- node {i}\n{node.log(15)}{engine_log(node)}" for i, node in enumerate(self.nodes))
                raise RuntimeError(f"not within {timeout} s: {what}\n{logs}")
            time.sleep(0.05)
        return time.monotonic() - started

    def heights(self, nodes=None):
        return [node.height() for node in nodes or self.nodes]

    def wait_for_equal_heights(self, nodes=None, at_least=0, timeout=60):
        nodes = nodes or self.nodes
        return self.wait_until(f"equal heights, at least {at_least}",
                               lambda: len(set(self.heights(nodes))) == 1 and self.heights(nodes)[0] >= at_least, timeout)


def engine_log(node):
    file = node.data / "cometbft" / "cometbft.log"
    return "".join(file.read_text(errors="replace").splitlines(keepends=True)[-8:]) if file.exists() else ""


def ask_engine(node, path):
    """What the node's CometBFT answers, asked at its own socket."""
    connection = http.client.HTTPConnection("localhost", timeout=10)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.settimeout(10)
    connection.sock.connect(str(node.data / "cometbft" / "rpc.sock"))
    connection.request("GET", path)
    answer = json.load(connection.getresponse())["result"]
    connection.close()
    return answer


def engine_status(node):
    return ask_engine(node, "/status")["sync_info"]


def engine_peers(node):
    """How many other engines it is connected to; 0 while it does not answer."""
    try:
        return int(ask_engine(node, "/net_info")["n_peers"])
    except OSError:
        return 0


def is_ready(node):
    try:
        return node.get("/system/ready").status == 200
    except OSError:
        return False


def headers(node):
    """Hashes of all headers by height."""
    out = {}
    for height in range(node.height() + 1):
        answer = node.get(f"/ledger/blocks/{height}")
        assert answer.status == 200, answer
        out[height] = answer.json()["hash"]
    return out
