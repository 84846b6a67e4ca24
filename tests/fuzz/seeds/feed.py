#!/usr/bin/env python3
"""Writes tests/fuzz/corpus/fuzz_feed: lists as people and programs write them, texts at the limits, changes of an image."""
import pathlib

OUT = pathlib.Path(__file__).resolve().parents[1] / "corpus/fuzz_feed"
HEADER = b"name,match,kind,confidence,coins,sources,licences,note\n"
LONG = b".".join([b"a"] * 127)

TEXTS = {
    "csv": HEADER + b"pool.example,suffix,pool,86,BTC LTC,own,MIT,\nhash.example,exact,nicehash,100,,own,MIT,\"a \"\"b\"\"\"\n"
           b"seed.pool.example,suffix,node,90,BTC,own,MIT,port 8333\nold.example,,dead,,,,,\nweb.example,,webminer,,,,,\n",
    "plain": b"# comment\npool.example\n=only.example # exact\n\tEU.Pool.Example.\r\nxn--mnze-0ra.example\n",
    "guards": b"cdn.example\nwww.cdn.example\n=example.net\nseed.pool.example\n\xff" + b"name,kind\nwww.cdn.example,never\n"
              b"a.example.net,never\nexample.net,pool\nseed.pool.example,node\n",
    "duplicates": b"name,kind\npool.example,dead\nPOOL.example.,pool\n\xffpool.example\n=pool.example\n",
    "bom": b"\xef\xbb\xbfName,Kind\r\n\"Pool.Example\",POOL\r\n",
    "columns": b"note,coins,confidence,name,kind,kind\nx,XMR,7,a.b,node,pool\n,,,c.d\ny\n",
    "quotes": b"name,kind\n\"a.b,pool\n\"a.b\" x,pool\n\"a.b\"\"\",pool\n\"\",\n",
    "words": b"name,match,kind,confidence,coins\na.b,prefix\na.b,,pol\na.b,,,101\na.b,,,,\x01\na.b,,,18446744073709551616\n",
    "names": b"single\n.\n=\na..b\n*.a.b\n10.0.0.1\n0.0.0.0 a.b\nm\xc3\xbc.b\n||a.b^\na\\046b.c\n\\097.b\na.b,c\n",
    "nul": b"a.b\n\0\na\0.b\n=c.d\0",
    "empty": b"",
    "comments": b"#\n# x\n\r\n\n",
    "longest-name": LONG + b"\na." + LONG + b"\n" + b"a" * 63 + b".b\n" + b"a" * 64 + b".b\n",
    "long-line": b"a" * 4097 + b"\nname.b," + b"," * 4089 + b"\n",
    "many-refused": b"b\na.b\n" * 7 + b"\xffname,kind\na.b,never\n",
    "small-tables": b"".join(b"%c.%c.%c\n" % (x, y, z) for x in b"ab" for y in b"abc" for z in b"abcd"),
    "expiry": b"name,expires,line,match,kind\na.b,2000-02-29,7\na.b,2001-01-01,4294967295\na.b,,0,below,node\n*.a.b,1970-01-02\n"
              b"a.b,1970-01-01\na.b,2001-02-29\n",
    "allow": b"name,match,kind\na.b,,pool\nx.a.b,,allow\na.b,below,allow\na.b,,proxy\na.b,exact,malware\n",
    "endpoints": b"192.0.2.1:80\n[2001:db8::1]:443\n[::1.2.3.4]:1\n192.0.2.1:80 # again\n192.0.2.1\n1.2.3.4:0\n\xff"
                 b"name,kind,expires\n192.0.2.1:80,proxy,2001-01-01\n192.0.2.1:80,node\n192.0.2.1:81,nicehash,2001-01-01\n"
                 b"192.0.2.1:81,pool,\n",
    "notes": b"name,note\na.b,\"a \"\"b\"\" c\"\nb.b,\"\"\"\"\nc.b,\x1b\xff" + b"x" * 300 + b"\n",
    "change-slots": b"\0\x08\x01\0\x10\x02",
    "change-text": b"\0\x40\xff\x01\x90\x01\x01\x98\x80",
}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for name, text in TEXTS.items():
        (OUT / name).write_bytes(text)


main()
