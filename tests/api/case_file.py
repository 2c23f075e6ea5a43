"""Reads *.test files: statements, and requests with what is expected of their answers. The format: README.md."""

import dataclasses
import re

CHECKS = ("status", "code", "expect", "header", "body", "save", "unchanged", "changed", "shape")
SETUP = ("node", "needs", "member", "kept", "api_key", "rotate", "let", "restart", "sleep", "neighbour", "federation", "page", "new_key")
REQUESTS = ("request", "signed", "replay", "raw")


class BadCase(Exception):
    """A case file that cannot be read or run; the text says where and why."""


@dataclasses.dataclass
class Statement:
    line: int
    word: str
    rest: str


@dataclasses.dataclass
class Request:
    line: int
    title: str
    word: str  # request, signed, replay, raw
    rest: str
    options: list = dataclasses.field(default_factory=list)  # (word, rest): header, times, retry, until, at
    body: list = dataclasses.field(default_factory=list)  # lines
    checks: list = dataclasses.field(default_factory=list)  # Statement


def split_word(line):
    word, _, rest = line.partition(" ")
    return word, rest.strip()


def parse(text, name):
    """The statements and requests of a file, in order."""
    steps, current, comments = [], None, []
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.rstrip()
        if not stripped:
            current, comments = None, comments if current is None and not steps else []
            continue
        word, rest = split_word(stripped)
        if current is None:
            if stripped.startswith("#"):
                comments.append(stripped[1:].strip())
            elif word in SETUP:
                steps.append(Statement(number, word, rest))
                comments = []
            elif word in REQUESTS:
                current = Request(number, " ".join(comments) or stripped, word, rest)
                steps.append(current)
                comments = []
            else:
                raise BadCase(f"{name}:{number}: a statement cannot begin with `{word}`")
        else:
            add_line(current, number, stripped, word, rest, name)
    for step in steps:
        if isinstance(step, Request) and not any(check.word == "status" for check in step.checks):
            raise BadCase(f"{name}:{step.line}: the request has no `status`")
    return steps


def add_line(request, number, line, word, rest, name):
    """A line of a request: an option, a part of the body, or from `status` on a check."""
    if request.checks or word == "status":
        if word not in CHECKS:
            raise BadCase(f"{name}:{number}: a check cannot begin with `{word}`")
        request.checks.append(Statement(number, word, rest))
    elif request.word != "raw" and not request.body and word in ("header", "times", "retry", "until"):
        request.options.append((word, rest))
    else:
        request.body.append(line)


# ---- Variables and paths -----------------------------------------------------------------------------------

VARIABLE = re.compile(r"\$\{([^}]*)\}|\$(\w+)")


def substitute(text, variables, generate):
    """$name and ${name}; ${word argument} is made by generate(word, argument)."""

    def value(match):
        name = match.group(1) or match.group(2)
        if name in variables:
            return str(variables[name])
        word, argument = split_word(name)
        made = generate(word, argument)
        if made is None:
            raise BadCase(f"`${name}` has no value")
        return made

    return VARIABLE.sub(value, text)


MISSING = object()
STEP = re.compile(r"\.?([^.\[\]]+)|\[(-?\d+)\]")


def look_up(document, path):
    """The value at a path such as `.items[0].did`; MISSING when there is none. `.` is the whole document."""
    if path == ".":
        return document
    at = 0
    while at < len(path):
        match = STEP.match(path, at)
        if not match:
            raise BadCase(f"`{path}` is no path")
        name, index = match.groups()
        if name is not None:
            document = document.get(name, MISSING) if isinstance(document, dict) else MISSING
        else:
            document = document[int(index)] if isinstance(document, list) and -len(document) <= int(index) < len(document) else MISSING
        if document is MISSING:
            return MISSING
        at = match.end()
    return document
