"""Innocent clear-text TCP traffic that resembles mining: one capture per trap, none of which may give a finding.

Electrum, language servers, node RPC, queues, chats, logs and pages that quote stratum. TRAPS maps a name to (what it is,
function giving the packets). Messages are invented after each protocol's public documentation.
"""
import json
import random
import struct

from dialogue import Conversation, Host, Say, lines
import miners
import wallets

TRAPS = {}


def trap(name, what):
    def add(function):
        TRAPS[name] = (what, function)
        return function
    return add


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def rpc(number, method, params, style=(",", ":")):
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}, separators=style)


def result(number, value):
    return compact({"jsonrpc": "2.0", "id": number, "result": value})


def flow(port, script, client="10.0.5.21", server="198.51.100.40", **more):
    """The packets of one connection; the client's port and the seed come from the server's port."""
    return Conversation(Host(client, 40000 + port % 9000), Host(server, port), script, seed="trap %d" % port, **more).packets()


def headed(text):
    """A message behind the Content-Length header of LSP and DAP."""
    return ("Content-Length: %d\r\n\r\n%s" % (len(text.encode()), text)).encode()


def hexes(seed, n):
    return random.Random("trap %s" % seed).getrandbits(8 * n).to_bytes(n, "big").hex()


def request(path, body=None, host="node.example:8332", method=None, more=""):
    body = body.encode() if body else b""
    head = "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: app/2.1\r\nAccept: */*\r\n%s" % (method or ("POST" if body else "GET"), path, host, more)
    if body:
        head += "Content-Type: application/json\r\nContent-Length: %d\r\n" % len(body)
    return Say("c", head.encode() + b"\r\n" + body)


def response(body, kind="application/json"):
    body = body.encode()
    head = "HTTP/1.1 200 OK\r\nServer: web\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (kind, len(body))
    return Say("s", head.encode() + body)


def chunked(*texts, kind="application/json"):
    """A response whose chunks come one after the other, as watches and event streams send them."""
    head = "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n" % kind
    return [Say("s", head.encode())] + [Say("s", b"%x\r\n%s\r\n" % (len(t.encode()), t.encode()), 1.5) for t in texts]


def websocket(sender, text):
    """One text frame; the client masks."""
    data = text.encode()
    mask = b"\x37\xfa\x21\x3d" if sender == "c" else b""
    length = bytes([len(data) | (0x80 if mask else 0)]) if len(data) < 126 else bytes([126 | (0x80 if mask else 0)]) + struct.pack(">H", len(data))
    if mask:
        data = bytes(b ^ mask[i % 4] for i, b in enumerate(data))
    return Say(sender, b"\x81" + length + mask + data)


