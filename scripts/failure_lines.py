#!/usr/bin/env python3
"""failure_lines.py LOG: the lines of a log that say what failed, at most 12.

LOG is what CTest or a suite of tests/ printed. What a sanitizer says stands with the GoogleTest case that was running; a
case that was running when its program ended, and of which no sanitizer spoke, is named alone.
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

    for line in text.splitlines():
        if PROGRAM.match(line):
            end_program()
            running = None
        elif started := RUNS.match(line):
            running = started.group(1)
        elif (ended := ENDED.match(line)) and ended.group(2) == running:
            running = None
        if SANITIZER.search(line):
            tell(f"in {running}: {line.strip()}" if running else line.strip())
        elif FAILED.search(line):
            tell(line.strip())
    end_program()
    return out[:LINES_MAX]


if __name__ == "__main__":
    for each in failure_lines(pathlib.Path(sys.argv[1]).read_text(errors="replace")):
        print(each)
