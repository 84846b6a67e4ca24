"""Scripts of coins with a stratum of their own: Ergo, Kaspa, Alephium, Iron Fish, Grin, Beam.

Sources: leifjacky/erg-gominer-demo, nodejs-pool; onemorebsmith/kaspa-stratum-bridge, NiceHash KHeavyHash; alephium/mining-pool
lib/stratum.js; iron-fish/ironfish mining/stratum/messages.ts, NiceHash FishHash; mimblewimble/grin doc/stratum.md; BeamMW/beam
pow/stratum.cpp, NiceHash Beam (protocols.md 1.8 to 1.13).
"""
import struct

from miners import NOW_S
from session import FULL, Session, target_of, work_of

LOW = [23, "Low difficulty share", None]


# ---------------------------------------------------------------- Ergo

class Ergo(Session):
    """long: nine parameters with the number b, and the share's target is b times the difficulty; else four, and set_target."""

    def __init__(self, seed, login, agent="NBMiner/38.1", long=True, height=1450200, **more):
        super().__init__(seed, "ergo", login, agent, **more)
        self.long, self.facts.height, self.nonce1 = long, height, self.c.hex(4)
        self.b, self.times = FULL // 10 ** 15, 250000
        self.target = target_of(4 * 10 ** 9)

    def open(self):
        session = self.c.hex(8)
        number = self.ask("mining.subscribe", [self.facts.agent])
        self.reply(number, [[["mining.set_difficulty", session], ["mining.notify", session]], self.nonce1, 4])
        self.reply(self.ask("mining.authorize", [self.facts.login, "x"]), True)
        if self.long:
            self.facts.difficulty = self.times
            self.push("mining.set_difficulty", [self.times])
        else:
            self.push("mining.set_target", [self.target])

    def notify(self, delay_s=0.0):
        self.job, message = "%x" % self.c.below(10 ** 9), self.c.hex(32)
        self.work = FULL / (self.b * self.times) if self.long else work_of(self.target)
        long = [self.job, self.facts.height, message, "", "", 2, str(self.b), "", True]
        self.push("mining.notify", long if self.long else [self.job, message, self.facts.height, True], delay_s)

    def submit(self, delay_s, error=None):
        params = [self.facts.login, self.job, self.c.hex(4)]
        if self.long:
            params += ["", self.nonce1 + params[2]]
        self.reply(self.ask("mining.submit", params, delay_s), not error, error)
        self.counted(not error)


def play(m, shares, mean_s, error, renew=2, refused=3):
    """Opens, works, and hands in the shares; number `renew` is preceded by a new block, number `refused` is refused."""
    m.open()
    m.notify()
    for i in range(shares):
        if i == renew:
            m.facts.height = m.facts.height and m.facts.height + 1
            m.notify(delay_s=4.0)
        m.submit(m.c.seconds(mean_s), error if i == refused else None)
    return m


def named(m, worker, wallet):
    m.facts.worker, m.facts.wallet = worker, wallet
    return m


def ergo(seed, login, worker=None, wallet=None, shares=12, mean_s=14, **more):
    return play(named(Ergo(seed, login, **more), worker, wallet), shares, mean_s, LOW)


# ---------------------------------------------------------------- Kaspa

class Kaspa(Session):
    """long: the job as 80 hex digits (hash, time as little-endian); else the hash as four little-endian integers, and the time."""

    def __init__(self, seed, login, agent="lolMiner 1.76", long=False, difficulty=4096, **more):
        super().__init__(seed, "kaspa", login, agent, **more)
        self.long, self.facts.difficulty, self.extranonce = long, difficulty, self.c.hex(2)
        self.job_number = 0

    def open(self):
        self.reply(self.ask("mining.subscribe", [self.facts.agent, "EthereumStratum/1.0.0"]), [True, "EthereumStratum/1.0.0"])
        if self.long:
            self.push("mining.set_extranonce", [self.extranonce])
        else:
            self.push("set_extranonce", [self.extranonce, 6])
        self.reply(self.ask("mining.authorize", [self.facts.login, ""]), True)
        self.push("mining.set_difficulty", [self.facts.difficulty])

    def notify(self, delay_s=0.0):
        self.job_number += 1
        self.job, data, at = str(self.job_number), self.c.raw(32), 1000 * NOW_S + self.job_number
        self.work = self.facts.difficulty * FULL / (2 ** 224 - 1)
        long = [self.job, data.hex() + struct.pack("<Q", at).hex()]
        self.push("mining.notify", long if self.long else [self.job, list(struct.unpack("<4Q", data)), at], delay_s)

    def submit(self, delay_s, error=None):
        nonce = ("" if self.long else "0x") + self.extranonce + self.c.hex(6)
        self.reply(self.ask("mining.submit", [self.facts.login, self.job, nonce], delay_s), None if error else True, error)
        self.counted(not error)


