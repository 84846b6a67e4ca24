"""What miners and pools say: scripts (lists of dialogue.Say) of four dialects, written from the specifications.

Stratum v1 of the Bitcoin family (Stratum protocol text, BIP 310, BIP 34), CryptoNote stratum as XMRig speaks it (xmrig
Client.cpp, xmrig-proxy), eth-proxy (ethminer, dwarfpool eth-proxy), Equihash (ZIP-301). Key order and white space differ
between programs, so each message takes a style. Values are invented; where the protocol has arithmetic (a share hash below the
target, a coinbase with height and tag, a nonce ending in the byte the pool fixed) they obey it.
"""
import calendar
import json
import random
import struct

from dialogue import lines

COMPACT, SPACED, MIXED = (",", ":"), (", ", ": "), (", ", ":")
NOW_S = calendar.timegm((2026, 3, 1, 12, 0, 0))


def text(pairs, style=COMPACT):
    """A JSON object of the pairs in their order."""
    return json.dumps(dict(pairs), separators=style)


class Chance:
    """Seeded values in the shapes the protocols use."""

    def __init__(self, seed):
        self.rng = random.Random("miner %s" % seed)

    def raw(self, n):
        return self.rng.getrandbits(8 * n).to_bytes(n, "big")

    def hex(self, n):
        return self.raw(n).hex()

    def below(self, n):
        return self.rng.randrange(n)

    def seconds(self, mean):
        """A waiting time as hashing has it, at least 0.4 s, in milliseconds' steps."""
        return round(max(0.4, min(self.rng.expovariate(1 / mean), 4 * mean)), 3)


