#!/usr/bin/env python3
"""Runs the text cases of tests/api/cases against real nodes. Usage: run.py [--self-test] [PART_OF_A_FILE_NAME...]

Without names it also checks the OpenAPI document and that every route of src/registry/routes.def has cases.
The last line is `N passed, M failed`. Environment: ICN_BIN (build/icn), ICN_API_JOBS (2) nodes at a time.
"""

import collections
import concurrent.futures
import json
import os
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

import icn_node  # noqa: E402
from case_file import BadCase, Request, parse  # noqa: E402
from schema import structure_problems  # noqa: E402
from world import Failed, World, node_of  # noqa: E402

ROUTE = re.compile(r'^ROUTE\(k(\w+), "([^"]+)", k(\w+), ([\d\']+), ([\w:]+)\)', re.MULTILINE)
COMMITTED_DOCUMENT = icn_node.ROOT / "docs" / "reference" / "openapi.json"


class Tally:
    def __init__(self):
        self.passed = 0
        self.failures = []  # text
        self.skipped = []
        self.answered = set()

    def add(self, other):
        self.passed += other.passed
        self.failures += other.failures
        self.skipped += other.skipped
        self.answered |= other.answered

    def fail(self, where, what):
        self.failures.append(f"FAILED {where}\n      {what}")


def routes():
    """(method, path as the OpenAPI document writes it, access) of routes.def"""
    text = (icn_node.ROOT / "src" / "registry" / "routes.def").read_text()
    return [(method.upper(), path.replace("...}", "}"), access) for method, path, access, _, _ in ROUTE.findall(text)]


def missing_routes(steps, document):
    """What a file needs and the node does not have."""
    needed = [tuple(step.rest.split()) for step in steps if not isinstance(step, Request) and step.word == "needs"]
    return [(method, path) for method, path in needed if method.lower() not in document["paths"].get(path, {})]


def run_file(path):
    tally, name = Tally(), str(path.relative_to(HERE))
    try:
        steps = parse(path.read_text(), name)
    except BadCase as bad:
        tally.fail(name, bad)
        return tally
    profile, settings = node_of(steps)
    try:
        with icn_node.Node(profile=profile, settings=settings) as node:
            document = node.get("/system/openapi.json").json()
            missing = missing_routes(steps, document)
            for method, template in missing:
                if (method, template) in {(each[0], each[1]) for each in routes()}:
                    tally.fail(name, f"routes.def has {method} {template}, the node does not: build it again")
            if missing:
                count = sum(isinstance(step, Request) for step in steps)
                tally.skipped.append(f"{name}: {count} cases, the node has no {' '.join(missing[0])}")
                return tally
            world = World(node, document)
            try:
                run_steps(world, steps, name, tally)
            finally:
                world.close()
            if not node.is_running():
                tally.fail(name, "the node has died\n" + node.log())
    except (RuntimeError, OSError) as broken:
        tally.fail(name, broken)
    return tally


def run_steps(world, steps, name, tally):
    for step in steps:
        where = f"{name}:{step.line}"
        if not isinstance(step, Request):
            if step.word in ("node", "needs"):
                continue
            try:
                world.run_statement(step)
            except (BadCase, RuntimeError, OSError) as bad:
                tally.fail(where, f"`{step.word} {step.rest}`: {bad}; the rest of the file was not run")
                return
            continue
        try:
            world.run_request(step)
            tally.passed += 1
        except (Failed, BadCase) as failure:
            tally.fail(f"{where} {step.title}", failure)
        except Exception as broken:  # noqa: BLE001: a case must not end the others
            tally.fail(f"{where} {step.title}", f"{type(broken).__name__}: {broken}\n{world.node.log(5)}")
    tally.answered |= set(world.answered)


