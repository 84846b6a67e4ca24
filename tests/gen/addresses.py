"""Invents addresses of further coins, with right checksums, from a seed; nobody holds the keys.

bech32 and bech32m (BIP 173, 350: Bitcoin, Chia, CKB, Handshake, Bytom), the 40-bit code of Bitcoin Cash's cashaddr (Kaspa,
Conflux by CIP-37), Base58 with BLAKE2b (Ergo), Nimiq's IBAN-like check digits, Aeternity's ak_.
"""
import hashlib

from wallets import base58, base58check, chance

CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
CONFLUX_CHARSET = "abcdefghjkmnprstuvwxyz0123456789"
NIMIQ_CHARSET = "0123456789ABCDEFGHJKLMNPQRSTUVXY"
BECH32, BECH32M = 1, 0x2BC830A3


def groups(data, width=5):
    """The bytes as numbers of 5 bits, zeros behind."""
    bits = "".join("{:08b}".format(b) for b in data)
    bits += "0" * (-len(bits) % width)
    return [int(bits[i:i + width], 2) for i in range(0, len(bits), width)]


def bech32_sum(values):
    c = 1
    for v in values:
        top, c = c >> 25, (c & 0x1FFFFFF) << 5 ^ v
        for i, g in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            c ^= g if top >> i & 1 else 0
    return c


def bech32(prefix, values, constant):
    head = [ord(x) >> 5 for x in prefix] + [0] + [ord(x) & 31 for x in prefix]
    check = bech32_sum(head + values + [0] * 6) ^ constant
    return prefix + "1" + "".join(CHARSET[v] for v in values + [check >> 5 * (5 - i) & 31 for i in range(6)])


def cash_sum(values):
    c = 1
    for v in values:
        top, c = c >> 35, (c & 0x07FFFFFFFF) << 5 ^ v
        for i, g in enumerate((0x98F2BC8E61, 0x79B76D99E2, 0xF33E5FB3C4, 0xAE2EABE2A8, 0x1E4F43E470)):
            c ^= g if top >> i & 1 else 0
    return c ^ 1


def cash(prefix, version, payload, alphabet=CHARSET):
    values = groups(bytes([version]) + payload)
    check = cash_sum([ord(x) & 31 for x in prefix] + [0] + values + [0] * 8)
    return prefix + ":" + "".join(alphabet[v] for v in values + [check >> 5 * (7 - i) & 31 for i in range(8)])


def segwit(prefix, seed, version=0, size=20):
    return bech32(prefix, [version] + groups(chance(seed, size)), BECH32M if version else BECH32)


def kaspa(seed, prefix="kaspa"):
    return cash(prefix, 0, chance(seed, 32))


def conflux(seed):
    """CIP-37; a user's address begins with the nibble 1."""
    payload = bytearray(chance(seed, 20))
    payload[0] = 0x10 | payload[0] & 15
    return cash("cfx", 0, bytes(payload), CONFLUX_CHARSET)


def bitcoin_cash(seed):
    return cash("bitcoincash", 0, chance(seed, 20))


def ergo(seed):
    """Main net, pay to public key: 0x01, a compressed point, four bytes of BLAKE2b-256."""
    data = b"\x01\x02" + chance(seed, 32)
    return base58(data + hashlib.blake2b(data, digest_size=32).digest()[:4])


def alephium(seed):
    return base58(b"\0" + chance(seed, 32))


def ckb(seed):
    """A full address of the 2021 format: 00, code hash, hash type, arguments; bech32m."""
    return bech32("ckb", groups(b"\0" + chance("code hash", 32) + b"\1" + chance(seed, 20)), BECH32M)


def chia(seed):
    return bech32("xch", groups(chance(seed, 32)), BECH32M)


def handshake(seed):
    return segwit("hs", seed)


def bytom(seed):
    return segwit("bm", seed)


def litecoin(seed):
    return segwit("ltc", seed)


def ravencoin(seed):
    return base58check(b"\x3c", chance(seed, 20))


def kadena(seed):
    return "k:" + chance(seed, 32).hex()


def ironfish(seed):
    return chance(seed, 32).hex()


def xelis(seed):
    """bech32 with a colon instead of the 1: 32 bytes of key and a zero byte for an ordinary address."""
    return bech32("xel", groups(chance(seed, 32) + b"\0"), BECH32).replace("1", ":", 1)


def aeternity(seed):
    return "ak_" + base58check(b"", chance(seed, 32))


def nimiq(seed):
    """NQ, two check digits of ISO 7064 mod 97-10 as in an IBAN, 32 characters in groups of four."""
    body = "".join(NIMIQ_CHARSET[v] for v in groups(chance(seed, 20)))
    number = int("".join(str(int(x, 36)) for x in body + "NQ00"))
    whole = "NQ%02d" % (98 - number % 97) + body
    return " ".join(whole[i:i + 4] for i in range(0, 36, 4))
