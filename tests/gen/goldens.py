"""The catalogue of golden captures: which dialogue, carried how, and what must be found in it.

GOLDENS maps a directory name to a Golden; files() gives the bytes of its inputs. Miners are in 10/8 or 2001:db8:a::/48, pools
in documentation ranges. Names say dialect and carriage: sv1 = Stratum v1, cn = CryptoNote, ethp = eth-proxy, eqh = Equihash.
"""
import collections
import json

from dialogue import Conversation, Host, Say, dns_exchange, udp_datagram, udp_exchange
import dns
import goldens_allow
import goldens_contact
import goldens_dialects
import goldens_dns
import goldens_fleet
import goldens_logs
import killers  # noqa: F401: adds traps
import miners
import traps
import traps_bytes  # noqa: F401: adds traps
import traps_words  # noqa: F401: adds traps
import wallets
import wire

Golden = collections.namedtuple("Golden", "what made found files")
GOLDENS = {}

BTC, BTC2 = wallets.bitcoin("asic"), wallets.bitcoin("rejects")
XMR, XMR2, XMR_SUB = wallets.monero("farm"), wallets.monero("rig"), wallets.monero("sub", 42)
ETH, ETH_LOWER = wallets.ethereum("gpu"), wallets.ethereum("lower", mixed=False)
ZEC = wallets.zcash_t1("equihash")

ENDPOINTS = {
    "sv1": ("stratum-v1", Host("10.0.3.40", 38412), Host("198.51.100.7", 3333)),
    "cn": ("cryptonote", Host("10.0.3.17", 49152), Host("203.0.113.9", 3333)),
    "ethp": ("eth-proxy", Host("10.0.4.12", 51044), Host("203.0.113.44", 9999)),
    "eqh": ("equihash", Host("10.0.5.30", 50210), Host("198.51.100.61", 3443)),
}
ENDPOINTS6 = {d: (p, Host("2001:db8:a::%x" % (16 + i), c.port), Host("2001:db8:1::%x" % (9 + i), s.port))
              for i, (d, (p, c, s)) in enumerate(ENDPOINTS.items())}
# A client behind NAT whose address Teredo made, of its server, its public port and address; and a pool with an IPv6 address.
ENDPOINTS_TEREDO = {"sv1": ("stratum-v1", Host("2001:0:c633:64c8:8000:6344:34ff:8e87", 38412), Host("2001:db8:1::7", 3333))}

SUBMITS = ("mining.submit", "submit", "eth_submitWork")


def shares(script, only=None):
    """What a full record of the script holds, said as the finding must say it."""
    waiting, n = collections.defaultdict(list), collections.Counter()
    for say in script:
        if not say.data.startswith(b"{"):
            continue
        message = json.loads(say.data)
        if say.sender == "c" and message.get("method") in SUBMITS:
            n["submitted"] += 1
            waiting[message["id"]].append(True)
        elif say.sender == "s" and "method" not in message and waiting[message["id"]]:
            waiting[message["id"]].pop(0)
            refused = message.get("error") or not message.get("result")
            n["rejected" if refused else "accepted"] += 1
    if only == "c":
        return "%d shares submitted; answers are not in the capture" % n["submitted"]
    if only == "s":
        return "jobs; submits are not in the capture, so no share may be counted as submitted"
    return "%d shares submitted, %d accepted, %d rejected" % (n["submitted"], n["accepted"], n["rejected"])


def golden(name, what, script, made="plain Ethernet", write=None, note="", v6=False, login=None, count=None, suffix="pcap",
           endpoints=None, **how):
    """Registers one conversation. write: packets to file bytes. how: arguments of Conversation. count: words instead of
    the share numbers, where the capture is incomplete."""
    protocol, client, server = (endpoints or (ENDPOINTS6 if v6 else ENDPOINTS))[name.split("-")[0]]
    seen = script[how.get("skip_items", 0):] if how.get("start") == "midstream" else script
    found = "one finding of kind mining, protocol %s, miner %s port %d, pool %s port %d; %s; %s.%s" % (
        protocol, client.ip, client.port, server.ip, server.port, "login " + login if login else "the login is not in the capture",
        count or shares(seen, how.get("only")), " " + note if note else "")

    def files():
        packets = Conversation(client, server, script, seed=name, **how).packets()
        out = (write or wire.pcap)(packets)
        return out if isinstance(out, dict) else {"input." + suffix: out}
    GOLDENS[name] = Golden(what, made, found, files)


