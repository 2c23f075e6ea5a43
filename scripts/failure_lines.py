#!/usr/bin/env python3
"""failure_lines.py LOG: the lines of a log that say what failed, at most 12.

LOG is what CTest or a suite of tests/ printed. What a sanitizer says, and what a GoogleTest assertion expected and got, stands
with the case that was running; a case that was running when its program ended, and of which nothing was said, is named
alone.
"""

import pathlib
import re
import sys

LINES_MAX = 12
FAILED = re.compile(r"^ *FAILED |^FAILED:|^\[  FAILED  \] [^ ]+\.|\*\*\*(Failed|Timeout|Exception)|^[A-Za-z.]*Error: ")
SANITIZER = re.compile(r"ERROR: (Address|Leak|UndefinedBehavior|Memory)Sanitizer|ERROR: libFuzzer|WARNING: ThreadSanitizer"
                       r"|runtime error: |^SUMMARY: ")
RUNS = re.compile(r"^\[ RUN      \] (\S+)")
ENDED = re.compile(r"^\[(       OK |  FAILED  |  SKIPPED )\] (\S+?),? ")
ASSERTION = re.compile(r"\.(cc|h):\d+: Failure$")
ASSERTION_LINES_MAX = 7
# GoogleTest names a failed case twice: as it ends, with its time, and in its summary.
CASE_TIME = re.compile(r"(?<=\S) \(\d+ ms\)$")
# Of CTest, before what the program printed.
PROGRAM = re.compile(r"^ *\d+/\d+ Test +#\d+: ")


def failure_lines(text):
    out = []
    running = None

    def tell(line):
        if line not in out:
            out.append(line)

    def end_program():
        if running and not any(line.startswith(f"in {running}: ") for line in out):
            tell(f"{running} was running when its program ended")

    def assertion(index):
        """What an assertion says, in one line."""
        said = [pathlib.PurePath(lines[index]).name.removesuffix(": Failure") + ":"]
        for line in lines[index + 1 : index + 1 + ASSERTION_LINES_MAX]:
            if not line.strip() or line.startswith("["):
                break
            said.append(line.strip())
        return " ".join(said)

    lines = text.splitlines()
    for index, line in enumerate(lines):
        if PROGRAM.match(line):
            end_program()
            running = None
        elif started := RUNS.match(line):
            running = started.group(1)
        elif (ended := ENDED.match(line)) and ended.group(2) == running:
            running = None
        if ASSERTION.search(line):
            tell(f"in {running}: {assertion(index)}")
        elif SANITIZER.search(line):
            tell(f"in {running}: {line.strip()}" if running else line.strip())
        elif FAILED.search(line):
            tell(CASE_TIME.sub("", line.strip()))
    end_program()
    return out[:LINES_MAX]


if __name__ == "__main__":
    for each in failure_lines(pathlib.Path(sys.argv[1]).read_text(errors="replace")):
        print(each)
