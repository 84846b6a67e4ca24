#!/usr/bin/env python3
"""Writes tests/fuzz/corpus/fuzz_allow: site lists, good ones and each with one kind of fault."""
import pathlib

OUT = pathlib.Path(__file__).resolve().parents[1] / "corpus/fuzz_allow"
ALL = b"name,client,destination,wallet,kind,reason,expires\n"

TEXTS = {
    "all": b"# ours\n" + ALL + b'pool.example,10.0.3.0/24,203.0.113.9:3333,48edf*,mining campaign,"a, ""b""",2026-12-31\n',
    "forms": ALL + b"=a.b,,,,,x,\n*.a.b,,,,,x,\n,10.0.0.1,,,,x,\n,2001:db8::/32,,,,x,\n,,[2001:db8::/48]:443,,,x,\n,,10.0.0.0/8,,,x,\n"
             b",,,0xABC,,x,\n,,,,pool-lookup,x,2026-12-31T18:00:00.5+01:00\n",
    "columns": b"\xef\xbb\xbfReason,NAME\r\nx,a.b\r\n\"x\",\"c.d\"\r\n",
    "covered": ALL + b"a.b,,,,,x,\nc.a.b,,,,,x,\na.b,,,,,y,2026-01-01\n,10.0.0.0/8,,,,x,\n,10.1.0.0/16,,,,x,\nexample,,,,,x,\n,10.0.0.1,,,campaign,x,\n",
    "faults": ALL + b"1.2.3.4,,,,,x,\n,10.0.0.1/8,,,,x,\n,,a.b,,,x,\n,,,*,,x,\n,,,,minin,x,\n,,,,,x,\na.b,,,,,,\na.b,,,,,x,soon\na.b,,,,,x,,,\n",
    "quotes": ALL + b'"a.b,,,,,x,\n"a.b" c,,,,,x,\n',
    "twice": b"name,reason,name\n",
    "unknown": b"nam,reason\n",
    "empty": b"",
    "nul": ALL + b"a.b\0,,,,,x,\n",
    "long": ALL + b".".join([b"a" * 63] * 3 + [b"b" * 61]) + b",,,,,x,\n*." + b".".join([b"a" * 63] * 3 + [b"b" * 60]) + b",,,,," + b"r" * 200 + b",\n",
    "utf-8": ALL + "a.b,,,,,Über uns\nc.d,,,,,x\u202e\n".encode(),
}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for name, text in TEXTS.items():
        (OUT / name).write_bytes(text)


main()
