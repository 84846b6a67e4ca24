#!/usr/bin/env python3
"""Writes the committed seeds of fuzz_contacts anew, below tests/fuzz/corpus. The steps are told in the first comment of the target."""
import struct
import sys

sys.dont_write_bytecode = True
from committed import write  # noqa: E402

ASK, TELL, WATCH, RAW, CONNECTION, BEAT, ANSWER, PROOF = range(8)
DELIVER = 8
POOL, GONE, SHOP, NODE = range(4)


def name(text):
    data = b"".join(bytes([len(x)]) + x.encode() for x in text.split(".")) if text else b""
    return bytes([len(data)]) + data


def message(what, asked="", listed="", at=4, slot=1, number=1, client=1, n=1, to=2, ttl=1, known=1, certain=1, deliver=0):
    return struct.pack(">BBBBBBHBBB", what | deliver, slot, number, client, n, to, at, ttl, known, certain) + name(asked) + name(listed)


def connection(at=20, a=1, b=2, direction=0, deliver=0):
    return struct.pack(">BHBBB", CONNECTION | deliver, at, a, b, direction)


def answer(which, at=0, client=1, to=2, deliver=0):
    return struct.pack(">BBHBB", ANSWER | deliver, client, at, which, to)


def proof(at=20, a=1, b=2, deliver=0):
    return struct.pack(">BHBB", PROOF | deliver, at, a, b)


EU = "eu.pool.example"
BEATS = bytes([BEAT]) * 3
SEEDS = {
    "watch": message(WATCH, EU, EU) + connection(deliver=DELIVER) + BEATS,
    "late": connection() + message(WATCH, EU, EU) + BEATS,
    "told": message(WATCH, EU, EU) + connection() + message(TELL, "shop.example", at=10) + BEATS,
    "told-listed": message(WATCH, EU, EU) + connection() + message(TELL, "cdn.example", EU, at=18) + BEATS,
    "told-late": message(WATCH, EU, EU) + connection() + message(TELL, "shop.example", at=100) + BEATS,
    "ask": answer(POOL) + message(ASK, at=20, deliver=DELIVER) + BEATS,
    "ask-none": message(ASK) + BEATS, "alias": message(WATCH, "cdn.example", EU) + connection(deliver=DELIVER),
    "own": answer(POOL, deliver=DELIVER) + connection(deliver=DELIVER) + answer(SHOP, 40) + connection(60, deliver=DELIVER),
    "rival": answer(POOL) + answer(SHOP, 2) + connection() + BEATS, "node": answer(NODE) + connection() + BEATS,
    "gone": answer(GONE) + connection(a=2, b=1, direction=1) + BEATS,
    "proof": answer(SHOP) + proof(deliver=DELIVER), "proof-told": proof() + message(TELL, "quiet.example") + BEATS,
    "proof-none": proof(deliver=DELIVER) + BEATS, "end": answer(POOL) + connection() + proof(),
    "long-name": message(WATCH, ".".join(["a" * 63] * 3 + ["b" * 61]), EU) + connection(), "many": (answer(POOL) + connection()) * 40,
    "bad-name": message(WATCH, EU, EU)[:-3] + b"\xff\xff\xff" + connection(), "raw": bytes([RAW]) + struct.pack("<IIQ", 2, 1, 1) + bytes(900),
    "raw-short": bytes([RAW]) + struct.pack("<IIQ", 1, 1, 1), "no-addresses": message(WATCH, EU, EU, n=0), "too-many": message(WATCH, EU, EU, n=17),
}
write("fuzz_contacts", SEEDS)
