"""What lists of names cost: the rows of run.py and the gate of instr.py. bench-feed measures."""

import subprocess

from bench_common import BenchError

SIZES = (10000, 1000000, 10000000)
QUICK_SIZES = (10000, 100000)
# At 10 million names, in seconds of CPU: what an operator bears at a start and at a reload.
MAX_BUILD_S = 2.5
MAX_LOAD_S = 0.5
MAX_BESIDE = 20.0  # bytes of the image for each name, without the names


def measure(program, n_names):
    done = subprocess.run([program, str(n_names)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True)
    if done.returncode != 0:
        raise BenchError("%s %d: exit status %d\n%s" % (
            program, n_names, done.returncode, done.stderr[-2000:]))
    return {key: float(value) for key, value in
            (line.split() for line in done.stdout.splitlines())}


def print_rows(rows):
    layout = "%-9s %9s %7s %9s %7s %8s %7s %9s %7s %7s"
    print(layout % ("names", "plain s", "/lines", "columns s", "/lines", "load s",
                    "/copy", "look-up ns", "/hash", "B/name"))
    for n, r in rows:
        print(layout % (
            n, "%.3f" % r["build_s"], "%.1f" % (r["build_s"] / r["lines_s"]),
            "%.3f" % r["table_s"], "%.1f" % (r["table_s"] / r["lines_s"]),
            "%.4f" % r["load_s"], "%.2f" % (r["load_s"] / r["copy_s"]),
            "%.0f" % r["lookup_ns"], "%.1f" % (r["lookup_ns"] / r["hash_ns"]),
            "%.2f" % r["beside_names"]))


def check(args, verdict):
    """Measures, prints and judges. True when all is within its limit."""
    print("\nlists of names; seconds of CPU; ratios to: hashing each line, copying the "
          "image, hashing the name that is looked up")
    rows = [(n, measure(args.feed, n)) for n in (QUICK_SIZES if args.quick else SIZES)]
    print_rows(rows)
    n, last = rows[-1]
    ok = verdict("bytes a name beside the names", "%.2f" % last["beside_names"],
                 last["beside_names"] <= MAX_BESIDE, "at most %.0f" % MAX_BESIDE)
    if n < SIZES[-1]:
        return ok
    ok &= verdict("10 million names from text", "%.2f s" % last["build_s"],
                  last["build_s"] <= MAX_BUILD_S, "at most %.1f s" % MAX_BUILD_S)
    ok &= verdict("10 million names from an image", "%.3f s" % last["load_s"],
                  last["load_s"] <= MAX_LOAD_S, "at most %.1f s" % MAX_LOAD_S)
    return ok


def instructions(program, profile, work):
    """Instructions for a look-up among 10,000 names, 1 of 100 listed: the slope between two runs."""
    totals = [profile([program, "10000", str(n)], work, "feed.%d" % n)[0]
              for n in (100000, 300000)]
    return (totals[1] - totals[0]) / 200000
