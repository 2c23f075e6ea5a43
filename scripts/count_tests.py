#!/usr/bin/env python3
"""count_tests.py FOLDER: prints "PASSED FAILED" of a CTest run.

FOLDER holds ctest.xml (JUnit, one entry a program) and, where GoogleTest wrote them, one JSON file a
program, whose cases are counted one by one. A program that failed without a failed case (a crash, a
time-out) counts as one failure. Skipped cases count as neither.
"""

import json
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def cases_of(report):
    """(passed, failed) of one GoogleTest JSON report."""
    passed = failed = 0
    for suite in report.get("testsuites", []):
        for case in suite.get("testsuite", []):
            if case.get("failures"):
                failed += 1
            elif case.get("result") == "COMPLETED":
                passed += 1
    return passed, failed


def totals(folder):
    passed = failed = 0
    for program in ElementTree.parse(folder / "ctest.xml").getroot().iter("testcase"):
        if program.get("status") in ("notrun", "disabled"):
            failed += program.get("status") == "notrun"
            continue
        program_failed = program.get("status") == "fail"
        report = folder / (program.get("name") + ".json")
        cases = cases_of(json.loads(report.read_text())) if report.exists() else (0, 0)
        if cases == (0, 0) and not program_failed:
            cases = (0 if report.exists() else 1, 0)
        if program_failed and cases[1] == 0:
            cases = (cases[0], 1)
        passed, failed = passed + cases[0], failed + cases[1]
    return passed, failed


if __name__ == "__main__":
    print("%d %d" % totals(pathlib.Path(sys.argv[1])))
