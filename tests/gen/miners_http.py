"""Scripts of mining over clear HTTP: getwork, getblocktemplate, eth_getWork with the login in the address, XMRig's daemon mode,
Chia's pool protocol.

Sources: bfgminer and cgminer 3.7.2 in captures, cpuminer util.c, BIP 22 and 23; eth-proxy pools; xmrig DaemonClient.cpp;
Chia-Network/pool-reference SPECIFICATION.md (protocols.md 1.15, 1.16, 1.18, 1.22).
"""
import base64
import json
import struct

from miners import NOW_S, SPACED, XMRIG, pushed_number
from session import FULL, Session, target_of, work_of


class Http(Session):
    """One connection that is kept. split: the body of a request comes in a segment of its own."""

    def __init__(self, seed, protocol, login, agent, host, split=False, auth=None):
        super().__init__(seed, protocol, login, agent)
        self.host, self.split, self.auth = host, split, auth
        self.facts.transport, self.facts.carried_name, self.facts.name_source = "http", host.split(":")[0], "http-host"

    def post(self, path, body, delay_s=0.0, more="", verb="POST"):
        head = "%s %s HTTP/1.1\r\nHost: %s\r\n" % (verb, path, self.host)
        if self.auth:
            head += "Authorization: Basic %s\r\n" % base64.b64encode(self.auth.encode()).decode()
        head += "Accept: */*\r\nUser-Agent: %s\r\n%s" % (self.facts.agent, more)
        if body is not None:
            head += "Content-Type: application/json\r\nContent-Length: %d\r\n" % len(body)
        head, body = head.encode() + b"\r\n", (body or "").encode()
        clear = head.replace(b"Basic ", b"Basic " + self.auth.encode()) if self.auth else head
        if self.split and body:
            self.raw("c", head, delay_s, clear)
            self.raw("c", body)
        else:
            self.raw("c", head + body, delay_s, clear + body)

    def answer(self, body, more="", chunks=0, delay_s=0.0, kind="application/json", status="200 OK"):
        """chunks: chunked coding in pieces of that size, each a segment."""
        head = "HTTP/1.1 %s\r\nServer: pool\r\nContent-Type: %s\r\n%s" % (status, kind, more)
        body = body.encode()
        if not chunks:
            self.raw("s", (head + "Content-Length: %d\r\n\r\n" % len(body)).encode() + body, delay_s)
            return
        self.raw("s", (head + "Transfer-Encoding: chunked\r\n\r\n").encode(), delay_s)
        for i in range(0, len(body), chunks):
            self.raw("s", b"%x\r\n%s\r\n" % (len(body[i:i + chunks]), body[i:i + chunks]))
        self.raw("s", b"0\r\n\r\n")


def rpc(number, method, params):
    return json.dumps({"method": method, "params": params, "id": number}, separators=SPACED)


def plain(value):
    return json.dumps(value, separators=(",", ":"))


# ---------------------------------------------------------------- getwork

EXTENSIONS = "X-Mining-Extensions: longpoll midstate rollntime submitold\r\n"


class Getwork(Http):
    def __init__(self, seed, login, agent="bfgminer/5.5.0", host="pool.example:8332", difficulty=1, **more):
        super().__init__(seed, "getwork", login, agent, host, split=True, auth=login + ":123", **more)
        number = 0xFFFF * 2 ** 208 // difficulty
        self.target, self.work = number.to_bytes(32, "little").hex(), work_of("%064x" % number)

    def job(self):
        """A block header of 80 bytes, padded as SHA-256 wants it, each word turned round; the target little-endian."""
        self.header = struct.pack(">I", 0x20000000).hex() + self.c.hex(64) + struct.pack(">II", NOW_S, 0x17021a8e).hex()
        self.padding = "00000080" + "00" * 40 + "80020000"
        return {"midstate": self.c.hex(32), "data": self.header + "00000000" + self.padding, "hash1": "00" * 32 + "00000080" + "00" * 28,
                "target": self.target}

    def poll(self, delay_s=0.0, path="/", more=""):
        self.post(path, rpc(0, "getwork", []), delay_s, EXTENSIONS)
        self.answer(plain({"result": self.job(), "error": None, "id": 0}), more + "X-Roll-NTime: expire=120\r\n", delay_s=0.0)

    def submit(self, delay_s, reason=None):
        self.post("/", rpc(1, "getwork", [self.header + self.c.hex(4) + self.padding]), delay_s, EXTENSIONS)
        self.answer(plain({"result": not reason, "error": None, "id": 1}), "X-Reject-Reason: %s\r\n" % reason if reason else "")
        self.counted(not reason)


