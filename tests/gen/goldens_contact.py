"""Golden captures of what names mean for connections: contacts with listed names, and names for pools that say none.

Adds to the catalogue that goldens.py gives it. Clients are 10.0.3.N; a connection in which nothing is mining is opaque().
"""
from dialogue import Conversation, Host, Say, udp_exchange
import dns
import miners
import wallets
import wire

RESOLVER, RESOLVER6 = Host("10.0.0.53", 53), Host("2001:db8:a::53", 53)
POOL_IP = "203.0.113.9"
NAME = "xmr.pool.example"


def client(n):
    return Host("10.0.3.%d" % n, 40000 + n)


def asked(host, name, records, at=0.0, rcode=dns.NOERROR, qtype=dns.A, resolver=RESOLVER):
    ident = 0x2000 + int(at * 8) % 0x1000 + host.port % 64
    return udp_exchange(host, resolver, dns.query(ident, name, qtype), dns.answer(ident, name, records, rcode, qtype), at)


def got(n, name, ip=POOL_IP, at=0.0, ttl=300):
    """Client n asks for the name and gets the address."""
    return asked(client(n), name, [dns.a(name, ip, ttl)], at)


def opaque(n, server=POOL_IP, at=1.0, port=8443, **how):
    """A connection that says nothing known; n is a client's number, or a Host."""
    host = n if isinstance(n, Host) else Host("10.0.3.%d" % n, 50000 + n + int(at) % 1000)
    c = miners.Chance("opaque %s %s" % (host, at))
    script = [Say("c", b"\xf1" + c.raw(90)), Say("s", b"\xf2" + c.raw(700), 0.02), Say("c", b"\xf3" + c.raw(60), 0.05)]
    return Conversation(host, Host(server, port), script, seed="opaque %s" % at, start_s=at, **how).packets()


def mining(n, server=POOL_IP, at=1.0, port=3333, **how):
    script = miners.xmrig("contact %d" % n, wallets.monero("contact %d" % n), shares=2)
    return Conversation(Host("10.0.3.%d" % n, 51000 + n), Host(server, port), script, seed=n, start_s=at, **how).packets()


def in_order(packets):
    return sorted(packets, key=lambda p: p.ts_ns)


def contact_plain():
    six = Host("2001:db8:a::17", 41000)
    return in_order(got(17, NAME) + opaque(17, at=0.2) + opaque(17, at=30) +
                    asked(six, NAME, [dns.aaaa(NAME, "2001:db8:1::9")], 2, qtype=dns.AAAA, resolver=RESOLVER6) +
                    opaque(Host(six.ip, 42000), "2001:db8:1::9", at=3) +
                    asked(client(19), NAME, [dns.https(NAME, 1, (), [(4, wire.ip_bytes("203.0.113.10"))])], 4, qtype=dns.HTTPS) +
                    opaque(19, "203.0.113.10", at=5, port=443))


def contact_cloaked():
    name = "updates.example.org"
    chain = [dns.a(NAME, POOL_IP), dns.cname("edge.cdn.example.net", NAME), dns.cname(name, "edge.cdn.example.net")]
    return in_order(asked(client(17), name, chain) + opaque(17) + asked(client(18), name, chain, 5) + mining(18, at=6) +
                    asked(client(18), name, chain, 40))


def contact_named():
    return in_order(got(17, "quiet.example.org") + mining(17) +
                    got(18, "one.example.org", at=30) + got(18, "two.example.org", at=30.4) + mining(18, at=31) +
                    got(19, "old.example.org", at=60) + got(19, "new.example.org", at=62) + mining(19, at=63) + mining(20, at=70))


def contact_steps():
    return in_order(got(17, NAME) + opaque(17, at=1) + got(17, NAME, at=20) + opaque(17, at=21) + got(17, NAME, at=40) + mining(17, at=41) +
                    got(17, NAME, at=90) + opaque(17, at=91) + got(17, "btc.market.example", "203.0.113.77", at=95))


