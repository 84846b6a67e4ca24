"""Builds packets layer by layer with right lengths and checksums; reads and writes pcap and pcapng.

Does not know TCP dialogues (dialogue.py) or mining (miners.py). Layers are functions that take the payload last and give
bytes. Times are integer nanoseconds since 1970 UTC. Sources: RFC 791, 8200, 9293, 768 (IP, TCP, UDP), RFC 7348 (VXLAN),
RFC 8926 (GENEVE), RFC 3032 and 4448 (MPLS, pseudowires), RFC 1661, 1662, 2516 (PPP, PPPoE), RFC 2784, 2890, 7637 (GRE, NVGRE),
draft-foschiano-erspan, 3GPP TS 29.281 (GTP-U), RFC 2661 (L2TP), RFC 4380 (Teredo), RFC 2427 (Frame Relay), RFC 2003, 4213 (IP in IP), RFC 4302 (AH), IEEE 802.11, radiotap.org, IEEE 802.1Q and 802.1ad,
tcpdump.org/linktypes.html (SLL, SLL2, NULL, LOOP, RAW, PPP), the pcap and pcapng drafts of the IETF opsawg.
"""
import collections
import ipaddress
import struct

LINK_SLIP, LINK_CHDLC, LINK_FRELAY, LINK_PPI, LINK_NFLOG, LINK_NETANALYZER = 8, 104, 107, 192, 239, 240
LINK_NULL, LINK_ETHERNET, LINK_PPP, LINK_RAW, LINK_LOOP, LINK_SLL, LINK_RADIOTAP = 0, 1, 9, 101, 108, 113, 127
LINK_IPV4, LINK_IPV6, LINK_SLL2 = 228, 229, 276

ETHERTYPE_IPV4, ETHERTYPE_IPV6, ETHERTYPE_VLAN, ETHERTYPE_QINQ = 0x0800, 0x86DD, 0x8100, 0x88A8
ETHERTYPE_BRIDGE, ETHERTYPE_MPLS, ETHERTYPE_PPPOE, ETHERTYPE_ERSPAN, ETHERTYPE_ERSPAN3 = 0x6558, 0x8847, 0x8864, 0x88BE, 0x22EB
PROTO_IPIP, PROTO_TCP, PROTO_UDP, PROTO_IPV6, PROTO_GRE, PROTO_AH = 4, 6, 17, 41, 47, 51
FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10

# One captured packet. orig_len is the length on the wire, at least len(data).
Packet = collections.namedtuple("Packet", "ts_ns data orig_len link")


def packet(ts_ns, data, link=LINK_ETHERNET):
    return Packet(ts_ns, data, len(data), link)


# ---------------------------------------------------------------- addresses and sums

def ip_bytes(text):
    return ipaddress.ip_address(text).packed


def mac_bytes(text):
    return bytes(int(part, 16) for part in text.split(":"))


def is_ipv6(text):
    return ":" in text


def inet_sum(data):
    """Ones' complement sum of RFC 1071 over the bytes, padded with a zero."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def pseudo_header(src, dst, proto, length):
    if is_ipv6(src):
        return ip_bytes(src) + ip_bytes(dst) + struct.pack(">I3xB", length, proto)
    return ip_bytes(src) + ip_bytes(dst) + struct.pack(">xBH", proto, length)


# ---------------------------------------------------------------- transport

def tcp(src, dst, sport, dport, seq, ack, flags, payload=b"", options=b"", window=502):
    """A TCP segment for the addresses given (they enter the checksum); options are padded with end-of-list zeros."""
    options += b"\0" * (-len(options) % 4)
    words = 5 + len(options) // 4

    def build(checksum):
        return struct.pack(">HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF,
                           words << 4, flags, window, checksum, 0) + options + payload
    bare = build(0)
    return build(inet_sum(pseudo_header(src, dst, PROTO_TCP, len(bare)) + bare))


def udp(src, dst, sport, dport, payload, checksum=True):
    """A UDP datagram. checksum=False writes 0, as VXLAN senders do over IPv4."""
    length = 8 + len(payload)
    bare = struct.pack(">HHHH", sport, dport, length, 0) + payload
    value = 0
    if checksum:
        value = inet_sum(pseudo_header(src, dst, PROTO_UDP, length) + bare) or 0xFFFF
    return struct.pack(">HHHH", sport, dport, length, value) + payload


# ---------------------------------------------------------------- network

def ipv4(src, dst, proto, payload, ident=0, ttl=64, options=b"", flags_offset=0x4000):
    """flags_offset: the 16-bit word of flags and fragment offset; 0x4000 is don't-fragment."""
    options += b"\0" * (-len(options) % 4)
    words = 5 + len(options) // 4

    def build(checksum):
        return struct.pack(">BBHHHBBH", 0x40 | words, 0, words * 4 + len(payload), ident & 0xFFFF, flags_offset,
                           ttl, proto, checksum) + ip_bytes(src) + ip_bytes(dst) + options
    return build(inet_sum(build(0))) + payload


