"""The demonstration capture: four miners of different kinds amid the traffic of innocent hosts, ten minutes.

10.0.3.17 runs XMRig and is paid; 10.0.3.40 is a Bitcoin ASIC; 10.0.4.12 mines eth-proxy and is seen in a VXLAN mirror session
(VNI 77); 10.0.5.30 mines Equihash, captured from the middle and in one direction. All else is ordinary.
"""
import random
import struct

from dialogue import Conversation, Host, Say, dns_exchange, lines, merge
import miners
import traps
import wallets
import wire

RESOLVER = "10.0.0.53"
LENGTH_S = 650


def duration(script):
    return sum(s.delay_s for s in script)


def xmr_rig():
    m = miners.CryptoNote("demo", wallets.monero("demo") + ".web-7", algos=miners.ALGOS, difficulty=75000)
    m.login()
    n = 0
    while duration(m.script) < LENGTH_S - 25:
        n += 1
        if n % 4 == 0:
            m.height += 1
            m.push(round(5 + m.c.below(6000) / 1000, 3))
        m.submit(min(m.c.seconds(26), 60), {"code": -1, "message": "Low difficulty share"} if n == 9 else None)
    return dns_exchange("10.0.3.17", RESOLVER, "xmr.pool.example", "203.0.113.9", 0.2, 0x3a01, 41022) + \
        Conversation(Host("10.0.3.17", 49152), Host("203.0.113.9", 3333), m.script, seed="demo-xmr", start_s=0.3).packets()


def btc_asic():
    script = miners.asic("demo", wallets.bitcoin("demo") + ".rack2", shares=9, difficulty=65536)
    script = [s._replace(delay_s=s.delay_s * 5) for s in script]
    return dns_exchange("10.0.3.40", RESOLVER, "btc.pool.example", "198.51.100.7", 20.0, 0x3a02, 41023) + \
        Conversation(Host("10.0.3.40", 38412), Host("198.51.100.7", 3333), script, seed="demo-btc", start_s=20.1, end=False).packets()


def eth_rig():
    script = miners.ethminer("demo", wallets.ethereum("demo") + ".gpu3", shares=7, mean_s=45)
    return Conversation(Host("10.0.4.12", 51044), Host("203.0.113.44", 9999), script, seed="demo-eth", start_s=41.0, link="vxlan", end=False).packets()


def zec_rig():
    m = miners.Equihash("demo", wallets.zcash_t1("demo") + ".old")
    m.open()
    m.notify()
    begin = len(m.script)
    for _ in range(5):
        m.submit(min(m.c.seconds(70), 120))
    return Conversation(Host("10.0.5.30", 50210), Host("198.51.100.61", 3443), m.script, seed="demo-zec", start_s=60.0, start="midstream",
                        skip_items=begin, only="c", end=False).packets()


def client_hello(name, seed):
    """A ClientHello of TLS 1.3 shape with a server name; the rest is what records look like from outside."""
    chance = random.Random("tls %s" % seed)

    def noise(n):
        return chance.getrandbits(8 * n).to_bytes(n, "big")

    def extension(kind, body):
        return struct.pack(">HH", kind, len(body)) + body
    host = name.encode()
    extensions = extension(0, struct.pack(">HBH", len(host) + 3, 0, len(host)) + host) + extension(10, b"\0\x04\0\x1d\0\x17") + \
        extension(13, b"\0\x04\x04\x03\x08\x04") + extension(16, b"\0\x0c\x02h2\x08http/1.1") + extension(43, b"\x02\x03\x04") + \
        extension(51, b"\0\x24\0\x1d\0\x20" + noise(32))
    body = b"\x03\x03" + noise(32) + b"\x20" + noise(32) + b"\0\x06\x13\x01\x13\x02\x13\x03" + b"\x01\0" + struct.pack(">H", len(extensions)) + extensions
    hello = b"\x01" + struct.pack(">I", len(body))[1:] + body
    server = b"\x03\x03" + noise(32) + b"\x20" + noise(32) + b"\x13\x01\0" + struct.pack(">H", 46) + \
        extension(43, b"\x03\x04") + extension(51, b"\0\x1d\0\x20" + noise(32))
    reply = b"\x02" + struct.pack(">I", len(server))[1:] + server

    def record(kind, data):
        return bytes([kind]) + b"\x03\x03" + struct.pack(">H", len(data)) + data
    return [Say("c", record(22, hello)), Say("s", record(22, reply) + record(20, b"\x01") + record(23, noise(1200))),
            Say("c", record(20, b"\x01") + record(23, noise(53)) + record(23, noise(220))), Say("s", record(23, noise(900)))]


def innocents():
    out = []
    for i, (name, address) in enumerate((("www.example.org", "192.0.2.10"), ("mail.example.net", "192.0.2.25"), ("updates.example.com", "192.0.2.80"),
                                         ("nothing.example", None), ("wiki.example", "198.51.100.40"))):
        out += dns_exchange("10.0.1.%d" % (11 + i), RESOLVER, name, address, 5 + 37 * i, 0x5000 + i, 52000 + i)
    for i, name in enumerate(("www.example.org", "updates.example.com")):
        out += Conversation(Host("10.0.1.%d" % (11 + i), 53110 + i), Host("192.0.2.%d" % (10 + 70 * i), 443), client_hello(name, i),
                            seed="tls %d" % i, start_s=6 + 80 * i).packets()
    page = [traps.request("/", host="www.example.org"), traps.response("<html><body>Hello</body></html>\n", "text/html")]
    out += Conversation(Host("10.0.1.13", 53200), Host("192.0.2.10", 80), page, seed="page", start_s=33).packets()
    doc = [traps.request("/wiki/stratum", host="wiki.example"), traps.response("<pre>\n%s\n</pre>\n" % "\n".join(traps.QUOTED[:7]), "text/html")]
    out += Conversation(Host("10.0.1.14", 53201), Host("198.51.100.40", 80), doc, seed="doc", start_s=154).packets()
    chat = lines("c", traps.rpc(1, "login", {"user": "ana", "password": "secret"})) + lines("s", traps.result(1, {"status": "OK"}))
    chat += lines("c", traps.rpc(2, "send", {"text": "lunch?"}), delay_s=20) + lines("s", traps.result(2, {"status": "OK"}))
    out += Conversation(Host("10.0.1.15", 53202), Host("10.0.2.8", 3333), chat, seed="chat", start_s=200).packets()
    return out + Conversation(Host("10.0.1.16", 53203), Host("198.51.100.90", 50001), lines("c", traps.rpc(0, "server.version", ["electrum/4.5.8", "1.4"])) +
                              lines("s", traps.result(0, ["ElectrumX 1.16.0", "1.4"])), seed="electrum", start_s=260).packets()


def packets():
    return merge(xmr_rig(), btc_asic(), eth_rig(), zec_rig(), sorted(innocents(), key=lambda p: p.ts_ns))


def data():
    return wire.pcap(packets())
