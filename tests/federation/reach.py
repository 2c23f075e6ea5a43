"""How nodes reach each other: QUIC on loopback; mDNS, AutoNAT, a relay and hole punching between hosts of their own
(namespaces.py), which needs root and is left out, by name, where it is not to be had."""

import contextlib
import sys
import time

import namespaces
from world import Checks, icn_node, peer_id, say

NETWORK = "reach-test"
checks = Checks()


@contextlib.contextmanager
def inside(host):
    """In the namespace of a host, or where we are."""
    if host is None:
        yield
    else:
        with host:
            yield


class Peer:
    """A node on a host, asked from there."""

    def __init__(self, host=None, **settings):
        self.host = host
        own = {"network_id": NETWORK, "http.threads": 1, "mesh.executor": False, "p2p.mdns": False, "p2p.heartbeat_ms": 1000,
               "p2p.gossip.heartbeat_ms": 200, "p2p.connect_timeout_ms": 3000,
               **{"p2p." + name: value for name, value in settings.items()}}
        with inside(host):
            self.node = icn_node.Node(settings=own)
        self.id = peer_id(self.node.did)

    def get(self, path):
        with inside(self.host):
            return self.node.get(path, key=self.node.operator_key).json()

    def address(self, containing):
        return next(each for each in self.get("/network/local-peer-id")["addresses"] if containing in each)

    def connections(self, other):
        """Where the other end of each connection to that peer is."""
        found = [each["connections"] for each in self.get("/network/peers")["items"] if each["peer_id"] == other.id]
        return found[0] if found else []

    def heartbeats(self):
        return self.get("/network/stats")["gossip"]["received"]

    def reachability(self):
        return self.get("/network/stats")["reachability"]

    def close(self):
        self.node.close()


def wait_until(what, is_so, seconds):
    """Whether it came about in time."""
    end = time.monotonic() + seconds
    started = time.monotonic()
    while time.monotonic() < end:
        if is_so():
            say(f"{what}: {time.monotonic() - started:.1f} s")
            return True
        time.sleep(0.1)
    return False


def hear_each_other(*peers):
    """Everyone gets two more heartbeats of others."""
    before = [peer.heartbeats() for peer in peers]
    return wait_until("heartbeats both ways", lambda: all(peer.heartbeats() >= count + 2 for peer, count in zip(peers, before)), 20)


def is_direct(address):
    return "/p2p-circuit" not in address and not address.startswith("/p2p/")


@contextlib.contextmanager
def closing():
    with contextlib.ExitStack() as stack:
        yield lambda *arguments, **settings: stack.enter_context(contextlib.closing(Peer(*arguments, **settings)))


def quic():
    with closing() as peer:
        one = peer(listen="/ip4/127.0.0.1/udp/0/quic-v1")
        other = peer(listen="/ip4/127.0.0.1/udp/0/quic-v1", bootstrap=one.address("/quic-v1"))
        checks.check("two nodes without TCP meet over QUIC", wait_until("QUIC", lambda: other.connections(one), 15), other.node.log())
        used = other.connections(one) + one.connections(other)
        checks.check("and over nothing else", used and all("/quic-v1" in each for each in used), used)
        checks.check("gossip goes both ways over QUIC", hear_each_other(one, other), one.node.log())


def mdns():
    with namespaces.Network() as network, closing() as peer:
        hosts = [network.host(f"11.0.0.{number}") for number in (1, 2, 3)]
        one, other = [peer(host, listen=f"/ip4/{host.address}/tcp/4001", mdns=True) for host in hosts[:2]]
        deaf = peer(hosts[2], listen=f"/ip4/{hosts[2].address}/tcp/4001", mdns=False)
        found = wait_until("mDNS", lambda: one.connections(other) and other.connections(one), 15)
        checks.check("nodes of one local network find each other by mDNS", found, one.node.log())
        checks.check("gossip goes both ways between them", hear_each_other(one, other), one.node.log())
        # Before any of the others could have told of it: nobody knows its address.
        checks.equal("who does not use mDNS is not found", deaf.get("/network/peers")["items"], [])


