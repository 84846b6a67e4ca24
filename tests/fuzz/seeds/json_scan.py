#!/usr/bin/env python3
"""Writes tests/fuzz/corpus/fuzz_json_scan: messages as miners and pools write them, and texts at the limits."""
import pathlib

OUT = pathlib.Path(__file__).resolve().parents[1] / "corpus/fuzz_json_scan"

TEXTS = {
    "login": r'{"id":1,"jsonrpc":"2.0","method":"login","params":{"login":"44Affq5kSiGBoZ4NMDwYtN18","pass":"x",'
             r'"agent":"XMRig/6.21.0 (Linux x86_64) libuv/1.44.2 gcc/11.2.1","algo":["rx/0","cn/r","cn/0"]}}' + "\n",
    "job": r'{"jsonrpc":"2.0","method":"job","params":{"blob":"1010e7f8","job_id":"4BiGm3/RgGQzgkTI","target":"b88d0600","height":3}}',
    "subscribe": r'{"id":1,"result":[[["mining.set_difficulty","b4b6693b"],["mining.notify","ae6812eb"]],"08000002",4],"error":null}',
    "notify": r'{"params": ["bf", "4d16b6f8", "01000000", "072f736c", [], "00000002", "1c2ac4af", "504e86b9", false], "id": null}',
    "numbers": "[0,-0,1.5,-1.5e+3,1E308,1e309,00,01,-,1.,123456789012345678901234567890]",
    "escapes": r'["\"\\\/\b\f\n\r\t","\u0041\u00e9\u20ac","\ud83d\ude00","\ud83d","\ude00x","\ud83d\u0041","\q","\u12"]',
    "escaped-key": r'{"\u006dethod":"\u006cogin","method":"job","a\u0000b":{}}',
    "literals": " [ true , false , null , {} , [] , \"\" ]\r\n",
    "cut-string": r'{"id":4,"method":"submit","params":{"nonce":"d0030040\\',
    "cut-word": '{"result":tr',
    "cut-escape": r'["abc\ud83d\u',
    "deep-32": "[" * 32 + "]" * 32,
    "deep-33": "[" * 33 + "]" * 33,
    "deep-objects": '{"a":' * 31 + "1" + "}" * 31,
    "brackets": '[{]}',
    "commas": '[1,,2,]',
    "members": '{"a" : 1 "b":2,"c"}',
    "long-string": '"' + "0123456789abcdef" * 20 + '\\"' + "x" * 40 + '"',
    "backslashes": '["' + "\\" * 99 + "a\\\\" * 40 + '"]',
}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for name, text in TEXTS.items():
        (OUT / name).write_bytes(text.encode())


main()
