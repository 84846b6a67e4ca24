"""What can stand around a dialect: SOCKS4, SOCKS4a, SOCKS5, HTTP CONNECT, WebSocket, and any of them inside another.

A carrier takes a script (a list of Say) and gives another; carried() does so for a Session and brings its facts up to date.
Sources: the SOCKS 4 and 4A memoranda, RFC 1928, 1929, RFC 9110 section 9.3.6, RFC 6455.
"""
import base64
import hashlib
import ipaddress
import random
import struct

from dialogue import Say

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"      # RFC 6455 section 1.3
TEXT, CONTINUATION, BINARY, CLOSE, PING, PONG = 1, 0, 2, 8, 9, 10


def address_of(name, kind):
    """The address field of SOCKS5: kind domain, ipv4 or ipv6."""
    if kind == "domain":
        return b"\x03" + bytes([len(name)]) + name.encode()
    return (b"\x01" if kind == "ipv4" else b"\x04") + ipaddress.ip_address(name).packed


def socks5(script, name, port, kind="domain", user=None, password="secret", granted=True):
    """user: the proxy wants a name and a password (RFC 1929)."""
    out = [Say("c", b"\x05\x02\x00\x02" if user else b"\x05\x01\x00"), Say("s", b"\x05\x02" if user else b"\x05\x00")]
    if user:
        out += [Say("c", b"\x01" + bytes([len(user)]) + user.encode() + bytes([len(password)]) + password.encode()), Say("s", b"\x01\x00")]
    out.append(Say("c", b"\x05\x01\x00" + address_of(name, kind) + struct.pack(">H", port)))
    if not granted:
        return out + [Say("s", b"\x05\x05\x00\x01" + bytes(6))]
    return out + [Say("s", b"\x05\x00\x00\x01" + ipaddress.ip_address("10.0.9.8").packed + struct.pack(">H", 40112))] + script


def socks4(script, name, port, user="", by_name=False):
    """by_name: 4a, an address 0.0.0.x and the name behind the user."""
    address = b"\0\0\0\x01" if by_name else ipaddress.ip_address(name).packed
    ask = b"\x04\x01" + struct.pack(">H", port) + address + user.encode() + b"\0" + (name.encode() + b"\0" if by_name else b"")
    return [Say("c", ask), Say("s", b"\x00\x5a" + struct.pack(">H", port) + (bytes(4) if by_name else address))] + script


def connect(script, name, port, agent="cpuminer/2.5.1", user=None, granted=True):
    host = "%s:%d" % ("[%s]" % name if ":" in name else name, port)
    login = "Proxy-Authorization: Basic %s\r\n" % base64.b64encode(user.encode()).decode() if user else ""
    ask = "CONNECT %s HTTP/1.1\r\nHost: %s\r\n%sUser-Agent: %s\r\nProxy-Connection: Keep-Alive\r\n\r\n" % (host, host, login, agent)
    if not granted:
        return [Say("c", ask.encode()), Say("s", b"HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\ndenied")]
    return [Say("c", ask.encode()), Say("s", b"HTTP/1.1 200 Connection established\r\n\r\n")] + script


def frame(data, mask=b"", opcode=TEXT, final=True):
    """One frame; a mask of four bytes marks a client's."""
    head = bytes([0x80 * final | opcode])
    bit = 0x80 if mask else 0
    if len(data) < 126:
        head += bytes([bit | len(data)])
    elif len(data) < 2 ** 16:
        head += struct.pack(">BH", bit | 126, len(data))
    else:
        head += struct.pack(">BQ", bit | 127, len(data))
    return head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)) if mask else head + data


def websocket(script, host="ws.pool.example", port=80, path="/proxy", origin="http://cinema.example", agent="Mozilla/5.0 (X11; Linux x86_64)",
              fragment=0, ping=0, seed=1, opcode=TEXT):
    """Each item becomes a message without its newline. fragment: messages longer than that come in frames of this many bytes;
    ping: the server pings before every such item, the client answers; frames and pieces of messages share no segment."""
    rng = random.Random("websocket %s" % seed)
    key = base64.b64encode(rng.getrandbits(128).to_bytes(16, "big"))
    accept = base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()
    name = host if port == 80 else "%s:%d" % (host, port)
    ask = "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nPragma: no-cache\r\nUpgrade: websocket\r\nOrigin: %s\r\n" \
          "Sec-WebSocket-Version: 13\r\nUser-Agent: %s\r\nSec-WebSocket-Key: %s\r\n\r\n" % (path, name, origin, agent, key.decode())
    answer = "HTTP/1.1 101 Switching Protocols\r\nServer: nginx\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n" % accept
    out = [Say("c", ask.encode()), Say("s", answer.encode())]

    def put(sender, data, kind, final=True, delay_s=0.0):
        mask = rng.getrandbits(32).to_bytes(4, "big") if sender == "c" else b""
        out.append(Say(sender, frame(data, mask, kind, final), delay_s, clear=data))
    for number, s in enumerate(script):
        data, delay_s = s.data[:-1] if s.data.endswith(b"\n") else s.data, s.delay_s
        if ping and number and number % ping == 0:
            put("s", b"", PING, delay_s=delay_s / 2)
            put("c", b"", PONG)
            delay_s /= 2
        size = fragment or len(data)
        pieces = [data[i:i + size] for i in range(0, len(data), size)]
        for i, piece in enumerate(pieces):
            put(s.sender, piece, CONTINUATION if i else opcode, i == len(pieces) - 1, 0.0 if i else delay_s)
    return out


CARRIERS = {
    "socks4": ("socks4", lambda s, name, port: socks4(s, "203.0.113.77", port, "miner"), None),
    "socks4a": ("socks4", lambda s, name, port: socks4(s, name, port, by_name=True), "socks"),
    "socks5": ("socks5", lambda s, name, port: socks5(s, name, port), "socks"),
    "socks5-ipv4": ("socks5", lambda s, name, port: socks5(s, "203.0.113.77", port, "ipv4"), None),
    "socks5-ipv6": ("socks5", lambda s, name, port: socks5(s, "2001:db8:77::9", port, "ipv6"), None),
    "socks5-user": ("socks5", lambda s, name, port: socks5(s, name, port, user="miner"), "socks"),
    "connect": ("http-connect", lambda s, name, port: connect(s, name, port), "connect"),
    "connect-user": ("http-connect", lambda s, name, port: connect(s, name, port, user="proxy:secret"), "connect"),
    "ws": ("ws", lambda s, name, port: websocket(s, name), "http-host"),
    "ws-fragments": ("ws", lambda s, name, port: websocket(s, name, fragment=100, ping=3), "http-host"),
}


def carried(session, carriers, name="pool.example", port=3333):
    """The session inside of carriers, outermost first. The innermost one that says a name names the pool, but for a WebSocket's Host behind a tunnel. What lies around an HTTP
    proxy's CONNECT leads to that proxy; what lies around a WebSocket leads to the same host as it."""
    words = []
    for i, c in enumerate(reversed(carriers)):
        word, wrap, source = CARRIERS[c]
        direct = not i or words[0] == "ws"
        session.script = wrap(session.script, name if direct else "proxy.example", port if direct else 8080)
        words.insert(0, word)
        if source and direct:
            session.facts.carried_name, session.facts.name_source = name, source
    session.facts.transport = "+".join(words)
    return session
