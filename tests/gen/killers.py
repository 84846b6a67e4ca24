"""Traffic that stops programs built on nDPI 4.2 with all its dissectors: one capture each, and none may have any effect here.

Made after what the fixes in nDPI say (6c1accd2b, 388d01a34, a329730d2). ndpiReader 4.2 dies of trap-ndpi-dtls, and does not
end with trap-ndpi-dns-tcp nor, when it is in one piece, with the message of trap-ndpi-dns-udp; it does not join fragments.
"""
import struct

from dialogue import MS, START_NS, Host, Say, mac_of, udp_exchange
from traps import flow, trap
import wire

CLIENT, SERVER = Host("10.0.5.21", 40053), "198.51.100.53"
ROUTER = "02:00:00:00:00:01"
DNS_BYTES = 65400           # 65,359 is the least; with more than 65,430 the TCP segment does not fit into VXLAN any more


def der(tag, body):
    n = len(body)
    return bytes([tag]) + (bytes([n]) if n < 128 else b"\x82" + struct.pack(">H", n)) + body


def certificate(common_name):
    """X.509 with this subject and issuer; key and signature are zeros."""
    algorithm = der(0x30, bytes.fromhex("06092a864886f70d01010b0500"))
    name = der(0x30, der(0x31, der(0x30, bytes.fromhex("0603550403") + der(0x0C, common_name))))
    key = der(0x30, der(0x30, bytes.fromhex("06092a864886f70d0101010500")) +
              der(3, b"\0" + der(0x30, der(2, b"\1" + bytes(63)) + der(2, b"\1\0\1"))))
    validity = der(0x30, der(0x17, b"260101000000Z") + der(0x17, b"360101000000Z"))
    body = der(0x30, der(0xA0, der(2, b"\2")) + der(2, b"\1") + algorithm + name + validity + name + key)
    return der(0x30, body + algorithm + der(3, b"\0" + bytes(64)))


def u24(n):
    return struct.pack(">I", n)[1:]


def dtls(number, kind, body):
    """One DTLS 1.2 record with one whole handshake message (RFC 6347 sections 4.1 and 4.2.2)."""
    message = bytes([kind]) + u24(len(body)) + struct.pack(">H", number) + u24(0) + u24(len(body)) + body
    return b"\x16\xfe\xfd\0\0" + struct.pack(">Q", number)[2:] + struct.pack(">H", len(message)) + message


@trap("ndpi-dtls", "A DTLS ServerHello and a certificate for CN=AnyDesk Client in one UDP datagram from port 4433. nDPI 4.2 knows the "
                   "subject and then reads a TCP header that is not there.")
def dtls_certificate():
    hello = b"\xfe\xfd" + bytes(range(32)) + b"\0\xc0\x2f\0"
    chain = u24(len(certificate(b"AnyDesk Client"))) + certificate(b"AnyDesk Client")
    datagram = dtls(0, 2, hello) + dtls(1, 11, u24(len(chain)) + chain)
    return udp_exchange(Host(SERVER, 4433), CLIENT, datagram, b"\x15\xfe\xfd" + bytes(10), 0)


def endless_dns(prefix=b""):
    """A DNS answer whose labels lead round: from `at` in steps of 192 to where a 16-bit index wraps, to the first byte of the question's
    name, and from there back to `at`. Positions count from the prefix, the length that goes before the message over TCP."""
    message = bytearray(prefix + struct.pack(">HHHHHH", 0x1234, 0x8180, 1, 1, 0, 0))
    first = len(message)
    at = first + 64
    message += b"\xbf" * (DNS_BYTES - first)
    message[first] = 63
    message[at - 5] = 0     # ends the question's name: behind it and 4 bytes the answer begins
    return bytes(message)


@trap("ndpi-dns-udp", "A DNS answer of 65,400 bytes over UDP, in IP fragments. nDPI 4.2 never comes to an end of the name in it: its 16-bit "
                      "index wraps.")
def dns_udp():
    udp = wire.udp(SERVER, CLIENT.ip, 53, CLIENT.port, endless_dns())
    return [wire.packet(START_NS + i * MS, wire.ethernet(mac_of(CLIENT.ip, ROUTER), mac_of(SERVER, ROUTER), wire.ETHERTYPE_IPV4, ip))
            for i, ip in enumerate(wire.ipv4_fragments(SERVER, CLIENT.ip, wire.PROTO_UDP, udp, 1480, ident=53))]


@trap("ndpi-dns-tcp", "The same answer over TCP in one segment, as segmentation offload makes them.")
def dns_tcp():
    return flow(53, [Say("s", endless_dns(struct.pack(">H", DNS_BYTES - 2)))], server=SERVER, mss=65495)


@trap("ndpi-quic-empty", "A QUIC Initial packet and then an empty UDP payload. nDPI 4.2 reads the first byte of that.")
def quic_empty():
    head = b"\xc3\0\0\0\1\x08" + bytes(range(8)) + b"\0\0" + struct.pack(">H", 0x4000 | 1182)
    return udp_exchange(CLIENT, Host(SERVER, 443), head + bytes(1200 - len(head)), b"", 0) + udp_exchange(CLIENT, Host(SERVER, 443), b"", b"", 1)
