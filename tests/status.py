#!/usr/bin/env python3
"""The HTTP of status.c, good clients and bad ones; prints TAP.

usage: status.py --bin PATH/countermine     The server is tests/status-server of the same build.

The answers are read byte by byte here, and the figures by a parser of the Prometheus text of its own.
"""
import argparse
import json
import os
import re
import socket
import struct
import subprocess
import sys
import threading
import time

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"')
OPEN_MAX = 64
HERE = os.path.dirname(os.path.abspath(__file__))


def parse_metrics(text):
    """{(name, labels): value} of a text of version 0.0.4; ValueError says where it is wrong."""
    samples, kinds, helps, current, closed = {}, {}, {}, None, set()
    if not text.endswith("\n"):
        raise ValueError("does not end with a newline")
    for number, line in enumerate(text.split("\n")[:-1], 1):
        where = "line %d: %r" % (number, line)
        if line.startswith("# "):
            _, what, name, rest = line.split(" ", 3)
            if what not in ("HELP", "TYPE") or not NAME.fullmatch(name):
                raise ValueError(where)
            table = helps if what == "HELP" else kinds
            if name in table or not rest or (what == "TYPE" and rest not in ("counter", "gauge")):
                raise ValueError(where)
            table[name] = rest
            if what == "HELP":
                if current is not None:
                    closed.add(current)
                if name in closed:
                    raise ValueError("family in two parts, " + where)
                current = name
            continue
        name = NAME.match(line)
        if not name or name.group() != current or current not in kinds:
            raise ValueError("no sample of the family " + where)
        at, labels = name.end(), []
        if line[at:at + 1] == "{":
            at += 1
            while True:
                label = LABEL.match(line, at)
                if not label:
                    raise ValueError("label, " + where)
                labels.append((label.group(1), re.sub(r"\\(.)", lambda m: "\n" if m.group(1) == "n" else m.group(1), label.group(2))))
                at = label.end()
                if line[at] == "}":
                    at += 1
                    break
                if line[at] != ",":
                    raise ValueError(where)
                at += 1
        if not re.fullmatch(r" -?[0-9]+(\.[0-9]+)?", line[at:]):
            raise ValueError("value, " + where)
        key = (current, tuple(sorted(labels)))
        if len(dict(labels)) != len(labels) or key in samples:
            raise ValueError("twice, " + where)
        if kinds[current] == "counter" and not current.endswith("_total"):
            raise ValueError("counter without _total, " + where)
        if kinds[current] == "gauge" and current.endswith("_total"):
            raise ValueError("gauge with _total, " + where)
        samples[key] = float(line[at:])
    if set(kinds) != set(helps):
        raise ValueError("HELP without TYPE")
    return samples


class Server:
    def __init__(self, program, state="ok", address="127.0.0.1"):
        for _ in range(20):
            probe = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
            probe.bind((address, 0))
            self.where = probe.getsockname()[:2]
            probe.close()
            text = ("[%s]:%d" if ":" in address else "%s:%d") % self.where
            self.process = subprocess.Popen([program, text, state], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            if self.process.stdout.readline() == b"ready\n":
                return
        raise RuntimeError("the server does not start: %s" % self.process.stderr.read())

    def connect(self, timeout=3):
        return socket.create_connection(self.where, timeout)

    def ask(self, request, timeout=3):
        """All bytes of the answer."""
        with self.connect(timeout) as s:
            s.sendall(request)
            return read_all(s)

    def get(self, path, method="GET", version="1.1"):
        return split(self.ask(("%s %s HTTP/%s\r\nHost: x\r\n\r\n" % (method, path, version)).encode()))

    def resident_kib(self):
        with open("/proc/%d/status" % self.process.pid, encoding="ascii") as f:
            return int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))

    def descriptors(self):
        return len(os.listdir("/proc/%d/fd" % self.process.pid))

    def stop(self):
        """(exit status, what it said)"""
        _, said = self.process.communicate(timeout=20)
        return self.process.returncode, said