def pushed_number(n):
    """A number as BIP 34 puts it in a coinbase: length, then little-endian with room for the sign."""
    data = n.to_bytes(n.bit_length() // 8 + 1, "little")
    return bytes([len(data)]) + data


# ---------------------------------------------------------------- Stratum v1

class Stratum:
    """One miner and its pool. style: white space of the miner; server_style: of the pool; server_id_first: its key order."""

    def __init__(self, seed, user, password="x", agent="cgminer/4.12.1", style=SPACED, server_style=COMPACT, tag=b"/Pool Example/",
                 height=938500, extranonce2_size=8, server_id_first=True, submit_id=None):
        self.c = Chance(seed)
        self.user, self.password, self.agent = user, password, agent
        self.style, self.server_style, self.server_id_first = style, server_style, server_id_first
        self.tag, self.height, self.size = tag, height, extranonce2_size
        self.extranonce1 = self.c.hex(4)
        self.id, self.submit_id, self.job, self.job_number = 0, submit_id, "", 0x1c40
        self.script = []

    def say(self, sender, line, delay_s=0.0):
        self.script += lines(sender, line, delay_s=delay_s)

    def ask(self, method, params, delay_s=0.0, number=None):
        if number is None:
            self.id += 1
            number = self.id
        self.say("c", text([("id", number), ("method", method), ("params", params)], self.style), delay_s)
        return number

    def reply(self, number, result, error=None, delay_s=0.0):
        pairs = [("id", number), ("result", result), ("error", error)]
        if not self.server_id_first:
            pairs = [pairs[1], pairs[2], pairs[0]]
        self.say("s", text(pairs, self.server_style), delay_s)

    def push(self, method, params, delay_s=0.0, number=None):
        pairs = [("id", number), ("method", method), ("params", params)]
        if not self.server_id_first:
            pairs = [pairs[2], pairs[0], pairs[1]]
        self.say("s", text(pairs, self.server_style), delay_s)

    def configure(self):
        number = self.ask("mining.configure", [["version-rolling", "minimum-difficulty", "subscribe-extranonce"],
                                               {"version-rolling.mask": "1fffe000", "version-rolling.min-bit-count": 2,
                                                "minimum-difficulty.value": 2048}])
        self.reply(number, {"version-rolling": True, "version-rolling.mask": "1fffe000", "minimum-difficulty": True,
                            "subscribe-extranonce": True})

    def subscribe(self, params=None):
        number = self.ask("mining.subscribe", [self.agent] if params is None else params)
        session = self.c.hex(4)
        self.reply(number, [[["mining.set_difficulty", session], ["mining.notify", session]], self.extranonce1, self.size])

    def authorize(self, result=True, error=None):
        self.reply(self.ask("mining.authorize", [self.user, self.password]), result, error)

    def notify(self, clean=True, delay_s=0.0, merkle=4):
        """Nine parameters. The coinbase script holds the height (BIP 34), the pool's tag and room for both extranonces."""
        self.job_number += 1
        self.job = "%x" % self.job_number
        script = pushed_number(self.height) + bytes([len(self.tag)]) + self.tag
        length = len(script) + 4 + self.size
        coinb1 = struct.pack("<IB", 1, 1) + b"\0" * 32 + b"\xff" * 4 + bytes([length]) + script
        payout = b"\x76\xa9\x14" + self.c.raw(20) + b"\x88\xac"
        coinb2 = b"\xff" * 4 + struct.pack("<BQ", 1, 312500000 + self.c.below(9000000)) + bytes([len(payout)]) + payout + b"\0" * 4
        self.ntime = "%08x" % (NOW_S + self.job_number - 0x1c40)
        previous = self.c.hex(28) + "00000000"
        self.push("mining.notify", [self.job, previous, coinb1.hex(), coinb2.hex(), [self.c.hex(32) for _ in range(merkle)],
                                    "20000000", "17021a8e", self.ntime, clean], delay_s)

    def submit(self, delay_s, result=True, error=None, version=None, answer_s=0.0, user=None):
        params = [user or self.user, self.job, self.c.hex(self.size), self.ntime, self.c.hex(4)] + ([version] if version else [])
        self.reply(self.ask("mining.submit", params, delay_s, self.submit_id), result, error, answer_s)


def asic(seed, user, shares=6, difficulty=8192):
    """A current ASIC: configure first, version rolling, six parameters in each submit, vardiff and a new block on the way."""
    m = Stratum(seed, user, "x", "cgminer/4.12.1", style=SPACED)
    m.configure()
    m.subscribe()
    m.authorize()
    m.push("mining.set_version_mask", ["1fffe000"])
    m.push("mining.set_difficulty", [difficulty])
    m.notify()
    for i in range(shares):
        if i == shares // 2:
            m.push("mining.set_difficulty", [difficulty * 2], 3.0)
            m.height += 1
            m.notify()
        m.submit(m.c.seconds(7), version="%08x" % (m.c.below(0xffff) << 13 & 0x1fffe000))
    return m.script


def stratum_rejects(seed, user):
    """Every reject code of the Stratum text in the forms servers give them, and what a server may say besides."""
    m = Stratum(seed, user, "d=1024", "cpuminer-multi/1.3.7", style=COMPACT, server_style=MIXED)
    m.subscribe([m.agent, m.c.hex(4)])
    m.notify()
    m.submit(0.5, None, [25, "Not subscribed"])
    m.authorize()
    m.push("mining.set_difficulty", [0.5])
    m.push("client.show_message", ["Welcome to the pool of \u00e9xample, read the rules: <http://pool.example/>"])
    for code, words in ((21, "Job not found"), (22, "Duplicate share"), (23, "Low difficulty share"), (24, "Unauthorized worker"),
                        (20, "Other/Unknown")):
        m.submit(m.c.seconds(3), None if code % 2 else False, [code, words, None])
    m.extranonce1 = m.c.hex(4)
    m.push("mining.set_extranonce", [m.extranonce1, 4], 1.0)
    m.size = 4
    m.notify()
    m.submit(m.c.seconds(3))
    m.submit(m.c.seconds(3), False, {"code": 23, "message": "low difficulty share of 0.2"})
    m.say("s", text([("id", 900), ("method", "client.get_version"), ("params", [])]), 2.0)
    m.say("c", text([("id", 900), ("result", m.agent), ("error", None)]))
    m.push("client.reconnect", ["eu2.pool.example", "3334", 5], 4.0)
    return m.script


def bfgminer(seed, user, shares=3):
    """bfgminer: an empty-handed subscribe, get_transactions with a text id, keys in another order; a pool that numbers its pushes."""
    m = Stratum(seed, user, "x", "bfgminer/5.5.0", style=SPACED, server_id_first=False, tag=b"ExampleMint", extranonce2_size=4)
    m.id = -1
    m.subscribe()
    m.push("mining.set_difficulty", [4096], number=1)
    m.notify(merkle=6)
    m.authorize()
    name = "txlist" + m.job
    m.say("c", text([("params", [m.job]), ("id", name), ("method", "mining.get_transactions")], SPACED), 0.3)
    m.reply(name, [m.c.hex(60), m.c.hex(90)])
    for _ in range(shares):
        m.submit(m.c.seconds(9))
    return m.script


def tiny_stratum(seed, user, cut):
    """A short session; authorize and the submit arrive in pieces of `cut` bytes."""
    m = Stratum(seed, user, "x", "a/1", style=COMPACT, extranonce2_size=4)
    m.subscribe([])
    m.authorize()
    m.push("mining.set_difficulty", [512])
    m.notify(merkle=1)
    m.submit(2.5)
    for i in (2, -2):
        m.script[i] = m.script[i]._replace(cut=cut)
    return m.script


# ---------------------------------------------------------------- CryptoNote

XMRIG = "XMRig/6.21.3 (Linux x86_64) libuv/1.48.0 gcc/13.2.1"
ALGOS = ["rx/0", "rx/wow", "rx/arq", "rx/graft", "rx/sfx", "rx/yada", "cn/r", "cn/half", "cn-heavy/xhv", "argon2/chukwa", "ghostrider"]


def target4(difficulty):
    return struct.pack("<I", 0xFFFFFFFF // difficulty).hex()


def target8(difficulty):
    return struct.pack("<Q", (2 ** 64 - 1) // difficulty).hex()


class CryptoNote:
    """One connection of an XMRig-like miner. wide: 8-byte targets. nicehash: the pool fixes the nonce's last byte."""

    def __init__(self, seed, login, password="x", agent=XMRIG, algo="rx/0", difficulty=30000, height=3618000, wide=False,
                 extensions=(), algos=ALGOS, nicehash=False, style=COMPACT, session=None):
        self.c = Chance(seed)
        self.login_name, self.password, self.agent, self.algo = login, password, agent, algo
        self.difficulty, self.height, self.wide = difficulty, height, wide
        self.extensions, self.algos, self.nicehash, self.style = list(extensions), algos, nicehash, style
        self.session = session or "%08d" % self.c.below(10 ** 8)
        self.id, self.job_id, self.seed_hash, self.script = 0, "", self.c.hex(32), []

    def say(self, sender, pairs, delay_s=0.0):
        self.script += lines(sender, text(pairs, self.style), delay_s=delay_s)

    def ask(self, method, params, delay_s=0.0):
        self.id += 1
        self.say("c", [("id", self.id), ("jsonrpc", "2.0"), ("method", method), ("params", params)], delay_s)
        return self.id

    def reply(self, number, result, error=None, delay_s=0.0):
        self.say("s", [("id", number), ("jsonrpc", "2.0"), ("error", error), ("result", result)], delay_s)

    def job(self):
        """The blob: versions 16 16, time as varint, previous block (32), nonce (4, at byte 39), root (32), transactions."""
        self.job_id = "%015d" % self.c.below(10 ** 15)
        self.fixed = self.c.raw(1) if self.nicehash else b"\0"
        stamp, when = b"", NOW_S + self.c.below(60)
        while when >= 128:
            stamp, when = stamp + bytes([when & 127 | 128]), when >> 7
        blob = b"\x10\x10" + stamp + bytes([when]) + self.c.raw(32) + b"\0\0\0" + self.fixed + self.c.raw(32) + bytes([1 + self.c.below(100)])
        target = target8(self.difficulty) if self.wide else target4(self.difficulty)
        job = {"blob": blob.hex(), "job_id": self.job_id, "target": target, "id": self.session, "algo": self.algo, "height": self.height}
        if self.algo.startswith("rx/"):
            job["seed_hash"] = self.seed_hash
        return job

    def login(self, minimal=False):
        params = [("login", self.login_name), ("pass", self.password)]
        if minimal:
            self.id += 1
            self.say("c", [("id", self.id), ("method", "login"), ("params", dict(params))])
        else:
            params.append(("agent", self.agent))
            self.ask("login", dict(params + ([("algo", self.algos)] if self.algos else [])))
        result = [("id", self.session), ("job", self.job())]
        result += [("extensions", self.extensions)] if self.extensions else []
        self.reply(self.id, dict(result + [("status", "OK")]))

    def push(self, delay_s=0.0):
        self.say("s", [("jsonrpc", "2.0"), ("method", "job"), ("params", self.job())], delay_s)

    def submit(self, delay_s, error=None, answer_s=0.0):
        """The result hash is below the target: its last 8 bytes, little-endian, against the 64-bit target, which a target of
        4 bytes gives in its upper half."""
        nonce = self.c.raw(3) + self.fixed if self.nicehash else self.c.raw(3) + b"\0"
        low = self.c.below((2 ** 64 - 1) // self.difficulty if self.wide else (2 ** 32 - 1) // self.difficulty << 32)
        params = [("id", self.session), ("job_id", self.job_id), ("nonce", nonce.hex()), ("result", self.c.hex(24) + struct.pack("<Q", low).hex())]
        if "algo" in self.extensions:
            params.append(("algo", self.algo))
        number = self.ask("submit", dict(params), delay_s)
        self.reply(number, None if error else {"status": "OK"}, error, answer_s)

    def keepalived(self, delay_s):
        self.reply(self.ask("keepalived", {"id": self.session}, delay_s), {"status": "KEEPALIVED"})


def xmrig(seed, login, shares=6, mean_s=12, rejected=(), **more):
    """A session of XMRig at a RandomX pool; share numbers in `rejected` come too late and are refused."""
    m = CryptoNote(seed, login, **more)
    m.login()
    for i in range(shares):
        if i and i % 3 == 0:
            m.height += 1
            m.push(m.c.seconds(mean_s))
        m.submit(m.c.seconds(mean_s), {"code": -1, "message": "Low difficulty share"} if i in rejected else None)
    return m.script


def xmrig_keepalive(seed, login):
    """A pool that advertises keepalive: the miner says keepalived after 60 s of silence."""
    m = CryptoNote(seed, login, extensions=["algo", "keepalive"], difficulty=250000)
    m.login()
    for _ in range(3):
        m.submit(31.0)
        m.keepalived(60.0)
    m.push(12.0)
    m.submit(20.0, {"code": -1, "message": "Invalid job id"})
    return m.script


def proxied(seed, logins, shares=2):
    """Several miners behind one proxy connection: minimal logins, one session id each, numbers shared."""
    heads = [CryptoNote("%s/%d" % (seed, i), login, "donations", algo="cn/r", difficulty=4096) for i, login in enumerate(logins)]
    script, number = [], 0
    for m in heads:
        m.id, m.script = number, []
        m.login(minimal=True)
        number, script = m.id, script + m.script
    for i in range(shares):
        for m in heads:
            m.id, m.script = number, []
            m.submit(m.c.seconds(8))
            number, script = m.id, script + m.script
    return script


# ---------------------------------------------------------------- eth-proxy

def hex32(c):
    return "0x" + c.hex(32)


class EthProxy:
    """style: white space of the miner. worker: the top-level member, None leaves it out. submit_id: one id for all submits."""

    def __init__(self, seed, login, password="x", worker=None, style=COMPACT, difficulty=4 * 10 ** 9, submit_id=40, with_block=False):
        self.c = Chance(seed)
        self.login_name, self.password, self.worker, self.style = login, password, worker, style
        self.difficulty, self.submit_id, self.block = difficulty, submit_id, 24600000 if with_block else 0
        self.rig, self.seed_hash, self.header, self.script = hex32(self.c), hex32(self.c), "", []

    def ask(self, number, method, params, delay_s=0.0, worker_first=False):
        pairs = [("id", number), ("jsonrpc", "2.0"), ("method", method), ("params", params)]
        if worker_first:
            pairs = [("worker", self.worker or ""), ("jsonrpc", "2.0"), ("params", params), ("id", number), ("method", method)]
        elif self.worker is not None and method in ("eth_submitLogin", "eth_submitWork"):
            pairs.append(("worker", self.worker))
        self.script += lines("c", text(pairs, self.style), delay_s=delay_s)

    def reply(self, number, result, delay_s=0.0):
        self.script += lines("s", text([("jsonrpc", "2.0"), ("id", number), ("result", result)]), delay_s=delay_s)

    def work(self, new=True):
        """Header hash, seed hash, target = 2^256 / difficulty, and at some pools the block number."""
        if new or not self.header:
            self.header, self.block = hex32(self.c), self.block and self.block + 1
        out = [self.header, self.seed_hash, "0x%064x" % (2 ** 256 // self.difficulty)]
        return out + (["0x%x" % self.block] if self.block else [])

    def submit(self, delay_s, result=True):
        self.ask(self.submit_id, "eth_submitWork", ["0x" + self.c.hex(8), self.header, hex32(self.c)], delay_s)
        self.reply(self.submit_id, result)

    def hashrate(self, delay_s, hs=61_500_000, answer=True):
        self.ask(9, "eth_submitHashrate", ["0x%x" % (hs + self.c.below(10 ** 6)), self.rig], delay_s)
        if answer:
            self.reply(9, True)


def ethminer(seed, login, worker=None, shares=4, refused=(), mean_s=15, **more):
    """ethminer or Claymore at a pool that pushes work with id 0 and answers every message."""
    m = EthProxy(seed, login, worker=worker, **more)
    m.ask(1, "eth_submitLogin", [m.login_name, m.password])
    m.reply(1, True)
    m.ask(5, "eth_getWork", [])
    m.reply(5, m.work())
    for i in range(shares):
        m.reply(0, m.work(), m.c.seconds(4))
        m.submit(m.c.seconds(mean_s), i not in refused)
        if i % 2:
            m.hashrate(2.0)
    return m.script


def python_proxy(seed, login, rounds=5):
    """The Python eth-proxy: worker first, a getWork every 10 s answered by an unsolicited push, hash rate unanswered."""
    m = EthProxy(seed, login, worker="eth1.0", style=SPACED, difficulty=5 * 10 ** 9)
    m.ask(2, "eth_submitLogin", [m.login_name, m.password], worker_first=True)
    m.reply(2, True)
    m.reply(0, m.work())
    for i in range(rounds):
        m.worker = ""
        m.ask(3, "eth_getWork", [], 10.0, worker_first=True)
        m.reply(0, m.work(new=i % 2 == 1))
        if i == 2:
            m.hashrate(1.0, 30_400_000, answer=False)
        if i == 3:
            m.worker = None
            m.submit_id = 4
            m.submit(3.0)
    return m.script


# ---------------------------------------------------------------- Equihash

class Equihash:
    def __init__(self, seed, user, agent="EWBF 0.3.4b", pool=("eu1-zec.pool.example", "3333"), target="0004189374bc6a7e", submit_id=None,
                 server_style=COMPACT):
        self.c = Chance(seed)
        self.user, self.agent, self.pool, self.submit_id, self.server_style = user, agent, pool, submit_id, server_style
        self.target, self.nonce1, self.id, self.script = target.ljust(64, "f"), self.c.hex(5), 0, []

    def ask(self, method, params, delay_s=0.0, number=None):
        self.id += 1
        number = number or self.id
        self.script += lines("c", text([("id", number), ("method", method), ("params", params)]), delay_s=delay_s)
        return number

    def say(self, pairs, delay_s=0.0, style=None):
        self.script += lines("s", text(pairs, style or self.server_style), delay_s=delay_s)

    def reply(self, number, result, error=None, delay_s=0.0):
        self.say([("id", number), ("result", result), ("error", error)], delay_s, MIXED)

    def open(self):
        number = self.ask("mining.subscribe", [self.agent, None, self.pool[0], self.pool[1]])
        self.reply(number, [self.nonce1, self.nonce1])
        self.reply(self.ask("mining.authorize", [self.user, "x"]), True)
        self.set_target()

    def set_target(self, delay_s=0.0):
        self.say([("id", None), ("method", "mining.set_target"), ("params", [self.target])], delay_s)

    def notify(self, clean=True, delay_s=0.0):
        self.job, self.time = self.c.hex(8), struct.pack("<I", NOW_S + self.c.below(200)).hex()
        self.say([("id", None), ("method", "mining.notify"),
                  ("params", [self.job, "04000000", self.c.hex(32), self.c.hex(32), self.c.hex(32), self.time, "1d0c5f1c", clean])], delay_s)

    def submit(self, delay_s, result=True, error=None):
        """nonce1 and nonce2 are 32 bytes together; the solution is fd4005 (1344 as compactSize) and 1344 bytes."""
        nonce2 = self.c.hex(32 - len(self.nonce1) // 2)
        number = self.ask("mining.submit", [self.user, self.job, self.time, nonce2, "fd4005" + self.c.hex(1344)], delay_s, self.submit_id)
        self.reply(number, result, error)


def equihash(seed, user, shares=4, **more):
    m = Equihash(seed, user, **more)
    m.open()
    m.notify()
    for i in range(shares):
        if i == 2:
            m.notify(delay_s=4.0)
        refused = i == 3
        m.submit(m.c.seconds(9), False if refused else True, [21, "Job not found", None] if refused else None)
    return m.script


def pipelined_equihash(seed, user, shares=2):
    """A pool on the nanopool pattern: the miner sends subscribe, authorize and extranonce.subscribe in one go; the pool puts
    the id first, then params, then method."""
    m = Equihash(seed, user, agent="equihashminer", submit_id=4)
    first = m.ask("mining.subscribe", [m.agent, None, m.pool[0], m.pool[1]])
    second = m.ask("mining.authorize", [m.user, "z"])
    third = m.ask("mining.extranonce.subscribe", [])
    m.reply(first, [m.nonce1, m.nonce1])
    m.reply(second, True)
    m.reply(third, True)
    m.say([("id", 0), ("params", [m.target]), ("method", "mining.set_target")])
    m.notify()
    for _ in range(shares):
        m.submit(m.c.seconds(9))
    return m.script


def tiny_equihash(seed, user, cut):
    """Authorize arrives in pieces of `cut` bytes."""
    m = Equihash(seed, user)
    m.open()
    m.notify()
    m.submit(3.0)
    m.script[2] = m.script[2]._replace(cut=cut)
    return m.script


def tiny_xmrig(seed, login, cut):
    """For a mid-stream start: a job, one submit in pieces of `cut` bytes, its acceptance, another job."""
    m = CryptoNote(seed, login)
    m.login()
    m.push(1.0)
    m.submit(4.0)
    m.script[-2] = m.script[-2]._replace(cut=cut)
    m.push(5.0)
    return m.script


def tiny_ethproxy(seed, login, cut):
    """The login in pieces of `cut` bytes."""
    m = EthProxy(seed, login)
    m.ask(1, "eth_submitLogin", [m.login_name, m.password])
    m.script[0] = m.script[0]._replace(cut=cut)
    m.reply(1, True)
    m.reply(0, m.work())
    m.submit(6.0)
    return m.script

