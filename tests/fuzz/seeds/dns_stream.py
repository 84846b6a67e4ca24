#!/usr/bin/env python3
"""Writes tests/fuzz/corpus/fuzz_dns_stream: how long the pieces are, and messages as TCP carries them."""
import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "..", "gen"), HERE]

import committed  # noqa: E402
import dns  # noqa: E402

POOL = "eu.pool.example"


def main():
    ask, reply = dns.query(7, POOL, edns=True), dns.answer(7, POOL, [dns.a(POOL, "203.0.113.9")] * 40)
    follow = dns.message(7, dns.QR | dns.AA, (), [dns.record(POOL, dns.TXT, b"\3abc")])
    alive = dns.message(0, 0x3000) + b"\0\1\0\x08\0\0\x3a\x98\0\0\x3a\x98"
    streams = {
        "one": [ask], "pipelined": [ask, ask, dns.query(8, "b." + POOL)], "answers": [reply, reply], "transfer": [reply, follow, follow, reply],
        "keep-alive": [ask, alive, ask], "large": [dns.answer(7, POOL, [dns.record(POOL, dns.TXT, b"\0" * 12000)]), ask],
    }
    seeds = {name: b"\x32" + b"".join(map(dns.over_tcp, messages)) for name, messages in streams.items()}
    seeds["bytes"] = b"\0" + seeds["pipelined"][1:]
    seeds["then-json"] = seeds["one"] + b'{"id":1,"method":"mining.subscribe","params":[]}\n'
    seeds["cut"] = seeds["answers"][:-9]
    seeds["length-too-short"] = b"\1" + b"\0\x10" + ask
    committed.write("fuzz_dns_stream", seeds)


main()
