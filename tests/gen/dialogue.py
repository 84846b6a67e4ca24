"""Turns a script of who says what when into the captured packets of one TCP connection.

A script is a list of Say(sender, data, delay_s): sender "c" (client) or "s" (server); the delay counts from the item before.
Conversation holds the endpoints and how the bytes travel (segmentation, start, faults, fragments, wrapping); packets() gives
them as wire.Packet. All chance comes from random.Random(seed), all times from START: equal arguments give equal bytes.
"""
import calendar
import collections
import random
import struct

import wire

START_NS = calendar.timegm((2026, 3, 1, 12, 0, 0)) * 10 ** 9
MS = 10 ** 6

# clear: the data as they read without a mask or a coding, where that differs; for tests that ask what a capture holds.
Say = collections.namedtuple("Say", "sender data delay_s cut clear", defaults=(0.0, None, None))
Host = collections.namedtuple("Host", "ip port")

# One segment before encapsulation. item: index of the script item it belongs to (-1: handshake, len(script): end).
Segment = collections.namedtuple("Segment", "ts_ns sender seq ack flags payload item options", defaults=(b"",))


def mac_of(ip, router):
    """Hosts of 10/8 are on our wire and have their own MAC; everybody else is behind the router."""
    if ip.startswith("10."):
        return "02:00:" + ":".join("%02x" % b for b in wire.ip_bytes(ip))
    if ip.startswith("2001:db8:a:"):                     # our own IPv6 network
        return "02:00:0a:" + ":".join("%02x" % b for b in wire.ip_bytes(ip)[-3:])
    return router


