"""shown.py PAGE PRINTED: whether the page's block that begins with `== A node` shows what was printed.

Every shown line must be printed, in that order; `...` alone stands for any lines. Identifiers, times and prices differ from run
to run: each is compared by its kind.
"""

import re
import sys

KINDS = [
    (r"did:icn:\w+:\w+", "DID"), (r"did:key:z6Mk\w+", "DID"), (r"\bbaf[a-z2-7]{20,}\b", "CID"),
    (r"\b(pr|vo|tr)_[0-9a-f]{32}\b", r"\1"), (r"\b[0-9a-f]{64}\b", "HASH"),
    (r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d( UTC|Z)", "TIME"), (r"version \d+\.\d+\.\d+", "VERSION"), (r" +", " "),
    # Mana grows while the script runs, a price follows the load, and how much is in a block the clock.
    (r"^( ?(?:before|after|balance|available|locked|paid|refunded|balances|height|transactions|block)) \d+(\.\d{1,3})?$", r"\1 NUMBER"),
    (r"^( locked| paid| refunded) \S+$", r"\1 NUMBER"),
    (r"(transfer_in \S+|settle_pay) -?[\d.]+( [\d.]+)?", r"\1 NUMBER"),
]


def kind(line):
    line = line.rstrip()
    for pattern, name in KINDS:
        line = re.sub(pattern, name, line)
    return line


def main(page, printed):
    with open(page, encoding="utf-8") as file:
        blocks = re.findall(r"^```\n(.*?)^```$", file.read(), re.MULTILINE | re.DOTALL)
    shown = [block for block in blocks if block.lstrip().startswith(("== A node", "== A budget"))]
    if len(shown) != 1:
        sys.exit(f"{page}: {len(shown)} blocks show a first day")
    with open(printed, encoding="utf-8") as file:
        lines = [kind(line) for line in file]
    at, is_gap = 0, True
    for line in shown[0].splitlines():
        if line == "...":
            is_gap = True
            continue
        found = next((i for i in range(at, len(lines)) if lines[i] == kind(line)), None) if is_gap else at
        if found is None or found >= len(lines) or lines[found] != kind(line):
            sys.exit(f"{page} shows, and this was not printed there: {line}\nprinted: {lines[at] if at < len(lines) else '(the end)'}")
        at, is_gap = found + 1, False


main(*sys.argv[1:])
