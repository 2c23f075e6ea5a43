#!/usr/bin/env python3
"""A whole node whose data folder lies on a small disk of its own (tmpfs) that runs full, by the node's writes and by a file
of somebody else, and gets room again.

While it is full: every refused write is 507 (storage_full; E008 for blocks), every read goes on, /system/ready says why.
Once there is room: writes go through again without a restart, what was answered is there, what was refused can be sent
again and then happens once, a job that ended meanwhile is settled, all accounts add up, `icn ledger verify` passes.
Both stores of a node are written: the ledger, and the one of blocks, Idempotency-Keys, API keys and kept keys.
$ICN_TEST_ENGINE names the engine; the disk of PostgreSQL is its server's (tests/storage/database.py).
The test mounts inside a mount namespace of its own (`unshare`), as root or in a user namespace.
"""

import base64
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import support  # noqa: F401  (finds tests/lib)
import icn_node
import kill
import modules
from kill import Load, World, Write
from support import Checks, ask_all, http_request, say, store_module, verify

MIB = 1 << 20
RESUME_SECS = 60  # RocksDB looks every 5 s whether a flush finds room
FILL_SECS = 120  # of a busy machine
FULL_CODES = {"storage_full", "E008"}
INSIDE = "--inside"


def namespace():
    """The command that gives a mount namespace, or why there is none."""
    problem = "unshare is not installed"
    for options in (["-m"], ["-Urm"]):
        try:
            folder = tempfile.mkdtemp(prefix="icn-mount-")
            probe = ["unshare", *options, "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]
            done = subprocess.run(probe, capture_output=True, text=True)
            os.rmdir(folder)
        except FileNotFoundError:
            break
        if done.returncode == 0:
            return ["unshare", *options], ""
        problem = done.stderr.strip()
    return None, problem


class Disk:
    def __init__(self, path, size_mib):
        self.path, self.size_mib = path, size_mib
        self.filler = path / "filler"
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size_mib}m", "tmpfs", path], check=True)

    def free(self):
        state = os.statvfs(self.path)
        return state.f_bavail * state.f_frsize

    def fill(self):
        with open(self.filler, "ab") as file:
            for size in (MIB, 4096):
                try:
                    while True:
                        os.write(file.fileno(), b"\1" * size)
                except OSError:
                    pass

    def make_room(self):
        self.filler.unlink(missing_ok=True)


class FullLoad(Load):
    """The load of the kill -9 test, blocks, and new DIDs; refused writes are noted, and those who sent them wait a little."""

    def __init__(self, world, number):
        self.strange, self.refused = [], {code: 0 for code in FULL_CODES}
        self.block_bytes = 96 * 1024
        super().__init__(world, number)
        more = [threading.Thread(target=self.run, args=(make, 2, f"{number}/{make.__name__}"), daemon=True) for make in (self.block, self.did)]
        self.threads += more
        for thread in more:
            thread.start()

    def run(self, make, window, seed):
        rng = random.Random(seed)
        try:
            pipe = support.Pipe(self.world.node.port)
            while not self.is_over.is_set():
                part = [make(rng) for _ in range(rng.randint(1, window))]
                pipe.send(b"".join(write.request for write in part))
                for write in part:
                    write.answer = pipe.receive()
                    write.was_answered = write.answer.status in (200, 201)
                    if not write.was_answered:
                        self.note(write)
                self.writes += part
                time.sleep(0.001 if all(write.was_answered for write in part) else 0.03)
        except Exception as problem:  # nobody stops the node: every end is a defect
            self.problems.append(repr(problem))

    def note(self, write):
        code = write.answer.json().get("code")
        if write.answer.status == 507 and code in FULL_CODES:
            self.refused[code] += 1
        else:
            self.strange.append(f"{write.path}: {write.answer} {write.answer.text[:300]}")

    def block(self, rng):
        body = {"data": base64.b64encode(rng.randbytes(self.block_bytes)).decode(), "visibility": "public"}
        return Write("/dag/blocks", body, None, self.world.node.operator_key)

    def did(self, rng):
        headers = {"idempotency-key": f"did-{self.number}-{rng.getrandbits(64):016x}"}
        return Write("/identity/did/create", {}, None, self.world.holder_key, headers)


def split(writes):
    """Ledger writes of the kill -9 test, blocks, and DIDs."""
    blocks = [write for write in writes if write.path == "/dag/blocks"]
    dids = [write for write in writes if write.path == "/identity/did/create"]
    return [write for write in writes if write not in set(blocks) and write not in set(dids)], blocks, dids


