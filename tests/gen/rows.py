"""The table of all that can be generated: ROWS maps a name to a Row, VARIANTS says how a row's capture can be spoilt.

A row has one or more conversations, each with a Session (or a list of packets, for UDP). Miners are in 10/8, pools in ranges of
documentation. packets(name, variant) gives what `make row` writes and tests/matrix.py reads.
"""
import collections

import addresses
import carriers
import miners
import miners_binary as binary
import miners_coins as coins
import miners_ethereum as ethereum
import miners_http as http
import miners_variants as variants
import miners_web as web
import nodes
import wallets
import wire
from dialogue import Conversation, Host, merge
from session import Facts, Session, counted_script

# parts: [(client, server, session, start_s)], made anew for each call. facts: of the first. udp: packets instead of parts.
Row = collections.namedtuple("Row", "what parts udp", defaults=(None,))
ROWS = {}
NUMBER = {}


def ends(name, port):
    """The endpoints of a row: by its place in the table."""
    n = NUMBER.setdefault(name, len(NUMBER) + 1)
    return Host("10.0.20.%d" % n, 40000 + 7 * n), Host("203.0.113.%d" % (100 + n % 150), port)


def row(name, what, make, port=3333, server=None):
    """make: gives the session, anew at each call."""
    client, pool = ends(name, port)
    ROWS[name] = Row(what, lambda: [(client, Host(server, port) if server else pool, make(), 0.0)])


def rows_of(what, make_parts, name):
    ROWS[name] = Row(what, make_parts)


def old(protocol, script, login=None, agent=None, worker=None, wallet=None, **facts):
    s = counted_script(protocol, script, login, agent)
    s.facts.worker, s.facts.wallet = worker, wallet
    s.facts.__dict__.update(facts)
    return s


# ---------------------------------------------------------------- the four dialects that were there before

BTC, XMR, ETC, ZEC = wallets.bitcoin("rows"), wallets.monero("rows"), wallets.ethereum("rows"), wallets.zcash_t1("rows")


def work_of_stratum(session, difficulties):
    session.facts.work = [d * 2 ** 256 / (0xFFFF << 208) for d in difficulties]
    session.facts.difficulty = difficulties[-1]
    return session


def stratum_v1():
    s = old("stratum-v1", miners.asic("rows", BTC + ".s21", shares=12), BTC + ".s21", "cgminer/4.12.1", "s21", BTC)
    return work_of_stratum(s, [8192] * 6 + [16384] * 6)