# ---------------------------------------------------------------- writers of unusual files

def big_endian(packets):
    return wire.pcap(packets, order=">")


def big_endian_nano(packets):
    """Nanosecond magic; each time gets digits below the microsecond, so that reading them wrong shows."""
    return wire.pcap([p._replace(ts_ns=p.ts_ns + 1 + i % 900) for i, p in enumerate(packets)], order=">", nano=True)


def two_files(packets):
    half = len(packets) // 2
    return {"input-1.pcap": wire.pcap(packets[:half]), "input-2.pcap": wire.pcap(packets[half:])}


def unknown_blocks(w):
    """A block type nobody assigned, a custom block of the documentation PEN, name resolution, interface statistics."""
    w.block(0x00000BAE, b"nobody knows this")
    w.block(0x00000BAD, w.pack("I", 32473) + b"custom data")
    w.block(4, w.pack("HH", 1, 9) + wire.ip_bytes("198.51.100.7") + b"pool\0" + b"\0" * 3 + w.pack("HH", 0, 0))
    if w.interfaces:
        w.block(5, w.pack("III", 0, 0, 0))


def pcapng_sections(packets):
    """Section 1 little-endian in microseconds by default; section 2 big-endian, nanoseconds with an offset; unknown blocks."""
    w = wire.Pcapng()
    w.section(comment=b"first section")
    w.interface(wire.LINK_ETHERNET, name=b"eth0")
    unknown_blocks(w)
    half = len(packets) // 2
    for p in packets[:half]:
        w.enhanced(p)
    w.section(order=">")
    unknown_blocks(w)
    w.interface(wire.LINK_ETHERNET, snaplen=262144, tsresol=9, tsoffset=1700000000)
    for p in packets[half:]:
        w.enhanced(p, options=[(1, b"a comment"), (2, w.pack("I", 1))])
    return w.bytes()


def pcapng_binary_time(packets):
    """Big-endian, time stamps in units of 2^-20 s."""
    w = wire.Pcapng(">")
    w.section()
    w.interface(wire.LINK_ETHERNET, tsresol=0x80 | 20)
    for p in packets:
        w.enhanced(p)
    return w.bytes()


def pcapng_old_blocks(packets):
    """Obsolete packet blocks and enhanced ones in turn; then a DNS exchange of another host as simple blocks, which have no
    time: they may not disturb the finding."""
    w = wire.Pcapng()
    w.section(length=-1)
    w.interface(wire.LINK_ETHERNET, snaplen=262144)
    for i, p in enumerate(packets):
        w.obsolete(p) if i % 2 else w.enhanced(p)
    for p in dns_exchange("10.0.1.11", "10.0.0.53", "www.example.org", "192.0.2.10", 0, 7, 40001):
        w.simple(p)
    return w.bytes()


def pcapng_two_links(packets):
    """The miner's packets on an Ethernet interface, the pool's on a raw IP interface."""
    out = []
    for p in packets:
        out += [p] if wire.outgoing(wire.strip_ethernet(p.data)[0]) else wire.wrap("raw", [p])
    return wire.pcapng(out)


def ipip_in_fragments(packets):
    """Each packet in IP-in-IP whose outer packet comes in fragments of 96 bytes of data."""
    out = []
    for number, p in enumerate(packets):
        inner = wire.strip_ethernet(p.data)[1]
        pieces = wire.ipv4_fragments("10.200.0.4", "10.200.0.9", wire.PROTO_IPIP, inner, 96, number + 1)
        out += [wire.packet(p.ts_ns + i * 1000, p.data[:14] + piece) for i, piece in enumerate(pieces)]
    return wire.pcap(out)


# ---------------------------------------------------------------- Stratum v1

ASIC = miners.asic("asic", BTC + ".s19-3", shares=5)
ASIC_SHORT = miners.asic("short", BTC, shares=2)
golden("sv1-plain", "An ASIC: configure with version rolling, subscribe, authorize, vardiff, submits of six parameters.", ASIC, login=BTC + ".s19-3")
golden("sv1-rejects", "Submits refused with codes 20 to 25 in all forms of error, set_extranonce, show_message, get_version, reconnect.",
       miners.stratum_rejects("rejects", BTC2 + ".cpu"), login=BTC2 + ".cpu")
golden("sv1-bfgminer", "bfgminer with get_transactions (text id), account login; the pool's keys in another order, numbered notifications.",
       miners.bfgminer("bfg", "exampleuser.worker1"), login="exampleuser.worker1", made="several lines in one segment", segmentation="merge")
