"""The application is killed at every call a CometBFT makes of it: before it sees the call, and after it has answered but
nobody has heard. The chain goes on each time, with every transaction once, and an empty application given the same
blocks again comes to the same state.
"""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from abci_proxy import Proxy, dies_with_us
from world import BINARY, Checks, engine_program, free_ports, say

NETWORK = "kill-chain"
POINTS = [(call, when) for call in ("info", "init_chain", "prepare_proposal", "process_proposal", "finalize_block", "commit") for when in ("before", "after")]
COMETBFT = engine_program()


def surroundings():
    """The program refuses ICN_* variables that are no settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ICN_")}


class Chain:
    """A CometBFT with one validator, the application `icn abci`, and a proxy between them that kills it."""

    def __init__(self, folder):
        self.folder = folder
        self.engine_home = folder / "engine"
        self.rpc = free_ports(1)[0]
        self.point = None  # (call, when): where to kill
        self.killed = threading.Event()
        self.application = self.engine = self.proxy = None
        subprocess.run([COMETBFT, "init", "--home", self.engine_home], check=True, capture_output=True)
        file = self.engine_home / "config" / "genesis.json"
        genesis = json.loads(file.read_text())
        genesis["chain_id"] = NETWORK
        file.write_text(json.dumps(genesis))

    def start(self, home="application"):
        own, between = self.folder / "application.sock", self.folder / "proxy.sock"
        own.unlink(missing_ok=True)
        self.killed.clear()
        log = open(self.folder / "log", "a")
        command = [BINARY, "abci", "--home", self.folder / home, "--address", f"unix://{own}", "--network", NETWORK]
        self.application = subprocess.Popen(command, stdout=log, stderr=log, preexec_fn=dies_with_us, env=surroundings())
        while not own.exists():
            if self.application.poll() is not None:
                raise RuntimeError("icn abci ended: " + (self.folder / "log").read_text()[-2000:])
            time.sleep(0.02)
        self.proxy = Proxy(between, own, lambda name, content: self._pass(name, "before", content), lambda name, content: self._pass(name, "after", content))
        command = [COMETBFT, "node", "--home", self.engine_home, "--proxy_app", f"unix://{between}", "--rpc.laddr", f"tcp://127.0.0.1:{self.rpc}",
                   "--p2p.laddr", "tcp://127.0.0.1:0", "--consensus.create_empty_blocks=false", "--log_level", "error"]
        self.engine = subprocess.Popen(command, stdout=log, stderr=log, preexec_fn=dies_with_us)

    def _pass(self, name, when, content):
        if self.point != (name, when):
            return content
        self.point = None
        self.application.kill()
        self.application.wait()
        self.killed.set()
        return None

    def stop(self):
        for process in (self.engine, self.application):
            if process:
                process.kill()
                process.wait()
        if self.proxy:
            self.proxy.close()

    def call(self, path):
        """The result of an RPC call; None while the engine does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.rpc}/{path}", timeout=10) as answer:
                return json.load(answer).get("result")
        except (OSError, ValueError):
            return None

    def wait_until(self, what, is_so, timeout=30):
        end = time.monotonic() + timeout
        while not (found := is_so()):
            if time.monotonic() > end:
                raise RuntimeError(f"not within {timeout} s: {what}\n" + (self.folder / "log").read_text()[-3000:])
            time.sleep(0.05)
        return found

    def height(self):
        status = self.call("status")
        return int(status["sync_info"]["latest_block_height"]) if status else None

    def send(self, wire):
        return self.call(f"broadcast_tx_sync?tx=0x{wire}")

    def found(self, wire):
        """Where a transaction stands in the chain and what it came to: (height, index, code)."""
        wanted = base64.b64encode(bytes.fromhex(wire)).decode()
        for height in range(1, (self.height() or 0) + 1):
            block, results = self.call(f"block?height={height}"), self.call(f"block_results?height={height}")
            if block and results and wanted in block["block"]["data"]["txs"]:
                index = block["block"]["data"]["txs"].index(wanted)
                return height, index, results["txs_results"][index]["code"]
        return None


def samples(count, *flags):
    done = subprocess.run([BINARY, "tx", "sample", "--hex", "--count", str(count), "--network", NETWORK, *flags], check=True, capture_output=True, text=True, env=surroundings())
    return done.stdout.split()


