"""Invents wallet addresses with right checksums from a seed; nobody holds the keys.

Base58check (Bitcoin, Zcash transparent), Monero block base58 with original Keccak-256, EIP-55. Prefixes and schemes: Monero
src/common/base58.cpp, Zcash protocol specification 5.6.1.1, EIP-55; Keccak-f[1600] of the Keccak reference, padding 0x01
(not SHA-3's 0x06).
"""
import hashlib
import random

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
MASK = 2 ** 64 - 1


def rotate(x, n):
    n %= 64
    return (x << n | x >> (64 - n)) & MASK if n else x


def round_constants():
    """The 24 iota constants, from the degree-8 shift register of the specification."""
    out, register = [], 1
    for _ in range(24):
        constant = 0
        for j in range(7):
            if register & 1:
                constant |= 1 << (2 ** j - 1)
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
        out.append(constant)
    return out


ROUND = round_constants()


def keccak_f(a):
    """The permutation on 25 lanes, lane (x, y) at a[x + 5 * y]."""
    for constant in ROUND:
        column = [a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] for x in range(5)]
        for x in range(5):
            d = column[(x + 4) % 5] ^ rotate(column[(x + 1) % 5], 1)
            for y in range(0, 25, 5):
                a[x + y] ^= d
        x, y, lane = 1, 0, a[1]
        for t in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            a[x + 5 * y], lane = rotate(lane, (t + 1) * (t + 2) // 2), a[x + 5 * y]
        for y in range(0, 25, 5):
            row = a[y:y + 5]
            for x in range(5):
                a[x + y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5])
        a[0] ^= constant
    return a


def keccak256(data):
    rate = 136
    data = bytearray(data) + b"\x01" + b"\0" * (-(len(data) + 1) % rate)
    data[-1] |= 0x80
    state = [0] * 25
    for at in range(0, len(data), rate):
        for i in range(rate // 8):
            state[i] ^= int.from_bytes(data[at + 8 * i:at + 8 * i + 8], "little")
        state = keccak_f(state)
    return b"".join(lane.to_bytes(8, "little") for lane in state[:4])


assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


def base58(data, width=0):
    """Big-endian base 58; width pads with the zero digit, else each leading zero byte gives one."""
    n, text = int.from_bytes(data, "big"), ""
    while n:
        n, digit = divmod(n, 58)
        text = ALPHABET[digit] + text
    return text.rjust(width, "1") if width else "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def base58check(prefix, payload):
    data = prefix + payload
    return base58(data + hashlib.sha256(hashlib.sha256(data).digest()).digest()[:4])


def monero_base58(data):
    """Blocks of 8 bytes give 11 characters; the 5 bytes left of 69 give 7."""
    widths = {8: 11, 5: 7}
    return "".join(base58(data[i:i + 8], widths[len(data[i:i + 8])]) for i in range(0, len(data), 8))


def chance(seed, n):
    return random.Random("wallet %s" % seed).getrandbits(8 * n).to_bytes(n, "big")


def bitcoin(seed):
    return base58check(b"\x00", chance(seed, 20))


def zcash_t1(seed):
    return base58check(b"\x1c\xb8", chance(seed, 20))


def monero(seed, prefix=18):
    """A standard address (18) or a subaddress (42): spend key, view key, four bytes of Keccak."""
    data = bytes([prefix]) + chance(seed, 64)
    return monero_base58(data + keccak256(data)[:4])


def ethereum(seed, mixed=True):
    """mixed: EIP-55 capitals as checksum; else all lower case, which carries none."""
    plain = chance(seed, 20).hex()
    if not mixed:
        return "0x" + plain
    digest = keccak256(plain.encode()).hex()
    return "0x" + "".join(c.upper() if int(d, 16) >= 8 else c for c, d in zip(plain, digest))