golden("sv1-seg1", "A short session; authorize and the submit arrive byte by byte.", miners.tiny_stratum("seg1", "u.w", 1),
       made="two messages in segments of 1 byte", login="u.w")
golden("sv1-seg37", "An ASIC whose every message is cut into 37-byte segments.", ASIC_SHORT, made="segments of 37 bytes", login=BTC, segmentation=37)
golden("sv1-preamble", "Each side says a line of something else before the miner subscribes.",
       [Say("c", b"HELLO worker 7\r\n"), Say("s", b"READY\r\n", 0.1)] + ASIC_SHORT, login=BTC)
golden("sv1-midstream", "The capture begins in the middle: no handshake, no subscribe, no authorize.", ASIC, made="first 9 messages not captured",
       login=BTC + ".s19-3", start="midstream", skip_items=9)
golden("sv1-client-only", "Only the miner's direction was captured.", ASIC, made="one direction", login=BTC + ".s19-3", only="c")
golden("sv1-server-only", "Only the pool's direction was captured: set_difficulty and notify.", ASIC, made="one direction", only="s")
golden("sv1-loss", "One data segment in eight is missing from the capture.", miners.asic("loss", BTC, shares=8), made="12 % loss at the tap",
       login=BTC, loss=0.12, count="share numbers between what is whole and what was sent")
golden("sv1-qinq", "Behind an 802.1ad and an 802.1Q tag.", ASIC_SHORT, made="QinQ", login=BTC, link="qinq")
golden("sv1-ipv6-ext", "IPv6 with hop-by-hop, routing and destination options headers.", ASIC_SHORT, made="IPv6 extension headers", login=BTC,
       v6=True, extensions=True)
golden("sv1-pcapng-sections", "A pcapng of two sections in both byte orders, time resolution and offset, unknown blocks.", ASIC, login=BTC + ".s19-3",
       made="pcapng", write=pcapng_sections, suffix="pcapng")
golden("sv1-overlap", "Each segment of 400 bytes repeats the last 60 of the one before; the end of each message comes a second time.", ASIC_SHORT,
       made="overlapping retransmissions", login=BTC, segmentation=400, overlap=60, note="No share may be counted twice.")
golden("sv1-ip-options", "IPv4 with a router alert and a record route option; no TCP time stamps.", ASIC_SHORT, made="IPv4 options", login=BTC,
       ip_options=b"\x94\x04\x00\x00\x07\x07\x04\x00\x00\x00\x00", timestamps=False)

golden("sv1-erspan2", "A mirror session of a switch: ERSPAN type II, session 421.", ASIC_SHORT, made="ERSPAN type II", login=BTC, link="erspan2")
golden("sv1-gre-key", "GRE with checksum, key and sequence number, IPv4 inside.", ASIC_SHORT, made="GRE", login=BTC, link="gre-key")
golden("sv1-gtpu", "A radio core: GTP-U with a session container; each direction has an endpoint identifier of its own.", ASIC_SHORT,
       made="GTP-U", login=BTC, link="gtpu", note="Both directions are one connection.")
golden("sv1-teredo", "IPv6 through NAT: Teredo, what comes back with an origin indication.", ASIC_SHORT, made="Teredo", login=BTC, link="teredo",
       endpoints=ENDPOINTS_TEREDO)
golden("sv1-ppi", "Ethernet frames behind PPI headers.", ASIC_SHORT, made="PPI", login=BTC, link="ppi")

# ---------------------------------------------------------------- CryptoNote

CN = miners.xmrig("plain", XMR + ".rig1", shares=7, rejected=(4,), algos=miners.ALGOS)
CN_SHORT = miners.xmrig("short", XMR, shares=3)
golden("cn-plain", "XMRig at a RandomX pool: login with job, job pushes, accepted shares and one refused.", CN, login=XMR + ".rig1")
golden("cn-listed-endpoint", "A pool whose address and port are listed, and so said by evidence of class address at the end.", CN_SHORT, login=XMR,
       endpoints={"cn": ("cryptonote", Host("10.0.3.17", 49152), Host("203.0.113.200", 14433))})
golden("cn-proxy-logins", "Two miners behind one connection with minimal logins (no agent, no jsonrpc), cn/r.",
       miners.proxied("proxy", [XMR, XMR2]), login="%s, and %s among the logins" % (XMR2, XMR))
