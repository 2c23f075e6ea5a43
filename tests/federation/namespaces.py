"""Hosts of their own on one machine: each a network namespace whose only way out is a TUN device, and the network between
them is this process. It decides which packets arrive, so that a host can be behind a firewall or out of another's reach.
Nothing leaves the machine. The addresses are public ones, since AutoNAT takes no others seriously.

    with Network() as network:
        open_host = network.host("11.0.0.1")
        closed = network.host("11.0.0.2", is_firewalled=True)   # hears only from whom it has spoken to
        network.part(open_host, closed)                          # and now not even that
        with closed:                                             # this thread is in its namespace, and what it starts
            ...
"""

import ctypes
import fcntl
import os
import select
import shutil
import struct
import subprocess
import threading

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
TCP, UDP = 6, 17


def why_not():
    """Why hosts cannot be made here; empty: they can."""
    if not shutil.which("ip") or not shutil.which("unshare"):
        return "ip and unshare (iproute2, util-linux) are not installed"
    if os.geteuid() != 0:
        return "making network namespaces needs root"
    done = subprocess.run(["unshare", "-n", "ip", "tuntap", "add", "icn0", "mode", "tun"], capture_output=True, text=True)
    return done.stderr.strip().replace("\n", " ")


def _enter(file):
    if ctypes.CDLL(None, use_errno=True).setns(file, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Host:
    def __init__(self, address, is_firewalled):
        self.address = address
        self.is_firewalled = is_firewalled
        self.spoken_to = set()  # flows it began or answered, as they come back: (protocol, from, port, to, port)
        holder = subprocess.Popen(["unshare", "-n", "sh", "-c", "echo; read _"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        holder.stdout.read(1)
        self.namespace = os.open(f"/proc/{holder.pid}/ns/net", os.O_RDONLY)
        with self:
            self.tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(self.tun, TUNSETIFF, struct.pack("16sH14x", b"icn0", IFF_TUN | IFF_NO_PI))
            for command in (f"addr add {address}/24 dev icn0", "link set icn0 mtu 1400 multicast on up", "link set lo up",
                            "route add 224.0.0.0/4 dev icn0"):
                subprocess.run(["ip", *command.split()], check=True, capture_output=True)
        holder.communicate(b"\n")  # the open file keeps the namespace

    def __enter__(self):
        self.outside = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        _enter(self.namespace)
        return self

    def __exit__(self, *_):
        _enter(self.outside)
        os.close(self.outside)

    def close(self):
        os.close(self.tun)
        os.close(self.namespace)


class Network:
    def __init__(self):
        self.hosts = {}
        self.parted = set()
        self.carried = {}  # packets by (from, to)
        self._wake, self._woken = os.pipe()
        self._carrier = threading.Thread(target=self._carry, daemon=True)
        self._carrier.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.write(self._woken, b"end")
        self._carrier.join()
        for host in self.hosts.values():
            host.close()

    def host(self, address, is_firewalled=False):
        made = Host(address, is_firewalled)
        self.hosts = {**self.hosts, address: made}
        os.write(self._woken, b".")
        return made

    def part(self, one, other):
        self.parted.add(frozenset((one.address, other.address)))

    def _carry(self):
        while True:
            by_file = {host.tun: host for host in self.hosts.values()}
            for file in select.select([self._wake, *by_file], [], [])[0]:
                if file != self._wake:
                    self._packet(by_file[file])
                elif b"end" in os.read(self._wake, 64):
                    return

    def _packet(self, host):
        try:
            packet = os.read(host.tun, 65536)
        except OSError:
            return
        if len(packet) < 24 or packet[0] >> 4 != 4:
            return
        target = ".".join(map(str, packet[16:20]))
        is_multicast = 224 <= packet[16] < 240
        for other in [each for each in self.hosts.values() if is_multicast or each.address == target]:
            if other is not host and self._passes(host, other, packet, is_multicast):
                key = (host.address, other.address)
                self.carried[key] = self.carried.get(key, 0) + 1
                try:
                    os.write(other.tun, packet)
                except OSError:
                    pass  # as on any network

    def _passes(self, source, target, packet, is_multicast):
        if frozenset((source.address, target.address)) in self.parted:
            return False
        header = (packet[0] & 15) * 4
        protocol = packet[9]
        if protocol not in (TCP, UDP):
            return False
        from_port, to_port = struct.unpack_from("!HH", packet, header)
        source.spoken_to.add((protocol, target.address, to_port, source.address, from_port))
        flow = (protocol, source.address, from_port, target.address, to_port)
        return is_multicast or not target.is_firewalled or flow in target.spoken_to
