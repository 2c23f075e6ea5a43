#!/usr/bin/env python3
"""tidy.py [--update]: checks the tree against rules.py. Prints one line a violation and `N passed, M failed` (rules).

allowed.txt names what was longer than its limit when the limit came; an entry may only get smaller or go.
--update lowers the entries to what is there and removes those no longer needed; it never adds or raises one.
"""

import pathlib
import re
import subprocess
import sys

import rules
from functions import blank, functions

ROOT = pathlib.Path(__file__).resolve().parents[2]
ALLOWED = ROOT / "tests/tidy/allowed.txt"


def line_of(text, index):
    return text.count("\n", 0, index) + 1


def measure(files):
    """{(kind, path or path:function): (lines, line)} of all that is longer than its limit."""
    found = {}
    for path, text in files.items():
        if not path.endswith(rules.CODE):
            continue
        kind, limit = ("header", rules.HEADER_LINES_MAX) if path.endswith(".h") else ("source", rules.SOURCE_LINES_MAX)
        if (lines := text.count("\n")) > limit:
            found[kind, path] = (lines, 1)
        for name, first, length in functions(text):
            if length > rules.FUNCTION_LINES_MAX:
                key = ("function", f"{path}:{name}")
                found[key] = max(found.get(key, (0, 0)), (length, first))
    return found


def parse_allowed(text):
    """Lines `kind lines path[:function]`, # for comments."""
    allowed = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            kind, lines, what = line.split(maxsplit=2)
            allowed[kind, what] = int(lines)
    return allowed


def check_lengths(files, allowed):
    limits = {"function": rules.FUNCTION_LINES_MAX, "header": rules.HEADER_LINES_MAX, "source": rules.SOURCE_LINES_MAX}
    found = measure(files)
    for (kind, what), (lines, first) in found.items():
        path, _, name = what.partition(":")
        limit = allowed.get((kind, what), limits[kind])
        if lines > limit:
            yield path, first, f"{name or kind} has {lines} lines, at most {limit} are allowed"
        elif lines < limit:
            yield path, first, f"{name or kind} shrank to {lines} lines: run tests/tidy/tidy.py --update"
    for kind, what in allowed.keys() - found.keys():
        yield "tests/tidy/allowed.txt", 1, f"{what} ({kind}) is within its limit now: run tests/tidy/tidy.py --update"


def check_banned(files, allowed):
    for path, text in files.items():
        if not path.startswith("src/") or not path.endswith(rules.CODE) or "/testdata/" in path:
            continue
        code = blank(text)
        for what, pattern, paths, instead in rules.BANNED:
            if paths and paths.search(path):
                continue
            for match in pattern.finditer(code):
                yield path, line_of(code, match.start()), f"`{match.group(0).strip()}` ({what}): use {instead}"


def _each_line(files, pattern, message, applies):
    for path, text in files.items():
        if applies(path):
            for number, line in enumerate(text.split("\n"), 1):
                if match := pattern.search(line):
                    yield path, number, message.format(match.group(0))


def check_open_work(files, allowed):
    return _each_line(files, rules.OPEN_WORK, "`{}` without the #number of its issue",
                      lambda path: rules.OPEN_WORK_FILES.search(path))


def check_hosts(files, allowed):
    return _each_line(files, rules.HOSTS, "names a registry's host: {}", lambda path: not rules.LOCK_FILES.search(path))


def check_machine_paths(files, allowed):
    return _each_line(files, rules.MACHINE_PATHS, "a path of one machine: {}", lambda path: True)


def check_readmes(files, allowed):
    folders = set()
    for path in files:
        parts = path.split("/testdata/")[0].split("/")
        depth = len(parts) if parts[0] == "src" else min(3, len(parts))
        folders |= {"/".join(parts[:count]) for count in range(1, depth) if not parts[0].startswith(".")}
    for folder in sorted(folders):
        readme = folder + "/README.md"
        if readme not in files:
            yield folder, 1, "has no README.md of one paragraph"
        elif not files[readme].startswith("# "):
            yield readme, 1, "does not begin with a heading: `# name`"


