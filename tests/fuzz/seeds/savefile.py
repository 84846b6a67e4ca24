#!/usr/bin/env python3
"""Writes tests/fuzz/corpus/fuzz_savefile: small capture files of each kind, whole and faulty."""
import pathlib
import struct

OUT = pathlib.Path(__file__).resolve().parents[1] / "corpus/fuzz_savefile"


def pcap(order="<", magic=0xa1b2c3d4, version=(2, 4), records=((1, 5, b"hello", 60), (2, 6, b"", 0), (3, 7, b"abc", 3)), extra=b""):
    data = struct.pack(order + "IHHIIII", magic, *version, 0, 0, 262144, 1)
    for sec, fraction, body, length in records:
        data += struct.pack(order + "IIII", sec, fraction, len(body), length) + extra + body
    return data


def block(kind, body, order="<"):
    body += bytes(-len(body) % 4)
    length = len(body) + 12
    return struct.pack(order + "II", kind, length) + body + struct.pack(order + "I", length)


def option(code, value, order="<"):
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def section(order="<"):
    return block(0x0a0d0d0a, struct.pack(order + "IHHq", 0x1a2b3c4d, 1, 0, -1), order)


def interface(order="<", snaplen=0, resolution=None, offset=None):
    body = struct.pack(order + "HHI", 1, 0, snaplen)
    if resolution is not None:
        body += option(9, bytes([resolution]), order)
    if offset is not None:
        body += option(14, struct.pack(order + "q", offset), order)
    return block(1, body + option(0, b"", order), order)


def packet(data, order="<", which=0, time=1000, length=None):
    return block(6, struct.pack(order + "IIIII", which, time >> 32, time & 0xffffffff, len(data), length or len(data)) + data, order)


def old_packet(data, order="<"):
    return block(2, struct.pack(order + "HHIIII", 0, 0, 0, 1, len(data), 60) + data, order)


def simple(data, order="<", length=None):
    return block(3, struct.pack(order + "I", length or len(data)) + data, order)


def statistics(dropped, order="<"):
    return block(5, struct.pack(order + "III", 0, 0, 0) + option(5, struct.pack(order + "Q", dropped), order) + option(0, b"", order), order)


def main():
    whole = section() + interface() + packet(b"hello") + packet(b"world!", length=60)
    long_section = bytearray(section("<"))
    long_section[4:8] = b"\0\0\x01\0"  # 65,536, or 256 in the other order
    files = {
        "pcap-us": pcap(),
        "pcap-ns": pcap(magic=0xa1b23c4d),
        "pcap-us-big": pcap(">"),
        "pcap-ns-big": pcap(">", 0xa1b23c4d),
        "pcap-old-version": pcap(version=(2, 2)),
        "pcap-modified": pcap(magic=0xa1b2cd34, extra=bytes(8)),
        "pcap-cut": pcap()[:-2],
        "pcap-caplen": pcap() + struct.pack("<IIII", 0, 0, 262145, 1) + b"x",
        "pcap-empty": pcap(records=()),
        "ng-plain": whole,
        "ng-sections": whole + section(">") + interface(">", resolution=9, offset=5) + packet(b"big", ">") + whole,
        "ng-simple": section() + interface(snaplen=4) + packet(b"a") + simple(b"abcd", length=60) + simple(b"ab"),
        "ng-old": section() + interface(resolution=0x8a, offset=-(2 ** 63)) + old_packet(b"old"),
        "ng-other": section() + block(10, b"secrets") + interface() + statistics(7) + packet(b"x") + block(0xbad, b"custom" * 9) + statistics(9),
        "ng-trailer": whole[:-4] + b"\1\0\0\0",
        "ng-interface": section() + packet(b"none described"),
        "ng-cut": (whole + block(0xbad, bytes(40)))[:-20],
        "ng-long-section": section(">") + interface(">") + packet(b"stays", ">") + bytes(long_section) + bytes(600),
        "script": b"#!/bin/sh\necho no capture\n",
        "gzip": b"\x1f\x8b\x08\0\0\0\0\0",
    }
    OUT.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (OUT / name).write_bytes(data)


main()
