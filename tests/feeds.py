#!/usr/bin/env python3
"""Checks the lists of feeds/; prints TAP.

Each list is ASCII with LF, has the header, its rows are sorted, unique over all lists and well formed; every source
is explained in feeds/NOTICE with a permissive licence, and the licences of a row are those of its sources; no row is
a public suffix, and none would match a name of never.csv.
"""
import csv
import io
import os
import re
import sys

FEEDS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "feeds")
HEADER = ["name", "match", "kind", "confidence", "coins", "sources", "licences", "note"]
KINDS = {"pools.csv": {"pool", "nicehash", "dead", "webminer"}, "nodes.csv": {"node"}, "never.csv": {"never"}}
LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\Z")
# Licences under which anyone may pass the list on.
PERMISSIVE = {"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "DRL-1.1", "LicenseRef-anudeepND", "MIT", "Unlicense"}
# Package publicsuffix; label boundaries below which names belong to different owners.
SUFFIXES = "/usr/share/publicsuffix/public_suffix_list.dat"

number = 0
failed = False


def say(name, faults, skip=""):
    """One TAP line, and the first faults."""
    global number, failed
    number += 1
    failed = failed or bool(faults)
    print("%s %d - %s%s" % ("not ok" if faults else "ok", number, name, " # SKIP " + skip if skip else ""))
    for fault in faults[:10]:
        print("# " + fault)


def read(name):
    """The bytes of a list, its rows as dictionaries with their line, and what is wrong with its form."""
    with open(os.path.join(FEEDS, name), "rb") as f:
        data = f.read()
    faults = []
    if re.search(rb"[^\x20-\x7e\n]", data) or not data.endswith(b"\n") or b"\n\n" in data:
        faults.append("%s: expected printable ASCII, lines ended by LF, no empty line" % name)
    table = list(csv.reader(io.StringIO(data.decode("latin-1")), strict=True))
    if table[0] != HEADER:
        faults.append("%s:1: expected the header %s" % (name, ",".join(HEADER)))
    faults += ["%s:%d: %d fields, expected %d" % (name, i, len(r), len(HEADER))
               for i, r in enumerate(table, 1) if len(r) != len(HEADER)]
    rows = [dict(zip(HEADER, r), line="%s:%d" % (name, i)) for i, r in enumerate(table[1:], 2)]
    names = [r["name"] for r in rows]
    faults += ["%s: is not behind %s (LC_ALL=C sort)" % (b["line"], a) for a, b in zip(names, rows[1:]) if a >= b["name"]]
    return rows, faults


def row_faults(row, kinds):
    labels = row["name"].split(".")
    if len(labels) < 2 or len(row["name"]) > 253 or not all(LABEL.match(label) for label in labels) or labels[-1].isdigit():
        yield "%s: `%s' is no host name of two labels or more in lower case" % (row["line"], row["name"])
    if row["match"] not in ("suffix", "exact"):
        yield "%s: match `%s'" % (row["line"], row["match"])
    if row["kind"] not in kinds:
        yield "%s: kind `%s', expected one of %s" % (row["line"], row["kind"], " ".join(sorted(kinds)))
    if not re.match(r"(0|[1-9][0-9]?|100)\Z", row["confidence"]):
        yield "%s: confidence `%s'" % (row["line"], row["confidence"])
    for column in ("sources", "licences"):
        if not row[column] or row[column].split(" ") != sorted(set(row[column].split())):
            yield "%s: %s `%s' are not words, sorted, each once" % (row["line"], column, row[column])
    if row["kind"] == "never" and not row["note"]:
        yield "%s: a never row says why in its note" % row["line"]


def read_notice():
    """Identifier -> licences, from the paragraphs of NOTICE."""
    with open(os.path.join(FEEDS, "NOTICE"), encoding="ascii") as f:
        text = f.read().split("Texts of the licences")[0]
    return {m.group(1): set(re.findall(r"[A-Za-z0-9.-]+", re.sub(r"\(.*?\)| or ", " ", m.group(2))))
            for m in re.finditer(r"^([a-z0-9-]+): .*\n  Licence: (.*?)    Year: \d{4}$", text, re.M)}


def source_faults(rows, notice):
    for row in rows:
        unknown = [s for s in row["sources"].split() if s not in notice]
        if unknown:
            yield "%s: source %s is not in feeds/NOTICE" % (row["line"], " ".join(unknown))
        elif set(row["licences"].split()) != set().union(*(notice[s] for s in row["sources"].split())):
            yield "%s: licences `%s' are not those of the sources" % (row["line"], row["licences"])
    for source, licences in sorted(notice.items()):
        if not licences or licences - PERMISSIVE:
            yield "NOTICE: %s: %s is no licence known to be permissive" % (source, " ".join(licences))
        if not any(source in row["sources"].split() for row in rows):
            yield "NOTICE: %s: no row has this source" % source


def parents(name):
    """The name and all above it."""
    labels = name.split(".")
    return [".".join(labels[i:]) for i in range(len(labels))]


def guard_faults(rows):
    known = {row["name"]: row for row in rows if row["kind"] not in ("never", "node")}
    for guard in (row for row in rows if row["kind"] == "never"):
        for name in parents(guard["name"]):
            row = known.get(name)
            if row and (row["match"] == "suffix" or name == guard["name"]):
                yield "%s: %s would match %s, which %s guards" % (row["line"], name, guard["name"], guard["line"])


def is_public_suffix(name, rules):
    """By the algorithm of publicsuffix.org."""
    above = name.split(".", 1)[1]
    return "!" + name not in rules and (name in rules or "*." + above in rules)


def suffix_faults(rows, rules):
    for row in rows:
        if row["kind"] != "never" and is_public_suffix(row["name"], rules):
            yield "%s: %s is a public suffix" % (row["line"], row["name"])


def main():
    everything = []
    for name, kinds in KINDS.items():
        rows, faults = read(name)
        say("%s: ASCII, header, sorted, unique" % name, faults)
        say("%s: rows are well formed" % name, [f for row in rows for f in row_faults(row, kinds)] or
            ([] if len(rows) > 50 else ["%d rows only" % len(rows)]))
        everything += rows
    first = {}
    say("no name is in two lists", ["%s: %s is in %s too" % (row["line"], row["name"], first[row["name"]]) for row in everything
                                    if first.setdefault(row["name"], row["line"]) != row["line"]])
    say("sources and licences are those of NOTICE", list(source_faults(everything, read_notice())))
    say("no row would match a guarded name", list(guard_faults(everything)))
    if os.path.exists(SUFFIXES):
        with open(SUFFIXES, encoding="utf-8") as f:
            rules = {line.split()[0].encode("idna").decode() if not line.startswith(("*", "!")) else line.split()[0]
                     for line in f if line.strip() and not line.startswith("//")}
        say("no row is a public suffix", list(suffix_faults(everything, rules)) or
            ([] if {"com", "co.uk"} <= rules else ["the list of public suffixes is of no use"]))
    else:
        say("no row is a public suffix", [], "no %s (Debian: apt install publicsuffix)" % SUFFIXES)
    print("1..%d" % number)
    return failed


sys.exit(main())