def reachability():
    with namespaces.Network() as network, closing() as peer:
        public, other = network.host("11.0.0.1"), network.host("11.0.0.2")
        hidden = network.host("11.0.0.3", is_firewalled=True)
        first = peer(public, listen="/ip4/11.0.0.1/tcp/4001")
        checks.equal("nobody was asked yet", first.reachability(), "unknown")
        bootstrap = f"/ip4/11.0.0.1/tcp/4001/p2p/{first.id}"
        second = peer(other, listen="/ip4/11.0.0.2/tcp/4001", bootstrap=bootstrap)
        third = peer(hidden, listen="/ip4/11.0.0.3/tcp/4001", bootstrap=bootstrap)
        checks.check("who can be dialled is public", wait_until("public", lambda: second.reachability() == "public", 60), second.node.log())
        checks.check("who cannot is private", wait_until("private", lambda: third.reachability() == "private", 60), third.node.log())
        checks.equal("the other stays public", second.reachability(), "public")


def relayed(network, peer, is_parted):
    """A relay, and two nodes behind firewalls of whom one dials the other through it. Neither tells its own address to
    anybody, so that what they know of each other they know from the relay."""
    relay_host = network.host("11.0.0.1")
    hosts = [network.host(f"11.0.0.{number}", is_firewalled=True) for number in (2, 3)]
    if is_parted:
        network.part(*hosts)
    relay = peer(relay_host, listen="/ip4/11.0.0.1/tcp/4001", external="/ip4/11.0.0.1/tcp/4001", relay=True)
    circuit = f"/ip4/11.0.0.1/tcp/4001/p2p/{relay.id}/p2p-circuit"
    callee = peer(hosts[0], listen=f"/ip4/11.0.0.2/tcp/4001,{circuit}", hide_listen=True)
    reserved = wait_until("a place at the relay", lambda: any("/p2p-circuit" in each for each in
                                                              callee.get("/network/local-peer-id")["addresses"]), 20)
    checks.check("a node gets a place at a relay and names its address there", reserved, callee.node.log())
    caller = peer(hosts[1], listen="/ip4/11.0.0.3/tcp/4001", bootstrap=f"{circuit}/p2p/{callee.id}", hide_listen=True)
    return relay, callee, caller


def relay():
    with namespaces.Network() as network, closing() as peer:
        third, callee, caller = relayed(network, peer, is_parted=True)
        met = wait_until("a circuit", lambda: caller.connections(callee) and callee.connections(caller), 20)
        checks.check("two nodes that reach nobody but the relay meet through it", met, caller.node.log())
        used = caller.connections(callee) + callee.connections(caller)
        checks.check("no packet went from one to the other", used and not any(map(is_direct, used)), used)
        checks.check("gossip goes both ways through the relay", hear_each_other(callee, caller), caller.node.log())
        checks.equal("the network carried none between them", network.carried.get(("11.0.0.2", "11.0.0.3"), 0), 0)
        third.close()
        gone = wait_until("the relay is gone", lambda: not caller.connections(callee) and not callee.connections(caller), 20)
        checks.check("without the relay they lose each other", gone, caller.connections(callee))


def hole_punching():
    with namespaces.Network() as network, closing() as peer:
        third, callee, caller = relayed(network, peer, is_parted=False)
        direct = lambda: [each for each in caller.connections(callee) if is_direct(each)]  # noqa: E731
        checks.check("a hole is punched: the connection becomes a direct one", wait_until("a hole", direct, 30),
                     f"{caller.connections(callee)}\n{caller.node.log()}\n{callee.node.log()}")
        alone = wait_until("the relayed connection goes", lambda: all(
            each and all(map(is_direct, each)) for each in (caller.connections(callee), callee.connections(caller))), 30)
        checks.check("the relayed connection is given up", alone, caller.connections(callee) + callee.connections(caller))
        third.close()
        time.sleep(1)
        checks.check("they no longer need the relay", hear_each_other(callee, caller), "\n".join(
            f"connections {one.connections(other)}, {one.get('/network/stats')['gossip']}\n{one.node.log()}"
            for one, other in ((callee, caller), (caller, callee))))


names = sys.argv[1:] or ["quic", "mdns", "reachability", "relay", "hole_punching"]
problem = namespaces.why_not()
for name in names:
    if name != "quic" and problem:
        say(f"NOT TESTED {name}: {problem}")
        continue
    started = time.monotonic()
    globals()[name]()
    say(f"{name} took {time.monotonic() - started:.1f} s")
sys.exit(checks.finish())
