"""Scripts of nodes of coins, which are no miners: the Bitcoin family, Monero, Ethereum; and of Electrum, which is a wallet.

Sources: the Bitcoin protocol documentation (message header, version, inv) and the message starts in chainparams.cpp of Bitcoin,
Litecoin, Dogecoin, Dash, Namecoin and Bitcoin Cash; Monero contrib/epee levin_base.h and portable storage; Ethereum devp2p
rlpx.md and discv4.md; BIP 324; the ElectrumX protocol documentation (protocols.md 1.23).
"""
import hashlib
import json
import struct

import wallets
from dialogue import MS, START_NS, Host, Say, lines, merge, udp_datagram
from miners import NOW_S, Chance

MAGICS = {"bitcoin": "f9beb4d9", "testnet3": "0b110907", "signet": "0a03cf40", "regtest": "fabfb5da", "namecoin": "f9beb4fe",
          "litecoin": "fbc0b6db", "dogecoin": "c0c0c0c0", "dash": "bf0c6bbd", "bitcoin-cash": "e3e1f3e8"}
PORTS = {"bitcoin": 8333, "testnet3": 18333, "signet": 38333, "regtest": 18444, "namecoin": 8334, "litecoin": 9333, "dogecoin": 22556,
         "dash": 9999, "bitcoin-cash": 8333}


# ---------------------------------------------------------------- the Bitcoin family

def bitcoin_message(magic, command, payload=b""):
    check = hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    return bytes.fromhex(magic) + command.encode().ljust(12, b"\0") + struct.pack("<I", len(payload)) + check + payload


def payment(c):
    """One input, one output."""
    return struct.pack("<IB", 2, 1) + c.raw(36) + b"\x6a" + c.raw(106) + b"\xff" * 4 + b"\x01" + struct.pack("<Q", 12345678) + \
        b"\x16\x00\x14" + c.raw(20) + bytes(4)


def bitcoin(coin, seed=1):
    """version and verack both ways, ping, headers asked for, transactions announced, a block announced and given in part."""
    c, magic = Chance("node %s %s" % (coin, seed)), MAGICS[coin]

    def address(ip):
        return struct.pack("<Q", 1) + bytes(10) + b"\xff\xff" + bytes(int(x) for x in ip.split(".")) + struct.pack(">H", PORTS[coin])

    def version(agent):
        return struct.pack("<iQq", 70016, 1033, NOW_S) + address("198.51.100.20") + address("10.0.8.5") + c.raw(8) + \
            bytes([len(agent)]) + agent.encode() + struct.pack("<iB", 938500, 1)

    def inv(kind, n):
        return bytes([n]) + b"".join(struct.pack("<I", kind) + c.raw(32) for _ in range(n))
    nonce = c.raw(8)
    said = [("c", "version", version("/Satoshi:27.0.0/")), ("s", "version", version("/Satoshi:26.1.0/")), ("s", "verack", b""), ("c", "verack", b""),
            ("c", "sendheaders", b""), ("s", "ping", nonce), ("c", "pong", nonce),
            ("c", "getheaders", struct.pack("<IB", 70016, 1) + c.raw(64)), ("s", "inv", inv(1, 9)), ("c", "getdata", inv(1, 3)),
            ("s", "tx", payment(c)), ("s", "inv", inv(2, 1)), ("c", "inv", inv(1, 4))]
    return [Say(who, bitcoin_message(magic, command, payload), 0.8 if i > 6 else 0.0) for i, (who, command, payload) in enumerate(said)]


def bitcoin_v2(seed=1):
    """BIP 324: 64 bytes that look random and garbage both ways, and packets whose length is hidden too."""
    c = Chance("bip324 %s" % seed)
    return [Say("c", c.raw(64 + 211)), Say("s", c.raw(64 + 77 + 16 + 20)), Say("c", c.raw(16 + 20 + 147))] + \
        [Say("cs"[i % 2], c.raw(21 + c.below(300)), 0.7) for i in range(8)]


# ---------------------------------------------------------------- Monero

def levin(command, body, request=True, expects=True):
    return struct.pack("<QQBIiII", 0x0101010101012101, len(body), expects, command, 0 if request else 1, 1 if request else 2, 1) + body


