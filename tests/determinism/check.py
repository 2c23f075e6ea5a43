"""Runs every example of examples/jobs twice on each of two nodes and compares what they answer."""

import json
import sys

import icn_node

PROGRAMS = icn_node.ROOT / "build/release/examples"
JOBS = icn_node.ROOT / "examples/jobs"
# (job, input, expected result, arguments): as the README of each job says.
EXAMPLES = [
    ("echo", "input.txt", "expected.txt", []),
    ("patronage_refund", "input.csv", "expected.csv", ["4210.07"]),
    ("route_order", "input.csv", "expected.csv", []),
    ("thumbnail", "input.png", "expected.ppm", ["32"]),
    ("thumbnail", "input.ppm", "expected.ppm", ["32"]),
    ("rust_wordcount", "input.txt", "expected.txt", []),
]
RUNS = 2


class Member:
    """A member of a node, made by it."""

    def __init__(self, node):
        self.node = node
        self.did = self.icn("did", "create", "--json")["did"]

    def icn(self, *arguments):
        ran = self.node.run("--url", self.node.url, "--data", self.node.data, *arguments)
        if ran.returncode != 0:
            raise RuntimeError(f"icn {' '.join(map(str, arguments))}: {ran.returncode} {ran.stderr}")
        return json.loads(ran.stdout)

    def run(self, module, given, arguments):
        """The answer about a job that was run, and its result."""
        options = [option for each in arguments for option in ("--arg", each)]
        detail = self.icn("job", "submit", module, "--input", given, *options, "--wait", "--as", self.did, "--json")
        result = self.node.get(f"/mesh/jobs/{detail['job']['job_id']}/result", key=self.node.operator_key)
        return detail, result.body


def examples():
    """Those that were built. The Rust one needs a target that is not always there; the others may all be missing, never some."""
    built = [each for each in EXAMPLES if (PROGRAMS / (each[0] + ".wasm")).exists()]
    folders = {folder.name for folder in JOBS.iterdir() if folder.is_dir()}
    if untested := folders - {each[0] for each in EXAMPLES}:
        raise RuntimeError(f"not in the table of this test: {untested}")
    if built and (missing := {each[0] for each in EXAMPLES} - {each[0] for each in built} - {"rust_wordcount"}):
        raise RuntimeError(f"not built: {missing}")
    return built


def problems(members, job, given, expected, arguments):
    wanted = (JOBS / job / expected).read_bytes()
    # Alternating, so that a run meets a node that has run others before.
    runs = [member.run(PROGRAMS / (job + ".wasm"), JOBS / job / given, arguments) for _ in range(RUNS) for member in members]
    if any(result != wanted for _, result in runs):
        yield f"a result is not {expected}"
    for name in ("result_cid", "fuel_used", "peak_memory_bytes"):
        if len(found := {detail["receipt"][name] for detail, _ in runs}) != 1:
            yield f"{name} differs: {found}"
    if len({detail["job"]["job_id"] for detail, _ in runs}) != len(runs):
        yield "the runs were not jobs of their own"
    if len({detail["receipt"]["executor"] for detail, _ in runs}) != len(members):
        yield "the nodes have one key"


def main():
    todo = examples()
    if not todo:
        print("skipped: the example jobs are not built\n0 passed, 0 failed")
        return 0
    passed = failed = 0
    with icn_node.Node() as first, icn_node.Node() as second:
        members = [Member(first), Member(second)]
        for job, given, expected, arguments in todo:
            found = list(problems(members, job, given, expected, arguments))
            for each in found:
                print(f"FAILED {job} {given}: {each}")
            passed += not found
            failed += bool(found)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
