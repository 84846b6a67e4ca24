"""More innocent traffic that resembles mining: text protocols that use mining's words, and whole dialogues that are only quoted.

Beside traps.py, for the dialects that came later. Messages are invented after each protocol's public documentation.
"""
import json
import random

import carriers
import miners_coins
import miners_ethereum
import miners_http
import miners_web
import nodes
import wallets
from dialogue import Say, lines, merge
from traps import QUOTED, QUOTED_CN, UPGRADE, chunked, compact, flow, hexes, request, response, result, rpc, trap, websocket


def said(session):
    return [s.data.decode().rstrip("\n") for s in session.script]


# Sessions of the later dialects, by line, as documents and logs quote them.
DIALECTS = said(miners_ethereum.eth_stratum_1("quoted", wallets.ethereum("quoted"), shares=1)) + \
    said(miners_ethereum.eth_stratum_2("quoted", wallets.ethereum("quoted"), shares=1)) + \
    said(miners_ethereum.kawpow("quoted", "RExampleExampleExampleExample.w", shares=1)) + \
    said(miners_coins.iron_fish("quoted", hexes("iron", 32), shares=1)) + \
    said(miners_coins.grin("quoted", "a@example.org", shares=1)) + said(miners_coins.beam("quoted", hexes("beam", 33), shares=1)) + \
    said(miners_coins.kaspa("quoted", "kaspa:example", shares=1)) + said(miners_coins.ergo("quoted", "9example", shares=1))


# ---------------------------------------------------------------- JSON-RPC by line

@trap("electrum-long", "An Electrum wallet for long: banner, fees, block headers with difficulty bits, balances, ping.")
def electrum_long():
    return flow(50001, nodes.electrum(), client="10.0.5.31")


@trap("electrum-server", "An Electrum server inside, asked from outside.")
def electrum_server():
    return flow(50001, nodes.electrum(2), client="198.51.100.77", server="10.0.7.31")


def in_segments(head, texts, sender="s"):
    """A head, then each line in a segment of its own: what a line begins, a segment begins too."""
    return [Say(sender, head)] + [Say(sender, t.encode() + b"\n", 0.2) for t in texts]


@trap("segments-http-text", "Two HTTP downloads of stratum lines as text: head and lines in segments of their own; one until the end of the connection.")
def segments_http():
    length = sum(len(t) + 1 for t in QUOTED + QUOTED_CN)
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
    first = [request("/stratum.txt")] + in_segments((head + "Content-Length: %d\r\n\r\n" % length).encode(), QUOTED + QUOTED_CN)
    second = [Say("c", b"GET /log HTTP/1.0\r\n\r\n")] + in_segments((head + "\r\n").encode(), QUOTED + DIALECTS)
    return merge(flow(80, first, client="10.0.5.61"), flow(8081, second, client="10.0.5.62"))