golden("cn-nicehash", "Pool with the algo and nicehash extensions and 8-byte targets: the last nonce byte is fixed, submits name the algorithm.",
       miners.xmrig("nicehash", XMR_SUB + ".w+50000", password="w", wide=True, extensions=["algo", "nicehash"], nicehash=True, difficulty=50000),
       login=XMR_SUB + ".w+50000")
golden("cn-keepalived", "keepalived after 60 s of silence and its answers; one share refused as Invalid job id.", miners.xmrig_keepalive("keep", XMR),
       login=XMR)
golden("cn-donation", "The donation round: the login is the Keccak-256 of the user, 64 hex digits.",
       miners.xmrig("donation", wallets.keccak256(XMR.encode()).hex(), shares=2), login=wallets.keccak256(XMR.encode()).hex())
golden("cn-seg1", "Mid-stream; one submit arrives byte by byte.", miners.tiny_xmrig("seg1", XMR, 1), made="submit in segments of 1 byte",
       start="midstream", skip_items=2, end=False)
golden("cn-seg37", "Every message cut into 37-byte segments.", miners.xmrig("seg37", XMR, shares=3), made="segments of 37 bytes", login=XMR, segmentation=37)
golden("cn-midstream", "The capture begins after login.", CN, made="first 2 messages not captured", start="midstream", skip_items=2)
golden("cn-client-only", "Only the miner's direction was captured.", CN, made="one direction", login=XMR + ".rig1", only="c")
golden("cn-server-only", "Only the pool's direction was captured: login answer, jobs, OKs.", CN, made="one direction", only="s")
golden("cn-reorder-dup", "Segments of 60 bytes, a fifth of them out of order, a fifth twice.", CN_SHORT, made="reordering and duplicates", login=XMR,
       segmentation=60, reorder=0.2, duplicate=0.2, note="No share may be counted twice.")
golden("cn-vxlan", "A traffic mirror session: VXLAN, VNI 77.", CN_SHORT, made="VXLAN", login=XMR, link="vxlan")
golden("cn-vxlan-ipv6-outer", "VXLAN whose outer header is IPv6.", CN_SHORT, made="VXLAN over IPv6", login=XMR, link="vxlan6")
golden("cn-vxlan-snap200", "VXLAN, each packet cut to 200 bytes: about 84 bytes of payload are left.", CN, made="VXLAN, snap length 200",
       link="vxlan", snaplen=200, count="what the cut lines still show", note="The login is cut and must not be reported as whole.")
golden("cn-keepalive-bytes", "A Windows miner whose TCP keep-alive probes carry one NUL byte at the last sequence number.",
       miners.xmrig("probe", XMR, shares=4, mean_s=20, agent="XMRig/6.21.3 (Windows NT 10.0; Win64; x64) libuv/1.48.0 msvc/2022"),
       made="keep-alive bytes every 5 s, no time stamps", login=XMR, keepalive_s=5, timestamps=False)
golden("cn-sll2", "Linux cooked capture version 2.", CN_SHORT, made="SLL2", login=XMR, link="sll2")
golden("cn-be-nano", "Big-endian pcap with nanoseconds.", CN_SHORT, made="pcap of another byte order and resolution", login=XMR, write=big_endian_nano)
golden("cn-two-files", "One connection cut into two files.", CN, made="input-1.pcap, input-2.pcap", login=XMR + ".rig1", write=two_files)
golden("cn-vlan", "Behind an 802.1Q tag.", CN_SHORT, made="VLAN 120", login=XMR, link="vlan")
golden("cn-ipv6-frag", "IPv6 fragments of 160 bytes.", CN_SHORT, made="IPv6 fragmentation", login=XMR, v6=True, fragment=160)
golden("cn-erspan3", "ERSPAN type III with a platform subheader, session 421.", CN_SHORT, made="ERSPAN type III", login=XMR, link="erspan3")
golden("cn-pppoe", "A PPPoE session.", CN_SHORT, made="PPPoE", login=XMR, link="pppoe")
golden("cn-mpls-pw", "An Ethernet pseudowire with control word behind two MPLS labels.", CN_SHORT, made="MPLS pseudowire", login=XMR, link="mpls-pw")
golden("cn-ppp", "PPP link type.", CN_SHORT, made="PPP", login=XMR, link="ppp")
golden("cn-radiotap", "802.11 QoS data frames in the clear behind radiotap headers; every second 802.11 header is padded.", CN_SHORT,
       made="radiotap", login=XMR, link="radiotap")
