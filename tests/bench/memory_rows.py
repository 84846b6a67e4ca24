"""What the memory of answers costs: a row of run.py and an instruction count of instr.py. bench-memory measures."""

import subprocess

from bench_common import BenchError

MAX_TO_READ = 2.0  # remembering an answer, to reading it: a full memory is larger than caches, so most of it is waiting


def measure(program):
    done = subprocess.run([program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    if done.returncode != 0:
        raise BenchError("%s: exit status %d\n%s" % (program, done.returncode, done.stderr[-2000:]))
    return {key: float(value) for key, value in (line.split() for line in done.stdout.splitlines())}


def check(args, verdict):
    """Measures, prints and judges. True when all is within its limit."""
    runs = sorted((measure(args.memory) for _ in range(3)), key=lambda r: r["add_ns"] / r["read_ns"])
    r = runs[1]
    print("\nmemory of answers, full (%.1f MiB), for each answer of one address; read: the walk over the message and the look-up of its name"
          % (r["bytes"] / 2 ** 20))
    print("%9s %12s %9s %10s" % ("read ns", "remember ns", "find ns", "filter ns"))
    print("%9.0f %12.0f %9.0f %10.1f" % (r["read_ns"], r["add_ns"], r["find_ns"], r["filter_ns"]))
    ratio = r["add_ns"] / r["read_ns"]
    return verdict("remembering an answer, to reading it", "%.2f" % ratio, ratio <= MAX_TO_READ, "at most %.1f" % MAX_TO_READ)


def instructions(program, profile, work):
    """Instructions for an answer that is remembered: the slope between two runs."""
    totals = [profile([program, str(n)], work, "memory.%d" % n)[0] for n in (100000, 300000)]
    return (totals[1] - totals[0]) / 200000
