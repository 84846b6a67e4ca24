#!/usr/bin/env python3
"""Writes tests/fuzz/corpus/fuzz_addr: addresses and endpoints, good and wrong."""
import pathlib

OUT = pathlib.Path(__file__).resolve().parents[1] / "corpus/fuzz_addr"

TEXTS = {
    "v4": "192.0.2.1", "v6": "2001:db8::1", "v6-long": "2001:0db8:0000:0000:0000:0000:0000:0001", "mapped": "::ffff:192.0.2.1",
    "v4-port": "127.0.0.1:4789", "v6-port": "[::1]:4789", "mapped-port": "[::ffff:192.0.2.1]:65535", "any": "[::]:1",
    "no-port": "127.0.0.1:", "port-zero": "127.0.0.1:0", "port-high": "127.0.0.1:65536", "zone": "[fe80::1%lo]:1",
    "brackets": "[[::1]]:1", "open": "[::1:1", "v4-in-brackets": "[127.0.0.1]:1", "octal": "0127.0.0.1", "short": "127.1",
    "net": "192.0.2.0/24", "net6": "2001:db8::/32", "net-all": "::/0", "net-mapped": "::ffff:10.0.0.0/104",
    "net-odd": "172.16.0.0/12", "net-bits": "10.0.0.1/8", "net-long": "10.0.0.0/33", "net-under": "::ffff:0.0.0.0/95", "net-link": "fe80::/10",
    "name": "localhost:4789", "nul": "127.0.0.1\0:1", "longest": "0000:0000:0000:0000:0000:ffff:255.255.255.255",
}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for name, text in TEXTS.items():
        (OUT / name).write_bytes(text.encode())


if __name__ == "__main__":
    main()
