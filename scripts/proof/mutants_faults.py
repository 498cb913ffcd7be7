# SPDX-License-Identifier: GPL-2.0
#
# Which faults a C file can have. faults_of() yields them all.
#
# Used by mutants; uses mutants_c.py.

import re

from mutants_c import (closing, functions, macros, operand, parse, skip_space,
                       tables, walk)

# Each name on the left is a regular expression; the fault puts a name of the
# same kind in its place.
OTHERS = {
    "CAP_SYS_ADMIN": ["CAP_SYS_CHROOT", "CAP_SYS_PTRACE"],
    "CAP_SYS_CHROOT": ["CAP_SYS_ADMIN"],
    "PTRACE_MODE_READ_REALCREDS": ["PTRACE_MODE_READ_FSCREDS",
                                   "PTRACE_MODE_ATTACH_REALCREDS"],
    "PIDTYPE_PID": ["PIDTYPE_TGID"],
    "CLONE_NEWPID": ["CLONE_NEWUTS"],
    "NSSET_USER": ["NSSET_UTS"],
    "NSSET_MNT": ["NSSET_UTS"],
    "NSSET_IPC": ["NSSET_UTS"],
    "NSSET_PID": ["NSSET_TIME"],
    "NSSET_TIME": ["NSSET_PID"],
    "NSSET_TYPES": ["(NSSET_TYPES & ~NSSET_TIME)", "~0U"],
    "NSSET_PIDFD_FLAGS": ["~0U"],
    "SETNS_SKIP_JOINED": ["SETNS_DRY_RUN"],
    "SETNS_DRY_RUN": ["SETNS_SKIP_JOINED"],
    "SETNS_FOR_CHILDREN": ["SETNS_ROOT"],
    "SETNS_ROOT": ["SETNS_FOR_CHILDREN"],
    "PIDNS_ADDING": ["(PIDNS_ADDING - 1)"],
    "DCACHE_OP_WEAK_REVALIDATE": ["DCACHE_OP_REVALIDATE"],
    "LOOKUP_DOWN": ["0"],
    "LOOKUP_FOLLOW": ["0"],
    "AT_FDCWD": ["0"],
    "FS_CONTEXT_FOR_RECONFIGURE": ["FS_CONTEXT_FOR_MOUNT"],
    "PROCFS_GET_PID_NAMESPACE": ["(PROCFS_GET_PID_NAMESPACE + 1)"],
    "fs_param_can_be_empty": ["fs_param_neg_with_no"],
    "(?<=[ywd]->)time_ns": ["time_ns_for_children"],
    "time_ns_for_children": ["time_ns"],
    "(?<=[csw]->)(?<!ns->)root": ["pwd"],
    "(?<=[csw]->)pwd": ["root"],
    r"(?<=[( *])root(?=[,)])": ["pwd"],
    r"(?<=[( *])pwd(?=[,)])": ["root"],
    "true": ["false"],
    "false": ["true"],
}

COUNTED = r"(?:get|put)_\w+|path_get|path_put|nsset_mount_put"
GETS = r"\b((?:nsset_)?get_(?!proc_)(?:net|\w+_ns))\("


# Each of these functions yields faults: start, end, replacement, name.

def of_conditions(code, statements):
    for some, _ in walk(statements):
        for s in some:
            if not s.cond or s.kind == "switch":
                continue
            text = code[slice(*s.cond)]
            if re.search(r"&&|\|\|", text):	# "not" and "compare" do the others
                yield *s.cond, "!(" + text + ")", "negate"
            if s.kind == "if":			# a loop without end costs time
                yield *s.cond, "1", "true"
            yield *s.cond, "0", "false"


def of_logic(code, start, end):
    for op in re.compile(r"&&|\|\|").finditer(code, start, end):
        left = skip_space(code, operand(code, op.start() - 1, -1))
        right = skip_space(code, op.end())
        right_end = operand(code, right, 1)
        swapped = "||" if op[0] == "&&" else "&&"
        yield op.start(), op.end(), swapped, "and" if swapped == "&&" else "or"
        yield left, right, "", "drop-left"
        before = len(code[:op.start()].rstrip())
        yield before, right_end, "", "drop-right"


def of_operators(code, start, end):
    swaps = {"==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=",
             ">=": ">"}
    for op in re.compile(r"(?<= )(==|!=|<=|>=|<|>)(?= )").finditer(
            code, start, end):
        yield *op.span(), swaps[op[0]], "compare"
    for op in re.compile(r"(?<![\w)])[!~](?=[\w(])").finditer(code, start, end):
        yield *op.span(), "", "not" if op[0] == "!" else "complement"
    for n in re.compile(r"(?<![\w.])(\d+)U?\b(?!x)").finditer(code, start, end):
        if code[:n.start()].endswith("return "):
            continue
        yield *n.span(), str(int(n[1]) + 1), "plus-one"
        if n[1] != "0":
            yield *n.span(), str(int(n[1]) - 1), "minus-one"
    for q in re.compile(r"\s\?(:?)\s").finditer(code, start, end):
        yield from of_choice(code, q)
    for flags in re.compile(r"\b(\w+) \|(?!\|)[\s\\]*(?=\w)").finditer(
            code, start, end):
        yield *flags.span(), "", "without-" + flags[1]
    for last in re.compile(r"(?<!\|) \|[\s\\]*(\w+)(?=\))").finditer(
            code, start, end):
        yield *last.span(), "", "without-" + last[1]


