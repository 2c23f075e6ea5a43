#!/usr/bin/env python3
"""Runs tests of a whole node once on each storage engine. Usage: matrix.py [soak] [ENGINE...]

For each engine: cases of tests/api, 30 rounds of tests/crash/kill.py where the engine keeps anything, every example job (tests/determinism), examples/first-day;
tests/crash/disk_full.py on SQLite, and in a soak on sled; tests/storage/drill.py on PostgreSQL, and in a soak on sled and SQLite. What RocksDB, the default,
runs in suites of their own it does not run here.
PostgreSQL is asked for every list there is (lists.py), and explains whatever it was asked (plans.py).
Environment: ICN_BIN (build/icn), ICN_CRASH_SEED.
"""

import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "lib"))
import lists  # noqa: E402
import plans  # noqa: E402
from servers import Postgres  # noqa: E402

ENGINES = ["memory", "rocksdb", "sled", "sqlite", "postgresql"]
# Of tests/api in a short run: every kind of table, and what reads by index.
SOME_CASES = ["economics/", "dag/blocks", "identity/create", "governance/proposals", "mesh/jobs", "system/storage"]
ROUNDS = 30
# A program that hangs must end; one on a busy machine may take its time.
LIMIT_SECS, LIMIT_SECS_SOAK = 1_200, 7_200
SUMMARY = re.compile(r"^(\d+) passed, (\d+) failed$", re.M)


def without_kills(cases):
    """Of the files that hold one of these names (none: all) those in which no node is killed: memory forgets then."""
    folder = ROOT / "tests" / "api" / "cases"
    named = {f"{each.parent.name}/{each.stem}": each for each in sorted(folder.glob("*/*.test"))}
    return [name for name, file in named.items()
            if (not cases or any(each in name for each in cases)) and "\nrestart kill" not in file.read_text()]


class Matrix:
    def __init__(self, is_soak):
        self.is_soak = is_soak
        self.passed = self.failed = 0

    def count(self, name, passed, failed, said=""):
        self.passed += passed
        self.failed += failed
        if failed:
            print(f"FAILED {name}\n{said[-6000:]}", flush=True)

    def suite(self, name, words, environment):
        """A program that ends with `N passed, M failed`, within its time."""
        started, limit_secs = time.monotonic(), LIMIT_SECS_SOAK if self.is_soak else LIMIT_SECS
        process = subprocess.Popen(words, cwd=ROOT, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True)
        try:
            said, _ = process.communicate(timeout=limit_secs)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # its nodes, too
            said, _ = process.communicate()
            said += f"\nnot over after {limit_secs} s"
        found = SUMMARY.findall(said)
        passed, failed = map(int, found[-1]) if found else (0, 1)
        if process.returncode != 0 and failed == 0:
            failed = 1
        self.count(name, passed, failed, said)
        print(f"{name}: {passed} passed, {failed} failed, {time.monotonic() - started:.0f} s", flush=True)

    def first_day(self, engine, environment):
        """The day ends with `icn ledger verify` of a stopped node, of which the memory engine leaves nothing."""
        name = f"{engine}: first day"
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="icn-first-day-") as folder:
            surroundings = {each: value for each, value in os.environ.items() if not each.startswith("ICN_") or each == "ICN_BIN"}
            done = subprocess.run([ROOT / "examples/first-day/first-day.sh", folder], env={**surroundings, **environment}, text=True,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace", timeout=300)
        is_ended = done.returncode == 0 or (engine == "memory" and done.stdout.rstrip().endswith("nothing is left to verify"))
        is_whole = is_ended and "the receipt holds" in done.stdout
        self.count(name, int(is_whole), int(not is_whole), f"exit code {done.returncode}\n{done.stdout}")
        print(f"{name}: {'passed' if is_whole else 'failed'}, {time.monotonic() - started:.0f} s", flush=True)

    def drill(self, engine, environment):
        self.suite(f"{engine}: restore drill", ["python3", "-B", "tests/storage/drill.py"], environment)

    def run(self, engine, environment, settings):
        cases = [] if self.is_soak else SOME_CASES
        if cases and engine == "postgresql":
            cases = cases + sorted(lists.IN_CASES.values())
        if engine == "memory":
            cases = without_kills(cases)
        self.suite(f"{engine}: api", ["python3", "-B", "tests/api/run.py", *cases], environment)
        if engine not in ("memory", "rocksdb"):  # memory forgets by nature
            self.suite(f"{engine}: kill -9, {ROUNDS} rounds", ["python3", "-B", "tests/crash/kill.py"],
                       {**environment, "ICN_CRASH_ROUNDS": str(ROUNDS)})
        if engine != "rocksdb":
            self.suite(f"{engine}: example jobs", ["python3", "-B", "tests/determinism/check.py"],
                       {**environment, "PYTHONPATH": str(ROOT / "tests" / "lib")})
        if engine == "sqlite" or (self.is_soak and engine == "sled"):  # sled may hang there: src/storage/sled/README.md
            self.suite(f"{engine}: full disk", ["python3", "-B", "tests/crash/disk_full.py"], environment)
        if self.is_soak and engine in ("sled", "sqlite"):
            self.drill(engine, environment)
        self.first_day(engine, settings)

    def on(self, engine):
        environment = {"ICN_TEST_ENGINE": engine}
        if engine != "postgresql":
            self.run(engine, environment, {"ICN_STORAGE_BACKEND": engine})
            return
        with Postgres(plans.SETTINGS) as server:
            environment["ICN_TEST_POSTGRESQL"] = server.url
            self.run(engine, environment, {"ICN_STORAGE_BACKEND": engine, "ICN_STORAGE_POSTGRESQL_URL": server.url})
            lists_asked, unanswered = lists.ask_all(server.url)
            asked, wrong = plans.judge(server.log())
        with Postgres() as server:  # that explains nothing
            self.drill(engine, {**environment, "ICN_TEST_POSTGRESQL": server.url})
        self.count("postgresql: every list is answered", int(not unanswered and lists_asked > 40), len(unanswered) or int(lists_asked <= 40),
                   "\n".join(unanswered) or str(lists_asked))
        self.count("postgresql: queries without an index", int(not wrong), len(wrong), "\n\n".join(wrong))
        self.count("postgresql: queries were explained", int(asked > 20), int(asked <= 20), str(asked))
        print(f"postgresql: {asked} different queries, {len(wrong)} of them without an index", flush=True)


def main(words):
    matrix = Matrix("soak" in words)
    engines = [word for word in words if word != "soak"]
    if not (ROOT / "build/release/examples/patronage_refund.wasm").exists():
        subprocess.run([ROOT / "scripts/build.sh", "release", "icn_wasm_programs"], check=True, stdout=subprocess.DEVNULL)
    for engine in engines or ENGINES:
        matrix.on(engine)
    known = re.search(r"^\| `storage\.backend` \|[^|]*\|([^|]*)\|", (ROOT / "docs/reference/settings.md").read_text(), re.M)
    listed = [each.strip() for each in known.group(1).split(",")]
    matrix.count("every engine of the setting takes part", int(sorted(listed) == sorted(ENGINES)), int(sorted(listed) != sorted(ENGINES)),
                 str(listed))
    print(f"{matrix.passed} passed, {matrix.failed} failed", flush=True)
    return 0 if matrix.failed == 0 and matrix.passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
