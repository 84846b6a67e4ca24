#!/usr/bin/env python3
"""Writes the committed seeds of fuzz_http and fuzz_carrier: what carries messages, from tests/gen and by hand."""
import os
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "..", "..", "gen"))

import rows  # noqa: E402
from committed import write  # noqa: E402

ROWS = ("getwork", "gbt", "ethgw", "daemon", "chia", "web-fragments", "web-rpc", "nimiq-nano", "cn-socks4a", "cn-socks5-user",
        "cn-connect-user", "cn-socks5-connect", "cn-connect-ws")
RECORDS_MAX, BYTES_MAX = 14, 6000
FROM_POOL, LOSE = 1, 2


def record(flags, data):
    return struct.pack(">BH", flags, len(data)) + data


def conversations():
    out = {}
    for name in ROWS:
        script = rows.ROWS[name].parts()[0][2].script[:RECORDS_MAX]
        data = b"".join(record(FROM_POOL if s.sender == "s" else 0, s.data) for s in script)[:BYTES_MAX]
        out[name] = b"\x01" + data
        out[name + "-joined"] = b"\x00" + data[len(data) // 3:]
    page = b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n" + b"x" * 20
    out["lost-body"] = b"\x01" + record(FROM_POOL, page) + struct.pack(">BH", LOSE | FROM_POOL, 20) + record(FROM_POOL, page)
    out["batch"] = b"\x01" + record(0, b'POST / HTTP/1.1\r\nContent-Length: 49\r\n\r\n[{"method":"getwork","params":[]},{"method":"x"}]')
    out["tls"] = b"\x01" + record(0, b"CONNECT a.example:443 HTTP/1.1\r\n\r\n\x16\x03\x01\0\x05")
    return out


def texts():
    chunks = b"5\r\n{\"id\"\r\n00a;x=\"y\"\r\n:1,\"a\": 2}\r\n0\r\nTrailer: t\r\n\r\nNEXT"
    head = b"POST /?miner=30@0x9c99d212f7e5daa18ab50810e0fd255d1f04303b@rig HTTP/1.1\r\nHost: a.example:80\r\nAuthorization: Basic YTpi\r\n" \
           b"User-Agent: ethminer\r\nX-Mining-Hashrate: 7\r\nTransfer-Encoding: chunked\r\n\r\n"
    return {
        "request": b"\x07" + head + chunks, "chunks": b"\x01" + chunks, "connect": b"\x05CONNECT [::1]:33 HTTP/1.1\n\n",
        "reply": b"\x03HTTP/1.1 200 OK\r\nX-Stratum: stratum+tcp://a:1\r\nContent-Type: application/json\r\n\r\n{\"result\":null,\"id\":1}",
        "switch": b"\x09HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n\x81\x02{\"", "masked": b"\x01\x81\x85\x01\x02\x03\x04\x7a\x20jkl",
        "long-frame": b"\x01\x82\xff\0\0\0\0\0\x01\0\0\x01\x02\x03\x04", "socks4a": b"\x02\x04\x01\x0d\x05\0\0\0\x01\0a.example\0",
        "socks5": b"\x02\x05\x01\x00\x03\x09a.example\x0d\x05",
    }


def main():
    write("fuzz_http", texts())
    write("fuzz_carrier", conversations())


if __name__ == "__main__":
    main()
