#!/usr/bin/env python3
"""Writes the committed seeds of fuzz_table and fuzz_ledger anew, below tests/fuzz/corpus.

The formats of the inputs are told in the first comment of each target.
"""
import struct
import sys

sys.dont_write_bytecode = True
from committed import write  # noqa: E402

EVIDENCE, TICK, LOST, BOOT, SUPPRESSED, SEEN, ALLOW_ROW, ALLOW, TOUCH = range(1, 10)
ROW = 8  # where the feeds' row begins in a record of evidence: behind the scope
SAID = b"cm-d3eb9d01c8e256a4"  # the id of what the first good record makes


def record(kind, content=b""):
    return struct.pack(">BH", kind, len(content)) + content


def flip(at, what):
    return struct.pack(">HB", at, what)


def tables():
    seeds = {"whole": b"\x02", "empty": b"\x00", "short": b"\x00cm-table", "sum-only": b"\x01" + bytes(8),
             "head": b"\x01cm-table" + struct.pack(">I", 1) + bytes(400)}
    for at in range(0, 60000, 2500):
        seeds["flip-%05d" % at] = b"\x03" + flip(at, 1 << at // 2500 % 8)
    seeds["version"] = b"\x03" + flip(11, 3)
    seeds["bad-sum"] = b"\x02" + flip(40, 1)
    return seeds


def ledgers():
    good = b"".join(record(0x80 | i) for i in range(8))
    return {
        "good": good, "ticks": b"".join(record(TICK, struct.pack(">q", 10 ** 18 + i * 10 ** 9)) for i in range(5)) + good,
        "lost": good + record(LOST, struct.pack(">QQ", 9, 1)) + record(BOOT) + good, "seen": record(SEEN, struct.pack(">IQ", 1, 9)),
        "suppressed": good + record(SUPPRESSED) + good, "unknown": good + record(77) + good, "short-tick": good + record(TICK, b"x"),
        "kind": record(0x80, flip(ROW, 9)) + good, "lengths": record(0x81, flip(ROW + 7, 0xff)) + good,
        "name": record(0x81, flip(ROW + 6, 12)), "version": record(0x80, flip(ROW + 21, 0xff)), "many": good * 8, "empty": b"",
        "evidence": record(EVIDENCE, bytes(300)),
        "scopes": b"".join(record(0x80 | i) for i in range(0, 60, 5)),
        "touch": record(0x80) + record(TOUCH, SAID) * 2 + good, "short-touch": good + record(TOUCH, SAID[:-1]) + good,
        "time": record(TICK, b"\xff" * 8) + record(TICK, b"\x7f" + b"\xff" * 7) + good,
    }


def main():
    write("fuzz_table", tables())
    write("fuzz_ledger", ledgers())


if __name__ == "__main__":
    main()
