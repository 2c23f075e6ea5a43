"""Finds functions in C and C++ text without a compiler: comments and literals are blanked, then braces are followed."""

import re

RAW_STRING = re.compile(r'(?:u8|[uUL])?R"([^()\\\s]{0,16})\(')
SCOPE = re.compile(r"^(?:inline\s+|export\s+|typedef\s+|static\s+)*(namespace|class|struct|union|enum)\b|^extern\b\s*\"?\s*\"?$")
NAME = re.compile(r"((?:~?\w+(?:<[^<>()]*>)?::)*(?:operator\s*(?:\(\)|\[\]|[^\s\w(]+|\w+(?:\s*[&*])*)|~?\w+))\s*$")
NOT_NAMES = {"if", "for", "while", "switch", "catch", "return", "sizeof", "alignas", "decltype", "noexcept", "requires"}
TEST_MACROS = {"TEST", "TEST_F", "TEST_P", "TYPED_TEST", "TYPED_TEST_P"}


def blank(text):
    """Replaces comments and the contents of literals by spaces; newlines stay, so line numbers do too."""
    out = []
    i = 0

    def skip_to(end):
        out.append("".join(c if c == "\n" else " " for c in text[i:end]))
        return end

    while i < len(text):
        two = text[i:i + 2]
        if two == "//":
            end = i
            while True:
                end = text.find("\n", end)
                if end < 0 or text[end - 1] != "\\":
                    break
                end += 1
            i = skip_to(len(text) if end < 0 else end)
        elif two == "/*":
            end = text.find("*/", i + 2)
            i = skip_to(len(text) if end < 0 else end + 2)
        elif text[i] in "uULR" and (i == 0 or not _word(text[i - 1])) and (raw := RAW_STRING.match(text, i)):
            end = text.find(")" + raw.group(1) + '"', raw.end())
            i = skip_to(len(text) if end < 0 else end + len(raw.group(1)) + 2)
        elif text[i] == '"' or (text[i] == "'" and not _separates_digits(text, i)):
            quote, end = text[i], i + 1
            while end < len(text) and text[end] not in (quote, "\n"):
                end += 2 if text[end] == "\\" else 1
            out.append(quote)
            i = skip_to_inside(out, text, i + 1, end, quote)
        else:
            out.append(text[i])
            i += 1
    return "".join(out)


def skip_to_inside(out, text, start, end, quote):
    out.append("".join(c if c == "\n" else " " for c in text[start:end]))
    if end < len(text) and text[end] == quote:
        out.append(quote)
        return end + 1
    return end


def _word(character):
    return character.isalnum() or character == "_"


def _separates_digits(text, i):
    """1'000: a quote inside a number, not the prefix of a character literal such as u8'x'."""
    start = i
    while start > 0 and (_word(text[start - 1]) or text[start - 1] == "'"):
        start -= 1
    return start < i and text[start].isdigit()


def _without_preprocessor(text):
    lines, continued = text.split("\n"), False
    for number, line in enumerate(lines):
        directive = continued or line.lstrip().startswith("#")
        continued = directive and line.rstrip().endswith("\\")
        if directive:
            lines[number] = " " * len(line)
    return "\n".join(lines)


def _without_template_heads(header):
    header = re.sub(r"\[\[[^\]]*\]\]", " ", header).strip()
    while header.startswith("template"):
        depth, end = 0, len(header)
        for i, c in enumerate(header):
            depth += (c == "<") - (c == ">" and header[i - 1] != "-")
            if c == ">" and depth == 0:
                end = i + 1
                break
        header = header[end:].strip()
    return header


def _name_of(header):
    """The name of the function that `header` (text before its brace) declares, or None."""
    if header.endswith("="):
        return None
    depth = 0
    for i, c in enumerate(header):
        if c == "=" and depth == 0 and "operator" not in header[:i]:
            found = re.search(r"(\w+)\s*$", header[:i])  # a lambda kept in a variable
            return found.group(1) if found and re.search(r"\[[^\]]*\]", header[i:]) else None
        if c == "(":
            if depth == 0 and (found := NAME.search(header[:i])) and found.group(1) not in NOT_NAMES:
                name = re.sub(r"\s+", " ", found.group(1))
                if name.endswith("operator"):
                    name += "()"
                if name in TEST_MACROS:
                    arguments = header[i + 1:header.find(")", i)]
                    name = ".".join(part.strip() for part in arguments.split(","))
                return name
            depth += 1
        elif c == ")":
            depth -= 1
    return None


def _matching(text, i):
    """Index of the brace that closes the one at i (or the end of the text)."""
    depth = 0
    for j in range(i, len(text)):
        depth += (text[j] == "{") - (text[j] == "}")
        if depth == 0:
            return j
    return len(text) - 1


def functions(text):
    """[(name, first line, lines)] of every function with a body, outermost ones only. Lambdas count into theirs."""
    text = _without_preprocessor(blank(text))
    found, start, parens, i = [], 0, 0, 0
    while i < len(text):
        c = text[i]
        if c in "()":
            parens += 1 if c == "(" else -1
        if c == ":" and parens == 0 and re.fullmatch(r"\s*(public|private|protected)\s*", text[start:i]):
            start = i + 1
        if c == "{":
            if parens > 0:
                i = _matching(text, i) + 1
                continue
            header = _without_template_heads(text[start:i])
            if SCOPE.match(header) and not header.endswith(")"):
                start = i + 1
            else:
                end = _matching(text, i)
                after = text[end + 1:end + 200].lstrip()
                name = _name_of(header)
                in_initializer_list = name and re.search(r"\)[^()]*:[^:]", header) and after[:1] in ("{", ",")
                if name and not in_initializer_list:
                    first = text.count("\n", 0, start + len(text[start:i]) - len(text[start:i].lstrip())) + 1
                    found.append((name, first, text.count("\n", 0, end) + 2 - first))
                i = end + 1
                if not in_initializer_list and not (name is None and after[:1] in (";", ",")):
                    start = i
                continue
        elif c in ";}" and parens == 0:
            start = i + 1
        i += 1
    return found
