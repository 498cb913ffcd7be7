# SPDX-License-Identifier: GPL-2.0
#
# All faults in one kernel. Each function gets one copy for each of its faults.
# A function of the old name calls the copy of the fault that the parameter
# nshandle_mutant chooses.
#
# Used by mutants; uses mutants_c.py.

import re

from mutants_c import blanked, functions, macros, skip_space, tables

CHOICE = "READ_ONCE(nshandle_mutant)"


def dispatched(text, start, end, faults):
    """The copies of a function, and one of its name that calls them."""
    head = text[start:text.index("\n{\n", start)]
    end_of_head = start + len(head) + 1
    # Copies that are inlined into copies take gigabytes of memory to compile.
    head = head.replace("__always_inline", "noinline")
    plain = re.sub(r"SYSCALL_DEFINE\d\((\w+), (\w+), (\w+), (\w+), (\w+)\)",
                   r"static long \1(\2 \3, \4 \5)", head)
    name = re.search(r"(\w+)\(", plain)[1]
    names = ", ".join(re.findall(r"(\w+)[,)]", plain[plain.index("("):]))
    names = names.replace("void", "")
    static = plain if plain.startswith("static") else "static " + plain
    gives = "" if re.match(r"(static )?(inline )?void ", plain) else "return "

    def copy(number, body):
        return '\n#line 1 "mutant-%d"\n%s\n%s\n' % (number, re.sub(
            r"\b%s\(" % name, "%s_%d(" % (name, number), static, 1), body)

    body = text[end_of_head:end]
    out = [copy(0, body)]
    cases = []
    for m in faults:
        out.append(copy(m.number, text[end_of_head:m.start] + m.new +
                        text[m.end:end]))
        cases.append("\tcase %d:\n\t\t%s%s_%d(%s);\n\t\tbreak;\n" % (
            m.number, gives, name, m.number, names))
    out.append("\n#line 1 \"choice\"\n%s\n{\n\tswitch (%s) {\n%s\tdefault:\n\t\t%s%s_0(%s);\n"
               "\t}\n}" % (head, CHOICE, "".join(cases), gives, name, names))
    return "".join(out)


def chosen(text, start, end, faults):
    """The body of a macro: one expression that chooses."""
    value = text[start:end]
    for m in faults:
        value = "(%s == %d ? %s : %s)" % (CHOICE, m.number, text[start:m.start]
                                          + m.new + text[m.end:end], value)
    return value.replace("\\\n", " ")


def table_of_tables(text, table, faults):
    """A table for each fault, and a macro of the old name that chooses."""
    start, end = table.span(2)
    all_rows = [text[start:end]]
    choice = "0"
    for i, m in enumerate(faults, 1):
        all_rows.append(text[start:m.start] + m.new + text[m.end:end])
        choice = "%s == %d ? %d : %s" % (CHOICE, m.number, i, choice)
    return "} %s_all[][%d] = {\n{\n%s}\n};\n#define %s (%s_all[%s])" % (
        table[1], all_rows[0].count("\t{ "), "},\n{\n".join(all_rows),
        table[1], table[1], choice)


def with_all(text, faults, has_parameter):
    """A file with all of its faults; one file has the parameter as well."""
    code = blanked(text)
    edits = []

    def inside(start, end):
        return [m for m in faults if start <= m.start < end]

    for _, start, end in functions(code):
        mine = inside(start, end)
        head = skip_space(code, code.rindex("\n\n", 0, start))
        if mine:
            edits.append((head, end + 1,
                          dispatched(text, head, end + 1, mine)))
    for start, end in macros(code):
        edits.append((start, end,
                      chosen(text, start, end, inside(start, end))))
    for table in tables(code):
        edits.append((*table.span(), table_of_tables(
            text, table, inside(*table.span()))))
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return declared(text, has_parameter)


def declared(text, has_parameter):
    """The file, with nshandle_mutant after the last #include."""
    says = "extern unsigned int nshandle_mutant;\n"
    if has_parameter:
        says = ("#include <linux/moduleparam.h>\n"
                "unsigned int nshandle_mutant;\n"
                "core_param(nshandle_mutant, nshandle_mutant, uint, 0644);\n")
    last = list(re.finditer(r"^#include.*\n", text, re.M))[-1].end()
    return text[:last] + says + text[last:]
