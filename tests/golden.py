#!/usr/bin/env python3
"""Runs countermine over tests/golden and compares with what is expected; prints TAP.

usage: golden.py --bin PATH/countermine [--update] [NAME...]

Each directory NAME holds input.pcap or input.pcapng (or input-1.pcap, input-2.pcap, ...), README, expected.json, and perhaps
site.csv, a site list; or input.json (or input-1.json, ...), which are DNS logs. Checks:
  output   `countermine -q -r INPUTS -o json`, or --dns-log for -r, with the names of names.csv, in the directory, prints expected.json byte for byte;
           that of a trap-* is empty.
           expected.json has no evidence of class dpi, nDPI's opinion: it is taken out of the output first, and the
           confidence without it put in its place, so that the same is expected with nDPI and without
  again    a second run prints the same
  split    the packets in two files give the same objects but for the keys file, frame, evidence_pcap
  packed   the inputs compressed with gzip and xz, of a third of the directories, print the same, byte for byte
  names    each flow's community_id is what its endpoints give
  dns      where there is an expected-dns.json, `-o dns' prints it
  forms    a log of an entry a line, in other forms that logs come in, gives the same objects but for the keys above
  vxlan    Ethernet inputs wrapped in VXLAN give the same kind, stage, miner, pool, protocol, login, shares
--update writes expected.json from the output, but never anything into a trap. Exit status 0 when all is ok.
"""
import argparse
import base64
import concurrent.futures
import difflib
import gzip
import hashlib
import ipaddress
import json
import lzma
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "gen"))

import wire  # noqa: E402

ROOT = os.path.join(HERE, "golden")
NAMES = "names.csv"                                # beside the directories; named from inside of one, as its path is in the output
SETTINGS = ["--set", "feeds.builtin=no", "--set", "feeds.files=" + os.path.join(os.pardir, NAMES)]
SITE = "site.csv"
LIMIT_S = 60
WITHOUT_FORMS = ("log-faulty", "log-forms")         # not of an entry a line
OPINION = re.compile(rb',\{"kind":"ndpi-mining","class":"dpi"[^{}]*\}')
ONE_SIDED_SEVERITY, ONE_SIDED_CONFIDENCE = 6.9, 75
PLACE_KEYS = {"file", "frame", "evidence_pcap"}     # where in the input something stood: all that a cut may change


class Broken(Exception):
    pass


def inputs(name):
    return sorted(f for f in os.listdir(os.path.join(ROOT, name)) if f.startswith("input"))


def is_log(files):
    return files[0].endswith(".json")


