#!/usr/bin/env python3
"""countermine-feed explain answers the questions of tests/explain/rows.csv; prints TAP.

A row: the lists (of tests/explain, none: the built-in ones), the day, the question, the exit status, the first line
behind the question, and what the lines say beside that, separated by "; ".
"""
import csv
import os
import subprocess
import sys

TOP = os.environ.get("TOP_SRCDIR", os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOOL = os.environ.get("COUNTERMINE_FEED", os.path.join(TOP, "build", "countermine-feed"))
FOLDER = os.path.join(TOP, "tests", "explain")


def ask(row):
    """The status, standard output and error."""
    command = [TOOL, "explain"]
    for name in row["lists"].split():
        command += ["--feeds", name + ".csv"]
    if not row["lists"]:
        command += ["-c", "/dev/null"]
    if row["at"]:
        command += ["--at", row["at"]]
    done = subprocess.run(command + [row["question"]], cwd=FOLDER, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def faults(row):
    status, out, err = ask(row)
    if status != int(row["status"]):
        yield "status %d, expected %s" % (status, row["status"])
    first = out.split("\n")[0]
    if row["answer"] and first != "%s: %s" % (row["question"], row["answer"]):
        yield "answered `%s'" % first
    for part in row["says"].split("; "):
        if part and part not in out:
            yield "does not say `%s'" % part
    if status == 2 and not err or status == 0 and err:
        yield "standard error: %s" % err.strip()


def main():
    with open(os.path.join(FOLDER, "rows.csv"), encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    failed = len(rows) < 20
    for number, row in enumerate(rows, 1):
        found = list(faults(row))
        failed = failed or bool(found)
        print("%s %d - %s with %s: %s" % ("not ok" if found else "ok", number, row["question"].replace("#", " "),
                                          row["lists"] or "the built-in lists", row["answer"] or "refused"))
        for fault in found:
            print("# " + fault)
    print("1..%d" % len(rows))
    return failed


sys.exit(main())
