"""batches.py SIZE FILE...: sorts the sources of one target into batches that compile as one file each.

Prints a line `NUMBER FILE` per file; a file by itself is left out. Files of a batch share their namespaces, the unnamed one
included, so two of them stay apart when
- one declares a type in an unnamed namespace that the other mentions at all,
- one declares a constant or a function there, and the other one of the same name anywhere,
- they have different names brought in by `using a::name`, the last part alike.
"""

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

UNNAMED = re.compile(r"^namespace \{$(.*?)^\}  // namespace$", re.DOTALL | re.MULTILINE)
WORD = re.compile(r"\b[A-Za-z_]\w*")
TYPE = re.compile(r"(?:template.*?> *)?(?:class|struct|enum class|enum|union) +(\w+)|using +(\w+) *=")
USING = re.compile(r"^using +([\w:]+)::(\w+);", re.MULTILINE)
COMMENT = re.compile(r"//.*")
# Boost's own sources define macros for themselves.
ALONE = re.compile(r"_library\.cc$")


@dataclass
class Names:
    files: list = field(default_factory=list)
    types: set = field(default_factory=set)
    others: set = field(default_factory=set)
    at_margin: set = field(default_factory=set)
    words: set = field(default_factory=set)
    brought_in: set = field(default_factory=set)

    def add(self, other):
        for name, value in vars(self).items():
            value.update(vars(other)[name]) if isinstance(value, set) else value.extend(vars(other)[name])

    def clashes_with(self, other):
        mine, theirs = self.brought_in - other.brought_in, other.brought_in - self.brought_in
        return bool(
            self.types & other.words
            or self.words & other.types
            or self.others & other.at_margin
            or self.at_margin & other.others
            or {last for _, last in mine} & {last for _, last in theirs}
        )


def declared(text):
    """What is declared at the margin of the text: (names of types, names of constants and functions)."""
    types, others = set(), set()
    for line in text.splitlines():
        if not (line[:1].isalpha() or line[:1] == "_"):
            continue
        if match := TYPE.match(line):
            types.add(match[1] or match[2])
        elif not line.startswith("using "):
            # `Result<Plan> plan_of(const ...` and `constexpr int kMax = ...`: the last word before the first bracket.
            head = re.split(r"[({=;\[]", line, maxsplit=1)[0]
            others.update(word for word in WORD.findall(head)[-1:] if not word.isupper())
    return types, others


def names_of(path):
    text = Path(path).read_text(encoding="utf-8")
    types, others = declared("".join(UNNAMED.findall(text)))
    words = set(WORD.findall(COMMENT.sub("", text)))
    return Names([path], types, others, declared(text)[1], words, set(USING.findall(text)))


def main():
    size = int(sys.argv[1])
    batches = []
    for path in sys.argv[2:]:
        names = names_of(path)
        for batch in batches:
            if len(batch.files) < size and not ALONE.search(path) and not names.clashes_with(batch):
                break
        else:
            batch = Names()
            batches.append(batch)
        batch.add(names)
    for number, batch in enumerate(batches):
        if len(batch.files) > 1:
            for path in batch.files:
                print(number, path)


if __name__ == "__main__":
    main()
