"""Scripts of the Ethereum family that miners.py has not: EthereumStratum 1.0.0 and 2.0.0, KawPoW, and XMRig that turns to it.

Sources: NiceHash EthereumStratum_NiceHash_v1.0.0.txt and KawPow_NiceHash_v1.0.txt, AndreaLanfranchi/EthereumStratum-2.0.0,
ethminer EthStratumClient.cpp, xmrig EthStratumClient.cpp and AutoClient.cpp (protocols.md 1.3, 1.5, 1.7, 1.2).
"""
from miners import XMRIG
from session import DIFF1, FULL, Session, target_of, work_of


# ---------------------------------------------------------------- EthereumStratum/1.0.0

class EthStratum1(Session):
    def __init__(self, seed, login, agent="PhoenixMiner/5.5c", difficulty=0.5, **more):
        super().__init__(seed, "eth-stratum-1", login, agent, **more)
        self.extranonce = self.c.hex(2)
        self.seed_hash, self.facts.difficulty = self.c.hex(32), difficulty

    def open(self):
        number = self.ask("mining.subscribe", [self.facts.agent, "EthereumStratum/1.0.0"])
        self.reply(number, [["mining.notify", self.c.hex(16), "EthereumStratum/1.0.0"], self.extranonce])
        self.reply(self.ask("mining.extranonce.subscribe", []), True)
        self.reply(self.ask("mining.authorize", [self.facts.login, "x"]), True)
        self.set_difficulty(self.facts.difficulty)

    def set_difficulty(self, difficulty, delay_s=0.0):
        self.facts.difficulty, self.next_work = difficulty, difficulty * FULL / DIFF1
        self.push("mining.set_difficulty", [difficulty], delay_s)

    def notify(self, clean=True, delay_s=0.0):
        """Four parameters: job, seed hash, header hash, clean."""
        self.job, self.work = self.c.hex(4), self.next_work
        self.push("mining.notify", [self.job, self.seed_hash, self.c.hex(32), clean], delay_s)

    def submit(self, delay_s, error=None):
        """The nonce without what the pool fixed: 8 bytes together."""
        number = self.ask("mining.submit", [self.facts.login, self.job, self.c.hex(8 - len(self.extranonce) // 2)], delay_s)
        self.reply(number, not error, error)
        self.counted(not error)


def eth_stratum_1(seed, login, worker=None, wallet=None, shares=12, mean_s=14, **more):
    m = EthStratum1(seed, login, **more)
    m.facts.worker, m.facts.wallet = worker, wallet
    m.open()
    m.notify()
    for i in range(shares):
        if i == 2:
            m.set_difficulty(1.25, 3.0)
            m.notify(False)
        m.submit(m.c.seconds(mean_s), [-1, "Job not found", None] if i == 3 else None)
    return m


# ---------------------------------------------------------------- EthereumStratum/2.0.0

class EthStratum2(Session):
    """Numbers are hexadecimal without 0x and without zeros in front; a lone id is the sign that all is well."""

    def __init__(self, seed, login, agent="ethminer-0.19.0", pool=("eu.etc.pool.example", 4444), difficulty=4 * 10 ** 9, **more):
        super().__init__(seed, "eth-stratum-2", login, agent, **more)
        self.pool, self.difficulty, self.token = pool, difficulty, "w-" + self.c.hex(2)
        self.facts.carried_name, self.facts.name_source = pool[0], "subscribe"

    def ok(self, number):
        self.line("s", [("id", number)])

    def open(self):
        hello = {"agent": self.facts.agent, "host": self.pool[0], "port": "%x" % self.pool[1], "proto": "EthereumStratum/2.0.0"}
        number = self.ask("mining.hello", hello)
        self.line("s", [("id", number), ("result", {"proto": "EthereumStratum/2.0.0", "encoding": "plain", "resume": "1", "timeout": "b4",
                                                    "maxerrors": "5", "node": "Pool/1.2.3"})])
        self.id += 1
        self.line("c", [("id", self.id), ("method", "mining.subscribe")])
        self.line("s", [("id", self.id), ("result", "s-" + self.c.hex(2))])
        number = self.ask("mining.authorize", [self.facts.login, "x"])
        self.line("s", [("id", number), ("result", self.token)])
        target = ("%x" % (FULL // self.difficulty)).lstrip("0")
        self.work = work_of(target)
        self.line("s", [("method", "mining.set"), ("params", {"epoch": "dc", "target": target, "algo": "etchash", "extranonce": "af4c"})])

    def notify(self, delay_s=0.0):
        self.job = self.c.hex(4)
        self.line("s", [("method", "mining.notify"), ("params", [self.job, "%x" % self.facts.height, self.c.hex(32), "0"])], delay_s)

    def submit(self, delay_s, error=None):
        number = self.ask("mining.submit", [self.job, self.c.hex(6), self.token], delay_s)
        self.line("s", [("id", number), ("error", error)]) if error else self.ok(number)
        self.counted(not error)


def eth_stratum_2(seed, login, worker=None, wallet=None, shares=12, mean_s=14, **more):
    m = EthStratum2(seed, login, **more)
    m.facts.worker, m.facts.wallet, m.facts.height = worker, wallet, 21005012
    m.open()
    m.notify()
    for i in range(shares):
        m.submit(m.c.seconds(mean_s), {"code": 404, "message": "Job not found"} if i == 2 else None)
        if i == 1:
            m.facts.claimed_hs = m.difficulty // mean_s
            m.ok(m.ask("mining.hashrate", ["%x" % m.facts.claimed_hs, m.token], 2.0))
            m.facts.height += 1
            m.notify(4.0)
    m.id += 1
    m.line("c", [("id", m.id), ("method", "mining.noop")], 30.0)
    m.ok(m.id)
    m.line("c", [("method", "mining.bye")], 5.0)
    return m


# ---------------------------------------------------------------- KawPoW

class KawPow(Session):
    def __init__(self, seed, login, agent="GMiner/2.09", pool=("rvn.pool.example", "4505"), difficulty=10 ** 9, height=3512000, **more):
        super().__init__(seed, "kawpow", login, agent, **more)
        self.pool, self.prefix, self.seed_hash = pool, self.c.hex(2), self.c.hex(32)
        self.target, self.facts.height = target_of(difficulty), height
        if pool:
            self.facts.carried_name, self.facts.name_source = pool[0], "subscribe"

    def open(self):
        number = self.ask("mining.subscribe", [self.facts.agent] + ([None] + list(self.pool) if self.pool else []))
        self.reply(number, [None, self.prefix])
        self.reply(self.ask("mining.authorize", [self.facts.login, "x"]), True)
        self.push("mining.set_target", [self.target])

    def notify(self, clean=True, delay_s=0.0):
        """Seven: job, header hash, seed hash, target, clean, height, bits."""
        self.job, self.header, self.work = self.c.hex(4), self.c.hex(32), work_of(self.target)
        self.push("mining.notify", [self.job, self.header, self.seed_hash, self.target, clean, self.facts.height, "1b00f1a2"], delay_s)

    def submit(self, delay_s, error=None):
        nonce = self.prefix + self.c.hex(8 - len(self.prefix) // 2)
        number = self.ask("mining.submit", [self.facts.login, self.job, "0x" + nonce, "0x" + self.header, "0x" + self.c.hex(32)], delay_s)
        self.reply(number, None if error else True, error)
        self.counted(not error)


def kawpow(seed, login, worker=None, wallet=None, shares=12, mean_s=14, **more):
    m = KawPow(seed, login, **more)
    m.facts.worker, m.facts.wallet = worker, wallet
    m.open()
    m.notify()
    for i in range(shares):
        if i == 2:
            m.facts.height += 1
            m.notify(delay_s=5.0)
        m.submit(m.c.seconds(mean_s), [21, "Job not found", None] if i == 3 else None)
    return m


def auto_kawpow(seed, login, wallet=None, shares=11, mean_s=12, agent=XMRIG):
    """XMRig at a pool of several algorithms: the reply to its login has no job but an algorithm and an extranonce, and from
    there on the connection speaks mining.notify and mining.submit; the ids go on."""
    m = KawPow(seed, login, agent, pool=None)
    m.facts.wallet = wallet
    params = {"login": login, "pass": "x", "agent": agent, "algo": ["rx/0", "cn/r", "ghostrider", "kawpow"]}
    m.line("c", [("id", 1), ("jsonrpc", "2.0"), ("method", "login"), ("params", params)])
    m.line("s", [("id", 1), ("jsonrpc", "2.0"), ("error", None),
                 ("result", {"id": m.c.hex(8), "algo": "kawpow", "extra_nonce": m.prefix, "status": "OK"})])
    m.id = 1
    m.push("mining.set_target", [m.target])
    m.notify()
    for i in range(shares):
        if i == 2:
            m.facts.height += 1
            m.notify(delay_s=5.0)
        m.submit(m.c.seconds(mean_s))
    return m


