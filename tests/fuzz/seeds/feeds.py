#!/usr/bin/env python3
"""Writes tests/fuzz/corpus/fuzz_feeds: lists with options, and pairs of lists."""
import pathlib

OUT = pathlib.Path(__file__).resolve().parents[1] / "corpus/fuzz_feeds"

SPECS = {
    "path": b"/etc/lists/own.csv",
    "all": b"hosts.txt.gz,type=hosts,kind=webminer,confidence=60,match=suffix",
    "comma": b"a,b,kind=dead",
    "twice": b"a,kind=pool,kind=node,match=below",
    "unknown": b"a,typ=hosts",
    "wrong": b"a,confidence=101",
    "none": b",type=rpz",
    "long": b"a" * 1023 + b",match=exact",
    "too-long": b"a" * 1024 + b",match=exact",
}
PAIRS = {
    "same": b"a.example\nb.example\n\xffb.example\na.example\n",
    "differ": b"a.example\n=b.example\n\xff*.a.example\nb.example\nc.example\n",
    "changed": b"name,kind,coins\na.b,pool,XMR\nc.d,node,\n\xffname,kind,coins\na.b,dead,XMR\nc.d,node,BTC\n",
    "guards": b"name,kind\na.b,never\na.b,node\nc.d,allow\n\xffname,kind\na.b,never\nc.d,pool\n",
    "endpoints": b"name,kind,expires\n192.0.2.1:3333,pool,2027-01-01\n\xffname,kind\n192.0.2.1:3333,proxy\n[2001:db8::1]:1,pool\n",
    "empty": b"\xff",
}

OUT.mkdir(parents=True, exist_ok=True)
for name, text in SPECS.items():
    (OUT / name).write_bytes(b"\0" + text)
for name, text in PAIRS.items():
    (OUT / ("pair-" + name)).write_bytes(b"\1" + text)
