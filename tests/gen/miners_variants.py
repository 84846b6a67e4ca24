"""Scripts of stratum variants with small differences: CKB, Conflux, Kadena, Xelis, Decred, Handshake, Aeternity, Bytom.

Sources: leifjacky/ckb-gominer-demo; Conflux-Chain/conflux-doc stratum.md, NiceHash Octopus, Kadena, XelisHashV2 and Decred;
vipor-net/xelis-stratum-protocol; HandshakeAlliance/hstratum docs/spec.md; aeternity/protocol STRATUM.md; btccom/btcpool
docs/bytom/STRATUM-BTM.md (protocols.md 1.14). What no source gives is in the shape its neighbours have.
"""
import struct

from miners import NOW_S, Stratum
from miners_coins import LOW, named, play
from session import DIFF1, FULL, Session, target_of, work_of


class Variant(Session):
    """subscribe, authorize, set_target or set_difficulty, notify, submit; a coin gives the parameters of each."""

    def __init__(self, seed, login, agent, protocol="stratum-v1", **more):
        super().__init__(seed, protocol, login, agent, **more)

    def begin(self, params, result):
        self.reply(self.ask("mining.subscribe", params), result)
        self.reply(self.ask("mining.authorize", [self.facts.login, "x"]), True)

    def answered(self, params, delay_s, error, ok=True):
        self.reply(self.ask("mining.submit", params, delay_s), ok if not error else False, error)
        self.counted(not error)


class Ckb(Variant):
    def open(self):
        self.nonce1, self.target, self.facts.height = self.c.hex(3), target_of(5 * 10 ** 12), 16021728
        self.begin([self.facts.agent, None], [None, self.nonce1, 5])
        self.push("mining.set_target", [self.target])

    def notify(self, delay_s=0.0):
        self.job, self.work = self.c.hex(4), work_of(self.target)
        self.push("mining.notify", [self.job, self.c.hex(32), self.facts.height, self.c.hex(32), True], delay_s)

    def submit(self, delay_s, error=None):
        self.answered([self.facts.login, self.job, self.c.hex(5)], delay_s, error)


