"""Scripts of binary dialects: Stratum V2 in clear and behind Noise, p2pool's network.

Sources: stratum-mining/sv2-spec 03, 04, 05, 08; SChernykh/p2pool p2p_server.h and .cpp (protocols.md 1.17, 1.19). What Noise
hides is random here, in messages of the right lengths.
"""
import struct

import wire
from miners import NOW_S
from session import FULL, Session

SETUP, SETUP_OK, OPEN_STANDARD, OPEN_STANDARD_OK, OPEN_EXTENDED, OPEN_EXTENDED_OK = 0x00, 0x01, 0x10, 0x11, 0x13, 0x14
NEW_JOB, SUBMIT_STANDARD, SUBMIT_EXTENDED, SHARES_OK, SHARES_ERROR = 0x15, 0x1A, 0x1B, 0x1C, 0x1D
NEW_EXTENDED_JOB, NEW_PREV_HASH, SET_TARGET = 0x1F, 0x20, 0x21
OF_CHANNEL = {0x16, 0x17, 0x18, 0x19, 0x1A, 0x1B, 0x1C, 0x1D, 0x1F, 0x20, 0x21, NEW_JOB}


def text_field(text):
    return bytes([len(text)]) + text.encode()


class StratumV2(Session):
    """noise: encrypted. extended: an extended channel, with jobs that hold a coinbase and shares that hold an extranonce."""

    def __init__(self, seed, login, noise=False, extended=False, hashrate=1.2e14, difficulty=2 ** 50, host="sv2.pool.example",
                 vendor="Bitmain", hardware="S19j Pro", firmware="braiins-os-2026-01"):
        super().__init__(seed, "stratum-v2", None if noise else login, None if noise else "%s %s %s" % (vendor, hardware, firmware))
        self.noise, self.extended, self.identity, self.hashrate, self.host = noise, extended, login, hashrate, host
        self.device, self.job, self.sequence, self.channel = (vendor, hardware, firmware, ""), 0, 0, 7
        self.target = FULL // difficulty - 1
        self.work = FULL / (self.target + 1)
        if noise:
            self.facts.unit = None                                              # the target is hidden, and all but lengths
        else:
            self.facts.claimed_hs = struct.unpack("<f", struct.pack("<f", hashrate))[0]
            self.facts.carried_name, self.facts.name_source = host, "subscribe"

    def message(self, sender, kind, payload, delay_s=0.0):
        if self.noise:
            self.raw(sender, self.c.raw(22 + len(payload) + 16), delay_s)
            return
        extension = 0x8000 if kind in OF_CHANNEL else 0
        self.raw(sender, struct.pack("<HB", extension, kind) + struct.pack("<I", len(payload))[:3] + payload, delay_s)

    def number256(self, n):
        return n.to_bytes(32, "little")

    def open(self):
        if self.noise:
            self.raw("c", self.c.raw(64))
            self.raw("s", self.c.raw(234))
        self.message("c", SETUP, struct.pack("<BHHI", 0, 2, 2, 0 if self.extended else 1) + text_field(self.host) + struct.pack("<H", 34254) +
                     b"".join(text_field(t) for t in self.device))
        self.message("s", SETUP_OK, struct.pack("<HI", 2, 0))
        ask = struct.pack("<I", 1) + text_field(self.identity) + struct.pack("<f", self.hashrate) + self.number256(FULL - 1)
        if self.extended:
            self.message("c", OPEN_EXTENDED, ask + struct.pack("<H", 8))
            self.message("s", OPEN_EXTENDED_OK, struct.pack("<II", 1, self.channel) + self.number256(self.target) + struct.pack("<H", 8) +
                         b"\x04" + self.c.raw(4) + struct.pack("<I", 1))
        else:
            self.message("c", OPEN_STANDARD, ask)
            self.message("s", OPEN_STANDARD_OK, struct.pack("<II", 1, self.channel) + self.number256(self.target) + b"\x08" + self.c.raw(8) +
                         struct.pack("<I", 1))

    def new_job(self, delay_s=0.0, future=False):
        self.job += 1
        head = struct.pack("<II", self.channel, self.job) + (b"\0" if future else b"\1" + struct.pack("<I", NOW_S + self.job)) + \
            struct.pack("<I", 0x20000000)
        if self.extended:
            prefix, suffix = self.c.raw(58), self.c.raw(45)
            body = head + b"\1" + b"\x02" + self.c.raw(64) + struct.pack("<H", len(prefix)) + prefix + struct.pack("<H", len(suffix)) + suffix
            self.message("s", NEW_EXTENDED_JOB, body, delay_s)
        else:
            self.message("s", NEW_JOB, head + self.c.raw(32), delay_s)

    def prev_hash(self, delay_s=0.0):
        self.message("s", NEW_PREV_HASH, struct.pack("<II", self.channel, self.job) + self.c.raw(28) + bytes(4) +
                     struct.pack("<II", NOW_S, 0x17021A8E), delay_s)

    def submit(self, delay_s, error=None):
        self.sequence += 1
        body = struct.pack("<IIIIII", self.channel, self.sequence, self.job, self.c.below(2 ** 32), NOW_S + self.job + 3, 0x20000000)
        if self.extended:
            self.message("c", SUBMIT_EXTENDED, body + b"\x08" + self.c.raw(8), delay_s)
        else:
            self.message("c", SUBMIT_STANDARD, body, delay_s)
        if error:
            self.message("s", SHARES_ERROR, struct.pack("<II", self.channel, self.sequence) + text_field(error))
        else:
            self.message("s", SHARES_OK, struct.pack("<IIIQ", self.channel, self.sequence, 1, int(self.work) >> 32))
        self.counted(not error)


