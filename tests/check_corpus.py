#!/usr/bin/env python3
"""Measures countermine on a set of labelled captures.

usage: check_corpus.py --bin PATH/countermine [--families F,F...] [-v] CORPUSDIR

CORPUSDIR/manifest.csv has one row a capture (path, sha256, kind, expect_mining_alert); flows.csv one row a mining flow
(sha256, miner and pool as ip:port, family, evidence_class, login, agent). Evidence classes by their first letter: A dialogue,
B only the client speaks, C mid-stream; others are counted but never required. A flow is found by a finding that proves
mining between exactly its miner and pool; where a capture labels more than 50 flows, by a pool-scan of that miner.

Prints recall by family and class, wrong roles, protocols, logins, agents, false alarms, broken runs. Exit status 1 when a flow
of class A or C of the families is missed or wrong, or anything alarmed or broke.
"""
import argparse
import collections
import concurrent.futures
import csv
import json
import os
import subprocess
import sys

# family of the labels -> word of mining.protocol
PROTOCOL = {"cryptonote-json": "cryptonote", "ethproxy": "eth-proxy", "stratum-v1": "stratum-v1", "stratum-zcash-equihash": "equihash",
            "gbt-http": "getblocktemplate", "getwork-http": "getwork", "eth-getwork-http": "getwork"}
IMPLEMENTED = "cryptonote-json,ethproxy,stratum-v1,stratum-zcash-equihash"
PROOFS = ("mining", "mining-encrypted", "pool-service", "pool-scan", "web-mining", "campaign")
SILENT = ("coin-node",)             # a finding of these kinds is no alarm about mining
SCAN_FLOWS = 50
LOGIN_BYTES = 256                   # longer ones are cut in a finding
LIMIT_S = 60

Result = collections.namedtuple("Result", "broken findings")


