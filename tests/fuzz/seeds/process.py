#!/usr/bin/env python3
"""Writes tests/fuzz/corpus/fuzz_process: files of /proc as Linux writes them, and command lines with secrets."""
from committed import write

ID = "0123456789abcdef" * 4
POD = "8d1c0f24-9a51-4c0c-8d3c-2f9f8f2f7b11"
SOCKET = "   1: %s:C000 %s:0D05 01 00000000:00000000 02:000001A4 00000000  1000        0 98765 2 0000000000000000 20 4 30 10 -1"

write("fuzz_process", {name: text.encode() for name, text in {
    "tcp": SOCKET % ("1103000A", "097100CB"),
    "tcp6": SOCKET % ("B80D0120000000000000000001000000", "B80D0120000000000000000002000000"),
    "tcp-mapped": SOCKET % ("0000000000000000FFFF00001103000A", "0000000000000000FFFF0000097100CB"),
    "link": "socket:[98765]",
    "stat": "4242 (a) S 1 (b) R 17 4242 4200 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 123456 1 2",
    "status": "Name:\tx\nState:\tS (sleeping)\nUid:\t0\t1000\t0\t0\n",
    "docker": "12:pids:/docker/%s\n0::/system.slice/docker-%s.scope\n" % (ID, ID),
    "fargate": "0::/ecs/%s/%s-2495160603\n" % (ID[:32], ID[:32]),
    "kubelet": "0::/kubepods.slice/kubepods-burstable-pod%s.slice/cri-containerd-%s.scope\n" % (POD.replace("-", "_"), ID),
    "lxc": "0::/lxc.payload.web/machine-web.scope/systemd-nspawn@web.service\n",
    "xmrig": "xmrig\0-o\0stratum+tcp://w:p@pool.example:3333\0-u\0wallet.rig:pw\0-ps3cret\0--http-access-token=t\0",
    "shell": "sh\0-c\0PASS='two words' x --pass \"a\\\"b\" -p c & curl -H 'Authorization: Bearer t' http://u:p@203.0.113.1/?token=t&x=1#y\0",
    "json": "x\0{\"user\":\"u\",\"pass\" : \"a\\\"b\",\"api-key\":1}\0",
}.items()})