def getwork(seed, login, worker=None, shares=12, mean_s=8):
    m = Getwork(seed, login)
    m.facts.worker = worker
    m.poll(more="X-Long-Polling: /LP\r\nX-Stratum: stratum+tcp://stratum.pool.example:3333\r\n")
    for i in range(shares):
        if i == 2:
            m.poll(3.0, "/LP")
        m.submit(m.c.seconds(mean_s), "stale-work" if i == 3 else None)
    return m


def long_poll(seed, login):
    """The second connection of such a miner: a request that is answered when a block is found, 40 s later."""
    m = Getwork(seed, login)
    m.post("/LP", rpc(0, "getwork", []), 0.0, EXTENSIONS)
    m.answer(plain({"result": m.job(), "error": None, "id": 0}), "X-Long-Polling: /LP\r\n", delay_s=40.0)
    m.post("/LP", rpc(0, "getwork", []), 0.1, EXTENSIONS)
    return m


# ---------------------------------------------------------------- getblocktemplate

CAPABILITIES = ["coinbasetxn", "workid", "longpoll", "coinbase/append", "time/increment", "version/force", "submit/coinbase"]


class Template(Http):
    def __init__(self, seed, login, agent="cgminer 3.7.2", host="pool.example:8332", height=938500):
        super().__init__(seed, "getblocktemplate", login, agent, host, auth=login + ":x")
        self.facts.height, self.target = height, target_of(2 ** 36)
        self.work = work_of(self.target)

    def question(self):
        return rpc(0, "getblocktemplate", [{"capabilities": CAPABILITIES, "maxversion": 4, "rules": ["segwit"]}])

    def template(self):
        script = pushed_number(self.facts.height) + b"\x0e/Pool Example/"
        payout = b"\x76\xa9\x14" + self.c.raw(20) + b"\x88\xac"
        self.coinbase = struct.pack("<IB", 1, 1) + b"\0" * 32 + b"\xff" * 4 + bytes([len(script)]) + script + b"\xff" * 4 + \
            struct.pack("<BQ", 1, 312500000) + bytes([len(payout)]) + payout + b"\0" * 4
        return {"version": 536870912, "previousblockhash": "00000000" + self.c.hex(28), "coinbasetxn": {"data": self.coinbase.hex()},
                "transactions": [{"data": self.c.hex(120), "hash": self.c.hex(32), "fee": 4100} for _ in range(2)], "target": self.target,
                "mintime": NOW_S - 900, "mutable": ["time", "transactions/add", "prevblock"], "noncerange": "00000000ffffffff", "sigoplimit": 80000,
                "sizelimit": 4000000, "curtime": NOW_S, "bits": "17021a8e", "height": self.facts.height, "workid": self.c.hex(4),
                "longpollid": self.c.hex(8), "expires": 120}

    def answered(self, chunks=0):
        self.answer(plain({"result": self.template(), "error": None, "id": 0}), "X-Long-Polling: /LP\r\n", chunks)

    def submit(self, delay_s, reason=None):
        block = struct.pack("<I", 0x20000000) + self.c.raw(64) + struct.pack("<II", NOW_S, 0x17021a8e) + self.c.raw(4) + b"\x01" + self.coinbase
        self.post("/", rpc(1, "submitblock", [block.hex(), {"workid": self.c.hex(4)}]), delay_s)
        self.answer(plain({"result": reason, "error": None, "id": 1}))
        self.counted(not reason)


