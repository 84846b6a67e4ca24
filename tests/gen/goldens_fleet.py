"""Golden captures of what many connections show together: a proxy inside, one wallet of several machines, a scan of pools.

Adds to the catalogue that goldens.py gives it.
"""
from dialogue import Conversation, Host, Say
import miners
import wallets
import wire

POOL = Host("203.0.113.9", 3333)
PROXY = Host("10.0.3.5", 3333)


def merged(conversations):
    return {"input.pcap": wire.pcap(sorted((p for c in conversations for p in c.packets()), key=lambda p: p.ts_ns))}


def proxy():
    """One client says 20 logins, as a proxy of its own does; three have one; the proxy mines for all of them."""
    xmr = wallets.monero("fleet")
    logins = ["%s.rig%d" % (wallets.monero("proxied %d" % i), i) for i in range(20)]
    out = [Conversation(Host("10.0.3.60", 40960), PROXY, miners.proxied("fleet", logins, shares=1), seed=60)]
    for i in range(3):
        out.append(Conversation(Host("10.0.3.%d" % (61 + i), 40961 + i), PROXY,
                                miners.xmrig("fleet %d" % i, "account.%d" % i, shares=2), seed=61 + i, start_s=5.0 + i))
    out.append(Conversation(Host(PROXY.ip, 51000), POOL, miners.xmrig("upstream", xmr, shares=3), seed=5, start_s=20.0))
    return merged(out)


def wallet():
    xmr = wallets.monero("campaign")
    return merged([Conversation(Host("10.0.3.%d" % (70 + i), 41000 + i), POOL, miners.xmrig("campaign %d" % i, xmr + ".h%d" % i, shares=2),
                                seed=70 + i, start_s=3.0 * i) for i in range(5)])


def scan():
    """Thirty pools say nothing or refuse; the thirty-first gives work."""
    script = [Say("c", b'{"id":1,"method":"mining.subscribe","params":["probe/1.0"]}\n'),
              Say("c", b'{"id":2,"method":"mining.authorize","params":["probe","x"]}\n')]
    refusal = [Say("s", b'{"id":2,"result":false,"error":[24,"Unauthorized worker",null]}\n')]
    out = [Conversation(Host("10.0.3.80", 42000 + i), Host("198.51.100.%d" % (1 + i), 3333), script + (refusal if i % 3 == 0 else []),
                        seed=100 + i, start_s=0.5 * i) for i in range(30)]
    out.append(Conversation(Host("10.0.3.80", 42100), POOL, miners.asic("scanned", wallets.bitcoin("scanner"), shares=1), seed=99, start_s=30.0))
    return merged(out)


def add(goldens, golden):
    """golden: the record of goldens.py."""
    goldens["fleet-proxy"] = golden(
        "A proxy inside with four clients, of which one says 20 logins, and its own connection to a pool.", "plain Ethernet",
        "five findings of kind mining, that of 10.0.3.60 with logins_total 20; one of kind pool-service, 10.0.3.5 port 3333, four members, "
        "pool 203.0.113.9 port 3333.", proxy)
    goldens["fleet-wallet"] = golden(
        "Five machines mine for one wallet.", "plain Ethernet",
        "five findings of kind mining; one of kind campaign, five members, severity 9.1, pool 203.0.113.9 port 3333.", wallet)
    goldens["fleet-scan"] = golden(
        "One machine tries thirty pools, which say nothing or refuse; then one gives it work.", "plain Ethernet",
        "eight findings of kind mining that are closed; one of kind pool-scan that supersedes them, targets_total 30 or 31; one of kind mining, "
        "pool 203.0.113.9 port 3333, stage paid.", scan)
