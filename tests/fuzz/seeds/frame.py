#!/usr/bin/env python3
"""Writes tests/fuzz/corpus/fuzz_frame: frames of small golden captures, and some built here.

The form of an input is described in fuzz_frame.c.
"""
import pathlib
import struct

TESTS = pathlib.Path(__file__).resolve().parents[2]
OUT = TESTS / "fuzz/corpus/fuzz_frame"
LINKTYPES = [1, 0, 12, 14, 101, 108, 113, 228, 229, 276, 105]
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


main()