def cryptonote(seed="rows", login=XMR + ".rig1", **more):
    s = old("cryptonote", miners.xmrig(seed, login, shares=12, rejected=(4,), **more), login, more.get("agent", miners.XMRIG), "rig1", XMR)
    difficulty = more.get("difficulty", 30000)
    s.facts.work, s.facts.difficulty = [2 ** 32 / (0xFFFFFFFF // difficulty)] * s.facts.accepted, difficulty
    return s


def eth_proxy():
    s = old("eth-proxy", miners.ethminer("rows", ETC + ".gpu7", shares=12, refused=(2,)), ETC + ".gpu7", None, "gpu7", ETC)
    s.facts.work = [4e9] * s.facts.accepted
    return s


def equihash():
    s = old("equihash", miners.equihash("rows", ZEC + ".rig4", shares=12), ZEC + ".rig4", "EWBF 0.3.4b", "rig4", ZEC,
            carried_name="eu1-zec.pool.example", name_source="subscribe", unit="solutions")
    s.facts.work = [16000.0] * s.facts.accepted
    return s


row("sv1", "Stratum v1: an ASIC with version rolling.", stratum_v1)
row("cn", "CryptoNote: XMRig at a RandomX pool.", cryptonote)
row("ethp", "eth-proxy: ethminer.", eth_proxy, 9999)
row("eqh", "Equihash: ZIP 301.", equihash)

# ---------------------------------------------------------------- 1.3 to 1.13

RVN, ERG, KAS = addresses.ravencoin("rows"), addresses.ergo("rows"), addresses.kaspa("rows")
ALPH, IRON, BEAM = addresses.alephium("rows"), addresses.ironfish("rows"), wallets.chance("beam", 33).hex()

row("es1", "EthereumStratum/1.0.0: subscribe with the protocol's name, difficulty as a fraction, notify of four, nonces without the pool's part.",
    lambda: ethereum.eth_stratum_1("es1", ETC + ".p106", "p106", ETC), 4444)
row("es2", "EthereumStratum/2.0.0: hello, a session, a token in place of the login, mining.set, lone ids as answers, noop and bye.",
    lambda: ethereum.eth_stratum_2("es2", ETC + ".rig2", "rig2", ETC), 4444)
row("kawpow", "KawPoW: subscribe with the pool's name, set_target, notify of seven, submit of five.",
    lambda: ethereum.kawpow("kawpow", RVN + ".gpu1", "gpu1", RVN), 4505)
row("ergo", "Ergo: notify of nine with the number b in decimal; the difficulty multiplies b.",
    lambda: coins.ergo("ergo", ERG + ".rtx", "rtx", ERG), 3056)
row("ergo-short", "Ergo: notify of four, set_target.", lambda: coins.ergo("ergo4", ERG + ".rtx", "rtx", ERG, long=False), 3056)
row("kaspa", "Kaspa: the reply is true and a protocol's name, a bare set_extranonce, jobs of four integers and a time.",
    lambda: coins.kaspa("kaspa", KAS + ".asic1", "asic1", KAS), 5555)
row("kaspa-long", "Kaspa: jobs of 80 hexadecimal digits, as BzMiner and ASICs want them.",
    lambda: coins.kaspa("kaspa80", KAS + ".ks3", "ks3", KAS, long=True, agent="IceRiverMiner-v1.1"), 5555)
row("alph", "Alephium: the pool speaks first; notify with 16 objects; submit with an object; hash rate.",
    lambda: coins.alephium("alph", ALPH + ".a1", "a1", ALPH), 20032)
row("alph-named", "Alephium at the coin's own pool software: submits are answered by mining.submit_result.",
    lambda: coins.alephium("alphn", ALPH + ".a1", "a1", ALPH, named_reply=True), 20032)
row("iron", "Iron Fish: body in place of params, answers that are messages.", lambda: coins.iron_fish("iron", IRON), 9034)
row("grin", "Grin: text ids, answers that name the method, proofs of 42 numbers, status.",
    lambda: coins.grin("grin", "miner@example.org", agent="bminer (v12.1.0-5083c32)"), 3416)
row("beam", "Beam: no params, keys in alphabetical order.", lambda: coins.beam("beam", BEAM), 10002)
row("beam-order", "Beam: keys in another order.", lambda: coins.beam("beam2", BEAM, alphabetical=False), 10002)

# ---------------------------------------------------------------- 1.14

CKB, CFX, KDA, XEL = addresses.ckb("rows"), addresses.conflux("rows"), addresses.kadena("rows"), addresses.xelis("rows")
HNS, AE, BTM = addresses.handshake("rows"), addresses.aeternity("rows"), addresses.bytom("rows")
row("ckb", "CKB: set_target, notify of five, submit of three.",
    lambda: variants.variant(variants.Ckb, "ckb", CKB + ".k5", "ckbminer-v1.0.0", "k5", CKB), 4333)
row("cfx", "Conflux: boundary in the job, xn beside params, submit with the header.",
    lambda: variants.variant(variants.Conflux, "cfx", CFX + ".gpu", "T-Rex/0.26.8", "gpu", CFX), 6060)
row("kda", "Kadena: a nonce prefix in the subscribe reply, notify with the work header.",
    lambda: variants.variant(variants.Kadena, "kda", KDA + ".kd6", "kd6-miner/1.0", "kd6", KDA), 3700)
row("xelis", "Xelis: four parts in the subscribe reply, worker apart in authorize.",
    lambda: variants.variant(variants.Xelis, "xelis", XEL, "Rigel/1.19.3", "box", XEL), 2222)
row("dcr", "Decred: notify without coinbase and branches.",
    lambda: variants.stratum_variant(variants.Decred, "dcr", "exampleuser.dr5", "gominer/1.2.0", "dr5"))
row("hns", "Handshake: notify of twelve with three roots.",
    lambda: variants.stratum_variant(variants.Handshake, "hns", HNS + ".hs5", "Goldshell-HS5/2.1", "hs5", HNS), 3008)
row("ae", "Aeternity: set_target, notify of four, proofs of 42.",
    lambda: variants.variant(variants.Aeternity, "ae", AE + ".gpu", "aestratum/0.1.0", "gpu", AE), 9999)
row("btm", "Bytom: login with an array, getwork on TCP, jobs as arrays.",
    lambda: variants.variant(variants.Bytom, "btm", BTM + ".b3", "bmminer/2.0.0", "b3", BTM, error={"code": 23, "message": "Invalid share"}), 6666)

# ---------------------------------------------------------------- HTTP


def getwork_parts():
    client, pool = ends("getwork", 8332)
    return [(client, pool, http.getwork("getwork", "bigsky.w1", "w1"), 0.0),
            (Host(client.ip, client.port + 1), pool, http.long_poll("lp", "bigsky.w1"), 0.2)]


rows_of("getwork over HTTP: header and body apart, X-Mining-Extensions, X-Stratum, long polls, login by Basic authorization.", getwork_parts, "getwork")
row("gbt", "getblocktemplate over HTTP: several polls, submitblock, chunked replies, two requests in one segment.",
    lambda: http.block_template("gbt", "bigsky.w2", "w2"), 8332)
row("ethgw", "eth_getWork over HTTP with wallet and rig in the address, polled every second, chunked replies of type text/html.",
    lambda: http.eth_over_http("ethgw", ETC), 8080)
row("daemon", "XMRig at a node: getblocktemplate with a wallet, getheight every second, submitblock with X-Hash-Difficulty.",
    lambda: http.daemon("daemon", XMR), 18081, "10.0.7.20")
row("chia", "Chia's pool protocol in clear HTTP: pool_info, farmer, partials.", lambda: http.chia("chia"), 80)

# ---------------------------------------------------------------- binary

row("sv2-noise", "Stratum V2 behind Noise: 64 and 234 bytes, then only lengths.", lambda: binary.stratum_v2("sv2n", "braiinstest.worker1", noise=True), 34254)
row("sv2-noise-extended", "Stratum V2 behind Noise, an extended channel: shares of 71 bytes.",
    lambda: binary.stratum_v2("sv2x", "braiinstest.worker1", noise=True, extended=True), 34254)
row("sv2-clear", "Stratum V2 without encryption, a standard channel.",
    lambda: binary.stratum_v2("sv2c", "exampleuser.worker1", "worker1"), 34254, "10.0.7.21")
row("sv2-clear-extended", "Stratum V2 without encryption, an extended channel.",
    lambda: binary.stratum_v2("sv2e", "exampleuser.worker2", "worker2", extended=True), 34254, "10.0.7.21")
row("p2pool", "p2pool's network: challenges of 17 bytes both ways, solutions with more behind them, blocks.", lambda: binary.p2pool("p2pool"), 37889)
row("p2pool-local", "A miner at its own p2pool: a login without a wallet, x+difficulty; extension algo; targets of 4 bytes.",
    lambda: old("cryptonote", miners.xmrig("p2l", "x+10000", shares=12, extensions=["algo"], difficulty=10000), "x+10000", miners.XMRIG,
                work=[2 ** 32 / (0xFFFFFFFF // 10000)] * 12, difficulty=10000), 3333, "10.0.7.22")

# ---------------------------------------------------------------- WebSocket

NIM, NIM_POOL = addresses.nimiq("rows"), addresses.nimiq("pool")
row("web", "A miner in a web page: auth, authed, job, submit, hash_accepted over WebSocket.", lambda: web.coinhive("web", "VQo3eXaMpLekEy0000000000000000Zz"), 80)
row("web-fragments", "The same in frames of 60 bytes with pings between them, for a user.",
    lambda: web.coinhive("webf", "VQo3eXaMpLekEy0000000000000000Zz", user="blog", fragment=60, ping=3), 80)
row("web-rpc", "CryptoNote's JSON-RPC inside WebSocket.", lambda: carriers.carried(cryptonote("webrpc"), ["ws"], "ws.pool.example", 80), 80)
row("web-rpc-fragments", "The same in frames of 100 bytes with pings.",
    lambda: carriers.carried(cryptonote("webrpcf"), ["ws-fragments"], "ws.pool.example", 80), 80)
row("nimiq", "Nimiq over WebSocket, a miner that knows the chain.", lambda: web.nimiq("nimiq", NIM, NIM_POOL), 80)
row("nimiq-nano", "Nimiq over WebSocket, a miner in a browser.", lambda: web.nimiq("nimiqn", NIM, NIM_POOL, "nano"), 80)

# ---------------------------------------------------------------- one connection, several dialects or logins; several connections


def twenty():
    """A proxy's connection: one wallet, twenty workers."""
    logins = ["%s.w%02d" % (XMR, i) for i in range(20)]
    s = old("cryptonote", miners.proxied("twenty", logins, shares=1), logins[-1], None, "w19", XMR)
    s.facts.work = [2 ** 32 / (0xFFFFFFFF // 4096)] * 20
    return s


def moved():
    """The pool sends the miner to another host, where it logs in again."""
    client, pool = ends("reconnect", 3333)
    first = old("stratum-v1", miners.stratum_rejects("moved", BTC + ".cpu"), BTC + ".cpu", "cpuminer-multi/1.3.7", "cpu", BTC)
    second = old("stratum-v1", miners.asic("moved2", BTC + ".cpu", shares=3), BTC + ".cpu", "cgminer/4.12.1", "cpu", BTC)
    second.facts.carried_name, second.facts.name_source = "eu2.pool.example", "reconnect"
    return [(client, pool, first, 0.0), (Host(client.ip, client.port + 1), Host("203.0.113.241", 3334), second, 90.0)]


DONATION = wallets.keccak256(XMR.encode()).hex()
row("cn-20-logins", "Twenty logins in one connection.", twenty)
row("cn-auto-kawpow", "XMRig's login is answered without a job; the connection goes on as KawPoW.",
    lambda: ethereum.auto_kawpow("auto", RVN, RVN))
row("cn-gives", "XMRig's donation: the login is a hash of 64 digits.",
    lambda: old("cryptonote", miners.xmrig("gives", DONATION, shares=3), DONATION, miners.XMRIG))
rows_of("client.reconnect with a host, and the connection to it.", moved, "reconnect")

# ---------------------------------------------------------------- carriers

for carrier in ("socks4", "socks4a", "socks5", "socks5-ipv4", "socks5-ipv6", "socks5-user", "connect", "connect-user"):
    row("cn-" + carrier, "CryptoNote through %s." % carrier, lambda c=carrier: carriers.carried(cryptonote(c), [c]), 8080, "203.0.113.90")
row("sv1-connect", "Stratum v1 through HTTP CONNECT.", lambda: carriers.carried(stratum_v1(), ["connect"]), 3128, "203.0.113.91")
row("cn-socks5-connect", "CryptoNote through HTTP CONNECT through SOCKS5.",
    lambda: carriers.carried(cryptonote("sc"), ["socks5", "connect"]), 1080, "203.0.113.92")
row("cn-socks5-ws", "CryptoNote in WebSocket through SOCKS5.", lambda: carriers.carried(cryptonote("sw"), ["socks5", "ws"]), 1080, "203.0.113.92")
row("cn-connect-ws", "CryptoNote in WebSocket through HTTP CONNECT.",
    lambda: carriers.carried(cryptonote("cw"), ["connect", "ws"]), 3128, "203.0.113.91")
row("sv2-socks5", "Stratum V2 behind Noise through SOCKS5.",
    lambda: carriers.carried(binary.stratum_v2("sv2s", "braiinstest.worker1", noise=True), ["socks5"]), 1080, "203.0.113.92")
row("eqh-socks5", "Equihash through SOCKS5.", lambda: carriers.carried(equihash(), ["socks5"]), 1080, "203.0.113.92")

# ---------------------------------------------------------------- nodes


def node(script):
    s = Session("node", None)
    s.script, s.facts.kind = script, "coin-node"
    return s


for coin in nodes.MAGICS:
    row("node-" + coin, "A node of the Bitcoin family: %s." % coin, lambda c=coin: node(nodes.bitcoin(c)), nodes.PORTS[coin], "198.51.100.20")
row("node-monero", "A Monero node: Levin.", lambda: node(nodes.monero_node()), 18080, "198.51.100.20")
row("node-rlpx", "An Ethereum node: RLPx.", lambda: node(nodes.rlpx()), 30303, "198.51.100.20")
ROWS["node-discv4"] = Row("An Ethereum node: discovery over UDP.", lambda: [], lambda: nodes.discv4(ends("node-discv4", 30303)[0]))


# ---------------------------------------------------------------- captures

VARIANTS = {
    "plain": "as it is",
    "bytes": "each message begins byte by byte",
    "midstream": "the first third of the messages is missing",
    "client": "only the client's direction",
    "server": "only the server's direction",
    "vxlan200": "in VXLAN, packets cut to 200 bytes",
}
BYTES = 300                     # variant bytes: so much of a message in segments of one byte, the rest in pieces of 101


def facts_of(name):
    parts = ROWS[name].parts()
    if parts:
        return parts[0][2].facts
    f = Facts(None, "coin-node")
    return f


def conversation(name, part, variant, number=0):
    client, server, session, start_s = part
    how = {"plain": {}, "bytes": {"segmentation": (BYTES, 101)}, "client": {"only": "c"}, "server": {"only": "s"},
           "midstream": {"start": "midstream", "skip_items": (len(session.script) + 2) // 3},
           "vxlan200": {"link": "vxlan", "snaplen": 200}}[variant]
    return Conversation(client, server, session.script, seed="row %s %d" % (name, number), start_s=start_s, **how)


def packets(name, variant="plain"):
    r = ROWS[name]
    if r.udp:
        out = r.udp()
        if variant in ("client", "server"):
            ours = wire.ip_bytes(ends(name, 0)[0].ip)
            out = [p for p in out if (p.data[26:30] == ours) == (variant == "client")]
        if variant == "midstream":
            out = out[(len(out) + 2) // 3:]
        return wire.snap(wire.wrap("vxlan", out), 200) if variant == "vxlan200" else out
    return merge(*(conversation(name, part, variant, i).packets() for i, part in enumerate(r.parts())))