# Key and accept are the pair of RFC 6455 section 1.3.
UPGRADE = [Say("c", b"GET /ws HTTP/1.1\r\nHost: node.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"),
           Say("s", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")]

# What documents, logs and mails quote: whole stratum lines as a miner and a pool say them.
QUOTED = [line.data.decode().rstrip("\n") for line in miners.asic("quoted", wallets.bitcoin("quoted"), shares=1)]
QUOTED_CN = [line.data.decode().rstrip("\n") for line in miners.xmrig("quoted", wallets.monero("quoted"), shares=1)]


# ---------------------------------------------------------------- JSON-RPC by line

@trap("electrum", "An Electrum wallet at its server: JSON-RPC by line, methods server.*, blockchain.*, mempool.*; a header notification.")
def electrum():
    script = lines("c", rpc(0, "server.version", ["electrum/4.5.8", "1.4"]))
    script += lines("s", result(0, ["ElectrumX 1.16.0", "1.4"]))
    script += lines("c", rpc(1, "blockchain.headers.subscribe", []), rpc(2, "blockchain.scripthash.subscribe", [hexes(1, 32)]),
                    rpc(3, "mempool.get_fee_histogram", []), rpc(4, "blockchain.transaction.broadcast", [hexes(2, 120)]))
    script += lines("s", result(1, {"hex": hexes(3, 80), "height": 938499}), result(2, None), result(3, [[12, 128812], [4, 92524]]),
                    result(4, hexes(4, 32)))
    script += lines("s", compact({"jsonrpc": "2.0", "method": "blockchain.headers.subscribe",
                                  "params": [{"hex": hexes(5, 80), "height": 938500}]}), delay_s=9)
    return flow(50001, script)


@trap("ethereum-rpc-tcp", "An Ethereum node's JSON-RPC by line over bare TCP: eth_* methods of wallets, also eth_mining and eth_hashrate.")
def ethereum_tcp():
    script = []
    for i, (method, params, answer) in enumerate((
            ("eth_chainId", [], "0x3d"), ("eth_blockNumber", [], "0x1775e40"), ("eth_mining", [], False), ("eth_hashrate", [], "0x0"),
            ("net_version", [], "61"), ("eth_getBalance", [wallets.ethereum("rpc"), "latest"], "0x1bc16d674ec80000"),
            ("eth_call", [{"to": wallets.ethereum("call"), "data": "0x70a08231" + hexes(6, 32)}, "latest"], "0x" + hexes(7, 32)),
            ("eth_newBlockFilter", [], "0x1"), ("eth_getFilterChanges", ["0x1"], ["0x" + hexes(8, 32), "0x" + hexes(9, 32)]))):
        script += lines("c", rpc(i, method, params), delay_s=0.5) + lines("s", result(i, answer))
    return flow(8546, script, server="10.0.7.3")


@trap("core-lightning", "lightning-cli at a Core Lightning socket proxied over TCP: named JSON-RPC with pay and invoice.")
def core_lightning():
    script = lines("c", rpc("cli:getinfo#11", "getinfo", {}))
    script += lines("s", result("cli:getinfo#11", {"id": "02" + hexes(10, 32), "alias": "EXAMPLE", "blockheight": 938500, "network": "bitcoin"}))
    script += lines("c", rpc("cli:invoice#12", "invoice", {"amount_msat": 21000, "label": "job 7", "description": "worker fee"}))
    script += lines("s", result("cli:invoice#12", {"payment_hash": hexes(11, 32), "expires_at": 1772970000, "bolt11": "lnbc210n1" + hexes(12, 60)}))
    return flow(9835, script, server="10.0.7.4")


@trap("json-chat-login", "A chat of the shape {method: login, params: {user, password}} with result.status OK, then messages and keep-alives.")
def chat():
    script = lines("c", rpc(1, "login", {"user": "mika", "password": "correct horse", "agent": "ExampleChat/3.1 (Linux x86_64)"}))
    script += lines("s", result(1, {"id": "5f1c2b", "status": "OK", "rooms": ["dev", "ops"]}))
    for i in range(2, 6):
        script += lines("c", rpc(i, "keepalive", {"id": "5f1c2b"}) if i % 2 else rpc(i, "send", {"id": "5f1c2b", "room": "dev", "text": "hello"}),
                        delay_s=4) + lines("s", result(i, {"status": "OK"}))
    script += lines("s", compact({"jsonrpc": "2.0", "method": "message", "params": {"from": "ana", "text": "did the job finish?"}}), delay_s=2)
    return flow(3333, script)


@trap("json-job-queue", "A render queue with methods login, job, submit, worker, job_id, nonce, target and result, none in mining's shape, on port 3333.")
def job_queue():
    script = lines("c", rpc(1, "login", {"worker": "render-7", "token": hexes(13, 16), "slots": 4}))
    script += lines("s", result(1, {"id": "render-7", "job": {"job_id": "frame-00421", "target": "final.exr", "blob": "s3://frames/421"}, "status": "OK"}))
    for i in range(2, 6):
        script += lines("c", rpc(i, "submit", {"id": "render-7", "job_id": "frame-%05d" % (419 + i), "nonce": str(i), "result": "done"}), delay_s=6)
        script += lines("s", result(i, {"status": "OK"}))
        script += lines("s", compact({"jsonrpc": "2.0", "method": "job",
                                      "params": {"job_id": "frame-%05d" % (420 + i), "target": "final.exr", "blob": "s3://frames/%d" % (420 + i)}}))
    script += lines("c", rpc(6, "worker.resign", {"worker": "render-7"}), delay_s=2)
    return flow(3333, script, client="10.0.5.22")


@trap("notify-service", "A notification service: methods notify, subscribe, authorize, set_difficulty of a game, without mining's prefix or arity.")
def notify_service():
    script = lines("c", rpc(1, "subscribe", ["news/1.0"]), rpc(2, "authorize", ["guest", "guest"]))
    script += lines("s", result(1, [["notify", "ae6812eb"], "08000002", 4]), result(2, True))
    script += lines("s", compact({"id": None, "method": "set_difficulty", "params": ["hard"]}),
                    compact({"id": None, "method": "notify", "params": ["7", "level 9 starts", True]}), delay_s=3)
    script += lines("c", rpc(4, "submit", ["guest", "7", "score", 9120]), delay_s=8) + lines("s", result(4, True))
    return flow(4444, script, client="10.0.5.23")


@trap("substrate-ws", "A Substrate node over WebSocket: author_submitExtrinsic, chain_subscribeNewHeads.")
def substrate():
    script = UPGRADE + [websocket("c", rpc(1, "chain_subscribeNewHeads", [])), websocket("s", result(1, "kvq8wpZ2")),
                        websocket("c", rpc(2, "author_submitExtrinsic", ["0x" + hexes(14, 120)])), websocket("s", result(2, "0x" + hexes(15, 32)))]
    script += [websocket("s", compact({"jsonrpc": "2.0", "method": "chain_newHead", "params": {"subscription": "kvq8wpZ2", "result": {
        "parentHash": "0x" + hexes(16, 32), "number": "0x15a3f10", "stateRoot": "0x" + hexes(17, 32)}}}))]
    return flow(9944, script)


@trap("cosmos-ws", "A Cosmos node over WebSocket: subscribe to new blocks by a query, status.")
def cosmos():
    script = UPGRADE + [websocket("c", rpc(1, "subscribe", {"query": "tm.event='NewBlock'"})), websocket("s", result(1, {})),
                        websocket("c", rpc(2, "status", {})), websocket("s", result(2, {"sync_info": {"latest_block_height": "24100200"}}))]
    return flow(26657, script)


# ---------------------------------------------------------------- JSON-RPC behind headers

@trap("language-server", "A language server over TCP: Content-Length headers, initialize, textDocument/*, a document that quotes mining.subscribe.")
def language_server():
    script = [Say("c", headed(rpc(1, "initialize", {"processId": 4242, "rootUri": "file:///src", "capabilities": {}}))),
              Say("s", headed(result(1, {"capabilities": {"hoverProvider": True}}))),
              Say("c", headed(rpc(None, "textDocument/didOpen", {"textDocument": {"uri": "file:///src/pool.py", "languageId": "python",
                                                                               "version": 1, "text": "\n".join(QUOTED[:4])}}))),
              Say("c", headed(rpc(2, "textDocument/hover", {"position": {"line": 1, "character": 4}}))),
              Say("s", headed(result(2, {"contents": "mining.subscribe(agent)"})))]
    return flow(2087, script, server="10.0.7.5")


@trap("debug-adapter", "A debug adapter: Content-Length headers, seq, type, command; a variable that holds a job.")
def debug_adapter():
    script = [Say("c", headed(compact({"seq": 1, "type": "request", "command": "initialize", "arguments": {"adapterID": "python"}}))),
              Say("s", headed(compact({"seq": 1, "type": "response", "request_seq": 1, "command": "initialize", "success": True}))),
              Say("c", headed(compact({"seq": 2, "type": "request", "command": "evaluate", "arguments": {"expression": "job"}}))),
              Say("s", headed(compact({"seq": 2, "type": "response", "request_seq": 2, "command": "evaluate", "success": True,
                                       "body": {"result": QUOTED_CN[1], "variablesReference": 0}})))]
    return flow(5678, script, server="10.0.7.5")


@trap("model-context", "A Model Context Protocol server by line: initialize with protocolVersion, tools/list, tools/call.")
def model_context():
    script = lines("c", rpc(1, "initialize", {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "ide", "version": "1.0"}}))
    script += lines("s", result(1, {"protocolVersion": "2025-06-18", "serverInfo": {"name": "queue", "version": "0.3"}}))
    script += lines("c", rpc(2, "tools/list", {})) + lines("s", result(2, {"tools": [{"name": "submit", "description": "submit a job to a worker"}]}))
    script += lines("c", rpc(3, "tools/call", {"name": "submit", "arguments": {"job_id": "7", "worker": "a"}}))
    script += lines("s", result(3, {"content": [{"type": "text", "text": "OK"}]}))
    return flow(7800, script, server="10.0.7.6")


# ---------------------------------------------------------------- node RPC over HTTP

@trap("ethereum-rpc-http", "A wallet at an Ethereum node over HTTP: eth_call, eth_chainId, a batch.")
def ethereum_http():
    script = [request("/", rpc(1, "eth_chainId", []), "rpc.example"), response(result(1, "0x1")),
              request("/", "[%s,%s]" % (rpc(2, "eth_blockNumber", []), rpc(3, "eth_gasPrice", [])), "rpc.example"),
              response("[%s,%s]" % (result(2, "0x1775e40"), result(3, "0x3b9aca00"))),
              request("/", rpc(4, "eth_call", [{"to": wallets.ethereum("call"), "data": "0x313ce567"}, "latest"]), "rpc.example"),
              response(result(4, "0x" + hexes(18, 32)))]
    return flow(8545, script)


@trap("bitcoin-rpc", "A dashboard at Bitcoin Core: getblockchaininfo, getmininginfo, getnetworkhashps, estimatesmartfee, getrawtransaction.")
def bitcoin_rpc():
    script, auth = [], "Authorization: Basic ZGFzaDpib2FyZA==\r\n"
    for i, (method, params, answer) in enumerate((
            ("getblockchaininfo", [], {"chain": "main", "blocks": 938500, "difficulty": 146472570619930.8}),
            ("getmininginfo", [], {"blocks": 938500, "difficulty": 146472570619930.8, "networkhashps": 1.05e21, "pooledtx": 8211}),
            ("getnetworkhashps", [120], 1.049e21), ("estimatesmartfee", [6], {"feerate": 0.00002, "blocks": 6}),
            ("getrawtransaction", [hexes(19, 32), True], {"hex": hexes(20, 150), "confirmations": 3}))):
        body = compact({"jsonrpc": "1.0", "id": "curltest", "method": method, "params": params})
        script += [request("/", body, more=auth), response(compact({"result": answer, "error": None, "id": "curltest"}))]
    return flow(8332, script, server="10.0.7.7")


@trap("explorer-getblocktemplate", "A block explorer that asks getblocktemplate twice to draw the next block; never submits.")
def explorer():
    script = []
    for i in range(2):
        body = compact({"jsonrpc": "1.0", "id": i, "method": "getblocktemplate", "params": [{"rules": ["segwit"]}]})
        answer = {"version": 536870912, "previousblockhash": hexes(21 + i, 32), "transactions": [{"txid": hexes(23, 32), "fee": 900}],
                  "coinbasevalue": 312904422, "target": "0" * 16 + hexes(24, 24), "bits": "17021a8e", "height": 938501 + i}
        script += [request("/", body), response(compact({"result": answer, "error": None, "id": i}))]
    return flow(8332, script, client="10.0.5.24", server="10.0.7.7")


@trap("monerod-rpc", "A Monero wallet at a daemon: /json_rpc get_info, get_block_count, get_fee_estimate.")
def monerod():
    script = []
    for method, answer in (("get_info", {"height": 3618000, "difficulty": 600000000000, "status": "OK", "target": 120}),
                           ("get_block_count", {"count": 3618000, "status": "OK"}), ("get_fee_estimate", {"fee": 20000, "status": "OK"})):
        script += [request("/json_rpc", rpc("0", method, {}), "daemon.example:18081"), response(result("0", answer))]
    return flow(18081, script)


@trap("pow-captcha", "A proof-of-work captcha over HTTP: difficulty, nonce, challenge, hash.")
def captcha():
    script = [request("/challenge", host="login.example"),
              response(compact({"algorithm": "sha256", "challenge": hexes(25, 32), "difficulty": 4, "job_id": hexes(26, 4), "target": "0000ffff"})),
              request("/challenge", compact({"challenge": hexes(25, 32), "nonce": "0001f4a7", "result": "0000" + hexes(27, 30)}), "login.example"),
              response(compact({"status": "OK"}))]
    return flow(80, script, client="10.0.5.25")


# ---------------------------------------------------------------- queues, events, logs

@trap("celery-redis", "Celery over Redis: tasks as JSON in RESP, with worker, job and a result.")
def celery():
    task = compact({"body": "W1sxXSwge31d", "headers": {"task": "jobs.submit", "id": "6f1f2c1e", "origin": "gen1@worker-1"}, "properties": {"delivery_tag": "a"}})
    done = compact({"status": "SUCCESS", "result": {"job_id": 9, "nonce": "00000001"}, "task_id": "6f1f2c1e"})
    script = [Say("c", b"*3\r\n$5\r\nLPUSH\r\n$6\r\ncelery\r\n$%d\r\n%s\r\n" % (len(task), task.encode())), Say("s", b":1\r\n"),
              Say("c", b"*2\r\n$3\r\nGET\r\n$25\r\ncelery-task-meta-6f1f2c1e\r\n"), Say("s", b"$%d\r\n%s\r\n" % (len(done), done.encode()))]
    return flow(6379, script, server="10.0.7.8")


@trap("nats", "NATS: INFO with JSON from the server first, CONNECT, SUB jobs.submit, MSG whose payload is a stratum line.")
def nats():
    payload = QUOTED[6].encode()
    script = [Say("s", b"INFO " + compact({"server_id": "NEXAMPLE", "version": "2.10.22", "max_payload": 1048576, "nonce": "kQ3Zf9sT1wY"}).encode() + b" \r\n"),
              Say("c", b'CONNECT {"verbose":false,"user":"a","pass":"b","lang":"go","version":"1.37.0"}\r\nPING\r\n'), Say("s", b"PONG\r\n"),
              Say("c", b"SUB jobs.submit 1\r\n"), Say("s", b"MSG jobs.submit 1 %d\r\n%s\r\n" % (len(payload), payload), 2.0)]
    return flow(4222, script, server="10.0.7.9")


@trap("docker-events", "The Docker API's event stream over HTTP: chunked lines of JSON, one of a container called xmrig.")
def docker():
    events = [compact({"Type": "container", "Action": a, "Actor": {"ID": hexes(28, 32), "Attributes": {"image": "example/xmrig", "name": "xmrig"}},
                       "scope": "local", "time": 1772366400 + i}) + "\n" for i, a in enumerate(("create", "start", "die"))]
    return flow(2375, [request("/v1.43/events", host="docker.example")] + chunked(*events), server="10.0.7.10")


@trap("kubernetes-watch", "A Kubernetes watch of Jobs over clear HTTP: chunked lines of JSON with kind Job and annotations that quote a stratum line.")
def kubernetes():
    events = [compact({"type": t, "object": {"kind": "Job", "metadata": {"name": "worker", "annotations": {"last": QUOTED[2]}},
                                             "status": {"succeeded": i}}}) + "\n" for i, t in enumerate(("ADDED", "MODIFIED"))]
    return flow(8001, [request("/apis/batch/v1/jobs?watch=true", host="kube.example")] + chunked(*events), server="10.0.7.11")


@trap("gelf", "GELF over TCP: JSON messages ended by NUL whose short_message is a stratum line.")
def gelf():
    script = [Say("c", compact({"version": "1.1", "host": "ids-1", "short_message": q, "level": 5, "_worker": "rig1"}).encode() + b"\0", 1.0)
              for q in QUOTED[2:6] + QUOTED_CN[:2]]
    return flow(12201, script, server="10.0.7.12")


@trap("consul", "Consul's HTTP API: a blocking query on health, a key-value pair named job.")
def consul():
    script = [request("/v1/health/service/pool?index=17&wait=60s", host="consul.example:8500"),
              response(compact([{"Node": {"Node": "n1"}, "Service": {"Service": "pool", "Port": 3333}, "Checks": [{"Status": "passing"}]}])),
              request("/v1/kv/job?raw", host="consul.example:8500"), response('{"method":"job","params":{"job_id":"1","target":"web"}}')]
    return flow(8500, script, server="10.0.7.13")


@trap("ndjson-logs", "Logs shipped as lines of JSON: an outer object by line whose message string quotes stratum; also this kind of sensor's own findings.")
def ndjson_logs():
    script = []
    for i, q in enumerate(QUOTED + QUOTED_CN):
        script += lines("c", compact({"ts": "2026-03-01T11:59:%02dZ" % i, "level": "info", "message": q, "host": "proxy-2"}), delay_s=0.4)
    script += lines("c", compact({"event": "finding", "version": 1, "kind": "mining", "mining": {"protocol": "cryptonote",
                                  "login": wallets.monero("quoted"), "agent": miners.XMRIG, "method": "login"}}))
    return flow(5170, script, server="10.0.7.14")


@trap("syslog-json", "Syslog over TCP (RFC 6587, octet counting and by line) with JSON and stratum in the text.")
def syslog():
    script = []
    for q in QUOTED[2:6]:
        text = "<134>1 2026-03-01T12:00:00Z fw ids 77 - - blocked stratum+tcp://pool.example:3333 payload=%s" % q
        script.append(Say("c", ("%d %s" % (len(text), text)).encode(), 1.0))
        script += lines("c", "<134>Mar  1 12:00:01 fw ids: " + q)
    return flow(601, script, server="10.0.7.15")


@trap("bulk-ndjson", "An Elasticsearch _bulk request: action lines and documents with stratum messages as nested objects and strings.")
def bulk():
    body = "".join(compact({"index": {"_index": "ids", "_id": str(i)}}) + "\n" + compact({"doc": json.loads(q), "raw": q, "method": "alert"}) + "\n"
                   for i, q in enumerate(QUOTED[2:8] + QUOTED_CN[:3]))
    return flow(9200, [request("/_bulk", body, "search.example:9200"), response(compact({"took": 4, "errors": False}))], server="10.0.7.16")


# ---------------------------------------------------------------- documents that quote

@trap("nested-json-lines", "Lines of JSON that hold whole stratum messages nested in objects and arrays: never at the top level.")
def nested():
    script = []
    for i, q in enumerate(QUOTED + QUOTED_CN):
        inner = json.loads(q)
        shapes = ({"seq": i, "request": inner}, [inner], {"batch": [{"n": i, "message": inner}]}, {"id": i, "result": {"seen": inner}, "error": None})
        script += lines("c" if i % 2 else "s", compact(shapes[i % 4]), delay_s=0.3)
    return flow(7070, script, server="10.0.7.17")


@trap("http-page", "A web page about stratum: HTML in which messages stand in running text and in pre, one by line.")
def http_page():
    page = "<html><title>Stratum</title><body><p>Connect to stratum+tcp://pool.example:3333 as %s:</p>\n<pre>\n%s\n</pre></body></html>\n" % (
        wallets.bitcoin("page"), "\n".join(QUOTED[:8] + QUOTED_CN[:4]))
    return flow(80, [request("/wiki/stratum", host="wiki.example"), response(page, "text/html")])


@trap("http-json-document", "A JSON document over HTTP: API examples whose values are stratum messages, pretty printed so that lines start with a brace.")
def http_document():
    document = {"examples": [json.loads(q) for q in QUOTED[:8]], "jobs": [json.loads(q) for q in QUOTED_CN]}
    return flow(80, [request("/api/examples.json", host="docs.example"), response(json.dumps(document, indent=0))], client="10.0.5.26")


@trap("http-text-log", "A plain text file over HTTP: the raw lines of a stratum session, miner's and pool's, all sent by the web server.")
def http_text():
    return flow(8080, [request("/session.txt", host="files.example"), response("\n".join(QUOTED + QUOTED_CN) + "\n", "text/plain")])


@trap("mail", "A mail by SMTP whose body is a trouble report with raw stratum lines, each at the start of a line.")
def mail():
    body = "Subject: miner does not connect\r\n\r\nThis is what I see:\r\n" + "\r\n".join(QUOTED[:5] + QUOTED_CN[:1]) + "\r\n.\r\n"
    script = [Say("s", b"220 mail.example ESMTP\r\n"), Say("c", b"EHLO desk.example\r\n"), Say("s", b"250 mail.example\r\n"),
              Say("c", b"MAIL FROM:<a@example.org>\r\n"), Say("s", b"250 OK\r\n"), Say("c", b"RCPT TO:<b@example.net>\r\n"), Say("s", b"250 OK\r\n"),
              Say("c", b"DATA\r\n"), Say("s", b"354 go on\r\n"), Say("c", body.encode()), Say("s", b"250 queued\r\n")]
    return flow(25, script, client="10.0.5.27")


@trap("irc", "IRC: a talk about mining with addresses, pool URLs and a pasted stratum line.")
def irc():
    script = lines("c", "NICK mika\r", "USER mika 0 * :mika\r") + lines("s", ":irc.example 001 mika :Welcome\r")
    script += lines("c", "PRIVMSG #xmr :use stratum+tcp://pool.example:3333 with %s\r" % wallets.monero("irc"), delay_s=3)
    script += lines("c", "PRIVMSG #xmr :%s\r" % QUOTED_CN[0][:400], delay_s=3)
    script += lines("s", ":ana PRIVMSG #xmr :%s\r" % QUOTED[2], delay_s=2)
    return flow(6667, script)
