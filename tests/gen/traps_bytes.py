"""Innocent binary traffic that resembles mining: proxies that carry TLS or SSH, and protocols whose lengths or first bytes are near
those of Stratum V2, p2pool and the protocols of nodes.
"""
import struct

import carriers
import demo
import nodes
from dialogue import Say
from miners import Chance
from traps import flow, trap


def ssh(seed):
    """Banners, key exchange of the usual size, then packets of random bytes."""
    c = Chance("ssh %s" % seed)
    script = [Say("c", b"SSH-2.0-OpenSSH_9.6\r\n"), Say("s", b"SSH-2.0-OpenSSH_9.2p1\r\n")]
    for sender in "cs":
        body = b"\x14" + c.raw(16) + b"".join(struct.pack(">I", len(n)) + n for n in (b"curve25519-sha256", b"ssh-ed25519", b"aes256-gcm@openssh.com"))
        script.append(Say(sender, struct.pack(">IB", len(body) + 5, 4) + body + bytes(4)))
    return script + [Say("cs"[i % 2], c.raw(36 + 16 * c.below(12)), 0.5) for i in range(12)]


@trap("socks5-tls", "HTTPS through SOCKS5 to a name that is no pool.")
def socks5_tls():
    return flow(1080, carriers.socks5(demo.client_hello("www.example.org", 7), "www.example.org", 443), client="10.0.5.61", server="10.0.7.61")


@trap("socks5-ssh", "SSH through SOCKS5 on port 3333.")
def socks5_ssh():
    return flow(3333, carriers.socks5(ssh(1), "host.example", 22, user="ana"), client="10.0.5.62", server="10.0.7.61")


@trap("socks4-ssh", "SSH through SOCKS4a.")
def socks4_ssh():
    return flow(1081, carriers.socks4(ssh(2), "host.example", 22, "ana", by_name=True), client="10.0.5.62", server="10.0.7.61")


@trap("connect-tls", "HTTPS through HTTP CONNECT; a name that is refused before.")
def connect_tls():
    script = carriers.connect([], "blocked.example", 443, "curl/8.5.0", granted=False) + \
        carriers.connect(demo.client_hello("www.example.org", 8), "www.example.org", 443, "curl/8.5.0")
    return flow(3128, script, client="10.0.5.63", server="10.0.7.63")


@trap("connect-ssh", "SSH through HTTP CONNECT to port 3333.")
def connect_ssh():
    return flow(8080, carriers.connect(ssh(3), "host.example", 3333, "proxytunnel/1.12"), client="10.0.5.64", server="10.0.7.63")


def exchanges(seed, sizes):
    """Random bytes of these lengths; positive: by the client."""
    c = Chance("bytes %s" % seed)
    return [Say("c" if n > 0 else "s", c.raw(abs(n)), 0.6 if i > 2 else 0.0) for i, n in enumerate(sizes)]


@trap("noise-233", "64 random bytes answered by 233, then messages of Stratum V2's lengths.")
def noise_233():
    return flow(34254, exchanges("233", [64, -233, 110, -44, 90, -87, -86] + [62, -58] * 8), client="10.0.5.65")


@trap("noise-234-other", "64 random bytes answered by 234, as Stratum V2's key exchange, then messages of other lengths.")
def noise_234():
    return flow(34254, exchanges("234", [64, -234, 31, -19, 300, -1200, -1400, 45, -700, 46, -512, 33, -80, 120, -64]), client="10.0.5.66")


@trap("noise-234-setup", "64 and 234 random bytes, a first message of Stratum V2's length and its answer of 44, and then a transfer of a file.")
def noise_setup():
    return flow(34254, exchanges("setup", [64, -234, 110, -44] + [-1400] * 12 + [20, 20, 20]), client="10.0.5.67")


@trap("noise-64-only", "A protocol whose requests have 64 bytes and whose answers have 234, each time.")
def noise_64():
    return flow(9735, exchanges("always", [64, -234] * 10), client="10.0.5.68")


@trap("bitcoin-v2-transport", "A Bitcoin node whose connection is encrypted: 64 random bytes each way, garbage, packets.")
def bitcoin_v2():
    return flow(8333, nodes.bitcoin_v2(), client="10.0.5.69")


@trap("zero-17", "A binary protocol whose requests have 17 bytes and begin with zero; the answers have 17 too, and begin with one.")
def zero_17():
    c = Chance("17")
    return flow(37889, [Say("c" if i % 2 == 0 else "s", bytes([i % 2]) + c.raw(16), 0.5) for i in range(16)], client="10.0.5.70")


@trap("zero-17-both", "Both sides open with 17 bytes of which the first is zero, as p2pool does; then records with a length in front.")
def zero_17_both():
    c = Chance("17 both")
    script = [Say(s, b"\0" + c.raw(16)) for s in "cs"]
    return flow(37890, script + [Say("cs"[i % 2], struct.pack(">H", 40 + 9 * i) + c.raw(40 + 9 * i), 0.5) for i in range(12)], client="10.0.5.71")


@trap("frames-zero", "A binary protocol whose frames begin as Stratum V2's in clear: two zeros, a type of zero, a length; no version in them.")
def frames_zero():
    c, script = Chance("frames"), []
    for i in range(10):
        body = c.raw(40 + i)
        script.append(Say("cs"[i % 2], struct.pack("<HB", 0, i % 3) + struct.pack("<I", len(body))[:3] + body, 0.5))
    return flow(34254, script, client="10.0.5.72")


@trap("modbus", "Modbus over TCP: small binary requests with many zeros.")
def modbus():
    script = []
    for i in range(10):
        script += [Say("c", struct.pack(">HHHBBHH", i, 0, 6, 1, 3, 100, 4), 1.0), Say("s", struct.pack(">HHHBBB", i, 0, 11, 1, 3, 8) + bytes(range(8)))]
    return flow(502, script, client="10.0.5.73", server="10.0.7.73")


@trap("magic-in-file", "A file transfer whose data hold the message starts of Bitcoin, Levin and RLPx's point at odd places.")
def magic_in_file():
    c = Chance("magic")
    parts = b"".join(c.raw(37 + i) + bytes.fromhex(m) for i, m in enumerate(list(nodes.MAGICS.values()) + ["0121010101010101", "04"]))
    return flow(9000, [Say("c", b"GET /dump.bin\r\n"), Say("s", b"DATA " + parts)], client="10.0.5.74")
