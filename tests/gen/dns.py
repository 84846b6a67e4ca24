"""Builds DNS messages. dialogue.py puts them into UDP packets, or into TCP conversations.

RFC 1035 (messages, compression), RFC 2782 (SRV), RFC 3596 (AAAA), RFC 6672 (DNAME), RFC 6891 (EDNS), RFC 9460 (SVCB, HTTPS). A name is text
with dots, or a tuple of labels as bytes where a label has odd ones. A record is made by a(), aaaa(), cname(), dname(),
svcb(), https() or record(). Nothing here is by chance: equal arguments give equal bytes.

    ask = query(7, "eu.pool.example")
    reply = answer(7, "eu.pool.example", [cname("eu.pool.example", "host.example"), a("host.example", "198.51.100.7")])
    packets = dialogue.udp_exchange(Host("10.0.3.17", 40001), Host("10.0.0.53", 53), ask, reply, start_s=1.5)
"""
import collections
import struct

import wire

A, NS, CNAME, SOA, PTR, MX, TXT, AAAA, SRV, DNAME, OPT, SVCB, HTTPS, ANY = 1, 2, 5, 6, 12, 15, 16, 28, 33, 39, 41, 64, 65, 255
IN, CH = 1, 3
NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED = range(6)
QR, AA, TC, RD, RA, AD, CD = 0x8000, 0x0400, 0x0200, 0x0100, 0x0080, 0x0020, 0x0010

# data: bytes, or a list of bytes and Name: a name in the data is compressed if it is marked so.
Record = collections.namedtuple("Record", "owner type data ttl klass", defaults=(300, 1))
Name = collections.namedtuple("Name", "name compress")


def labels(name):
    """The labels of a name as a tuple of bytes; the root is "." or "" or ()."""
    if isinstance(name, tuple):
        return name
    return tuple(part.encode() for part in name.rstrip(".").split(".")) if name.rstrip(".") else ()


# ---------------------------------------------------------------- records

def record(owner, kind, data, ttl=300, klass=1):
    return Record(owner, kind, data, ttl, klass)


def a(owner, address, ttl=300):
    return Record(owner, A, wire.ip_bytes(address), ttl)


def aaaa(owner, address, ttl=300):
    return Record(owner, AAAA, wire.ip_bytes(address), ttl)


def cname(owner, target, ttl=300):
    return Record(owner, CNAME, [Name(target, True)], ttl)


def dname(owner, target, ttl=300):
    return Record(owner, DNAME, [Name(target, False)], ttl)


def ptr(owner, target, ttl=300):
    return Record(owner, PTR, [Name(target, True)], ttl)


def mx(owner, preference, target, ttl=300):
    return Record(owner, MX, [struct.pack(">H", preference), Name(target, True)], ttl)


def srv(owner, priority, weight, port, target, ttl=300):
    return Record(owner, SRV, [struct.pack(">HHH", priority, weight, port), Name(target, False)], ttl)


def svcb(owner, priority, target, parameters=(), ttl=300, kind=SVCB):
    """parameters: pairs of key and value bytes, in the order of their keys; 1 = alpn, 3 = port, 4 and 6 = address hints."""
    tail = b"".join(struct.pack(">HH", key, len(value)) + value for key, value in parameters)
    return Record(owner, kind, [struct.pack(">H", priority), Name(target, False), tail], ttl)


def https(owner, priority, target, parameters=(), ttl=300):
    return svcb(owner, priority, target, parameters, ttl, HTTPS)


def soa(owner, ttl=900):
    """Names of server and mailbox below the owner, and numbers that many zones use."""
    own = labels(owner)
    return Record(owner, SOA, [Name((b"ns1",) + own, True), Name((b"hostmaster",) + own, True),
                               struct.pack(">IIIII", 2026030101, 7200, 3600, 1209600, 900)], ttl)


def opt(size=1232, upper_rcode=0, options=b"", dnssec=False):
    """The EDNS record: size of UDP payload as class; upper bits of the response code, version 0 and flags as TTL."""
    return Record((), OPT, options, upper_rcode << 24 | dnssec << 15, size)


# ---------------------------------------------------------------- messages

class Writer:
    """A message in the making; knows where names stand, for compression."""

    def __init__(self, compress=True):
        self.data = b""
        self.compress = compress
        self.places = {}

    def name(self, name, compress=True):
        rest = labels(name)
        while rest:
            key = tuple(label.lower() for label in rest)
            if compress and self.compress and key in self.places:
                self.data += struct.pack(">H", 0xC000 | self.places[key])
                return
            if len(self.data) < 0x4000:
                self.places.setdefault(key, len(self.data))
            self.data += bytes([len(rest[0])]) + rest[0]
            rest = rest[1:]
        self.data += b"\0"

    def question(self, name, qtype, qclass):
        self.name(name)
        self.data += struct.pack(">HH", qtype, qclass)

    def record(self, r):
        self.name(r.owner)
        self.data += struct.pack(">HHIH", r.type, r.klass, r.ttl, 0)
        start = len(self.data)
        for part in [r.data] if isinstance(r.data, bytes) else r.data:
            if isinstance(part, Name):
                self.name(part.name, part.compress)
            else:
                self.data += part
        self.data = self.data[:start - 2] + struct.pack(">H", len(self.data) - start) + self.data[start:]


def message(ident, flags, questions=(), answers=(), authority=(), additional=(), counts=None, compress=True):
    """questions: (name, type, class) each. counts: four numbers to put into the header instead of the true ones."""
    w = Writer(compress)
    true = tuple(map(len, (questions, answers, authority, additional)))
    w.data = struct.pack(">HHHHHH", ident, flags, *(counts or true))
    for q in questions:
        w.question(*q)
    for section in (answers, authority, additional):
        for r in section:
            w.record(r)
    return w.data


def query(ident, name, qtype=A, edns=False, flags=RD, qclass=1):
    return message(ident, flags, [(name, qtype, qclass)], additional=[opt()] if edns else [])


def answer(ident, name, records, rcode=NOERROR, qtype=A, edns=False, authority=(), flags=QR | RD | RA, compress=True):
    """rcode above 15 goes into an EDNS record as well, which is then always there."""
    additional = [opt(upper_rcode=rcode >> 4)] if edns or rcode > 15 else []
    return message(ident, flags | rcode & 15, [(name, qtype, 1)], records, authority, additional, compress=compress)


def nxdomain(ident, name, zone, qtype=A):
    """No such name, said by the zone's SOA record."""
    return answer(ident, name, [], NXDOMAIN, qtype, authority=[soa(zone)])


def mixed_case(name):
    """The name in a case as random as resolvers that use 0x20 bits make it, but always the same."""
    return "".join(c.upper() if (i * 7 + ord(c)) % 3 else c.lower() for i, c in enumerate(name))


def over_tcp(data):
    """The message as TCP carries it: behind its length (RFC 1035 section 4.2.2)."""
    return struct.pack(">H", len(data)) + data