def kaspa(seed, login, worker=None, wallet=None, shares=12, mean_s=9, **more):
    m = named(Kaspa(seed, login, **more), worker, wallet)
    m.open()
    m.notify()
    for i in range(shares):
        m.notify(delay_s=1.0)                       # ten blocks a second: jobs come far oftener than shares
        m.submit(m.c.seconds(mean_s), [23, "Invalid difficulty", None] if i == 3 else None)
    return m


# ---------------------------------------------------------------- Alephium

class Alephium(Session):
    """The pool speaks first. named_reply: it answers a submit by mining.submit_result, as the coin's own pool software does."""

    def __init__(self, seed, login, agent="lolMiner 1.76", difficulty=1, named_reply=False, height=2410000, **more):
        super().__init__(seed, "alephium", login, agent, **more)
        self.facts.difficulty, self.facts.height, self.named_reply, self.job_number = difficulty, height, named_reply, 0x24844

    def open(self):
        self.push("mining.set_difficulty", [self.facts.difficulty])
        self.line("s", [("id", self.ask("mining.subscribe", [self.facts.agent])), ("result", "result")])
        self.reply(self.ask("mining.authorize", [self.facts.login, "x"]), True)
        self.push("mining.set_extranonce", [self.c.hex(2)])

    def notify(self, delay_s=0.0):
        """One job for each of the 4 x 4 chains; the header is 302 bytes without its nonce."""
        jobs, self.work = [], self.facts.difficulty * 16 * 2 ** 30
        for i in range(16):
            self.job_number += 1
            jobs.append({"jobId": "%08x" % self.job_number, "fromGroup": i // 4, "toGroup": i % 4, "headerBlob": "0007" + self.c.hex(300),
                         "txsBlob": "01" + self.c.hex(20), "height": self.facts.height + self.c.below(9),
                         "targetBlob": "%064x" % (2 ** 226 // self.facts.difficulty - 1)})
        self.facts.height = max(j["height"] for j in jobs)
        self.jobs = jobs
        self.push("mining.notify", jobs, delay_s)

    def submit(self, delay_s, error=None):
        job = self.jobs[self.c.below(16)]
        number = self.ask("mining.submit", {"jobId": job["jobId"], "fromGroup": job["fromGroup"], "toGroup": job["toGroup"],
                                            "nonce": self.c.hex(24), "worker": self.facts.login}, delay_s)
        if self.named_reply:
            self.line("s", [("id", number), ("method", "mining.submit_result"), ("result", not error), ("error", error)])
        else:
            self.reply(number, not error, error)
        self.counted(not error)


def alephium(seed, login, worker=None, wallet=None, shares=12, mean_s=9, **more):
    m = named(Alephium(seed, login, **more), worker, wallet)
    play(m, shares, mean_s, [23, "Low difficulty share", None])
    m.facts.claimed_hs = m.work // mean_s
    number = m.ask("alph_submitHashrate", ["0x%x" % m.facts.claimed_hs, "0x" + m.c.hex(32)], 3.0)
    m.reply(number, True)
    return m


# ---------------------------------------------------------------- Iron Fish

class IronFish(Session):
    """Replies are messages with a method; the payload stands in body."""

    def __init__(self, seed, address, worker, agent="lolMiner/1.85beta", difficulty=2 * 10 ** 9, **more):
        super().__init__(seed, "ironfish", address + "." + worker, agent, **more)
        self.target, self.request, self.said = target_of(difficulty), 0, 0
        named(self, worker, address)

    def tell(self, method, body=None, delay_s=0.0):
        self.line("s", [("id", self.said), ("method", method)] + ([("body", body)] if body is not None else []), delay_s)
        self.said += 1

    def tell_pool(self, method, body, delay_s=0.0):
        self.line("c", [("id", self.id), ("method", method), ("body", body)], delay_s)
        self.id += 1
        return self.id - 1

    def open(self):
        self.tell_pool("mining.subscribe", {"version": 3, "agent": self.facts.agent, "publicAddress": self.facts.login,
                                            "extend": ["mining.submitted"]})
        self.prefix = self.c.hex(2)
        self.tell("mining.subscribed", {"clientId": 417, "xn": self.prefix})
        self.tell("mining.set_target", {"target": self.target})

    def notify(self, delay_s=0.0):
        self.request, self.work = self.request + 1, work_of(self.target)
        self.tell("mining.notify", {"miningRequestId": self.request, "header": self.c.hex(180)}, delay_s)

    def submit(self, delay_s, error=None):
        number = self.tell_pool("mining.submit", {"miningRequestId": self.request, "randomness": self.prefix + self.c.hex(6)}, delay_s)
        body = {"id": number, "result": not error}
        self.tell("mining.submitted", dict(body, message=error) if error else body)
        self.counted(not error)


def iron_fish(seed, address, worker="rig9", shares=12, mean_s=11, **more):
    m = play(IronFish(seed, address, worker, **more), shares, mean_s, "Low difficulty share")
    m.tell("mining.wait_for_work", delay_s=6.0)
    m.notify(delay_s=3.0)
    return m


# ---------------------------------------------------------------- Grin

class Grin(Session):
    """Text ids, and answers that repeat the method. Work is counted in the pool's difficulty, whose scale is not known."""

    def __init__(self, seed, login, agent="grin-miner", difficulty=4, height=3400100, **more):
        super().__init__(seed, "grin", login, agent, **more)
        self.facts.difficulty, self.facts.height, self.facts.unit, self.job = difficulty, height, None, 0

    def request(self, method, params, delay_s=0.0, number="Stratum"):
        self.line("c", [("method", method), ("id", number), ("params", params), ("jsonrpc", "2.0")], delay_s)

    def answer(self, method, result, error=None, number="Stratum"):
        self.line("s", [("id", number), ("jsonrpc", "2.0"), ("result", result), ("error", error), ("method", method)])

    def template(self):
        self.job, self.work = self.job + 1, self.facts.difficulty
        return {"difficulty": self.facts.difficulty, "height": self.facts.height, "job_id": self.job, "pre_pow": "0001" + self.c.hex(236)}

    def open(self):
        self.request("login", {"agent": self.facts.agent, "login": self.facts.login, "pass": "x"})
        self.answer("login", "ok")
        self.request("getjobtemplate", None)
        self.answer("getjobtemplate", self.template())

    def notify(self, delay_s=0.0):
        self.line("s", [("id", "Stratum"), ("jsonrpc", "2.0"), ("method", "job"), ("params", self.template())], delay_s)

    def submit(self, delay_s, error=None):
        pow_ = sorted(self.c.below(2 ** 32) for _ in range(42))
        self.request("submit", {"edge_bits": 32, "height": self.facts.height, "job_id": self.job, "nonce": self.c.below(2 ** 64), "pow": pow_},
                     delay_s, "0")
        self.answer("submit", None if error else "ok", error, "0")
        self.counted(not error)


def grin(seed, login, worker=None, wallet=None, shares=12, mean_s=12, **more):
    m = play(named(Grin(seed, login, **more), worker, wallet), shares, mean_s, {"code": -32501, "message": "Share rejected due to low difficulty"})
    m.request("keepalive", None, 20.0)
    m.answer("keepalive", "ok")
    m.request("status", None, 2.0)
    m.answer("status", {"id": m.facts.login, "height": m.facts.height, "difficulty": m.facts.difficulty, "accepted": m.facts.accepted,
                        "rejected": m.facts.rejected, "stale": 0})
    return m


# ---------------------------------------------------------------- Beam

class Beam(Session):
    """No params. alphabetical: keys as a JSON library that sorts them writes them."""

    def __init__(self, seed, key, agent=None, alphabetical=True, difficulty=9 << 24 | 0x680000, height=3120400, **more):
        super().__init__(seed, "beam", key, agent, **more)
        self.alphabetical, self.packed, self.facts.height, self.job = alphabetical, difficulty, height, 211
        order, mantissa = difficulty >> 24, 1 << 24 | difficulty & 0xFFFFFF
        self.work_each, self.facts.unit = mantissa * 2 ** (order - 24), "solutions"
        self.facts.difficulty = self.work_each

    def tell(self, sender, method, number, delay_s=0.0, **members):
        pairs = [("jsonrpc", "2.0"), ("id", number), ("method", method)] + list(members.items())
        self.line(sender, sorted(pairs) if self.alphabetical else pairs, delay_s)

    def open(self):
        self.tell("c", "login", "login", api_key=self.facts.login)
        self.tell("s", "result", "login", code=0, description="Login successful", nonceprefix=self.c.hex(3), forkheight=321321,
                  forkheight2=777777)

    def notify(self, delay_s=0.0):
        self.job, self.work = self.job + 1, self.work_each
        self.tell("s", "job", str(self.job), delay_s, input=self.c.hex(32), difficulty=self.packed, height=self.facts.height)

    def submit(self, delay_s, error=None):
        self.tell("c", "solution", str(self.job), delay_s, nonce=self.c.hex(8), output=self.c.hex(104))
        self.tell("s", "result", str(self.job), code=2 if error else 1, description="rejected" if error else "accepted")
        self.counted(not error)


def beam(seed, key, worker=None, wallet=None, shares=12, mean_s=12, **more):
    return play(named(Beam(seed, key, **more), worker, wallet), shares, mean_s, "rejected")
