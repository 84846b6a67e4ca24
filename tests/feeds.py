#!/usr/bin/env python3
"""Checks the lists of feeds/; prints TAP.

Each list is ASCII with LF, has the header, its rows are sorted, unique over all lists and well formed; every source
is explained in feeds/NOTICE with a permissive licence (those of facts.csv have none, which is why it is off), and the
licences of a row are those of its sources; no row is a public suffix, and none would match a name of never.csv.
Then each of these checks is shown a copy of the lists that it must refuse.
"""
import csv
import io
import ipaddress
import os
import re
import shutil
import sys
import tempfile

FEEDS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "feeds")
HEADER = ["name", "match", "kind", "confidence", "coins", "sources", "licences", "note"]
EXPIRES = ["expires"]
# List -> header, kinds, fewest rows.
LISTS = {
    "pools.csv": (HEADER, {"pool", "proxy", "nicehash", "dead", "webminer"}, 500),
    "nodes.csv": (HEADER, {"node"}, 50),
    "never.csv": (HEADER, {"never"}, 300),
    "endpoints.csv": (HEADER + EXPIRES, {"pool", "proxy", "nicehash"}, 500),
    "malware.csv": (HEADER, {"malware"}, 500),
    "facts.csv": (HEADER, {"pool", "proxy", "nicehash"}, 100),
}
LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\Z")
# Bare facts of sources that have no licence for lists: in facts.csv only.
FACTS = "LicenseRef-facts"
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


def read(folder, name):
    """The bytes of a list, its rows as dictionaries with their line, and what is wrong with its form."""
    header = LISTS[name][0]
    with open(os.path.join(folder, name), "rb") as f:
        data = f.read()
    faults = []
    if re.search(rb"[^\x20-\x7e\n]", data) or not data.endswith(b"\n") or b"\n\n" in data:
        faults.append("%s: expected printable ASCII, lines ended by LF, no empty line" % name)
    table = list(csv.reader(io.StringIO(data.decode("latin-1")), strict=True))
    if table[0] != header:
        faults.append("%s:1: expected the header %s" % (name, ",".join(header)))
    faults += ["%s:%d: %d fields, expected %d" % (name, i, len(r), len(header))
               for i, r in enumerate(table, 1) if len(r) != len(header)]
    rows = [dict(zip(header, r), list=name, line="%s:%d" % (name, i)) for i, r in enumerate(table[1:], 2)]
    names = [r["name"] for r in rows]
    faults += ["%s: is not behind %s (LC_ALL=C sort)" % (b["line"], a) for a, b in zip(names, rows[1:]) if a >= b["name"]]
    return rows, faults


def is_endpoint(row):
    return ":" in row["name"]


def name_faults(row):
    labels = row["name"].split(".")
    if is_endpoint(row):
        address, port = row["name"].rsplit(":", 1)
        try:
            good = ipaddress.ip_address(address.strip("[]")).is_global and 0 < int(port) < 65536
        except ValueError:
            good = False
        if not good or row["list"] != "endpoints.csv" or row["match"] != "exact":
            yield "%s: `%s' is no public address with port that matches exactly, in endpoints.csv" % (row["line"], row["name"])
        if not re.match(r"20\d\d-\d\d-\d\d\Z", row.get("expires", "")):
            yield "%s: an endpoint expires on a day" % row["line"]
    elif row["list"] == "endpoints.csv":
        yield "%s: `%s' is no address with port" % (row["line"], row["name"])
    elif len(labels) < 2 or len(row["name"]) > 253 or not all(LABEL.match(label) for label in labels) or labels[-1].isdigit():
        yield "%s: `%s' is no host name of two labels or more in lower case" % (row["line"], row["name"])


def row_faults(row, kinds):
    yield from name_faults(row)
    if row["match"] not in ("suffix", "exact", "below"):
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


def read_notice(folder):
    """Identifier -> licences, from the paragraphs of NOTICE."""
    with open(os.path.join(folder, "NOTICE"), encoding="ascii") as f:
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
        if FACTS in row["licences"] and row["list"] != "facts.csv":
            yield "%s: rows without a licence stand in facts.csv only" % row["line"]
    for source, licences in sorted(notice.items()):
        if not licences or licences - PERMISSIVE - {FACTS}:
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
        if row["kind"] != "never" and not is_endpoint(row) and is_public_suffix(row["name"], rules):
            yield "%s: %s is a public suffix" % (row["line"], row["name"])


