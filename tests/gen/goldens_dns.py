"""Golden captures of names in DNS beyond a plain question over UDP: over TCP, in each type of record, in odd order, cut.

Adds to the catalogue that goldens.py gives it. Names are those of tests/golden/names.csv.
"""
from dialogue import Conversation, Host, Say, merge, udp_datagram, udp_exchange, START_NS
import dns
import wire

RESOLVER, RESOLVER6 = Host("10.0.0.53", 53), Host("2001:db8:a::53", 53)
POOL = "xmr.pool.example"


def host(n):
    return Host("10.0.3.%d" % n, 41000 + n)


def plain(n, name=POOL, ident=None, **how):
    """A question and its answer with one address, as TCP carries them."""
    ident = ident or 0x2000 + n
    return dns.over_tcp(dns.query(ident, name, edns="edns" in how)), \
        dns.over_tcp(dns.answer(ident, name, [dns.a(name, "203.0.113.%d" % n)], **how))


def over(client, resolver, script, at, **how):
    return Conversation(client, resolver, script, seed=client.port, start_s=at, **how).packets()


def large(ident, name, size, address):
    """An answer of so many bytes, its address first."""
    head = dns.answer(ident, name, [dns.a(name, address), dns.record(name, dns.TXT, b"")])
    left, texts = size - len(head) + 12, []
    while left > 12:
        n = min(left - 12, 1200)
        texts.append(dns.record(name, dns.TXT, b"\0" * n))
        left -= n + 12
    return dns.answer(ident, name, [dns.a(name, address)] + texts)


def tcp():
    ask17, reply17 = plain(17)
    asks, replies = zip(*(plain(18, name, 0x3000 + i) for i, name in enumerate(("www.example.org", "a.pool.example", "b.pool.example"))))
    ask19, reply19 = plain(19)
    ask20, reply20 = plain(20)
    ask21, reply21 = plain(21, dns.mixed_case(POOL), edns=True)
    ask22, reply22 = dns.over_tcp(dns.query(0x2022, POOL)), dns.over_tcp(large(0x2022, POOL, 65000, "203.0.113.22"))
    ask23, reply23 = plain(23)
    ask24, reply24 = plain(24)
    return merge(
        over(host(17), RESOLVER, [Say("c", ask17), Say("s", reply17)], 0, segmentation=1),
        over(host(18), RESOLVER, [Say("c", b"".join(asks)), Say("s", replies[2] + replies[0] + replies[1])], 1, segmentation=50),
        over(host(19), Host("10.0.0.53", 4853), [Say("c", ask19), Say("s", reply19)], 2),
        over(Host("2001:db8:a::20", 41020), RESOLVER6, [Say("c", ask20), Say("s", reply20)], 3),
        over(host(21), RESOLVER, [Say("c", ask21), Say("s", reply21)], 4),
        over(host(22), RESOLVER, [Say("c", ask22), Say("s", reply22)], 5),
        over(host(23), Host("10.0.0.53", 4853), [Say("c", ask23), Say("s", reply23)], 6, only="s", start="midstream", skip_items=1),
        over(host(24), RESOLVER, [Say("c", ask24[:2]), Say("c", ask24[2:]), Say("s", reply24[:2]), Say("s", reply24[2:])], 7))


def tcp_snapped():
    ask, reply = dns.over_tcp(dns.query(0x2017, POOL)), dns.over_tcp(large(0x2017, POOL, 20000, "203.0.113.17"))
    ask2, reply2 = plain(17, "eth.gone.example", 0x2018)
    return wire.snap(over(host(17), RESOLVER, [Say("c", ask), Say("s", reply), Say("c", ask2), Say("s", reply2)], 0), 160)


def udp(n, name, records, at, qtype=dns.A, **how):
    ident = 0x4000 + n
    return udp_exchange(host(n), RESOLVER, dns.query(ident, name, qtype), dns.answer(ident, name, records, qtype=qtype, **how), at)


