#!/usr/bin/env python3
"""What is found of each dialect when bytes are missing: compares with tests/matrix.csv, both ways; prints TAP.

usage: matrix.py --bin PATH/countermine [--update | --figures] [ROW...]

For each row of tests/gen/rows.py and each of its variants a capture is made and read, and what comes out is one of
  found       a finding whose kind and protocol are the row's, with the row's miner and pool, and the login where the captured
              bytes hold it
  partial     a finding of mining or of a node with less
  impossible  none
The table says the word, and for all but `found` which bytes are missing. It must be true: to do better than it fails too.
--figures prints instead where the finding of a row's whole capture differs from what its script knows: names, shares, height,
difficulty, hash rate (more than 15 % off), claimed rate, transport.
--update writes what was measured; a new word that is not `found` gets the reason "?", which fails until a person wrote it.
"""
import argparse
import concurrent.futures
import csv
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "gen"))

import rows  # noqa: E402
import wire  # noqa: E402

TABLE = os.path.join(HERE, "matrix.csv")
WORDS = ("found", "partial", "impossible")
MINING = {"mining", "mining-suspected", "mining-encrypted", "web-mining", "pool-service", "coin-node", "campaign"}
HEADERS = 50 + 14 + 20 + 32                 # outer VXLAN, Ethernet, IPv4, TCP with time stamps
LIMIT_S = 60


# ---------------------------------------------------------------- what the bytes hold

def visible(name, variant):
    """The client's messages as the capture shows them, without masks and codings: runs of bytes without a hole."""
    runs = []
    for part in rows.ROWS[name].parts():
        script, run = part[2].script, b""
        skip = (len(script) + 2) // 3 if variant == "midstream" else 0
        for i, say in enumerate(script):
            if say.sender != "c" or i < skip:
                continue
            clear = say.data if say.clear is None else say.clear
            if variant != "vxlan200":
                run += clear
                continue
            room = 200 - HEADERS
            if len(say.data) <= room:
                run += clear
            else:
                runs.append(run + clear[:room])
                run = b""
        runs.append(run)
    return runs


def holds_login(name, variant):
    login = rows.facts_of(name).login
    return bool(login) and variant != "server" and any(login.encode() in run for run in visible(name, variant))


# ---------------------------------------------------------------- what was found

def last_findings(output):
    last = {}
    for line in output.splitlines():
        o = json.loads(line)
        if o.get("event") == "finding":
            last[o["id"]] = o
    return list(last.values())


def kinds(facts):
    """Miners of web pages may be called mining too: a page is not seen in the connection."""
    return {"web-mining", "mining"} if facts.protocol in ("web-cryptonote", "nimiq") else {facts.kind}


def places(name):
    """The miner, and the endpoints that may be called its pool: who was connected to, or whom a proxy was asked for."""
    parts = rows.ROWS[name].parts()
    if not parts:
        return rows.ends(name, 0)[0].ip, None
    return parts[0][0].ip, {part[1].ip for part in parts} | {"203.0.113.77", "2001:db8:77::9"}


def is_named(facts, mining):
    """The login as it was sent, or where it stands beside a worker, the wallet."""
    said = [mining.get("login")] + mining.get("logins", [])
    return facts.login in said or bool(facts.wallet) and mining.get("wallet", {}).get("address") == facts.wallet


def word_of(name, variant, findings):
    facts, (miner, pools), login = rows.facts_of(name), places(name), holds_login(name, variant)
    best = "impossible"
    for f in findings:
        mining = f.get("mining", {})
        ip, pool = f.get("miner", {}).get("ip"), f.get("pool", {}).get("ip")
        if f.get("kind") not in MINING or ip != miner and pool != miner:
            continue
        best = "partial" if best == "impossible" else best
        if f["kind"] not in kinds(facts) or ip != miner:
            continue
        if facts.kind != "coin-node" and (mining.get("protocol") != facts.protocol or pool not in pools):
            continue
        if login and not is_named(facts, mining):
            continue
        best = "found"
    return best