def table(path):
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def run(binary, path):
    try:
        p = subprocess.run([binary, "-q", "-r", path, "-o", "json"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        return Result("no end after %d s" % LIMIT_S, [])
    errors = p.stderr.decode("utf-8", "replace")
    broken, last = "", {}
    if p.returncode not in (0, 1):
        broken = "exit status %d" % p.returncode
    if "Sanitizer" in errors or "runtime error:" in errors:
        broken = "sanitizer report"
    try:
        for line in p.stdout.decode("utf-8").splitlines():
            o = json.loads(line)
            if o.get("event") == "finding":
                last[o.get("id")] = o
    except ValueError as e:
        broken = broken or "output is not JSON by line: %s" % e
    return Result(broken, list(last.values()))


def endpoint_pairs(finding):
    """All (miner, pool) of a finding, IPv6 without brackets as in the labels."""
    pairs = [(f.get("miner", ""), f.get("pool", "")) for f in finding.get("flows", [])]
    ends = [finding.get(k, {}) for k in ("miner", "pool")]
    if all("ip" in e and "port" in e for e in ends):
        pairs.append(tuple("%s:%s" % (e["ip"], e["port"]) for e in ends))
    return {tuple(e.translate({ord("["): None, ord("]"): None}) for e in pair) for pair in pairs}


def values(findings, one, many):
    """All values of a member of mining, from its single and its list form."""
    out = set()
    for f in findings:
        mining = f.get("mining", {})
        out |= {mining[one]} if one in mining else set()
        out |= set(mining.get(many, []))
    return out


def names_label(label, got):
    if label in got:
        return True
    return len(label.encode()) > LOGIN_BYTES and any(len(g) >= LOGIN_BYTES // 2 and label.startswith(g.rstrip(".…")) for g in got)


class Score:
    def __init__(self):
        self.flows = collections.Counter()          # (family, class, word) -> count
        self.fields = collections.Counter()         # (field, "right" or "wrong") -> count
        self.wrapped = collections.Counter()        # derived copies: "found" or "missed"
        self.remarks, self.alarms, self.broken = [], [], []
        self.failed = False

    def flow(self, row, path, findings, scan):
        family, grade = row["family"], row["evidence_class"][:1]
        strict = grade in "AC"
        pair = (row["miner"], row["pool"])
        self.flows[family, grade, "labelled"] += 1
        proofs = [f for f in findings if f.get("kind") in PROOFS]
        hits = [f for f in proofs if pair in endpoint_pairs(f)]
        host = row["miner"].rpartition(":")[0]
        if not hits and scan and any(f["kind"] == "pool-scan" and f.get("miner", {}).get("ip") == host for f in proofs):
            self.flows[family, grade, "found"] += 1
            return
        if not hits:
            turned = any(pair[::-1] in endpoint_pairs(f) for f in proofs)
            self.flows[family, grade, "turned" if turned else "missed"] += 1
            self.failed |= strict
            self.remark(path, "%s %s -> %s: %s" % ((family,) + pair + ("miner and pool exchanged" if turned else "missed",)))
            return
        self.flows[family, grade, "found"] += 1
        self.details(row, path, hits, strict)

    def details(self, row, path, hits, strict):
        wanted = [("protocol", PROTOCOL.get(row["family"], ""), values(hits, "protocol", "protocols")),
                  ("login", row.get("login") or "", values(hits, "login", "logins")),
                  ("agent", row.get("agent") or "", values(hits, "agent", "agents"))]
        for field, label, got in wanted:
            if not label:
                continue
            right = names_label(label, got)
            self.fields[field, "right" if right else "wrong"] += 1
            if not right:
                self.failed |= strict
                self.remark(path, "%s: want %.70s, got %.120s" % (field, label, ", ".join(sorted(got)) or "nothing"))

    def remark(self, path, text):
        self.remarks.append("%s: %s" % (path, text))

    def innocent(self, path, findings):
        kinds = sorted({f.get("kind", "?") for f in findings if f.get("kind") not in SILENT})
        if kinds:
            self.alarms.append("%s: %s" % (path, ", ".join(kinds)))

    def derived(self, path, findings):
        hit = any(f.get("kind") in PROOFS + ("mining-suspected",) for f in findings)
        self.wrapped["found" if hit else "missed"] += 1
        if not hit:
            self.remark(path, "derived copy: nothing found")

    def print(self, verbose):
        print("%-26s %-5s %8s %8s %8s %10s" % ("family", "class", "labelled", "found", "missed", "exchanged"))
        for family, grade in sorted({(f, g) for f, g, _ in self.flows}):
            print("%-26s %-5s %8d %8d %8d %10d" % ((family, grade) + tuple(self.flows[family, grade, w]
                                                                            for w in ("labelled", "found", "missed", "turned"))))
        for field in ("protocol", "login", "agent"):
            print("%-8s right %d, wrong %d" % (field, self.fields[field, "right"], self.fields[field, "wrong"]))
        print("derived copies found %d, missed %d" % (self.wrapped["found"], self.wrapped["missed"]))
        print("false alarms %d, broken runs %d" % (len(self.alarms), len(self.broken)))
        for title, entries, show in (("ALARM", self.alarms, True), ("BROKEN", self.broken, True), ("NOTE", self.remarks, verbose)):
            for entry in entries if show else ():
                print("%s %s" % (title, entry))


def judge(score, row, result, labels, families):
    path = row["path"]
    if result.broken:
        score.broken.append("%s: %s" % (path, result.broken))
    if row["expect_mining_alert"] == "no":
        score.innocent(path, result.findings)
    elif row["kind"] == "derived":
        score.derived(path, result.findings)
    else:
        scan = len(labels) > SCAN_FLOWS
        for label in labels:
            if label["family"] in families:
                score.flow(label, path, result.findings, scan)


def main():
    a = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    a.add_argument("--bin", required=True)
    a.add_argument("--families", default=IMPLEMENTED, help="default: %(default)s")
    a.add_argument("-v", action="store_true", help="print each miss and each wrong field")
    a.add_argument("corpus")
    o = a.parse_args()
    binary = os.path.abspath(o.bin)
    manifest = table(os.path.join(o.corpus, "manifest.csv"))
    labels = collections.defaultdict(list)
    for label in table(os.path.join(o.corpus, "flows.csv")):
        labels[label["sha256"]].append(label)
    rows = [r for r in manifest if os.path.exists(os.path.join(o.corpus, r["path"]))]
    if len(rows) < len(manifest):
        print("%d of %d captures are not there" % (len(manifest) - len(rows), len(manifest)))
    score = Score()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda r: run(binary, os.path.join(o.corpus, r["path"])), rows)
        for row, result in zip(rows, results):
            judge(score, row, result, labels[row["sha256"]], set(o.families.split(",")))
    score.print(o.v)
    return 1 if score.failed or score.alarms or score.broken else 0


if __name__ == "__main__":
    sys.exit(main())