def block_template(seed, login, worker=None, mean_s=9):
    """Polls, blocks handed in, one of them late, replies in chunks, and two requests in one segment."""
    m = Template(seed, login)
    m.facts.worker = worker
    m.post("/", m.question())
    m.answered()
    m.submit(m.c.seconds(mean_s))
    m.post("/", m.question(), 4.0)
    m.answered(chunks=400)
    m.submit(m.c.seconds(mean_s), "stale-prevblk")
    m.facts.height += 1
    m.post("/", m.question(), 5.0)
    m.post("/", m.question())
    both = m.script[-2:]
    m.script[-2:] = [both[0]._replace(data=both[0].data + both[1].data)]
    m.answered()
    m.answered(chunks=700)
    m.submit(m.c.seconds(mean_s))
    return m


# ---------------------------------------------------------------- eth_getWork

def eth_over_http(seed, wallet, rig="rig5", polls=12, difficulty=10 ** 8):
    """The wallet stands in the address, so that no message has it."""
    m = Http(seed, "getwork", wallet + "@" + rig, "ethminer-0.19.0", "pool.example:8080")
    m.facts.wallet, m.facts.worker = wallet, rig
    m.work, path, header, seed_hash = difficulty, "/?miner=30@%s@%s" % (wallet, rig), "0x" + m.c.hex(32), "0x" + m.c.hex(32)

    def ask(number, method, params, result, delay_s):
        m.post(path, plain({"id": number, "jsonrpc": "2.0", "method": method, "params": params}), delay_s)
        m.answer(plain({"id": number, "jsonrpc": "2.0", "result": result}), chunks=4000, kind="text/html")
    for i in range(polls):
        header = "0x" + m.c.hex(32) if i % 3 == 0 else header
        ask(1, "eth_getWork", [], [header, seed_hash, "0x%064x" % (FULL // difficulty)], 1.0)
        if i % 3 == 2:
            ask(4, "eth_submitWork", ["0x" + m.c.hex(8), header, "0x" + m.c.hex(32)], True, 0.4)
            m.counted(True)
        if i == 7:
            m.facts.claimed_hs = 30_440_033
            ask(6, "eth_submitHashrate", ["0x%x" % m.facts.claimed_hs, "0x" + m.c.hex(32)], True, 0.2)
    return m


# ---------------------------------------------------------------- XMRig at a daemon

def daemon(seed, wallet, polls=8, difficulty=512000000):
    """XMRig without a pool: templates from a node, getheight every second, blocks with their difficulty in a header."""
    m = Http(seed, "daemon-rpc", wallet, XMRIG, "10.0.7.20:18081")
    m.facts.carried_name = m.facts.name_source = None           # an address is no name
    m.facts.wallet, m.facts.difficulty, m.facts.height, m.work = wallet, difficulty, 3618000, difficulty
    blob = b""

    def template(delay_s=0.0):
        m.post("/json_rpc", plain({"id": 1, "jsonrpc": "2.0", "method": "getblocktemplate",
                                   "params": {"wallet_address": wallet, "extra_nonce": m.c.hex(16)}}), delay_s)
        head = b"\x10\x10" + b"\xaa\xb0\x90\xcd\x06" + m.c.raw(32)
        whole = head + bytes(4) + b"\x02\x3c\x01\xff" + m.c.raw(90)
        m.answer(plain({"id": "1", "jsonrpc": "2.0", "result": {
            "blockhashing_blob": (head + bytes(4) + m.c.raw(33)).hex(), "blocktemplate_blob": whole.hex(), "difficulty": difficulty,
            "difficulty_top64": 0, "expected_reward": 600000000000, "height": m.facts.height, "next_seed_hash": "", "prev_hash": m.c.hex(32),
            "reserved_offset": 130, "seed_hash": m.c.hex(32), "seed_height": 3616768, "status": "OK", "untrusted": False,
            "wide_difficulty": "0x%x" % difficulty}}))
        return whole
    m.post("/json_rpc", plain({"id": 1, "jsonrpc": "2.0", "method": "get_info"}))
    m.answer(plain({"id": 1, "jsonrpc": "2.0", "result": {"height": m.facts.height, "status": "OK", "target": 120, "top_block_hash": m.c.hex(32)}}))
    blob = template()
    for i in range(polls):
        m.post("/getheight", None, 1.0, verb="GET")
        if i == 5:
            m.facts.height += 1
        m.answer(plain({"hash": m.c.hex(32), "height": m.facts.height, "status": "OK", "untrusted": False}))
        if i == 5:
            blob = template()
        if i in (3, 7):
            done = blob[:39] + m.c.raw(4) + blob[43:]
            m.post("/json_rpc", plain({"id": 2, "jsonrpc": "2.0", "method": "submitblock", "params": [done.hex()]}), 0.3,
                   "X-Hash-Difficulty: %d\r\n" % (difficulty + m.c.below(10 ** 9)))
            bad = i == 7
            m.answer(plain({"id": 2, "jsonrpc": "2.0", "error": {"code": -7, "message": "Block not accepted"}} if bad else
                           {"id": 2, "jsonrpc": "2.0", "result": {"status": "OK"}}))
            m.counted(not bad)
    return m


# ---------------------------------------------------------------- Chia

def chia(seed, partials=4, host="pool.example"):
    """A farmer at a pool behind something that took off TLS. Work is in points, which tell of space and not of hashes."""
    m = Http(seed, "chia", None, "Chia Blockchain v.2.4.3", host)
    launcher, m.facts.difficulty, m.facts.unit, m.work = "0x" + m.c.hex(32), 10, None, 10
    m.facts.login = launcher
    signature = "0x" + m.c.hex(96)
    m.post("/pool_info", None, verb="GET")
    m.answer(plain({"name": "Example Pool", "logo_url": "http://%s/logo.png" % host, "minimum_difficulty": 10, "relative_lock_height": 100,
                    "protocol_version": 1, "fee": "0.01", "description": "(example)", "target_puzzle_hash": "0x" + m.c.hex(32),
                    "authentication_token_timeout": 5}))
    farmer = {"launcher_id": launcher, "authentication_token": 5907000, "authentication_public_key": "0x" + m.c.hex(48),
              "payout_instructions": m.c.hex(32), "suggested_difficulty": 10}
    m.post("/farmer", plain({"payload": farmer, "signature": signature}), 0.5)
    m.answer(plain({"welcome_message": "Welcome to Example Pool"}))
    m.post("/farmer?launcher_id=%s&authentication_token=5907000&signature=%s" % (launcher, signature), None, 0.5, verb="GET")
    m.answer(plain({"authentication_public_key": farmer["authentication_public_key"], "payout_instructions": farmer["payout_instructions"],
                    "current_difficulty": 10, "current_points": 210}))
    for i in range(partials):
        proof = {"challenge": "0x" + m.c.hex(32), "pool_contract_puzzle_hash": "0x" + m.c.hex(32), "plot_public_key": "0x" + m.c.hex(48),
                 "pool_public_key": None, "size": 32, "proof": "0x" + m.c.hex(256)}
        payload = {"launcher_id": launcher, "authentication_token": 5907000 + i, "proof_of_space": proof, "sp_hash": "0x" + m.c.hex(32),
                   "end_of_sub_slot": False, "harvester_id": "0x" + m.c.hex(32)}
        m.post("/partial", plain({"payload": payload, "aggregate_signature": signature}), m.c.seconds(20))
        late = i == 2
        m.answer(plain({"error_code": 2, "error_message": "Too late"} if late else {"new_difficulty": 10}))
        m.counted(not late)
    return m
