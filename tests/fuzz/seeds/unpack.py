#!/usr/bin/env python3
"""Writes tests/fuzz/corpus/fuzz_unpack: small gzip, zstd and xz data of each kind, whole and faulty. zstd is written by hand."""
import gzip
import lzma
import pathlib
import struct
import zlib

OUT = pathlib.Path(__file__).resolve().parents[1] / "corpus/fuzz_unpack"
TEXT = b"stratum+tcp " * 20 + bytes(range(200))


def deflate(data, level=6, strategy=zlib.Z_DEFAULT_STRATEGY, extra=b"", name=b""):
    c = zlib.compressobj(level, zlib.DEFLATED, -15, 8, strategy)
    head = b"\x1f\x8b\x08" + bytes([(4 if extra else 0) | (8 if name else 0)]) + bytes(6)
    if extra:
        head += struct.pack("<H", len(extra)) + extra
    if name:
        head += name + b"\0"
    return head + c.compress(data) + c.flush() + struct.pack("<II", zlib.crc32(data), len(data))


def zstd(*blocks, descriptor=0, window=b"\x00", size=b"", end=b""):
    """A frame of raw (bytes) and repeated (byte, count) blocks."""
    data = struct.pack("<IB", 0xfd2fb528, descriptor) + window + size
    for i, b in enumerate(blocks):
        last = i + 1 == len(blocks)
        kind, body, length = (0, b, len(b)) if isinstance(b, bytes) else (1, bytes([b[0]]), b[1])
        data += struct.pack("<I", length << 3 | kind << 1 | last)[:3] + body
    return data + end


# Thirty short lines, by zstd -19: a block with literals in Huffman code and sequences.
ZSTD_BLOCK = bytes.fromhex(
    "28b52ffd0468ed040042ca1913b0a7d80d0546950083cd576eda9964d5ed703c81b2e87666524244e313bba6394f6836ddfd"
    "ea2c0d755825a9996a4b8eee6aee0f7bf6b89f3a5ad922f4bc58beb49b7cb6cee7bd6634ad398d7cf56d630c4881308e41e2"
    "0020148c827114521c0984c08038043aa8118078ddfe1d80af36104ec4b80f59982f0a07452d5286b060446ec5c8a3920841"
    "63936346c3e400afb5e93991800d6415de05149e")


def main():
    whole = deflate(TEXT)
    x = lzma.compress(TEXT, preset=0)
    skip = struct.pack("<II", 0x184d2a53, 5) + b"index"
    files = {
        "gz-plain": whole,
        "gz-stored": deflate(TEXT, 0),
        "gz-fixed": deflate(b"abc" * 9, 9, zlib.Z_FIXED),
        "gz-header": deflate(TEXT, extra=b"BC\x02\0\x1b\0", name=b"a.pcap"),
        "gz-members": whole + deflate(b"") + whole,
        "gz-padded": whole + bytes(40),
        "gz-trailing": whole + b"garbage",
        "gz-cut": whole[:-11],
        "gz-crc": whole[:-6] + b"\xff" + whole[-5:],
        "gz-zeros": gzip.compress(bytes(300000), 9, mtime=0),
        "zst-raw": zstd(b"hello", b" world"),
        "zst-repeat": zstd((65, 100000), b"!", window=b"\x38"),
        "zst-size": zstd(b"hello", descriptor=0x20, window=b"", size=b"\x05"),
        "zst-sum": zstd(b"hello", descriptor=4, end=b"\xa3\x6d\x9f\x88"),
        "zst-frames": zstd(b"a") + skip + zstd(b"b"),
        "zst-skip-first": skip + zstd(b"a"),
        "zst-window": zstd(b"a", window=b"\x90"),
        "zst-dictionary": zstd(b"a", descriptor=1, size=b"\x4d"),
        "zst-compressed": ZSTD_BLOCK,
        "zst-cut": ZSTD_BLOCK[:-9],
        "xz-plain": x,
        "xz-filters": lzma.compress(TEXT, check=lzma.CHECK_SHA256, filters=[{"id": lzma.FILTER_DELTA, "dist": 4},
                                                                           {"id": lzma.FILTER_LZMA2, "preset": 0}]),
        "xz-x86": lzma.compress(TEXT, check=lzma.CHECK_CRC32, filters=[{"id": lzma.FILTER_X86},
                                                                      {"id": lzma.FILTER_LZMA2, "preset": 0}]),
        "xz-streams": x + lzma.compress(b"", preset=0) + bytes(8) + x,
        "xz-joined": x + x,
        "xz-cut": x[:-20],
        "xz-index": x[:-16] + b"\xff" + x[-15:],
        "none": b"neither",  # xz-fault-by-steps beside these was found by fuzzing
    }
    OUT.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (OUT / name).write_bytes(data)


main()
