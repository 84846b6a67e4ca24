#!/usr/bin/env python3
"""Writes tests/fuzz/corpus/fuzz_list: the samples of tests/lists, as their types and as what they look like, and lists that are to be refused."""
import pathlib

import committed

LISTS = pathlib.Path(__file__).resolve().parents[2] / "lists"
TYPES = ("auto feed plain hosts adblock dnsmasq unbound rpz csv zeek dataset iprep rules misp warninglist stix maltrail netset "
         "urls miner").split()
SAMPLES = {
    "plain.txt": "plain", "idn.txt": "plain", "feed.csv": "feed", "hosts": "hosts", "adblock.txt": "adblock", "dnsmasq.conf": "dnsmasq",
    "unbound.conf": "unbound", "rpz.zone": "rpz", "table.csv": "csv", "zeek.intel": "zeek", "dataset.lst": "dataset",
    "dataset.json": "dataset", "dataset.ndjson": "dataset", "iprep.list": "iprep", "miners.rules": "rules", "misp.json": "misp",
    "warninglist.json": "warninglist", "bundle.stix.json": "stix", "trails.txt": "maltrail", "set.ipset": "netset",
    "level.netset": "netset", "urls.txt": "urls", "hiveos.json": "miner", "xmrig.json": "miner",
}
REFUSED = {
    "com": ("plain", b"pool.example\ncom\n"),
    "co-uk": ("plain", b"pool.example\n*.co.uk\n"),
    "root": ("unbound", b"local-zone: . refuse\n"),
    "any": ("dnsmasq", b"address=/#/\n"),
    "never": ("hosts", b"0.0.0.0 www.example.com\n0.0.0.0 pool.example\n"),
    "all-addresses": ("rpz", b"0.0.0.0.0.rpz-ip CNAME .\n"),
    "utf-16": ("auto", "pool.example\n".encode("utf-16")),
    "nul": ("auto", b"a.example\0\n\0\nb.example\n"),
    "html": ("auto", b"\n<!DOCTYPE html>\n<p>pool.example</p>\n"),
    "zip": ("auto", b"PK\x03\x04\x14\0pool.example\n"),
    "site-list": ("auto", b"# allowed\nname,client,reason\npool.example,10.0.3.17,a test\n"),
    "comments": ("auto", b"# pool.example\n\n; pool.example\n"),
    "long": ("plain", b"a" * 300 + b".example\n" + b"a." * 130 + b"example\nx.example\n"),
    "cut-json": ("auto", b'{"Event":{"Attribute":[{"type":"domain","value":"a.b'),
    "deep-json": ("stix", b"[" * 100 + b"]" * 100),
    "idn": ("plain", "\u9271\u5c71\u3002example\n\u202e.example\nxn--a.example\n".encode()),
    "brackets": ("rpz", b"@ SOA a. b. ( 1 2\n 3 4 5 )\n\tNS c.\n*.x (\n CNAME ) .\n"),
}


def main():
    seeds = {}
    for i, (name, kind) in enumerate(SAMPLES.items()):
        text = (LISTS / name).read_bytes()
        seeds[name] = bytes([TYPES.index(kind) | i % 8 << 5]) + text
        seeds[name + "-auto"] = bytes([(i + 3) % 8 << 5]) + text
    for name, (kind, text) in REFUSED.items():
        seeds[name] = bytes([TYPES.index(kind)]) + text
    committed.write("fuzz_list", seeds)


main()