def check_reads(checks, world, name, samples):
    node = world.node
    paths = ["/system/info", "/system/status", "/system/metrics", "/economics/mana/supply", "/mesh/jobs?limit=20", "/mesh/metrics",
             "/dag/status", "/dag/root", "/ledger/blocks?limit=5"]
    for member in world.members[:5]:
        paths += [f"/economics/mana/balance?did={member.did}", f"/economics/mana/history?did={member.did}&limit=50"]
    for write in samples:
        answer = write.answer.json()
        if write.path == "/dag/blocks":
            paths.append("/dag/blocks/" + answer["cid"])
        elif "did" in answer:
            paths.append("/identity/did/" + answer["did"])
    answers = ask_all(node.port, [http_request("GET", path, key=node.operator_key) for path in paths], window=8)
    checks.none(f"{name}: {len(paths)} reads are answered", [f"{path}: {answer}" for path, answer in zip(paths, answers) if answer.status != 200])


def check_ready(checks, node, name, is_full):
    answer, deadline = node.get("/system/ready"), time.monotonic() + RESUME_SECS
    while answer.status != (503 if is_full else 200) and time.monotonic() < deadline:
        time.sleep(0.1)
        answer = node.get("/system/ready")
    found = answer.json()
    if not is_full:
        return checks.check(f"{name}: ready", answer.status == 200 and found["ready"], answer.text)
    problems = [found["checks"].get(part, "") for part in ("mana_ledger", "dag_store")]
    return checks.check(f"{name}: /system/ready says why", answer.status == 503 and not found["ready"]
                        and any("bytes are free" in problem or "full disk" in problem for problem in problems), answer.text)


def wait_for_writes(checks, world, name):
    """Each kind of write until it goes through; all that is refused meanwhile is refused as full."""
    node, rng, strange = world.node, random.Random(name), []
    load = FullLoad.__new__(FullLoad)
    load.world, load.number, load.block_bytes = world, "resume-" + name.replace(" ", "-").replace(",", ""), 1024
    deadline, started, done = time.monotonic() + RESUME_SECS, time.monotonic(), []
    for make in (load.transfer, load.plain, load.block, load.did):
        while True:
            write = make(rng)
            write.answer = ask_all(node.port, [write.request])[0]
            if write.answer.status in (200, 201):
                write.was_answered = True
                done.append(write)
                break
            if write.answer.status != 507 or write.answer.json().get("code") not in FULL_CODES:
                strange.append(f"{write.path}: {write.answer} {write.answer.text[:300]}")
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
    checks.none(f"{name}: nothing is refused for another reason", strange)
    checks.equal(f"{name}: every kind of write goes through again by itself", len(done), 4)
    say(f"  {name}: writes went on {time.monotonic() - started:.2f} s after there was room")
    return done


def check_blocks(checks, world, name, blocks):
    wrong = []
    for begin in range(0, len(blocks), 16):
        part = blocks[begin:begin + 16]
        asked = [http_request("GET", "/dag/blocks/" + write.answer.json()["cid"], key=world.node.operator_key) for write in part]
        for write, answer in zip(part, ask_all(world.node.port, asked, window=16)):
            if answer.status != 200 or icn_node.raw_cid(answer.body) != write.answer.json()["cid"]:
                wrong.append(f"{write.answer} now {answer.status}")
    checks.none(f"{name}: {len(blocks)} answered blocks are there", wrong)


def check_dids(checks, world, name, dids):
    """They resolve, their Idempotency-Key answers the same, and the node signs with the key it kept."""
    again = ask_all(world.node.port, [write.request for write in dids], window=8)
    wrong = [f"{write.answer} again {answer}" for write, answer in zip(dids, again)
             if answer.status != 201 or write.was_answered and answer.json()["did"] != write.answer.json()["did"]]
    checks.none(f"{name}: {len(dids)} requests for a DID give the first one again", wrong)
    service = {"id": "web", "type": "Shop", "endpoint": "https://shop.example/"}
    changes = [http_request("POST", f"/identity/did/{answer.json()['did']}/services", {"add": [service]}, world.holder_key) for answer in again[:50]]
    wrong = [str(answer) for answer in ask_all(world.node.port, changes, window=8) if answer.status != 200]
    checks.none(f"{name}: the node signs with the keys it kept", wrong)


def check_all(checks, world, name, writes):
    ledger, blocks, dids = split(writes)
    answered = [write for write in ledger if write.was_answered]
    kill.check_answered(checks, world, name, answered)
    kill.check_repeats(checks, world, name, ledger)
    job_ids = kill.check_jobs(checks, world, name, ledger)
    kill.check_accounts(checks, world, name, ledger, job_ids)
    check_blocks(checks, world, name, [write for write in blocks if write.was_answered])
    check_dids(checks, world, name, dids)