def of_choice(code, q):
    """cond ? a : b, or a ?: b."""
    left = skip_space(code, operand(code, q.start() - 1, -1))
    right = skip_space(code, q.end())
    if q[1]:
        yield q.start(), operand(code, right, 1), "", "first"
        yield left, right, "", "second"
        return
    yield left, right, "1 ? ", "first"
    yield left, right, "0 ? ", "second"


def of_names(code, start, end):
    for pattern, others in OTHERS.items():
        for name in re.compile(r"\b%s\b" % pattern).finditer(code, start, end):
            for other in others:
                yield *name.span(), other, "other-" + name[0]


def of_returns(code, start, end):
    for error in re.compile(r"-(E[A-Z]+)\b").finditer(code, start, end):
        other = "-EINVAL" if error[1] == "EPERM" else "-EPERM"
        yield *error.span(), "0", "no-" + error[1]
        yield *error.span(), other, "errno-" + error[1]
    for r in re.compile(r"return (0|err|nr);").finditer(code, start, end):
        yield *r.span(1), "-EINVAL" if r[1] == "0" else "0", "return-" + r[1]
    for r in re.compile(r"return ([^;]*[&|(][^;]*);").finditer(code, start, end):
        if "bool " in code[code.rindex("\n\n", 0, start):start]:
            yield *r.span(1), "!(" + r[1] + ")", "negate-result"


def callee(text):
    """What a statement is called in a name."""
    assigned = re.match(r"([\w>.*-]+?) ?[|&+-]?= ", text)
    if assigned:
        return re.sub(r".*(\.|->)|\*", "", assigned[1])
    return re.split(r"\W", text.lstrip("*"))[0]


def of_statements(text, statements):
    for some, inside in walk(statements):
        alone = inside and inside.kind == "if" and len(inside.bodies) == 1
        for s in some:
            what = text[s.start:s.end]
            # alone is what a condition does that is false
            if not alone and s.kind in ("expression", "break", "continue",
                                        "goto"):
                yield s.start, s.end, ";", "delete-" + callee(what)
            if s.kind == "expression" and re.match(COUNTED, what):
                yield (s.start, s.end, "{ " + what + " " + what + " }",
                       "twice-" + callee(what))
        for a, b in zip(some, some[1:]):
            yield from of_order(text, a, b)


def of_order(text, a, b):
    movable = ("expression", "if", "for", "while")
    if a.kind not in movable or b.kind not in movable:
        return
    one, two = text[a.start:a.end], text[b.start:b.end]
    sets = [re.match(r"([\w>.*-]+?) [|&+-]?= ", s) for s in (one, two)]
    # two assignments that have nothing to do with each other
    if all(sets) and sets[0][1] not in two and sets[1][1] not in one:
        return
    between = text[a.end:b.start]
    yield (a.start, b.end, two + between + one,
           "swap-%s-%s" % (callee(one), callee(two)))


def of_gets(code, start, end):
    for get in re.compile(GETS).finditer(code, start, end):
        close = closing(code, get.end() - 1)
        # a statement of its own is deleted
        if not code[:get.start()].endswith("\t"):
            yield (get.start(), close + 1,
                   code[get.end() - 1:close + 1], "without-" + get[1])


def of_table(code, start, end):
    """The rows: each without it, and each two swapped."""
    rows = list(re.compile(r"\{ (\w+),[^}]*\}").finditer(code, start, end))
    for row in rows:
        yield *row.span(), "{ 0 }", "delete-" + row[1]
        without = re.sub(r",\s*install_\w+", "", row[0])
        yield *row.span(), without, "no-install"
    for a, b in zip(rows, rows[1:]):
        yield (a.start(), b.end(), b[0] + code[a.end():b.start()] + a[0],
               "swap-%s-%s" % (a[1], b[1]))


def faults_of(text, code):
    """Where, what instead, and what it is called, of every fault."""
    for name, start, end in functions(code):
        statements = parse(code, start, end)
        for faults in (of_conditions(code, statements),
                       of_logic(code, start, end),
                       of_operators(code, start, end),
                       of_returns(code, start, end),
                       of_names(code, start, end),
                       of_statements(text, statements),
                       of_gets(code, start, end)):
            yield from ((name, *f) for f in faults)
    for value in macros(code):
        yield from (("define", *f) for f in of_operators(code, *value))
    for table in tables(code):
        yield from ((table[1], *f) for f in of_table(code, *table.span(2)))