def read_all(s):
    parts = []
    try:
        while True:
            part = s.recv(65536)
            if not part:
                break
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def split(answer):
    """(status, headers, body)"""
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode("ascii").split("\r\n")
    return int(lines[0].split(" ")[1]), {k.lower(): v.strip() for k, v in (line.split(":", 1) for line in lines[1:])}, body


def is_served(server, within=1.0):
    """A good client gets its answer in time."""
    begin = time.monotonic()
    status, _, body = server.get("/healthz")
    return status == 200 and json.loads(body)["status"] == "ok" and time.monotonic() - begin < within


def answers(server):
    status, headers, body = server.get("/healthz")
    said = json.loads(body)
    yield "/healthz says ok", status == 200 and said["status"] == "ok" and said["reasons"] == [] and headers["content-type"] == "application/json", body
    yield "/healthz has version and uptime, and nothing else", sorted(said) == ["reasons", "status", "uptime_s", "version"] and said["uptime_s"] >= 0, body
    status, headers, body = server.get("/metrics")
    body_of_metrics = body.decode("utf-8")
    samples = parse_metrics(body_of_metrics)
    yield "/metrics can be parsed", status == 200 and headers["content-type"].startswith("text/plain; version=0.0.4") and len(samples) > 100, body[:500]
    yield "lengths are right", int(headers["content-length"]) == len(body) and headers["connection"] == "close", headers

    def value(name, **labels):
        return samples.get(("countermine_" + name, tuple(sorted(labels.items()))))
    yield "what a dead worker counted stays", value("packets_total") == 3000 and value("worker_packets_total", worker="0") == 2000, value("packets_total")
    yield "counters by worker and interface", value("capture_packets_total", worker="0", interface="eth0") == 1200 and \
        value("capture_kernel_dropped_total", worker="1", interface="udp:[2001:db8::1]") == 2, None
    yield "counters of the decoders", (value("decoded_total", what="vxlan"), value("malformed_total", layer="ip"),
                                       value("refused_total", reason="esp")) == (21, 24, 27), None
    yield "an interface that does not tell its drops has no such sample", \
        value("capture_interface_dropped_total", interface="eth0") == 5 and \
        value("capture_interface_dropped_total", interface="udp:[2001:db8::1]") is None, None
    names = [dict(labels)["output"] for name, labels in samples if name == "countermine_output_up"]
    yield "a label is escaped", names == ['json:/tmp/a "b"\\c\\x0a\\x1b[31m\\xff.json'], names
    yield "time of the latest packet", value("last_packet_timestamp_seconds") == 1764000000.5, value("last_packet_timestamp_seconds")
    with open(os.path.join(HERE, "..", "man", "countermine.8"), encoding="utf-8") as f:
        page = set(re.findall(r"^\.It Ql (countermine_\w+)$", f.read(), re.M))
    there = set(re.findall(r"^# TYPE (\w+) ", body_of_metrics, re.M))
    sometimes = {"countermine_report_resident_bytes", "countermine_memory_max_bytes"}
    yield "countermine(8) has the metrics, and no others", page - sometimes == there - sometimes, page ^ there
    for path in ("/healthz", "/metrics"):
        status, headers, body = server.get(path, "HEAD")
        yield "HEAD %s has the length and no body" % path, status == 200 and int(headers["content-length"]) > 10 and body == b"", (headers, body[:80])
    for path in ("/", "/healthz/", "/metrics%00", "/../metrics", "//metrics", "/x" * 1000):
        status, _, _ = server.get(path)
        yield "GET %s is not found" % path[:20], status in (400, 404), status
    yield "a question mark does not matter", server.get("/metrics?a=b")[0] == 200, None
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"):
        status, headers, _ = server.get("/metrics", method)
        yield "%s is not allowed" % method, status == 405 and headers["allow"] == "GET, HEAD", status
    yield "an unknown method is refused", server.get("/metrics", "BREW")[0] in (400, 405, 501), None
    yield "HTTP/1.0 is served", server.get("/healthz", version="1.0")[0] == 200, None
    status, _, _ = split(server.ask(b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000))
    yield "a small body is read, and refused", status == 405, status