def types():
    web, reverse = "www.example.org", "9.113.0.203.in-addr.arpa"
    long_chain = [dns.cname("c%d.example.net" % i, "c%d.example.net" % (i + 1)) for i in range(8)]
    return merge(
        udp(30, web, [dns.cname(web, POOL), dns.aaaa(POOL, "2001:db8:1::9")], 0, dns.AAAA),
        udp(31, reverse, [dns.ptr(reverse, POOL)], 1, dns.PTR),
        udp(32, "_stratum._tcp.example.org", [dns.srv("_stratum._tcp.example.org", 0, 5, 3333, POOL)], 2, dns.SRV),
        udp(33, web, [dns.mx(web, 10, POOL)], 3, dns.MX),
        udp(34, web, [dns.https(web, 1, POOL, [(1, b"\2h2"), (4, wire.ip_bytes("203.0.113.34"))])], 4, dns.HTTPS),
        udp(35, web, [dns.svcb(web, 0, POOL)], 5, dns.SVCB),
        udp(36, "a.b." + web, [dns.dname("example.org", "pool.example"), dns.a("a.b.www.pool.example", "203.0.113.36")], 6),
        udp(37, web, [dns.a(POOL, "203.0.113.37"), dns.cname("edge.example.net", POOL), dns.cname(web, "edge.example.net")], 7),
        udp(38, "xn--mnchen-3ya.pool.example", [dns.a("xn--mnchen-3ya.pool.example", "203.0.113.38")], 8),
        udp(39, "c0.example.net", long_chain + [dns.cname("c8.example.net", POOL), dns.a(POOL, "203.0.113.39")], 9),
        udp(40, POOL, [dns.a("other.example.org", "192.0.2.40"), dns.a(POOL, "203.0.113.40")], 10),
        udp(41, POOL, [], 11, rcode=23))                                 # BADCOOKIE: the upper bits are in the OPT record


def truncated():
    tc = dns.answer(0x5017, POOL, [], flags=dns.QR | dns.RD | dns.RA | dns.TC)
    ask, reply = plain(17, POOL, 0x5018)
    cut = [wire.snap(udp(n, POOL, [dns.a(POOL, "203.0.113.%d" % i) for i in range(1, 5)], 5 + n), size)
           for n, size in ((18, 42 + 12), (19, 42 + 40), (20, 42 + 34 + 20), (21, 42 + 34 + 16))]
    return merge(udp_exchange(host(17), RESOLVER, dns.query(0x5017, POOL), tc, 0),
                 over(Host("10.0.3.17", 42017), RESOLVER, [Say("c", ask), Say("s", reply)], 0.1), *cut)


def vxlan_cut():
    return wire.snap(wire.wrap("vxlan", merge(udp(17, POOL, [dns.a(POOL, "203.0.113.%d" % i) for i in range(1, 9)], 0),
                                              tcp_snapped())), 50 + 160)


def encrypted():
    """Hellos of TLS to a resolver's ports, one of QUIC, and lookups in the clear by the same machines and another."""
    hello = b"\x16\x03\x01\x00\x40\x01\x00\x00\x3c\x03\x03" + bytes(range(58))
    quic = b"\xc3\0\0\0\1\x08" + bytes(1194)
    resolvers = (Host("10.0.3.17", 45017), Host("9.9.9.9", 853)), (Host("10.0.3.18", 45018), Host("8.8.8.8", 443))
    return merge(
        *(over(client, resolver, [Say("c", hello)], i) for i, (client, resolver) in enumerate(resolvers)),
        [udp_datagram(Host("10.0.3.19", 45019), Host("1.1.1.1", 443), quic, START_NS + 3 * 10 ** 9)],
        over(Host("10.0.3.20", 45020), Host("203.0.113.20", 443), [Say("c", hello)], 4),
        *(udp(n, POOL, [dns.a(POOL, "203.0.113.%d" % n)], n) for n in (17, 18, 19, 20)))