def start_slow_job(world):
    spec = {"kind": "wasm", "module_cid": world.slow_module, "resources": {"fuel": 9_000_000_000}, "max_price": 50}
    answer = world.node.post("/mesh/jobs", {"spec": spec}, key=world.node.operator_key)
    if answer.status != 201:
        raise RuntimeError(f"no job: {answer}")
    return answer.json()["job_id"]


def check_slow_job(checks, world, name, job_id):
    deadline = time.monotonic() + kill.JOB_SECS + RESUME_SECS
    while True:
        job = world.node.get("/mesh/jobs/" + job_id).json()["job"]
        if job["status"] in ("completed", "failed", "cancelled") or time.monotonic() > deadline:
            break
        time.sleep(0.05)
    checks.equal(f"{name}: a job that ended on the full disk is settled", (job["status"], job["attempt"]), ("completed", 1))


def play(checks, disk, name, settings):
    with icn_node.Node(folder=disk.path, settings=settings) as node:
        world = World(node)
        world.holder_key = node.api_key("member")
        world.slow_module = store_module(node, modules.counting(1_200_000_000))
        # 1. The node fills it by itself, until both stores refuse.
        load, deadline = FullLoad(world, name.replace(" ", "-")), time.monotonic() + FILL_SECS
        while not all(load.refused.values()) and time.monotonic() < deadline and not load.problems:
            time.sleep(0.05)
        checks.check(f"{name}: both stores come to refuse", all(load.refused.values()), load.refused)
        say(f"  {name}: refuses with {disk.free() / MIB:.1f} MiB free, after {sum(write.was_answered for write in load.writes)} writes")
        check_ready(checks, node, f"{name}, full", True)
        time.sleep(0.3)
        check_reads(checks, world, f"{name}, full", [write for write in load.writes if write.was_answered][-1000::50])
        load.block_bytes = 2048
        # 2. Room, and somebody else who takes all of it at once and gives it back, at random moments under load.
        subprocess.run(["mount", "-o", f"remount,size={disk.size_mib + 64}m", disk.path], check=True)
        done = wait_for_writes(checks, world, f"{name}, first room")
        check_ready(checks, node, f"{name}, first room", False)
        job_id = start_slow_job(world)
        rng = random.Random(name)
        for _ in range(12):
            time.sleep(rng.uniform(0.05, 0.2))
            disk.fill()
            time.sleep(rng.uniform(0.02, 0.1))
            disk.make_room()
        disk.fill()
        time.sleep(2)  # the slow job ends here, on the full disk
        check_ready(checks, node, f"{name}, no byte free", True)
        writes = load.end()
        checks.none(f"{name}: nothing is refused for another reason than the full disk", load.strange)
        checks.none(f"{name}: the load threads", load.problems)
        check_reads(checks, world, f"{name}, no byte free", [write for write in writes if write.was_answered][-1000::50])
        disk.make_room()
        writes = writes + done + wait_for_writes(checks, world, f"{name}, room")
        check_ready(checks, node, f"{name}, room", False)
        say(f"  {name}: {len(writes)} writes, of which {sum(load.refused.values())} were refused: {load.refused}")
        check_slow_job(checks, world, name, job_id)
        check_all(checks, world, name, writes)
        checks.equal(f"{name}: the node stops", node.stop(), 0)
        verify(checks, node, f"{name}: icn ledger verify")
        node.start()
        _, blocks, _ = split(writes)
        check_blocks(checks, world, f"{name}, after a restart", [write for write in blocks if write.was_answered])


def main():
    checks = Checks()
    if INSIDE not in sys.argv:
        command, problem = namespace()
        if command is None:
            say(f"disk full: skipped, no tmpfs can be mounted here ({problem}); the unit tests of src/storage fill a faked disk")
            say("0 passed, 0 failed")
            return 0
        return subprocess.run([*command, sys.executable, __file__, INSIDE, *sys.argv[1:]]).returncode
    engine = os.environ.get("ICN_TEST_ENGINE", "rocksdb")
    say(f"disk full: a node on a small tmpfs, {engine}")
    variants = {engine: {}} if engine != "rocksdb" else {
        # The log meets the full disk before anything is flushed; and flushes and compactions all the time.
        "large buffers": {},
        "small buffers": {"storage.rocksdb.write_buffer_size": 2 * MIB, "storage.rocksdb.target_file_size_base": 2 * MIB},
    }
    for name, settings in variants.items():
        if len(sys.argv) > 2 and name not in sys.argv[2:]:
            continue
        folder = pathlib.Path(tempfile.mkdtemp(prefix="icn-disk-"))
        disk = Disk(folder, 64)
        try:
            play(checks, disk, name, settings)
        finally:
            subprocess.run(["umount", "-l", folder])
            shutil.rmtree(folder, ignore_errors=True)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
