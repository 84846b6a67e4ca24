#!/usr/bin/env python3
"""Writes the committed seeds of fuzz_dpi anew, below tests/fuzz/corpus. The format is told in the target's first comment."""
import os
import struct

WHERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "corpus", "fuzz_dpi")
BACK, FORGET, ANEW, PORTS = 8, 16, 32, 64
LOGIN = b'{"id":1,"method":"login","params":{"login":"a","pass":"x"}}\n'
JOB = b'{"method":"job","params":{"blob":"00","job_id":"1"}}\n'
HTTP = b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"
BITCOIN = bytes.fromhex("f9beb4d9") + b"version".ljust(12, b"\0") + struct.pack("<I", 86) + bytes(90)
TLS = bytes.fromhex("160301003e0100003a0303") + bytes(51)


def op(flags, text=b"", times=0):
    return struct.pack(">BBH", flags, times, len(text)) + text


SEEDS = {
    "mining": op(0, LOGIN) + op(BACK, JOB),
    "pool-first": op(BACK, JOB) + op(0, LOGIN),
    "other": b"".join(op(BACK * (i % 2), HTTP) for i in range(10)),
    "undecided-then-mining": op(0, b'{"id":1,"x":2}\n') + op(BACK, b'{"id":1,"result":true}\n') + op(0, LOGIN),
    "full": b"".join(op(i, HTTP) for i in range(8)) + op(FORGET | 1) + op(ANEW | 6, LOGIN) + op(6, LOGIN),
    "empty": op(0) + op(BACK) + op(0, LOGIN),
    "longest": op(0, b" " * 257, 255) + op(0, b"{" + b" " * 246 + b'"method":') + op(1, b"{" + b" " * 250 + b'"method":'),
    "bitcoin": op(PORTS, BITCOIN) + op(PORTS | BACK, BITCOIN) + op(1, BITCOIN),
    "guessed": op(0, b"\0\0\4" + bytes(397)) + op(BACK, b"\0\0\4" + bytes(397)),
    "ethereum": op(0, b'{"worker":"","jsonrpc":"2.0","params":["0x0"],"id":2,"method":"eth_submitLogin"}\n'),
    "tls": op(0, TLS) + op(BACK, TLS),
    "anew": op(0, LOGIN) + op(ANEW, HTTP) + op(ANEW | BACK, JOB),
    "forgotten": op(0, HTTP) + op(FORGET) + op(0, LOGIN),
}

os.makedirs(WHERE, exist_ok=True)
for name, data in SEEDS.items():
    with open(os.path.join(WHERE, name), "wb") as f:
        f.write(data)