def check_document(tally):
    """The served OpenAPI document is sound, is the committed one, and has the routes of routes.def."""
    with icn_node.Node() as node:
        served = node.get("/system/openapi.json")
    document = served.json()
    checks = {"structure": structure_problems(document)}
    listed = {(method, path) for method, path, _ in routes()}
    present = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    checks["routes"] = [f"{method} {path} is in routes.def, not in the document" for method, path in sorted(listed - present)]
    checks["routes"] += [f"{method} {path} is in the document, not in routes.def" for method, path in sorted(present - listed)]
    if COMMITTED_DOCUMENT.exists():
        same = COMMITTED_DOCUMENT.read_text() == served.text
        checks["committed"] = [] if same else ["docs/reference/openapi.json differs from what the node serves: run scripts/openapi.sh"]
    else:
        checks["committed"] = ["docs/reference/openapi.json is missing: run scripts/openapi.sh"]
    for name, problems in checks.items():
        if problems:
            tally.fail(f"openapi {name}", "\n      ".join(problems[:20]))
        else:
            tally.passed += 1


# These need two signatures of a validator at one height, and a node restored from a backup with others that run:
# tests/federation/double_vote.py and restored.py have the cases that succeed.
SUCCEEDS_ELSEWHERE = {("POST", "/federation/contest"), ("POST", "/federation/validator/confirm")}


def check_coverage(tally):
    """Every route has a case that succeeds, and one that is refused where the caller can do something wrong."""
    statuses = collections.defaultdict(set)
    for method, template, status in tally.answered:
        statuses[method, template].add(status)
    for method, path, access in routes():
        seen = statuses[method, path]
        missing = []
        if (method, path) not in SUCCEEDS_ELSEWHERE and not any(status < 400 for status in seen):
            missing.append("no case that succeeds")
        if access != "Public" and 401 not in seen:
            missing.append("no case without credentials (401)")
        if access == "Operator" and 403 not in seen:
            missing.append("no case with too low a role (403)")
        if (method == "POST" or "{" in path) and not any(400 <= status < 500 and status not in (401, 403) for status in seen):
            missing.append("no case of bad input")
        if missing:
            tally.fail(f"coverage {method} {path}", ", ".join(missing))
        else:
            tally.passed += 1


def self_test():
    """Each case of self_test/ must fail, for the reason its title gives after `fails:`."""
    tally = Tally()
    for path in sorted((HERE / "self_test").glob("*.test")):
        ran = run_file(path)
        tally.failures += [text for text in ran.failures if f"{path.name}:" not in text]
        wanted = {}
        for step in parse(path.read_text(), path.name):
            if isinstance(step, Request):
                wanted[step.line] = step.title.partition("fails:")[2].strip()
        for line, reason in wanted.items():
            mine = [text for text in ran.failures if f"{path.name}:{line} " in text]
            if reason and not any(reason in text for text in mine):
                tally.fail(f"{path.name}:{line}", f"should fail with `{reason}`; {mine or 'it passed'}")
            elif not reason and mine:
                tally.fail(f"{path.name}:{line}", f"should pass; {mine}")
            else:
                tally.passed += 1
        if not wanted:
            tally.fail(path.name, "holds no case")
    return tally


def main(arguments):
    if "--self-test" in arguments:
        tally = self_test()
    else:
        names = [argument for argument in arguments if not argument.startswith("-")]
        files = [path for path in sorted((HERE / "cases").rglob("*.test")) if not names or any(name in str(path) for name in names)]
        tally = Tally()
        with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("ICN_API_JOBS", 2))) as pool:
            for path, ran in zip(files, pool.map(run_file, files)):
                print(f"{path.relative_to(HERE)}: {ran.passed} passed, {len(ran.failures)} failed" + (", skipped" if ran.skipped else ""), flush=True)
                tally.add(ran)
        if not names:
            check_document(tally)
            check_coverage(tally)
    for text in tally.failures:
        print(text)
    for text in tally.skipped:
        print("SKIPPED", text)
    if tally.skipped:
        print(f"{len(tally.skipped)} files skipped")
    print(f"{tally.passed} passed, {len(tally.failures)} failed")
    return 0 if not tally.failures and tally.passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