golden("cn-l2tp", "L2TP with PPP inside, every second message numbered; each direction has a tunnel and a session of its own.", CN_SHORT,
       made="L2TP", login=XMR, link="l2tp", note="Both directions are one connection.")
golden("cn-mpls-pw-bare", "An Ethernet pseudowire without control word behind two MPLS labels.", CN_SHORT, made="MPLS pseudowire", login=XMR,
       link="mpls-pw-bare")
golden("cn-nflog", "What the kernel of the miner logged: NFLOG.", CN_SHORT, made="NFLOG", login=XMR, link="nflog")
golden("cn-netanalyzer", "netANALYZER headers before Ethernet frames with check sequences.", CN_SHORT, made="netANALYZER", login=XMR,
       link="netanalyzer")

# ---------------------------------------------------------------- eth-proxy

ETHP = miners.ethminer("plain", ETH + ".gpu7", shares=5, refused=(2,))
ETHP_SHORT = miners.ethminer("short", ETH + ".gpu7", shares=2)
golden("ethp-plain", "ethminer with wallet.worker: login, getWork, pushes with id 0, submits all of id 40, hash rates; one share refused as result false.",
       ETHP, login=ETH + ".gpu7")
golden("ethp-worker", "Wallet without worker, worker as top-level member, work of four members with the block number; lower-case wallet.",
       miners.ethminer("worker", ETH_LOWER, worker="rig-1080", with_block=True), login=ETH_LOWER)
golden("ethp-python-proxy", "The Python eth-proxy: worker first, spaces, getWork every 10 s answered by unsolicited pushes.",
       miners.python_proxy("python", ETH_LOWER + "/farm.w1/a@example.org"), login=ETH_LOWER + "/farm.w1/a@example.org")
golden("ethp-seg1", "The login arrives byte by byte.", miners.tiny_ethproxy("seg1", ETH, 1), made="login in segments of 1 byte", login=ETH)
golden("ethp-seg37", "Every message cut into 37-byte segments.", ETHP_SHORT, made="segments of 37 bytes", login=ETH + ".gpu7", segmentation=37)
golden("ethp-midstream", "The capture begins after login and first work.", ETHP, made="first 4 messages not captured", start="midstream", skip_items=4)
golden("ethp-client-only", "Only the miner's direction was captured.", ETHP, made="one direction", login=ETH + ".gpu7", only="c")
golden("ethp-server-only", "Only the pool's direction was captured: arrays of three hashes with id 0.", ETHP, made="one direction", only="s")
golden("ethp-geneve-options", "GENEVE, VNI 4242, with three options.", ETHP_SHORT, made="GENEVE with options", login=ETH + ".gpu7", link="geneve")
golden("ethp-vlan", "Behind an 802.1Q tag, big-endian pcap.", ETHP_SHORT, made="VLAN 120", login=ETH + ".gpu7", link="vlan", write=big_endian)
golden("ethp-sll", "Linux cooked capture version 1.", ETHP_SHORT, made="SLL", login=ETH + ".gpu7", link="sll")
golden("ethp-null", "BSD loopback framing.", ETHP_SHORT, made="NULL", login=ETH + ".gpu7", link="null")
golden("ethp-ipv4-frag", "IPv4 fragments of 120 bytes.", ETHP_SHORT, made="IPv4 fragmentation", login=ETH + ".gpu7", fragment=120)
golden("ethp-reorder-dup", "Segments of 100 bytes, a quarter out of order, a quarter twice.", ETHP, made="reordering and duplicates", login=ETH + ".gpu7",
       segmentation=100, reorder=0.25, duplicate=0.25, note="No share may be counted twice.")
golden("ethp-pcapng-old-blocks", "pcapng with obsolete packet blocks and enhanced ones in turn, and an innocent DNS exchange in simple ones, "
       "which have no time.", ETHP_SHORT, made="pcapng", login=ETH + ".gpu7", write=pcapng_old_blocks, suffix="pcapng")
golden("ethp-mpls", "Two MPLS labels.", ETHP_SHORT, made="MPLS", login=ETH + ".gpu7", link="mpls")
golden("ethp-6in4", "IPv6 in IPv4.", ETHP_SHORT, made="IPv6 in IPv4", login=ETH + ".gpu7", v6=True, link="6in4")
golden("ethp-ipip-frag", "IPv4 in IPv4, the outer packets in fragments of 96 bytes.", ETHP_SHORT, made="IP-in-IP in fragments", login=ETH + ".gpu7",
       write=ipip_in_fragments)
