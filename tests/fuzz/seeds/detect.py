#!/usr/bin/env python3
"""Writes the committed seeds of fuzz_mining, fuzz_stream, fuzz_pipeline and fuzz_evidence anew, below tests/fuzz/corpus.

The formats of the inputs are told in the first comment of each target; that of evidence records in src/evidence/evidence.h
(64-bit little endian).
"""
import os
import struct
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "gen"))
import dns  # noqa: E402
from committed import write  # noqa: E402

HEX64 = "8b1b2a2f3a5e4e6f7081920a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e"
TARGET = "00000000dbe6fecebdedd5beb573440e5a884d1b2fbf06fcce912adcb8d8422e"
BLOB = HEX64 * 2 + "0123456789abcdef01234567"
XMR = "48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsaSWJ4fhdUyZijBGUicoD"
ETH = "0x9c99d212f7e5daa18ab50810e0fd255d1f04303b"
COINBASE = "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff2303ea2908084269744d696e746572"

LINES = {
    "v1-subscribe": '{"id": 0, "method": "mining.subscribe", "params": ["bfgminer/5.2.0"]}',
    "v1-subscribed": '{"result":[[["mining.notify","1"],["mining.set_difficulty","2"]],"00b61738",4],"error":null,"id":0}',
    "v1-authorize": '{"id": 1, "method": "mining.authorize", "params": ["bigsky.w1", "x"]}',
    "v1-difficulty": '{"method":"mining.set_difficulty","params":[4096.5],"id":null}',
    "v1-notify": '{"method":"mining.notify","params":["27","%s","%s","0a6e",["%s"],"20000000","17272fbd","5b5c8e2a",true],"id":null}'
                 % (HEX64, COINBASE, HEX64),
    "v1-submit": '{"params":["bigsky.w1","27","00000001","5b5c8e2a","b2957c02"],"id":4,"method":"mining.submit"}',
    "v1-rejected": '{"id":4,"result":null,"error":[21,"Job not found",null]}',
    "eqh-target": '{"id":null,"method":"mining.set_target","params":["%s"]}' % TARGET,
    "eqh-notify": '{"id":null,"method":"mining.notify","params":["8c","04000000","%s","%s","%s","a9cc405a","09d8151c",true]}'
                  % (HEX64, HEX64, HEX64),
    "eqh-submit": '{"id":7,"method":"mining.submit","params":["t1fAhZF5aUJdY7CikGULHmeYk7id8qmvbAd.r","8c","a9cc405a","3e27","fd4005%s"]}'
                  % (HEX64 * 4),
    "eth-login": '{"worker":"eth1.0","jsonrpc":"2.0","params":["%s/rig","x"],"id":2,"method":"eth_submitLogin"}' % ETH,
    "eth-work": '{"jsonrpc":"2.0","id":0,"result":["0x%s","0x%s","0x%s"]}' % (HEX64, HEX64, TARGET),
    "eth-hashrate": '{"id":6,"method":"eth_submitHashrate","params":["0x1d08a61","0x%s"]}' % HEX64,
    "eth-submit": '{"id":4,"method":"eth_submitWork","params":["0x07a05fa4133e5126","0x%s","0x%s"]}' % (HEX64, HEX64),
    "cn-login": '{"id":1,"jsonrpc":"2.0","method":"login","params":{"login":"%s.rig1+120000","pass":"x","agent":"XMRig/6.21.0 libuv/1.44",'
                '"algo":["rx/0"]}}' % XMR,
    "cn-logged-in": '{"id":1,"jsonrpc":"2.0","result":{"id":"22","job":{"algo":"rx/0","blob":"%s","height":3100000,"job_id":"J",'
                    '"target":"ffff0100"},"status":"OK"}}' % BLOB,
    "cn-job": '{"jsonrpc":"2.0","method":"job","params":{"blob":"%s","job_id":"K","target":"b88d0600"}}' % BLOB,
    "cn-submit": '{"id":2,"method":"submit","params":{"id":"22","job_id":"J","nonce":"25050000","result":"%s"}}' % HEX64,
    "cn-accepted": '{"id":2,"jsonrpc":"2.0","error":null,"result":{"status":"OK"}}',
    "cn-escapes": '{"id":1,"method":"log\\u0069n","params":{"login":"a\\ud83d\\ude00\\n\\"","pass":"x","agent":"xmrig"}}',
}

FROM_POOL, OTHER_FLOW, SYN, FIN, OFF, CUT, LATER, NO_ACK = (1 << i for i in range(8))


def segment(flags, text=b"", off=0):
    return struct.pack(">BBH", flags, off, len(text)) + text