def stratum_v2(seed, login, worker=None, wallet=None, shares=12, mean_s=8, **more):
    m = StratumV2(seed, login, **more)
    if not m.noise:
        m.facts.worker, m.facts.wallet, m.facts.difficulty = worker, wallet, None
    m.open()
    m.new_job(future=True)
    m.prev_hash()
    for i in range(shares):
        if i == 2:
            m.new_job(4.0)
        m.submit(m.c.seconds(mean_s), "stale-share" if i == 4 and not m.noise else None)
    return m


# ---------------------------------------------------------------- p2pool

CHALLENGE, SOLUTION, LISTEN_PORT, BLOCK_REQUEST, BLOCK_RESPONSE, BLOCK_BROADCAST, PEERS_REQUEST, PEERS_RESPONSE, BLOCK_COMPACT, BLOCK_NOTIFY, \
    AUX_DONATION, MONERO_BLOCK = range(12)


def p2pool(seed, rounds=5, mean_s=7):
    """Two nodes of p2pool. Both speak at once; the one that connected has to show a little work in its answer. Then blocks of the
    side chain, asked for, given and spread. There are neither logins nor shares to be counted."""
    m = Session(seed, "p2pool")
    m.facts.unit = None

    def sized(kind, n):
        return bytes([kind]) + struct.pack("<I", n) + m.c.raw(n)

    def peer(i):
        return b"\0" + bytes(10) + b"\xff\xff" + wire.ip_bytes("198.51.100.%d" % (10 + i)) + struct.pack("<H", 37889)
    for sender in "cs":
        m.raw(sender, bytes([CHALLENGE]) + m.c.raw(16))
    for sender in "cs":
        work = struct.pack("<Q", m.c.below(2 ** 64 // 10000)) if sender == "c" else m.c.raw(8)
        m.raw(sender, bytes([SOLUTION]) + m.c.raw(24) + work + m.c.raw(8) + bytes([LISTEN_PORT]) + struct.pack("<i", 37889) +
              bytes([BLOCK_REQUEST]) + (bytes(32) if sender == "c" else m.c.raw(32)))
    m.raw("s", sized(BLOCK_RESPONSE, 900))
    m.raw("c", bytes([PEERS_REQUEST]), 1.0)
    m.raw("s", bytes([PEERS_RESPONSE, 3]) + b"".join(peer(i) for i in range(3)))
    for i in range(rounds):
        m.raw("s" if i % 2 else "c", bytes([BLOCK_NOTIFY]) + m.c.raw(32), m.c.seconds(mean_s))
        m.raw("s" if i % 2 else "c", sized((BLOCK_COMPACT, BLOCK_BROADCAST, MONERO_BLOCK, BLOCK_COMPACT, AUX_DONATION)[i % 5], 500 + m.c.below(400)))
        if i == 2:
            m.raw("c", bytes([BLOCK_REQUEST]) + m.c.raw(32), 0.5)
            m.raw("s", sized(BLOCK_RESPONSE, 700))
    return m
