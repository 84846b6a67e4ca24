#!/usr/bin/env python3
"""What nDPI's opinion may change, and what not; prints TAP.

usage: dpi.py --bin PATH/countermine

That each golden capture gives the same with nDPI and without, but for evidence of class dpi and the confidence, is checked by
golden.py in builds of both kinds. Here: nDPI calls some traps mining, so that their silence says something; proven
connections get its evidence; and with dpi.enabled=no each golden capture gives expected.json to the byte.
"""
import argparse
import os
import subprocess
import sys

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")
# nDPI 4.2 calls any JSON-RPC request mining. What later versions say of these is not known here, and not asked.
CALLED_MINING = ["core-lightning", "ethereum-rpc-tcp", "json-chat-login", "json-job-queue", "model-context", "notify-service"]
PROVEN = ["cn-plain", "cn-server-only", "cn-vxlan", "ethp-plain", "sv1-plain"]
NAMES = ["--set", "feeds.builtin=no", "--set", "feeds.files=../names.csv"]        # as golden.py has it
UNPROVEN = "connections that nDPI calls mining and no message proves: 1\n"
EVIDENCE = '"kind":"ndpi-mining","class":"dpi","weight":5'


def run(binary, *args, where=None):
    return subprocess.run([binary] + list(args), cwd=where, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True, timeout=60)


def read(binary, name, *more):
    where = os.path.join(GOLDEN, name)
    inputs = sorted(f for f in os.listdir(where) if f.startswith("input"))
    site = ["--set", "site.allow=site.csv"] if os.path.exists(os.path.join(where, "site.csv")) else []
    return run(binary, "-v", "-c", "/dev/null", "-r", *inputs, "-o", "json", *NAMES, *site, *more, where=where)


def is_expected(name, output):
    with open(os.path.join(GOLDEN, name, "expected.json"), encoding="utf-8") as f:
        return f.read() == output


def holds_captures(name):
    """Not so the directories of logs, which nDPI has nothing to do with."""
    where = os.path.join(GOLDEN, name)
    return os.path.isdir(where) and any(f.startswith("input") and ".pcap" in f for f in os.listdir(where))


def checks(binary):
    """(name, whether it is so, what the program said)"""
    said = run(binary, "-V").stdout
    version = [line for line in said.splitlines() if line.startswith("nDPI")]
    yield "-V has one line on nDPI", len(version) == 1, said
    asked = any(line.startswith("nDPI ") for line in version)
    known = not asked or any(line.startswith("nDPI 4.2") for line in version)
    for name in CALLED_MINING:
        p = read(binary, "trap-" + name)
        yield "trap-%s gives nothing" % name, p.returncode == 0 and not p.stdout, p.stderr
        if known:
            yield "trap-%s is called mining where nDPI is built in" % name, (UNPROVEN in p.stderr) == asked, p.stderr
    for name in PROVEN if known else []:
        p = read(binary, name)
        yield "%s has evidence of class dpi where nDPI is built in" % name, p.stdout and (EVIDENCE in p.stdout) == asked, p.stderr
    for name in sorted(n for n in os.listdir(GOLDEN) if holds_captures(n)):
        p = read(binary, name, "--set", "dpi.enabled=no")
        yield ("%s with dpi.enabled=no gives what is expected, and nDPI is not asked" % name,
               p.returncode == 0 and is_expected(name, p.stdout) and "nDPI" not in p.stderr, p.stderr)


def main():
    a = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    a.add_argument("--bin", required=True)
    number = failed = 0
    for name, good, said in checks(os.path.abspath(a.parse_args().bin)):
        number += 1
        failed += not good
        print("%s %d - %s" % ("ok" if good else "not ok", number, name))
        for line in said.splitlines()[-20:] if not good else []:
            print("# " + line[:500])
    print("1..%d" % number)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
