# SPDX-License-Identifier: GPL-2.0
#
# A small scanner for the C of our own files: kernel style, and no macro that
# hides a brace or a parenthesis. Places are offsets into the text.
#
# Used by mutants, mutants_faults.py and mutants_kernel.py.

import re

DECLARATION = re.compile(
    r"(?:const|static|unsigned|struct|int|bool|u32|long)\b[^(=]*[;=]|CLASS\(")


class Statement:
    def __init__(self, kind, start, end, cond=None, bodies=()):
        self.kind, self.start, self.end = kind, start, end
        self.cond, self.bodies = cond, bodies


def blanked(text):
    """The same length, without comments, strings and what is compiled out."""
    def spaces(found):
        return re.sub(r"\S", " ", found[0])

    text = re.sub(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|#include[^\n]*",
                  spaces, text, flags=re.S)
    text = re.sub(r"if \(!IS_ENABLED\(\w+\)\)\s+(?:\{[^}]*\}|[^;]*;)", spaces,
                  text)
    return re.sub(r"^#else\n.*?^#endif", spaces, text, flags=re.S | re.M)


def closing(code, i):
    """Where the bracket at i is closed."""
    depth = 0
    for j in range(i, len(code)):
        depth += (code[j] in "([{") - (code[j] in ")]}")
        if not depth:
            return j
    raise ValueError("no closing bracket")


def skip_space(code, i):
    while i < len(code) and code[i].isspace():
        i += 1
    return i


def parse(code, i, end):
    """The statements from i to end."""
    statements = []
    i = skip_space(code, i)
    while i < end:
        statements.append(parse_one(code, i))
        i = skip_space(code, statements[-1].end)
    return statements


def parse_one(code, i):
    if code[i] == "{":
        end = closing(code, i)
        return Statement("block", i, end + 1, None,
                         [parse(code, i + 1, end)])
    if code.startswith("do {", i):
        return parse_do(code, i)
    control = re.compile(r"(if|for|while|switch) \(").match(code, i)
    if control:
        return parse_control(code, i, control)
    label = re.compile(r"(case \w+|default|\w+):").match(code, i)
    if label:
        return Statement("label", i, label.end())
    end = code.index(";", i) + 1
    word = re.compile(r"\w*").match(code, i)[0]
    if DECLARATION.match(code, i):
        word = "declaration"
    elif word not in ("return", "goto", "break", "continue"):
        word = "expression"
    return Statement(word, i, end)


def parse_do(code, i):
    end = closing(code, i + 3)
    start = code.index("(", end) + 1
    close = closing(code, start - 1)
    return Statement("do", i, close + 2, (start, close),
                     [parse(code, i + 4, end)])


def parse_control(code, i, control):
    close = closing(code, control.end() - 1)
    cond = (control.end(), close)
    if control[1] == "for":
        first = code.index(";", control.end())
        cond = (skip_space(code, first + 1), code.index(";", first + 1))
    bodies = [[parse_one(code, skip_space(code, close + 1))]]
    other = re.compile(r"\s*else\s*").match(code, bodies[-1][0].end)
    if other:
        bodies.append([parse_one(code, other.end())])
    return Statement(control[1], i, bodies[-1][0].end, cond, bodies)


def walk(statements, inside=None):
    """Every list of statements, with the statement that it is the body of."""
    yield statements, inside
    for s in statements:
        for body in s.bodies:
            yield from walk(body, s)


def functions(code):
    """Name, start and end of the body of each."""
    for body in re.finditer(r"^\{$", code, re.M):
        head = code.rindex("\n\n", 0, body.start())
        name = re.search(r"(\w+)\(([^,)]*)", code[head:body.start()])
        what = name[2] if name[1].startswith("SYSCALL_DEFINE") else name[1]
        yield what, body.start() + 1, closing(code, body.start())


def operand(code, i, step):
    """Where the operand of && or || ends: from i forward (1) or back (-1)."""
    depth = 0
    ends = r"&&|\|\||[?:;,{}]" if step > 0 else r"&&|\|\||[?;,{}]"
    while True:
        c = code[i]
        depth += step * ((c in "([") - (c in ")]"))
        if depth < 0 or (not depth and re.compile(ends).match(code, i)):
            break
        if step < 0 and not depth and re.compile(
                r"return\b|(?<![=!<>])=(?!=)").match(code, i):
            i += 5 if c == "r" else 0
            break
        i += step
    return i if step > 0 else i + 1


def macros(code):
    """Start and end of the value of each macro that is a set of flags."""
    for define in re.finditer(r"^#define \w+\s+(\(\w+ \|(?:.*\\\n)*.*)", code,
                              re.M):
        yield define.span(1)


def tables(code):
    """The table of our functions, if the file has it: its rows are [2]."""
    return re.finditer(r"^} (nsset_types)\[\] = {\n(.*?)^};", code, re.S | re.M)
