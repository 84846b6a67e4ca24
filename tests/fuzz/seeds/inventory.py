#!/usr/bin/env python3
"""Writes tests/fuzz/corpus/fuzz_inventory: documents of every kind, faulty ones, and reloads; and fuzz_inventory_image: changes of an image."""
import json
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "inventory"))
import make  # noqa: E402
from committed import write  # noqa: E402


def dense(document):
    return json.dumps(document, separators=(",", ":")).encode()


def documents():
    kinds = {name: dense(function()) for name, function in make.DOCUMENTS.items()}
    all_of_them = b"\xff".join(kinds.values())
    tasks = make.tasks()
    later = {"tasks": [tasks["tasks"][1]]}
    return {
        **kinds, "metadata": dense(make.metadata()), "cli-1": dense(make.numbers(tasks)), "all": all_of_them,
        "reload": all_of_them + b"\xfe" + dense(later) + b"\xff" + kinds["mirror-sessions"], "same": kinds["tasks"] + b"\xfe" + kinds["tasks"],
        "gone": kinds["network-interfaces"] + b"\xfe" + b'{"NetworkInterfaces":[]}', "cut": kinds["instances"][:700],
        "in-a-row": kinds["tasks"] + b"\n" + kinds["pods"] + kinds["nodes"], "bom": b"\xef\xbb\xbf" + kinds["pods"],
        "unknown": b'{"Foo":[]}', "wrong-types": b'{"tasks":[7,{"taskArn":8},{"taskArn":"a","createdAt":[],"containers":7,"tags":{"a":1}}]}',
        "twice": b'{"NetworkInterfaces":[{"NetworkInterfaceId":"e","NetworkInterfaceId":"f"}]}',
        "prefixes": b'{"NetworkInterfaces":[{"NetworkInterfaceId":"e","Ipv4Prefixes":[{"Ipv4Prefix":"10.0.0.0/28"},{"Ipv4Prefix":"10.0.0.0/24"}],'
                    b'"Ipv6Prefixes":[{"Ipv6Prefix":"2001:db8::/80"}],"PrivateIpAddress":"10.0.0.1"}]}',
    }


def images():
    change = struct.Struct("=II").pack
    return {"none": b"", "magic": change(0, 1), "part": change(16, 0xffffffff) + change(24, 7), "text": change(600, 0xfffffffc),
            "row": b"".join(change(at, 3) for at in range(320, 1200, 52)), "raw": b"CMMinv1\n" + bytes(301)}


write("fuzz_inventory", documents())
write("fuzz_inventory_image", images())
