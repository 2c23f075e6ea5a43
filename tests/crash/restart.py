#!/usr/bin/env python3
"""Stopping with SIGTERM, and starts that must be refused.

SIGTERM: requests that run are finished and answered, idle connections closed, exit code 0, no write of an answer lost.
Starts: a folder of something else, in use, of a newer version, damaged, that may not be written, a busy port, or the
wrong passphrase is refused with one clear line and an exit code of its own (docs/reference/cli.md), and every file
stays as it was.
That a node that was off for hours expires nobody's job or lock needs a clock that moves: src/node/standstill_test.cc.
"""

import hashlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

from support import BINARY, Checks, Pipe, ask_all, http_request, icn_node, say, store_module, verify
import modules

BAD_SETTINGS, NO_PASSPHRASE, FOREIGN, NEWER, IN_USE, DAMAGED, UNWRITABLE, ADDRESS_IN_USE = range(6, 14)
NOBODY = 65534


def contents(folder):
    """Every file below a folder: name, mode and hash."""
    found = {".": oct(folder.stat().st_mode)}
    for path in sorted(folder.rglob("*")):
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        found[str(path.relative_to(folder))] = (oct(path.stat().st_mode), digest)
    return found


def difference(before, after):
    return {name: (before.get(name), after.get(name)) for name in before.keys() | after.keys()
            if before.get(name) != after.get(name)}


class Refusals:
    def __init__(self, checks, work):
        self.checks, self.work = checks, work
        self.number = 0

    def copy(self, good):
        self.number += 1
        to = self.work / f"case-{self.number}"
        shutil.copytree(good, to)
        return to

    def refused(self, name, data, code, words, settings=(), passphrase=None, watched=None, user=None):
        """A node on `data` ends at once with `code` and one line that has `words`; `watched` keeps its contents."""
        watched = watched or data
        before = contents(watched) if watched.exists() else None
        surroundings = {key: value for key, value in os.environ.items() if not key.startswith("ICN_")}
        profile = "development"
        if passphrase is not None:
            profile = "production"
            surroundings["ICN_KEY_PASSPHRASE"] = passphrase
        command = [BINARY, "node", f"--profile={profile}", f"--data_path={data}"]
        command += settings if any("http_listen_addr" in each for each in settings) else ["--http_listen_addr=127.0.0.1:0", *settings]
        try:
            done = subprocess.run(command, env=surroundings, capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL,
                                  user=user)
        except subprocess.TimeoutExpired as still:
            self.checks.check(f"{name}: is refused", False, f"it runs: {still.stdout}")
            return
        self.checks.equal(f"{name}: exit code", done.returncode, code)
        lines = [line for line in done.stderr.splitlines() if line.startswith("icn: ")]
        self.checks.check(f"{name}: one line that says why", len(lines) == 1 and all(word in lines[0] for word in words)
                          and not done.stdout, done.stderr + done.stdout)
        if before is None:
            self.checks.check(f"{name}: nothing was made", not watched.exists(), watched)
        else:
            self.checks.equal(f"{name}: nothing was touched", difference(before, contents(watched)), {})


def filled(node):
    """A node that has written and stopped; its data folder."""
    alice, bob = node.member("alice"), node.member("bob")
    for _ in range(3):
        answer = node.post("/economics/mana/transfer", alice.transaction(node, "economics.transfer", {"to": bob.did, "amount": 1}))
        if answer.status != 200:
            raise RuntimeError(f"no transfer: {answer}")
    node.stop()
    return node.data


def damage(path):
    """Overwrites the middle of a file."""
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle:middle + 16] = bytes(byte ^ 0xFF for byte in data[middle:middle + 16])
    path.write_bytes(data)


def newer(data, store):
    marker = data / store / "ICN_STORE"
    text = marker.read_text()
    if "schema 1\n" not in text:
        raise RuntimeError(f"another marker: {text}")
    marker.write_text(text.replace("schema 1\n", "schema 9\n"))
    return data


