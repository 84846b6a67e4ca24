#!/usr/bin/env python3
"""Writes tests/fuzz/corpus/fuzz_dnslog: logs in every form they come in, and faulty ones; and fuzz_dns_event: events as a worker sends them."""
import json
import pathlib
import struct

CORPUS = pathlib.Path(__file__).resolve().parents[1] / "corpus"
NAMES = ["eu.pool.example.", "www.example.", "x.gone.example.", "a\\052.webminer.example."]


def entry(i=0, **more):
    e = {"version": "1.100000", "account_id": "111122223333", "region": "eu-west-1", "vpc_id": "vpc-%d" % (i % 2),
         "query_timestamp": "2026-11-23T10:00:%02dZ" % i, "query_name": NAMES[i % 4], "query_type": "A", "query_class": "IN", "rcode": "NOERROR",
         "answers": [{"Rdata": "xmr.pool.example.", "Type": "CNAME", "Class": "IN"}, {"Rdata": "203.0.113.9", "Type": "A", "Class": "IN"}],
         "srcaddr": "10.0.3.%d" % i, "srcport": "4000", "transport": "UDP", "srcids": {"instance": "i-0d15"}}
    e.update(more)
    return e


def logs():
    lines = [json.dumps(entry(i)) for i in range(4)]
    wrapped = [json.dumps({"message": line, "timestamp": 1}) for line in lines]
    events = {"messageType": "DATA_MESSAGE", "logEvents": [{"id": "1", "message": line} for line in lines], "owner": "1"}
    return {
        "lines": "\n".join(lines), "array": "[" + ",".join(lines) + "]", "pretty": json.dumps([entry(1), entry(2)], indent=1),
        "joined": "".join(lines), "wrapped": "\r\n".join(wrapped), "object": json.dumps({"message": entry(3)}),
        "events": json.dumps(events) + json.dumps(events), "cli": json.dumps({"events": [{"message": lines[0]}], "searchedLogStreams": [{}]}, indent=4),
        "export": "".join("2026-11-23T10:00:01.000Z vpc-1_i-2 %s\n" % line for line in lines), "bom": "\ufeff" + lines[0],
        "block": json.dumps(entry(0, firewall_rule_action="BLOCK", rcode="NXDOMAIN", answers=[])),
        "odd": json.dumps(entry(1, srcport=4000, query_timestamp="2017-03-16T19:20:177Z", srcids=[{"instance": "i-1"}], rcode=3, query_type="TYPE65")),
        "ms": json.dumps(entry(1, query_timestamp=1795428001250, answers=[{"rdata": "10 5 3333 eu.pool.example.", "type": "SRV"}])),
        "v6": json.dumps(entry(1, srcaddr="2001:db8::1", answers=[{"Rdata": "2001:db8::9", "Type": "AAAA"}, {"Rdata": "x" * 1300, "Type": "TXT"}])),
        "control": json.dumps({"messageType": "CONTROL_MESSAGE", "logEvents": [{"message": "CWL CONTROL MESSAGE: Checking"}]}),
        "cut": "\n".join([lines[0], lines[1][:200], lines[2]]), "cut-list": json.dumps(events)[:900] + "\n" + lines[0], "cut-end": lines[0][:-3],
        "junk": "{}\nhello\n[1,2]\n" + lines[0] + "\n{\"a\" 1}\n" + lines[1], "deep": "{\"a\":" + "[" * 40 + "]" * 40 + "}\n" + lines[0],
        "escapes": '{"\\u0071uery_name":"\\u0065u.pool.example","srcaddr":"10.0.0.\\u0031","query_timestamp":"1"}',
    }


def name(text):
    wire = b"".join(bytes([len(label)]) + label.encode() for label in text.split("."))
    return bytes([len(wire)]) + wire


def answer(kind, data, owner="", flags=2, rtype=1, port=0):
    return struct.pack(">BBHHIH", flags | bool(owner), kind, rtype, 1, 300, port) + (name(owner) if owner else b"") + data


def event(answers, flags=0x19, proto=0, n_answers=None, owner=b""):
    data = name("eu.pool.example") + (bytes([len(owner)]) + owner if owner else b"") + b"".join(answers)
    v4 = bytes(10) + b"\xff\xff" + bytes([10, 0, 3, 17])
    head = struct.pack("<qQ16sH16sH16s", 1764000000 * 10 ** 9, 7, v4, 4000, v4, 53, v4)
    head += bytes(-len(head) % 4) + struct.pack("<II8HB7x", 0, 77, 4711, 0, 1, 1, flags, len(answers) if n_answers is None else n_answers,
                                                len(answers), len(data), proto)
    return head + data


def events():
    v4 = bytes(10) + b"\xff\xff" + bytes([203, 0, 113, 9])
    return {
        "query": event([], 8), "answer": event([answer(2, name("b.example"), "a.example", rtype=5), answer(1, v4, "b.example")]),
        "log": event([answer(3, struct.pack(">H", 5) + b"\x1b[2J\xff", flags=4, rtype=16)], 0x50, 2), "srv": event([answer(2, name("b.example"), rtype=33, port=3333)]),
        "owner": event([answer(1, v4)], 0xd1, 2, owner=b"4711 us-east-1 vpc-1 -"),
        "many": event([answer(1, v4)] * 32, 0x3f, 1, 200), "bad-name": event([answer(2, b"\x05\x09abcd")]), "bad-kind": event([answer(9, b"")]),
        "long": event([answer(3, struct.pack(">H", 257) + b"x" * 257)]), "wallet": event([answer(3, struct.pack(">H", 34) + b"1BoatSLRHtKNngkdXEeobR76b53LETtpyT")]),
    }


def main():
    for target, files in (("fuzz_dnslog", {k: v.encode() for k, v in logs().items()}), ("fuzz_dns_event", events())):
        (CORPUS / target).mkdir(parents=True, exist_ok=True)
        for file, data in files.items():
            (CORPUS / target / file).write_bytes(data)


main()