def unrelated():
    web = "www.example.org"
    netbios = (b"FHEPFCELEHFCEPFFFACACACACACACAAA", b"xmr", b"pool", b"example")
    local = [(Host("10.0.3.17", 5353), Host("224.0.0.251", 5353)), (Host("10.0.3.17", 53000), Host("224.0.0.252", 5355)),
             (Host("2001:db8:a::17", 5353), Host("ff02::fb", 5353)), (Host("10.0.3.17", 5353), Host("10.0.3.18", 5353)),
             (Host("10.0.3.18", 5355), Host("10.0.3.17", 53000))]
    out = [udp_datagram(src, dst, dns.query(i, POOL, flags=0) if dst.port in (5353, 5355) else dns.answer(i, POOL, [dns.a(POOL, "10.0.3.18")], flags=dns.QR),
                        START_NS + i * 10 ** 9) for i, (src, dst) in enumerate(local)]
    out.append(udp_datagram(Host("10.0.3.17", 137), Host("10.0.3.255", 137), dns.query(9, netbios, 32), START_NS + 9 * 10 ** 9))
    return merge(
        out,
        udp(17, web, [dns.a(web, "192.0.2.10"), dns.cname("ads.example.net", POOL), dns.a(POOL, "203.0.113.9")], 20),
        udp(18, web, [dns.cname(POOL, "other.example.net"), dns.a("other.example.net", "203.0.113.9")], 21),
        udp(19, web, [dns.dname("net.example.org", "pool.example")], 22),
        udp(20, web, [dns.a(web, "192.0.2.10")], 23, authority=[dns.record(web, dns.NS, [dns.Name(POOL, True)])]),
        udp(21, web, [dns.record(web, dns.CNAME, [dns.Name(POOL, True)], klass=dns.CH)], 24),
        udp_exchange(host(22), RESOLVER, dns.query(9, POOL, dns.TXT, qclass=dns.CH), None, 25),
        over(host(23), Host("10.0.3.24", 5355), [Say("c", dns.over_tcp(dns.query(9, POOL, flags=0)))], 26))


def odd_ports():
    """Questions that only look like those among neighbours: of a resolver on 5353 inside, from port 5353, with bits that servers ignore."""
    def answered(client, server, question_flags, at):
        return udp_exchange(client, server, dns.query(9, POOL, flags=question_flags), dns.answer(9, POOL, [dns.a(POOL, "203.0.113.9")]), at)
    odd = dns.RD | 0x40 | 15                                                               # the Z bit and a response code
    return merge(answered(host(17), Host("10.128.0.9", 5353), dns.RD, 0), answered(Host("10.0.3.18", 5353), RESOLVER, dns.RD, 1),
                 answered(host(19), RESOLVER, odd, 2)[:1])


def add(goldens, golden_type):
    def one(name, what, found, packets, made="plain Ethernet"):
        goldens[name] = golden_type(what, made, found, lambda: {"input.pcap": wire.pcap(packets())})

    one("dns-tcp", "DNS over TCP: a segment for each byte; three questions in a row, answered in another order; on port 4853; IPv6; "
        "EDNS and mixed case; an answer of 65,000 bytes; answers only, on port 4853; lengths in segments of their own.",
        "one finding of kind pool-lookup of each of 10.0.3.17 to .24 and 2001:db8:a::20 (in place of .20), with addresses 203.0.113.17 to .24.", tcp)
    one("dns-tcp-snapped", "An answer of 20,000 bytes over TCP, then another for a dead pool on the same connection.",
        "two findings of kind pool-lookup, of xmr.pool.example and eth.gone.example, both with an address.", tcp_snapped,
        "snap length 160")
    one("dns-types", "xmr.pool.example as the target of AAAA's alias, PTR, SRV, MX, HTTPS with a hint, SVCB; by DNAME without a CNAME; in "
        "records that stand in reverse; a name with an A-label; behind nine aliases; beside a record of another owner; "
        "and refused with a response code above 15.",
        "twelve findings of kind pool-lookup, of 10.0.3.30 to .41; addresses of .30, .34, .36 to .40; of .40 only its own.", types)
    one("dns-truncated", "An answer with TC and the same question over TCP; answers that are cut by the snap length in the header, in the "
        "question, in the second address, behind the first.",
        "pool-lookup of 10.0.3.17, .19 (whose addresses are not there), .20 and .21; nothing of .18.", truncated, "snap lengths 54, 82, 96, 92")
    one("dns-vxlan-cut", "UDP and TCP answers in a traffic mirror session that cuts packets.", "pool-lookup for two names of 10.0.3.17.",
        vxlan_cut, "VXLAN, snap length 210")
    one("dns-encrypted", "Three machines ask public resolvers over TLS, HTTPS and QUIC, a fourth fetches a page; then all ask for a pool in the clear.",
        "pool-lookup of 10.0.3.17 to .20; gaps.encrypted_dns of .17 to .19.", encrypted)
    one("dns-odd-ports", "A resolver inside that listens on 5353, a client that asks from 5353, and a question with bits that servers ignore, "
        "whose answer was not captured.", "one finding of kind pool-lookup of each of 10.0.3.17 to .19, two with the address 203.0.113.9.", odd_ports)
    one("trap-dns-unrelated", "Multicast DNS, LLMNR over UDP and TCP, and NetBIOS names that contain a listed one; listed names in records to which "
        "the question does not lead, in the authority section, in class CH.", "nothing.", unrelated)