def attacks(server):
    """(name, what it does)"""
    def send(data, read=True):
        def go():
            try:
                with server.connect(0.3) as s:
                    s.sendall(data)
                    if read:
                        read_all(s)
            except OSError:
                pass
        return go

    def many(n, data, linger=False):
        def go():
            all_of_them = []
            for _ in range(n):
                s = socket.socket(socket.AF_INET)
                s.setblocking(False)
                if linger:
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                s.connect_ex(server.where)
                all_of_them.append(s)
            for s in all_of_them:
                try:
                    s.send(data)
                except OSError:
                    pass
            return all_of_them
        return go

    yield "garbage", send(os.urandom(4096))
    yield "garbage without an end", send(b"\x00\xff\x16\x03\x01" * 100000)
    yield "HTTP/0.9", send(b"GET /metrics\r\n")
    yield "half a request", send(b"GET /metr", read=False)
    yield "half a header, then end", send(b"GET /metrics HTTP/1.1\r\nHost: x", read=False)
    yield "a header line of 1 MB", send(b"GET /metrics HTTP/1.1\r\nA: " + b"a" * 1000000 + b"\r\n\r\n")
    yield "100,000 header lines", send(b"GET /metrics HTTP/1.1\r\n" + b"a: b\r\n" * 100000 + b"\r\n")
    yield "a request line of 1 MB", send(b"GET /" + b"a" * 1000000 + b" HTTP/1.1\r\n\r\n")
    yield "a body of 1 MB", send(b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" + b"a" * 1000000)
    yield "a body said to be huge", send(b"POST / HTTP/1.1\r\nContent-Length: 18446744073709551615\r\n\r\n")
    yield "a negative length", send(b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n")
    yield "chunks without end", send(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 100000)
    yield "a chunk said to be huge", send(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n")
    yield "Expect: 100-continue", send(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n")
    yield "10,000 requests in a row", send(b"GET /metrics HTTP/1.1\r\n\r\n" * 10000)
    yield "a good request and garbage behind it", send(b"GET /healthz HTTP/1.1\r\n\r\n" + os.urandom(10000))
    yield "CONNECT and an absolute URI", send(b"CONNECT a:1 HTTP/1.1\r\n\r\nGET http://u:p@h:99999/ HTTP/1.1\r\n\r\n")
    yield "1,000 connections that say nothing", many(1000, b"")
    yield "1,000 connections with half a request", many(1000, b"GET /metrics HTTP/1.1\r\nA: ")
    yield "1,000 connections that never read", many(1000, b"GET /metrics HTTP/1.1\r\n\r\n")
    yield "1,000 connections that are reset", many(1000, b"GET /", linger=True)


def drip(server, stop):
    """100 clients that send a byte every 0.2 seconds."""
    clients = []
    while not stop.is_set():
        while len(clients) < 100:
            clients.append(socket.socket(socket.AF_INET))
            clients[-1].setblocking(False)
            clients[-1].connect_ex(server.where)
        alive = []
        for s in clients:
            try:
                s.send(b"G" if len(alive) % 2 else b"a: b\r\n")
                alive.append(s)
            except BlockingIOError:
                alive.append(s)
            except OSError:
                s.close()
        clients = alive
        time.sleep(0.2)
    for s in clients:
        s.close()


def hostile(server):
    for path in ("/metrics", "/healthz"):          # once all is warm
        for _ in range(200):
            server.get(path)
    before = server.resident_kib()
    most, fds = 0, 0
    for name, attack in attacks(server):
        held = []
        for _ in range(5):
            held.append(attack())
            served = is_served(server)
            fds = max(fds, server.descriptors())
            if not served:
                break
        yield "a good client is served within a second: %s" % name, served, None
        for sockets in held:
            for s in sockets or []:
                s.close()
        most = max(most, server.resident_kib())
    stop = threading.Event()
    thread = threading.Thread(target=drip, args=(server, stop))
    thread.start()
    slowest = 0
    for _ in range(70):
        begin = time.monotonic()
        served = is_served(server)
        slowest = max(slowest, time.monotonic() - begin)
        if not served:
            break
        time.sleep(0.1)
    stop.set()
    thread.join()
    yield "a good client is served within a second: slow ones, for 7 seconds", served, slowest
    most = max(most, server.resident_kib())
    if "sanitizers" in os.environ.get("HARDENING_OFF", ""):
        yield "memory stays # SKIP the sanitizers keep what is freed", True, None
    else:
        yield "memory stays (%d KiB, at most %d)" % (before, most), most - before < 2048, None
    yield "no more than %d connections are held (%d descriptors)" % (OPEN_MAX, fds), fds <= OPEN_MAX + 10, None


def deadline(server):
    """Connections are ended after 5 seconds, whatever they send or do not read."""
    def wait(data, rest):
        begin = time.monotonic()
        with server.connect(10) as s:
            s.sendall(data)
            s.settimeout(0.2)
            while time.monotonic() - begin < 9:
                try:
                    if rest:
                        s.send(rest)
                    if s.recv(1) == b"":
                        break
                except socket.timeout:
                    continue
                except OSError:
                    break
        return time.monotonic() - begin
    cases = (("that says nothing", b"", b""), ("with half a header that goes on", b"GET / HTTP/1.1\r\n", b"a: b\r\n"),
             ("with a body that goes on", b"POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\n", b"a"))
    took = {}
    threads = [threading.Thread(target=lambda c=c: took.update({c[0]: wait(c[1], c[2])})) for c in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name, _, _ in cases:
        yield "a connection %s is ended after 5 seconds (%.1f)" % (name, took[name]), 4 < took[name] < 6.5, None
    samples = parse_metrics(server.get("/metrics")[2].decode("utf-8"))
    errors = samples[("countermine_status_errors_total", ())]
    for _ in range(10):
        server.connect().close()
    time.sleep(1.2)
    samples = parse_metrics(server.get("/metrics")[2].decode("utf-8"))
    yield "connecting and closing is no error", samples[("countermine_status_errors_total", ())] == errors, None
    yield "connections at the deadline are counted", samples[("countermine_status_closed_total", (("reason", "slow"),))] >= 3, None
    yield "none stays open", samples[("countermine_status_connections", ())] <= 2, samples[("countermine_status_connections", ())]


def start_errors(program):
    for text in ("", "x", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "::1:4789", "[::1]", "localhost:4789", "203.0.113.77:4789"):
        p = subprocess.run([program, text, "ok"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           universal_newlines=True, timeout=20)
        yield "%r is refused with a reason" % text, p.returncode == 1 and p.stderr.startswith("status.listen"), p.stderr


def checks(program):
    yield from start_errors(program)
    server = Server(program, "failing")
    status, _, body = server.get("/healthz")
    said = json.loads(body)
    yield "/healthz says what fails", status == 503 and said["status"] == "failing" and \
        said["reasons"] == ["no packet for 60 s", 'output json:"\\x1b\\xff fails'], body
    yield "the server ends", server.stop() == (0, b""), None
    try:
        server = Server(program, address="::1")
    except OSError:
        server = None
    if server:
        yield "IPv6 is served", server.get("/healthz")[0] == 200, None
        server.stop()
    server = Server(program)
    yield from answers(server)
    yield from hostile(server)
    yield from deadline(server)
    ended = server.stop()
    yield "the server ends after all that", ended == (0, b""), ended


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    program = os.path.join(os.path.dirname(os.path.abspath(parser.parse_args().bin)), "tests", "status-server")
    n, failed = 0, 0
    for name, is_so, said in checks(program):
        n += 1
        print("%sok %d - %s" % ("" if is_so else "not ", n, name))
        if not is_so:
            failed += 1
            print("# " + repr(said)[:500])
        sys.stdout.flush()
    print("1..%d" % n)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
