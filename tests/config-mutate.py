#!/usr/bin/env python3
"""Mutated configurations through `countermine -T': told apart, never a crash.

Makes --runs configurations from --seed: good ones of which bytes are flipped, lines cut, swapped, doubled and moved,
values put out of range, sections misspelt; with huge numbers, NULs, long lines, text that is no UTF-8. Each is read by
the program, --jobs at a time. Required:

  * the exit status is 0 or 2, never a signal, never later than 20 s;
  * on 2 each line on standard error names the file, and the line with section and key, or says what the line is;
  * on 0 standard error is empty, and of one in --sample the dump reads back to the same dump, in which each value lies in
    the range that the dump itself states.

What fails is kept as config-mutate-N.conf in the working directory. Exit status: 0 when all passed, else 1.
"""
import argparse
import multiprocessing
import os
import random
import re
import subprocess
import sys
import tempfile
import time

LIMIT_S = 20
KEPT_MAX = 20

NAMES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden", "names.csv")     # a list that is there

VALUES = {
    "sensor.name": ["tokyo-1", '"a # b"', '""', '"\\"\\\\"', "\u6771\u4eac"],
    "sensor.site_key": ["k", '"long key"'],
    "network.home_net": ["10.0.0.0/8", "10.0.0.0/8 fc00::/7 ::1", "", "0.0.0.0/0 ::/0"],
    "tunnels.vxlan_ports": ["4789", "4789 8472", "", "1 65535"],
    "tunnels.geneve_ports": ["6081", ""],
    "dns.enabled": ["yes", "no", "on", "off", "true", "false"],
    "feeds.builtin": ["yes", "no"],
    "feeds.files": ["", f'"{NAMES}"', f'"{NAMES}"', f'"{NAMES}" "/b c"'],
    "dpi.enabled": ["yes", "no"],
    "captures.max_unpacked_bytes": ["1M", "64G", "1048576", "1T"],
    "captures.max_ratio": ["10", "10000"],
    "output.redact": ["yes", "no"],
    "output.update_interval": ["1m", "1h", "90s", "365d"],
    "limits.max_flows": ["64", "524288", "16777216"],
    "limits.max_dialogues": ["1", "8192"],
    "limits.max_windows": ["1", "1024"],
    "limits.max_fragments": ["8", "128"],
    "limits.max_dpi_flows": ["1", "4096"],
    "limits.max_names": ["1024", "131072"],
    "limits.max_findings": ["1", "8192"],
}
ODD_VALUES = ["0", "-1", "63", "16777217", "4294967296", "4294967360", "18446744073709551615", "18446744073709551616",
              "9" * 400, "1e9", "0x40", "1K", "1G", "16777217T", "18446744073709551615T", "h", "1h30m", "9" * 30 + "d", "99999",
              "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", "6081 4789", '"', '"a', 'a"b"', '"a"b', '"\\', '"\\n"', "\\", "a b c",
              "%s%n%s", "../../x", "#", ";", "=", "[", "yes no", "YES", "\u202e", "\u200b", "\x1b[31m", "\x7f", "\t", "~"]
ODD_LINES = [b"[", b"]", b"[]", b"[limits", b"limits]", b"[limits] x", b"[limits]#", b"=", b"= 1", b"x", b"max_flows", b"max_flow = 1",
             b"[Limits]", b"[ limits ]", b"[limits][dns]", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\x00", b"a=\x00", b"#" * 70000,
             b"name=" + b"x" * 70000, b"files=" + b"/x " * 2000, b"files=" + b"y" * 5000, b"[" + b"s" * 3000 + b"]",
             b"k" * 3000 + b" = 1", b"[sensor]\nname = " + b"z" * 256, b"\xc0\x80 = \xed\xa0\x80", b"\n" * 2000]


def good(rng):
    """A configuration with some of the keys."""
    lines, section = [], None
    keys = list(VALUES)
    for key in keys:
        if rng.random() < 0.4:
            continue
        if key.split(".")[0] != section:
            section = key.split(".")[0]
            lines.append(f"[{section}]".encode())
        lines.append(f"{key.split('.')[1]} = {rng.choice(VALUES[key])}".encode())
        if rng.random() < 0.1:
            lines.append(rng.choice([b"", b"# comment", b"   ; comment"]))
    return lines