def check_pragma_once(files, allowed):
    for path, text in files.items():
        if not path.endswith(".h") or re.search(r"^#pragma once$", text, re.MULTILINE):
            continue
        # Headers for C users outside src/ may keep the classic guard.
        if path.startswith("src/") or not re.search(r"^#ifndef (\w+)\n#define \1$", text, re.MULTILINE):
            yield path, 1, "has no `#pragma once`"


def check_includes(files, allowed):
    for path, text in files.items():
        if not path.endswith(rules.CODE):
            continue
        for match in rules.ENGINES.finditer(text):
            in_test = re.search(rules.TESTS + "|" + rules.TEST_SUPPORT, path)
            if not rules.ENGINES_MAY.search(path) and not in_test:
                yield path, line_of(text, match.start()), f"includes storage/{match.group(1)}: only storage/ and node/ may"
        for pattern, owner, folder in rules.WRAPPED:
            if (match := pattern.search(text)) and not owner.search(path):
                yield path, line_of(text, match.start()), f"includes a library that only {folder} may include"


def check_files(files, allowed):
    for path, text in files.items():
        if text.startswith(rules.OBJECTS):
            yield path, 1, "is the product of a compiler: build it, never commit it"
        if (size := len(text.encode("utf-8", "surrogateescape"))) > rules.FILE_BYTES_MAX:
            yield path, 1, f"has {size // 1024} KiB, at most {rules.FILE_BYTES_MAX // 1024} are allowed"


def check_settings(files, allowed):
    """Every row of settings.def is read by the program (not only parsed, printed and tested)."""
    table = "src/config/settings.def"
    code = "\n".join(text for path, text in files.items() if path.startswith("src/") and path.endswith(rules.CODE)
                     and not re.search(rules.TESTS + "|^src/config/(?!validate)", path))
    for match in re.finditer(r"^SETTING\(\w+, (\w+),", files.get(table, ""), re.MULTILINE):
        member = match.group(1)
        is_read = re.search(r"\b\w*settings_?(\.|->)" + member + r"\b", code) is not None
        if is_read == (member in rules.UNREAD_SETTINGS):
            what = "is read: take it out of UNREAD_SETTINGS" if is_read else "no code reads it: wire it or remove the row"
            yield table, line_of(files[table], match.start()), f"{member}: {what}"


def check_metrics(files, allowed):
    """Every row of metrics.def is counted by the program."""
    table = "src/telemetry/metrics.def"
    code = "\n".join(text for path, text in files.items()
                     if path.startswith("src/") and path.endswith(rules.CODE) and not re.search(rules.TESTS, path))
    for match in re.finditer(r"^METRIC\(\w+, (\w+),", files.get(table, ""), re.MULTILINE):
        if not re.search(r"\bMetric::" + match.group(1) + r"\b", code):
            yield table, line_of(files[table], match.start()), f"{match.group(1)}: nothing counts it: wire it or remove the row"


def blank_comments(text):
    return re.sub(r"//[^\n]*", "", text)


def check_schema_names(files, allowed):
    """Two structs of one schema_name would share one entry of the OpenAPI document: the first one's."""
    first = {}
    for path, text in files.items():
        if not path.startswith("src/") or re.search(rules.TESTS, path):
            continue
        for match in re.finditer(r'\bschema_name = "(\w+)"', text):
            if match.group(1) in first:
                yield path, line_of(text, match.start()), f'schema_name "{match.group(1)}" is taken by {first[match.group(1)]}'
            first.setdefault(match.group(1), path)


def check_named_tests(files, allowed):
    """The tests that READMEs below tests/ name exist: `Suite.Case` in C++, and what stands in quotes behind a file of checks."""
    written = {f"{match.group(1)}.{match.group(2)}" for path, text in files.items() if path.endswith("_test.cc")
               for match in re.finditer(r"^TEST(?:_[FP])?\((\w+),\s*(\w+)\)", text, re.MULTILINE)}
    for path, text in files.items():
        if not re.search(r"^tests/.*README\.md$", path):
            continue
        for match in re.finditer(r"`([A-Z]\w*\.[A-Z]\w*)`", text):
            if match.group(1) not in written:
                yield path, line_of(text, match.start()), f"there is no test {match.group(1)}"
        for match in re.finditer(r'`(\w+\.mjs)`((?: ?,? ?"[^"\n]+")+)', text):
            checks = "\n".join(each for name, each in files.items() if name.endswith("/" + match.group(1)))
            for quoted in re.findall(r'"([^"]+)"', match.group(2)):
                if quoted not in checks:
                    yield path, line_of(text, match.start()), f"{match.group(1)} has no check \"{quoted}\""