def check_addresses(checks, refusals, node, good):
    """The port of another program, and that of another node of the same user, whom SO_REUSEPORT would let share it."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        here = [f"--http_listen_addr=127.0.0.1:{port}"]
        refusals.refused("a busy port", refusals.copy(good), ADDRESS_IN_USE, [str(port), "http_listen_addr"], here)
        refusals.refused("a busy port, no folder yet", refusals.work / "new", ADDRESS_IN_USE, [str(port)], here)
    node.start()
    here = [f"--http_listen_addr=127.0.0.1:{node.port}"]
    refusals.refused("the port of another node", refusals.copy(good), ADDRESS_IN_USE, [str(node.port), "http_listen_addr"], here)
    checks.equal("the node that listens there goes on", node.get("/system/ready").status, 200)
    node.stop()


def check_unwritable(refusals, good):
    data = refusals.copy(good)
    user = NOBODY if os.geteuid() == 0 else None
    if user is None:
        data.chmod(0o500)
    else:
        try:
            subprocess.run([BINARY, "--version"], user=user, capture_output=True, check=True)
        except (OSError, subprocess.CalledProcessError) as problem:
            say(f"  skipped: an unwritable folder (root may write anywhere, and user {user} cannot run icn: {problem})")
            return
        data.chmod(0o755)
        refusals.work.chmod(0o755)
    refusals.refused("an unwritable folder", data, UNWRITABLE, [str(data), "cannot be written"], user=user)
    refusals.refused("a folder that cannot be made", data / "keys.json" / "data", UNWRITABLE, ["cannot make"], watched=data, user=user)


def check_refusals(checks, work):
    refusals = Refusals(checks, work)
    foreign = work / "home"
    foreign.mkdir(mode=0o755)
    (foreign / "diary.txt").write_text("dear diary\n")
    refusals.refused("a folder of something else", foreign, FOREIGN, ["home", "diary.txt"])
    with icn_node.Node() as node:
        good = filled(node)
        letters = work / "letters"
        letters.mkdir()
        (letters / "letter.txt").write_text("dear friend\n")
        refusals.refused("storage.path in a folder of something else", refusals.copy(good), FOREIGN, ["letters", "letter.txt"],
                         [f"--storage.path={letters}"], watched=letters)
        node.start()
        refusals.refused("a folder in use", node.data, IN_USE, ["in use", "stop that node"])
        checks.equal("the node that uses it goes on", node.get("/system/ready").status, 200)
        node.stop()
        refusals.refused("a ledger of a newer version", newer(refusals.copy(good), "store"), NEWER, ["schema 9", "update icn"])
        data = refusals.copy(good)
        (data / "store" / "rocksdb" / "CURRENT").write_text("nonsense\n")
        refusals.refused("a damaged CURRENT", data, DAMAGED, ["is damaged", "backup"])
        data = refusals.copy(good)
        next((data / "store" / "rocksdb").glob("*.sst")).unlink()
        refusals.refused("a missing table file", data, DAMAGED, ["is damaged", "backup"])
        data = refusals.copy(good)
        damage(next((data / "store" / "rocksdb").glob("MANIFEST-*")))
        refusals.refused("a damaged MANIFEST", data, DAMAGED, ["is damaged", "backup"])
        data = refusals.copy(good)
        shutil.rmtree(data / "store" / "rocksdb")
        refusals.refused("a store without its files", data, DAMAGED, ["is damaged", "backup"])
        data = refusals.copy(good)
        (data / "store" / "ICN_STORE").write_text("something\n")
        refusals.refused("a damaged marker", data, DAMAGED, ["ICN_STORE"])
        data = refusals.copy(good)
        (data / "keys.json").write_text("{")
        refusals.refused("a damaged key store", data, DAMAGED, ["keys.json", "damaged"])
        check_addresses(checks, refusals, node, good)
        check_unwritable(refusals, good)
        refusals.refused("a wrong setting", refusals.copy(good), BAD_SETTINGS, ["mesh.parallel"], ["--mesh.parallel=many"])
        node.start()
        checks.equal("after all of that the folder itself opens", node.get("/system/ready").status, 200)
    with icn_node.Node(profile="production") as node:
        node.stop()
        refusals.refused("a wrong passphrase", node.data, NO_PASSPHRASE, ["passphrase", "keys.json"], passphrase="wrong")
        refusals.refused("no passphrase", node.data, NO_PASSPHRASE, ["passphrase"], passphrase="")
        node.start()
        checks.equal("the right one opens it", node.get("/system/ready").status, 200)


def check_drain(checks):
    """A job that runs for some seconds, an upload that is half sent, an event stream and idle connections; then SIGTERM."""
    with icn_node.Node() as node:
        cid = store_module(node, modules.counting(1_000_000_000))
        spec = {"kind": "wasm", "module_cid": cid, "resources": {"fuel": 9_000_000_000}, "max_price": 50}
        running, upload, idle = Pipe(node.port, 60), Pipe(node.port, 60), Pipe(node.port, 60)
        running.send(http_request("POST", "/mesh/jobs?wait=30", {"spec": spec}, node.operator_key))
        whole = http_request("POST", "/economics/mana/grants", {"to": icn_node.Member("late").did}, node.operator_key)
        upload.send(whole[:-10])
        for _ in range(200):
            if node.get("/mesh/metrics").json()["running"]:
                break
            time.sleep(0.02)
        checks.equal("a job runs", node.get("/mesh/metrics").json()["running"], 1)
        code = []
        begun = time.monotonic()
        stopping = threading.Thread(target=lambda: code.append(node.stop(60)))
        stopping.start()
        time.sleep(0.2)
        upload.send(whole[-10:])
        answer = upload.receive()
        checks.equal("a request that was half sent is finished", answer.status, 201)
        answer = running.receive()
        checks.check("a request that waits for its job is answered with its end",
                     answer.status == 201 and answer.json()["status"] == "completed", answer)
        checks.equal("an idle connection is closed", idle.socket.recv(1), b"")
        stopping.join()
        say(f"  stopped {time.monotonic() - begun:.1f} s after SIGTERM")
        checks.equal("exit code", code, [0])
        verify(checks, node, "icn ledger verify after the stop")


def check_stop_under_load(checks, rounds=3):
    """SIGTERM among transfers: what was answered is there; no answer is cut in the middle."""
    with icn_node.Node() as node:
        members = [node.member(f"stop {index}") for index in range(8)]
        for number in range(rounds):
            answered, cut = [], []

            def write(sender, to):
                pipe = Pipe(node.port)
                try:
                    while True:
                        transaction = sender.transaction(node, "economics.transfer", {"to": to.did, "amount": 0.001})
                        pipe.send(http_request("POST", "/economics/mana/transfer", transaction))
                        answer = pipe.receive()
                        if answer.status == 200:
                            answered.append(icn_node.transaction_id(transaction))
                        elif answer.status != 503:
                            cut.append(repr(answer))
                except OSError:
                    if pipe.buffer:
                        cut.append(pipe.buffer)

            threads = [threading.Thread(target=write, args=pair) for pair in zip(members, members[1:] + members[:1])]
            for thread in threads:
                thread.start()
            time.sleep(0.2)
            checks.equal(f"stop {number}: exit code", node.stop(), 0)
            for thread in threads:
                thread.join()
            checks.none(f"stop {number}: no answer is cut or strange", cut)
            verify(checks, node, f"stop {number}: icn ledger verify")
            node.start()
            found = ask_all(node.port, [http_request("GET", "/ledger/transactions/" + each) for each in answered])
            checks.check(f"stop {number}: {len(answered)} answered writes are there",
                         answered and all(answer.json().get("status") == "committed" for answer in found), found[:2])


def main():
    checks = Checks()
    say("restart: SIGTERM finishes what runs; starts that are refused touch nothing")
    say("  (a node that was off for hours: src/node/standstill_test.cc, which moves the clock)")
    check_drain(checks)
    check_stop_under_load(checks)
    work = pathlib.Path(tempfile.mkdtemp(prefix="icn-restart-"))
    try:
        check_refusals(checks, work)
    finally:
        shutil.rmtree(work)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