def mutate_lines(rng, lines):
    what = rng.randrange(9)
    i = rng.randrange(len(lines)) if lines else 0
    if what == 0 or not lines:
        lines.insert(i, rng.choice(ODD_LINES))
    elif what == 1:
        del lines[i]
    elif what == 2:
        j = rng.randrange(len(lines))
        lines[i], lines[j] = lines[j], lines[i]
    elif what == 3:
        lines.insert(rng.randrange(len(lines) + 1), lines[i])
    elif what == 4:
        lines[i] = lines[i][:rng.randrange(len(lines[i]) + 1)]
    elif what == 5 and b"=" in lines[i]:
        lines[i] = lines[i].split(b"=")[0] + b"=" + rng.choice([b"", b" "]) + rng.choice(ODD_VALUES).encode()
    elif what == 6 and b"=" in lines[i]:
        lines[i] = lines[i].split(b"=")[0] + b"= " + str(rng.getrandbits(rng.randrange(1, 200))).encode()
    elif what == 7:
        at = rng.randrange(len(lines[i]) + 1)
        lines[i] = lines[i][:at] + bytes([rng.choice(b"abcxyz_.[]=\"\\#; \t0189")]) + lines[i][at + rng.randrange(2):]
    else:
        lines[i] += rng.choice([b" # c", b"; c", b" ;", b"\r", b"  ", b" x", b"\t# \xff"])


def mutate_bytes(rng, data):
    for _ in range(rng.choice([0, 0, 0, 0, 0, 1, 2, 8])):
        if not data:
            break
        at = rng.randrange(len(data))
        what = rng.randrange(4)
        if what == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif what == 1:
            data[at] = rng.randrange(256)
        elif what == 2:
            data[at:at] = rng.randbytes(rng.randrange(1, 5))
        else:
            del data[at:at + rng.randrange(1, 20)]


def make(seed, run):
    rng = random.Random(f"{seed}:{run}")
    lines = good(rng)
    for _ in range(rng.choice([0, 0, 1, 1, 2, 3])):
        mutate_lines(rng, lines)
    data = bytearray(rng.choice([b"\n", b"\n", b"\n", b"\r\n"]).join(lines))
    if rng.random() < 0.8:
        data += b"\n"
    mutate_bytes(rng, data)
    if rng.random() < 0.005:
        data = bytearray(rng.randbytes(rng.randrange(4096)))
    if rng.random() < 0.0005:
        data += b"# filler\n" * 130000
    return bytes(data)


def said_well(line, name):
    """True when a line of standard error says where, and what was expected."""
    if re.fullmatch(r"countermine: \.\.\. and \d+ more errors of configuration", line):
        return True
    what = line.removeprefix(f"countermine: {name}")
    if what == line:
        return False
    if re.match(r": is larger than \d+ bytes; expected ", what):
        return True
    what, n = re.subn(r"^:[1-9]\d*: ", "", what)
    if not n:
        return False
    return re.match(r"[a-z]+\.[a-z_]+: (given `.*', expected |given `.*': .*, expected |stands in line \d+ already; expected |"
                    r"port \d+ is in .*, expected )", what) is not None or \
        re.match(r"[a-z]+\..*: there is no such key(; did you mean [a-z]+\.[a-z_]+\?|; the keys of this section are )", what) is not None or \
        re.match(r"\[.*\]: there is no such section; (did you mean \[[a-z]+\]\?|the sections are )", what) is not None or \
        re.match(r".*: stands before any section; expected `\[section\]' first", what) is not None or \
        re.match(r"feeds\.files: .*: (cannot be opened: |is a directory, expected |is no regular file, expected )", what) is not None or \
        re.match(r"given `.*', expected `\[section\]'", what) is not None or \
        re.match(r"a line (of \d+ bytes, expected at most|with a NUL byte, expected)", what) is not None


def number(text):
    """A count, size or duration as a number; None for anything else."""
    m = re.fullmatch(r"(\d+)([KMGTsmhd]?)", text)
    scale = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40, "s": 1, "m": 60, "h": 3600, "d": 86400}
    return int(m[1]) * scale[m[2]] if m else None


