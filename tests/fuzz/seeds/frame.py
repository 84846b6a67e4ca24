#!/usr/bin/env python3
"""Writes tests/fuzz/corpus/fuzz_frame: frames of small golden captures, and some built here.

The form of an input is described in fuzz_frame.c.
"""
import pathlib
import struct

TESTS = pathlib.Path(__file__).resolve().parents[2]
OUT = TESTS / "fuzz/corpus/fuzz_frame"
LINKTYPES = [1, 0, 12, 14, 101, 108, 113, 228, 229, 276, 105, 9, 50, 51, 127, 104, 107, 8, 192, 239, 240, 147]
SIZE_MAX = 1900
GOLDENS = [
    "cn-ipv6-frag", "cn-sll2", "cn-vlan", "cn-vxlan", "cn-vxlan-ipv6-outer", "cn-vxlan-snap200", "eqh-geneve-ip",
    "eqh-loop", "eqh-raw", "ethp-geneve-options", "ethp-ipv4-frag", "ethp-null", "ethp-sll", "sv1-ip-options", "sv1-qinq",
]


def entry(frame, flags=0):
    return struct.pack(">HB", len(frame), flags) + frame


def write(name, linktype, entries):
    data = bytes([LINKTYPES.index(linktype)])
    for e in entries:
        if len(data) + len(e) > SIZE_MAX:
            break
        data += e
    (OUT / name).write_bytes(data)


def golden(name):
    data = (TESTS / "golden" / name / "input.pcap").read_bytes()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    linktype = struct.unpack(order + "I", data[20:24])[0]
    at, entries = 24, []
    while at + 16 <= len(data):
        caplen, length = struct.unpack(order + "II", data[at + 8:at + 16])
        extra = min((length - caplen).bit_length(), 30)
        entries.append(entry(data[at + 16:at + 16 + caplen], extra))
        at += 16 + caplen
    # Bare acknowledgements teach nothing: the longest frames, in their order.
    longest = sorted(range(len(entries)), key=lambda i: -len(entries[i]))
    chosen, room = [], SIZE_MAX - 1
    for i in longest:
        if len(entries[i]) <= room:
            chosen.append(i)
            room -= len(entries[i])
    write(name, linktype, [entries[i] for i in sorted(chosen)])


def ip4(proto, payload, ident=1, flags=0, length=None):
    length = 20 + len(payload) if length is None else length
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, length, ident, flags, 64, proto, 0, b"\xc0\0\2\1", b"\xc6\x33\x64\2") + payload


def ip6(following, payload):
    return struct.pack(">IHBB", 6 << 28, len(payload), following, 64) + b"\x20\x01\x0d\xb8" + bytes(28) + payload


def udp(port, payload):
    return struct.pack(">HHHH", 40000, port, 8 + len(payload), 0) + payload


def tcp(payload):
    return struct.pack(">HHIIBBHHH", 50000, 3333, 1, 2, 0x50, 0x18, 64, 0, 0) + payload


def ethernet(payload, kind=0x0800):
    return b"\2\0\0\0\0\1\2\0\0\0\0\2" + struct.pack(">H", kind) + payload


def vxlan(frame, vni=1):
    return ethernet(ip4(17, udp(4789, struct.pack(">II", 8 << 24, vni << 8) + frame)))


def geneve(payload, kind=0x6558, words=1):
    return ethernet(ip4(17, udp(6081, struct.pack(">BBHI", words, 0, kind, 0x500) + bytes(4 * words) + payload)))


def labels(n):
    return b"".join(struct.pack(">I", (16 + i) << 12 | (i == n - 1) << 8 | 64) for i in range(n))


def pppoe(frame):
    return struct.pack(">BBHH", 0x11, 0, 7, len(frame)) + frame


def gre(flags, kind, payload):
    fields = sum(bool(flags & f) for f in (0x8000, 0x2000, 0x1000, 0x0080))
    return ethernet(ip4(47, struct.pack(">HH", flags, kind) + bytes(range(1, 1 + 4 * fields)) + payload))


