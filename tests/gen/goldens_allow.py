"""Golden captures with a site list beside them, site.csv: what it allows is not said, and comes back when its row expires.

Adds to the catalogue that goldens.py gives it. The captures begin on 2026-03-01 at 12:00 UTC.
"""
from dialogue import Conversation, Host
import dns
import goldens_fleet
import miners
import wallets
import wire

COLUMNS = "name,client,destination,wallet,kind,reason,expires\n"
POOL, OTHER = Host("203.0.113.9", 3333), Host("203.0.113.10", 4444)


def with_list(rows, files):
    out = dict(files)
    out["site.csv"] = ("# written by tests/gen/make golden\n" + COLUMNS + rows).encode()
    return out


def names(asked):
    """By suffix, by this very name, below it, by client and name, by the question that led there, and until a time in between."""
    def ask(host, name, at):
        return asked(host, name, [dns.a(name, "203.0.113.60")], at=at)
    chain = [dns.cname("updates.example.org", "xmr.pool.example"), dns.a("xmr.pool.example", "203.0.113.9")]
    packets = ask(17, "eu.market.example", 0) + ask(17, "gone.example", 1) + ask(17, "a.gone.example", 2) + ask(18, "webminer.example", 3) + \
        ask(18, "a.webminer.example", 4) + ask(19, "xmr.pool.example", 5) + ask(20, "xmr.pool.example", 6) + \
        asked(21, "updates.example.org", chain, at=7) + ask(22, "exact.example", 8) + ask(22, "exact.example", 20)
    return with_list('market.example,,,,,market research,\n'
                     '=gone.example,,,,,this very name,\n'
                     '*.webminer.example,,,,,below it,\n'
                     'pool.example,10.0.3.19,,,,"of one machine, for a test",2027-01-01\n'
                     'example.org,,,,pool-lookup web-mining,updates,\n'
                     'exact.example,10.0.3.16/28,,,,for a moment,2026-03-01T12:00:10Z\n', {"input.pcap": wire.pcap(packets)})


def mining():
    xmr, own = wallets.monero("site"), wallets.monero("allowed")
    merged = goldens_fleet.merged([
        Conversation(Host("10.0.3.90", 43000), POOL, miners.xmrig("allow a", xmr + ".a", shares=2), seed=1),
        Conversation(Host("10.0.3.91", 43001), POOL, miners.xmrig("allow b", xmr + ".b", shares=2), seed=2, start_s=1),
        Conversation(Host("10.0.3.92", 43002), OTHER, miners.xmrig("allow c", xmr + ".c", shares=2), seed=3, start_s=2),
        Conversation(Host("10.0.3.93", 43003), POOL, miners.xmrig("allow d", own + ".d", shares=2), seed=4, start_s=3),
        Conversation(Host("10.0.3.94", 43004), POOL, miners.xmrig("allow e", xmr + ".e", shares=2), seed=5, start_s=4),
        Conversation(Host("10.0.3.95", 43005), POOL, miners.xmrig("allow f", xmr + ".f", shares=2), seed=6, start_s=5)])
    return with_list(',10.0.3.90,,,,a machine,\n'
                     ',10.0.3.91,203.0.113.9:4444,,,the other port,\n'
                     ',,203.0.113.10:4444,,mining,a pool,\n'
                     ',,,%s*,,a wallet,\n'
                     ',10.0.3.94,203.0.113.0/24,,mining,until a time within,2026-03-01T12:00:20Z\n' % own[:12], merged)


def everything():
    return with_list(",10.0.3.0/24,,,,all that is ours,\n", goldens_fleet.proxy())


def add(goldens, golden, asked):
    """golden: the record of goldens.py; asked: its function that makes lookups."""
    goldens["allow-names"] = golden(
        "Lookups of listed names, of which a site list allows some.", "plain Ethernet",
        "pool-lookup of 10.0.3.17 for a.gone.example, of 10.0.3.20 for xmr.pool.example, of 10.0.3.22 for exact.example, once its row has expired; web-mining of "
        "10.0.3.18 for webminer.example. Nothing of 10.0.3.19 and .21, nor of market.example.", lambda: names(asked))
    goldens["allow-mining"] = golden(
        "Six machines mine, of which a site list allows four by machine, pool, wallet, and one until a time within.", "plain Ethernet",
        "mining of 10.0.3.91 and .95, and of .94 from 12:00:20 on, new then with its login and all jobs; a campaign of these three for one wallet.", mining)
    goldens["trap-allowed"] = golden(
        "The capture fleet-proxy, all of whose machines are in an allowed network.", "plain Ethernet", "nothing.", everything)
