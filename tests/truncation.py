#!/usr/bin/env python3
"""Cuts the golden captures at every length and checks that countermine neither breaks nor finds more in less; prints TAP.

usage: truncation.py --bin PATH/countermine [--quick] [NAME...]

  uniform  all packets cut to n bytes, n from 1 to the longest packet: exit status 0 or 1, and what is found at n, as (miner
           address, pool address and port, protocol), is found at n + 1 too; protocol `unknown` at n may get a name at n + 1
  single   one packet cut at every length while the others are whole: exit status 0 or 1
--quick takes about 24 lengths and 24 single cuts of each capture. Captures of more than 200 packets are left out.
"""
import argparse
import concurrent.futures
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "gen"))

import wire  # noqa: E402

ROOT = os.path.join(HERE, "golden")
LIMIT_S = 30
MOST_PACKETS = 200
QUICK = 24
JOBS = 2
# Header boundaries of Ethernet, IPv4, TCP with options, VXLAN around them; quick runs always look just there.
EDGES = (1, 14, 33, 34, 53, 54, 65, 66, 67, 100, 128, 200)
SERIAL = itertools.count()


def run(binary, packets, where):
    """(complaint or "", set of (miner ip, pool ip:port, protocol)) for one capture"""
    suffix = "pcapng" if len({p.link for p in packets}) > 1 else "pcap"
    path = os.path.join(where, "%d.%s" % (next(SERIAL), suffix))
    wire.write_file(path, packets)
    try:
        p = subprocess.run([binary, "-q", "-r", path, "-o", "json"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        return "no end after %d s" % LIMIT_S, set()
    finally:
        os.unlink(path)
    errors = p.stderr.decode("utf-8", "replace")
    if p.returncode not in (0, 1) or "Sanitizer" in errors or "runtime error:" in errors:
        return "exit status %d; %s" % (p.returncode, errors[-1500:]), set()
    try:
        return "", found(p.stdout)
    except ValueError as e:
        return "output is not JSON by line: %s" % e, set()


def found(output):
    last = {}
    for line in output.decode("utf-8").splitlines():
        o = json.loads(line)
        if o.get("event") == "finding":
            last[o.get("id")] = o
    return {(f.get("miner", {}).get("ip", ""), "%s:%s" % (f.get("pool", {}).get("ip", ""), f.get("pool", {}).get("port", "")),
             f.get("mining", {}).get("protocol", "unknown")) for f in last.values()}


def lost(shorter, longer):
    """What the shorter cut found and the longer did not."""
    pairs = {(m, p) for m, p, _ in longer}
    return sorted(x for x in shorter if x not in longer and not (x[2] == "unknown" and x[:2] in pairs))


def uniform_lengths(name, packets, quick):
    longest = max(len(p.data) for p in packets)
    if not quick or longest <= QUICK:
        return list(range(1, longest + 1))
    some = {n for n in EDGES if n <= longest} | {longest}
    rest = [n for n in range(1, longest) if n not in some]
    return sorted(some | set(random.Random(name).sample(rest, min(len(rest), max(0, QUICK - len(some))))))


def single_cuts(name, packets, quick):
    """(packet number, length) of each single cut"""
    cuts = [(i, n) for i, p in enumerate(packets) for n in range(1, len(p.data))]
    return sorted(random.Random(name).sample(cuts, min(len(cuts), QUICK))) if quick else cuts


def check_uniform(pool, binary, name, packets, quick, where):
    lengths = uniform_lengths(name, packets, quick)
    complaints, previous, at = [], set(), 0
    for n, (broken, now) in zip(lengths, pool.map(lambda n: run(binary, wire.snap(packets, n), where), lengths)):
        if broken:
            complaints.append("cut to %d bytes: %s" % (n, broken))
            continue
        complaints += ["found when cut to %d bytes, not when cut to %d: %s, %s, %s" % ((at, n) + x) for x in lost(previous, now)]
        previous, at = now, n
    return complaints


def check_single(pool, binary, name, packets, quick, where):
    def cut(job):
        i, n = job
        broken, _ = run(binary, packets[:i] + [packets[i]._replace(data=packets[i].data[:n])] + packets[i + 1:], where)
        return broken and "packet %d cut to %d bytes: %s" % (i + 1, n, broken)
    complaints, cuts = [], single_cuts(name, packets, quick)
    for at in range(0, len(cuts), 1000):            # in portions, so that not all results are kept waiting at once
        complaints += [c for c in pool.map(cut, cuts[at:at + 1000]) if c]
    return complaints


def golden_packets(name):
    where = os.path.join(ROOT, name)
    return [p for f in sorted(os.listdir(where)) if f.startswith("input") for p in wire.read_file(os.path.join(where, f))]


def main():
    a = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    a.add_argument("--bin", required=True)
    a.add_argument("--quick", action="store_true")
    a.add_argument("names", nargs="*", metavar="NAME")
    o = a.parse_args()
    binary = os.path.abspath(o.bin)
    if not os.access(binary, os.X_OK):
        a.error(binary + " is not a program")
    names = o.names or sorted(n for n in os.listdir(ROOT) if os.path.isdir(os.path.join(ROOT, n)))
    for n in names:
        if not os.path.isdir(os.path.join(ROOT, n)):
            a.error("no golden capture called " + n)
    captures = [(n, golden_packets(n)) for n in names]
    captures = [(n, p) for n, p in captures if 0 < len(p) <= MOST_PACKETS]
    print("1..%d" % (2 * len(captures)))
    number = failed = 0
    with tempfile.TemporaryDirectory() as where, concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for name, packets in captures:
            for label, check in (("uniform", check_uniform), ("single", check_single)):
                complaints = check(pool, binary, name, packets, o.quick, where)
                number += 1
                failed += bool(complaints)
                print("%s %d - %s: %s" % ("not ok" if complaints else "ok", number, name, label))
                for line in complaints[:20]:
                    print("# " + line.replace("\n", "\n# "))
                sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