def contact_cdn():
    shop = "shop.example.org"
    return in_order(got(17, NAME) + got(17, shop, at=5) + opaque(17, at=6) +               # the newest is the shop
                    got(18, shop, at=7) + opaque(18, at=8) +                               # never asked for the pool
                    got(19, NAME, at=9) + got(19, shop, at=9.5) + opaque(19, at=11) +      # either
                    got(20, shop, at=12) + got(20, NAME, at=15) + opaque(20, at=16) +      # the newest is the pool
                    got(21, NAME, at=20) + got(21, shop, at=20.5) + mining(21, at=21))     # either, but it mines


def contact_two_clients():
    return in_order(got(17, NAME) + opaque(18, at=1) + opaque(17, at=2) + opaque(17, "203.0.113.8", at=3))


def contact_ttl():
    return in_order(got(17, NAME, ttl=60) + opaque(17, at=3590) + got(18, NAME, at=1, ttl=60) + opaque(18, at=3611) +
                    got(19, NAME, at=2, ttl=7200) + opaque(19, at=7190) + got(20, NAME, at=3, ttl=7200) + opaque(20, at=7210))


def contact_denied():
    six = Host("2001:db8:a::20", 41020)
    return in_order(got(17, NAME, "0.0.0.0") + opaque(17, "0.0.0.0", at=1) + got(18, NAME, "127.0.0.1", at=2) + opaque(18, "127.0.0.1", at=3) +
                    asked(client(19), NAME, [], 4, dns.NXDOMAIN) + opaque(19, at=5) +
                    asked(six, NAME, [dns.aaaa(NAME, "::1")], 6, qtype=dns.AAAA, resolver=RESOLVER6) +
                    opaque(Host(six.ip, 42020), "::1", at=7))


def contact_not_yet():
    """Connections that are none, or began before the name was asked for."""
    flags = {"syn": wire.SYN, "rst": wire.RST | wire.ACK}
    out = got(17, NAME) + got(18, NAME, at=1) + got(19, NAME, at=2.5) + got(20, NAME, at=3)
    out += [p for p in opaque(17, at=2) if tcp_flags(p) == flags["syn"]]                   # never answered
    out += refused(opaque(18, at=3))
    out += opaque(19, at=2)                                                                # the answer comes later
    out += opaque(20, at=4, start="midstream")                                             # who knows when it began
    out += got(21, NAME, at=5) + opaque(Host(POOL_IP, 40000), "10.0.3.21", at=6)           # it is the pool's address that connects
    return in_order(out)


def tcp_flags(p):
    return p.data[14 + 20 + 13]


def refused(packets):
    """The SYN, and the reset that answers it instead of what did."""
    syn, answer = packets[0], packets[1]
    reset = wire.tcp(POOL_IP, "10.0.3.18", 8443, int.from_bytes(syn.data[34:36], "big"), 0,
                     (int.from_bytes(syn.data[38:42], "big") + 1) & 0xffffffff, wire.RST | wire.ACK)
    ip = wire.ipv4(POOL_IP, "10.0.3.18", 6, reset)
    return [syn, answer._replace(data=answer.data[:14] + ip)]


def contact_kinds():
    names = ("stratum.pool.example", "bid.market.example", "eth.gone.example", "cdn.webminer.example", "x.seed.pool.example", "exact.example")
    return in_order([p for i, n in enumerate(names) for p in got(30 + i, n, "203.0.113.%d" % (60 + i), at=10.0 * i) +
                     opaque(30 + i, "203.0.113.%d" % (60 + i), at=10.0 * i + 1)])


def contact_one_side():
    return in_order(got(17, NAME) + opaque(17, at=1, only="c") + got(18, NAME, at=2) + opaque(18, at=3, only="s"))


def contact_vxlan():
    """Equal addresses in two virtual networks; the name was asked for in the first."""
    def inside(vni, packets, number):
        return [p._replace(data=wire.mirror_packet("10.200.0.4", "10.200.0.9", 4789, wire.vxlan(vni, p.data), number + i))
                for i, p in enumerate(packets)]
    return in_order(inside(7, got(17, NAME) + opaque(17, at=2), 1) + inside(8, opaque(17, at=3), 100) +
                    inside(8, got(17, "shop.example.org", at=4) + opaque(17, at=5), 200) + inside(7, opaque(17, at=6), 300))