golden("ethp-frelay", "Frame Relay; every second packet behind SNAP.", ETHP_SHORT, made="Frame Relay", login=ETH + ".gpu7", link="frelay")
golden("ethp-gre-vlan", "GRE with a VLAN tag directly behind its header.", ETHP_SHORT, made="a VLAN tag in GRE", login=ETH + ".gpu7", link="gre-vlan")
golden("ethp-nflog-be", "NFLOG of a big-endian host, in a big-endian file.", ETHP_SHORT, made="NFLOG", login=ETH + ".gpu7", link="nflog-be",
       write=big_endian)

# ---------------------------------------------------------------- Equihash

EQH = miners.equihash("plain", ZEC + ".rig4", shares=4)
EQH_SHORT = miners.equihash("short", ZEC, shares=2)
golden("eqh-plain", "ZIP-301: subscribe with pool name, set_target, notify of eight, submits of 1344-byte solutions over two segments, one refused.",
       EQH, login=ZEC + ".rig4", note="The pool's name eu1-zec.pool.example stands in the subscribe.")
golden("eqh-chdlc", "Cisco HDLC.", EQH_SHORT, made="Cisco HDLC", login=ZEC, link="chdlc")
golden("eqh-slip", "SLIP, IPv6.", EQH_SHORT, made="SLIP", login=ZEC, link="slip", v6=True)
golden("eqh-pipelined", "Subscribe, authorize, extranonce.subscribe in one segment; segments of 536 bytes; all submits have id 4.",
       miners.pipelined_equihash("pipe", ZEC + ".w"), made="several lines in one segment, MSS 536", login=ZEC + ".w", segmentation="merge", mss=536)
golden("eqh-seg1", "Authorize arrives byte by byte.", miners.tiny_equihash("seg1", ZEC, 1), made="authorize in segments of 1 byte", login=ZEC)
golden("eqh-seg37", "Every message cut into 37-byte segments.", miners.equihash("seg37", ZEC, shares=1), made="segments of 37 bytes", login=ZEC,
       segmentation=37)
golden("eqh-midstream-client-only", "Begins in the middle, only the miner's direction: nothing but submits.", EQH,
       made="first 6 messages not captured, one direction",
       login=ZEC + ".rig4", start="midstream", skip_items=6, only="c")
golden("eqh-server-only", "Only the pool's direction was captured: set_target and notify.", EQH, made="one direction", only="s")
golden("eqh-geneve-ip", "GENEVE without an inner Ethernet header, as gateway load balancers send, with three options.", EQH_SHORT,
       made="GENEVE carrying IP", login=ZEC, link="geneve-ip")
golden("eqh-raw", "Raw IP link type.", EQH_SHORT, made="RAW", login=ZEC, link="raw")
golden("eqh-loop", "OpenBSD loopback framing.", EQH_SHORT, made="LOOP", login=ZEC, link="loop")
golden("eqh-ipv6-frag", "IPv6 fragments of 512 bytes.", EQH_SHORT, made="IPv6 fragmentation", login=ZEC, v6=True, fragment=512)
golden("eqh-overlap", "Each segment of 700 bytes repeats the last 100 of the one before; ends are retransmitted.", EQH_SHORT,
       made="overlapping retransmissions", login=ZEC, segmentation=700, overlap=100, note="No share may be counted twice.")
golden("eqh-loss", "One data segment in eight is missing from the capture.", miners.equihash("loss", ZEC, shares=7), made="12 % loss at the tap",
       login=ZEC, loss=0.12, count="share numbers between what is whole and what was sent")
golden("eqh-snap128", "Each packet cut to 128 bytes.", EQH, made="snap length 128", snaplen=128, count="what the cut lines still show")
golden("eqh-pcapng-two-links", "pcapng with two interfaces: the miner's packets on Ethernet, the pool's as raw IP.", EQH_SHORT, made="pcapng",
       login=ZEC, write=pcapng_two_links, suffix="pcapng")
golden("eqh-pcapng-be", "Big-endian pcapng with time stamps in units of 2^-20 s.", EQH_SHORT, made="pcapng", login=ZEC, write=pcapng_binary_time,
       suffix="pcapng")