def check_error_codes(files, allowed):
    """Every ErrorKind is answered by the program; those of a letter and digits are the rows of errors.md, with their status and words."""
    page = "docs/reference/errors.md"
    code = {path: blank_comments(text) for path, text in files.items() if path.startswith("src/") and path.endswith(rules.CODE)
            and not re.search(rules.TESTS + "|" + rules.TEST_SUPPORT, path)}
    kinds = [(path, match) for path, text in code.items() for match in rules.ERROR_KIND.finditer(text)]
    used = set()  # (folder below src, name), and names after a namespace with an empty folder
    for path, text in code.items():
        for qualified, name in re.findall(r"(\w+::)?\b(k[A-Z]\w*)", rules.ERROR_KIND.sub("", text)):
            used |= {(path.split("/")[1], name)} | ({("", name)} if qualified else set())
    rows = {}
    for path, match in kinds:
        name, category, word, title = match.groups()
        if not {("", name), (path.split("/")[1], name)} & used:
            yield path, line_of(code[path], match.start()), f'nothing answers "{word}": answer it or remove it'
        if re.fullmatch(r"[A-Z][0-9]{3}", word):
            rows[f"| {word} | {rules.STATUSES[category]} | {title} |"] = (path, line_of(code[path], match.start()))
    answered, _, absent = files.get(page, "").partition("## Not answered")
    listed = set(re.findall(r"^\| [A-Z][0-9]{3} \|.*$", answered, re.MULTILINE))
    for row in sorted(rows.keys() - listed):
        yield *rows[row], f"{page} lacks the row `{row}`"
    for row in sorted(listed - rows.keys()):
        yield page, line_of(files[page], files[page].index(row)), f"no code answers `{row}`"
    not_answered = set(re.findall(r"^\| ([A-Z][0-9]{3}) \|", absent, re.MULTILINE))
    for word in (f"{letter}{number:03}" for letter, last in rules.PROTOCOL_CODES.items() for number in range(1, last + 1)):
        is_answered = any(row.startswith(f"| {word} ") for row in rows)
        if page in files and is_answered == (word in not_answered):
            yield page, 1, f"{word} is {'answered: take it out of the list of those that are not' if is_answered else 'in neither list'}"


CHECKS = [check_lengths, check_banned, check_open_work, check_hosts, check_machine_paths, check_readmes,
          check_pragma_once, check_includes, check_files, check_settings, check_metrics, check_schema_names, check_named_tests,
          check_error_codes]


def read_tree():
    """{path: text} of what is or would be committed. Bytes that are no UTF-8 are kept as surrogates."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True,
                            capture_output=True).stdout.decode().split("\0")
    return {path: (ROOT / path).read_bytes().decode("utf-8", "surrogateescape")
            for path in sorted(listed) if path and (ROOT / path).is_file()}


def update(files, allowed):
    head = [line for line in ALLOWED.read_text().splitlines() if line.startswith("#")]
    found = measure(files)
    kept = [f"{kind} {min(lines, found[kind, what][0])} {what}" for (kind, what), lines in sorted(allowed.items())
            if (kind, what) in found]
    ALLOWED.write_text("\n".join(head + kept) + "\n")


def main():
    files = read_tree()
    allowed = parse_allowed(ALLOWED.read_text())
    if sys.argv[1:] == ["--update"]:
        update(files, allowed)
        allowed = parse_allowed(ALLOWED.read_text())
    failed = 0
    for check in CHECKS:
        violations = list(check(files, allowed))
        for path, line, message in violations:
            print(f"{path}:{line}: {message}")
        failed += bool(violations)
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