def wlan(control0, control1, qos=0, pad=0):
    head = bytes([control0, control1]) + bytes(22) + (bytes(6) if control1 & 3 == 3 else b"")
    if control0 & 0x80:
        head += bytes([qos, 0]) + (bytes(4) if control1 & 0x80 else b"")
    return head + bytes(pad) + b"\xaa\xaa\3\0\0\0\x08\0" + ip4(6, tcp(b"air"))


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for name in GOLDENS:
        golden(name)
    frame = ethernet(ip4(6, tcp(b"hello")))
    nested = [frame]
    for i in range(5):
        nested.append(vxlan(nested[-1], i) if i % 2 else geneve(nested[-1]))
    write("nested-tunnels", 1, [entry(f) for f in nested])
    tags = [ethernet(b"\0\1\x81\0" * n + b"\0\1\x08\0" + ip4(6, tcp(b"x")), 0x8100) for n in (6, 7, 8)]
    write("many-tags", 1, [entry(f) for f in tags])
    datagram = udp(53, b"abcdefghijklmnopqrstuvwxyz012345")
    pieces = [datagram[at:at + 8] for at in range(0, 40, 8)]
    inner = [ethernet(ip4(17, p, 7, i | (0x2000 if i < 4 else 0))) for i, p in enumerate(pieces)]
    write("fragments-reversed", 1, [entry(f) for f in reversed(inner)])
    outer = []
    for ident, piece in enumerate(inner):
        whole = vxlan(piece)[34:]
        cut = len(whole) // 2 // 8 * 8
        outer.append(entry(ethernet(ip4(17, whole[:cut], ident, 0x2000))))
        outer.append(entry(ethernet(ip4(17, whole[cut:], ident, cut // 8))))
    write("fragments-in-vxlan-in-fragments", 1, outer)
    # A frame of 4 GiB on the wire, with an IP length of 0, as a last fragment.
    write("fragment-absurd-length", 1, [entry(ethernet(ip4(17, bytes(8), 1, 0x1fff, 0)), 31)])
    extensions = b"\x2b\0" + bytes(6) + b"\x3c\0" + bytes(6) + b"\x06\1" + bytes(14)
    write("ip6-extensions", 101, [entry(ip6(0, extensions + tcp(b"six")))])
    packet, packet6 = ip4(6, tcp(b"hello")), ip6(6, tcp(b"hello"))
    stacks = [ethernet(labels(n) + inner, 0x8847) for n in (1, 3, 9) for inner in (packet, packet6, bytes(4) + frame)]
    write("mpls", 1, [entry(f) for f in stacks])
    sessions = [pppoe(b"\0\x21" + packet), pppoe(b"\x57" + packet6), pppoe(b"\2\x81" + labels(1) + packet), pppoe(b"\xc0\x21\1\1")]
    write("pppoe", 1, [entry(ethernet(s, 0x8864)) for s in sessions])
    write("pppoe-link", 51, [entry(s) for s in sessions])
    write("ppp", 9, [entry(h + packet) for h in (b"\xff\3\0\x21", b"\xff\3\x21", b"\0\x21", b"\x21")])
    write("ppp-hdlc", 50, [entry(b"\xff\3\0\x57" + packet6), entry(b"\x0f\0\x08\0" + packet)])
    nested4, nested6 = [packet], [packet6]
    for _ in range(5):
        nested4.append(ip4(4 if nested4[-1][0] >> 4 == 4 else 41, nested4[-1]))
        nested6.append(ip6(4 if nested6[-1][0] >> 4 == 4 else 41, nested6[-1]))
    write("ip-in-ip", 101, [entry(f) for f in nested4 + [ip4(41, packet6), ip6(4, packet)] + nested6])
    write("gre", 1, [entry(gre(f, 0x0800, packet)) for f in (0, 0x8000, 0x2000, 0x1000, 0xb000, 0x4000, 2)])
    write("nvgre", 1, [entry(gre(0x2000, 0x6558, frame)), entry(gre(0, 0x8847, labels(2) + packet))])
    three = struct.pack(">HHIHH", 0x2001, 9, 1, 0, 0)
    write("erspan", 1, [entry(gre(0, 0x88be, frame)), entry(gre(0x1000, 0x88be, struct.pack(">HHI", 0x1001, 9, 0) + frame)),
                        entry(gre(0x1000, 0x22eb, three + frame)), entry(gre(0x1000, 0x22eb, three[:11] + b"\1" + bytes(8) + frame)),
                        entry(gre(0x1000, 0x22eb, three[:10] + b"\x08\0" + packet))])
    write("pptp", 1, [entry(gre(f, 0x880b, b"\xff\3\0\x21" + packet)) for f in (0x3001, 0x3081)] + [entry(gre(0x2081, 0x880b, b""))])
    signed = [tcp(b"signed")]
    for n in range(3):
        signed.append(struct.pack(">BBHII", 51 if n else 6, 4, 0, 1, n) + bytes(12) + signed[-1])
    write("ah", 101, [entry(ip(51, s)) for s in signed[1:] for ip in (ip4, ip6)])
    write("vxlan-8472", 1, [entry(ethernet(ip4(17, udp(8472, struct.pack(">II", 8 << 24, 256) + frame))))])
    air = [wlan(0x08, 1), wlan(0x08, 3), wlan(0x88, 2), wlan(0x88, 0x83), wlan(0x88, 1, 0x80), wlan(0x08, 0x41), wlan(0x48, 1)[:24]]
    write("wlan", 105, [entry(f) for f in air])
    write("radiotap", 127, [entry(h + wlan(0x88, 1, pad=p)) for h, p in (
        (b"\0\0\x08\0" + bytes(4), 0), (b"\0\0\x09\0\2\0\0\0\x20", 2), (b"\0\0\x11\0\3\0\0\0" + bytes(8) + b"\x20", 2),
        (b"\0\0\x19\0\3\0\0\x80" + bytes(16) + b"\0", 0))])
    write("cisco-hdlc", 104, [entry(h + p) for h, p in (
        (b"\x0f\0\x08\0", packet), (b"\x8f\0\x86\xdd", packet6), (b"\x0f\0\x88\x47", labels(2) + packet),
        (b"\x0f\0\x81\0\0\5\x08\0", packet), (b"\x8f\0\x80\x35", bytes(18)))])
    write("frame-relay", 107, [entry(b"\x18\x41" + h + p) for h, p in (
        (b"\3\xcc", packet), (b"\3\0\x8e", packet6), (b"\3\0\x80\0\0\0\x08\0", packet), (b"\3\x80\0\x80\xc2\0\7", frame),
        (b"\3\xcf\0\x21", packet), (b"\x08\0", packet), (b"\3\x09\0", b""))] +
        [entry(b"\x18\x40\2\3\3\xcc" + packet)])
    write("slip", 8, [entry(b"\0\x40" + bytes(14) + packet), entry(b"\1\x80" + bytes(14) + packet6)])
    write("netanalyzer", 240, [entry(b"\0\x44\x40\0" + frame + bytes(4))])
    write("ppi", 192, [entry(struct.pack("<BBHI", 0, 0, 8 + len(x), link) + x + p) for link, x, p in (
        (1, b"\x08\0\4\0\1\0\0\0", frame), (105, b"", wlan(0x88, 1)), (113, b"", bytes(14) + b"\x08\0" + packet),
        (192, b"", struct.pack("<BBHI", 0, 0, 8, 1) + frame))])
    logged = []
    for order in "<>":
        for p in (packet, packet6):
            logged.append(b"\2\0\0\x20" + struct.pack(order + "HH4sHH4sHH", 8, 1, b"\x08\0\3\0", 7, 10, b"hi\0\0", 4 + len(p), 9) + p)
    write("nflog", 239, [entry(f) for f in logged + [logged[0][:20]]])

    def over(port, inner):
        return entry(ethernet(ip4(17, udp(port, inner))))
    users = [b"\x30\xff" + struct.pack(">HI", len(r) + len(p), 7) + r + p for r, p in ((b"", packet), (b"", packet6))]
    users += [bytes([0x30 | flags, 255]) + struct.pack(">HI", len(r) + len(packet), 7) + r + packet for flags, r in (
        (2, b"\0\1\0\0"), (1, b"\0\0\1\0"), (4, b"\0\0\0\x85\1\x10\x09\0"), (7, b"\0\1\2\x85\1\x10\x09\x40\2\0\0\0\0\0\0\0"))]
    write("gtp-u", 1, [over(2152, u) for u in users + [b"\x32\1\0\4\0\0\0\0\0\1\0\0", b"\x30\xff\0\6\0\0\0\1" + frame[:6]]])
    dialled = b"\xff\3\0\x21" + packet
    write("l2tp", 1, [over(1701, m) for m in (
        b"\0\2\0\7\0\x08" + dialled, b"\x40\2" + struct.pack(">H", 8 + len(dialled)) + b"\0\7\0\x08" + dialled,
        b"\x0a\2\0\7\0\x08\0\1\0\2\0\3\0\0\0" + dialled, b"\0\2\0\7\0\x08\x57" + packet6, b"\0\2\0\7\0\x08\xc0\x21\1\1",
        b"\xc8\2\0\x0c\0\7\0\0\0\1\0\1", b"\0\3\0\0\0\0\0\1" + packet)] + [entry(ethernet(ip4(115, bytes(8) + frame)))])
    mine = packet6[:8] + b"\x20\1\0\0" + packet6[12:]
    origin, proof = b"\0\0\x12\x34\x3f\xff\xfd\xfe", b"\0\1\3\2idsau" + bytes(9)
    write("teredo", 1, [over(3544, m) for m in (mine, origin + mine, proof + mine, proof + origin + mine, packet6, proof[:12])])
    write("pseudowire-bare", 1, [entry(ethernet(labels(2) + bytes([b]) + f[1:], 0x8847)) for b in (0, 0x12, 0x40, 0x60) for f in (frame,)])
    write("gre-vlan", 1, [entry(gre(0, 0x8100, b"\0\5\x08\0" + packet)), entry(gre(0x2000, 0x88a8, b"\0\5\x81\0\0\6\x86\xdd" + packet6))])
    behind = struct.pack(">BBHII", 60, 4, 0, 1, 1) + bytes(12) + b"\6\0" + bytes(6) + tcp(b"signed")
    write("ah-extensions", 101, [entry(ip6(51, behind)), entry(ip4(51, behind))])
    # One frame through nearly all of them.
    deep = labels(1) + bytes(4) + gre(0x1000, 0x88be, struct.pack(">HHI", 0x1001, 9, 0) + frame)
    deep = ip4(47, gre(0x3001, 0x880b, b"\xff\3\2\x81" + deep)[34:])
    deep = ip6(51, struct.pack(">BBHII", 4, 4, 0, 1, 1) + bytes(12) + deep)
    write("all-in-one", 1, [entry(ethernet(pppoe(b"\0\x57" + deep), 0x8864))])


main()