def findings_of(binary, name, variant):
    """(findings, what went wrong)"""
    with tempfile.TemporaryDirectory() as where:
        path = os.path.join(where, "input.pcap")
        wire.write_file(path, rows.packets(name, variant))
        try:
            p = subprocess.run([binary, "-q", "-c", "/dev/null", "-r", path, "-o", "json", "--set", "feeds.builtin=no"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            return [], "no end after %d s" % LIMIT_S
        if p.returncode:
            return [], "exit status %d; %s" % (p.returncode, p.stderr.decode("utf-8", "replace")[-300:].replace("\n", " "))
        return last_findings(p.stdout.decode("utf-8")), None


def measure(job):
    binary, name, variant = job
    findings, broken = findings_of(binary, name, variant)
    return broken or word_of(name, variant, findings)


def figures(job):
    """Lines: what the script knows, and what the finding says instead."""
    binary, name = job
    findings, broken = findings_of(binary, name, "plain")
    sessions = [part[2] for part in rows.ROWS[name].parts()]
    ours = [f for f in findings if f.get("kind") in kinds(rows.facts_of(name))]
    if broken or not ours or not sessions:
        return [broken] if broken else [] if ours else ["no finding of its kind"]
    facts, f, mining = sessions[0].facts, ours[0], ours[0].get("mining", {})
    pairs = [(k, getattr(facts, k), mining.get(k)) for k in ("protocol", "login", "agent", "worker", "height", "transport")]
    pairs += [("shares." + k, getattr(facts, k), mining.get("shares", {}).get(k, 0)) for k in ("submitted", "accepted", "rejected")]
    pairs += [("domain", facts.carried_name, f.get("pool", {}).get("domain")), ("wallet", facts.wallet, mining.get("wallet", {}).get("address")),
              ("domain_source", facts.name_source, f.get("pool", {}).get("domain_source")),
              ("claimed_hs", facts.claimed_hs, mining.get("hashrate", {}).get("claimed_hs"))]
    rate, said = facts.rate(sessions[0].script), mining.get("hashrate", {}).get("hs")
    if len(sessions) > 1 or facts.kind == "coin-node":
        return []
    out = ["%s: %s; found: %s" % p for p in pairs if p[1] is not None and p[1] != p[2]]
    if (rate is None) != (said is None) or rate and abs(said - rate) > 0.15 * rate:
        out.append("hash rate: %s; found: %s" % (rate and "%.4g" % rate, said))
    return out


# ---------------------------------------------------------------- the table

def read_table():
    """{(row, variant): (word, missing)}"""
    with open(TABLE, newline="", encoding="utf-8") as f:
        return {(r["row"], r["variant"]): (r["word"], r["missing"]) for r in csv.DictReader(f)}


def write_table(table):
    with open(TABLE, "w", newline="", encoding="utf-8") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(("row", "variant", "word", "missing"))
        for name in rows.ROWS:
            for variant in rows.VARIANTS:
                if (name, variant) in table:
                    w.writerow((name, variant) + table[name, variant])


def faults(table):
    """What is wrong with the table itself."""
    known = {(n, v) for n in rows.ROWS for v in rows.VARIANTS}
    out = ["%s %s is not in the table" % k for k in sorted(known - set(table))] + ["no such row: %s %s" % k for k in sorted(set(table) - known)]
    for k, (word, missing) in sorted(table.items()):
        if word not in WORDS:
            out.append("%s %s: no such word: %s" % (k + (word,)))
        elif (word == "found") != (missing == "") or missing == "?":
            out.append("%s %s: %s" % (k + ("a reason for what was found" if word == "found" else "which bytes are missing?",)))
    return out


def main():
    a = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    a.add_argument("--bin", required=True)
    a.add_argument("--update", action="store_true")
    a.add_argument("--figures", action="store_true")
    a.add_argument("rows", nargs="*", metavar="ROW")
    o = a.parse_args()
    binary = os.path.abspath(o.bin)
    if not os.access(binary, os.X_OK):
        a.error(binary + " is not a program")
    for name in o.rows:
        if name not in rows.ROWS:
            a.error("no row called %s; one of: %s" % (name, " ".join(rows.ROWS)))
    if o.figures:
        with concurrent.futures.ProcessPoolExecutor(2) as pool:
            names = o.rows or list(rows.ROWS)
            for name, said in zip(names, pool.map(figures, [(binary, n) for n in names])):
                print("\n".join("%-20s %s" % (name, line) for line in said or ["as the script says"]))
        return 0
    table = read_table()
    jobs = [(binary, n, v) for n in rows.ROWS if not o.rows or n in o.rows for v in rows.VARIANTS]
    print("1..%d" % (len(jobs) + 1))
    failed = 0
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        for number, ((_, name, variant), got) in enumerate(zip(jobs, pool.map(measure, jobs, chunksize=4)), 1):
            want, missing = table.get((name, variant), ("nothing", "?"))
            if o.update and got in WORDS:
                table[name, variant] = (got, "" if got == "found" else missing or "?")
            bad = got != want
            failed += bad
            print("%s %d - %s: %s" % ("not ok" if bad else "ok", number, name, variant))
            if bad:
                print("# the table says %s%s; it is %s" % (want, " (missing: %s)" % missing if missing else "", got))
            sys.stdout.flush()
    if o.update:
        write_table(table)
    wrong = faults(table)
    print("%s %d - the table" % ("not ok" if wrong else "ok", len(jobs) + 1))
    for line in wrong:
        print("# " + line)
    return 1 if failed or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