@trap("segments-upload", "Stratum lines handed in by POST, to Redis and by mail, each line in a segment of its own.")
def segments_upload():
    post = in_segments(b"POST /pastes HTTP/1.1\r\nHost: paste.example\r\nContent-Type: text/plain\r\nContent-Length: 5000\r\n\r\n", QUOTED, "c")
    redis = [Say("c", b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$%d\r\n" % len(QUOTED[0])), Say("c", QUOTED[0].encode() + b"\r\n"), Say("s", b"+OK\r\n")]
    mail = [Say("s", b"220 mail.example\r\n"), Say("c", b"DATA\r\n"), Say("s", b"354 go on\r\n")] + in_segments(b"Subject: pool\r\n\r\n", QUOTED_CN, "c")
    return merge(flow(8082, post, client="10.0.5.63"), flow(6379, redis, client="10.0.5.64"), flow(25, mail, client="10.0.5.65"))


@trap("segments-log", "A log of a whole stratum dialogue sent over TCP, each line in a segment of its own; the collector answers each.")
def segments_log():
    script = [Say("c", b"LOG web-7\r\n"), Say("s", b"ok\r\n", 0.05)]
    for line in QUOTED:
        script += [Say("c", line.encode() + b"\n", 0.05), Say("s", b'{"id":1,"result":true}\n', 0.01)]
    return flow(8085, script, client="10.0.5.68")


@trap("orders-getwork", "A service at the root whose method is getwork, of orders.")
def orders_getwork():
    ask = request("/", compact({"id": 1, "method": "getwork", "kind": "orders"}))
    return flow(8084, [ask, response(compact({"id": 1, "result": {"data": "o-1"}}))], client="10.0.5.67")


@trap("lines-solution", "An optimiser by line: methods solution, result, status, keepalive, job, cancel with id, without mining's members.")
def solution():
    script = lines("c", compact({"id": "login", "method": "login", "user": "opt-1"})) + \
        lines("s", compact({"id": "login", "method": "result", "code": 0, "description": "Login successful"}))
    for i in range(5):
        script += lines("s", compact({"id": str(i), "method": "job", "input": "s3://plans/%d.json" % i, "difficulty": "hard"}), delay_s=2)
        script += lines("c", compact({"id": str(i), "method": "status", "progress": 0.5}), delay_s=3)
        script += lines("c", compact({"id": str(i), "method": "solution", "output": "route-%d" % i, "cost": 412.5 - i}), delay_s=4)
        script += lines("s", compact({"id": str(i), "method": "result", "code": 1, "description": "accepted"}))
    script += lines("c", compact({"id": "9", "method": "keepalive"}), delay_s=9) + lines("s", compact({"id": "9", "method": "cancel"}))
    return flow(10002, script, client="10.0.5.32")


@trap("lines-body", "A message bus by line whose envelope is id, method, body, as Iron Fish's is.")
def body():
    script = lines("c", compact({"id": 0, "method": "bus.subscribe", "body": {"version": 3, "agent": "shop/2.1", "publicAddress": "10.0.5.33:9000",
                                                                             "topic": "orders"}}))
    script += lines("s", compact({"id": 0, "method": "bus.subscribed", "body": {"clientId": 7, "xn": "64da"}}))
    for i in range(6):
        script += lines("s", compact({"id": i + 1, "method": "bus.notify", "body": {"requestId": i, "header": hexes("h%d" % i, 20)}}), delay_s=2)
        script += lines("c", compact({"id": i + 1, "method": "bus.submit", "body": {"requestId": i, "state": "done"}}), delay_s=1)
        script += lines("s", compact({"id": i + 2, "method": "bus.submitted", "body": {"id": i + 1, "result": True}}))
    return flow(9034, script, client="10.0.5.33")


@trap("game-mining", "A game about digging ore: methods mining.start, mining.collect, mining.upgrade, and job, difficulty, target, worker as its words.")
def game():
    script = lines("c", rpc(1, "mining.start", {"planet": "Vega", "worker": "drone-3", "difficulty": 2}))
    script += lines("s", result(1, {"target": "iron", "job": "dig-17", "status": "OK"}))
    for i in range(2, 6):
        script += lines("c", rpc(i, "mining.collect", {"job": "dig-17", "nonce": i}), delay_s=3) + lines("s", result(i, {"ore": 12 * i, "status": "OK"}))
    script += lines("c", rpc(9, "mining.upgrade", ["drill", 4])) + lines("s", result(9, True))
    return flow(3333, script, client="10.0.5.34")


@trap("jenkins-agents", "Build agents by line: login, worker, job, submit, accepted, with job numbers and tokens.")
def jenkins():
    script = lines("c", compact({"method": "login", "id": 1, "params": {"login": "agent-7", "pass": hexes("jenkins", 16), "agent": "build-agent/3.2"}}))
    script += lines("s", compact({"id": 1, "result": {"id": "agent-7", "status": "OK", "job": {"job_id": "4711", "blob": "git:abcdef", "target": "linux"}},
                                  "error": None}))
    for i in range(4):
        script += lines("s", compact({"method": "job", "params": {"job_id": str(4712 + i), "blob": "git:%s" % hexes(i, 4), "target": "linux"}}), delay_s=5)
        script += lines("c", compact({"id": 2 + i, "method": "submit", "params": {"id": "agent-7", "job_id": str(4712 + i), "nonce": "build", "result": "pass"}}),
                        delay_s=7) + lines("s", compact({"id": 2 + i, "result": {"status": "OK"}, "error": None}))
    return flow(50000, script, client="10.0.5.35", server="10.0.7.35")


@trap("rq-lines", "A job queue by line: enqueue, work, job ids, results that are 64 hex digits, heartbeats.")
def rq():
    script = []
    for i in range(6):
        script += lines("c", compact({"op": "enqueue", "job": hexes("rq%d" % i, 16), "worker": "w1", "method": "submit", "nonce": "%08x" % i}), delay_s=1)
        script += lines("s", compact({"job": hexes("rq%d" % i, 16), "result": hexes("done%d" % i, 32), "status": "OK", "id": i}), delay_s=1)
    return flow(6380, script, client="10.0.5.36", server="10.0.7.36")


@trap("captcha-lines", "Proof of work against spam in a chat by line: challenge, difficulty, nonce, target, solution.")
def captcha_lines():
    script = lines("c", compact({"id": 1, "method": "hello", "params": ["chat/1.4"]}))
    script += lines("s", compact({"id": 1, "result": {"challenge": hexes("ch", 32), "difficulty": 18, "algorithm": "sha256"}, "error": None}))
    script += lines("c", compact({"id": 2, "method": "prove", "params": {"challenge": hexes("ch", 32), "nonce": "0003f21b",
                                                                         "result": "0000" + hexes("pr", 30)}}), delay_s=2)
    script += lines("s", compact({"id": 2, "result": True, "error": None})) + lines("s", compact({"method": "notify", "params": ["hi", "all", True]}))
    return flow(5222, script, client="10.0.5.37")


# ---------------------------------------------------------------- node RPC

@trap("geth-getwork-once", "A wallet's start-up at its own geth over HTTP: chain id, block number, mining state, and eth_getWork once, which the node refuses.")
def geth():
    script = []
    for i, (method, params, answer) in enumerate((("web3_clientVersion", [], "Geth/v1.14.7"), ("eth_chainId", [], "0x3d"), ("eth_mining", [], False),
                                                  ("eth_hashrate", [], "0x0"), ("eth_getWork", [], None),
                                                  ("eth_getBalance", [wallets.ethereum("own"), "latest"], "0x0"), ("eth_gasPrice", [], "0x3b9aca00"))):
        script += [request("/", rpc(i, method, params), "127.0.0.1:8545")._replace(delay_s=0.4)]
        script.append(response(result(i, answer) if answer is not None else
                               compact({"jsonrpc": "2.0", "id": i, "error": {"code": -32000, "message": "no mining work available yet"}})))
    return flow(8545, script, client="10.0.5.38", server="10.0.7.38")


@trap("ethereum-ws", "A wallet at an Ethereum node over WebSocket: eth_subscribe newHeads, heads with difficulty and nonce, eth_getWork once.")
def ethereum_ws():
    script = list(UPGRADE)
    for i, (method, params, answer) in enumerate((("eth_subscribe", ["newHeads"], "0x9cef478923ff08bf67fde6c64013158d"), ("eth_chainId", [], "0x1"),
                                                  ("eth_getWork", [], ["0x" + hexes("w%d" % k, 32) for k in range(3)]), ("net_peerCount", [], "0x19"))):
        script += [websocket("c", rpc(i, method, params)), websocket("s", result(i, answer))]
    for i in range(4):
        head = {"number": hex(24600000 + i), "difficulty": "0x0", "nonce": "0x0000000000000000", "hash": "0x" + hexes(i, 32),
                "parentHash": "0x" + hexes(i - 1, 32), "mixHash": "0x" + hexes(i + 9, 32), "extraData": "0x6578616d706c65"}
        script.append(websocket("s", compact({"jsonrpc": "2.0", "method": "eth_subscription", "params": {
            "subscription": "0x9cef478923ff08bf67fde6c64013158d", "result": head}}))._replace(delay_s=12))
    return flow(8546, script, client="10.0.5.39", server="10.0.7.38")


@trap("bitcoin-monitor", "A monitor at Bitcoin Core for five minutes: getmininginfo, getnetworkhashps, getdifficulty, and getblocktemplate every minute.")
def bitcoin_monitor():
    script, auth = [], "Authorization: Basic bW9uaXRvcjpzZWNyZXQ=\r\n"
    for minute in range(5):
        for method, params, answer in (("getmininginfo", [], {"blocks": 938500 + minute, "difficulty": 146472570619930.8, "networkhashps": 1.05e21}),
                                       ("getnetworkhashps", [120, -1], 1.049e21), ("getdifficulty", [], 146472570619930.8),
                                       ("getblocktemplate", [{"rules": ["segwit"]}], {
                                           "version": 536870912, "previousblockhash": hexes(minute, 32), "transactions": [], "coinbasevalue": 312904422,
                                           "target": "0" * 16 + hexes("t", 24), "bits": "17021a8e", "height": 938501 + minute, "curtime": 1772366400})):
            body_ = compact({"jsonrpc": "1.0", "id": "exporter", "method": method, "params": params})
            ask = request("/", body_, more=auth)
            script += [ask._replace(data=ask.data.replace(b"app/2.1", b"prometheus-exporter/0.9"), delay_s=57.0 if method == "getmininginfo" and minute else 0.5),
                       response(compact({"result": answer, "error": None, "id": "exporter"}))]
    return flow(8332, script, client="10.0.5.40", server="10.0.7.40")


@trap("monerod-wallet", "A Monero wallet at a daemon: getheight every second for a while, get_info, get_block_count, last headers, binary blocks, a transaction sent.")
def monerod_wallet():
    script = []
    for i in range(6):
        script += [request("/getheight", host="daemon.example:18081")._replace(delay_s=1.0),
                   response(compact({"hash": hexes(i, 32), "height": 3618000 + i // 4, "status": "OK", "untrusted": False}))]
    for method, answer in (("get_info", {"height": 3618001, "difficulty": 600000000000, "status": "OK", "target": 120, "version": "0.18.3.4"}),
                           ("get_block_count", {"count": 3618001, "status": "OK"}),
                           ("get_last_block_header", {"block_header": {"difficulty": 600000000000, "height": 3618000, "nonce": 2214, "hash": hexes("b", 32),
                                                                      "miner_tx_hash": hexes("m", 32)}, "status": "OK"})):
        script += [request("/json_rpc", rpc("0", method, {}), "daemon.example:18081"), response(result("0", answer))]
    blob = random.Random("blocks").getrandbits(8 * 700).to_bytes(700, "big")
    head = b"HTTP/1.1 200 Ok\r\nServer: Epee-based\r\nContent-Length: %d\r\nContent-Type: application/octet-stream\r\n\r\n" % len(blob)
    script += [request("/getblocks.bin", hexes("want", 60), "daemon.example:18081"), Say("s", head + blob),
               request("/sendrawtransaction", compact({"tx_as_hex": hexes("tx", 400), "do_not_relay": False}), "daemon.example:18081"),
               response(compact({"status": "OK", "double_spend": False}))]
    return flow(18081, script, client="10.0.5.41")


# ---------------------------------------------------------------- HTTP

@trap("rest-farmer", "A farm's REST service: /farmer, /pool_info (of database connections), /partial (pieces of pages), /login.")
def farmer():
    script = [request("/farmer?id=17", host="farm.example"), response(compact({"farmer": {"id": 17, "name": "Ana"}, "fields": 4})),
              request("/farmer", compact({"payload": {"name": "Mika", "fields": []}, "signature": "none"}), "farm.example"),
              response(compact({"welcome_message": "hello", "id": 18})),
              request("/pool_info", host="farm.example"), response(compact({"name": "db", "size": 16, "idle": 3, "fee": 0})),
              request("/partial", compact({"payload": {"template": "row", "size": 32, "challenge": "none"}}), "farm.example"),
              response(compact({"html": "<tr></tr>", "difficulty": "easy"})),
              request("/login", compact({"login": "ana", "pass": "secret", "agent": "web"}), "farm.example"), response(compact({"status": "OK"}))]
    return flow(8080, script, client="10.0.5.42")


@trap("rest-getwork", "A ticket system over HTTP: JSON-RPC methods getwork, submit, getjob with objects; X-Long-Polling of its own.")
def rest_getwork():
    script = []
    for i in range(5):
        script += [request("/rpc", rpc(i, "getwork", {"queue": "support", "agent": "ana"}), "tickets.example", more="X-Long-Polling: yes\r\n")._replace(delay_s=3.0),
                   response(result(i, {"data": "ticket %d" % (700 + i), "target": "today", "midstate": "open"})),
                   request("/rpc", rpc(100 + i, "submit", {"job": 700 + i, "result": "solved"}), "tickets.example"), response(result(100 + i, True))]
    return flow(80, script, client="10.0.5.43")


@trap("captcha-http-long", "A proof-of-work captcha library over HTTP: several challenges with difficulty, salt, nonce; redeemed one by one.")
def captcha_http():
    script = []
    for i in range(4):
        script += [request("/challenge", compact({}), "site.example")._replace(delay_s=1.0),
                   response(compact({"challenge": {"c": 50, "s": 32, "d": 4}, "token": hexes("t%d" % i, 25), "expires": 1772366999000})),
                   request("/redeem", compact({"token": hexes("t%d" % i, 25), "solutions": [123 * k + i for k in range(9)], "nonce": "%08x" % i}), "site.example"),
                   response(compact({"success": True, "token": hexes("r%d" % i, 25)}))]
    return flow(80, script, client="10.0.5.44")


# ---------------------------------------------------------------- WebSocket

@trap("ws-chat", "A chat over WebSocket with messages of type auth, authed, job, submit, error, banned: an office's list of things to do.")
def ws_chat():
    talk = [("c", {"type": "auth", "params": {"token": hexes("ws", 16), "user": "ana"}}), ("s", {"type": "authed", "params": {"token": "", "unread": 3}}),
            ("s", {"type": "job", "params": {"id": 17, "title": "water the plants", "job_id": "17", "target": "Friday"}}),
            ("c", {"type": "submit", "params": {"job_id": "17", "result": "done"}}), ("s", {"type": "accepted", "params": {"points": 2}}),
            ("c", {"type": "message", "params": {"text": "did the job finish?"}}), ("s", {"type": "error", "params": {"error": "unknown_room"}}),
            ("s", {"type": "banned", "params": {"user": "spam"}})] * 2
    return flow(80, UPGRADE + [websocket(who, compact(m))._replace(delay_s=1.0) for who, m in talk], client="10.0.5.45")


@trap("ws-game", "A game over WebSocket with messages register, registered, settings, share, balance, error as Nimiq has, about players and scores.")
def ws_game():
    talk = [("c", {"message": "register", "name": "ana", "mode": "arena", "deviceId": 12}), ("s", {"message": "registered", "player": 4}),
            ("s", {"message": "settings", "target": "red base", "nonce": 9, "map": "ice"}), ("c", {"message": "share", "score": 1200}),
            ("s", {"message": "balance", "balance": 150, "gems": 3}), ("s", {"message": "new-block", "x": 3, "y": 9}),
            ("s", {"message": "error", "reason": "too far"})] * 2
    return flow(80, UPGRADE + [websocket(who, compact(m))._replace(delay_s=1.0) for who, m in talk], client="10.0.5.46")


@trap("ws-rpc", "JSON-RPC inside WebSocket: login, job and submit of a printing service.")
def ws_rpc():
    talk = [("c", rpc(1, "login", {"user": "print-1", "pass": "x"})), ("s", result(1, {"id": "print-1", "status": "OK"})),
            ("s", compact({"jsonrpc": "2.0", "method": "job", "params": {"job_id": "P7", "blob": "cGRm", "target": "tray2"}})),
            ("c", rpc(2, "submit", {"id": "print-1", "job_id": "P7", "nonce": "1", "result": "printed"})), ("s", result(2, {"status": "OK"}))]
    return flow(80, UPGRADE + [websocket(who, m)._replace(delay_s=1.0) for who, m in talk], client="10.0.5.47")


@trap("ws-quotes", "A chat over WebSocket in whose messages whole mining dialogues are quoted as strings.")
def ws_quotes():
    script = UPGRADE + [websocket("cs"[i % 2], compact({"type": "message", "text": q}))._replace(delay_s=0.5)
                        for i, q in enumerate(QUOTED[:4] + QUOTED_CN[:3] + DIALECTS[:12])]
    return flow(80, script, client="10.0.5.48")


# ---------------------------------------------------------------- quotations of the later dialects

@trap("quotes-http-text", "A text file over HTTP: the raw lines of sessions in eight dialects.")
def quotes_text():
    return flow(8080, [request("/sessions.txt", host="files.example"), response("\n".join(DIALECTS) + "\n", "text/plain")], client="10.0.5.49")


@trap("quotes-strings", "Lines of JSON whose message string quotes sessions in eight dialects.")
def quotes_strings():
    return flow(5170, [s for i, q in enumerate(DIALECTS) for s in lines("c", compact({"n": i, "level": "info", "message": q}), delay_s=0.1)],
                client="10.0.5.50", server="10.0.7.50")


@trap("quotes-nested", "Lines of JSON that hold whole messages of eight dialects below the top level.")
def quotes_nested():
    script = []
    for i, q in enumerate(DIALECTS):
        inner = json.loads(q)
        shapes = ({"seq": i, "body": inner}, [inner], {"params": [inner]}, {"id": i, "result": {"seen": inner}, "error": None}, {"message": {"text": inner}})
        script += lines("c" if i % 2 else "s", compact(shapes[i % 5]), delay_s=0.1)
    return flow(7070, script, client="10.0.5.51", server="10.0.7.51")


@trap("quotes-http-post", "Logs that are posted: bodies of lines quoting mining over HTTP, its heads and bodies.")
def quotes_post():
    script = []
    for s in miners_http.getwork("quoted", "someone.w1", shares=1).script[:6]:
        script += [request("/logs", compact({"app": "ids", "payload": s.data.decode()}), "logs.example:9880")._replace(delay_s=1.0), response(compact({"ok": True}))]
    return flow(9880, script, client="10.0.5.52", server="10.0.7.52")


@trap("quotes-sse", "Server-sent events and a chunked log that quote miners of web pages.")
def quotes_sse():
    shown = [s.data for s in miners_web.coinhive("quoted", "KEY", shares=1).script[:2]]
    texts = ["event: line\ndata: %s\n\n" % compact({"text": d.decode("latin-1")}) for d in shown] + ["data: %s\n\n" % q for q in DIALECTS[:8]]
    return flow(8088, [request("/events", host="events.example")] + chunked(*texts, kind="text/event-stream"), client="10.0.5.53", server="10.0.7.53")


@trap("proxied-web", "Web pages about mining fetched through SOCKS5: the proxy carries HTTP, the page quotes sessions.")
def proxied_web():
    page = "<pre>\n%s\n</pre>\n" % "\n".join(QUOTED[:4] + DIALECTS[:8])
    inner = [request("/wiki/stratum", host="wiki.example"), response(page, "text/html")]
    return flow(1080, carriers.socks5(inner, "wiki.example", 80), client="10.0.5.54", server="10.0.7.54")