class Conversation:
    """segmentation: "item" (each item its own segment, cut at the MSS), "merge" (neighbouring items of one sender, said without
    delay, share segments), an integer: pieces of n bytes, or a pair: so many bytes one by one and then pieces of n. One item's
    `cut` overrides the others. start: "handshake" or "midstream"
    (the first skip_items items and the handshake happened before the capture). only: "c" or "s": one direction was captured.
    loss, reorder, duplicate: chance of each per data segment. overlap: each segment repeats the last n bytes of the one before.
    keepalive_s: a 1-byte NUL probe at seq-1 by the client whenever nothing was said for that long. fragment: bytes of IP
    payload per fragment. extensions: IPv6 hop-by-hop, destination options and routing headers. ip_options: IPv4 options.
    link: "eth" or a name wire.wrap_frame knows."""

    def __init__(self, client, server, script, seed=1, start_s=0.0, rtt_ms=24, segmentation="item", mss=1460,
                 start="handshake", skip_items=0, end=True, only=None, loss=0.0, reorder=0.0, duplicate=0.0, overlap=0,
                 keepalive_s=0, fragment=0, extensions=False, ip_options=b"", timestamps=True, link="eth", snaplen=0):
        self.__dict__.update({k: v for k, v in locals().items() if k != "self"})
        self.rng = random.Random("dialogue %s" % seed)
        self.now_ns = START_NS + int(start_s * 1e9)
        self.first_ns = self.now_ns
        self.next_seq = {"c": self.rng.getrandbits(32), "s": self.rng.getrandbits(32)}
        self.isn = dict(self.next_seq)
        self.ident = {"c": self.rng.getrandbits(16), "s": self.rng.getrandbits(16)}
        self.segments = []

    # ---- the dialogue

    def options_of(self, sender, flags):
        """Options of a Linux stack. The time stamp clock is 1 kHz from an arbitrary start per side."""
        if not self.timestamps:
            return struct.pack(">BBHBBBB", 2, 4, self.mss, 1, 1, 4, 2) if flags & wire.SYN else b""
        tick = (self.now_ns - self.first_ns) // MS + 1
        mine, other = self.isn[sender] % 10 ** 6, self.isn[self.other(sender)] % 10 ** 6
        echo = 0 if flags == wire.SYN else other + tick
        stamp = struct.pack(">BBII", 8, 10, mine + tick, echo)
        if flags & wire.SYN:
            return struct.pack(">BBHBB", 2, 4, self.mss, 4, 2) + stamp + struct.pack(">BBBB", 1, 3, 3, 7)
        return b"\x01\x01" + stamp

    @staticmethod
    def other(sender):
        return "s" if sender == "c" else "c"

    def send(self, sender, flags, payload=b"", item=-1, seq=None):
        seq = self.next_seq[sender] if seq is None else seq
        ack = self.next_seq[self.other(sender)] if flags != wire.SYN else 0
        self.segments.append(Segment(self.now_ns, sender, seq, ack, flags, payload, item, self.options_of(sender, flags)))
        length = len(payload) + bool(flags & wire.SYN) + bool(flags & wire.FIN)
        end = (seq + length) & 0xFFFFFFFF
        if (end - self.next_seq[sender]) & 0xFFFFFFFF < 2 ** 31:
            self.next_seq[sender] = end

    def wait(self, ms):
        jitter = self.rng.randrange(0, 200)          # up to 0.2 ms, in steps of a microsecond
        self.now_ns += int(ms * MS) + jitter * 1000

    def handshake(self):
        self.send("c", wire.SYN)
        self.wait(self.rtt_ms)
        self.send("s", wire.SYN | wire.ACK)
        self.wait(0.1)
        self.send("c", wire.ACK)

    def pieces(self, say):
        if isinstance(self.segmentation, tuple):
            first, size = self.segmentation
            return [say.data[i:i + 1] for i in range(min(first, len(say.data)))] + \
                [say.data[i:i + size] for i in range(first, len(say.data), size)]
        size = say.cut or (self.segmentation if isinstance(self.segmentation, int) else self.mss)
        return [say.data[i:i + size] for i in range(0, len(say.data), size)]

    def say(self, number, say):
        tail = b""
        pieces = self.pieces(say)
        for i, piece in enumerate(pieces):
            self.wait(0.05)
            push = wire.PSH if i == len(pieces) - 1 or len(piece) < self.mss else 0
            seq = (self.next_seq[say.sender] - len(tail)) & 0xFFFFFFFF
            self.send(say.sender, wire.ACK | push, tail + piece, number, seq)
            tail = (tail + piece)[-self.overlap:] if self.overlap else b""
        if self.overlap and len(say.data) > self.overlap:       # and once the whole end of it again, as after a lost ACK
            end = say.data[-min(len(say.data), 300):]
            self.wait(210)
            self.send(say.sender, wire.ACK | wire.PSH, end, number, (self.next_seq[say.sender] - len(end)) & 0xFFFFFFFF)

    def probe(self, number):
        """RFC 9293 3.8.4 keep-alive with one garbage byte, as Windows sends it, and its answer."""
        self.send("c", wire.ACK, b"\0", number, (self.next_seq["c"] - 1) & 0xFFFFFFFF)
        self.wait(self.rtt_ms)
        self.send("s", wire.ACK, b"", number)

    def merged(self):
        out = []
        for s in self.script:
            if self.segmentation == "merge" and out and out[-1].sender == s.sender and not s.delay_s and s.cut is None:
                out[-1] = out[-1]._replace(data=out[-1].data + s.data)
            else:
                out.append(s)
        return out

    def play(self):
        script = self.merged()
        self.handshake()
        for number, s in enumerate(script):
            left_s = s.delay_s
            while self.keepalive_s and left_s > self.keepalive_s:
                left_s -= self.keepalive_s
                self.wait(self.keepalive_s * 1000)
                self.probe(number)
            self.wait(left_s * 1000 or self.rtt_ms / 2)
            self.say(number, s)
            following = script[number + 1] if number + 1 < len(script) else None
            if following is None or following.sender == s.sender or following.delay_s >= 0.04:
                self.wait(self.rtt_ms / 2)
                self.send(self.other(s.sender), wire.ACK, b"", number)
        if self.end:
            self.wait(self.rtt_ms)
            for sender in "cs":
                self.send(sender, wire.FIN | wire.ACK, b"", len(script))
                self.wait(self.rtt_ms / 2)
            self.send("c", wire.ACK, b"", len(script))

    # ---- what the tap makes of it

    def faults(self, segments):
        out = []
        for s in segments:
            if s.payload and self.rng.random() < self.loss:
                continue
            out.append(s)
            if s.payload and self.rng.random() < self.duplicate:
                out.append(s._replace(ts_ns=s.ts_ns + 300 * 1000))
        i = 0
        while i + 1 < len(out):
            a, b = out[i], out[i + 1]
            if a.payload and b.payload and self.rng.random() < self.reorder:
                out[i], out[i + 1] = b._replace(ts_ns=a.ts_ns), a._replace(ts_ns=b.ts_ns)
                i += 1
            i += 1
        return out

    def captured(self):
        self.play()
        out = [s for s in self.segments if s.item >= (self.skip_items if self.start == "midstream" else -1)]
        out = [s for s in out if self.only in (None, s.sender)]
        return self.faults(out)

    # ---- encapsulation

    def ip_packets(self, s):
        a, b = (self.client, self.server) if s.sender == "c" else (self.server, self.client)
        segment = wire.tcp(a.ip, b.ip, a.port, b.port, s.seq, s.ack, s.flags, s.payload, s.options)
        self.ident[s.sender] = (self.ident[s.sender] + 1) & 0xFFFF
        ident, ttl = self.ident[s.sender], 64 if s.sender == "c" else 52
        cut = self.fragment and len(segment) > self.fragment
        if not wire.is_ipv6(a.ip):
            if cut:
                return wire.ipv4_fragments(a.ip, b.ip, wire.PROTO_TCP, segment, self.fragment, ident, ttl=ttl, options=b"")
            return [wire.ipv4(a.ip, b.ip, wire.PROTO_TCP, segment, ident=ident, ttl=ttl, options=self.ip_options)]
        if cut:
            return wire.ipv6_fragments(a.ip, b.ip, wire.PROTO_TCP, segment, self.fragment, ident, hop_limit=ttl)
        if self.extensions:
            chain = wire.ipv6_options_header(43, bytes([5, 2, 0, 0])) + wire.ipv6_routing_header(60, [b.ip]) + \
                wire.ipv6_options_header(wire.PROTO_TCP, bytes([0x1E, 4]) + b"test")
            return [wire.ipv6(a.ip, b.ip, 0, chain + segment, hop_limit=ttl)]
        return [wire.ipv6(a.ip, b.ip, wire.PROTO_TCP, segment, hop_limit=ttl)]

    def frames(self, s):
        a, b = (self.client, self.server) if s.sender == "c" else (self.server, self.client)
        router = "02:00:00:00:00:01"
        for ip in self.ip_packets(s):
            yield wire.ethernet(mac_of(b.ip, router), mac_of(a.ip, router), wire.ethertype_of(ip), ip)

    def packets(self):
        out = [wire.packet(s.ts_ns + i * 1000, frame) for s in self.captured() for i, frame in enumerate(self.frames(s))]
        if self.link != "eth":
            out = wire.wrap(self.link, out)
        return wire.snap(out, self.snaplen) if self.snaplen else out