def out_of_range(dump):
    """The values of a dump that do not lie in the range above them."""
    wrong, span = [], None
    for line in dump.decode().split("\n"):
        if m := re.fullmatch(r"# Range: (\w+) to (\w+)\.", line):
            span = number(m[1]), number(m[2])
        elif span and (m := re.fullmatch(r"\w+ = (.*)", line)):
            n = number(m[1])
            if n is None or not span[0] <= n <= span[1]:
                wrong.append(line)
            span = None
    return wrong


def without_origin(dump):
    return b"\n".join(line for line in dump.split(b"\n") if not line.startswith(b"# From: "))


class Worker:
    def __init__(self, options, folder):
        self.options = options
        self.path = os.path.join(folder, f"{os.getpid()}.conf")
        self.dump = os.path.join(folder, f"{os.getpid()}.dump")

    def run(self, *args):
        return subprocess.run([self.options.bin, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=LIMIT_S, close_fds=False)

    def check_dump(self):
        first = self.run("--dump-config", "-c", self.path)
        with open(self.dump, "wb") as f:
            f.write(first.stdout)
        second = self.run("--dump-config", "-c", self.dump)
        if first.returncode or second.returncode:
            return f"--dump-config: {first.returncode}, {second.returncode}: {first.stderr!r} {second.stderr!r}"
        if without_origin(first.stdout) != without_origin(second.stdout):
            return "the dump does not read back to itself"
        wrong = out_of_range(first.stdout)
        return f"out of range: {wrong}" if wrong else None

    def check(self, n):
        """Runs number n: its exit status, and what is wrong or None."""
        with open(self.path, "wb") as f:
            f.write(make(self.options.seed, n))
        try:
            p = self.run("-T", "-c", self.path)
        except subprocess.TimeoutExpired:
            return 0, f"not done after {LIMIT_S} s"
        lines = p.stderr.decode(errors="replace").split("\n")
        if lines.pop() != "":
            return p.returncode, f"standard error ends in the middle of a line: {p.stderr[-200:]!r}"
        if p.returncode == 0:
            if lines:
                return 0, f"status 0 and said {lines[0]!r}"
            return 0, self.check_dump() if n % self.options.sample == 0 else None
        if p.returncode != 2:
            return p.returncode, f"status {p.returncode}: {lines[-20:]}"
        if not lines:
            return 2, "status 2 without a word"
        for line in lines:
            if not said_well(line, self.path):
                return 2, f"said {line!r}"
        return 2, None


def work(options, folder, first, results):
    worker = Worker(options, folder)
    counts = {0: 0, 2: 0}
    for n in range(first, options.runs, options.jobs):
        status, wrong = worker.check(n)
        counts[status] = counts.get(status, 0) + 1
        if wrong:
            results.put((n, wrong))
    results.put((None, counts))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--bin", required=True)
    parser.add_argument("--runs", type=int, default=100000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--sample", type=int, default=20)
    options = parser.parse_args()
    begin = time.monotonic()
    results = multiprocessing.Queue()
    totals, n_wrong, running = {}, 0, options.jobs
    with tempfile.TemporaryDirectory() as folder:
        for i in range(options.jobs):
            multiprocessing.Process(target=work, args=(options, folder, i, results), daemon=True).start()
        while running:
            n, what = results.get()
            if n is None:
                running -= 1
                for status, count in what.items():
                    totals[status] = totals.get(status, 0) + count
                continue
            n_wrong += 1
            print(f"run {n}: {what}", flush=True)
            if n_wrong <= KEPT_MAX:
                with open(f"config-mutate-{n}.conf", "wb") as f:
                    f.write(make(options.seed, n))
    took = time.monotonic() - begin
    print(f"{options.runs} configurations (seed {options.seed}) in {took:.0f} s: {totals.get(0, 0)} good, {totals.get(2, 0)} refused, "
          f"{sum(n for s, n in totals.items() if s not in (0, 2))} ended otherwise; {n_wrong} wrong")
    return 1 if n_wrong or sum(totals.values()) != options.runs else 0


if __name__ == "__main__":
    sys.exit(main())
