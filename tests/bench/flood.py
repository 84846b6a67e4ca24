#!/usr/bin/env python3
"""`make check-flood`: floods of new flows with miners hidden in them.

    tests/bench/flood.py --bin countermine --gen bench-gen [--packets N] [--miners N]

The generator's stream is piped into countermine and stored nowhere: by turns a
SYN, and one segment of a new flow that begins {"id":1 like a line of mining.  The
peak of resident memory (VmHWM of /proc, of all its processes) must stay below the
cap that `countermine -T` prints, plus 5 %; each of the miners must be found, and
nothing else.  Exit status 1 if not.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time

from bench_common import BenchError, check_findings, machine_line, read_expect

SLACK = 1.05
# Of the cap 400 MiB are for 8,192 findings with full lists; without them the rest of it is put to the test.
SETTINGS = ["-c", "/dev/null", "--set", "limits.max_findings=128"]


def memory_cap(binary):
    """The MiB that `countermine -T` says it takes at most."""
    done = subprocess.run([binary, "-T"] + SETTINGS, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
    found = re.search(r"at most (\d+) MiB", done.stdout)
    if done.returncode != 0 or not found:
        raise BenchError("%s -T does not say how much memory it takes:\n%s" % (binary, done.stdout))
    return int(found.group(1))


def high_water(pid):
    """Peak resident MiB of a process and those that it started, each so far; what they share counts for each."""
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as children:
            others = [int(child) for child in children.read().split()]
    except OSError:
        others = []
    return sum(own_high_water(p) for p in [pid] + others)


def own_high_water(pid):
    """Peak resident MiB of a process so far, or 0 when it is gone."""
    try:
        with open("/proc/%d/status" % pid, encoding="ascii", errors="replace") as lines:
            for line in lines:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0


def run(args, work):
    """(findings, closing summary, peak MiB, seconds)"""
    expect = os.path.join(work, "expect")
    gen = subprocess.Popen([args.gen, "-n", str(args.packets), "--variant", "flows", "--miners", str(args.miners),
                            "--expect", expect, "-"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    with open(os.path.join(work, "found"), "w+", encoding="utf-8") as found, \
            open(os.path.join(work, "said"), "w+", encoding="utf-8") as said:
        began = time.monotonic()
        tool = subprocess.Popen([args.bin, "-v", "-r", "-", "-o", "json"] + SETTINGS, stdin=gen.stdout, stdout=found, stderr=said)
        gen.stdout.close()
        peak = 0
        while tool.poll() is None:
            peak = max(peak, high_water(tool.pid))
            time.sleep(0.05)
        seconds = time.monotonic() - began
        if gen.wait() != 0 or tool.returncode != 0:
            raise BenchError("generator: status %d; countermine: status %d" % (gen.returncode, tool.returncode))
        found.seek(0)
        said.seek(0)
        check_findings(found.read(), read_expect(expect))
        return said.read(), peak, seconds


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].strip())
    parser.add_argument("--bin", required=True)
    parser.add_argument("--gen", required=True)
    parser.add_argument("--loop", help=argparse.SUPPRESS)  # of the other benches
    parser.add_argument("--packets", type=int, default=20000000)
    parser.add_argument("--miners", type=int, default=100)
    args = parser.parse_args()
    print(machine_line())
    try:
        cap = memory_cap(args.bin)
        with tempfile.TemporaryDirectory() as work:
            said, peak, seconds = run(args, work)
    except BenchError as why:
        print("FAILED: %s" % why)
        return 1
    print(said.rstrip())
    print("%d packets in %.0f s; %d of %d miners found; peak %.1f MiB, cap %d MiB" %
          (args.packets, seconds, args.miners, args.miners, peak, cap))
    if peak > cap * SLACK:
        print("FAILED: more than the cap and 5 %")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
