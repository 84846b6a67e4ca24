#!/usr/bin/env python3
"""Writes the committed seeds of fuzz_wallet anew, below tests/fuzz/corpus: the addresses of tests/unit/test_wallet.c and the
halves of tests/unit/test_coinbase.c, which name their sources, and some logins.
"""
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = os.path.join(HERE, "..", "corpus", "fuzz_wallet")
UNIT = os.path.join(HERE, "..", "..", "unit")
ZEROS = "0" * 64
START = "0100000001" + ZEROS + "ffffffff"
PAY = "1976a914d23fcdf86f7e756a64a7a9688ef9903327048ed988ac"
WITNESS = "160014751e76e8199196d454941c45d1b3a323f1433bd6"
XMR = "48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsaSWJ4fhdUyZijBGUicoD"

TEXTS = {
    "login-moneroocean": XMR + "%20%" + XMR + "+5000",
    "login-nanopool": XMR + "." + ZEROS + ".rig/a@b.example",
    "login-coin": "btc$bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4.rig",
    "login-unmineable": "DOGE:DEa7damK8MsbdCJztidBasZKVsDLJifWfE.rig#ab12-cd34",
    "login-p2pool": "x+10000",
    "login-perf": XMR + "+perfauto",
    "password": "c=BTC,d=1024",
    "coinbase-slush": START + "20020862062f503253482f04b8864e5008\n072f736c7573682f000000000100f2052a01000000" + PAY + "00000000",
    "coinbase-witness": START + "1003ea2908084269744d696e746572\nffffffff020100000000000000" + WITNESS + "0000000000000000026a00"
                        + "0120" + ZEROS + "00000000",
    "coinbase-merged": START + "6403ea2908\nfabe6d6d" + ZEROS + "0100000000000000ffffffff010500000000000000" + PAY + "000000000402000829",
}


def main():
    os.makedirs(TARGET, exist_ok=True)
    with open(os.path.join(UNIT, "test_wallet.c"), encoding="ascii") as f:
        rows = re.findall(r'\{"([A-Z]+)",\s*"([^"]+)",\s*V, I\}', f.read())
    count = {}
    for coin, text in rows:
        count[coin] = count.get(coin, 0) + 1
        TEXTS["address-%s-%d" % (coin.lower(), count[coin])] = text
    for name, text in TEXTS.items():
        with open(os.path.join(TARGET, name), "w", encoding="ascii") as f:
            f.write(text)


main()