def run(binary, files, where, output="json"):
    """What the program prints; Broken when it fails."""
    site = ["--set", "site.allow=" + SITE] if os.path.exists(os.path.join(where, SITE)) else []
    option = "--dns-log" if is_log(files) else "-r"
    try:
        p = subprocess.run([binary, "-q", "-c", "/dev/null", option] + files + ["-o", output] + SETTINGS + site, cwd=where, stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        raise Broken("no end after %d s" % LIMIT_S)
    if p.returncode:
        raise Broken("exit status %d; %s" % (p.returncode, p.stderr.decode("utf-8", "replace")[-2000:]))
    return p.stdout


def objects(output):
    try:
        return [json.loads(line) for line in output.decode("utf-8").splitlines()]
    except ValueError as e:
        raise Broken("output is not JSON by line: %s" % e)


def confidence(finding):
    """What the finding's evidence adds up to: the greatest weight of each class, with the caps."""
    strongest = {}
    for e in finding["evidence"]:
        strongest[e["class"]] = max(strongest.get(e["class"], 0), e["weight"])
    return min(sum(strongest.values()), ONE_SIDED_CONFIDENCE if finding["severity"] <= ONE_SIDED_SEVERITY else 100)


def without_opinion(output):
    """The output as it must be without nDPI: all other bytes stay."""
    lines = []
    for line in output.splitlines(keepends=True):
        if b'"class":"dpi"' in line:
            said = json.loads(line)
            if said["confidence"] != confidence(said):
                raise Broken("confidence %d is not what the evidence gives, %d" % (said["confidence"], confidence(said)))
            line = OPINION.sub(b"", line)
            line = re.sub(rb'"confidence":\d+', b'"confidence":%d' % confidence(json.loads(line)), line, count=1)
        lines.append(line)
    return b"".join(lines)


def without_places(value):
    if isinstance(value, dict):
        return {k: without_places(v) for k, v in value.items() if k not in PLACE_KEYS}
    if isinstance(value, list):
        return [without_places(v) for v in value]
    return value


def last_findings(output):
    last = {}
    for o in objects(output):
        if o.get("event") == "finding":
            last[o.get("id")] = o
    return list(last.values())


def essence(output):
    """The findings as tuples that the carriage of the packets must not change."""
    def endpoint(o):
        return "%s:%s" % (o.get("ip", o.get("domain", "")), o.get("port", "")) if o else ""
    out = []
    for f in last_findings(output):
        mining = f.get("mining", {})
        out.append((f.get("kind"), f.get("stage"), endpoint(f.get("miner")), endpoint(f.get("pool")), mining.get("protocol"),
                    mining.get("login"), json.dumps(mining.get("shares"), sort_keys=True)))
    return sorted(out, key=str)


def difference(want, got, a, b):
    want, got = (x.decode("utf-8", "replace").splitlines() if isinstance(x, bytes) else x for x in (want, got))
    return list(difflib.unified_diff(want, got, a, b, lineterm=""))


def is_tunnelled(packets):
    """Whether the first packet is already VXLAN or GENEVE: wrapping these once more is another test."""
    data = packets[0].data
    at = {0x0800: 36, 0x86DD: 56}.get(struct.unpack(">H", data[12:14])[0], 0) if len(data) > 60 else 0
    return bool(at) and data[{36: 23, 56: 20}[at]] == wire.PROTO_UDP and struct.unpack(">H", data[at:at + 2])[0] in (4789, 6081)


# ---------------------------------------------------------------- checks: each gives lines of complaint

def check_output(binary, name, got, update):
    path = os.path.join(ROOT, name, "expected.json")
    trap = name.startswith("trap-")
    if trap and got:
        return ["a trap gave output:"] + got.decode("utf-8", "replace").splitlines()
    got = without_opinion(got)
    if update:
        with open(path, "wb") as f:
            f.write(got)
    if not os.path.exists(path):
        return ["expected.json is missing; golden.py --update writes it"]
    with open(path, "rb") as f:
        want = f.read()
    if trap and want:
        return ["expected.json of a trap must be empty"]
    return difference(want, got, "expected.json", "output")


def check_again(binary, name, got):
    return difference(got, run(binary, inputs(name), os.path.join(ROOT, name)), "first run", "second run")


def check_split(binary, name, got, packets, where):
    half = len(packets) // 2
    suffix = "pcapng" if len({p.link for p in packets}) > 1 else "pcap"
    files = ["half-1." + suffix, "half-2." + suffix]
    wire.write_file(os.path.join(where, files[0]), packets[:half])
    wire.write_file(os.path.join(where, files[1]), packets[half:])
    want, cut = ([json.dumps(without_places(o)) for o in objects(x)] for x in (got, run(binary, files, where)))
    return difference(want, cut, "whole", "in two files")


def check_packed(binary, name, got, where):
    """The compressed files keep their names, so that the output does too."""
    complaints = []
    for pack in (gzip.compress, lzma.compress):
        for f in inputs(name):
            with open(os.path.join(ROOT, name, f), "rb") as source, open(os.path.join(where, f), "wb") as target:
                target.write(pack(source.read()))
        complaints += difference(got, run(binary, inputs(name), where), "plain", "compressed")
    return complaints


def check_vxlan(binary, name, got, packets, where):
    wire.write_file(os.path.join(where, "vxlan.pcap"), wire.wrap("vxlan", packets))
    want, wrapped = ([str(e) for e in essence(x)] for x in (got, run(binary, ["vxlan.pcap"], where)))
    return difference(want, wrapped, "as captured", "in VXLAN")


def community_id(a, b):
    """The name of a TCP connection by the specification of Community ID, version 1, seed 0."""
    ends = sorted((ipaddress.ip_address(e.rpartition(":")[0].strip("[]")).packed, int(e.rpartition(":")[2])) for e in (a, b))
    data = struct.pack(">H", 0) + ends[0][0] + ends[1][0] + struct.pack(">BBHH", wire.PROTO_TCP, 0, ends[0][1], ends[1][1])
    return "1:" + base64.b64encode(hashlib.sha1(data).digest()).decode()


def check_names(got):
    flows = [flow for o in objects(got) for flow in o.get("flows", [])]
    return ["%s: %s is called %s" % (f["miner"], f["pool"], f.get("community_id")) for f in flows
            if f.get("community_id") != community_id(f["miner"], f["pool"])]


def check_dns(binary, name, update):
    path = os.path.join(ROOT, name, "expected-dns.json")
    got = run(binary, inputs(name), os.path.join(ROOT, name), "dns")
    if update:
        with open(path, "wb") as f:
            f.write(got)
    with open(path, "rb") as f:
        return difference(f.read(), got, "expected-dns.json", "output")


def forms_of(entries):
    """The same log in other forms: name -> files."""
    events = [{"id": str(i), "timestamp": 0, "message": e} for i, e in enumerate(entries)]
    half = len(entries) // 2
    return {
        "joined": ["".join(entries)], "array": ["[%s]" % ",".join(entries)], "two files": ["\n".join(entries[:half]), "\n".join(entries[half:])],
        "indented": [json.dumps([json.loads(e) for e in entries], indent=2)],
        "messages": ["\n".join(json.dumps({"message": e}) for e in entries)], "objects": ["".join('{"message":%s}' % e for e in entries)],
        "events": [json.dumps({"messageType": "DATA_MESSAGE", "logEvents": events, "owner": "1"})],
        "indented events": [json.dumps({"events": events}, indent=4)], "export": ["".join("2026-11-23T10:00:00.000Z %s\r\n" % e for e in entries)]}


def check_forms(binary, name, got, where):
    with open(os.path.join(ROOT, name, "input.json"), encoding="utf-8") as f:
        entries = f.read().splitlines()
    complaints = []
    want = [json.dumps(without_places(o)) for o in objects(got)]
    for form, texts in forms_of(entries).items():
        files = ["form-%d.json" % i for i in range(len(texts))]
        for file, text in zip(files, texts):
            with open(os.path.join(where, file), "w", encoding="utf-8") as f:
                f.write(text)
        complaints += difference(want, [json.dumps(without_places(o)) for o in objects(run(binary, files, where))], "an entry a line", form)
    return complaints


def plan(name):
    """(packets, names of the checks that apply)"""
    checks = ["output", "again", "names"]
    if os.path.exists(os.path.join(ROOT, name, "expected-dns.json")):
        checks.append("dns")
    if is_log(inputs(name)):
        return [], checks + ["packed"] + ["forms"] * (name not in WITHOUT_FORMS)
    packets = [p for f in inputs(name) for p in wire.read_file(os.path.join(ROOT, name, f))]
    checks.append("split")
    if sum(name.encode()) % 3 == 0:
        checks.append("packed")
    if all(p.link == wire.LINK_ETHERNET for p in packets) and not is_tunnelled(packets):
        checks.append("vxlan")
    return packets, checks


def examine(binary, name, packets, checks, update):
    """[(check, complaints)] of one directory"""
    try:
        got = run(binary, inputs(name), os.path.join(ROOT, name))
    except Broken as e:
        return [(c, [str(e)]) for c in checks]
    out = []
    with tempfile.TemporaryDirectory() as above:
        shutil.copy(os.path.join(ROOT, NAMES), above)
        where = os.path.join(above, "in")
        os.mkdir(where)
        if os.path.exists(os.path.join(ROOT, name, SITE)):
            shutil.copy(os.path.join(ROOT, name, SITE), where)
        calls = {"output": lambda: check_output(binary, name, got, update), "again": lambda: check_again(binary, name, got),
                 "names": lambda: check_names(got),
                 "dns": lambda: check_dns(binary, name, update), "forms": lambda: check_forms(binary, name, got, where),
                 "packed": lambda: check_packed(binary, name, got, where),
                 "split": lambda: check_split(binary, name, got, packets, where),
                 "vxlan": lambda: check_vxlan(binary, name, got, packets, where)}
        for c in checks:
            try:
                out.append((c, calls[c]()))
            except Broken as e:
                out.append((c, [str(e)]))
    return out


def main():
    a = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    a.add_argument("--bin", required=True)
    a.add_argument("--update", action="store_true")
    a.add_argument("names", nargs="*", metavar="NAME")
    o = a.parse_args()
    binary = os.path.abspath(o.bin)
    names = o.names or sorted(n for n in os.listdir(ROOT) if os.path.isdir(os.path.join(ROOT, n)) and inputs(n))
    for n in names:
        if not os.path.isdir(os.path.join(ROOT, n)) or not inputs(n):
            a.error("no golden capture called " + n)
    if not os.access(binary, os.X_OK):
        a.error(binary + " is not a program")
    plans = {n: plan(n) for n in names}
    print("1..%d" % sum(len(checks) for _, checks in plans.values()))
    number = failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, results in zip(names, pool.map(lambda n: examine(binary, n, *plans[n], o.update), names)):
            for check, complaints in results:
                number += 1
                failed += bool(complaints)
                print("%s %d - %s: %s" % ("not ok" if complaints else "ok", number, name, check))
                for line in complaints[:60]:
                    print("# " + line[:2000])
            sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