def over_tcp(checks, chain, wire):
    """The same application for a CometBFT that dials it, and what it does not let into the pool."""
    chain.stop()
    port = free_ports(1)[0]
    log = open(chain.folder / "log", "a")
    command = [BINARY, "abci", "--home", chain.folder / "application", "--address", f"tcp://127.0.0.1:{port}", "--network", NETWORK]
    chain.application = subprocess.Popen(command, stdout=log, stderr=log, preexec_fn=dies_with_us, env=surroundings())
    command = [COMETBFT, "node", "--home", chain.engine_home, "--proxy_app", f"tcp://127.0.0.1:{port}", "--rpc.laddr", f"tcp://127.0.0.1:{chain.rpc}",
               "--p2p.laddr", "tcp://127.0.0.1:0", "--consensus.create_empty_blocks=false", "--log_level", "error"]
    chain.engine = subprocess.Popen(command, stdout=log, stderr=log, preexec_fn=dies_with_us)
    chain.wait_until("the engine serves over TCP", lambda: chain.height() is not None)
    checks.equal("a sample is taken over TCP", chain.send(wire)["code"], 0)
    checks.equal("and done", chain.wait_until("it is committed", lambda: chain.found(wire))[2], 0)
    checks.equal("once", chain.send(wire) is None or chain.send(wire)["code"] != 0, True)
    forged, *more = samples(3, "--invalid")
    checks.equal("each sample is another", len({forged, *more}), 3)
    checks.check("a sample with a wrong signature is not taken", chain.send(forged)["code"] != 0, chain.send(forged))


def killed_at(checks, chain, point, wire):
    """Kills at a point while `wire` is on its way; then everything starts again and it is committed."""
    name = f"{point[1]} {point[0]}"
    if chain.engine is None or point[0] in ("info", "init_chain"):  # these are made at a start only
        chain.stop()
        chain.point = point
        chain.start()
    else:
        chain.wait_until("the engine serves", lambda: chain.height() is not None)
        chain.point = point
        chain.send(wire)
    if not checks.check(f"killed {name}", chain.killed.wait(30)):
        return
    chain.stop()
    chain.start()
    chain.wait_until("the engine serves again", lambda: chain.height() is not None)
    if not chain.found(wire):
        chain.send(wire)  # its pool is gone with the engine
    told = chain.wait_until(f"committed after the kill {name}", lambda: chain.found(wire))
    checks.equal(f"done after the kill {name}", told[2], 0)


def replayed(checks, chain):
    """The engine's blocks once more, to an application that has never seen any."""
    before = chain.call("status")["sync_info"]
    chain.stop()
    chain.start("replayed")
    chain.wait_until("all is replayed", lambda: chain.height() is not None)
    chain.stop()
    heads = []
    for home in ("application", "replayed"):
        done = subprocess.run([BINARY, "--json", "ledger", "verify", "--data", chain.folder / home], capture_output=True, text=True, env=surroundings())
        checks.equal(f"icn ledger verify of {home}", done.returncode, 0)
        heads.append(done.stdout)
    checks.equal("both tell the same", heads[1], heads[0])
    say(f"   {before['latest_block_height']} blocks replayed")


def main():
    checks = Checks()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="icn-abci-"))
    chain = Chain(folder)
    *wires, last = samples(len(POINTS) + 1)
    try:
        order = sorted(range(len(POINTS)), key=lambda i: POINTS[i][0] != "init_chain")  # the chain begins once
        for number, i in enumerate(order):
            if POINTS[i][0] == "init_chain" and number > 0:
                chain.stop()
                shutil.rmtree(folder / "application", ignore_errors=True)
                subprocess.run([COMETBFT, "unsafe-reset-all", "--home", chain.engine_home], check=True, capture_output=True)
            killed_at(checks, chain, POINTS[i], wires[i])
        results = [chain.found(wire) for i, wire in enumerate(wires) if POINTS[i] != ("init_chain", "before")]
        checks.check("all are in the chain, each once", all(results) and len(set(results)) == len(results), results)
        over_tcp(checks, chain, last)
        replayed(checks, chain)
    finally:
        chain.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
