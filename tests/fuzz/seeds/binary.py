#!/usr/bin/env python3
"""Writes the committed seeds of fuzz_binary anew, below tests/fuzz/corpus. The format is told in the target's first comment."""
import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "gen"))
import rows  # noqa: E402

WHERE = os.path.join(HERE, "..", "corpus", "fuzz_binary")
ROWS = ("sv2-clear", "sv2-clear-extended", "sv2-noise", "p2pool", "node-bitcoin", "node-monero", "node-rlpx")
BYTES_MAX = 6000    # of a seed: enough for the handshake and some shares


def conversation(script, piece):
    out = bytes([piece])
    for say in script:
        data = say.data[:0x7fff]
        if len(out) + len(data) > BYTES_MAX:
            break
        out += bytes([(0x80 if say.sender == "s" else 0) | len(data) >> 8, len(data) & 0xff]) + data
    return out


def main():
    os.makedirs(WHERE, exist_ok=True)
    for name in ROWS:
        script = rows.ROWS[name].parts()[0][2].script
        for what, piece, lines in (("whole", 255, script), ("bytes", 0, script), ("middle", 40, script[3:])):
            with open(os.path.join(WHERE, "%s-%s" % (name, what)), "wb") as f:
                f.write(conversation(lines, piece))


if __name__ == "__main__":
    main()
