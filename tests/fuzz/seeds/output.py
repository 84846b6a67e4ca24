#!/usr/bin/env python3
"""Writes tests/fuzz/corpus/fuzz_output: targets, good and wrong, each with a detail of an event behind it."""
import pathlib

OUT = pathlib.Path(__file__).resolve().parents[1] / "corpus/fuzz_output"

TARGETS = {
    "default": "/dev/log", "journal": "/run/systemd/journal/dev-log", "path": "./log", "long": "/" + "x" * 107, "longest": "/" + "x" * 106,
    "udp4": "udp:127.0.0.1:514", "udp6": "udp:[2001:db8::1]:65535", "no-port": "udp:127.0.0.1", "port0": "udp:127.0.0.1:0",
    "name": "udp:loghost:514", "bare6": "udp:2001:db8::1:514", "open": "udp:[::1:514", "empty": "", "udp": "udp:", "tcp": "tcp:127.0.0.1:514",
    "digits": "udp:" + "1" * 80 + ":514", "mapped": "udp:[::ffff:127.0.0.1]:514",
}
DETAILS = [b"3 % of packets were lost", bytes(range(1, 240)), b"\xff" * 240, b'"\\' * 120, "\u202e\u2028é".encode() * 30, b""]

OUT.mkdir(parents=True, exist_ok=True)
for i, (name, target) in enumerate(sorted(TARGETS.items())):
    (OUT / name).write_bytes(bytes([(i * 37 | 1) & 255]) + target.encode() + b"\0" + DETAILS[i % len(DETAILS)])
(OUT / "host-with-brace").write_bytes(b"\x03udp:..78A9:;<=>?@AB>DEFGHIJghijklmnopqrstuvwxyz{|}~")
(OUT / "host-like-json").write_bytes(b" {\"event\":" + b"1" * 40 + b"\xff\0detail")
(OUT / "file").write_bytes(b"\0findings.json\0" + DETAILS[0])
