#!/usr/bin/env python3
"""Writes tests/fuzz/corpus/fuzz_conf: configurations, good and wrong, each behind its byte of the number of settings."""
import pathlib

OUT = pathlib.Path(__file__).resolve().parents[1] / "corpus/fuzz_conf"

ALL = """# every key
[sensor]
name = "Tokyo, mirror 2" ; where it is
site_key = "a \\" b \\\\ c"
[tunnels]
vxlan_ports = 4789 8472 65535
geneve_ports = 6081 # assigned
[dns]
enabled = no
[feeds]
builtin = yes
files = /etc/a.txt "/etc/b c.txt"
[dpi]
enabled = off
[captures]
max_unpacked_bytes = 1500K
max_ratio = 100
[output]
redact = true
update_interval = 90m
[limits]
max_flows = 64
max_dialogues = 1
max_windows = 2
max_fragments = 8
max_dpi_flows = 3
max_findings = 4
"""

TEXTS = {
    "all": ALL,
    "empty": "",
    "crlf": ALL.replace("\n", "\r\n"),
    "bom": "\ufeff" + ALL,
    "no-newline": ALL.rstrip("\n"),
    "duplicate": "[dns]\nenabled=no\n[dns]\nenabled=no\n",
    "no-section": "max_flows=64\nfoo=1\n",
    "unknown": "[limit]\nmax_flows=64\n[limits]\nmax_flow=64\nredact=yes\nqqqqqqqqqq=1\n[elsewhere]\n",
    "range": "[limits]\nmax_flows=63\nmax_findings=18446744073709551617\n[output]\nupdate_interval=366d\n[captures]\nmax_unpacked_bytes="
             "18446744073709551615T\nmax_ratio=1e3\n",
    "quotes": "[sensor]\nname=\"a\nsite_key=\"a\"b\n[feeds]\nfiles=\"\" \"\\x\" a\"b\n",
    "lists": "[tunnels]\nvxlan_ports=1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\ngeneve_ports=1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n",
    "empty-lists": "[tunnels]\nvxlan_ports=\ngeneve_ports=# none\n[feeds]\nfiles=\n",
    "brackets": "[limits\n]\n[]\n[ limits ] # c\n[limits] x\n=1\nx\n=\n",
    "both-ports": "[tunnels]\nvxlan_ports=6081\n",
    "controls": "[sensor]\nname=\x1b[31m\nsite_key=\u202e\n[\x01]\n\x7f=1\n",
    "long": "[sensor]\nname=" + "x" * 255 + "\nsite_key=" + "y" * 256 + "\n[feeds]\nfiles=" + "z" * 1023 + " " + "z" * 1024 + "\n",
}
RAW = {
    "nul": b"[dns]\nenabled=no\n\0\n",
    "utf16": "[dns]\n".encode("utf-16"),
    "bytes": b"[sensor]\nname=\xff\xc0\x80\n\xed\xa0\x80=1\n",
}
SETTINGS = {
    "set": "limits.max_flows=64\nsensor.name=\"a b\"\noutput.redact=yes\n",
    "set-wrong": "limits.max_flows=63\nlimit.max_flows=64\nmax_flows=64\n",
    "set-empty": "\n=\n.=\n",
    "set-over": "tunnels.vxlan_ports=6081\ntunnels.geneve_ports=6081\nfeeds.files=a \"b\n" + ALL,
}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for name, text in TEXTS.items():
        (OUT / name).write_bytes(b"\0" + text.encode())
    for name, raw in RAW.items():
        (OUT / name).write_bytes(b"\0" + raw)
    for name, text in SETTINGS.items():
        (OUT / name).write_bytes(b"\3" + text.encode())


main()
