"""What run.py and instr.py share: the expected miners and the finding lines.

Standard library only.  A finding line is one JSON object; of several lines
with one "id" the last counts; an "id" that a later finding supersedes is gone.
"""

import json
import os
import platform
import subprocess


class BenchError(Exception):
    """The bench cannot go on, or the sensor found the wrong things."""


def read_expect(path):
    """The set of (miner, pool, protocol) that the generator wrote."""
    with open(path, encoding="ascii") as lines:
        return {tuple(line.split()) for line in lines if line.strip()}


def _end(obj):
    return "%s:%s" % (obj.get("ip", "?"), obj.get("port", "?"))


def read_findings(text):
    """(set of (miner, pool, protocol), list of lines for what is not mining)."""
    last = {}
    gone = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            event = json.loads(line)
        except ValueError as why:
            raise BenchError("output line %d is not JSON: %s" % (number, why))
        if not isinstance(event, dict) or event.get("event") != "finding":
            continue
        last[event.get("id", "line %d" % number)] = event
        gone.update(event.get("supersedes", []))
    found = set()
    other = []
    for ident, event in last.items():
        if ident in gone:
            continue
        if event.get("kind") != "mining":
            other.append("%s of %s" % (event.get("kind"),
                                       _end(event.get("miner", {}))))
            continue
        protocol = event.get("mining", {}).get("protocol", "?")
        ends = [(f.get("miner", "?"), f.get("pool", "?"))
                for f in event.get("flows", [])]
        if not ends:
            ends = [(_end(event.get("miner", {})), _end(event.get("pool", {})))]
        found.update((miner, pool, protocol) for miner, pool in ends)
    return found, other


def check_findings(text, expect):
    """Raises BenchError unless exactly the expected miners were found."""
    found, other = read_findings(text)
    missed = sorted(expect - found)
    invented = sorted(found - expect)
    if not (missed or invented or other):
        return
    report = ["found %d of %d miners, invented %d" %
              (len(expect & found), len(expect), len(invented) + len(other))]
    report += ["  missed: " + " ".join(m) for m in missed[:24]]
    report += ["  invented: " + " ".join(m) for m in invented[:24]]
    report += ["  invented: " + o for o in other[:24]]
    raise BenchError("\n".join(report))


def generate(gen, path, options):
    """Runs bench-gen; returns its statistics as a dict of strings."""
    done = subprocess.run([gen] + options + [path], stderr=subprocess.PIPE,
                          universal_newlines=True)
    if done.returncode != 0:
        raise BenchError("%s failed:\n%s" % (gen, done.stderr))
    return dict(line.split(" ", 1) for line in done.stderr.splitlines())


def describe_capture(stats):
    return ("capture: %(variant)s, seed %(seed)s, %(packets)s packets, "
            "mean %(mean_bytes)s bytes, %(flows)s flows, %(miners)s miners; "
            "TCP %(tcp_pct)s %%, UDP %(udp_pct)s %%, IPv6 %(ip6_pct)s %%, "
            "DNS %(dns_pct)s %%, port 443 %(port443_pct)s %%, payloads with "
            "{ or [ first %(json_pct)s %%" % stats)


def machine_line():
    cpu = platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("model name"):
                    cpu = line.split(":", 1)[1].strip()
                    break
    except OSError:
        pass
    try:
        load = "%.2f %.2f %.2f" % os.getloadavg()
    except OSError:
        load = "unknown"
    return "machine: %s, %d cores, Linux %s, load average %s" % (
        cpu, os.cpu_count() or 1, platform.release(), load)


def first_line(argv, marker=""):
    """The first output line of a command that contains marker, or '?'."""
    try:
        done = subprocess.run(argv, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=20,
                              universal_newlines=True, errors="replace")
    except (OSError, subprocess.TimeoutExpired):
        return "?"
    for line in done.stdout.splitlines():
        if marker in line and line.strip():
            return line.strip()
    return "?"


def remove(paths):
    for path in paths:
        try:
            os.unlink(path)
        except FileNotFoundError:
            pass
