"""What the storage tests share: commands of `icn storage` that may be killed, and transfers that go on meanwhile."""

import importlib.util
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import icn_node  # noqa: E402

SEED = int(os.environ.get("ICN_STORAGE_SEED") or random.SystemRandom().randrange(10**9))
RANDOM = random.Random(SEED)


class Icn:
    """Runs `icn storage ...` and `icn ledger verify` on a data folder."""

    def __init__(self, node):
        self.node = node
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("ICN_")}

    def words(self, *words, data=None):
        url = ["--url", self.node.url] if self.node.is_running() else []
        return [self.node.binary, "--json", *url, "--data", str(data or self.node.data), *map(str, words)]

    def surroundings(self, engine, data=None):
        """The engine is the one named, else that of $ICN_TEST_ENGINE, as of the nodes of tests/lib."""
        chosen = os.environ.get("ICN_TEST_ENGINE")
        kept = icn_node.engine_environment(chosen, data or self.node.data) if chosen and not engine else {}
        return {**self.environment, **kept, **({"ICN_STORAGE_BACKEND": engine} if engine else {}), "ICN_PROFILE": "development"}

    def run(self, *words, data=None, engine=None, stdin=None, stdout=subprocess.PIPE):
        done = subprocess.run(self.words(*words, data=data), env=self.surroundings(engine, data), stdin=stdin or subprocess.DEVNULL,
                              stdout=stdout, stderr=subprocess.PIPE, timeout=300)
        done.json = None
        if stdout == subprocess.PIPE and done.stdout.strip().startswith(b"{"):
            done.json = json.loads(done.stdout)
        done.said = (done.stderr or b"").decode()
        return done

    def kill_after(self, seconds, *words, data=None, engine=None):
        """Starts it and sends SIGKILL; True: it was still running then."""
        process = subprocess.Popen(self.words(*words, data=data), env=self.surroundings(engine, data), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(seconds)
            return False
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return True


class Transfers:
    """Members who pay each other until stop(); what was answered is in `answered`, by transaction id."""

    def __init__(self, node, names):
        self.node = node
        self.members = [icn_node.Member(name) for name in names]
        for member in self.members:
            if not node.get("/economics/mana/balance?did=" + member.did).json()["balance"]:
                node.grant(member)
        self.answered = {}
        self.is_over = threading.Event()
        self.thread = None

    def one(self, client, number):
        sender = self.members[number % len(self.members)]
        to = self.members[(number + 1) % len(self.members)]
        transaction = sender.transaction(self.node, "economics.transfer", {"to": to.did, "amount": 0.001})
        answer = client.post("/economics/mana/transfer", transaction)
        if answer.status == 200:
            self.answered[icn_node.transaction_id(transaction)] = time.monotonic()
        return answer

    def some(self, count):
        client = icn_node.Client(self.node.port)
        for number in range(count):
            answer = self.one(client, number)
            if answer.status != 200:
                raise RuntimeError(f"a transfer was refused: {answer}")
        client.close()

    def start(self):
        def run():
            client = icn_node.Client(self.node.port)
            number = 0
            while not self.is_over.is_set():
                try:
                    self.one(client, number)
                except OSError:
                    return
                except Exception:  # noqa: BLE001 - the node was killed in the middle of an answer
                    return
                number += 1
        self.is_over.clear()
        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()

    def stop(self):
        self.is_over.set()
        self.thread.join(30)


def load_checks():
    """The counted checks of the crash tests; the module there has the name of this one."""
    path = pathlib.Path(__file__).resolve().parents[1] / "crash" / "support.py"
    spec = importlib.util.spec_from_file_location("crash_support", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Checks()


def refused_start(icn, data, engine=None):
    """Starts a node and returns what it says when it does not start; empty when it does."""
    words = [icn.node.binary, "node", f"--data_path={data}", "--http_listen_addr=127.0.0.1:0"]
    try:
        return subprocess.run(words, env=icn.surroundings(engine, data), capture_output=True, text=True, timeout=10).stderr
    except subprocess.TimeoutExpired:
        return ""


def store_file(node, size, seed=0):
    """Puts a file of random bytes as content; its CID and the bytes."""
    data = random.Random(f"{SEED}/{seed}").randbytes(size)
    answer = node.request("POST", "/dag/files", data, headers={"content-type": "application/octet-stream"}, key=node.operator_key)
    if answer.status != 201:
        raise RuntimeError(f"the file was not stored: {answer}")
    return answer.json()["cid"], data


def copy_passphrase(source, target):
    """The development profile keeps it beside the data; a backup never holds it."""
    pathlib.Path(target).mkdir(parents=True, exist_ok=True)
    shutil.copy(pathlib.Path(source) / "passphrase", pathlib.Path(target) / "passphrase")


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in pathlib.Path(folder).rglob("*") if path.is_file())


def flip(path, rng):
    data = bytearray(path.read_bytes())
    at = rng.randrange(len(data))
    data[at] ^= 1 << rng.randrange(8)
    path.write_bytes(data)
    return at