def talk(names, **flags):
    """The lines called names, each a segment; from the pool where its name tells so."""
    pool = ("subscribed", "difficulty", "notify", "rejected", "target", "work", "logged-in", "job", "accepted")
    return b"".join(segment((FROM_POOL if n.split("-", 1)[1] in pool else 0) | flags.get("more", 0), LINES[n].encode() + b"\n")
                    for n in names)


def dialogues():
    v1 = ["v1-subscribe", "v1-subscribed", "v1-authorize", "v1-difficulty", "v1-notify", "v1-submit", "v1-rejected"]
    eqh = ["v1-subscribe", "v1-authorize", "eqh-target", "eqh-notify", "eqh-submit"]
    eth = ["eth-login", "eth-work", "eth-hashrate", "eth-submit"]
    cn = ["cn-login", "cn-logged-in", "cn-job", "cn-submit", "cn-accepted"]
    out = {"v1": segment(SYN) + segment(SYN | FROM_POOL) + talk(v1) + segment(FIN), "eqh": talk(eqh), "eth": talk(eth), "cn": talk(cn),
           "cn-cut": talk(cn, more=CUT), "v1-cut": talk(v1, more=CUT), "one-sided": talk(["cn-login", "cn-submit"], more=NO_ACK),
           "two-flows": talk(cn) + talk(v1, more=OTHER_FLOW), "again": talk(cn) + segment(SYN) + talk(cn)}
    login = LINES["cn-login"].encode() + b"\n"
    out["split"] = b"".join(segment(0, login[i:i + 20]) for i in range(0, len(login), 20))
    out["hole"] = segment(0, login[:30]) + segment(OFF, login[60:], 125 + 8) + segment(LATER, login) + talk(cn)
    def datagram(data, more=0):
        return segment(SYN | FIN | more, data)
    ask, name = dns.query(7, "eu.pool.example"), "updates.example"
    told = dns.answer(7, "eu.pool.example", [dns.a("eu.pool.example", "203.0.113.9")])
    chain = dns.answer(8, name, [dns.cname(name, "gone.example"), dns.a("gone.example", "0.0.0.0")])
    out["dns"] = datagram(ask) + datagram(told, FROM_POOL) + datagram(chain, FROM_POOL) + datagram(chain, FROM_POOL | CUT)
    out["dns-and-mining"] = datagram(ask) + talk(cn) + datagram(dns.nxdomain(9, "x.webminer.example", "example"), FROM_POOL) + talk(v1)
    out["innocent"] = segment(0, b'{"id":1,"method":"ping"}\n') * 12 + talk(cn)
    return out


def streams():
    def seg(op, at, length, cut=0):
        return struct.pack(">BHHB", op, at, length, cut)
    in_order = b"".join(seg(0, 100 * i, 100) for i in range(20))
    return {
        "in-order": b"\x00" + in_order, "kept": b"\x02" + in_order * 2, "wrap": b"\x41" + in_order,
        "reordered": b"\x00" + seg(0, 0, 50) + seg(0, 100, 50) + seg(0, 50, 50),
        "holes": b"\x00" + b"".join(seg(0, 300 * i, 100) for i in range(12)),
        "old-hole": b"\x01" + seg(0, 0, 10) + b"".join(seg(0xf8, 20 + 20 * i, 10) for i in range(5)),
        "acked": b"\x00" + seg(0, 0, 100) + seg(2, 500, 100) + seg(2, 900, 10),
        "truncated": b"\x00" + b"".join(seg(1, 200 * i, 200, 50) for i in range(10)) + seg(1, 100, 1, 5),
        "full": b"\x02" + b"".join(seg(0, 4000 * i, 4000) for i in range(16)),
        "far-behind": b"\x01" + seg(0, 65000, 10000) + seg(4, 8, 10000) + seg(0, 0, 5) * 4,
        "before-first": b"\x01" + seg(0, 1000, 10) + seg(0, 900, 50) + seg(0, 900, 50),
        "overlaps": b"\x03" + seg(0, 0, 10) + seg(0, 20, 10) + seg(0, 15, 10) + seg(0, 5, 30),
        "no-room": b"\xff" + in_order,
    }