class Conflux(Variant):
    """The boundary stands in each job; the pool's part of the nonce in a member beside params."""

    def open(self):
        self.boundary, self.xn, self.facts.height = "0x%x" % (FULL // (3 * 10 ** 9)), self.c.hex(2), 130302785
        self.begin([self.facts.agent], True)

    def notify(self, delay_s=0.0):
        self.job, self.header, self.work = self.c.hex(8), "0x" + self.c.hex(32), work_of(self.boundary)
        self.line("s", [("id", 0), ("method", "mining.notify"), ("params", [self.job, str(self.facts.height), self.header, self.boundary]),
                        ("xn", self.xn)], delay_s)

    def submit(self, delay_s, error=None):
        self.answered([self.facts.login, self.job, "0x" + self.xn + self.c.hex(6), self.header], delay_s, error)


class Kadena(Variant):
    def open(self):
        self.prefix, self.target = self.c.hex(2), target_of(7 * 10 ** 12)
        self.begin([self.facts.agent], [None, self.prefix, 6])
        self.push("mining.set_target", [self.target])

    def notify(self, delay_s=0.0):
        """Job, the work header (286 bytes without its nonce), clean."""
        self.job, self.work = self.c.hex(4), work_of(self.target)
        self.push("mining.notify", [self.job, self.c.hex(278), True], delay_s)

    def submit(self, delay_s, error=None):
        self.answered([self.facts.login, self.job, self.c.hex(6)], delay_s, error)


class Xelis(Variant):
    """authorize has the worker apart; difficulty is in hashes."""

    def open(self):
        self.key, self.facts.difficulty = self.c.hex(32), 150000
        self.reply(self.ask("mining.subscribe", [self.facts.agent]), [self.c.hex(16), self.c.hex(32), 32, self.key])
        self.reply(self.ask("mining.authorize", [self.facts.wallet, self.facts.worker, "x"]), True)
        self.push("mining.set_difficulty", [self.facts.difficulty])

    def notify(self, delay_s=0.0):
        self.job, self.time, self.work = self.c.hex(4), struct.pack(">Q", 1000 * NOW_S + self.c.below(9000)).hex(), self.facts.difficulty
        self.push("mining.notify", [self.job, self.time, self.c.hex(32), "xel/v2", True], delay_s)

    def submit(self, delay_s, error=None):
        self.answered([self.facts.worker, self.job, self.c.hex(8)], delay_s, error)


class Decred(Stratum):
    """Stratum v1 whose notify has the rest of the header in place of the coinbase and no branches."""

    def notify(self, clean=True, delay_s=0.0, merkle=0):
        self.job_number += 1
        self.job, self.ntime = "%x" % self.job_number, "%08x" % (NOW_S + self.job_number - 0x1c40)
        rest = self.c.hex(64) + "0100" + self.c.hex(12) + self.c.hex(14) + struct.pack("<I", self.height).hex() + self.c.hex(4)
        self.push("mining.notify", [self.job, self.c.hex(28) + "00000000", rest, "", [], "0a000000", "", self.ntime, clean], delay_s)


class Handshake(Stratum):
    """Stratum v1 with three roots more in notify: of names, of filters, reserved."""

    def notify(self, clean=True, delay_s=0.0, merkle=4):
        self.job_number += 1
        self.job, self.ntime = "%x" % self.job_number, "%08x" % (NOW_S + self.job_number - 0x1c40)
        self.push("mining.notify", [self.job, "00000000" + self.c.hex(28), self.c.hex(60), self.c.hex(80), [self.c.hex(32) for _ in range(merkle)],
                                    self.c.hex(32), self.c.hex(32), "0" * 64, "00000000", "1a02f5c1", self.ntime, clean], delay_s)


class Aeternity(Variant):
    """Proofs of 42 numbers; the target in solutions."""

    def open(self):
        self.target, self.facts.unit = target_of(1500), "solutions"
        self.facts.carried_name, self.facts.name_source = "ae.pool.example", "subscribe"
        self.begin([self.facts.agent, None, "ae.pool.example", 9999], [self.c.hex(4), self.c.hex(3)])
        self.push("mining.set_target", [self.target])

    def notify(self, delay_s=0.0):
        self.job, self.work = self.c.hex(4), work_of(self.target)
        self.push("mining.notify", [self.job, 5, self.c.hex(32), True], delay_s)

    def submit(self, delay_s, error=None):
        proof = ["%08x" % self.c.below(2 ** 29) for _ in range(42)]
        self.answered([self.facts.login, self.job, self.c.hex(5), proof], delay_s, error)


class Bytom(Session):
    """CryptoNote's words with arrays in place of objects, and getwork on TCP."""

    def __init__(self, seed, login, agent, **more):
        super().__init__(seed, "cryptonote", login, agent, **more)
        self.facts.height, self.number, self.target = 941002, 1, struct.pack("<I", 0xFFFFFFFF // 40000).hex()

    def tell(self, method, params=None, delay_s=0.0):
        self.id += 1
        self.line("c", [("id", self.id), ("jsonrpc", "2.0"), ("method", method)] + ([("params", params)] if params else []), delay_s)

    def told(self, result, error=None):
        self.line("s", [("id", self.id), ("jsonrpc", "2.0"), ("result", result)] + ([("error", error)] if error else []))

    def job(self):
        """Job, version, height, previous block, time, two roots, nonce, bits, seed, target."""
        self.number, self.work = self.number + 1, 2 ** 32 / (0xFFFFFFFF // 40000)
        return [str(self.number), "1", "%x" % self.facts.height, self.c.hex(32), "%x" % NOW_S, self.c.hex(32), self.c.hex(32),
                self.c.hex(8), "20000000007fffff", self.c.hex(32), self.target]

    def open(self):
        self.tell("login", [self.facts.login, "x", self.facts.agent])
        self.told(True)
        self.tell("getwork")
        self.told(self.job())

    def notify(self, delay_s=0.0):
        if self.number > 2:
            self.line("s", [("jsonrpc", "2.0"), ("method", "job"), ("params", self.job())], delay_s)
        self.number += 1

    def submit(self, delay_s, error=None):
        self.tell("submit", [str(self.number), self.c.hex(8), self.c.hex(32)], delay_s)
        self.told(None if error else True, error)
        self.counted(not error)


def variant(kind, seed, login, agent, worker=None, wallet=None, shares=12, mean_s=12, error=LOW):
    return play(named(kind(seed, login, agent), worker, wallet), shares, mean_s, error)


def stratum_variant(kind, seed, login, agent, worker=None, wallet=None, shares=12, difficulty=2048):
    """Decred and Handshake: a miner of Bitcoin's family with another notify."""
    m, s = kind(seed, login, "x", agent), Session("unused", "stratum-v1", login, agent)
    s.work = difficulty * FULL / DIFF1
    named(s, worker, wallet).facts.difficulty = difficulty
    m.subscribe()
    m.authorize()
    m.push("mining.set_difficulty", [difficulty])
    m.notify()
    for i in range(shares):
        if i == 2:
            m.notify(delay_s=4.0)
        m.submit(m.c.seconds(9), i != 3, LOW if i == 3 else None)
        s.counted(i != 3)
    s.script = m.script
    return s
