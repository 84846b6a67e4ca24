#!/usr/bin/env python3
"""make bench-instr: instructions per packet, counted by callgrind.

Times differ from run to run and machine to machine, instruction counts hardly.
Two captures are generated, of which the shorter is a prefix of the longer and
holds all injected miners.  The slope (I2 - I1) / (n2 - n1) is the cost of a
packet, the intercept I1 - slope * n1 that of start, stop, and the miners'
findings.  Both runs must find exactly the miners.
Exit status: 0 within the threshold, 1 not or wrong findings, 2 usage.
"""

import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

import bench_common as common
import feed_rows
import memory_rows
from bench_common import BenchError

# Below this a profile of a process must be missing: reading a record header
# and looking at the frame cannot be had for less.
IMPLAUSIBLE = 20
# A look-up of a name among 10,000, three labels on average, 1 of 100 listed: 284 when this was written, and 3 %.
MAX_LOOKUP = 292


def total_of(path):
    """Instructions in one callgrind.out file."""
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if line.startswith(("summary:", "totals:")):
                return int(line.split()[1])
    return 0


def profile(argv, work, tag):
    """Runs argv under callgrind; (instructions, profile files, stdout)."""
    pattern = os.path.join(work, "callgrind.%s." % tag)
    # Started by root, the sensor becomes nobody while it runs, and then callgrind could not write its
    # profile at the end: so it starts as nobody.
    user = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--trace-children=yes", "-q",
         "--callgrind-out-file=" + pattern + "%p"] + argv,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        universal_newlines=True, errors="replace", **user)
    if done.returncode != 0:
        raise BenchError("%s under valgrind: exit status %d\n%s" % (
            argv[0], done.returncode, done.stderr[-2000:]))
    files = sorted(glob.glob(glob.escape(pattern) + "*"))
    if not files:
        raise BenchError("valgrind wrote no profile for " + argv[0])
    return sum(total_of(f) for f in files), files, done.stdout


def slope(argv, captures, work, tag, expect=None):
    """argv(capture) gives the command.  (per packet, fixed, profile files)."""
    totals = []
    for n, capture in captures:
        total, files, output = profile(argv(capture), work, "%s.%d" % (tag, n))
        if expect is not None:
            common.check_findings(output, expect)
        totals.append(total)
    (n1, _), (n2, _) = captures
    per_packet = (totals[1] - totals[0]) / (n2 - n1)
    return per_packet, totals[0] - per_packet * n1, files


def self_costs(files):
    """Function name -> own instructions, over all processes."""
    costs = {}
    row = re.compile(r"^\s*([\d,]+)\s+(?:\(\s*[\d.]+%\)\s+)?(\S.*)$")
    for path in files:
        done = subprocess.run(["callgrind_annotate", "--threshold=100", path],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              universal_newlines=True, errors="replace")
        in_functions = False
        for line in done.stdout.splitlines():
            if "file:function" in line:
                in_functions = True
            elif line.startswith("-- Auto-annotated"):
                break
            found = row.match(line) if in_functions else None
            if not found or "PROGRAM TOTALS" in line:
                continue
            name = re.sub(r"\s+\[[^]]*\]$", "", found.group(2))
            name = name.split(":", 1)[-1] if ":" in name else name
            costs[name] = costs.get(name, 0) + int(found.group(1).replace(",", ""))
    return costs


def print_top(files, n_packets, count):
    print("self cost, instructions per packet of the longer run:")
    costs = sorted(self_costs(files).items(), key=lambda item: -item[1])
    for name, cost in costs[:count]:
        print("  %8.1f  %s" % (cost / n_packets, name))


def check_lookup(args, work):
    lookup = feed_rows.instructions(os.path.abspath(args.feed), profile, work)
    good = IMPLAUSIBLE < lookup <= args.max_lookup
    print("%s: instructions per look-up among 10,000 names: %.1f (at most %.0f)" %
          ("PASS" if good else "FAIL", lookup, args.max_lookup))
    return good


