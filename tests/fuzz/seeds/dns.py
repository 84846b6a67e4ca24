#!/usr/bin/env python3
"""Writes tests/fuzz/corpus/fuzz_dns: a message of every kind, and hostile ones. The id of a message says where it is cut."""
import pathlib
import struct
import sys

TESTS = pathlib.Path(__file__).resolve().parents[2]
OUT = TESTS / "fuzz/corpus/fuzz_dns"
sys.dont_write_bytecode = True
sys.path.insert(0, str(TESTS / "gen"))

import dns  # noqa: E402

POOL = "eu.pool.example"
HINTS = [(1, b"\x02h2"), (3, b"\x01\xbb"), (4, bytes([198, 51, 100, 7]))]


def good():
    chain = [dns.cname(POOL, "a.cdn.example"), dns.cname("a.cdn.example", "b.cdn.example"), dns.a("b.cdn.example", "198.51.100.7")]
    return {
        "query": dns.query(20, POOL), "query-edns": dns.query(40, POOL, dns.AAAA, edns=True), "query-root": dns.query(16, ".", dns.NS),
        "query-mixed-case": dns.query(25, dns.mixed_case(POOL)), "query-chaos": dns.query(3, "version.bind", dns.TXT, qclass=3),
        "query-longest": dns.query(200, "a" * 63 + "." + "b" * 63 + "." + "c" * 63 + "." + "d" * 61),
        "query-most-labels": dns.query(100, tuple(b"x" for _ in range(127))),
        "query-odd-bytes": dns.query(9, (b"a.b", b"c\\", b"\0\xff ", b"Z")),
        "a": dns.answer(60, POOL, [dns.a(POOL, "198.51.100.%d" % i) for i in range(6)]),
        "aaaa": dns.answer(50, POOL, [dns.aaaa(POOL, "2001:db8::7")], qtype=dns.AAAA),
        "cname": dns.answer(70, POOL, chain, edns=True), "cname-plain": dns.answer(70, POOL, chain, compress=False),
        "dname": dns.answer(64, POOL, [dns.dname("pool.example", "other.example"), dns.cname(POOL, "eu.other.example")]),
        "https": dns.answer(90, POOL, [dns.https(POOL, 1, ".", HINTS), dns.https(POOL, 0, "svc.example")], qtype=dns.HTTPS),
        "svcb": dns.answer(66, POOL, [dns.svcb(POOL, 16, "svc.example", HINTS)], qtype=dns.SVCB),
        "ptr": dns.answer(44, "9.113.0.203.in-addr.arpa", [dns.ptr("9.113.0.203.in-addr.arpa", POOL)], qtype=dns.PTR),
        "srv": dns.answer(50, "_s._tcp.example", [dns.srv("_s._tcp.example", 1, 2, 3333, POOL)], qtype=dns.SRV),
        "mx": dns.answer(41, POOL, [dns.mx(POOL, 10, "mail.example"), dns.mx(POOL, 0, ".")], qtype=dns.MX),
        "nxdomain": dns.nxdomain(77, POOL, "pool.example"), "badvers": dns.answer(33, POOL, [], rcode=16),
        "cut": dns.answer(22, POOL, [], flags=dns.QR | dns.TC),
        "update": dns.message(12, 0x2800, [("pool.example", 6, 1)], [dns.cname(POOL, "x.example")]),
        "two-questions": dns.message(30, dns.RD, [(POOL, 1, 1), ("b.example", 1, 1)]),
        "chaos-cname": dns.message(1, 0x8180, [(POOL, 5, 3)], [dns.record(POOL, dns.CNAME, b"\1x\0", klass=3)]),
    }


def hostile():
    head = struct.pack(">HHHHHH", 30, 0x8180, 1, 1, 0, 0)
    ask = struct.pack(">HH", 1, 1)

    def to(offset):
        return struct.pack(">H", 0xC000 | offset)

    def alias(data, owner=to(12), length=None, kind=dns.CNAME):
        return owner + struct.pack(">HHIH", kind, 1, 60, len(data) if length is None else length) + data

    plain = head + b"\1a\0" + ask                               # the record begins at 19, its data at 31
    chain = b"\1a\0" + ask + b"".join(to(12 if i == 0 else 17 + 2 * i) for i in range(140))
    return {
        "self-pointer": head + to(12) + ask, "pointer-forwards": head + to(18) + ask + b"\1a\0", "pointer-to-header": head + to(4) + ask,
        "pointer-loop": head + b"\1a" + to(12) + ask, "target-self": plain + alias(to(31)), "target-forwards": plain + alias(to(33) + b"\1a\0"),
        "label-01": head + b"\x41a\0" + ask, "label-10": head + b"\x81a\0" + ask,
        "name-too-long": head + (b"\x3f" + b"a" * 63) * 4 + b"\0" + ask, "name-of-255": head + b"\1a" * 127 + b"\0" + ask,
        "target-over-end": head[:1] + b"\x23" + head[2:] + b"\1\x3f\0" + ask + alias(to(13)) + bytes(60),
        "target-loop": plain[:7] + b"\2" + plain[8:] + alias(to(33) + to(31), kind=dns.TXT) + alias(to(31)),
        "rdlength-short": plain + alias(b"\1b\1c\0", length=3), "rdlength-long": plain + alias(b"\1b\0\7", length=4),
        "rdlength-none": plain + alias(b""), "rdlength-behind-end": plain + alias(b"\1b\0", length=900),
        "svcb-compressed": plain + alias(b"\0\1" + b"\1b" + to(12), kind=dns.SVCB), "svcb-short": plain + alias(b"\0", kind=dns.HTTPS),
        "counts-lie": dns.message(5, 0x8180, [(POOL, 1, 1)], counts=(9, 65535, 65535, 65535)), "header-only": head, "half-header": head[:7],
        "many-answers": dns.answer(500, "a.b", [dns.cname("a.b", "c.a.b") for _ in range(70)]),
        "many-questions": dns.message(50, 0, [("a.b", 1, 1)] * 20),
        "pointer-chain": head[:4] + struct.pack(">HHHH", 1, 1, 0, 0) + chain,
    }


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for name, data in {**good(), **hostile()}.items():
        (OUT / name).write_bytes(data)


if __name__ == "__main__":
    main()