def lines(sender, *texts, delay_s=0.0):
    """The texts as LF-terminated items of one sender; the delay is before the first."""
    return [Say(sender, t.encode() + b"\n", delay_s if i == 0 else 0.0) for i, t in enumerate(texts)]


def merge(*packet_lists):
    """Several captures in one, by time; equal times keep the order of the arguments."""
    return sorted((p for ps in packet_lists for p in ps), key=lambda p: p.ts_ns)


def udp_datagram(source, target, data, ts_ns, router="02:00:00:00:00:01"):
    """One UDP datagram from Host to Host, over IPv4 or IPv6."""
    inside = wire.udp(source.ip, target.ip, source.port, target.port, data)
    if wire.is_ipv6(source.ip):
        ip = wire.ipv6(source.ip, target.ip, wire.PROTO_UDP, inside)
    else:
        ip = wire.ipv4(source.ip, target.ip, wire.PROTO_UDP, inside, ident=ts_ns // MS)
    macs = mac_of(target.ip, router), mac_of(source.ip, router)
    return wire.packet(ts_ns, wire.ethernet(*macs, wire.ethertype_of(ip), ip))


def udp_exchange(client, server, question, answer, start_s, rtt_ms=8):
    """A question and its answer over UDP; answer None: nobody answers."""
    at = START_NS + int(start_s * 1e9)
    packets = [udp_datagram(client, server, question, at)]
    if answer is not None:
        packets.append(udp_datagram(server, client, answer, at + rtt_ms * MS))
    return packets


def dns_exchange(client_ip, resolver_ip, name, address, start_s, ident, sport):
    """An A lookup of `name`; address None answers NXDOMAIN."""
    labels = b"".join(bytes([len(x)]) + x.encode() for x in name.split(".")) + b"\0"
    question = labels + struct.pack(">HH", 1, 1)
    ask = struct.pack(">HHHHHH", ident, 0x0100, 1, 0, 0, 0) + question
    record = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 300, 4) + wire.ip_bytes(address) if address else b""
    reply = struct.pack(">HHHHHH", ident, 0x8180 if address else 0x8183, 1, bool(address), 0, 0) + question + record
    return udp_exchange(Host(client_ip, sport), Host(resolver_ip, 53), ask, reply, start_s)