def measure(args, work):
    captures = []
    for n in (args.short, args.packets):
        path = os.path.join(work, "bench-%d.pcap" % n)
        # The same span and miners: the shorter file is a prefix of the longer.
        stats = common.generate(args.gen, path, [
            "-n", str(n), "--span", str(args.span), "--variant", args.variant,
            "--miners-in", str(args.short)])
        captures.append((n, path))
    expect = common.read_expect(captures[0][1] + ".expect")
    print(common.machine_line())
    print(common.describe_capture(stats))
    print("valgrind: " + common.first_line(["valgrind", "--version"]))
    sys.stdout.flush()

    def sensor(capture):
        # Its jails let no tool in: the same functions in one process.
        return ([os.path.join(os.path.dirname(os.path.abspath(args.gen)), "bench-file"), "-q", "-o", "json"] + args.arg + [capture])

    ours, fixed, files = slope(sensor, captures, work, "sensor", expect)
    print("countermine: %.1f instructions per packet, start and stop %.2f million"
          % (ours, fixed / 1e6))
    print("found exactly the %d injected miners in both runs" % len(expect))
    print_top(files, args.packets, args.top)
    if args.loop:
        loop, fixed, _ = slope(lambda c: [os.path.abspath(args.loop), c],
                               captures, work, "loop")
        print("libpcap loop: %.1f instructions per packet, start and stop %.2f "
              "million; countermine/loop %.2f" % (loop, fixed / 1e6, ours / loop))
    if args.memory:
        print("an answer that is remembered: %.0f instructions" % memory_rows.instructions(os.path.abspath(args.memory), profile, work))
    if ours < IMPLAUSIBLE:
        raise BenchError("%.1f instructions per packet: the profile of a process "
                         "is missing (does its sandbox forbid writing it?)" % ours)
    good = check_lookup(args, work) if args.feed else True
    good &= ours <= args.max
    print("%s: instructions per packet: %.1f (at most %.0f)" %
          ("PASS" if good else "FAIL", ours, args.max))
    return good


def parse(argv):
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--bin", required=True, help="the countermine program")
    p.add_argument("--gen", required=True, help="the bench-gen program")
    p.add_argument("--loop", help="the bench-loop program, for comparison")
    p.add_argument("--memory", help="the bench-memory program, for the count of a remembered answer")
    p.add_argument("--dir", default=os.environ.get("TMPDIR", "/tmp"),
                   help="where a temporary directory is made")
    p.add_argument("--packets", type=int, default=200000,
                   help="packets of the longer capture (default 200000)")
    p.add_argument("--short", type=int, default=50000,
                   help="packets of the shorter one (default 50000)")
    p.add_argument("--span", type=int, default=2300000,
                   help="length of the stream both are the start of")
    p.add_argument("--variant", default="mix",
                   choices=["mix", "json", "syn", "small"])
    p.add_argument("--arg", action="append", default=[], metavar="ARG",
                   help="a further argument for countermine (--arg=-x)")
    p.add_argument("--max", type=float, default=430, metavar="N",
                   help="greatest instructions per packet (default 430)")
    p.add_argument("--feed", help="the bench-feed program, for the gate on look-ups")
    p.add_argument("--max-lookup", type=float, default=MAX_LOOKUP, metavar="N",
                   help="greatest instructions per look-up of a name (default %.0f)" % MAX_LOOKUP)
    p.add_argument("--top", type=int, default=15, help="functions to list")
    args = p.parse_args(argv)
    args.span = max(args.span, args.packets)
    if args.short >= args.packets:
        p.error("want --short below --packets")
    return args


def main(argv):
    args = parse(argv)
    if shutil.which("valgrind") is None:
        print("FAIL: valgrind is not installed")
        return 1
    work = tempfile.mkdtemp(prefix="countermine-instr-", dir=args.dir)
    os.chmod(work, 0o1777)  # see profile()
    try:
        return 0 if measure(args, work) else 1
    except (BenchError, OSError) as why:
        print("FAIL: %s" % why)
        return 1
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