def monero_node(seed=1):
    """Handshake, timed sync, a transaction and a block that are spread. The bodies begin as portable storage does."""
    c = Chance("levin %s" % seed)

    def storage(n):
        data = b"\x01\x11\x01\x01\x01\x01\x02\x01\x01\x08\x09node_data\x0c\x10\x0anetwork_id\x0a\x40"
        return data + bytes.fromhex("1230f171610441611731008216a1a110") + b"\x07my_port\x06" + struct.pack("<I", 18080) + c.raw(n)
    return [Say("c", levin(1001, storage(150))), Say("s", levin(1001, storage(700), request=False, expects=False)),
            Say("s", levin(1003, b""), 0.5), Say("c", levin(1003, storage(4), request=False, expects=False)),
            Say("c", levin(1002, storage(40)), 5.0), Say("s", levin(1002, storage(400), request=False, expects=False)),
            Say("s", levin(2002, storage(600), expects=False), 3.0), Say("c", levin(2001, storage(900), expects=False), 8.0)]


# ---------------------------------------------------------------- Ethereum

def rlpx(seed=1):
    """EIP-8: a length, an uncompressed point, IV, ciphertext, MAC; the answer alike; then frames of random bytes."""
    c = Chance("rlpx %s" % seed)

    def hello(n):
        return struct.pack(">H", n - 2) + b"\x04" + c.raw(n - 3)
    return [Say("c", hello(414 + c.below(100))), Say("s", hello(380 + c.below(80)))] + \
        [Say("cs"[i % 2], c.raw(32 + 16 * (4 + c.below(20)) + 16), 0.4) for i in range(9)]


def rlp(value):
    if isinstance(value, list):
        body = b"".join(rlp(v) for v in value)
        base = 0xC0
    else:
        body = value
        if len(body) == 1 and body[0] < 0x80:
            return body
        base = 0x80
    if len(body) < 56:
        return bytes([base + len(body)]) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([base + 55 + len(length)]) + length + body


def discv4(client=Host("10.0.8.6", 30303), seed=1):
    """Ping, pong, find node, neighbours with two nodes: packets of UDP, each hashed over what follows."""
    c = Chance("discv4 %s" % seed)

    def packet(kind, data):
        rest = c.raw(64) + b"\0" + bytes([kind]) + rlp(data)
        return wallets.keccak256(rest) + rest
    until = struct.pack(">I", NOW_S + 20)

    def endpoint(*ip):
        return [bytes(ip), struct.pack(">H", 30303), struct.pack(">H", 30303)]
    out = []
    for i in range(3):
        server = Host("198.51.100.%d" % (30 + i), 30303)
        ping = packet(1, [b"\x04", endpoint(10, 0, 8, 6), endpoint(198, 51, 100, 30 + i), until])
        pong = packet(2, [endpoint(10, 0, 8, 6), ping[:32], until])
        neighbours = packet(4, [[endpoint(203, 0, 113, 5 + n) + [c.raw(64)] for n in range(2)], until])
        talk = [(client, server, ping), (server, client, pong), (client, server, packet(3, [c.raw(64), until])), (server, client, neighbours)]
        out += [udp_datagram(a, b, data, START_NS + (i * 1000 + k * 20) * MS) for k, (a, b, data) in enumerate(talk)]
    return merge(out)


# ---------------------------------------------------------------- Electrum

def electrum(seed=1):
    """A wallet at its server, over bare TCP: among its words are headers, heights, and a block's difficulty bits."""
    c = Chance("electrum %s" % seed)

    def call(n, method, *params):
        return json.dumps({"jsonrpc": "2.0", "id": n, "method": method, "params": list(params)}, separators=(",", ":"))

    def told(n, value):
        return json.dumps({"jsonrpc": "2.0", "id": n, "result": value}, separators=(",", ":"))
    header, out = {"hex": c.hex(80), "height": 938499}, []
    for n, (method, params, result) in enumerate((
            ("server.version", ["electrum/4.5.8", "1.4"], ["ElectrumX 1.16.0", "1.4"]), ("server.features", [], {"hash_function": "sha256"}),
            ("server.banner", [], "Welcome, do not mine here"), ("blockchain.headers.subscribe", [], header),
            ("blockchain.block.headers", [938400, 2, 0], {"count": 2, "hex": c.hex(160), "max": 2016}),
            ("blockchain.scripthash.get_balance", [c.hex(32)], {"confirmed": 103873966, "unconfirmed": 0}),
            ("blockchain.estimatefee", [6], 0.00002), ("blockchain.relayfee", [], 0.00001), ("server.ping", [], None))):
        out += lines("c", call(n, method, *params), delay_s=0.6) + lines("s", told(n, result))
    return out + lines("s", json.dumps({"jsonrpc": "2.0", "method": "blockchain.headers.subscribe", "params": [dict(header, height=938500)]}),
                       delay_s=30)