def checks(folder):
    """Yields the name of each check and its faults."""
    everything = []
    for name, (_, kinds, fewest) in LISTS.items():
        rows, faults = read(folder, name)
        yield "%s: ASCII, header, sorted, unique" % name, faults
        yield "%s: rows are well formed" % name, ([f for row in rows for f in row_faults(row, kinds)] or
                                                  ([] if len(rows) >= fewest else ["%d rows only" % len(rows)]))
        everything += rows
    first = {}
    yield "no name is in two lists", ["%s: %s is in %s too" % (row["line"], row["name"], first[row["name"]])
                                      for row in everything
                                      if first.setdefault(row["name"], row["line"]) != row["line"]]
    yield "sources and licences are those of NOTICE", list(source_faults(everything, read_notice(folder)))
    yield "no row would match a guarded name", list(guard_faults(everything))
    with open(SUFFIXES, encoding="utf-8") as f:
        rules = {line.split()[0].encode("idna").decode() if not line.startswith(("*", "!")) else line.split()[0]
                 for line in f if line.strip() and not line.startswith("//")}
    yield "no row is a public suffix", (list(suffix_faults(everything, rules)) or
                                        ([] if {"com", "co.uk"} <= rules else ["the list of public suffixes is of no use"]))


def insert(row):
    """An edit: puts a row where the order wants it."""
    def edit(lines):
        head, rows = lines[0], lines[1:] + [row]
        return [head] + sorted(rows, key=lambda r: r.split(",")[0])
    return edit


def swap(lines):
    return lines[:5] + [lines[6], lines[5]] + lines[7:]


# What the checks must refuse: list, edit of its lines, the check.
BAD = [
    ("pools.csv", insert("co.uk,suffix,pool,50,,blp,Unlicense,"), "no row is a public suffix"),
    ("pools.csv", insert("duckdns.org,suffix,pool,50,,blp,Unlicense,"), "no row is a public suffix"),
    ("pools.csv", insert("github.com,suffix,pool,50,,blp,Unlicense,"), "no row would match a guarded name"),
    ("malware.csv", insert("moneropulse.org,suffix,malware,50,,maltrail-malware,MIT,"), "no row would match a guarded name"),
    ("facts.csv", insert("nanopool.org,suffix,pool,50,,miner-configs,LicenseRef-facts,"), "no name is in two lists"),
    ("pools.csv", lambda lines: lines[:9] + lines[8:], "pools.csv: ASCII, header, sorted, unique"),
    ("pools.csv", swap, "pools.csv: ASCII, header, sorted, unique"),
    ("endpoints.csv", swap, "endpoints.csv: ASCII, header, sorted, unique"),
    ("endpoints.csv", insert("192.168.1.1:3333,exact,pool,50,,maltrail,MIT,,2027-04-01"),
     "endpoints.csv: rows are well formed"),
    ("endpoints.csv", insert("8.8.8.8:3333,exact,pool,50,,maltrail,MIT,,"), "endpoints.csv: rows are well formed"),
    ("malware.csv", insert("pool.example,suffix,pool,50,,maltrail-malware,MIT,"), "malware.csv: rows are well formed"),
    ("pools.csv", insert("pool.example,suffix,pool,50,,,,"), "pools.csv: rows are well formed"),
    ("pools.csv", insert("pool.example,suffix,pool,50,,nobody,MIT,"), "sources and licences are those of NOTICE"),
    ("pools.csv", insert("pool.example,suffix,pool,50,,miner-configs,LicenseRef-facts,"),
     "sources and licences are those of NOTICE"),
    ("nodes.csv", insert("nodes.example,suffix,node,50,,bitcoin,GPL-3.0,"), "sources and licences are those of NOTICE"),
]


def refuse_bad(folder):
    for name, edit, check in BAD:
        path = os.path.join(folder, name)
        with open(path) as f:
            good = f.read()
        with open(path, "w") as f:
            f.write("\n".join(edit(good.splitlines())) + "\n")
        found = [what for what, faults in checks(folder) if faults]
        say("%s that is bad is refused: %s" % (name, check), [] if check in found else ["refused by: %s" % found])
        with open(path, "w") as f:
            f.write(good)


def main():
    if not os.path.exists(SUFFIXES):
        say("public suffixes", ["no %s (Debian: apt install publicsuffix)" % SUFFIXES])
    else:
        for what, faults in checks(FEEDS):
            say(what, faults)
        with tempfile.TemporaryDirectory() as tmp:
            refuse_bad(shutil.copytree(FEEDS, os.path.join(tmp, "feeds")))
    print("1..%d" % number)
    return failed


sys.exit(main())