def contact_tcp():
    """The name is asked for over TCP; both messages come in pieces."""
    query, reply = dns.query(9, NAME), dns.answer(9, NAME, [dns.cname(NAME, "eu." + NAME), dns.a("eu." + NAME, POOL_IP)])
    script = [Say("c", dns.over_tcp(query)), Say("s", dns.over_tcp(reply), 0.01)]
    return in_order(Conversation(Host("10.0.3.17", 40017), RESOLVER, script, seed=53, segmentation=20).packets() + opaque(17, at=1))


def contact_snap():
    """Behind the question of the long name the answer is cut off; of the short one it is there."""
    long = "a-many-letters.pool.example"
    return wire.snap(in_order(got(17, long) + opaque(17, at=1) + got(18, "pool.example", at=2) + opaque(18, at=3)), 90)


def add(goldens, golden):
    def register(name, what, found, packets, made="plain Ethernet"):
        goldens[name] = golden(what, made, found, lambda: {"input.pcap": wire.pcap(packets())})

    register("contact-plain", "Three hosts ask for a pool's name, by A, AAAA and HTTPS, and connect to the address; nothing in the connections is known.",
             "three findings of kind pool-contact, severity 6.0, each closing a lookup: 10.0.3.17 (2 connections), 2001:db8:a::17, 10.0.3.19.", contact_plain)
    register("contact-cloaked", "An innocent name leads to a pool's by CNAME, the records in no order; a host connects, another mines and asks again.",
             "pool-contact of 10.0.3.17 to updates.example.org, which leads to xmr.pool.example; mining of 10.0.3.18 at updates.example.org, "
             "which closes its contact, and no lookup after it.", contact_cloaked)
    register("contact-named", "Miners whose pools' names are on no list: one name; two within a second; two, one after the other; none.",
             "four findings of mining: 10.0.3.17 at quiet.example.org and .19 at new.example.org, domain_source dns; .18 and .20 without name.", contact_named)
    register("contact-steps", "Lookup, connections, mining, and again lookup and connection; then a lookup of another pool.",
             "of 10.0.3.17 pool-lookup, closed by pool-contact, closed by mining at xmr.pool.example; nothing more of that pool; a lookup of btc.market.example.",
             contact_steps)
    register("contact-cdn", "One address serves a pool and a shop, as of a CDN.",
             "contact of 10.0.3.20 only, which asked for the pool last; mining of .21 at xmr.pool.example; lookups of .17 and .19.", contact_cdn)
    register("contact-two-clients", "A host asks for a pool; another connects to that address, and the host to another one too.",
             "one contact, of 10.0.3.17, with one connection.", contact_two_clients)
    register("contact-ttl", "Connections within an hour of an answer of 60 s and beyond it; within two hours of an answer of two hours, and beyond.",
             "contacts of 10.0.3.17 and .19; lookups of .18 and .20.", contact_ttl)
    register("contact-denied", "Answers that lead nowhere: 0.0.0.0, 127.0.0.1, NXDOMAIN, ::1; and connections nevertheless.",
             "four lookups of severity 3.0, no contact.", contact_denied)
    register("contact-not-yet", "A SYN without answer; a SYN that is refused; a connection that began before the answer, and one whose beginning was not captured.",
             "four lookups, no contact.", contact_not_yet)
    register("contact-kinds", "A connection by a name of each kind of list entry.",
             "pool-contact of 10.0.3.30, .31 and .35 (6.0) and .32 (3.0, dead); web-mining of .33 with stage contact (2.0); coin-node of .34 as without.", contact_kinds)
    register("contact-one-side", "Connections of which one side was captured.",
             "two contacts, one_sided in their flows.", contact_one_side, made="one direction")
    register("contact-vxlan", "Two traffic mirror sessions with equal private addresses; in one the pool's name was asked for.",
             "one contact, with two connections, of VNI 7.", contact_vxlan, made="VXLAN")
    register("contact-tcp", "A host asks for a pool's name over TCP and connects to the address.", "a contact of 10.0.3.17, which closes its lookup.", contact_tcp)
    register("contact-snap", "A mirror that cuts packets to 90 bytes: one answer is cut before its address.",
             "a lookup of 10.0.3.17, a contact of 10.0.3.18.", contact_snap, made="snap length 90")