golden("eqh-nvgre", "NVGRE, virtual subnet 5001.", EQH_SHORT, made="NVGRE", login=ZEC, link="nvgre")
golden("eqh-ah", "An authentication header in front of TCP.", EQH_SHORT, made="AH", login=ZEC, link="ah")
golden("eqh-erspan1", "ERSPAN type I: a mirrored frame straight behind a GRE header.", EQH_SHORT, made="ERSPAN type I", login=ZEC, link="erspan1")

# ---------------------------------------------------------------- names in DNS, by tests/golden/names.csv

RESOLVER, RESOLVER6 = Host("10.0.0.53", 53), Host("2001:db8:a::53", 53)


def lookups(name, what, found, packets, made="plain Ethernet", write=None):
    """Registers DNS traffic. packets: a function that makes them."""
    def files():
        out = (write or wire.pcap)(packets())
        return out if isinstance(out, dict) else {"input.pcap": out}
    GOLDENS[name] = Golden(what, made, found, files)


def asked(host, name, records=None, at=0.0, rcode=dns.NOERROR, qtype=dns.A, ident=None, resolver=RESOLVER, **how):
    """A question of Host 10.0.3.host and its answer; records None: no answer."""
    client = host if isinstance(host, Host) else Host("10.0.3.%d" % host, 40000 + host)
    ident = ident if ident is not None else 0x1000 + int(at * 16) + client.port
    reply = None if records is None else dns.answer(ident & 0xffff, name, records, rcode, qtype, **how)
    return udp_exchange(client, resolver, dns.query(ident & 0xffff, name, qtype), reply, at)


def dns_lookup():
    return asked(17, "xmr-eu1.pool.example", [dns.a("xmr-eu1.pool.example", "203.0.113.9"), dns.a("xmr-eu1.pool.example", "203.0.113.10")]) + \
        asked(17, "xmr-eu1.pool.example", [dns.a("xmr-eu1.pool.example", "203.0.113.9")], at=60) + \
        asked(17, "xmr-us1.pool.example", [dns.a("xmr-us1.pool.example", "203.0.113.44")], at=90) + \
        asked(18, "www.example.org", [dns.a("www.example.org", "192.0.2.10")], at=91)


def dns_alias():
    chain = [dns.cname("updates.example.org", "edge.cdn.example.net"), dns.cname("edge.cdn.example.net", "xmr.pool.example"),
             dns.a("xmr.pool.example", "203.0.113.9")]
    service = [dns.https("shop.example.org", 0, "btc.market.example")]
    return asked(17, "updates.example.org", chain) + asked(18, "shop.example.org", service, at=5, qtype=dns.HTTPS) + \
        asked(19, "old.example.org", [dns.dname("example.org", "gone.example"), dns.cname("old.example.org", "old.gone.example"),
                                      dns.a("old.gone.example", "203.0.113.12")], at=9)


def dns_denied():
    return asked(17, "a.pool.example", [], rcode=dns.NXDOMAIN, authority=[dns.soa("pool.example")]) + \
        asked(18, "b.pool.example", [], rcode=dns.SERVFAIL, at=1) + asked(19, "c.pool.example", [], rcode=dns.REFUSED, at=2) + \
        asked(20, "d.pool.example", [dns.a("d.pool.example", "0.0.0.0")], at=3) + \
        asked(21, "e.pool.example", [dns.aaaa("e.pool.example", "::")], at=4, qtype=dns.AAAA) + \
        asked(22, "f.pool.example", None, at=5) + \
        asked(23, "g.pool.example", [], at=6, qtype=dns.AAAA) + \
        asked(23, "g.pool.example", [dns.a("g.pool.example", "203.0.113.9")], at=6.1)


def dns_kinds():
    names = ("stratum.pool.example", "bid.market.example", "eth.gone.example", "cdn.webminer.example", "x.seed.pool.example",
             "exact.example")
    return [p for i, n in enumerate(names) for p in asked(30 + i, n, [dns.a(n, "203.0.113.%d" % (60 + i))], at=float(i))]


def dns_carriage():
    client6 = Host("2001:db8:a::17", 41000)
    name = "xmr.pool.example"
    tc = dns.answer(9, name, [], flags=dns.QR | dns.RD | dns.RA | dns.TC)
    return asked(client6, name, [dns.aaaa(name, "2001:db8:1::9")], qtype=dns.AAAA, resolver=RESOLVER6) + \
        asked(18, dns.mixed_case(name), [dns.a(name, "203.0.113.9")], at=1, edns=True) + \
        asked(19, name, [dns.a(name, "203.0.113.9")], at=2, resolver=Host("10.0.0.53", 5300)) + \
        asked(20, name, [dns.a(name, "203.0.113.%d" % i) for i in range(1, 31)], at=3, compress=False) + \
        udp_exchange(Host("10.0.3.21", 40021), RESOLVER, dns.query(9, name), tc, 4)


