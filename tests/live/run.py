#!/usr/bin/env python3
"""Runs the live scenarios one after the other, as root, and says how each ended.

usage: run.py [--long] [--bin COUNTERMINE] [--blast BLAST] [SCENARIO...]

Each scenario is a script beside this one that prints TAP. --long (LIVE_LONG=1) takes the full sizes; the short form is under nine
minutes together. Exits with 1 when one failed; one that was skipped is said, and is a failure where CI=true.
"""
import argparse
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SCENARIOS = ("mirror", "names", "latency", "kills", "reload", "allow", "process", "swap", "storm", "silent", "bad_input", "speed")


def main():
    p = argparse.ArgumentParser(usage=__doc__)
    p.add_argument("--long", action="store_true")
    p.add_argument("--bin")
    p.add_argument("--blast")
    p.add_argument("scenario", nargs="*")
    a = p.parse_args()
    env = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
    env["LIVE_LONG"] = "1" if a.long else env.get("LIVE_LONG", "0")
    if a.bin:
        env["COUNTERMINE"] = os.path.abspath(a.bin)
    if a.blast:
        env["BLAST"] = os.path.abspath(a.blast)
    passed = failed = 0
    summary = []
    for name in a.scenario or SCENARIOS:
        if name not in SCENARIOS:
            sys.exit("run.py: no scenario %s; there are: %s" % (name, " ".join(SCENARIOS)))
        begin = time.monotonic()
        print("=== %s" % name, flush=True)
        child = subprocess.Popen([sys.executable, os.path.join(HERE, name + ".py")], env=env, stdout=subprocess.PIPE, text=True, errors="replace")
        good = bad = 0
        skipped = planned = False
        for line in child.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            good += line.startswith("ok ")
            bad += line.startswith("not ok ")
            planned |= line.startswith("1..")
            skipped |= line.startswith("1..0 # SKIP")
        status = child.wait()
        if not bad and (status or not planned):
            bad = 1                        # it ended in its middle
        passed, failed = passed + good, failed + bad
        summary.append("%-10s %s %3d passed, %d failed, %.0f s" % (name, "skipped" if skipped else "FAILED " if bad else "ok     ", good, bad,
                                                                  time.monotonic() - begin))
    print("\n".join(summary))
    # The form that .ci/run adds up.
    print("# PASS:  %d\n# FAIL:  %d" % (passed, failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
