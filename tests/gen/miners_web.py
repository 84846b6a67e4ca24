"""Scripts of miners in web pages, and of Nimiq, over WebSocket (carriers.websocket makes the frames).

Sources: cazala/coin-hive-stratum src/Miner.ts and Connection.ts; nimiq/mining-pool src/PoolAgent.js (protocols.md 1.20, 1.21).
"""
import base64
import struct

import carriers
from miners import CryptoNote
from session import FULL, Session

BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"


def framed(session, host, **how):
    """The session in WebSocket. The browser's name is not the miner's: it says nothing."""
    session.script = carriers.websocket(session.script, host, agent=BROWSER, **how)
    session.facts.transport, session.facts.carried_name, session.facts.name_source = "ws", host, "http-host"
    return session


def coinhive(seed, site_key, user=None, shares=12, mean_s=8, difficulty=1024, host="ws.webmine.example", clone=False, **how):
    """auth, authed, job, submit, hash_accepted; hashes adds up. clone: a software that shortens the names of fields."""
    m, cn = Session(seed, "web-cryptonote", site_key), CryptoNote(seed, "", algo="cn/r", difficulty=difficulty, height=1797516)
    m.facts.kind = "web-mining"
    m.facts.worker, m.facts.height, m.facts.difficulty, hashes = user, cn.height, difficulty, 0

    def tell(sender, kind, params, delay_s=0.0):
        m.line(sender, [("type", kind), ("params", params)], delay_s)

    def job(delay_s=0.0):
        j = cn.job()
        m.work = 2 ** 32 / (0xFFFFFFFF // difficulty)
        tell("s", "job", dict(j, variant="r"), delay_s)
    auth = {"site_key": site_key, "type": "user" if user else "anonymous", "user": user, "goal": 0}
    tell("c", "auth", {"userID": site_key, "user": user} if clone else auth)
    tell("s", "authed", {"token": m.c.hex(8), "hashes": 0})
    job()
    for i in range(shares):
        if i == 2:
            cn.height += 1
            m.facts.height = cn.height
            job(3.0)
        low = m.c.below((2 ** 32 - 1) // difficulty) << 32
        tell("c", "submit", {"version": 7, "job_id": cn.job_id, "nonce": m.c.hex(4), "result": m.c.hex(24) + struct.pack("<Q", low).hex()},
             m.c.seconds(mean_s))
        hashes += difficulty
        tell("s", "hash_accepted", {"hashes": hashes})
        m.counted(True)
    tell("s", "error", {"error": "invalid_share"}, 2.0)
    return framed(m, host, **how)


def banned(seed, site_key, host="ws.webmine.example"):
    """A key that is not known: no job."""
    m = Session(seed, "web-cryptonote", site_key)
    m.line("c", [("type", "auth"), ("params", {"site_key": site_key, "type": "anonymous", "user": None, "goal": 0})])
    m.line("s", [("type", "error"), ("params", {"error": "invalid_site_key"})])
    m.line("s", [("type", "banned"), ("params", {"banned": True})])
    return framed(m, host)


class Nimiq(Session):
    """mode: nano or smart, by what the miner knows of the chain."""

    def __init__(self, seed, address, mode="smart", difficulty=64.0):
        super().__init__(seed, "nimiq", address)
        self.facts.wallet, self.mode, self.facts.difficulty, self.facts.unit = address, mode, difficulty, None
        self.work = difficulty

    def tell(self, sender, message, delay_s=0.0, **members):
        self.line(sender, [("message", message)] + list(members.items()), delay_s)

    def base64(self, n):
        return base64.b64encode(self.c.raw(n)).decode()

    def settings(self, pool, delay_s=0.0):
        """The target as JavaScript writes the number, and compact."""
        self.tell("s", "settings", delay_s, address=pool, extraData=self.base64(43),
                  target=float(FULL // 65536 // int(self.facts.difficulty)), targetCompact=0x1F03FFC0, nonce=self.c.below(2 ** 53))

    def block(self, delay_s=0.0):
        self.tell("s", "new-block", delay_s, bodyHash=self.base64(32), accountsHash=self.base64(32), previousBlock=self.base64(180))

    def share(self, delay_s):
        if self.mode == "nano":
            self.tell("c", "share", delay_s, block=self.base64(220))
        else:
            self.tell("c", "share", delay_s, blockHeader=self.base64(146), minerAddrProof=self.base64(70), extraDataProof=self.base64(70))


def nimiq(seed, address, pool, mode="smart", shares=12, mean_s=8, host="nimiq.pool.example"):
    """Shares are not answered one by one: silence means they were taken; an error names one that was not."""
    m = Nimiq(seed, address, mode)
    m.tell("c", "register", mode=mode, address=address, deviceId=3221104502, startDate=1772366399, deviceData={"deviceName": "attic-pc"},
           genesisHash=base64.b64encode(b"genesis of the example chain ...").decode())
    m.facts.worker = "attic-pc"
    m.tell("s", "registered")
    m.settings(pool)
    if mode == "nano":
        m.block()
    m.tell("s", "balance", balance=1234500, confirmedBalance=1200000, payoutRequestActive=False)
    for i in range(shares):
        if i == 2:
            m.settings(pool, 2.0)
            if mode == "nano":
                m.block()
        m.share(m.c.seconds(mean_s))
        m.facts.submitted += 1
        if i == 3:
            m.tell("s", "error", reason="invalid share: invalid pow")
            m.facts.rejected += 1
    m.tell("s", "balance", 5.0, balance=1234900, confirmedBalance=1234500, payoutRequestActive=False)
    return framed(m, host)