def dns_answers_only():
    whole = dns_lookup() + dns_alias()
    return [p for p in whole if wire.strip_ethernet(p.data)[1][12:16] == wire.ip_bytes(RESOLVER.ip)]


def dns_lookalikes():
    names = ("notpool.example", "pool.example.org", "xpool.example", "pool-example.org", "example", "a.exact.example",
             "exact.example.net", "xmr.pool.example.evil.test")
    out = [p for i, n in enumerate(names) for p in asked(17, n, [dns.a(n, "192.0.2.%d" % (i + 1))], at=float(i))]
    odd = (b"xmr.pool", b"example")                             # a dot inside a label is no border
    out += asked(17, odd, [dns.a(odd, "192.0.2.99")], at=20.0)
    text = b"GET /xmr.pool.example HTTP/1.1\r\n\r\n"
    return out + [udp_datagram(Host("10.0.3.17", 40100), RESOLVER, text, out[-1].ts_ns + 10 ** 9),
                  udp_datagram(Host("10.0.3.17", 40101), Host("10.0.0.9", 514), b"<14>lookup of xmr.pool.example", out[-1].ts_ns + 2 * 10 ** 9)]


lookups("dns-lookup", "A host asks three times for two names of one pool; another for a name that is on no list.",
        "one finding of kind pool-lookup, stage lookup, severity 5.0, miner 10.0.3.17, count 3, newest name xmr-us1.pool.example.", dns_lookup)
lookups("dns-alias", "Questions for innocent names whose answers lead to listed ones by CNAME, by HTTPS and by DNAME.",
        "three findings of kind pool-lookup: 10.0.3.17 xmr.pool.example, 10.0.3.18 btc.market.example, 10.0.3.19 old.gone.example "
        "(severity 3.0, a dead pool); each names the question too.", dns_alias)
lookups("dns-denied", "Names without an address: NXDOMAIN, SERVFAIL, REFUSED, 0.0.0.0, ::, no answer; and one that has an address of another type only.",
        "seven findings of kind pool-lookup, 10.0.3.17 to .23; severity 3.0 but for .23, which got an address at last and has 5.0.", dns_denied)
lookups("dns-kinds", "One name of each kind of list entry.",
        "pool-lookup for 10.0.3.30 and .31 and .35 (5.0) and .32 (3.0, dead), web-mining for .33 (2.0), coin-node for .34 (1.0).", dns_kinds)
lookups("dns-carriage", "Over IPv6; in the mixed case of resolvers, with EDNS; on port 5300; thirty addresses without compression; an answer that was cut.",
        "five findings of kind pool-lookup, of 2001:db8:a::17 and 10.0.3.18 to .21.", dns_carriage)
lookups("dns-answers-only", "The captures dns-lookup and dns-alias, the resolver's packets only.",
        "three findings of kind pool-lookup, of 10.0.3.17 to .19; that of .17 counts four answers.", dns_answers_only, made="one direction")
lookups("dns-vxlan", "The capture dns-lookup in a traffic mirror session.", "as dns-lookup.", lambda: wire.wrap("vxlan", dns_lookup()), made="VXLAN")
lookups("trap-dns-lookalikes", "Names that resemble listed ones: other labels, more labels behind, a dot inside a label; text that is no DNS.",
        "nothing.", dns_lookalikes)

# ---------------------------------------------------------------- every other dialect, and all that carries one

goldens_dialects.add(GOLDENS, Golden)
goldens_dns.add(GOLDENS, Golden)
goldens_fleet.add(GOLDENS, Golden)
goldens_contact.add(GOLDENS, Golden)
goldens_allow.add(GOLDENS, Golden, asked)

# ---------------------------------------------------------------- traps

# Electrum's wallets are no miners, but they speak to a coin's nodes: that is a finding of its own kind.
for trap_name, (trap_what, trap_packets) in traps.TRAPS.items():
    of_node = trap_name.startswith("electrum")
    GOLDENS[("node-" if of_node else "trap-") + trap_name] = Golden(trap_what, "plain Ethernet", "a node of a coin." if of_node else "nothing.",
                                          lambda make=trap_packets: {"input.pcap": wire.pcap(make())})

GOLDENS.update(goldens_logs.LOGS)