def ipv4_fragments(src, dst, proto, payload, size, ident, **more):
    """The payload in fragments of `size` bytes of data each (a multiple of 8)."""
    assert size % 8 == 0
    out = []
    for at in range(0, len(payload), size):
        last = at + size >= len(payload)
        word = (0 if last else 0x2000) | at // 8
        out.append(ipv4(src, dst, proto, payload[at:at + size], ident=ident, flags_offset=word, **more))
    return out


def ipv6(src, dst, proto, payload, hop_limit=64, flow_label=0):
    return struct.pack(">IHBB", 6 << 28 | flow_label, len(payload), proto, hop_limit) + ip_bytes(src) + ip_bytes(dst) + payload


def ipv6_options_header(next_header, options=b""):
    """Hop-by-hop (0) or destination options (60) header; padded with PadN or Pad1 to a multiple of 8 bytes."""
    short = -(2 + len(options)) % 8
    if short == 1:
        options += b"\0"
    elif short:
        options += bytes([1, short - 2]) + b"\0" * (short - 2)
    return bytes([next_header, (2 + len(options)) // 8 - 1]) + options


def ipv6_routing_header(next_header, addresses):
    """Routing header of type 4 (segment routing, RFC 8754) with all segments done, so the checksum keeps the destination."""
    body = b"".join(ip_bytes(a) for a in addresses)
    return struct.pack(">BBBBBBH", next_header, len(body) // 8, 4, 0, len(addresses) - 1, 0, 0) + body


def ipv6_fragments(src, dst, proto, payload, size, ident, **more):
    """The payload in fragments of `size` bytes of data each (a multiple of 8), each behind a fragment header (44)."""
    assert size % 8 == 0
    out = []
    for at in range(0, len(payload), size):
        more_follow = at + size < len(payload)
        head = struct.pack(">BBHI", proto, 0, at | more_follow, ident)
        out.append(ipv6(src, dst, 44, head + payload[at:at + size], **more))
    return out


# ---------------------------------------------------------------- link

def ethertype_of(ip_packet):
    return ETHERTYPE_IPV6 if ip_packet[0] >> 4 == 6 else ETHERTYPE_IPV4


def ethernet(dst_mac, src_mac, ethertype, payload):
    return mac_bytes(dst_mac) + mac_bytes(src_mac) + struct.pack(">H", ethertype) + payload


def add_tag(frame, vid, ethertype=ETHERTYPE_VLAN, priority=0):
    """Puts an 802.1Q (or 802.1ad) tag directly behind the MAC addresses of a frame, outside tags already there."""
    return frame[:12] + struct.pack(">HH", ethertype, priority << 13 | vid) + frame[12:]


def sll(ip_packet, mac, outgoing):
    """Linux cooked capture: packet type 0 = to us, 4 = sent by us; ARPHRD 1; 6 bytes of address padded to 8."""
    return struct.pack(">HHH", 4 if outgoing else 0, 1, 6) + mac_bytes(mac) + b"\0\0" + \
        struct.pack(">H", ethertype_of(ip_packet)) + ip_packet


def sll2(ip_packet, mac, outgoing, ifindex=3):
    return struct.pack(">HHIHBB", ethertype_of(ip_packet), 0, ifindex, 1, 4 if outgoing else 0, 6) + \
        mac_bytes(mac) + b"\0\0" + ip_packet


def null(ip_packet, order="<"):
    """BSD loopback: address family in the byte order of the writer; 2 = AF_INET, 30 = AF_INET6 of Darwin."""
    return struct.pack(order + "I", 30 if ip_packet[0] >> 4 == 6 else 2) + ip_packet


def loop(ip_packet):
    """OpenBSD loopback: as null, always big-endian; 24 = AF_INET6 of OpenBSD."""
    return struct.pack(">I", 24 if ip_packet[0] >> 4 == 6 else 2) + ip_packet


def mpls(labels, payload):
    """A label stack, outermost first."""
    last = len(labels) - 1
    return b"".join(struct.pack(">I", label << 12 | (i == last) << 8 | 63) for i, label in enumerate(labels)) + payload


def ppp(ip_packet):
    """A PPP frame with address and control bytes."""
    return b"\xff\x03" + pppoe_payload(ip_packet)


def pppoe_payload(ip_packet):
    return struct.pack(">H", 0x0057 if ip_packet[0] >> 4 == 6 else 0x0021) + ip_packet


def pppoe(session, ip_packet):
    body = pppoe_payload(ip_packet)
    return struct.pack(">BBHH", 0x11, 0, session, len(body)) + body


def wlan(frame, bssid, to_ap, sequence, padded=False):
    """An Ethernet frame as an 802.11 QoS data frame in the clear; padded: two zero bytes make its header a multiple of 4."""
    dst, src, bss = frame[:6], frame[6:12], mac_bytes(bssid)
    addresses = bss + src + dst if to_ap else dst + bss + src
    head = struct.pack("<BBH", 0x88, 0x01 if to_ap else 0x02, 44) + addresses + struct.pack("<HH", (sequence & 0xFFF) << 4, 0)
    return head + (b"\0\0" if padded else b"") + b"\xaa\xaa\x03\0\0\0" + frame[12:]


def radiotap(frame, padded=False):
    """Time stamp, flags (0x20: the 802.11 header is padded), rate, channel. No frame check sequence."""
    fields = struct.pack("<QBBHH", 123456789, 0x20 if padded else 0, 108, 5180, 0x0140)
    return struct.pack("<BBHI", 0, 0, 8 + len(fields), 0x0F) + fields + frame


def chdlc(ip_packet):
    """Cisco HDLC to one station."""
    return b"\x0f\x00" + struct.pack(">H", ethertype_of(ip_packet)) + ip_packet


def frelay(ip_packet, dlci=100, snap=False):
    """Frame Relay with an address of two bytes; IP by its own protocol number, or by SNAP behind a zero byte."""
    head = struct.pack(">BBB", dlci >> 4 << 2, (dlci & 15) << 4 | 1, 3)
    if snap:
        return head + b"\x00\x80\x00\x00\x00" + struct.pack(">H", ethertype_of(ip_packet)) + ip_packet
    return head + (b"\x8e" if ip_packet[0] >> 4 == 6 else b"\xcc") + ip_packet


def slip(ip_packet, outgoing):
    """Direction; the packet was not compressed."""
    return bytes([outgoing, 0x40]) + bytes(14) + ip_packet


def nflog(ip_packet, prefix, order="<"):
    """What the kernel sends to a group: packet header (hook 3 or 1), prefix, interface, user, time, packet."""
    def attribute(kind, value):
        return struct.pack(order + "HH", 4 + len(value), kind) + value + b"\0" * (-len(value) % 4)
    is_v6 = ip_packet[0] >> 4 == 6
    return struct.pack(">BBH", 10 if is_v6 else 2, 0, 32) + \
        attribute(1, struct.pack(">HBx", ethertype_of(ip_packet), 3)) + attribute(10, prefix + b"\0") + \
        attribute(5, struct.pack(">I", 2)) + attribute(11, struct.pack(">I", 1000)) + attribute(9, ip_packet)


def ppi(link, frame, fields=b""):
    return struct.pack("<BBHI", 0, 0, 8 + len(fields), link) + fields + frame


# ---------------------------------------------------------------- tunnels

def vxlan(vni, frame):
    return struct.pack(">B3xI", 0x08, vni << 8) + frame


def geneve_option(option_class, kind, data):
    assert len(data) % 4 == 0
    return struct.pack(">HBB", option_class, kind, len(data) // 4) + data


def geneve(vni, inner, options=b"", protocol=0x6558):
    """protocol 0x6558 = an Ethernet frame inside; 0x0800 and 0x86dd = a bare IP packet, as AWS gateway load balancers send."""
    return struct.pack(">BBHI", len(options) // 4, 0, protocol, vni << 8) + options + inner


def gtpu(endpoint, ip_packet, sequence=None, container=None):
    """A user packet. container: the octets of a PDU session container (5G), as an extension header of one word."""
    rest = b""
    if sequence is not None or container is not None:
        rest = struct.pack(">HBB", sequence or 0, 0, 0x85 if container else 0)
    if container:
        assert len(container) == 2
        rest += b"\x01" + container + b"\x00"
    flags = 0x30 | (4 if container else 0) | (2 if sequence is not None else 0)
    return struct.pack(">BBHI", flags, 255, len(rest) + len(ip_packet), endpoint) + rest + ip_packet


def l2tp(tunnel, session, ip_packet, sequence=None):
    """A data message of version 2 with length, and PPP inside."""
    rest = struct.pack(">HH", tunnel, session) + (struct.pack(">HH", sequence, 0) if sequence is not None else b"") + ppp(ip_packet)
    return struct.pack(">HH", 0x4002 | (0x0800 if sequence is not None else 0), 4 + len(rest)) + rest


def teredo(ip_packet, origin=None):
    """origin: (address, port) as the server saw the client; both stand there inverted."""
    if origin is None:
        return ip_packet
    return b"\0\0" + struct.pack(">H", origin[1] ^ 0xFFFF) + bytes(b ^ 0xFF for b in ip_bytes(origin[0])) + ip_packet


def gre(protocol, payload, key=None, sequence=None, checksum=False):
    flags = checksum << 15 | (key is not None) << 13 | (sequence is not None) << 12

    def build(value):
        return struct.pack(">HH", flags, protocol) + (struct.pack(">HH", value, 0) if checksum else b"") + \
            (b"" if key is None else struct.pack(">I", key)) + (b"" if sequence is None else struct.pack(">I", sequence)) + payload
    return build(inet_sum(build(0)) if checksum else 0)


def erspan(kind, session, frame, sequence):
    """A mirrored frame in GRE; kind 1 has no header, 3 comes with a platform subheader."""
    if kind == 1:
        return gre(ETHERTYPE_ERSPAN, frame)
    if kind == 2:
        return gre(ETHERTYPE_ERSPAN, struct.pack(">HHI", 0x1005, session, 17) + frame, sequence=sequence)
    head = struct.pack(">HHIHH", 0x2005, session, 100000 + sequence, 0, 0x8001)
    return gre(ETHERTYPE_ERSPAN3, head + struct.pack(">II", 3 << 26 | 9, 4242) + frame, sequence=sequence)


def authenticate(ip_packet, sequence):
    """The packet with an authentication header (transport mode, 12 bytes of an integrity value that nobody can check) in front
    of TCP or UDP; None when something else follows its IP header, or it is a fragment."""
    is_v6 = ip_packet[0] >> 4 == 6
    at = 40 if is_v6 else (ip_packet[0] & 15) * 4
    proto = ip_packet[6 if is_v6 else 9]
    if proto not in (PROTO_TCP, PROTO_UDP) or not is_v6 and struct.unpack(">H", ip_packet[6:8])[0] & 0x3FFF:
        return None
    header = struct.pack(">BBHII", proto, 4, 0, 0x1001, sequence) + bytes(range(0xA0, 0xAC))
    if is_v6:
        return ip_packet[:4] + struct.pack(">HB", len(ip_packet) - 40 + len(header), PROTO_AH) + ip_packet[7:40] + header + ip_packet[40:]
    bare = ip_packet[:2] + struct.pack(">H", len(ip_packet) + len(header)) + ip_packet[4:9] + bytes([PROTO_AH, 0, 0]) + ip_packet[12:at]
    return bare[:10] + struct.pack(">H", inet_sum(bare)) + bare[12:] + header + ip_packet[at:]


def tunnel_frame(proto, payload, ident, src="10.200.0.4", dst="10.200.0.9"):
    """An Ethernet frame with a packet of this protocol between two tunnel endpoints."""
    return ethernet("02:00:00:00:fe:02", "02:00:00:00:fe:01", ETHERTYPE_IPV4, ipv4(src, dst, proto, payload, ident=ident))


def between(mac, inside, port, number, addresses=("10.200.0.4", "10.200.0.9"), sport=None):
    """A tunnel packet from the first address to the second, or back: whoever sent the inner packet decides."""
    here, there = addresses if outgoing(mac) else addresses[::-1]
    return mirror_packet(here, there, port, inside, number, sport=port if sport is None else sport)


def mirror_packet(outer_src, outer_dst, port, payload, ident, macs=("02:00:00:00:fe:01", "02:00:00:00:fe:02"), sport=None):
    """An Ethernet frame carrying a tunnel packet between two IPv4 or IPv6 addresses. The source port is a hash, as RFC 7348 asks."""
    if sport is None:
        sport = 49152 + sum(payload[8 + 26:8 + 38]) % 16000
    if is_ipv6(outer_src):
        inside = udp(outer_src, outer_dst, sport, port, payload)
        return ethernet(macs[1], macs[0], ETHERTYPE_IPV6, ipv6(outer_src, outer_dst, PROTO_UDP, inside))
    inside = udp(outer_src, outer_dst, sport, port, payload, checksum=False)
    return ethernet(macs[1], macs[0], ETHERTYPE_IPV4, ipv4(outer_src, outer_dst, PROTO_UDP, inside, ident=ident))


# ---------------------------------------------------------------- wrapping of finished Ethernet captures

AWS_OPTIONS = geneve_option(0x0108, 1, b"\x00\x11\x22\x33\x44\x55\x66\x77") + \
    geneve_option(0x0108, 2, b"\x01\x23\x45\x67\x89\xab\xcd\xef") + geneve_option(0x0108, 3, b"\x00\x00\x00\x2a")


def strip_ethernet(frame):
    """(source MAC as text, IP packet) of an untagged frame, without padding; None for anything but IP."""
    ethertype = struct.unpack(">H", frame[12:14])[0]
    ip = frame[14:]
    mac = ":".join("%02x" % b for b in frame[6:12])
    if ethertype == ETHERTYPE_IPV4 and len(ip) >= 20:
        return mac, ip[:struct.unpack(">H", ip[2:4])[0]]
    if ethertype == ETHERTYPE_IPV6 and len(ip) >= 40:
        return mac, ip[:40 + struct.unpack(">H", ip[4:6])[0]]
    return None


def outgoing(mac):
    """Our generated miners have MAC 02:00:0a:...; cooked captures made from Ethernet take those as sent by this host."""
    return mac.startswith("02:00:0a")


def wrap_frame(how, frame, number):
    """(link type, bytes) of one Ethernet frame wrapped as `how` says, or None where the frame cannot be expressed so."""
    if how == "vxlan":
        return LINK_ETHERNET, mirror_packet("10.200.0.4", "10.200.0.9", 4789, vxlan(77, frame), number)
    if how == "vxlan6":
        return LINK_ETHERNET, mirror_packet("2001:db8:200::4", "2001:db8:200::9", 4789, vxlan(77, frame), number)
    if how == "geneve":
        return LINK_ETHERNET, mirror_packet("10.200.0.4", "10.200.0.9", 6081, geneve(4242, frame, AWS_OPTIONS), number)
    if how == "vxlan8472":
        return LINK_ETHERNET, mirror_packet("10.200.0.4", "10.200.0.9", 8472, vxlan(77, frame), number)
    if how == "nvgre":
        return LINK_ETHERNET, tunnel_frame(PROTO_GRE, gre(ETHERTYPE_BRIDGE, frame, key=5001 << 8 | 0x2A), number)
    if how in ("erspan1", "erspan2", "erspan3"):
        return LINK_ETHERNET, tunnel_frame(PROTO_GRE, erspan(int(how[-1]), 421, frame, number), number)
    if how == "mpls-pw":
        return LINK_ETHERNET, ethernet("02:00:00:00:fe:02", "02:00:00:00:fe:01", ETHERTYPE_MPLS,
                                       mpls((16001, 24007), bytes(4) + frame))
    if how == "mpls-pw-bare":
        return LINK_ETHERNET, ethernet("02:00:00:00:fe:02", "02:00:00:00:fe:01", ETHERTYPE_MPLS, mpls((16001, 24007), frame))
    if how == "netanalyzer":
        return LINK_NETANALYZER, b"\x00\x44" + struct.pack("<H", len(frame) + 4) + frame + bytes(4)  # no fault; port 1, version 1
    if how == "ppi":
        return LINK_PPI, ppi(LINK_ETHERNET, frame, struct.pack("<HHI", 8, 4, 1))
    if how == "vlan":
        return LINK_ETHERNET, add_tag(frame, 120)
    if how == "qinq":
        return LINK_ETHERNET, add_tag(add_tag(frame, 120), 900, ETHERTYPE_QINQ)
    bare = strip_ethernet(frame)
    if bare is None:
        return None
    mac, ip = bare
    is_v6 = ip[0] >> 4 == 6
    if how == "geneve-ip":
        return LINK_ETHERNET, mirror_packet("10.200.0.4", "10.200.0.9", 6081,
                                            geneve(0, ip, AWS_OPTIONS, ethertype_of(ip)), number, sport=60001)
    if how == "gtpu":
        there = outgoing(mac)
        return LINK_ETHERNET, between(mac, gtpu(0x1001 if there else 0x2f01, ip, number, b"\x10\x09" if there else b"\x00\x09"), 2152, number)
    if how == "l2tp":
        there = outgoing(mac)
        return LINK_ETHERNET, between(mac, l2tp(7 if there else 19, 300 if there else 41, ip, number if number % 2 else None), 1701, number)
    if how == "teredo":
        if not is_v6:
            return None
        origin = None if outgoing(mac) else ("203.0.113.120", 40123)
        client, server = ("192.168.7.2", 51413), ("198.51.100.200", 3544)
        sender, receiver = (client, server) if outgoing(mac) else (server, client)
        return LINK_ETHERNET, mirror_packet(sender[0], receiver[0], receiver[1], teredo(ip, origin), number, sport=sender[1])
    if how == "gre-vlan":
        tagged = struct.pack(">HH", 120, ethertype_of(ip)) + ip
        return LINK_ETHERNET, tunnel_frame(PROTO_GRE, gre(ETHERTYPE_VLAN, tagged), number)
    if how == "gre":
        return LINK_ETHERNET, tunnel_frame(PROTO_GRE, gre(ethertype_of(ip), ip), number)
    if how == "gre-key":
        return LINK_ETHERNET, tunnel_frame(PROTO_GRE, gre(ethertype_of(ip), ip, key=1234567, sequence=number, checksum=True), number)
    if how == "ipip":
        return None if is_v6 else (LINK_ETHERNET, tunnel_frame(PROTO_IPIP, ip, number))
    if how == "6in4":
        return (LINK_ETHERNET, tunnel_frame(PROTO_IPV6, ip, number)) if is_v6 else None
    if how == "ah":
        signed = authenticate(ip, number)
        return signed and (LINK_ETHERNET, frame[:14] + signed)
    if how == "mpls":
        return LINK_ETHERNET, frame[:12] + struct.pack(">H", ETHERTYPE_MPLS) + mpls((16001, 24007), ip)
    if how == "pppoe":
        return LINK_ETHERNET, frame[:12] + struct.pack(">H", ETHERTYPE_PPPOE) + pppoe(0x11F, ip)
    if how == "ppp":
        return LINK_PPP, ppp(ip)
    if how == "radiotap":
        padded = number % 2 == 0
        return LINK_RADIOTAP, radiotap(wlan(frame[:14] + ip, "02:00:00:00:ff:01", outgoing(mac), number, padded), padded)
    if how == "chdlc":
        return LINK_CHDLC, chdlc(ip)
    if how == "frelay":
        return LINK_FRELAY, frelay(ip, snap=number % 2 == 0)
    if how == "slip":
        return LINK_SLIP, slip(ip, outgoing(mac))
    if how == "nflog":
        return LINK_NFLOG, nflog(ip, b"mine" if outgoing(mac) else b"theirs")
    if how == "nflog-be":
        return LINK_NFLOG, nflog(ip, b"mine" if outgoing(mac) else b"theirs", ">")
    if how == "sll":
        return LINK_SLL, sll(ip, mac, outgoing(mac))
    if how == "sll2":
        return LINK_SLL2, sll2(ip, mac, outgoing(mac))
    if how == "raw":
        return LINK_RAW, ip
    if how == "null":
        return LINK_NULL, null(ip)
    if how == "loop":
        return LINK_LOOP, loop(ip)
    raise ValueError("unknown wrapping %r; one of %s" % (how, ", ".join(WRAPPINGS)))


WRAPPINGS = ("vxlan", "vxlan6", "vxlan8472", "geneve", "geneve-ip", "gre", "gre-key", "nvgre", "erspan1", "erspan2", "erspan3", "ipip",
             "6in4", "ah", "mpls", "mpls-pw", "pppoe", "vlan", "qinq", "sll", "sll2", "raw", "null", "loop", "ppp", "radiotap",
             "gtpu", "l2tp", "teredo", "gre-vlan", "mpls-pw-bare", "chdlc", "frelay", "slip", "nflog", "nflog-be", "ppi", "netanalyzer")


def wrap(how, packets):
    """Ethernet packets wrapped; a snapped packet stays snapped by the same number of bytes."""
    out = []
    for number, p in enumerate(packets):
        missing = p.orig_len - len(p.data)
        done = wrap_frame(how, p.data + b"\0" * missing, number + 1)
        if done:
            link, data = done
            out.append(Packet(p.ts_ns, data[:len(data) - missing], len(data), link))
    return out


def snap(packets, length):
    return [p._replace(data=p.data[:length]) for p in packets]


# ---------------------------------------------------------------- pcap

def pcap(packets, order="<", nano=False, snaplen=262144):
    """A classic pcap file. order: '<' or '>' as for struct. All packets must have one link type."""
    links = {p.link for p in packets} or {LINK_ETHERNET}
    assert len(links) == 1, "classic pcap holds one link type"
    magic, unit = (0xA1B23C4D, 1) if nano else (0xA1B2C3D4, 1000)
    out = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snaplen, links.pop())]
    for p in packets:
        s, ns = divmod(p.ts_ns, 10 ** 9)
        out.append(struct.pack(order + "IIII", s, ns // unit, len(p.data), p.orig_len) + p.data)
    return b"".join(out)


# ---------------------------------------------------------------- pcapng

class Pcapng:
    """Writes pcapng block by block in one byte order; bytes() gives the file. Interfaces count anew in each section."""

    def __init__(self, order="<"):
        self.order, self.out, self.interfaces = order, [], []

    def pack(self, form, *values):
        return struct.pack(self.order + form, *values)

    def block(self, kind, body):
        body += b"\0" * (-len(body) % 4)
        total = len(body) + 12
        self.out.append(self.pack("II", kind, total) + body + self.pack("I", total))

    def options(self, pairs):
        """pairs: (code, bytes)...; closed by opt_endofopt when there are any."""
        if not pairs:
            return b""
        parts = [self.pack("HH", code, len(v)) + v + b"\0" * (-len(v) % 4) for code, v in pairs]
        return b"".join(parts) + self.pack("HH", 0, 0)

    def section(self, order=None, length=-1, comment=None):
        self.order = order or self.order
        self.interfaces = []
        pairs = [(1, comment)] if comment else []
        self.block(0x0A0D0D0A, self.pack("IHHq", 0x1A2B3C4D, 1, 0, length) + self.options(pairs))

    def interface(self, link, snaplen=0, tsresol=None, tsoffset=None, name=None):
        """tsresol: the raw byte: n = 10^-n s, 0x80|n = 2^-n s. tsoffset: seconds added to every time stamp."""
        per_second = 10 ** 6
        pairs = []
        if name:
            pairs.append((2, name))
        if tsresol is not None:
            per_second = 2 ** (tsresol & 0x7F) if tsresol & 0x80 else 10 ** tsresol
            pairs.append((9, bytes([tsresol])))
        if tsoffset is not None:
            pairs.append((14, self.pack("q", tsoffset)))
        self.interfaces.append((per_second, tsoffset or 0, snaplen))
        self.block(1, self.pack("HHI", link, 0, snaplen) + self.options(pairs))

    def ticks(self, interface, ts_ns):
        per_second, offset, _ = self.interfaces[interface]
        return (ts_ns - offset * 10 ** 9) * per_second // 10 ** 9

    def enhanced(self, p, interface=0, options=()):
        t = self.ticks(interface, p.ts_ns)
        body = self.pack("IIIII", interface, t >> 32, t & 0xFFFFFFFF, len(p.data), p.orig_len)
        self.block(6, body + p.data + b"\0" * (-len(p.data) % 4) + self.options(options))

    def obsolete(self, p, interface=0, drops=0xFFFF):
        t = self.ticks(interface, p.ts_ns)
        body = self.pack("HHIIII", interface, drops, t >> 32, t & 0xFFFFFFFF, len(p.data), p.orig_len)
        self.block(2, body + p.data)

    def simple(self, p):
        """Simple packet block: interface 0, no time; the captured length is min(snaplen, original length)."""
        snaplen = self.interfaces[0][2]
        assert len(p.data) == (min(snaplen, p.orig_len) if snaplen else p.orig_len)
        self.block(3, self.pack("I", p.orig_len) + p.data)

    def bytes(self):
        return b"".join(self.out)


def pcapng(packets, order="<"):
    """A plain pcapng file: one section, an interface for each link type in order of appearance, enhanced blocks of 1 ns."""
    w = Pcapng(order)
    w.section()
    number = {}
    for p in packets:
        if p.link not in number:
            number[p.link] = len(number)
            w.interface(p.link, tsresol=9)
        w.enhanced(p, number[p.link])
    return w.bytes()


# ---------------------------------------------------------------- reading

def read(data):
    """The packets of a pcap or pcapng file given as bytes."""
    if data[:4] == b"\n\r\r\n":
        return read_pcapng(data)
    for order in "<>":
        magic = struct.unpack(order + "I", data[:4])[0]
        if magic in (0xA1B2C3D4, 0xA1B23C4D):
            return read_pcap(data, order, 1 if magic == 0xA1B23C4D else 1000)
    raise ValueError("neither pcap nor pcapng")


def read_pcap(data, order, unit):
    link = struct.unpack(order + "I", data[20:24])[0] & 0x0FFFFFFF
    out, at = [], 24
    while at + 16 <= len(data):
        s, frac, cap, orig = struct.unpack(order + "IIII", data[at:at + 16])
        out.append(Packet(s * 10 ** 9 + frac * unit, data[at + 16:at + 16 + cap], orig, link))
        at += 16 + cap
    return out


def read_pcapng(data):
    out, at, order, interfaces = [], 0, "<", []
    while at + 12 <= len(data):
        if data[at:at + 4] == b"\n\r\r\n":
            order = "<" if data[at + 8:at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
            interfaces = []
        kind, total = struct.unpack(order + "II", data[at:at + 8])
        body = data[at + 8:at + total - 4]
        if kind == 1:
            interfaces.append(read_interface(body, order))
        elif kind in (2, 6):
            i, hi, lo, cap, orig = struct.unpack(order + ("IIIII" if kind == 6 else "H2xIIII"), body[:20])
            link, per_second, offset, _ = interfaces[i]
            ts_ns = (hi << 32 | lo) * 10 ** 9 // per_second + offset * 10 ** 9
            out.append(Packet(ts_ns, body[20:20 + cap], orig, link))
        elif kind == 3:
            orig = struct.unpack(order + "I", body[:4])[0]
            link, _, _, snaplen = interfaces[0]
            cap = min(snaplen, orig) if snaplen else orig
            out.append(Packet(0, body[4:4 + cap], orig, link))
        at += total
    return out


def read_interface(body, order):
    link, _, snaplen = struct.unpack(order + "HHI", body[:8])
    per_second, offset, at = 10 ** 6, 0, 8
    while at + 4 <= len(body):
        code, length = struct.unpack(order + "HH", body[at:at + 4])
        value = body[at + 4:at + 4 + length]
        if code == 9:
            per_second = 2 ** (value[0] & 0x7F) if value[0] & 0x80 else 10 ** value[0]
        elif code == 14:
            offset = struct.unpack(order + "q", value)[0]
        at += 4 + (length + 3) // 4 * 4
    return link, per_second, offset, snaplen


def read_file(path):
    with open(path, "rb") as f:
        return read(f.read())


def write_file(path, packets):
    """Writes .pcapng when the name says so or the link types differ; else classic, little-endian, nanoseconds only if needed."""
    if path.endswith(".pcapng") or len({p.link for p in packets}) > 1:
        data = pcapng(packets)
    else:
        data = pcap(packets, nano=any(p.ts_ns % 1000 for p in packets))
    with open(path, "wb") as f:
        f.write(data)