def record(kind, start=1764000000, flags=0, port=40000, texts=(), stage=3, vni=0, row=0, digest=0, counts=(3, 1, 1, 2, 1, 1, 0, 0),
           protocol=2, work=(0.0, 0, 0), transport=b"\0\0\0\0", host_source=0, miner=1, pool=9):
    """One struct evidence, version 4. work: expected hashes, shares, method."""
    text = b"".join(struct.pack("<BH", tag, len(t)) + t for tag, t in texts)
    second = 10 ** 9
    hashes, shares, method = work
    return b"".join((
        struct.pack("<HHIQqqqQII", 4, len(text), 0, 1, (start + 5) * second, start * second, (start + 9) * second, 7, 0, vni),
        bytes(10) + b"\xff\xff\x0a\0\0" + bytes([miner]) + struct.pack("<H", port),
        bytes(10) + b"\xff\xff\xcb\0\x71" + bytes([pool]) + struct.pack("<H", 3333),
        bytes(32), b"\x02\0\0\0\0\x01", struct.pack("<6B", kind, 0, protocol, stage, method, host_source), transport,
        struct.pack("<HH", flags, 0), struct.pack("<QQII", 500, 900, 9, 8), struct.pack("<I8I", 4, *counts), bytes(4),
        struct.pack("<dddd", 120001.0, 60000.0, 120001.0, hashes), struct.pack("<qqI", start * second, (start + 9) * second, shares),
        bytes(4), struct.pack("<QQQII", 3100000, 0, digest, 1, row), text.ljust(264, b"\0")))


POOL_ROW, ENDPOINT_ROW = 11, 12  # numbers of rows of tests/small_feed.h
WEB = 20  # enum mining_protocol


def records():
    idle = (3, 1, 0, 0, 0, 0, 0, 0)
    login = [(1, XMR.encode() + b".rig1")]
    agent = [(2, b"XMRig/6.21.0")]
    return {
        "login": b"\x00" + record(2, texts=login), "two": b"\x00" + record(2, texts=login) + record(7, texts=agent, stage=4),
        "facts-first": b"\x00" + record(0) + record(2), "end": b"\x00" + record(2) + record(0, flags=8),
        "one-sided": b"\x00" + record(2, flags=2), "answered": b"\x00" + record(2, flags=6),
        "copies": b"\x00" + record(2) + record(2, flags=0x20, vni=5),
        "flows": b"\x01" + b"".join(record(2, start=1764000000 + 60 * i, port=i) for i in range(70)),
        "logins": b"\x01" + b"".join(record(2, texts=[(1, b"user%d" % i)]) for i in range(20)),
        "hostile": b"\x00" + record(12, texts=[(1, b"\x1b[31m\"\\\n\xff\xc3"), (5, b"\xe2\x80\xae")]),
        "lookup": b"\x00" + record(16, texts=[(6, b"eu.pool.example")], row=POOL_ROW, stage=1)
                  + record(18, texts=[(6, b"eu.pool.example"), (8, b"203.0.113.9")], row=POOL_ROW, stage=1),
        "lookups": b"\x01" + b"".join(record(16 + i % 3, texts=[(6, b"n%d.example" % i), (7, b"alias.example")], row=i, stage=1)
                                      for i in range(8)),
        "copies-of-lookup": b"\x00" + record(16, texts=[(6, b"eu.pool.example")], row=POOL_ROW, stage=1, digest=7)
                            + record(16, texts=[(6, b"eu.pool.example")], row=POOL_ROW, stage=1, digest=7, flags=0x20, vni=5),
        "listed": b"\x00" + record(29, row=ENDPOINT_ROW) + record(2) + record(29, row=ENDPOINT_ROW) + record(29, row=POOL_ROW),
        "opinion": b"\x00" + record(19) + record(2) + record(19),
        "rate": b"\x00" + record(2, texts=login) + record(15, stage=5, counts=(90, 1, 9, 40, 40, 0, 0, 0), work=(4.8e6, 40, 1))
                + record(0, counts=(190, 1, 9, 90, 90, 0, 0, 0), work=(1.1e7, 90, 1)) + record(0, work=(5.0e6, 40, 3), flags=8),
        "carried": b"\x00" + record(2, texts=login + [(9, b"xmr.pool.example"), (12, b"XMR")], transport=b"\x05\x03\0\0", host_source=4),
        "bad-work": b"\x00" + record(2, work=(1e101, 1, 1)) + record(2, work=(1.0, 1, 9)) + record(2, host_source=99),
        "scan": b"\x08" + b"".join(record(2, pool=i, texts=login, counts=idle) for i in range(20))
                + record(7, pool=15, stage=4) + record(0, pool=3, flags=8, counts=idle),
        "fleet": b"\x18" + b"".join(record(2, miner=i, texts=login, stage=4) + record(7, miner=i, stage=4) for i in range(1, 7)),
        "donation": b"\x0c" + record(2, texts=login, stage=4) + record(2, pool=8, texts=[(1, HEX64.encode())], stage=4),
        "web": b"\x00" + record(2, texts=[(1, b"site")], stage=4, protocol=WEB),
        "malformed": b"\x00" + record(99) + record(2, texts=[(9, b"x")]), "short": b"\x00" + record(2)[:100],
    }


def main():
    write("fuzz_mining", {n: t.encode() for n, t in LINES.items()})
    write("fuzz_stream", streams())
    write("fuzz_pipeline", dialogues())
    write("fuzz_evidence", records())


if __name__ == "__main__":
    main()
